package snmp

import (
	"context"
	"slices"
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

// belowAtOnce is how many objects one request asks about: the answers may be long
// texts, and all must fit a datagram.
const belowAtOnce = 10

// below finds out under which objects the device has an instance, several with
// one request: every request of a discovery waits its turn.
func (d *discoverer) below(ctx context.Context, oids []string) (map[string]bool, error) {
	has := map[string]bool{}
	for chunk := range slices.Chunk(oids, belowAtOnce) {
		if err := d.belowChunk(ctx, chunk, has); err != nil {
			return nil, err
		}
	}
	return has, nil
}

// belowChunk asks about one chunk. Where the device refuses it whole, each object
// is asked about by itself; what it refuses to tell then counts as none.
func (d *discoverer) belowChunk(ctx context.Context, oids []string, has map[string]bool) error {
	if err := d.turn(ctx); err != nil {
		return err
	}
	vars, err := d.s.next(ctx, oids)
	switch {
	case asStatus(err) == nil && err != nil: // as a walk's: one that knows GET alone may be asked in v1
		return &PollError{Device: d.target.Device.ID, Step: "walk", OID: oids[0], Err: err}
	case err == nil && len(vars) == len(oids):
		d.speaks.walks = true
		for i, oid := range oids {
			has[oid] = vars[i].exists() && under(vars[i].oid, oid)
		}
		return nil
	case len(oids) == 1:
		return nil
	}
	for _, oid := range oids {
		if err := d.belowChunk(ctx, []string{oid}, has); err != nil {
			return err
		}
	}
	return nil
}
