package alarm_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// TestInvariants lets conditions, people, the clock and restarts do anything in
// any order, and asks after each step for what must always be so (the numbers
// are those of the alarm philosophy's invariants).
func TestInvariants(t *testing.T) {
	sequences, steps := 10_000, 25
	if testing.Short() {
		sequences = 500
	}
	const parts = 4
	for p := range parts {
		t.Run(fmt.Sprintf("part %d", p), func(t *testing.T) {
			t.Parallel()
			for seed := p; seed < sequences && !t.Failed(); seed += parts {
				w := newWorld(t, int64(seed))
				for range steps {
					w.step()
				}
				w.end()
			}
		})
	}
}

func worldRules() map[string]*alarm.Rule {
	list := []*alarm.Rule{
		{ID: "LOST", Type: alarm.State, Severity: alarm.Major, TimeToRespond: 5 * time.Minute, Effect: alarm.Loss},
		{ID: "DARK", Type: alarm.State, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute, Effect: alarm.Loss},
		{ID: "BATTERY", Type: alarm.State, Severity: alarm.Major, TimeToRespond: time.Hour, Effect: alarm.Response},
		{ID: "WARM", Type: alarm.Limit, Severity: alarm.Major, TimeToRespond: time.Hour, SuppressWhen: []string{"LOST", "COLD"}},
		{ID: "COLD", Type: alarm.Limit, Severity: alarm.Minor, TimeToRespond: time.Hour, SuppressWhen: []string{"WARM"}, MaxShelve: 2 * time.Hour},
		{ID: "ONE", Type: alarm.State, Severity: alarm.Severe, TimeToRespond: time.Minute, SuppressWhen: []string{"LOST"}, ApprovedBy: []string{"tanaka"}},
		{ID: "TWO", Type: alarm.State, Severity: alarm.Severe, TimeToRespond: time.Minute, SuppressWhen: []string{"LOST"}, ApprovedBy: []string{"tanaka", "sato"}},
		{ID: "LEAK", Type: alarm.State, Severity: alarm.Major, TimeToRespond: time.Hour, Latching: true},
		{ID: "SILENT", Type: alarm.NoData, Severity: alarm.Major, TimeToRespond: 15 * time.Minute},
		{ID: alarm.SiteUnreachable, Type: alarm.State, Severity: alarm.Severe, TimeToRespond: time.Minute, Effect: alarm.Loss},
		{ID: "SMOKE", Type: alarm.State, FireAlarm: true, Latching: true, Class: alarm.LifeSafety, SuppressWhen: []string{"LOST"}, Effect: alarm.Loss},
		{ID: "UNSEEN", Type: alarm.NoData, Class: alarm.LifeSafety, Severity: alarm.Severe, TimeToRespond: time.Minute},
	}
	rules := map[string]*alarm.Rule{}
	for _, r := range list {
		r.Revision = 1
		if r.Class == "" {
			r.Class = alarm.Environment
		}
		rules[r.ID] = r
	}
	return rules
}

// world is one sequence.
type world struct {
	t    *testing.T
	rnd  *rand.Rand
	seed int64

	rules    map[string]*alarm.Rule
	names    []string
	supply   supply
	now      time.Time
	book     *alarm.Book
	held     *alarm.Suppressions
	events   []alarm.Event
	sups     []alarm.SuppressionEvent
	covered  []alarm.Occurrence // nil after a change
	ended    map[string]int     // how often each suppression ended
	on       map[string]bool
	ons      map[string]int // by alarm: times its condition went on
	withheld map[string]int // by alarm: annunciations held back
	ids      int
}

func newWorld(t *testing.T, seed int64) *world {
	w := &world{
		t: t, seed: seed, rnd: rand.New(rand.NewSource(seed)), rules: worldRules(), supply: supply{}, now: epoch,
		ended: map[string]int{}, on: map[string]bool{}, ons: map[string]int{}, withheld: map[string]int{},
	}
	for id := range w.rules {
		w.names = append(w.names, id)
	}
	slices.Sort(w.names)
	for a := range 4 {
		for b := range a { // nothing feeds itself
			if w.rnd.Intn(2) == 0 {
				w.supply[[2]string{fmt.Sprint("d", a), fmt.Sprint("d", b)}] = alarm.Relation(w.rnd.Intn(6))
			}
		}
	}
	w.forget()
	return w
}

func (w *world) forget() {
	w.book, w.held, w.covered = alarm.NewBook(), alarm.NewSuppressions(), nil
	w.held.Rule = func(id string) *alarm.Rule { return w.rules[id] }
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d, step %d: %s", w.seed, len(w.events), fmt.Sprintf(format, args...))
}

func (w *world) step() {
	switch w.rnd.Intn(12) {
	case 0:
		w.now = w.now.Add(-time.Duration(w.rnd.Intn(180)) * time.Minute)
	case 1, 2:
		w.now = w.now.Add(time.Duration(w.rnd.Intn(600)) * time.Minute)
	default:
		w.now = w.now.Add(time.Duration(w.rnd.Intn(60)) * time.Second)
	}
	if w.rnd.Intn(40) == 0 {
		w.restart()
	}
	w.passTime()
	switch w.rnd.Intn(5) {
	case 0, 1, 2:
		w.condition()
	case 3:
		w.command()
	case 4:
		w.suppress()
	}
	w.design()
	w.verify()
}

func (w *world) passTime() {
	for _, e := range w.held.Due(w.now) {
		w.applySup(e)
	}
	if again := w.held.Due(w.now); len(again) > 0 {
		w.fail("due a second time: %+v", again)
	}
}

func (w *world) applySup(e alarm.SuppressionEvent) {
	if e.Actor == "" || e.At.IsZero() {
		w.fail("a suppression event without actor or time: %+v", e) // 1
	}
	if err := w.held.Apply(e); err != nil {
		w.fail("decided but not applied: %v", err)
	}
	w.sups, w.covered = append(w.sups, e), nil
	if e.Kind == alarm.Ended || e.Kind == alarm.Expired {
		if w.ended[e.ID]++; w.ended[e.ID] > 1 {
			w.fail("%s ended twice", e.ID) // 11
		}
	}
}

func (w *world) record(e alarm.Event, err error) {
	if err != nil {
		return
	}
	e = w.held.Hold(e)
	before, _ := w.book.Get(e.AlarmID)
	if err := w.book.Apply(e); err != nil {
		w.fail("decided but not applied: %v", err)
	}
	after, _ := w.book.Get(e.AlarmID)
	w.events, w.covered = append(w.events, e), nil
	switch e.Kind {
	case alarm.Raised, alarm.CameBack:
		w.ons[e.AlarmID]++
	case alarm.Returned, alarm.Closed, alarm.Realarmed:
	default:
		if before.Active != after.Active { // 2
			w.fail("%s changed the condition of %s", e.Kind, e.AlarmID)
		}
	}
	if e.Held != "" {
		w.withheld[e.AlarmID]++
	}
	switch e.Kind {
	case alarm.Suppressed, alarm.SuppressionEnded:
		if before.IsAcked != after.IsAcked {
			w.fail("%s changed the acknowledgement", e.Kind)
		}
	}
	if e.Actor == "" || e.At.IsZero() {
		w.fail("an event without actor or time: %+v", e) // 1
	}
}

func (w *world) condition() {
	r := w.rules[w.names[w.rnd.Intn(len(w.names))]]
	device := facility.DeviceID(fmt.Sprint("d", w.rnd.Intn(4)))
	c := alarm.Change{Rule: r, Device: device, Active: w.rnd.Intn(3) > 0, Realarm: w.rnd.Intn(6) == 0, At: w.now, Level: "high"}
	if r.Type == alarm.NoData {
		c.Level = alarm.LevelNoData
	}
	if w.rnd.Intn(10) == 0 {
		c.Priority = facility.Priority(1 + w.rnd.Intn(4))
	}
	e, err := w.book.Decide(c, func() string { w.ids++; return fmt.Sprintf("ALM-%06d", w.ids) })
	w.record(e, err)
	if err == nil || !c.Realarm {
		w.on[r.ID+"@"+string(device)] = c.Active
	}
}

func (w *world) any() alarm.Occurrence {
	o, _ := w.book.Get(fmt.Sprintf("ALM-%06d", 1+w.rnd.Intn(w.ids+1)))
	return o
}

func (w *world) command() {
	o, other := w.any(), w.any()
	who := "person:" + []string{"sato", "tanaka", "lead"}[w.rnd.Intn(3)]
	switch w.rnd.Intn(8) {
	case 0, 1:
		w.record(o.Acknowledge(who, "", w.now))
	case 2:
		w.record(o.Reset(who, "", w.now))
	case 3:
		w.record(o.SetCause(other.ID, who, "", w.now))
	case 4:
		w.record(o.Assign("sato", who, "", w.now))
	case 5:
		w.record(o.Note(who, "looks odd", w.now))
	case 6:
		w.record(o.Suppress(w.rules[o.Rule], other, w.now)) // by nobody's evaluation: must be refused where it matters
	case 7:
		if w.rnd.Intn(4) == 0 && o.Revision > 0 {
			delete(w.on, o.Rule+"@"+string(o.Device))
			w.record(o.Close(who, "gone", w.now))
		}
	}
}

func (w *world) suppress() {
	people := []string{"sato", "tanaka", "lead"}
	who := people[w.rnd.Intn(3)]
	if w.rnd.Intn(2) == 0 && len(w.sups) > 0 {
		x, _ := w.held.Get(w.sups[w.rnd.Intn(len(w.sups))].ID)
		var e alarm.SuppressionEvent
		var err error
		switch w.rnd.Intn(4) {
		case 0, 1:
			e, err = x.Approve(who, "", w.now)
		case 2:
			e, err = x.Decline(who, "no", w.now)
		case 3:
			e, err = x.End(who, "done", w.now)
		}
		if err == nil {
			w.applySup(e)
		}
		return
	}
	q := alarm.SuppressionRequest{
		ID: fmt.Sprintf("SUP-%06d", len(w.sups)), Type: alarm.Shelving, By: who, Reason: "r", Change: "CHG-1", At: w.now,
		Until: w.now.Add(time.Duration(1+w.rnd.Intn(600)) * time.Minute),
	}
	if w.rnd.Intn(2) == 0 {
		q.Until = w.now.Add(time.Duration(1+w.rnd.Intn(30)) * time.Minute)
	}
	if w.rnd.Intn(3) == 0 {
		q.Type = alarm.OutOfService
	}
	if o := w.any(); w.rnd.Intn(2) == 0 {
		q.Scope = alarm.Scope{Rule: o.Rule, Device: o.Device}
	} else {
		q.Scope.Filter = []string{"device=d1", "priority>=1", "rule~M", "class=life_safety", "priority=1"}[w.rnd.Intn(5)]
	}
	if e, err := w.held.Request(q, w.standing(), w.rules); err == nil {
		w.applySup(e)
	}
}

// standing is shared until something changes; nobody modifies it.
func (w *world) standing() []alarm.Occurrence {
	if w.covered != nil {
		return w.covered
	}
	list := slices.Clone(w.book.Standing())
	for i := range list {
		w.held.Cover(&list[i])
	}
	w.covered = list
	return list
}

// design writes down what DesignCauses says of this moment.
func (w *world) design() {
	causes := alarm.DesignCauses(w.standing(), w.rules, w.supply)
	for _, o := range w.standing() {
		cause := causes[o.ID]
		if o.Design != "" && o.Design != cause {
			w.record(o.EndSuppression(w.now))
			o, _ = w.book.Get(o.ID)
		}
		if parent, ok := w.book.Get(cause); ok && o.Design == "" {
			w.record(o.Suppress(w.rules[o.Rule], parent, w.now))
		}
	}
}

func (w *world) restart() {
	book, held := marshal(w.t, w.standing()), marshal(w.t, w.held.List(w.standing(), time.Time{}))
	w.forget()
	for _, e := range viaJSON(w.t, w.events) {
		if err := w.book.Apply(e); err != nil {
			w.fail("replay: %v", err)
		}
	}
	for _, e := range w.sups {
		if err := w.held.Apply(e); err != nil {
			w.fail("replay: %v", err)
		}
	}
	if again := marshal(w.t, w.standing()); !bytes.Equal(again, book) { // 7
		w.fail("replay gives\n%s\nwant\n%s", again, book)
	}
	if again := marshal(w.t, w.held.List(w.standing(), time.Time{})); !bytes.Equal(again, held) {
		w.fail("replay gives\n%s\nwant\n%s", again, held)
	}
}

// end: whatever happened, two days later nothing is shelved any more, also for a
// program that was down all the time.
func (w *world) end() {
	w.now = w.now.Add(48 * time.Hour)
	w.restart()
	w.passTime()
	for _, x := range w.held.List(nil, w.now.Add(-time.Hour)) {
		if x.State == alarm.Waiting || x.State == alarm.InForce && x.Type == alarm.Shelving {
			w.fail("%s does not end by itself: %+v", x.ID, x)
		}
	}
}
