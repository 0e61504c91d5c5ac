package ops

import (
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// due are the ids of the alarms that the mail channel may be told of now.
func (s *site) due(t *testing.T) string {
	t.Helper()
	list, err := s.DueNotices(t.Context(), s.clock.Now(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range list {
		if n.Channel == "mail" {
			out = append(out, n.AlarmID+":"+string(n.Kind))
		}
	}
	return strings.Join(out, " ")
}

// send takes everything that is due.
func (s *site) send(t *testing.T) (sent int) {
	t.Helper()
	list, err := s.DueNotices(t.Context(), s.clock.Now(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if err := s.NoticeSent(t.Context(), n.ID, s.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return len(list)
}

func TestNoticesOfOneAlarm(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	if got := s.due(t); got != "" {
		t.Errorf("due within the grouping window: %s", got)
	}
	c.pass(15 * time.Second)
	if got := s.due(t); got != id+":raised" {
		t.Fatalf("due after it: %q", got)
	}
	notices := s.notices(t, id)
	if err := s.NoticeFailed(t.Context(), notices[0].ID, "421 try\x1b[31m later\r\nBcc: x", c.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", false, 1), change(onBattery, "ups-a1", true, 2)})
	c.pass(time.Minute)
	// the return has overtaken the first message to mail, not that to the hook, which is under way
	if got := s.told(t, id); got != "raised:cancelled returned:due realarmed:due" {
		t.Errorf("mail: %q: it may have been told, so it is told of the return", got)
	}
	if got := s.due(t); got != id+":returned" {
		t.Errorf("due: %q, want one after the other", got)
	}
	s.send(t)
	if got := s.due(t); got != id+":realarmed" {
		t.Errorf("due: %q", got)
	}
	s.send(t)
	if got := s.told(t, id); got != "raised:cancelled returned:sent realarmed:sent" {
		t.Errorf("mail: %q", got)
	}
	if n := s.notices(t, id)[0]; n.LastError != "returned to normal before it was sent" || n.Attempts != 1 {
		t.Errorf("the first notice: %+v", n)
	}
}

func TestWhoWasNotToldIsNotToldOfTheEnd(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", false, 1)})
	if got := s.told(t, id); got != "raised:cancelled" {
		t.Errorf("gone within the window: %q", got)
	}
	acked := s.on(t, onBattery, "ups-a2")
	if _, err := s.Acknowledge(t.Context(), sato, acked, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a2", false, 1)})
	if got := s.told(t, acked); got != "raised:cancelled" {
		t.Errorf("acknowledged within the window: %q", got)
	}
	fire := s.on(t, smoke, "hub-1")
	if _, err := s.Acknowledge(t.Context(), sato, fire, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	if got := s.told(t, fire); got != "raised:due" {
		t.Errorf("a fire is told whoever has seen it: %q", got)
	}
	hot := s.on(t, hallHot, "hall-1")
	s.Commit(t.Context(), []alarm.Change{change(hallHot, "hall-1", false, 1)})
	if got := s.told(t, hot); got != "raised:due returned:due" {
		t.Errorf("a P1 that returned without anybody: %q", got)
	}
}

func TestConsequencesAreToldByTheirCause(t *testing.T) {
	c := newStepped()
	grouping := alarm.Grouping{}
	o := Options{Clock: c, Planner: pager{}, Rules: rules, Grouping: func() alarm.Grouping { return grouping }}
	dir := t.TempDir()
	s := startWith(t, dir, o)
	root, member, grave := s.on(t, onBattery, "ups-a1"), s.on(t, pdu, "pdu-1"), s.on(t, hallHot, "hall-1")
	grouping = alarm.Grouping{
		Groups: []alarm.Group{{Root: root, Members: []string{grave, member}, Priority: facility.P1, Alone: []string{grave}}},
		RootOf: map[string]string{member: root, grave: root},
	}
	c.pass(15 * time.Second)
	if got := s.due(t); got != grave+":raised "+root+":raised" && got != root+":raised "+grave+":raised" {
		t.Errorf("due %q, want the cause and the P1", got)
	}
	if got := s.told(t, member); got != "raised:cancelled" {
		t.Errorf("the consequence: %q", got)
	}
	grouping = alarm.Grouping{}
	s.Tick(t.Context())
	if got := s.kinds(t, member); got != "raised realarmed" {
		t.Errorf("events of the consequence when its cause has returned: %q", got)
	}
	member = s.on(t, pdu, "pdu-2") // and another one, behind the cause that is back
	grouping = alarm.Grouping{
		Groups: []alarm.Group{{Root: root, Members: []string{member}, Priority: facility.P2}}, RootOf: map[string]string{member: root},
	}
	c.pass(15 * time.Second)
	s.send(t)
	c.pass(10 * time.Minute) // its escalation waits, too
	s.Tick(t.Context())
	if got := s.told(t, member); got != "raised:cancelled" {
		t.Errorf("the consequence ten minutes on: %q", got)
	}
	s.store.Close()

	s = startWith(t, dir, o) // the cause returns while the program is down
	grouping = alarm.Grouping{}
	s.Tick(t.Context())
	if got := s.kinds(t, member); got != "raised realarmed" {
		t.Errorf("events of what stands for itself now: %q", got)
	}
	if got := s.told(t, member); !strings.HasPrefix(got, "raised:cancelled realarmed:due") {
		t.Errorf("notices of it: %q", got)
	}
}

// A page for each of fifty racks behind one dead feed is no page: a P1 behind a P1
// that is told is told by it, and for itself as soon as nobody tells it.
func TestAGraveConsequenceIsToldByItsGraveCause(t *testing.T) {
	c := newStepped()
	grouping := alarm.Grouping{}
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules, Grouping: func() alarm.Grouping { return grouping }})
	root, member := s.on(t, hallHot, "hall-1"), s.on(t, hallHot, "hall-2")
	fire := s.on(t, smoke, "hub-1")
	grouping = alarm.Grouping{
		Groups: []alarm.Group{{Root: root, Members: []string{fire, member}, Priority: facility.P1}}, RootOf: map[string]string{member: root, fire: root},
	}
	if got := s.due(t); got != root+":raised "+fire+":raised" && got != fire+":raised "+root+":raised" {
		t.Errorf("due %q, want the cause and the fire", got)
	}
	if got := s.told(t, member); got != "raised:cancelled" {
		t.Errorf("the consequence: %q", got)
	}
	c.pass(10 * time.Minute)
	s.Tick(t.Context())
	if got := s.told(t, member); got != "raised:cancelled" {
		t.Errorf("the consequence ten minutes on: %q; its cause is escalated", got)
	}
	if got := s.told(t, root); !strings.Contains(got, "escalated:due") {
		t.Errorf("the cause ten minutes on: %q", got)
	}
	u, err := s.Approve(t.Context(), ito, s.shelve(t, sato, root, 30*time.Minute).ID, 1, "fine")
	if err != nil || u.State != alarm.InForce {
		t.Fatalf("shelving the cause: %+v, %v", u, err)
	}
	s.Tick(t.Context())
	if got := s.kinds(t, member); got != "raised realarmed" {
		t.Errorf("events of the consequence of a cause that tells nobody: %q", got)
	}
	if got := s.told(t, member); !strings.Contains(got, "realarmed:due") {
		t.Errorf("notices of it: %q", got)
	}
}

// A notice that is due at once is compared with what stands now, not with what
// the last picture showed.
func TestAPageIsComparedWithWhatStandsNow(t *testing.T) {
	root := *hallHot
	root.ID, root.Effect = "FEED-DEAD", alarm.Loss
	all := func() map[string]*alarm.Rule { return map[string]*alarm.Rule{root.ID: &root, hallHot.ID: hallHot} }
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Planner: pager{}, Rules: all,
		Supply: func() alarm.Supply { return cooled{} }, Grouping: func() alarm.Grouping { return alarm.Grouping{} }})
	cause, member := s.on(t, &root, "chiller-1"), s.on(t, hallHot, "hall-1")
	if got := s.due(t); got != cause+":raised" {
		t.Errorf("due %q, want the cause %s and not %s", got, cause, member)
	}
}

func TestAGroupThatGrowsIsHeardAgain(t *testing.T) {
	grouping := alarm.Grouping{}
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Rules: rules, Grouping: func() alarm.Grouping { return grouping }})
	root, a, b := s.on(t, onBattery, "ups-a1"), s.on(t, pdu, "pdu-1"), s.on(t, pdu, "pdu-2")
	grow := func(members ...string) {
		grouping = alarm.Grouping{RootOf: map[string]string{}, Groups: []alarm.Group{{Root: root, Members: members, Priority: facility.P2}}}
		for _, m := range members {
			grouping.RootOf[m] = root
		}
		s.Tick(t.Context())
	}
	grow(a)
	if _, err := s.Acknowledge(t.Context(), sato, root, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	grow(a)
	if got := s.kinds(t, root); got != "raised acknowledged" {
		t.Errorf("without news: %q", got)
	}
	grow(a, b)
	grow(a, b)
	if got := s.kinds(t, root); got != "raised acknowledged realarmed" {
		t.Errorf("with one more: %q", got)
	}
}

// escalations counts the notices of steps of one alarm to mail.
func (s *site) steps(t *testing.T, id string) int { return strings.Count(s.told(t, id), "escalated") }

func TestEscalationGoesOnUntilSomebodyActs(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	ctx := t.Context()
	acked, returned, grave, left := s.on(t, onBattery, "ups-a1"), s.on(t, onBattery, "ups-a2"), s.on(t, hallHot, "hall-1"), s.on(t, onBattery, "ups-a3")
	c.pass(5*time.Minute - time.Second)
	s.Tick(ctx)
	if n := s.steps(t, left); n != 0 {
		t.Fatalf("%d steps before the time", n)
	}
	c.pass(time.Second)
	s.Tick(ctx)
	s.Tick(ctx)
	for _, id := range []string{acked, returned, grave, left} {
		if n := s.steps(t, id); n != 1 {
			t.Errorf("%s: %d steps after five minutes", id, n)
		}
	}
	if _, err := s.Acknowledge(ctx, sato, acked, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	s.Commit(ctx, []alarm.Change{change(onBattery, "ups-a2", false, 5), change(hallHot, "hall-1", false, 5)})
	for range 5 {
		c.pass(5 * time.Minute)
		s.Tick(ctx)
	}
	for id, want := range map[string]int{acked: 1, returned: 1, grave: 3, left: 3} {
		if n := s.steps(t, id); n != want {
			t.Errorf("%s: %d steps, want %d", id, n, want)
		}
	}
	if got := s.actions(t); strings.Count(strings.Join(got, "\n"), "system:escalation escalation.step "+left) != 3 {
		t.Errorf("the steps are not all records: %q", got)
	}
	if list, err := s.store.Escalations(ctx); err != nil || len(list) != 0 {
		t.Errorf("deadlines left: %v, %v", list, err)
	}
	if got := s.told(t, acked); strings.Contains(got, "due") {
		t.Errorf("notices of what is acknowledged: %q", got)
	}
}

func TestAnAlarmThatComesAndGoesIsEscalatedAllTheSame(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	id := s.on(t, hallHot, "hall-1")
	for i := range 10 { // each minute gone for a moment, for ten minutes: two steps fall due
		c.pass(time.Minute)
		s.Tick(t.Context())
		s.Commit(t.Context(), []alarm.Change{change(hallHot, "hall-1", false, 2*i+1), change(hallHot, "hall-1", true, 2*i+2)})
	}
	if n := s.steps(t, id); n != 2 {
		t.Errorf("%d steps in ten minutes, want 2: coming back must not put the next one off", n)
	}
}

func TestEscalationsAcrossARestart(t *testing.T) {
	c, dir := newStepped(), t.TempDir()
	o := Options{Clock: c, Planner: pager{}, Rules: rules}
	s := startWith(t, dir, o)
	id := s.on(t, onBattery, "ups-a1")
	s.store.Close()
	c.pass(time.Hour)
	for range 3 { // overdue: at once, and once
		s = startWith(t, dir, o)
		s.Tick(t.Context())
		if n := s.steps(t, id); n != 1 {
			t.Fatalf("%d steps", n)
		}
		s.store.Close()
	}
	s = startWith(t, dir, o)
	c.pass(5 * time.Minute)
	s.Tick(t.Context())
	if n := s.steps(t, id); n != 2 {
		t.Errorf("%d steps five minutes later, want 2", n)
	}
}

func TestAClockSetBackLosesNoEscalation(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	c.pass(4 * time.Minute)
	c.set(-time.Hour)
	s.Tick(t.Context()) // how long it has waited is not known: now
	s.Tick(t.Context())
	if n := s.steps(t, id); n != 1 {
		t.Errorf("%d steps, want 1", n)
	}
	if got := s.due(t); !strings.HasPrefix(got, id) {
		t.Errorf("due by the clock that went back: %q", got)
	}
	c.pass(5 * time.Minute)
	s.Tick(t.Context())
	if n := s.steps(t, id); n != 2 {
		t.Errorf("%d steps five minutes on, want 2", n)
	}
	c.set(-2 * time.Minute) // less than it has waited: the monotonic clock counts
	other := s.on(t, onBattery, "ups-a2")
	c.pass(3 * time.Minute)
	c.set(-time.Minute)
	c.pass(2 * time.Minute)
	s.Tick(t.Context())
	if n := s.steps(t, other); n != 1 {
		t.Errorf("%d steps after five minutes of waiting, want 1", n)
	}
}

func TestNobodyIsToldOfAnAlarmOutOfServiceUntilItIsBack(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	id := s.on(t, onBattery, "ups-a1")
	service := outOfService(id)
	service.Review = noon.Add(time.Hour)
	u, err := s.TakeOutOfService(t.Context(), mori, service)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(2 * time.Hour) // past the review date: it does not end by itself
	s.Tick(t.Context())
	if got := s.told(t, id); got != "raised:cancelled" || s.state(id) != "OOSRV" {
		t.Errorf("notices %q, shows %s", got, s.state(id))
	}
	if _, err := s.ReturnToService(t.Context(), mori, u.ID, 0, "sensor replaced"); err != nil {
		t.Fatal(err)
	}
	c.pass(5 * time.Minute)
	s.Tick(t.Context())
	if got := s.told(t, id); got != "raised:cancelled realarmed:due escalated:due" {
		t.Errorf("notices after the return to service: %q", got)
	}
}

// People are told although nothing can be written, and told once.
func TestNoticesGoOutWithoutRecords(t *testing.T) {
	c := newStepped()
	s := startWith(t, t.TempDir(), Options{Clock: c, Planner: pager{}, Rules: rules})
	mend := s.fail(t)
	id := s.on(t, hallHot, "hall-1")
	if got := s.due(t); got != id+":raised" {
		t.Fatalf("due while records cannot be written: %q", got)
	}
	if n := s.send(t); n != 2 {
		t.Errorf("%d notices sent", n)
	}
	if n := s.send(t); n != 0 {
		t.Errorf("%d notices sent again", n)
	}
	mend()
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.told(t, id); got != "raised:sent" {
		t.Errorf("notices after the mend: %q", got)
	}
	s.verify(t)
}

type drill struct{ pager }

func (d drill) Transition(o alarm.Occurrence, e alarm.Event, now time.Time) ([]duty.Notice, time.Time) {
	list, next := d.pager.Transition(o, e, now)
	for i := range list {
		list[i].Drill = true
	}
	return list, next
}

func TestADrillSendsNothing(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Planner: drill{}, Rules: rules})
	id := s.on(t, hallHot, "hall-1")
	if got := s.due(t); got != "" {
		t.Errorf("due: %q", got)
	}
	if list := s.notices(t, id); len(list) != 2 || !list[0].Drill || list[0].State != duty.NoticeCancelled || list[0].LastError != "drill: not sent" {
		t.Errorf("what would have gone out: %+v", list)
	}
}

func TestATestMessage(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: newStepped(), Rules: rules})
	id, err := s.EnqueueNotice(t.Context(), mori, duty.Notice{Channel: "mail", Target: "sato", Body: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.DueNotices(t.Context(), noon, 10)
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Kind != duty.NoticeTest {
		t.Errorf("due: %+v, %v", list, err)
	}
	if err := s.NoticeFailed(t.Context(), id, "550 no such user", time.Time{}); err != nil {
		t.Fatal(err)
	}
	s.Tick(t.Context())
	if f := s.Figures().Notify; f.Failed != 1 || f.Waiting != 0 || f.Configured {
		t.Errorf("figures %+v", f)
	}
	if err := s.NoticeSent(t.Context(), "NTC-unknown", noon); err == nil {
		t.Error("an unknown notice was sent")
	}
}
