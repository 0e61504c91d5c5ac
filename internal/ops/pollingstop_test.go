package ops

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// sights are what the rules see of devices; a device that is not in it is not in
// the inventory.
type sights struct {
	mu sync.Mutex // protects of
	of map[facility.DeviceID]alarm.Sight
}

func (x *sights) see(id facility.DeviceID) (alarm.Sight, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s, ok := x.of[id]
	return s, ok
}

func (x *sights) set(id facility.DeviceID, s alarm.Sight) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.of[id] = s
}

func newSights() *sights {
	return &sights{of: map[facility.DeviceID]alarm.Sight{
		"pdu-1":  {Known: true, Gravest: facility.P3},
		"pdu-2":  {Known: true, Gravest: facility.P2},
		"ups-a1": {Known: true, Gravest: facility.P1},
		"new-1":  {},
		"hub-1":  {Known: true, Gravest: facility.P1, Life: []string{"Z-1", "Z-2"}},
	}}
}

// withSights are options under which every device is polled as newSights says,
// and any other is a small one.
func withSights(o Options) Options {
	x := newSights()
	o.Sight = func(id facility.DeviceID) (alarm.Sight, bool) {
		if s, ok := x.see(id); ok {
			return s, true
		}
		return alarm.Sight{Known: true, Gravest: facility.P3}, true
	}
	return o
}

func (s *site) stop(t *testing.T, id facility.DeviceID, d time.Duration) alarm.Suppression {
	t.Helper()
	u, err := s.StopPolling(t.Context(), mori, StopRequest{Device: id, For: d, Reason: "firmware"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// stops are the devices of the polling stops in force.
func (s *site) stops() string {
	var ids []string
	for _, u := range s.Stops() {
		ids = append(ids, string(u.Scope.Device))
	}
	return strings.Join(ids, " ")
}

func TestAPollingStopEndsByItselfAndIsRecorded(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Rules: rules, Sight: newSights().see})
	id := s.on(t, onBattery, "pdu-1")
	u := s.stop(t, "pdu-1", 2*time.Hour)
	if u.State != alarm.InForce || u.By != "mori" || u.Matches != 0 || s.stops() != "pdu-1" {
		t.Fatalf("%+v, stops %s", u, s.stops())
	}
	if s.state(id) != "UNACK" {
		t.Errorf("what stands shows %s", s.state(id))
	}
	c.pass(2*time.Hour - time.Second)
	s.Tick(t.Context())
	if s.stops() != "pdu-1" {
		t.Errorf("before its end: %q", s.stops())
	}
	for len(s.wakes) > 0 {
		<-s.wakes
	}
	c.pass(time.Second)
	s.Tick(t.Context())
	if s.stops() != "" || len(s.wakes) == 0 {
		t.Errorf("at its end: %q, woken %d times", s.stops(), len(s.wakes))
	}
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"person:mori suppression.begin " + u.ID, "system:suppression suppression.expire " + u.ID}
	if got := s.actions(t); !slices.Equal(got[1:], want) { // the first is the alarm's
		t.Errorf("audit %q, want %q behind the alarm", got, want)
	}
	s.verify(t)
}

func TestAPollingStopIsEndedByHandAndExtended(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Sight: newSights().see})
	first := s.stop(t, "pdu-1", time.Hour)
	longer := s.stop(t, "pdu-1", 3*time.Hour)
	if list := s.Stops(); len(list) != 1 || list[0].ID != longer.ID {
		t.Fatalf("in force %+v, want the longer one in place of %s", list, first.ID)
	}
	if _, err := s.ResumePolling(t.Context(), mori, longer.ID, longer.Revision, "done early"); err != nil || s.stops() != "" {
		t.Errorf("resumed: %v, stops %q", err, s.stops())
	}
	s.verify(t)
}

func TestRefusedPollingStops(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Rules: rules, Sight: newSights().see})
	ctx := t.Context()
	shelved := s.shelve(t, sato, s.on(t, onBattery, "ups-b1"), time.Hour)
	before := s.actions(t)
	stop := func(p duty.Person, id facility.DeviceID, d time.Duration, reason string) error {
		return second(s.StopPolling(ctx, p, StopRequest{Device: id, For: d, Reason: reason}))
	}
	fire := stop(mori, "hub-1", time.Hour, "x")
	for _, tt := range []struct {
		name string
		err  error
		want duty.Code
		why  duty.Why
	}{
		{"an operator", stop(sato, "pdu-1", time.Hour, "x"), duty.NotAllowed, ""},
		{"nobody", stop(duty.Nobody, "pdu-1", time.Hour, "x"), duty.NotAllowed, ""},
		{"no reason", stop(mori, "pdu-1", time.Hour, " "), duty.Incomplete, duty.NoComment},
		{"no time", stop(mori, "pdu-1", 0, "x"), duty.Incomplete, duty.NoEnd},
		{"too long", stop(mori, "pdu-1", 24*time.Hour+1, "x"), duty.Invalid, duty.StopTooLong},
		{"no such device", stop(mori, "pdu-9", time.Hour, "x"), duty.NotFound, ""},
		{"it protects life", fire, duty.NotAllowed, duty.LifeSafetyPoints},
		{"resumed as another kind", second(s.ResumePolling(ctx, mori, shelved.ID, 0, "x")), duty.NotFound, ""},
	} {
		if code(tt.err) != tt.want || why(tt.err) != tt.why {
			t.Errorf("%s: %v (%s), want %s %s", tt.name, tt.err, why(tt.err), tt.want, tt.why)
		}
	}
	if !strings.Contains(fire.Error(), "Z-1, Z-2") || !strings.Contains(fire.Error(), "permit") {
		t.Errorf("the refusal says neither what is not seen nor what to do: %v", fire)
	}
	if got := s.actions(t); !slices.Equal(got, before) || s.stops() != "" {
		t.Errorf("refused commands left entries %q, stops %q", got[len(before):], s.stops())
	}
}

func TestStoppingWhatAP1WatchesTakesTwo(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Sight: newSights().see})
	ctx := t.Context()
	for _, id := range []facility.DeviceID{"ups-a1", "new-1"} { // of the second nobody knows what it has
		u := s.stop(t, id, time.Hour)
		if u.State != alarm.Waiting || s.stops() != "" {
			t.Fatalf("%s: %s, stops %q", id, u.State, s.stops())
		}
		if _, err := s.Approve(ctx, mori, u.ID, 0, "me"); code(err) != duty.NotAllowed || why(err) != duty.SamePerson {
			t.Errorf("%s approved by who asked: %v", id, err)
		}
		if u, err := s.Approve(ctx, ito, u.ID, 1, "agreed"); err != nil || u.State != alarm.InForce || u.Approver != "ito" || s.stops() != string(id) {
			t.Errorf("%s approved: %+v, %v", id, u, err)
		}
		if _, err := s.ResumePolling(ctx, mori, u.ID, 0, "done"); err != nil {
			t.Errorf("%s resumed: %v", id, err)
		}
	}
	late := s.stop(t, "ups-a1", time.Hour)
	c.pass(10 * time.Minute)
	s.Tick(ctx)
	if _, err := s.Approve(ctx, ito, late.ID, 0, "fine"); code(err) != duty.WrongState || s.stops() != "" {
		t.Errorf("approved after ten minutes: %v, stops %q", err, s.stops())
	}
	s.verify(t)
}

// Somebody binds a smoke detector to a hub that is stopped, or gives it a P1 rule.
func TestAStopEndsWhereItsDeviceTurnsOutToMatter(t *testing.T) {
	x := newSights()
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Sight: x.see})
	ctx := t.Context()
	s.stop(t, "pdu-1", time.Hour)
	s.stop(t, "pdu-2", time.Hour)
	waits := s.stop(t, "ups-a1", time.Hour)
	s.Tick(ctx)
	if s.stops() != "pdu-1 pdu-2" {
		t.Fatalf("stops %q", s.stops())
	}
	fire := alarm.Sight{Known: true, Gravest: facility.P1, Life: []string{"Z-1"}}
	x.set("ups-a1", fire)
	if _, err := s.Approve(ctx, ito, waits.ID, 0, "agreed"); code(err) != duty.NotAllowed || why(err) != duty.Outgrown {
		t.Errorf("approved over a fire point: %v", err)
	}
	x.set("pdu-1", fire)
	x.set("pdu-2", alarm.Sight{Known: true, Gravest: facility.P1})
	s.Tick(ctx)
	if s.stops() != "" {
		t.Errorf("still stopped: %q", s.stops())
	}
	var why []string
	for _, u := range s.Suppressions() {
		why = append(why, u.EndedBy+" "+u.EndedFor)
	}
	if got := strings.Join(why, "\n"); strings.Count(got, "system:suppression the device has points that protect life by now: Z-1") != 2 || strings.Count(got, "P1 rule") != 1 {
		t.Errorf("ended:\n%s", got)
	}
	s.verify(t)
}

func TestPollingStopsOutliveTheProgram(t *testing.T) {
	c, dir := newStepped(), t.TempDir()
	o := Options{Clock: c, Sight: newSights().see}
	s := startWith(t, dir, o)
	s.stop(t, "pdu-1", time.Hour)
	s.stop(t, "pdu-2", 3*time.Hour)
	s.store.Close() // as a kill would leave it

	s = startWith(t, dir, o)
	if s.stops() != "pdu-1 pdu-2" {
		t.Fatalf("after the restart: %q", s.stops())
	}
	s.store.Close()
	c.pass(2 * time.Hour)
	s = startWith(t, dir, o)
	s.Tick(t.Context())
	if s.stops() != "pdu-2" {
		t.Errorf("one ended while the program was down: %q", s.stops())
	}
	c.set(-time.Hour) // and the wall clock was set back
	c.pass(time.Hour)
	s.Tick(t.Context())
	if s.stops() != "" {
		t.Errorf("three hours have passed: %q", s.stops())
	}
	s.verify(t)
}
