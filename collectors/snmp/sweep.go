package snmp

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// Defaults of a sweep.
const (
	DefaultSweepRate = 50 // packets a second over all addresses
	sweepWindow      = 64 // addresses asked at the same time
	sweepTries       = 2  // requests to an address that does not answer
)

// A Sweep asks a range of addresses who they are. It only uses the credentials it
// is given, sends each address one request and one more where that is not
// answered, and never more than Rate packets a second over all of them.
type Sweep struct {
	Access  collectors.SNMPAccess
	Port    uint16
	Rate    int           // packets a second; 0: DefaultSweepRate
	Timeout time.Duration // longest wait for one answer; 0: 1 s
}

// A Swept is what a sweep learned of one address.
type Swept struct {
	Address   string // host:port
	Answered  bool
	Identity  facility.Identity
	Kind      string // "" where neither a profile nor the device says
	Problems  []string
	ErrorKind facility.ErrorKind // why it did not answer; a timeout where nobody is there
}

// Run asks the addresses in the order that next gives them until it gives no
// more, and hands each result to took, one at a time and not in order. n counts
// the addresses from 0. It returns when all are done, or with ctx's error.
func (s Sweep) Run(ctx context.Context, lib *profile.Library, clk clock.Clock, next func() (addr netip.Addr, n int, ok bool), took func(n int, r Swept)) error {
	if s.Rate <= 0 {
		s.Rate = DefaultSweepRate
	}
	if s.Timeout <= 0 {
		s.Timeout = time.Second
	}
	gate := newGate(realTime{clk}, s.Rate)
	var wg sync.WaitGroup
	var mu sync.Mutex // protects next and took
	for range sweepWindow {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				addr, n, ok := next()
				mu.Unlock()
				if !ok {
					return
				}
				r := s.ask(ctx, lib, gate, addr)
				if ctx.Err() != nil {
					return // not asked to the end: it counts as not asked
				}
				mu.Lock()
				took(n, r)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// ask identifies one address.
func (s Sweep) ask(ctx context.Context, lib *profile.Library, gate *gate, addr netip.Addr) Swept {
	out := Swept{Address: netip.AddrPortFrom(addr, s.Port).String()}
	target := collectors.Target{Device: facility.Device{ID: "swept"}, Address: out.Address, SNMP: s.Access}
	session, err := dial(ctx, target, s.Timeout, gate.real)
	if err != nil {
		out.ErrorKind, out.Problems = KindOf(err), []string{err.Error()}
		return out
	}
	defer session.close()
	if g, ok := session.(*gosnmpSession); ok {
		g.x.Retries = 0 // every packet passes the gate
	}
	d := discoverer{s: session, lib: lib, target: target, turn: gate.wait, refuse: func(string) {},
		speaks: &dialect{v1: s.Access.Version == "1"}}
	for range sweepTries {
		if s.Access.Version == "3" { // finding the engine takes a packet of its own
			if err := gate.wait(ctx); err != nil {
				return out
			}
		}
		d.out = &found{values: map[string]variable{}, columns: map[string][]string{}}
		if err = d.identify(ctx); err == nil || !isTimeout(err) || len(d.out.values) > 0 {
			break
		}
	}
	if err != nil && len(d.out.values) == 0 {
		out.ErrorKind = KindOf(err)
		return out
	}
	if err != nil {
		d.problem("%v", err)
	}
	out.Answered, out.Identity, out.Problems = true, d.out.identity, d.out.problems
	out.Kind, _ = d.out.kind()
	return out
}

// gate lets packets through at an even rate, whoever sends them.
type gate struct {
	real  realTime
	every time.Duration

	mu   sync.Mutex // protects free
	free time.Duration
}

func newGate(real realTime, perSecond int) *gate {
	return &gate{real: real, every: time.Second / time.Duration(perSecond), free: real.now()}
}

// wait returns when the next packet may be sent, or with ctx's error.
func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	now := g.real.now()
	g.free = max(g.free, now)
	wait := g.free - now
	g.free += g.every
	g.mu.Unlock()
	return g.real.sleep(ctx, wait)
}
