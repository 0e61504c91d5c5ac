package ops

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
)

func TestEventsThatAreNoAlarms(t *testing.T) {
	dir := t.TempDir()
	selfTest := &alarm.Rule{ID: "UPS-SELF-TEST", Revision: 1, Type: alarm.EventOnly}
	o := Options{Clock: newStepped(), Rules: rules}
	s := startWith(t, dir, o)
	s.Commit(t.Context(), []alarm.Change{change(selfTest, "ups-a1", true, 0), change(selfTest, "ups-a1", false, 1)})
	if got := s.Standing(); len(got) != 0 {
		t.Errorf("standing: %v", got)
	}
	want := []string{"rule:UPS-SELF-TEST event.on ups-a1", "rule:UPS-SELF-TEST event.off ups-a1"}
	if got := s.actions(t); strings.Join(got, ",") != strings.Join(want, ",") {
		t.Errorf("audit %q, want %q", got, want)
	}
	for start := range 2 {
		h := s.Figures().Happenings
		if len(h) != 2 || h[0].On || !h[1].On || h[0].Device != "ups-a1" || h[0].Rule != selfTest.ID || !h[0].At.Equal(noon.Add(time.Minute)) {
			t.Errorf("start %d: happenings %+v", start, h)
		}
		s.store.Close()
		s = startWith(t, dir, o)
	}
	s.Commit(t.Context(), []alarm.Change{change(selfTest, "ups-a1", false, 2)}) // told anew after a start
	if got := s.actions(t); len(got) != 2 {
		t.Errorf("what was known already was noted again: %q", got)
	}
	for i := range keepHappenings + 50 {
		s.Commit(t.Context(), []alarm.Change{change(selfTest, fmt.Sprint("ups-", i), true, 0)})
	}
	if h := s.Figures().Happenings; len(h) != keepHappenings || h[0].Device != "ups-249" {
		t.Errorf("%d happenings, the newest of %s", len(h), h[0].Device)
	}
}

func TestFloodsAndNuisances(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Rules: rules})
	for minute := range 4 {
		s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", true, minute)})
		c.pass(3 * time.Second)
		s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", false, minute)})
		c.pass(10 * time.Second)
	}
	s.Commit(t.Context(), storm(0, 11))
	s.Tick(t.Context())
	f := s.Figures()
	if len(f.Floods) != 1 || !f.Floods[0].Active || f.Floods[0].Rate != 15 || len(f.Positions) != 1 || f.Floods[0].Position != f.Positions[0].ID {
		t.Errorf("floods %+v of %+v", f.Floods, f.Positions)
	}
	var kinds []string
	for _, n := range f.Nuisances {
		kinds = append(kinds, n.Kind+" "+string(n.Device))
	}
	if got := strings.Join(kinds, ","); got != "chattering ups-a1,fleeting ups-a1" {
		t.Errorf("nuisances %s", got)
	}
	c.pass(11 * time.Minute)
	s.Tick(t.Context())
	if f := s.Figures(); f.Floods[0].Active {
		t.Errorf("the flood goes on: %+v", f.Floods)
	}
	got := strings.Join(s.actions(t), "\n")
	if strings.Count(got, "flood.begin all") != 1 || strings.Count(got, "flood.end all") != 1 {
		t.Errorf("audit %s", got)
	}
}

func TestAssignNoteAndClose(t *testing.T) {
	gone := map[string]bool{}
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Planner: pager{}, Rules: rules, Unwatched: func(id string) bool { return gone[id] }})
	ctx := t.Context()
	id := s.on(t, onBattery, "ups-a1")
	if o, err := s.Assign(ctx, sato, id, 1, "mori", "yours"); err != nil || o.Owner != "mori" {
		t.Errorf("Assign: %+v, %v", o, err)
	}
	if o, err := s.Note(ctx, sato, id, 2, "vendor called"); err != nil || o.Notes != 1 || o.State() != alarm.Unack {
		t.Errorf("Note: %+v, %v", o, err)
	}
	cause := s.on(t, hallHot, "hall-1")
	if o, err := s.SetCause(ctx, mori, id, 3, cause, "heat"); err != nil || o.CauseSet != cause {
		t.Errorf("SetCause: %+v, %v", o, err)
	}
	gone[id] = true
	if o, err := s.CloseUnwatched(ctx, mori, id, 0, "device was taken away"); err != nil || o.State() != alarm.Norm {
		t.Errorf("Close: %+v, %v", o, err)
	}
	if got := s.kinds(t, id); got != "raised assigned noted cause_set closed" {
		t.Errorf("events %q", got)
	}
	if list, err := s.store.Escalations(ctx); err != nil || len(list) != 1 || list[0].AlarmID != cause {
		t.Errorf("escalations %v, %v; that of what was closed goes on", list, err)
	}
	s.verify(t)
}
