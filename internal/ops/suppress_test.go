package ops

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

var (
	hallHot = &alarm.Rule{ID: "HALL-HOT", Revision: 1, Class: alarm.Environment, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute}
	chiller = &alarm.Rule{ID: "CHILLER-TRIP", Revision: 1, Class: alarm.Environment, Severity: alarm.Major, TimeToRespond: 5 * time.Minute, Effect: alarm.Loss}
	crac    = &alarm.Rule{ID: "CRAC-WARM", Revision: 1, Class: alarm.Environment, Severity: alarm.Minor, TimeToRespond: time.Hour, SuppressWhen: []string{"CHILLER-TRIP"}}
)

func TestAShelvedAlarmIsHeardAgainAtTheEnd(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	u := s.shelve(t, sato, id, time.Hour)
	if u.State != alarm.InForce || u.Matches != 1 || s.state(id) != "SHELV" {
		t.Fatalf("after shelving %+v, the alarm shows %s", u, s.state(id))
	}
	if got := s.told(t, id); got != "raised:cancelled" {
		t.Errorf("notices after shelving: %s; what had not gone out is not sent", got)
	}
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", false, 1), change(onBattery, "ups-a1", true, 2)})
	if got := s.Suppressions(); len(got) != 1 || got[0].Held != 1 || got[0].Matches != 1 {
		t.Errorf("suppressions %+v, want one that held one annunciation back", got)
	}
	c.pass(59 * time.Minute)
	s.Tick(t.Context())
	if got := s.state(id); got != "SHELV" {
		t.Errorf("a minute before the end it shows %s", got)
	}
	c.pass(time.Minute)
	s.Tick(t.Context())
	s.Tick(t.Context())
	if got, want := s.kinds(t, id), "raised returned came_back("+u.ID+") realarmed"; got != want || s.state(id) != "UNACK" {
		t.Errorf("events %q, shows %s; want %q, UNACK", got, s.state(id), want)
	}
	if got := s.told(t, id); got != "raised:cancelled realarmed:due" {
		t.Errorf("notices %q", got)
	}
	if got := s.Suppressions(); len(got) != 1 || got[0].State != alarm.Over || got[0].EndedBy != "system:suppression" {
		t.Errorf("suppressions after the end: %+v", got)
	}
	c.pass(25 * time.Hour)
	if got := s.Suppressions(); len(got) != 0 {
		t.Errorf("a day after its end it is still listed: %+v", got)
	}
	s.verify(t)
}

func TestAnAcknowledgementUnderAShelvingStays(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Planner: pager{}, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	u := s.shelve(t, sato, id, time.Hour)
	if _, err := s.Acknowledge(t.Context(), sato, id, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Unshelve(t.Context(), ito, u.ID, u.Revision, "mended"); err != nil {
		t.Fatal(err)
	}
	s.Tick(t.Context())
	if got := s.kinds(t, id); got != "raised acknowledged" || s.state(id) != "ACKED" {
		t.Errorf("events %q, shows %s; an acknowledgement is never undone", got, s.state(id))
	}
}

func TestShelvingEndsThoughTheProgramWasDown(t *testing.T) {
	c, dir := newStepped(), t.TempDir()
	o := Options{Clock: c, Planner: pager{}, Rules: rules}
	s := startWith(t, dir, o)
	id := s.on(t, onBattery, "ups-a1")
	u := s.shelve(t, sato, id, time.Hour)
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", false, 1), change(onBattery, "ups-a1", true, 2)})
	s.store.Close() // as a kill would leave it

	c.pass(3 * time.Hour)
	s = startWith(t, dir, o)
	if got := s.Suppressions(); len(got) != 1 || got[0].ID != u.ID || got[0].Held != 1 || got[0].State != alarm.InForce {
		t.Fatalf("rebuilt: %+v", got)
	}
	s.Tick(t.Context())
	s.store.Close()
	s = startWith(t, dir, o)
	s.Tick(t.Context())
	want := "raised returned came_back(" + u.ID + ") realarmed"
	if got := s.kinds(t, id); got != want || s.state(id) != "UNACK" {
		t.Errorf("events %q, want %q: annunciated once, over three starts", got, want)
	}
	if u2 := s.shelve(t, sato, id, time.Hour); u2.ID <= u.ID {
		t.Errorf("%s is given out after %s", u2.ID, u.ID)
	}
}

// The end of the shelving was kept, the annunciation that it brings was not.
func TestAnnunciationsOwedSurviveAKillInBetween(t *testing.T) {
	c, dir := newStepped(), t.TempDir()
	o := Options{Clock: c, Planner: pager{}, Rules: rules}
	s := startWith(t, dir, o)
	id := s.on(t, onBattery, "ups-a1") // heard, then shelved
	s.shelve(t, sato, id, time.Hour)
	c.pass(time.Hour)
	s.mu.Lock()
	s.running = true // the rest of what waits is never written
	s.mu.Unlock()
	s.expire(t.Context(), c.Now())
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.store.Close()
	s = startWith(t, dir, o)
	s.Tick(t.Context())
	if got := s.kinds(t, id); got != "raised realarmed" {
		t.Errorf("events %q, want it annunciated after the restart", got)
	}
}

func TestAClockSetBackEndsAShelvingOnce(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	u := s.shelve(t, sato, id, time.Hour)
	c.pass(time.Minute)
	c.set(-time.Hour)
	for range 3 {
		s.Tick(t.Context())
	}
	c.set(time.Hour)
	c.pass(2 * time.Hour)
	s.Tick(t.Context())
	if got := s.kinds(t, id); got != "raised realarmed" {
		t.Errorf("events %q", got)
	}
	var ends int
	for _, a := range s.actions(t) {
		if strings.HasSuffix(a, "suppression.expire "+u.ID) {
			ends++
		}
	}
	if ends != 1 {
		t.Errorf("the shelving ended %d times", ends)
	}
	s.verify(t)
}

func TestAClockSetBackMakesNoShelvingLonger(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	s.shelve(t, sato, id, time.Hour)
	c.pass(30 * time.Minute)
	c.set(-20 * time.Minute) // not to before it began
	s.Tick(t.Context())
	c.pass(29 * time.Minute)
	s.Tick(t.Context())
	if got := s.state(id); got != "SHELV" {
		t.Errorf("after 59 minutes it shows %s", got)
	}
	c.pass(time.Minute)
	s.Tick(t.Context())
	if got := s.state(id); got != "UNACK" {
		t.Errorf("after an hour it shows %s", got)
	}
	s.verify(t)
}

func TestAP1NeedsASecondPerson(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Rules: rules})
	ctx := t.Context()
	id := s.on(t, hallHot, "hall-1")
	asked := s.shelve(t, sato, id, 30*time.Minute)
	if asked.State != alarm.Waiting || s.state(id) != "UNACK" {
		t.Fatalf("%s by one person is %s, the alarm shows %s", asked.ID, asked.State, s.state(id))
	}
	if _, err := s.Approve(ctx, sato, asked.ID, 0, "fine"); code(err) != duty.NotAllowed {
		t.Errorf("approved by who asked: %v", err)
	}
	if _, err := s.Approve(ctx, ito, asked.ID, 7, "fine"); code(err) != duty.Outdated {
		t.Errorf("approved at another revision: %v", err)
	}
	u, err := s.Approve(ctx, ito, asked.ID, 1, "fine")
	if err != nil || u.State != alarm.InForce || u.Approver != "ito" || s.state(id) != "SHELV" {
		t.Errorf("approved: %+v, %v; shows %s", u, err, s.state(id))
	}
	if _, err := s.Shelve(ctx, sato, ShelveRequest{AlarmID: id, For: 31 * time.Minute, Reason: "longer"}); code(err) != duty.Invalid {
		t.Errorf("31 min of a P1: %v", err)
	}

	other := s.on(t, hallHot, "hall-2")
	service, err := s.TakeOutOfService(ctx, mori, ServiceRequest{AlarmID: other, Change: "MOC-1", Review: noon.Add(24 * time.Hour), Reason: "rebuilt"})
	if err != nil || service.State != alarm.Waiting {
		t.Fatalf("out of service: %+v, %v", service, err)
	}
	c.pass(10 * time.Minute)
	s.Tick(ctx)
	if _, err := s.Approve(ctx, ito, service.ID, 0, "fine"); code(err) != duty.WrongState || s.state(other) != "UNACK" {
		t.Errorf("approved after ten minutes: %v, shows %s", err, s.state(other))
	}
	byFilter, err := s.Shelve(ctx, sato, ShelveRequest{Filter: "device~hall", For: 20 * time.Minute, Reason: "test of the fans"})
	if err != nil || byFilter.State != alarm.Waiting {
		t.Errorf("a filter that has a P1: %+v, %v; want it to wait", byFilter, err)
	}
	if _, err := s.Decline(ctx, ito, byFilter.ID, 0, "not now"); err != nil {
		t.Errorf("decline: %v", err)
	}
	s.verify(t)
}

// A filter that one person set covers no P1 that comes later.
func TestAFilterOfOnePersonNeverHidesAP1(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Rules: rules})
	if _, err := s.Shelve(t.Context(), sato, ShelveRequest{Filter: "device~hall", For: time.Hour, Reason: "works"}); err != nil {
		t.Fatal(err)
	}
	hot, battery, fire := s.on(t, hallHot, "hall-1"), s.on(t, onBattery, "hall-ups"), s.on(t, smoke, "hall-hub")
	if s.state(hot) != "UNACK" || s.state(battery) != "SHELV" || s.state(fire) != "UNACK" {
		t.Errorf("P1 shows %s, P2 %s, fire %s; want UNACK, SHELV, UNACK", s.state(hot), s.state(battery), s.state(fire))
	}
	if got := s.Preview("device~hall"); len(got) != 2 {
		t.Errorf("preview has %d alarms, want the two that are not life safety", len(got))
	}
	if got := s.Preview("device~~~ x"); got != nil {
		t.Errorf("preview of nonsense: %v", got)
	}
}

func TestNothingHoldsAFireAlarmBack(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Planner: pager{}, Rules: rules})
	ctx := t.Context()
	id := s.on(t, smoke, "hub-1")
	before := len(s.actions(t))
	service := outOfService(id)
	service.Review = noon.Add(time.Hour)
	filtered := service
	filtered.AlarmID, filtered.Filter = "", "rule=SMOKE"
	for name, err := range map[string]error{
		"shelve":              second(s.Shelve(ctx, mori, ShelveRequest{AlarmID: id, For: time.Minute, Reason: "x"})),
		"shelve by filter":    second(s.Shelve(ctx, mori, ShelveRequest{Filter: "device=hub-1", For: time.Minute, Reason: "x"})),
		"out of service":      second(s.TakeOutOfService(ctx, mori, service)),
		"out, by filter":      second(s.TakeOutOfService(ctx, mori, filtered)),
		"as a consequence of": second(s.SetCause(ctx, mori, id, 0, s.on(t, onBattery, "ups-a1"), "x")),
	} {
		if err == nil {
			t.Errorf("%s: was done", name)
		}
	}
	s.Tick(ctx)
	if got := s.actions(t); len(got) != before+1 { // that of ups-a1
		t.Errorf("audit %q", got[before:])
	}
	if got := s.told(t, id); got != "raised:due" || s.state(id) != "UNACK" {
		t.Errorf("notices %s, shows %s", got, s.state(id))
	}
}

func TestAtMostTenShelvedAtOnceForEachPosition(t *testing.T) {
	a, err := facility.ParseSelector("device~ups")
	if err != nil {
		t.Fatal(err)
	}
	b, err := facility.ParseSelector("device~pdu")
	if err != nil {
		t.Fatal(err)
	}
	positions := []duty.Position{{ID: "power", Filter: a}, {ID: "racks", Filter: b}}
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Rules: rules, Positions: func() []duty.Position { return positions }})
	ctx := t.Context()
	var first string
	for i := range alarm.MaxShelvedAtOnce {
		id := s.on(t, onBattery, fmt.Sprint("ups-", i))
		if s.shelve(t, sato, id, time.Hour); i == 0 {
			first = id
		}
	}
	if _, err := s.Shelve(ctx, sato, ShelveRequest{AlarmID: s.on(t, onBattery, "ups-x"), For: time.Hour, Reason: "x"}); code(err) != duty.WrongState {
		t.Errorf("the eleventh: %v", err)
	}
	again := s.shelve(t, sato, first, 2*time.Hour) // a longer one takes the place of the first
	list := s.Suppressions()
	over := slices.IndexFunc(list, func(u alarm.Suppression) bool { return u.State == alarm.Over })
	if over < 0 || list[over].EndedFor != again.ID+" takes its place" {
		t.Errorf("extended: %+v", list)
	}
	if s.state(first) != "SHELV" || strings.Contains(s.kinds(t, first), "realarmed") {
		t.Errorf("%s was heard while its shelving was extended: %s", first, s.kinds(t, first))
	}
	s.shelve(t, sato, s.on(t, onBattery, "pdu-1"), time.Hour) // another position's
}

func TestSuppressionByDesign(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules, Supply: func() alarm.Supply { return cooled{} }})
	early := s.on(t, crac, "crac-1") // told before its cause is known
	c.pass(2 * time.Second)
	cause := s.on(t, chiller, "chiller-1")
	late := s.on(t, crac, "crac-2")
	for _, id := range []string{early, late} {
		if o, _ := s.Alarm(id); s.state(id) != "SUPPR" || o.Design != cause {
			t.Errorf("%s shows %s by %q, want SUPPR by %s", id, s.state(id), o.Design, cause)
		}
	}
	if a, b := s.told(t, early), s.told(t, late); a != "raised:cancelled" || b != "" {
		t.Errorf("notices %q and %q; want the first cancelled, none of the second", a, b)
	}
	s.Commit(t.Context(), []alarm.Change{change(crac, "crac-1", false, 1)})
	s.Commit(t.Context(), []alarm.Change{change(chiller, "chiller-1", false, 2)})
	s.Tick(t.Context())
	if got := s.kinds(t, late); got != "raised(design) suppressed suppression_ended realarmed" {
		t.Errorf("%s: %q", late, got)
	}
	if got := s.kinds(t, early); got != "raised suppressed returned suppression_ended" {
		t.Errorf("%s: %q", early, got)
	}
	if got := s.told(t, late); got != "realarmed:due" {
		t.Errorf("notices of %s: %q", late, got)
	}
	s.verify(t)
}

func TestSuppressionsAreRefusedWithACode(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Rules: rules})
	ctx := t.Context()
	id := s.on(t, onBattery, "ups-a1")
	ended := s.on(t, onBattery, "ups-a2")
	if _, err := s.Acknowledge(ctx, sato, ended, 0, "x"); err != nil {
		t.Fatal(err)
	}
	s.Commit(ctx, []alarm.Change{change(onBattery, "ups-a2", false, 1)})
	u := s.shelve(t, sato, id, time.Hour)
	before := s.actions(t)
	shelve := func(r ShelveRequest) error { return second(s.Shelve(ctx, sato, r)) }
	service := func(r ServiceRequest) error { return second(s.TakeOutOfService(ctx, mori, r)) }
	tests := []struct {
		name string
		err  error
		want duty.Code
		why  duty.Why
	}{
		{"no reason", shelve(ShelveRequest{AlarmID: id, For: time.Hour}), duty.Incomplete, duty.NoComment},
		{"no time", shelve(ShelveRequest{AlarmID: id, Reason: "x"}), duty.Incomplete, duty.NoEnd},
		{"negative time", shelve(ShelveRequest{AlarmID: id, For: -time.Hour, Reason: "x"}), duty.Incomplete, duty.NoEnd},
		{"too long", shelve(ShelveRequest{AlarmID: id, For: 9 * time.Hour, Reason: "x"}), duty.Invalid, duty.TooLong},
		{"neither alarm nor filter", shelve(ShelveRequest{For: time.Hour, Reason: "x"}), duty.Incomplete, ""},
		{"both", shelve(ShelveRequest{AlarmID: id, Filter: "device=x", For: time.Hour, Reason: "x"}), duty.Incomplete, ""},
		{"no such alarm", shelve(ShelveRequest{AlarmID: "ALM-9", For: time.Hour, Reason: "x"}), duty.NotFound, ""},
		{"an alarm that ended", shelve(ShelveRequest{AlarmID: ended, For: time.Hour, Reason: "x"}), duty.WrongState, duty.HasEnded},
		{"an old revision", shelve(ShelveRequest{AlarmID: id, Revision: 5, For: time.Hour, Reason: "x"}), duty.Outdated, ""},
		{"a filter that cannot be read", shelve(ShelveRequest{Filter: "colour=red", For: time.Hour, Reason: "x"}), duty.Invalid, duty.BadScope},
		{"no change number", service(ServiceRequest{AlarmID: id, Review: noon.Add(time.Hour), Reason: "x"}), duty.Incomplete, duty.NoChange},
		{"no review date", service(ServiceRequest{AlarmID: id, Change: "MOC-1", Reason: "x"}), duty.Incomplete, duty.NoReview},
		{"a review date that is past", service(ServiceRequest{AlarmID: id, Change: "MOC-1", Review: noon.Add(-time.Hour), Reason: "x"}), duty.Incomplete, duty.NoReview},
		{"unshelve of nothing", second(s.Unshelve(ctx, sato, "SUP-9", 0, "x")), duty.NotFound, ""},
		{"unshelve without a reason", second(s.Unshelve(ctx, sato, u.ID, 0, " ")), duty.Incomplete, duty.NoComment},
		{"a shelving returned to service", second(s.ReturnToService(ctx, mori, u.ID, 0, "x")), duty.NotFound, ""},
		{"approving what waits for nobody", second(s.Approve(ctx, ito, u.ID, 0, "x")), duty.WrongState, duty.NotWaiting},
		{"a cause that does not stand", second(s.SetCause(ctx, mori, id, 0, ended, "x")), duty.NotFound, duty.NoSuchCause},
		{"its own cause", second(s.SetCause(ctx, mori, id, 0, id, "x")), duty.WrongState, duty.OwnCause},
		{"closing what is evaluated", second(s.CloseUnwatched(ctx, mori, id, 0, "x")), duty.WrongState, duty.StillWatched},
	}
	for _, tt := range tests {
		if code(tt.err) != tt.want || why(tt.err) != tt.why {
			t.Errorf("%s: %v (%s), want %s %s", tt.name, tt.err, why(tt.err), tt.want, tt.why)
		}
	}
	if got := s.actions(t); !slices.Equal(got, before) {
		t.Errorf("refused commands left entries: %q", got[len(before):])
	}
}
