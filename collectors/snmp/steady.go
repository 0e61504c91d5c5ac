package snmp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors/snmp/lean"
	"nezuban/internal/facility"
)

// What a device's rounds need of the lean loop. A device belongs to its loop
// while nothing but due requests is to be done, and to a goroutine of its own for
// the rest: discovery, SNMPv3, answers with an error status. Never to both.

// steady is what a device keeps for its rounds in the loop.
type steady struct {
	address  netip.AddrPort // where its last session spoke to; zero: not known
	named    bool           // the target's address is a name
	prepared map[classes]prepared
	probe    []*lean.Request

	begun   bool
	probing bool // the request in hand is a probe
	back    bool // a probe was answered in this round
	asked   classes
	oids    [][]string
	answers *answers
	wrong   error // an answer that could not be used
	clumsy  int   // rounds in a row that needed the slow way
}

// prepared are the encoded requests of a set of classes.
type prepared struct {
	oids     [][]string // as the plan had them
	requests []*lean.Request
}

// clumsyRounds is how many rounds in a row may need the slow way before the device
// is left to it until its next discovery.
const clumsyRounds = 3

var _ lean.Client = (*device)(nil)

// runsLean reports whether the loop can do the device's next round.
func (d *device) runsLean() bool {
	return d.plan != nil && d.t.SNMP.Version != "3" && d.lean.address.IsValid() && d.lean.clumsy < clumsyRounds
}

// Round begins the round that is due, or leaves the loop if it needs the slow way.
func (d *device) Round(_ lean.Moment, probe bool) []*lean.Request {
	s := &d.lean
	if !d.runsLean() {
		d.leaveLoop(true)
		return nil
	}
	d.begin()
	if s.probing = probe; probe {
		return s.probe
	}
	s.asked = d.due | d.carry
	if s.back {
		s.asked |= allClasses
	}
	p, err := d.prepare(s.asked)
	if err != nil {
		d.log.Warn("request cannot be prepared", "err", err)
		s.clumsy = clumsyRounds
		s.begun = false
		d.health.Rounds--
		d.leaveLoop(true)
		return nil
	}
	s.oids = p.oids
	return p.requests
}

// begin accounts for the beginning of a round, once.
func (d *device) begin() {
	s := &d.lean
	if s.begun {
		s.back = s.probing // a second request for the same round: the probe was answered
		return
	}
	s.begun, s.back, s.wrong = true, false, nil
	d.beginRound()
}

// prepare encodes the requests of the due classes, unless they are encoded
// already.
func (d *device) prepare(due classes) (prepared, error) {
	s, oids := &d.lean, d.plan.requests(due)
	if p, ok := s.prepared[due]; ok && len(p.oids) == len(oids) && &p.oids[0] == &oids[0] {
		return p, nil
	}
	access := d.speaks.target(d.t).SNMP
	one := func(list []string) (*lean.Request, error) {
		return lean.Prepare(access.Version, access.Community.Reveal(), list)
	}
	p := prepared{oids: oids}
	for _, list := range oids {
		r, err := one(list)
		if err != nil {
			return p, err
		}
		p.requests = append(p.requests, r)
	}
	if s.probe == nil {
		r, err := one([]string{oidSysUpTime})
		if err != nil {
			return p, err
		}
		s.probe = []*lean.Request{r}
	}
	if s.prepared == nil {
		s.prepared = map[classes]prepared{}
	}
	s.prepared[due] = p
	return p, nil
}

// Answer keeps the values of a request.
func (d *device) Answer(i int, slots []lean.Slot, packet []byte) lean.Verdict {
	s := &d.lean
	if s.probing {
		return lean.Continue
	}
	if s.answers == nil {
		s.answers = d.e.answers.get()
	}
	for k, oid := range s.oids[i] {
		v := s.answers.take(oid, slots[k], packet)
		if len(d.plan.lacking)+len(d.plan.failing) > 0 && v.exists() {
			d.plan.has(oid)
		}
		if v.kind == kindBytes || v.kind == kindOID {
			d.plan.values[oid] = max(d.plan.values[oid], v.size())
		}
	}
	return lean.Continue
}

// Surprise lets the library decode what the walker refuses. An answer with an
// error status needs other requests: the slow way asks them.
func (d *device) Surprise(i int, packet []byte) lean.Verdict {
	s := &d.lean
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	p, err := x.SnmpDecodePacket(slices.Clone(packet)) // it keeps parts of it
	switch {
	case err != nil:
		s.wrong = fmt.Errorf("%w: %w", errMalformed, err)
		return lean.Break
	case s.probing:
		return lean.Continue
	case p.Error != gosnmp.NoError:
		status := &statusError{status: int(p.Error), index: int(p.ErrorIndex)}
		if len(s.oids[i]) > 1 || status.named(1) < 0 {
			s.wrong = status
			return lean.Break
		}
		p.Variables = []gosnmp.SnmpPDU{{Name: s.oids[i][0], Type: gosnmp.NoSuchInstance}} // as SNMP v1 says it
	}
	if s.answers == nil {
		s.answers = d.e.answers.get()
	}
	for _, pdu := range p.Variables {
		v := toVariable(pdu)
		if k := slices.Index(s.oids[i], v.oid); k >= 0 {
			v.oid = s.oids[i][k]
			s.answers.values[v.oid] = v
		} else {
			d.refuse(facility.RefusedMalformed)
		}
	}
	return lean.Continue
}

// Done ends a round, hands one batch over and sets the next one.
func (d *device) Done(r lean.Result) (next time.Duration, stay bool) {
	s := &d.lean
	d.begin()
	s.begun = false
	d.lostBefore += uint64(r.Timeouts)
	defer d.forgetAnswers()
	if asStatus(s.wrong) != nil {
		s.clumsy++
		d.health.Rounds-- // the slow way does it anew
		d.leaveLoop(true)
		return 0, false
	}
	at, before := d.at, d.interval()
	d.deliver(at, d.conclude(r))
	d.at, d.due = d.following(at)
	if d.health.Reachable && d.wantsDiscovery() || d.interval() != before {
		d.leaveLoop(false) // for a discovery, or to join with another interval
		return 0, false
	}
	return d.moment(), true
}

// conclude makes the round's readings of what the loop brought, and accounts for
// what it did not.
func (d *device) conclude(r lean.Result) []facility.Reading {
	s := &d.lean
	switch {
	case r.Outcome == lean.SiteSilent:
		// It is taken for silent, as the others were found to be: who waits for two
		// failed rounds to call it unreachable must not wait for the sample.
		d.shown.SiteSilent++
		d.health.Reachable = false
		d.health.ConsecFailed++
		d.failed(errSiteSilent)
		d.carry |= d.due
		return d.missing(d.due)
	case r.Outcome == lean.Unreachable:
		d.shown.Unasked++
		d.carry |= d.due
		return d.missing(d.due)
	case s.answers == nil && r.Outcome != lean.Whole:
		d.unanswered(r)
		d.carry |= d.due
		return d.missing(d.due)
	}
	d.health.RoundTrip = r.Trip
	d.answered()
	d.carry = 0
	if r.Outcome == lean.Whole {
		d.health.ErrorKind, d.health.LastError = facility.ErrNone, ""
		d.silentLarge, s.clumsy = 0, 0
	} else {
		d.failed(d.pollError(r))
		d.silent(len(s.oids[r.Failed]), true)
		d.shown.Shortened++
	}
	if r.Outcome == lean.Whole || r.Outcome == lean.Shortened {
		d.manages(r.Outcome == lean.Shortened)
	}
	values := d.values()
	d.observe(values)
	d.rediscover = d.rediscover || d.plan.unbarred(values)
	return d.decode(s.asked, values)
}

// unanswered accounts for a round that brought nothing. A round that only had no
// time to be asked says nothing about the device.
func (d *device) unanswered(r lean.Result) {
	s := &d.lean
	if r.Outcome == lean.Shortened {
		d.shown.Shortened++
		return
	}
	d.health.Reachable = false
	d.health.ConsecFailed++
	d.failed(d.pollError(r))
	if !s.probing && r.Failed < len(s.oids) {
		d.silent(len(s.oids[r.Failed]), false)
	}
	if s.named {
		s.address = netip.AddrPort{} // a new look at the name
	}
}

// pollError says what went wrong in a round.
func (d *device) pollError(r lean.Result) error {
	s := &d.lean
	e := &PollError{Device: d.t.Device.ID, Step: "get", Err: errNoAnswer}
	if s.probing {
		e.Step = "probe"
	} else if r.Failed < len(s.oids) {
		e.OID = s.oids[r.Failed][0]
	}
	switch {
	case s.wrong != nil:
		e.Err = s.wrong
	case r.Garbage > 0:
		e.Err = errMalformed
	case r.Outcome == lean.Shortened:
		e.Err = fmt.Errorf("%w: the round took longer than %v", errLimit, d.roundLimit())
	}
	return e
}

func (d *device) values() map[string]variable {
	if d.lean.answers == nil {
		return nil
	}
	return d.lean.answers.values
}

func (d *device) forgetAnswers() {
	if a := d.lean.answers; a != nil {
		d.lean.answers = nil
		d.e.answers.put(a)
	}
}

// moment is the next round's on the loop's time.
func (d *device) moment() time.Duration {
	return d.pool.Now() + max(0, d.e.clk.Real(d.at.Sub(d.e.clk.Now())))
}

// config is how the loop polls the device.
func (d *device) config() lean.Config {
	clk := d.e.clk
	c := lean.Config{Interval: clk.Real(d.interval()), Timeout: d.timeout(), Limit: d.roundLimit(), MaxBackoff: clk.Real(maxBackoff),
		Rate: int(d.pace.rate), Group: d.t.Link.Name, GroupRate: d.t.Link.Packets, Failed: d.health.ConsecFailed}
	if d.runsLean() {
		c.Address = d.lean.address
	}
	return c
}

// locate remembers where the session speaks to, and gives it the shared keys.
func (d *device) locate(s session) {
	g, ok := s.(*gosnmpSession)
	if !ok {
		return
	}
	g.keys = &d.e.keys
	d.resume(g)
	if a, ok := g.wire.RemoteAddr().(*net.UDPAddr); ok {
		d.lean.address = a.AddrPort()
	}
	host, _, _ := net.SplitHostPort(d.t.Address)
	_, err := netip.ParseAddr(host)
	d.lean.named = err != nil
}

// slowRound does what the loop cannot: the round that is due, where it is, and a
// discovery, where one is wanted.
func (d *device) slowRound(ctx context.Context, due bool) {
	if due {
		d.round(ctx)
	}
	if ctx.Err() == nil && d.health.Reachable && d.wantsDiscovery() {
		d.notBefore = d.e.clk.Now().Add(causeDistance)
		if err := d.learn(ctx, d.pollDue); err != nil && ctx.Err() == nil {
			d.failed(err)
		}
	}
	d.rest()
}
