package snmp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// unreachableAfter is how many rounds without any answer make a device
// unreachable.
const unreachableAfter = 2

// causeDistance is the least time between two discoveries of a device for cause;
// a restart is cause enough after a tenth of it.
const causeDistance = 5 * time.Minute

// errBackoff stands for a round that was not tried because the device is
// unreachable and its next probe is not due.
var errBackoff = errors.New("not asked: the device is unreachable")

// round does the round that is due, hands over one batch and sets the next one.
func (d *device) round(ctx context.Context) {
	at, due := d.at, d.due
	d.beginRound()
	if d.plan == nil && d.mayAsk(at) {
		if err := d.learn(ctx, nil); err != nil {
			if ctx.Err() != nil {
				return
			}
			d.noAnswer(ctx, at, err)
			d.deliver(at, nil)
			d.at, d.due = d.following(at)
			return
		}
		// The device's first readings belong to the moment when its plan stood.
		at, due = d.e.clk.Now(), allClasses
	}
	readings, err := d.attempt(ctx, at, due)
	if ctx.Err() != nil {
		return
	}
	if err != nil && readings == nil {
		d.carry |= due
		readings = d.missing(due)
	}
	d.deliver(at, readings)
	d.at, d.due = d.following(at)
}

// beginRound accounts for the beginning of a round, whoever does it.
func (d *device) beginRound() {
	d.health.Rounds++
	d.health.Lateness = max(0, d.e.clk.Now().Sub(d.at))
	if d.health.Lateness > d.interval()/10 {
		d.shown.Late++
	}
}

// mayAsk reports whether the device may be asked at all: always, unless it is
// unreachable and its next probe is not due.
func (d *device) mayAsk(at time.Time) bool {
	return d.health.ConsecFailed < unreachableAfter || !at.Before(d.nextProbe)
}

// attempt reads a device that has a plan; readings are nil where nothing was read.
func (d *device) attempt(ctx context.Context, at time.Time, due classes) ([]facility.Reading, error) {
	if d.plan == nil || !d.mayAsk(at) {
		d.shown.Unasked++
		return nil, errBackoff
	}
	if d.health.ConsecFailed >= unreachableAfter {
		if err := d.probe(ctx); err != nil {
			return nil, d.noAnswer(ctx, at, err)
		}
		due |= allClasses
	}
	due |= d.carry
	readings, err := d.read(ctx, due)
	if readings == nil && err != nil {
		return nil, d.noAnswer(ctx, at, err)
	}
	d.carry = 0
	if err == nil {
		d.health.ErrorKind, d.health.LastError = facility.ErrNone, ""
	} else {
		d.failed(err)
	}
	return readings, nil
}

// noAnswer accounts for a round in which the device answered nothing. A round
// that we broke off ourselves says nothing about the device.
func (d *device) noAnswer(ctx context.Context, at time.Time, err error) error {
	if ctx.Err() != nil {
		return err
	}
	d.health.Reachable = false
	d.health.ConsecFailed++
	d.failed(err)
	d.hangUp() // a new socket, a new look at the name, a new SNMPv3 discovery
	d.resting = nil
	if d.health.ConsecFailed >= unreachableAfter {
		d.nextProbe = at.Add(backoff(d.interval(), d.failedProbes))
		d.failedProbes++
	}
	return err
}

// connect opens the session where there is none.
func (d *device) connect(ctx context.Context) error {
	if d.s == nil {
		s, err := dial(ctx, d.speaks.target(d.t), d.timeout(), d.real)
		if err != nil {
			return &PollError{Device: d.t.Device.ID, Step: "connect", Err: err}
		}
		d.s = s
		d.locate(s)
	}
	d.s.setTimeout(d.timeout())
	return nil
}

// probe asks for sysUpTime alone.
func (d *device) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, d.roundLimit())
	defer cancel()
	if err := d.connect(ctx); err != nil {
		return err
	}
	if _, err := d.s.get(ctx, []string{oidSysUpTime}); err != nil && asStatus(err) == nil {
		return &PollError{Device: d.t.Device.ID, Step: "probe", Err: err}
	}
	d.answered()
	return nil
}

// learn discovers the device and makes its plan. between, where given, is called
// before every request.
func (d *device) learn(ctx context.Context, between func(ctx context.Context)) error {
	device := ctx
	ctx, cancel := context.WithTimeout(ctx, maxWalkTime)
	defer cancel()
	turn := func(ctx context.Context) error {
		if between != nil {
			between(device)
		}
		return d.pace.wait(ctx)
	}
	if err := d.connect(ctx); err != nil {
		return err
	}
	f, err := d.find(ctx, turn)
	if err != nil {
		return err
	}
	d.answered()
	p := compile(d.t, f, d.refuse)
	p.keep(d.plan)
	p.points, p.items = slices.Clone(p.points), slices.Clone(p.items) // without the room they grew into
	if d.plan != nil && d.e.clk.Mono()-d.shrunk < smallFor {
		p.size = d.plan.size
	}
	for _, what := range p.problems {
		d.log.Warn("discovery", "what", what)
	}
	d.log.Info("device discovered", "profiles", f.identity.Profiles, "points", len(p.points))
	d.plan, d.sendPoints = p, true
	d.lean.prepared, d.lean.clumsy, d.overrun = nil, 0, overrun{}
	d.identity, d.sendIdentity = f.identity, true
	d.identity.EngineID = engineIDOf(d.s)
	if other := d.e.engines.note(d.t.Device.ID, d.identity.EngineID); other != "" {
		d.log.Warn("two devices name the same SNMPv3 engine id; give each its own", "engine_id", d.identity.EngineID, "other", string(other))
	}
	d.pace = newPacer(d.real, f.limits.MaxPackets)
	d.discovered, d.rediscover = d.e.clk.Now(), false
	d.notBefore = d.discovered.Add(causeDistance)
	if up := f.values[oidSysUpTime]; up.kind == kindUnsigned && up.unsigned < uint64(causeDistance/(10*time.Millisecond)) {
		d.rediscover = true // an agent that has just started does not show all it has yet
	}
	d.shown.Discoveries++
	return nil
}

func (d *device) wantsDiscovery() bool {
	now := d.e.clk.Now()
	return d.plan != nil && now.After(d.notBefore) && (d.rediscover || now.Sub(d.discovered) >= d.e.opt.Rediscover)
}

// read asks for the due classes and decodes what came. Readings are nil where the
// device answered nothing; an error beside readings says that they are not whole.
func (d *device) read(ctx context.Context, due classes) ([]facility.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, d.roundLimit())
	defer cancel()
	if err := d.connect(ctx); err != nil {
		return nil, err
	}
	values := map[string]variable{}
	queue, asked := slices.Clone(d.plan.requests(due)), 0
	var wrong error
	for len(queue) > 0 {
		oids := queue[0]
		queue = queue[1:]
		if asked++; asked > 200 {
			wrong = fmt.Errorf("%w: more than 200 requests in one round", errLimit)
			break
		}
		more, err := d.ask(ctx, oids, values)
		queue = append(more, queue...)
		if err != nil {
			wrong = &PollError{Device: d.t.Device.ID, Step: "get", OID: oids[0], Err: err}
			if isTimeout(err) || asStatus(err) == nil {
				d.silent(len(oids), len(values) > 0)
				break
			}
		}
	}
	if len(values) == 0 && wrong != nil {
		return nil, wrong
	}
	if wrong == nil {
		d.silentLarge = 0
	}
	d.answered()
	if late := errors.Is(ctx.Err(), context.DeadlineExceeded); late || wrong == nil {
		d.manages(late)
	}
	d.observe(values)
	d.rediscover = d.rediscover || d.plan.unbarred(values)
	return d.decode(due, values), wrong
}

// ask sends one GET. A request that is too big comes back in halves; an instance
// that the device cannot give is left out and the rest asked again.
func (d *device) ask(ctx context.Context, oids []string, values map[string]variable) (again [][]string, err error) {
	if err := d.pace.wait(ctx); err != nil {
		return nil, errNoAnswer
	}
	vars, err := d.s.get(ctx, oids)
	if status := asStatus(err); status != nil && status.named(len(oids)) >= 0 { // SNMP v1
		d.plan.lacks(oids[status.index-1])
		if rest := absent(oids, status.index-1, values); len(rest) > 0 {
			return [][]string{rest}, nil
		}
		return nil, nil
	}
	if status := asStatus(err); status != nil && len(oids) > 1 {
		if status.status != statusTooBig && status.index >= 1 && status.index <= len(oids) {
			d.refuse(facility.RefusedMalformed)
			d.plan.fails(oids[status.index-1])
			return [][]string{slices.Delete(slices.Clone(oids), status.index-1, status.index)}, nil
		}
		if status.status == statusTooBig {
			d.shrink(len(oids))
		}
		half := len(oids) / 2
		return [][]string{oids[:half], oids[half:]}, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range vars {
		if slices.Contains(oids, vars[i].oid) {
			values[vars[i].oid] = vars[i]
			d.plan.has(vars[i].oid)
			d.plan.values[vars[i].oid] = max(d.plan.values[vars[i].oid], vars[i].size())
		} else {
			d.refuse(facility.RefusedMalformed)
		}
	}
	return nil, nil
}

// silent notes a request without an answer. A device that answers small requests
// and not large ones gets smaller ones.
func (d *device) silent(varbinds int, othersAnswered bool) {
	d.silentLarge++
	if varbinds > 4 && (othersAnswered || d.silentLarge > unreachableAfter) && d.silentLarge >= 2 {
		d.shrink(varbinds)
	}
}

// smallFor is how long a device gets smaller requests before its next discovery
// tries the larger ones again.
const smallFor = 7 * 24 * time.Hour

// shrink makes later requests half as large as one of n varbinds.
func (d *device) shrink(n int) {
	d.plan.size.halve(n)
	d.plan.resize()
	d.shrunk = d.e.clk.Mono()
}

// observe looks at the system group that came with the answers.
func (d *device) observe(values map[string]variable) {
	if v, ok := values[oidSysUpTime]; ok && v.kind == kindUnsigned {
		if d.up.observe(uint32(v.unsigned), d.e.clk.Mono()) {
			d.log.Info("device restarted", "uptime_seconds", float64(v.unsigned)/100)
			d.rediscover, d.notBefore = true, d.discovered.Add(causeDistance/10)
			d.restarted = d.e.clk.Mono()
		}
	}
	text := func(oid string, limit int, field *string) {
		v, ok := values[oid]
		if !ok || v.kind != kindBytes || string(v.bytes) == *field {
			return
		}
		if s := clean(string(v.bytes), limit, d.refuse); s != *field {
			*field, d.sendIdentity = s, true
		}
	}
	text(oidSysName, maxName, &d.identity.SysName)
	text(oidSysLocation, maxDescr, &d.identity.SysLocation)
}

// decode makes a reading of every point of the due classes.
func (d *device) decode(due classes, values map[string]variable) []facility.Reading {
	out := d.e.readings(len(d.plan.points))
	for i := range d.plan.points {
		it := &d.plan.items[i]
		if !due.has(it.class) {
			continue
		}
		r := facility.Reading{Point: d.plan.points[i].ID}
		v, ok, cause, counted := d.count(i, values)
		if !counted {
			v, ok, cause = it.read(values)
		}
		switch {
		case ok:
			r.Value, r.Quality = v, facility.Good
		case cause != "":
			d.refuse(cause)
		}
		if it.known && len(it.sources) > 0 {
			if s, asked := values[it.sources[0]]; asked && !s.exists() {
				d.rediscover = true // it was there at discovery
			}
		}
		out = append(out, r)
	}
	return out
}
