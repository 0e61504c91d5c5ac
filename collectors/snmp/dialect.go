package snmp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"nezuban/collectors"
)

// dialect is how one device turned out to want to be asked. It stays with the
// device until the program or its inventory entry starts anew.
type dialect struct {
	v1     bool // SNMP v1: told by the inventory, or what was left after GETBULK and GETNEXT failed
	noBulk bool // GETBULK is not answered, repeats itself or gives one row
	walks  bool // GETBULK or GETNEXT was answered once
}

// learn keeps what a walk showed. A lost packet alone condemns nobody to GETNEXT.
func (l *dialect) learn(w *walker) {
	l.walks = l.walks || w.answered
	l.noBulk = (l.noBulk || w.noBulk) && !w.bulked
}

// target is the device's target in its dialect.
func (l dialect) target(t collectors.Target) collectors.Target {
	if l.v1 {
		t.SNMP.Version = "1"
	}
	return t
}

// mayFallBack reports whether asking in SNMP v1 may help where err ended a walk in
// v2c: the device answers GET, and never yet GETBULK or GETNEXT.
func (l dialect) mayFallBack(version string, err error) bool {
	var p *PollError
	return !l.v1 && !l.walks && version != "3" && errors.As(err, &p) && p.Step == "walk" && isTimeout(err)
}

// protocol is how the device is spoken to, as people read it.
func (l dialect) protocol(version string) string {
	switch {
	case l.v1 || version == "1":
		return "v1"
	case version == "3":
		return "v3"
	}
	return "v2c"
}

// find discovers the device; one that answers GET, but neither GETBULK nor GETNEXT
// in v2c, is tried in v1 and asked so from then on where that works.
func (d *device) find(ctx context.Context, turn func(context.Context) error) (*found, error) {
	find := func() (*found, error) {
		return discover(ctx, discoverer{s: d.s, lib: d.e.lib, target: d.t, turn: turn, refuse: d.refuse, speaks: &d.speaks})
	}
	f, err := find()
	if !d.speaks.mayFallBack(d.t.SNMP.Version, err) {
		return f, err
	}
	d.speaks.v1 = true
	d.hangUp()
	if d.connect(ctx) == nil {
		if again, err := find(); err == nil {
			d.log.Warn("asked in SNMP v1 from now on: the device answers neither GETBULK nor GETNEXT in v2c")
			again.problem("asked in SNMP v1: it answers neither GETBULK nor GETNEXT in v2c; write snmp: {version: \"1\", …} to spare it the trial")
			return again, nil
		}
	}
	d.speaks.v1 = false
	d.hangUp()
	return nil, err
}

// absent takes the instance named by an SNMP v1 answer out of the request: it is
// not there, and the rest is to be asked again.
func absent(oids []string, at int, values map[string]variable) (rest []string) {
	values[oids[at]] = variable{oid: oids[at], kind: kindAbsent}
	return slices.Delete(slices.Clone(oids), at, at+1)
}

// nextChunk reads the scalars among oids by GETNEXT of their objects and returns
// the others. In SNMP v1 a GET of what is not there costs a request for each
// missing instance; a GETNEXT answers all of them at once with what follows.
func (d *discoverer) nextChunk(ctx context.Context, oids []string) (others []string, err error) {
	var scalars, objects []string
	for _, o := range oids {
		if object, ok := strings.CutSuffix(o, ".0"); ok {
			scalars, objects = append(scalars, o), append(objects, object)
		} else {
			others = append(others, o)
		}
	}
	for len(objects) > 0 {
		if err := d.turn(ctx); err != nil {
			return nil, err
		}
		vars, err := d.s.next(ctx, objects)
		if status := asStatus(err); status != nil {
			at := status.named(len(objects))
			if at < 0 {
				return append(others, scalars...), nil // GET and halving find out more
			}
			scalars = absent(scalars, at, d.out.values) // nothing follows it
			objects = slices.Delete(objects, at, at+1)
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, o := range scalars {
			d.out.values[o] = variable{oid: o, kind: kindAbsent}
			if i < len(vars) && vars[i].oid == o {
				d.out.values[o] = vars[i]
			}
		}
		break
	}
	return others, nil
}
