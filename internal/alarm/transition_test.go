package alarm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// reach brings a fresh occurrence into a state of the base machine.
func reach(t *testing.T, state alarm.BaseState, r *alarm.Rule) alarm.Occurrence {
	t.Helper()
	steps := map[alarm.BaseState][]string{
		alarm.Norm: nil, alarm.Unack: {"on"}, alarm.Acked: {"on", "ack"}, alarm.RtnUn: {"on", "off"},
		alarm.LatUn: {"on", "off"}, alarm.Latched: {"on", "ack", "off"},
	}
	o := alarm.Occurrence{ID: "ALM-000001"}
	for i, s := range steps[state] {
		e, err := decide(o, s, r, epoch.Add(time.Duration(i)*time.Second))
		if err != nil {
			t.Fatalf("reach %s: %v", state, err)
		}
		if o, err = o.Apply(e); err != nil {
			t.Fatalf("reach %s: %v", state, err)
		}
	}
	if o.State() != state {
		t.Fatalf("reached %s, want %s", o.State(), state)
	}
	return o
}

func decide(o alarm.Occurrence, what string, r *alarm.Rule, at time.Time) (alarm.Event, error) {
	c := alarm.Change{Rule: r, Device: "dev-1", Point: "dev-1/x", At: at, Level: "high", Value: 30, HasValue: true}
	switch what {
	case "on":
		c.Active = true
		return o.ConditionOn(c)
	case "realarm":
		c.Active, c.Realarm = true, true
		return o.ConditionOn(c)
	case "off":
		return o.ConditionOff(c)
	case "ack":
		return o.Acknowledge("person:sato", "seen", at)
	}
	return o.Reset("person:lead", "panel was reset", at)
}

// The table of ISA-18.2's base machine, cell by cell: "" is refused.
func TestTransitionTable(t *testing.T) {
	table := []struct {
		from     alarm.BaseState
		latching bool
		resetAck bool
		on, off  alarm.BaseState
		ack      alarm.BaseState
		reset    alarm.BaseState
		realarm  alarm.BaseState
	}{
		{alarm.Norm, false, false, "UNACK", "", "", "", "UNACK"},
		{alarm.Unack, false, false, "", "RTNUN", "ACKED", "", ""},
		{alarm.Unack, true, false, "", "LATUN", "ACKED", "", ""},
		{alarm.Unack, true, true, "", "LATUN", "ACKED", "", ""},
		{alarm.Acked, false, false, "", "NORM", "", "", "UNACK"},
		{alarm.Acked, true, false, "", "LATCH", "", "", "UNACK"},
		{alarm.RtnUn, false, false, "UNACK", "", "NORM", "", "UNACK"},
		{alarm.LatUn, true, false, "UNACK", "", "LATCH", "", "UNACK"},
		{alarm.LatUn, true, true, "UNACK", "", "LATCH", "NORM", "UNACK"},
		{alarm.Latched, true, false, "UNACK", "", "", "NORM", "UNACK"},
	}
	for _, row := range table {
		r := &alarm.Rule{ID: "R", Revision: 1, Latching: row.latching, ResetImpliesAck: row.resetAck}
		for what, want := range map[string]alarm.BaseState{"on": row.on, "off": row.off, "ack": row.ack, "reset": row.reset, "realarm": row.realarm} {
			o := reach(t, row.from, r)
			e, err := decide(o, what, r, epoch.Add(time.Minute))
			name := fmt.Sprintf("%s (latching %v, reset implies ack %v) %s", row.from, row.latching, row.resetAck, what)
			if want == "" {
				var refused *alarm.TransitionError
				if !errors.As(err, &refused) || refused.From != row.from || refused.Reason == "" {
					t.Errorf("%s: %v, want a TransitionError with a reason", name, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got, err := o.Apply(e)
			if err != nil || got.State() != want {
				t.Errorf("%s: %s (%v), want %s", name, got.State(), err, want)
			}
			if (what == "ack" || what == "reset") && got.Active != o.Active {
				t.Errorf("%s changed the condition", name)
			}
		}
	}
}

func TestAnAcknowledgementIsOverWhenTheConditionComesBack(t *testing.T) {
	r := &alarm.Rule{ID: "R", Revision: 1, Latching: true}
	o := reach(t, alarm.Latched, r)
	if o.AckedBy != "sato" || o.AckedAt.IsZero() || o.Comment != "seen" {
		t.Fatalf("acknowledged: %+v", o)
	}
	e, err := decide(o, "on", r, epoch.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if o, err = o.Apply(e); err != nil {
		t.Fatal(err)
	}
	if o.AckedBy != "" || !o.AckedAt.IsZero() || o.Comment != "" || o.Count != 2 || !o.RaisedAt.Equal(epoch) {
		t.Errorf("came back: %+v", o)
	}
}

func TestApplyRefuses(t *testing.T) {
	r := &alarm.Rule{ID: "R", Revision: 1}
	o := reach(t, alarm.Unack, r)
	good, err := o.Acknowledge("person:sato", "seen", epoch)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*alarm.Event){
		"another alarm":          func(e *alarm.Event) { e.AlarmID = "ALM-000002" },
		"a revision left out":    func(e *alarm.Event) { e.Revision++ },
		"a revision seen before": func(e *alarm.Event) { e.Revision-- },
		"no actor":               func(e *alarm.Event) { e.Actor = "" },
		"no time":                func(e *alarm.Event) { e.At = time.Time{} },
		"no such kind":           func(e *alarm.Event) { e.Kind = "forgotten" },
		"no such transition":     func(e *alarm.Event) { e.Kind = alarm.ResetDone },
	} {
		e := good
		spoil(&e)
		if got, err := o.Apply(e); err == nil || got != o {
			t.Errorf("%s: applied (%v) as %s", name, err, got.State())
		}
	}
	if _, err := o.Acknowledge("", "seen", epoch); err == nil {
		t.Error("an acknowledgement by nobody was accepted")
	}
}

// Random lives: every event has an actor and a time, an acknowledgement or a
// reset touches only the alarm it names, and replaying the log gives the same
// book, byte for byte.
func TestRandomLivesReplay(t *testing.T) {
	rules := []*alarm.Rule{
		{ID: "A", Revision: 1, Severity: alarm.Major, TimeToRespond: time.Hour},
		{ID: "B", Revision: 1, Severity: alarm.Severe, TimeToRespond: time.Minute, Latching: true},
		{ID: "C", Revision: 2, FireAlarm: true, Class: alarm.LifeSafety},
		{ID: "D", Revision: 1, Latching: true, ResetImpliesAck: true},
	}
	for seed := range int64(60) {
		rnd := rand.New(rand.NewSource(seed))
		book, ids := alarm.NewBook(), 0
		var log []alarm.Event
		for step := range 300 {
			at := epoch.Add(time.Duration(step) * time.Second)
			c := alarm.Change{
				Rule: rules[rnd.Intn(len(rules))], Device: facility.DeviceID(fmt.Sprintf("d%d", rnd.Intn(3))),
				Active: rnd.Intn(2) == 0, Realarm: rnd.Intn(8) == 0, At: at,
				Level: []string{"high", "high_high"}[rnd.Intn(2)], Value: rnd.Float64(), HasValue: true,
			}
			var e alarm.Event
			var err error
			if rnd.Intn(3) == 0 && ids > 0 {
				o, _ := book.Get(fmt.Sprintf("ALM-%06d", 1+rnd.Intn(ids)))
				e, err = decide(o, []string{"ack", "reset"}[rnd.Intn(2)], c.Rule, at)
			} else {
				e, err = book.Decide(c, func() string { ids++; return fmt.Sprintf("ALM-%06d", ids) })
			}
			if err != nil {
				continue
			}
			before := book.Standing()
			if err := book.Apply(e); err != nil {
				t.Fatalf("seed %d step %d: decided but not applied: %v", seed, step, err)
			}
			log = append(log, e)
			checkInvariants(t, seed, book, before, e)
		}
		replayed := alarm.NewBook()
		for _, e := range viaJSON(t, log) {
			if err := replayed.Apply(e); err != nil {
				t.Fatalf("seed %d: replay: %v", seed, err)
			}
		}
		a, b := marshal(t, book.Standing()), marshal(t, replayed.Standing())
		if !bytes.Equal(a, b) {
			t.Fatalf("seed %d: replay differs:\n%s\n%s", seed, a, b)
		}
	}
}

func checkInvariants(t *testing.T, seed int64, book *alarm.Book, before []alarm.Occurrence, e alarm.Event) {
	t.Helper()
	if e.Actor == "" || e.At.IsZero() {
		t.Fatalf("seed %d: event without actor or time: %+v", seed, e)
	}
	after := map[string]alarm.Occurrence{}
	list := book.Standing()
	for i, o := range list {
		after[o.ID] = o
		if o.State() == alarm.Norm {
			t.Fatalf("seed %d: %s stands and is normal", seed, o.ID)
		}
		if o.Active != o.ReturnedAt.IsZero() {
			t.Fatalf("seed %d: %s active %v with return at %v", seed, o.ID, o.Active, o.ReturnedAt)
		}
		if o.IsLatched && !o.Latching {
			t.Fatalf("seed %d: %s latched without latching", seed, o.ID)
		}
		if i > 0 && (o.Priority < list[i-1].Priority || o.Priority == list[i-1].Priority && list[i-1].IsAcked && !o.IsAcked) {
			t.Fatalf("seed %d: %s stands behind %s", seed, o.ID, list[i-1].ID)
		}
	}
	for _, o := range before {
		if o.ID != e.AlarmID && after[o.ID] != o {
			t.Fatalf("seed %d: %s of %s changed %s", seed, e.Kind, e.AlarmID, o.ID)
		}
		if o.Active && e.AlarmID == o.ID && (e.Kind == alarm.Acknowledged || e.Kind == alarm.ResetDone) && !after[o.ID].Active {
			t.Fatalf("seed %d: %s changed the condition of %s", seed, e.Kind, o.ID)
		}
	}
}

func viaJSON(t *testing.T, log []alarm.Event) []alarm.Event {
	t.Helper()
	var back []alarm.Event
	if err := json.Unmarshal(marshal(t, log), &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBookKeepsOnlyTheLatestEnded(t *testing.T) {
	book, r := alarm.NewBook(), &alarm.Rule{ID: "R", Revision: 1}
	for i := range 1500 {
		id := fmt.Sprintf("ALM-%06d", i)
		for _, what := range []string{"on", "ack", "off"} {
			o, _ := book.Get(id)
			o.ID = id
			e, err := decide(o, what, r, epoch)
			if err != nil {
				t.Fatal(err)
			}
			if err := book.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := book.Get("ALM-000000"); ok {
		t.Error("the first of 1,500 ended occurrences is still held")
	}
	if o, ok := book.Get("ALM-001499"); !ok || o.State() != alarm.Norm || o.EndedAt.IsZero() {
		t.Errorf("the last ended occurrence is %+v, %v", o, ok)
	}
	if n := len(book.Standing()); n != 0 {
		t.Errorf("%d stand, want 0", n)
	}
}

func TestStandingIsNotChangedByLaterEvents(t *testing.T) {
	book, r := alarm.NewBook(), &alarm.Rule{ID: "R", Revision: 1}
	e, err := alarm.Occurrence{ID: "ALM-000001"}.ConditionOn(alarm.Change{Rule: r, Device: "d", Active: true, At: epoch})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Apply(e); err != nil {
		t.Fatal(err)
	}
	held := book.Standing()
	o, _ := book.Get("ALM-000001")
	if e, err = o.Acknowledge("person:sato", "seen", epoch); err != nil {
		t.Fatal(err)
	}
	if err := book.Apply(e); err != nil {
		t.Fatal(err)
	}
	if held[0].IsAcked || !book.Standing()[0].IsAcked {
		t.Errorf("held %v, now %v; want false, true", held[0].IsAcked, book.Standing()[0].IsAcked)
	}
	second := e
	second.AlarmID, second.Kind, second.Revision, second.Rule, second.Device = "ALM-000002", alarm.Raised, 1, "R", "d"
	if err := book.Apply(second); err == nil {
		t.Error("a second occurrence of the same condition was raised while the first stands")
	}
}
