package snmp

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/facility"
)

// silentTo makes an agent answer nothing where f says so.
func silentTo(a *agent, f func(req *gosnmp.SnmpPacket) bool) {
	a.change(func(a *agent) {
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			return nil, 0, 0, f(req)
		}
	})
}

// Nobody asks again after a probe: what a bad network loses must not be its last word.
func TestProbeOverABadNetwork(t *testing.T) {
	t.Parallel()
	whole, err := Probe(t.Context(), builtin(t), startAgent(t, switchLike()...).target("probed"))
	if err != nil || len(whole.Points) == 0 {
		t.Fatalf("%d points, %v", len(whole.Points), err)
	}
	for first := range 4 { // each request of a probe is lost in one of the runs
		a := startAgent(t, switchLike()...)
		n := first
		silentTo(a, func(*gosnmp.SnmpPacket) bool { n++; return n%4 == 0 || n%4 == 1 }) // two in a row, then two answered
		target := a.target("probed")
		target.Timeout = 100 * time.Millisecond
		r, err := Probe(t.Context(), builtin(t), target)
		missing := slices.ContainsFunc(r.Readings, func(x facility.Reading) bool { return x.Quality != facility.Good })
		if err != nil || len(r.Points) != len(whole.Points) || missing {
			t.Errorf("beginning with %d: %d of %d points, some missing: %v, %v", first, len(r.Points), len(whole.Points), missing, err)
		}
	}
}

// A device that is found out and then falls silent comes with its points and the
// error, so that a probe can show what it has.
func TestProbeOfAHalfAnsweringDevice(t *testing.T) {
	t.Parallel()
	a := startAgent(t, ups()...)
	asked := 0
	silentTo(a, func(req *gosnmp.SnmpPacket) bool {
		isRound := req.PDUType == gosnmp.GetRequest && slices.ContainsFunc(req.Variables, func(v gosnmp.SnmpPDU) bool { return strings.TrimPrefix(v.Name, ".") == oidSysUpTime })
		if isRound {
			asked++
		}
		return isRound && asked > 1 // the first one recognises it
	})
	target := a.target("probed")
	target.Timeout = 50 * time.Millisecond
	r, err := Probe(t.Context(), builtin(t), target)
	if KindOf(err) != facility.ErrTimeout || len(r.Points) == 0 || len(r.Readings) != len(r.Points) {
		t.Errorf("%d points, %d readings, %v; want the points, missing readings and the time-out", len(r.Points), len(r.Readings), err)
	}
}
