package snmp

import (
	"context"
	"strings"

	"nezuban/collectors/profile"
)

// look asks for what the profiles that may fit want to see.
func (d *discoverer) look(ctx context.Context) (profile.Seen, error) {
	instances, below := d.lib.Probes(d.out.identity)
	if err := d.get(ctx, instances); err != nil {
		return profile.Seen{}, err
	}
	has, err := d.below(ctx, below)
	return profile.Seen{
		Identity: d.out.identity,
		Text: func(oid string) (string, bool) {
			v, asked := d.out.values[oid]
			return strings.TrimSpace(v.raw()), asked && v.exists()
		},
		Below: func(oid string) bool { return has[oid] },
	}, err
}

// below finds out under which objects the device has an instance. What a device
// refuses to tell counts as none.
func (d *discoverer) below(ctx context.Context, oids []string) (map[string]bool, error) {
	has := map[string]bool{}
	for _, oid := range oids {
		if err := d.turn(ctx); err != nil {
			return nil, err
		}
		vars, err := d.s.next(ctx, []string{oid})
		if asStatus(err) != nil {
			continue
		}
		if err != nil { // as a walk's: one that knows GET alone may be asked in v1
			return nil, &PollError{Device: d.target.Device.ID, Step: "walk", OID: oid, Err: err}
		}
		d.speaks.walks = true
		has[oid] = len(vars) == 1 && vars[0].exists() && under(vars[0].oid, oid)
	}
	return has, nil
}
