package alarm_test

import (
	"errors"
	"testing"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// What people and rules do beside the base machine: it may be done wherever an
// alarm stands, leaves the base state alone, and has what it needs.
func TestCommandsBesideTheBaseMachine(t *testing.T) {
	r := &alarm.Rule{ID: "R", Revision: 1, Latching: true, SuppressWhen: []string{"P"}, Severity: alarm.Minor}
	plain := &alarm.Rule{ID: "R", Revision: 1, SuppressWhen: []string{"P"}, Severity: alarm.Minor}
	parent := alarm.Occurrence{ID: "ALM-000002", Revision: 1, Rule: "P", Active: true}
	commands := map[string]func(alarm.Occurrence) (alarm.Event, error){
		"suppress": func(o alarm.Occurrence) (alarm.Event, error) { return o.Suppress(r, parent, epoch) },
		"cause": func(o alarm.Occurrence) (alarm.Event, error) {
			return o.SetCause("ALM-000002", "person:lead", "", epoch)
		},
		"assign": func(o alarm.Occurrence) (alarm.Event, error) { return o.Assign("sato", "person:lead", "", epoch) },
		"note":   func(o alarm.Occurrence) (alarm.Event, error) { return o.Note("person:sato", "seen on site", epoch) },
	}
	for state, rule := range map[alarm.BaseState]*alarm.Rule{
		alarm.Unack: plain, alarm.Acked: plain, alarm.RtnUn: plain, alarm.LatUn: r, alarm.Latched: r,
	} {
		for name, command := range commands {
			o := reach(t, state, rule)
			e, err := command(o)
			if err != nil {
				t.Errorf("%s in %s: %v", name, state, err)
				continue
			}
			after, err := o.Apply(e)
			if err != nil || after.State() != state || after.IsAcked != o.IsAcked || after.AckedBy != o.AckedBy || after == o {
				t.Errorf("%s in %s: %v, now %s", name, state, err, after.State())
			}
		}
		closed := reach(t, state, rule)
		e, err := closed.Close("person:lead", "dismantled", epoch)
		if err != nil {
			t.Fatal(err)
		}
		if after, err := closed.Apply(e); err != nil || after.State() != alarm.Norm || after.Active || after.ReturnedAt != closed.ReturnedAt {
			t.Errorf("close in %s: %v, %+v", state, err, after)
		}
	}
	for name, command := range commands {
		if _, err := command(alarm.Occurrence{ID: "ALM-000001"}); err == nil {
			t.Errorf("%s of an alarm that does not stand is taken", name)
		}
	}
}

func TestCommandsRefused(t *testing.T) {
	r := &alarm.Rule{ID: "R", Revision: 1, Severity: alarm.Minor}
	fire := &alarm.Rule{ID: "R", Revision: 1, FireAlarm: true, Class: alarm.LifeSafety, SuppressWhen: []string{"P"}}
	o, smoke := reach(t, alarm.Unack, r), reach(t, alarm.Unack, fire)
	for name, command := range map[string]func() (alarm.Event, error){
		"a note without words":      func() (alarm.Event, error) { return o.Note("person:sato", " ", epoch) },
		"a note by nobody":          func() (alarm.Event, error) { return o.Note("", "x", epoch) },
		"an end without a reason":   func() (alarm.Event, error) { return o.Close("person:lead", "", epoch) },
		"its own cause":             func() (alarm.Event, error) { return o.SetCause(o.ID, "person:lead", "", epoch) },
		"no cause taken back":       func() (alarm.Event, error) { return o.SetCause("", "person:lead", "", epoch) },
		"a suppression that is not": func() (alarm.Event, error) { return o.EndSuppression(epoch) },
		"a cause for a fire":        func() (alarm.Event, error) { return smoke.SetCause("ALM-000002", "person:lead", "", epoch) },
		"a fire suppressed by design": func() (alarm.Event, error) {
			return smoke.Suppress(fire, alarm.Occurrence{ID: "A", Rule: "P", Active: true}, epoch)
		},
		"a reset of what is not latch": func() (alarm.Event, error) { return o.Reset("person:lead", "", epoch) },
	} {
		var refused *alarm.TransitionError
		if e, err := command(); !errors.As(err, &refused) || refused.Reason == "" {
			t.Errorf("%s is taken: %+v, %v", name, e, err)
		}
	}
}

// A record that holds back a fire is no record of ours: the fold refuses it.
func TestNoRecordHoldsBackAFire(t *testing.T) {
	fire := &alarm.Rule{ID: "R", Revision: 1, FireAlarm: true, Class: alarm.LifeSafety}
	e, err := decide(alarm.Occurrence{ID: "ALM-000001"}, "on", fire, epoch)
	if err != nil {
		t.Fatal(err)
	}
	e.Held = "SUP-000001"
	if _, err := (alarm.Occurrence{}).Apply(e); err == nil {
		t.Error("an annunciation of a fire was held back")
	}
}

// A re-alarm without news: of an acknowledged alarm, or of one that was held
// back; never of one that has returned.
func TestRealarm(t *testing.T) {
	r := &alarm.Rule{ID: "R", Revision: 1, Severity: alarm.Minor}
	for _, state := range []alarm.BaseState{alarm.Unack, alarm.Acked} {
		o := reach(t, state, r)
		e, err := o.Realarm("system:grouping", "the group has grown", epoch)
		if err != nil {
			t.Fatal(err)
		}
		if after, err := o.Apply(e); err != nil || after.State() != alarm.Unack || after.Count != o.Count || after.Level != o.Level {
			t.Errorf("from %s: %v, %+v", state, err, after)
		}
	}
	if _, err := reach(t, alarm.RtnUn, r).Realarm("system:grouping", "", epoch); err == nil {
		t.Error("what has returned is annunciated again")
	}
	hidden := reach(t, alarm.Unack, r)
	hidden.Design = "ALM-000009"
	if e, err := hidden.Realarm("system:grouping", "", epoch); err != nil || e.Held != alarm.HeldByDesign {
		t.Errorf("suppressed by design: %+v, %v", e, err)
	}
}

func TestPriorityFallsOnlyByANewDefinition(t *testing.T) {
	r := &alarm.Rule{ID: "R", Revision: 1, Severity: alarm.Minor}
	apply := func(o alarm.Occurrence, c alarm.Change) alarm.Occurrence {
		t.Helper()
		c.Rule, c.Device, c.Active, c.At = r, "d", true, epoch
		e, err := o.ConditionOn(c)
		if err != nil {
			t.Fatal(err)
		}
		if o, err = o.Apply(e); err != nil {
			t.Fatal(err)
		}
		return o
	}
	o := apply(alarm.Occurrence{ID: "ALM-000001"}, alarm.Change{Level: "high"})
	mild := o.Priority
	if o = apply(o, alarm.Change{Level: "high", Priority: facility.P1}); o.Priority != facility.P1 || o.IsAcked {
		t.Fatalf("a second failure: P%d", o.Priority)
	}
	if _, err := o.ConditionOn(alarm.Change{Rule: r, Active: true, Level: "high", Priority: facility.P2, At: epoch}); err == nil {
		t.Error("a milder condition is news")
	}
	if o = apply(o, alarm.Change{Level: "high_high", Realarm: true}); o.Priority != facility.P1 {
		t.Errorf("it fell to P%d by itself", o.Priority)
	}
	r.Revision = 2
	if o = apply(o, alarm.Change{Level: "high", Realarm: true}); o.Priority != mild {
		t.Errorf("by a new definition it is P%d, want P%d", o.Priority, mild)
	}
}

func TestAttributes(t *testing.T) {
	o := alarm.Occurrence{Revision: 1, Active: true, Shelve: &alarm.Suppression{}, Owner: "sato", Class: alarm.Capacity}
	for query, want := range map[string]bool{
		"state=SHELV": true, "state=UNACK": true, "state=ACKED": false, "state!=SHELV": false,
		"owner=sato": true, "owner=tanaka": false, "class=capacity": true, "class=life_safety": false,
	} {
		sel, err := facility.ParseSelector(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := sel.Match(o.Attributes(nil)); got != want {
			t.Errorf("%s matches %v, want %v", query, got, want)
		}
	}
}
