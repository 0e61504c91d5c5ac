package alarm_test

import (
	"errors"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// suppressible are rules and standing alarms of every priority, and a fire.
func suppressible() (map[string]*alarm.Rule, []alarm.Occurrence) {
	rules := map[string]*alarm.Rule{
		"P1":   {ID: "P1", Severity: alarm.Severe, TimeToRespond: time.Minute, Class: alarm.Capacity},
		"P2":   {ID: "P2", Severity: alarm.Major, TimeToRespond: time.Minute, Class: alarm.Capacity},
		"P3":   {ID: "P3", Severity: alarm.Major, TimeToRespond: time.Hour, Class: alarm.Capacity},
		"P4":   {ID: "P4", Severity: alarm.Minor, TimeToRespond: time.Hour, Class: alarm.Capacity},
		"CAP":  {ID: "CAP", Severity: alarm.Minor, TimeToRespond: time.Hour, Class: alarm.Capacity, MaxShelve: time.Hour},
		"FIRE": {ID: "FIRE", FireAlarm: true, Class: alarm.LifeSafety},
	}
	var standing []alarm.Occurrence
	for id, r := range rules {
		standing = append(standing, alarm.Occurrence{
			ID: "ALM-" + id, Revision: 1, Rule: id, Device: "d1", Priority: r.Priority(), Class: r.Class, Active: true,
		})
	}
	return rules, standing
}

func TestRequest(t *testing.T) {
	rules, standing := suppressible()
	one := func(rule string) alarm.Scope { return alarm.Scope{Rule: rule, Device: "d1"} }
	filter := func(f string) alarm.Scope { return alarm.Scope{Filter: f} }
	tests := []struct {
		name    string
		kind    alarm.SuppressionKind
		scope   alarm.Scope
		lasting time.Duration
		spoil   func(*alarm.SuppressionRequest)
		want    alarm.SuppressionCode // "" taken
		waits   bool
	}{
		{"P4 for a day", alarm.Shelving, one("P4"), 24 * time.Hour, nil, "", false},
		{"P4 for longer", alarm.Shelving, one("P4"), 24*time.Hour + 1, nil, alarm.TooLong, false},
		{"P3 for a shift", alarm.Shelving, one("P3"), 8 * time.Hour, nil, "", false},
		{"P3 for longer", alarm.Shelving, one("P3"), 8*time.Hour + 1, nil, alarm.TooLong, false},
		{"P2 for a shift", alarm.Shelving, one("P2"), 8 * time.Hour, nil, "", false},
		{"P1 waits", alarm.Shelving, one("P1"), 30 * time.Minute, nil, "", true},
		{"P1 for longer", alarm.Shelving, one("P1"), 30*time.Minute + 1, nil, alarm.TooLong, false},
		{"cap of the rule", alarm.Shelving, one("CAP"), time.Hour + 1, nil, alarm.TooLong, false},
		{"within the cap of the rule", alarm.Shelving, one("CAP"), time.Hour, nil, "", false},
		{"fire", alarm.Shelving, one("FIRE"), time.Minute, nil, alarm.LifeSafetyScope, false},
		{"fire out of service", alarm.OutOfService, one("FIRE"), time.Hour, nil, alarm.LifeSafetyScope, false},
		{"only fire under the filter", alarm.Shelving, filter("rule=FIRE"), time.Minute, nil, alarm.LifeSafetyScope, false},
		{"all of a device: the gravest decides", alarm.Shelving, filter("device=d1"), 31 * time.Minute, nil, alarm.TooLong, false},
		{"all of a device waits", alarm.Shelving, filter("device=d1"), 30 * time.Minute, nil, "", true},
		{"the small ones of a device", alarm.Shelving, filter("device=d1,priority>=3,rule!=CAP"), 8 * time.Hour, nil, "", false},
		{"nothing stands under the filter", alarm.Shelving, filter("device=d7"), 24 * time.Hour, nil, "", false},
		{"a P1 out of service waits", alarm.OutOfService, one("P1"), 90 * 24 * time.Hour, nil, "", true},
		{"P3 out of service", alarm.OutOfService, one("P3"), 90 * 24 * time.Hour, nil, "", false},
		{"no review", alarm.OutOfService, one("P3"), 0, nil, alarm.NoReview, false},
		{"no change", alarm.OutOfService, one("P3"), time.Hour, func(q *alarm.SuppressionRequest) { q.Change = " " }, alarm.NoChange, false},
		{"no reason", alarm.Shelving, one("P3"), time.Hour, func(q *alarm.SuppressionRequest) { q.Reason = "\t" }, alarm.NoReason, false},
		{"no end", alarm.Shelving, one("P3"), 0, nil, alarm.NoEnd, false},
		{"nobody", alarm.Shelving, one("P3"), time.Hour, func(q *alarm.SuppressionRequest) { q.By = "" }, alarm.Nameless, false},
		{"no such rule", alarm.Shelving, one("P9"), time.Hour, nil, alarm.BadScope, false},
		{"an empty filter", alarm.Shelving, filter(" "), time.Hour, nil, alarm.BadScope, false},
		{"a filter that changes", alarm.Shelving, filter("state=UNACK"), time.Hour, nil, alarm.BadScope, false},
		{"a filter nobody can read", alarm.Shelving, filter("colour=red"), time.Hour, nil, alarm.BadScope, false},
		{"some other way", "silence", one("P3"), time.Hour, nil, alarm.BadScope, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := alarm.SuppressionRequest{
				ID: "SUP-1", Type: tt.kind, Scope: tt.scope, By: "sato", Reason: "works", Change: "CHG-1", At: epoch, Until: epoch.Add(tt.lasting),
			}
			if tt.spoil != nil {
				tt.spoil(&q)
			}
			e, err := alarm.NewSuppressions().Request(q, standing, rules)
			var refused *alarm.SuppressionError
			switch {
			case tt.want != "":
				if !errors.As(err, &refused) || refused.Code != tt.want {
					t.Fatalf("got %+v, %v, want it refused as %s", e, err, tt.want)
				}
				if tt.want == alarm.TooLong && (refused.Cap <= 0 || refused.Cap >= tt.lasting) {
					t.Errorf("the refusal says that %s were allowed", refused.Cap)
				}
			case err != nil:
				t.Fatal(err)
			case (e.Kind == alarm.Requested) != tt.waits:
				t.Errorf("it is %s, want waiting %v", e.Kind, tt.waits)
			}
		})
	}
}

// began is a suppression in force, or waiting, as of epoch.
func began(t *testing.T, s *alarm.Suppressions, id string, scope alarm.Scope, lasting time.Duration, kind alarm.SuppressionEventKind) {
	t.Helper()
	err := s.Apply(alarm.SuppressionEvent{
		ID: id, Revision: 1, Kind: kind, At: epoch, Actor: "person:sato", Reason: "works",
		Type: alarm.Shelving, Scope: scope, Until: epoch.Add(lasting),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNothingCoversAFire(t *testing.T) {
	_, standing := suppressible()
	s := alarm.NewSuppressions()
	// Records that no decision of ours makes, but that a fold may meet.
	began(t, s, "SUP-1", alarm.Scope{Rule: "FIRE", Device: "d1"}, time.Hour, alarm.Began)
	began(t, s, "SUP-2", alarm.Scope{Filter: "device=d1"}, 20*time.Minute, alarm.Began)
	for _, o := range standing {
		s.Cover(&o)
		fire := o.Class == alarm.LifeSafety
		if covered := s.Covers("SUP-1", o) || s.Covers("SUP-2", o); fire && (covered || o.Shelve != nil || o.IsSuppressed()) {
			t.Errorf("the fire alarm is covered: %+v", o.Shelve)
		}
		if !fire && o.Priority > facility.P1 && o.Shown() != alarm.ShownShelved {
			t.Errorf("%s is shown as %s", o.Rule, o.Shown())
		}
		if e := s.Hold(alarm.Event{Kind: alarm.Raised, Rule: o.Rule, Device: o.Device, Priority: o.Priority, Class: o.Class}); fire && e.Held != "" {
			t.Errorf("the annunciation of a fire is held back by %s", e.Held)
		}
	}
}

func TestSecondPerson(t *testing.T) {
	s := alarm.NewSuppressions()
	began(t, s, "SUP-1", alarm.Scope{Rule: "P1", Device: "d1"}, 30*time.Minute, alarm.Requested)
	x, _ := s.Get("SUP-1")
	forged := alarm.SuppressionEvent{ID: "SUP-1", Revision: 2, Kind: alarm.Began, At: epoch.Add(time.Minute), Actor: "person:sato", Reason: "me again"}
	if err := s.Apply(forged); err == nil {
		t.Error("who asked approves by himself")
	}
	forged.Actor = "system:suppression"
	if err := s.Apply(forged); err == nil {
		t.Error("the program approves")
	}
	e, err := x.Approve("tanaka", "agreed", epoch.Add(9*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(e); err != nil {
		t.Fatal(err)
	}
	x, _ = s.Get("SUP-1")
	if x.State != alarm.InForce || x.Approver != "tanaka" || !x.Since.Equal(e.At) || !x.Until.Equal(epoch.Add(30*time.Minute)) {
		t.Errorf("approved: %+v", x)
	}
	if got := s.NextDue(); !got.Equal(x.Until) {
		t.Errorf("next due at %v, want its end %v", got, x.Until)
	}
}

func TestWhatEndsNext(t *testing.T) {
	s := alarm.NewSuppressions()
	if !s.NextDue().IsZero() {
		t.Error("something ends, and nothing is there")
	}
	began(t, s, "SUP-1", alarm.Scope{Rule: "P3", Device: "d1"}, 20*time.Minute, alarm.Began)
	began(t, s, "SUP-2", alarm.Scope{Rule: "P1", Device: "d1"}, 30*time.Minute, alarm.Requested) // waits ten minutes
	for _, want := range []struct {
		at time.Duration
		id string
	}{{10 * time.Minute, "SUP-2"}, {20 * time.Minute, "SUP-1"}} {
		if got := s.NextDue(); !got.Equal(epoch.Add(want.at)) {
			t.Fatalf("next due at %v, want %v", got, epoch.Add(want.at))
		}
		if early := s.Due(epoch.Add(want.at - 1)); len(early) > 0 {
			t.Errorf("due before its time: %+v", early)
		}
		due := s.Due(epoch.Add(want.at))
		if len(due) != 1 || due[0].ID != want.id || due[0].Kind != alarm.Expired {
			t.Fatalf("due: %+v, want the end of %s", due, want.id)
		}
		if err := s.Apply(due[0]); err != nil {
			t.Fatal(err)
		}
	}
}

// Of several that cover an alarm the one that lasts longest is shown.
func TestCoveredTwice(t *testing.T) {
	for _, ids := range [][2]string{{"SUP-1", "SUP-2"}, {"SUP-2", "SUP-1"}} {
		s := alarm.NewSuppressions()
		began(t, s, ids[0], alarm.Scope{Rule: "P3", Device: "d1"}, time.Hour, alarm.Began)
		began(t, s, ids[1], alarm.Scope{Filter: "device=d1"}, 2*time.Hour, alarm.Began)
		o := alarm.Occurrence{Revision: 1, Rule: "P3", Device: "d1", Priority: 3, Active: true}
		s.Cover(&o)
		if o.Shelve == nil || o.Shelve.ID != ids[1] {
			t.Errorf("covered by %+v, want %s", o.Shelve, ids[1])
		}
	}
}

func TestShelvedAtOnce(t *testing.T) {
	_, standing := suppressible()
	s := alarm.NewSuppressions()
	began(t, s, "SUP-1", alarm.Scope{Filter: "device=d1"}, 20*time.Minute, alarm.Began)          // P2, P3, P4 and CAP
	began(t, s, "SUP-2", alarm.Scope{Rule: "P3", Device: "d1"}, 20*time.Minute, alarm.Began)     // stands, counted already
	began(t, s, "SUP-3", alarm.Scope{Rule: "P3", Device: "d2"}, 20*time.Minute, alarm.Began)     // does not stand
	began(t, s, "SUP-4", alarm.Scope{Rule: "P1", Device: "d1"}, 20*time.Minute, alarm.Requested) // waits
	d2, err := facility.ParseSelector("device=d2")
	if err != nil {
		t.Fatal(err)
	}
	if all, one := s.Shelved(standing, facility.Selector{}), s.Shelved(standing, d2); all != 5 || one != 1 {
		t.Errorf("%d shelved in all and %d at d2, want 5 and 1", all, one)
	}
	if list := s.List(standing, epoch); len(list) != 4 || list[3].ID != "SUP-1" || list[3].Matches != 5 {
		t.Errorf("listed: %+v", list)
	}
}

func TestSuppressByDesignRefuses(t *testing.T) {
	child := &alarm.Rule{ID: "C", Revision: 1, SuppressWhen: []string{"P"}, Severity: alarm.Severe, TimeToRespond: time.Minute}
	o := reach(t, alarm.Unack, child)
	parent := alarm.Occurrence{ID: "ALM-000009", Revision: 1, Rule: "P", Active: true}
	if _, err := o.Suppress(child, parent, epoch); err == nil {
		t.Error("nobody approved that this P1 is suppressed, and it is")
	}
	child.ApprovedBy = []string{"sato", "sato"}
	if _, err := o.Suppress(child, parent, epoch); err == nil {
		t.Error("one person twice is two")
	}
	child.ApprovedBy = []string{"sato", "tanaka"}
	e, err := o.Suppress(child, parent, epoch)
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := o.Apply(e)
	if err != nil || hidden.Shown() != alarm.ShownSuppressed || hidden.State() != alarm.Unack {
		t.Fatalf("suppressed: %v, shown %s over %s", err, hidden.Shown(), hidden.State())
	}
	parent.Active = false
	if _, err := o.Suppress(child, parent, epoch); err == nil {
		t.Error("a parent that has returned suppresses")
	}
	parent.Active, parent.Rule = true, "Q"
	if _, err := o.Suppress(child, parent, epoch); err == nil {
		t.Error("a rule that suppress_when does not name suppresses")
	}
	if _, err := hidden.Suppress(child, alarm.Occurrence{ID: "ALM-000010", Rule: "P", Active: true}, epoch); err == nil {
		t.Error("suppressed twice")
	}
}

func TestShownOrder(t *testing.T) {
	o := alarm.Occurrence{ID: "ALM-1", Revision: 1, Active: true}
	for _, step := range []struct {
		add  func()
		want alarm.BaseState
	}{
		{func() {}, alarm.Unack},
		{func() { o.Shelve = &alarm.Suppression{} }, alarm.ShownShelved},
		{func() { o.Design = "ALM-2" }, alarm.ShownSuppressed},
		{func() { o.Service = &alarm.Suppression{} }, alarm.ShownOutOfService},
		{func() { o.Class = alarm.LifeSafety }, alarm.Unack},
		{func() { o.EndedAt = epoch }, alarm.Norm},
	} {
		if step.add(); o.Shown() != step.want {
			t.Errorf("shown %s, want %s", o.Shown(), step.want)
		}
	}
}
