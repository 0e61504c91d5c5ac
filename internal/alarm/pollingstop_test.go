package alarm_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func stopRequest(lasting time.Duration, sight alarm.Sight) alarm.SuppressionRequest {
	return alarm.SuppressionRequest{
		ID: "SUP-1", Type: alarm.PollingStop, Scope: alarm.Scope{Device: "ups-a1", Name: facility.Text{En: "UPS A1", Ja: "UPS A1"}},
		By: "mori", Reason: "firmware", At: epoch, Until: epoch.Add(lasting), Sight: sight,
	}
}

func TestRequestOfAPollingStop(t *testing.T) {
	seen := alarm.Sight{Known: true, Gravest: facility.P3}
	tests := []struct {
		name    string
		lasting time.Duration
		sight   alarm.Sight
		spoil   func(*alarm.SuppressionRequest)
		want    alarm.SuppressionCode // "" taken
		waits   bool
	}{
		{"for a day", alarm.MaxPollingStop, seen, nil, "", false},
		{"for longer", alarm.MaxPollingStop + 1, seen, nil, alarm.StopTooLong, false},
		{"nothing watches it", time.Hour, alarm.Sight{Known: true}, nil, "", false},
		{"a P1 rule watches it", time.Hour, alarm.Sight{Known: true, Gravest: facility.P1}, nil, "", true},
		{"nobody knows what it has", time.Hour, alarm.Sight{Gravest: facility.P4}, nil, "", true},
		{"it protects life", time.Hour, alarm.Sight{Known: true, Gravest: facility.P1, Life: []string{"Z-1"}}, nil, alarm.LifeSafetyPoints, false},
		{"it will protect life", time.Hour, alarm.Sight{Life: []string{"Z-1"}}, nil, alarm.LifeSafetyPoints, false},
		{"no reason", time.Hour, seen, func(q *alarm.SuppressionRequest) { q.Reason = " " }, alarm.NoReason, false},
		{"no end", 0, seen, nil, alarm.NoEnd, false},
		{"no device", time.Hour, seen, func(q *alarm.SuppressionRequest) { q.Scope.Device = "" }, alarm.BadScope, false},
		{"one alarm", time.Hour, seen, func(q *alarm.SuppressionRequest) { q.Scope.Rule = "HOT" }, alarm.BadScope, false},
		{"a filter", time.Hour, seen, func(q *alarm.SuppressionRequest) { q.Scope = alarm.Scope{Filter: "kind=ups"} }, alarm.BadScope, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := stopRequest(tt.lasting, tt.sight)
			if tt.spoil != nil {
				tt.spoil(&q)
			}
			e, err := alarm.NewSuppressions().Request(q, nil, nil)
			var refused *alarm.SuppressionError
			switch {
			case tt.want != "":
				if !errors.As(err, &refused) || refused.Code != tt.want {
					t.Fatalf("got %+v, %v, want it refused as %s", e, err, tt.want)
				}
				if tt.want == alarm.LifeSafetyPoints && (!slices.Equal(refused.Zones, []string{"Z-1"}) || !strings.Contains(refused.Detail, "permit")) {
					t.Errorf("the refusal names neither the zone nor what to do: %v", refused)
				}
				if tt.want == alarm.StopTooLong && refused.Cap != alarm.MaxPollingStop {
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

// stopped is a fold with a polling stop of ups-a1 for an hour.
func stopped(t *testing.T, sight alarm.Sight) *alarm.Suppressions {
	t.Helper()
	s := alarm.NewSuppressions()
	e, err := s.Request(stopRequest(time.Hour, sight), nil, nil)
	if err == nil {
		err = s.Apply(e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func inForce(s *alarm.Suppressions) (ids []string) {
	for _, x := range s.Stops() {
		ids = append(ids, x.ID)
	}
	return ids
}

// What stands goes on standing, and what is raised all the same is heard.
func TestAPollingStopHoldsNoAlarmBack(t *testing.T) {
	s := stopped(t, alarm.Sight{Known: true})
	o := alarm.Occurrence{ID: "ALM-1", Revision: 1, Rule: "HOT", Device: "ups-a1", Priority: facility.P3, Class: alarm.Capacity, Active: true}
	s.Cover(&o)
	if o.Shelve != nil || o.Service != nil || o.IsSuppressed() || s.Covers("SUP-1", o) {
		t.Errorf("the alarm is held back: %+v", o)
	}
	e := s.Hold(alarm.Event{AlarmID: "ALM-1", Kind: alarm.Raised, Rule: "HOT", Device: "ups-a1", Priority: facility.P3, Class: alarm.Capacity})
	if e.Held != "" {
		t.Errorf("the annunciation is held by %s", e.Held)
	}
	if list := s.List([]alarm.Occurrence{o}, epoch); len(list) != 1 || list[0].Matches != 0 {
		t.Errorf("list %+v, want one that covers nothing", list)
	}
}

func TestAPollingStopEndsByItself(t *testing.T) {
	s := stopped(t, alarm.Sight{Known: true})
	if at := s.NextDue(); !at.Equal(epoch.Add(time.Hour)) {
		t.Errorf("next due at %v", at)
	}
	if due := s.Due(epoch.Add(time.Hour - 1)); len(due) != 0 || len(inForce(s)) != 1 {
		t.Errorf("before its end: due %v, in force %v", due, inForce(s))
	}
	due := s.Due(epoch.Add(time.Hour))
	if len(due) != 1 || due[0].Kind != alarm.Expired {
		t.Fatalf("at its end: %+v", due)
	}
	if err := s.Apply(due[0]); err != nil {
		t.Fatal(err)
	}
	if x, _ := s.Get("SUP-1"); x.State != alarm.Over || len(inForce(s)) != 0 || len(s.Due(epoch.Add(9*time.Hour))) != 0 {
		t.Errorf("after its end: %+v, in force %v", x, inForce(s))
	}
}

// A clock that was set back to before the beginning ends it: how long it has
// lasted is not known any more.
func TestAClockSetBackEndsAPollingStop(t *testing.T) {
	s := stopped(t, alarm.Sight{Known: true})
	if due := s.Due(epoch.Add(-2 * time.Minute)); len(due) != 1 || due[0].Kind != alarm.Expired {
		t.Errorf("due %+v", due)
	}
}

func TestAPollingStopWaitsForItsSecondPerson(t *testing.T) {
	s := stopped(t, alarm.Sight{Known: true, Gravest: facility.P1})
	x, _ := s.Get("SUP-1")
	if x.State != alarm.Waiting || len(inForce(s)) != 0 {
		t.Fatalf("%s, in force %v", x.State, inForce(s))
	}
	if _, err := s.Request(func() alarm.SuppressionRequest {
		q := stopRequest(time.Hour, alarm.Sight{Known: true})
		q.ID = "SUP-2"
		return q
	}(), nil, nil); err == nil {
		t.Error("the same was asked for twice")
	}
	if _, err := x.Approve("mori", "me again", epoch.Add(time.Minute)); err == nil {
		t.Error("approved by who asked")
	}
	e, err := x.Approve("sato", "agreed", epoch.Add(time.Minute))
	if err == nil {
		err = s.Apply(e)
	}
	if err != nil || len(inForce(s)) != 1 {
		t.Fatalf("%v, in force %v", err, inForce(s))
	}
	if late := stopped(t, alarm.Sight{Known: true, Gravest: facility.P1}).Due(epoch.Add(10 * time.Minute)); len(late) != 1 {
		t.Errorf("ten minutes later: due %v", late)
	}
}

// What the program wrote it reads again: the events as JSON give the same fold.
func TestPollingStopsAreReplayed(t *testing.T) {
	s := alarm.NewSuppressions()
	first, err := s.Request(stopRequest(time.Hour, alarm.Sight{Known: true, Gravest: facility.P1}), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, err := alarm.Suppression{}.Apply(first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := x.Approve("sato", "agreed", epoch.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []alarm.SuppressionEvent{first, second} {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back alarm.SuppressionEvent
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(back); err != nil {
			t.Fatal(err)
		}
	}
	list := s.Stops()
	if len(list) != 1 || list[0].Scope.Device != "ups-a1" || list[0].By != "mori" || list[0].Approver != "sato" || !list[0].Until.Equal(epoch.Add(time.Hour)) {
		t.Errorf("in force after the replay: %+v", list)
	}
	end, err := list[0].End("sato", "done", epoch.Add(5*time.Minute))
	if err == nil {
		err = s.Apply(end)
	}
	if err != nil || len(inForce(s)) != 0 {
		t.Errorf("ended: %v, in force %v", err, inForce(s))
	}
}

// Records that no decision of ours makes: the fold takes no stop of everything.
func TestAPollingStopOfNoDeviceIsNotFolded(t *testing.T) {
	for _, scope := range []alarm.Scope{{}, {Filter: "kind=ups"}, {Device: "ups-a1", Rule: "HOT"}, {Device: "ups-a1", Point: "ups-a1/x"}} {
		err := alarm.NewSuppressions().Apply(alarm.SuppressionEvent{ID: "SUP-1", Revision: 1, Kind: alarm.Began, At: epoch, Actor: "person:mori",
			Reason: "x", Type: alarm.PollingStop, Scope: scope, Until: epoch.Add(time.Hour)})
		var refused *alarm.SuppressionError
		if !errors.As(err, &refused) || refused.Code != alarm.BadScope {
			t.Errorf("scope %+v: %v", scope, err)
		}
	}
}

func TestWhatAPollingStopOutgrows(t *testing.T) {
	fire := alarm.Sight{Known: true, Life: []string{"Z-1"}}
	grave := alarm.Sight{Known: true, Gravest: facility.P1}
	tests := []struct {
		name string
		x    alarm.Suppression
		now  alarm.Sight
		want bool
	}{
		{"as it was", alarm.Suppression{Type: alarm.PollingStop, State: alarm.InForce}, alarm.Sight{Known: true, Gravest: facility.P2}, false},
		{"its points are not known after a restart", alarm.Suppression{Type: alarm.PollingStop, State: alarm.InForce}, alarm.Sight{}, false},
		{"a smoke detector was bound", alarm.Suppression{Type: alarm.PollingStop, State: alarm.InForce, Approver: "sato"}, fire, true},
		{"a smoke detector was bound while it waits", alarm.Suppression{Type: alarm.PollingStop, State: alarm.Waiting}, fire, true},
		{"a P1 rule came", alarm.Suppression{Type: alarm.PollingStop, State: alarm.InForce}, grave, true},
		{"a P1 rule came, and it is approved", alarm.Suppression{Type: alarm.PollingStop, State: alarm.InForce, Approver: "sato"}, grave, false},
		{"it waits for approval", alarm.Suppression{Type: alarm.PollingStop, State: alarm.Waiting}, grave, false},
		{"it is over", alarm.Suppression{Type: alarm.PollingStop, State: alarm.Over}, fire, false},
		{"a shelving", alarm.Suppression{Type: alarm.Shelving, State: alarm.InForce}, fire, false},
	}
	for _, tt := range tests {
		if got := tt.x.Outgrown(tt.now); (got != "") != tt.want {
			t.Errorf("%s: %q, want outgrown %v", tt.name, got, tt.want)
		}
	}
	s := stopped(t, alarm.Sight{Known: true})
	x, _ := s.Get("SUP-1")
	if err := s.Apply(x.Resume("points that protect life", epoch.Add(time.Minute))); err != nil || len(inForce(s)) != 0 {
		t.Errorf("ended by the program: %v, in force %v", err, inForce(s))
	}
}
