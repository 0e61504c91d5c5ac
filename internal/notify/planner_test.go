package notify

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

var at0 = time.Date(2026, time.November, 22, 13, 0, 0, 0, time.UTC) // 22:00 in Tokyo

// site is a site with a mail channel for people, a pager for what is grave, an
// Alertmanager, and the escalations of the book.
func site(t *testing.T) Settings {
	t.Helper()
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	first := duty.Step{To: []string{"on-call:primary"}}
	return Settings{
		Site: facility.Site{Code: "DC-E1", Name: facility.Text{En: "East 1", Ja: "東第一"}, Zone: tokyo, Language: "en"},
		Roster: duty.Roster{Zone: tokyo,
			Rotations: []duty.Rotation{{Name: "primary", People: []string{"sato"}, Days: 7, Start: at0.AddDate(0, -1, 0)}},
			People: []duty.Person{{ID: "sato", Name: "佐藤", Language: "ja"}, {ID: "suzuki", Name: "鈴木", Roles: []duty.Role{duty.ShiftLead}},
				{ID: "boss", Name: "Boss", Roles: []duty.Role{duty.Manager}}}},
		Channels: []Channel{
			{Name: "mail", Kind: SMTP, URL: "smtp://127.0.0.1:2525", From: "nezuban@example.net", Plain: true},
			{Name: "pager", Kind: Webhook, URL: "http://pager.invalid/", Minimum: facility.P2},
			{Name: "am", Kind: Alertmanager, URL: "http://am.invalid/", All: true},
		},
		Contacts: map[string]map[string]string{
			"sato": {"mail": "sato@example.net", "pager": "+81"}, "suzuki": {"mail": "suzuki@example.net"}, "boss": {"mail": "boss@example.net"}},
		Escalations: []duty.Escalation{{Name: "default", Steps: map[facility.Priority][]duty.Step{
			facility.P1: {first, {After: 2 * time.Minute, To: []string{"role:shift-lead"}}, {After: 5 * time.Minute, To: []string{"role:manager"}, Repeat: 5 * time.Minute}},
			facility.P2: {first, {After: 10 * time.Minute, To: []string{"role:shift-lead"}}, {After: 30 * time.Minute, To: []string{"role:manager"}}},
		}}},
		TestAt: -1,
	}
}

// raised is an alarm just raised, with its event.
func raised(priority facility.Priority, class alarm.Class) (alarm.Occurrence, alarm.Event) {
	e := alarm.Event{AlarmID: "ALM-900123", Revision: 1, Kind: alarm.Raised, At: at0, Actor: "rule:R", Rule: "R", RuleRev: 1, Device: "crac-1",
		Priority: priority, Class: class, Name: facility.Text{En: "Supply air high", Ja: "給気温度高"}, Level: "high", Value: 31.5, HasValue: true, Unit: facility.UnitCelsius}
	o, err := alarm.Occurrence{}.Apply(e)
	if err != nil {
		panic(err)
	}
	return o, e
}

func then(t *testing.T, o alarm.Occurrence, kind alarm.EventKind, after time.Duration) (alarm.Occurrence, alarm.Event) {
	t.Helper()
	e := alarm.Event{AlarmID: o.ID, Revision: o.Revision + 1, Kind: kind, At: at0.Add(after), Actor: "person:sato", Rule: o.Rule, RuleRev: o.RuleRev,
		Device: o.Device, Priority: o.Priority, Class: o.Class, Name: o.Name, Level: o.Level}
	next, err := o.Apply(e)
	if err != nil {
		t.Fatal(err)
	}
	return next, e
}

func planner(s Settings) *Planner {
	rule := &alarm.Rule{ID: "R", TimeToRespond: 10 * time.Minute, Text: alarm.Guidance{Action: []facility.Text{{En: "Look", Ja: "確認"}}}}
	return NewPlanner(s, func(id string) *alarm.Rule {
		if id == "R" {
			return rule
		}
		return nil
	}, slog.New(slog.DiscardHandler))
}

// who lists notices as "kind channel:target+delay", sorted.
func who(list []duty.Notice, now time.Time) string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s %s:%s+%v", n.Kind, n.Channel, n.Target, n.Due.Sub(now)))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestWhoIsToldOfATransition(t *testing.T) {
	p := planner(site(t))
	check := func(name string, notices []duty.Notice, next time.Time, now time.Time, want string, in time.Duration) {
		t.Helper()
		if got := who(notices, now); got != want {
			t.Errorf("%s: told %s, want %s", name, got, want)
		}
		if in < 0 && !next.IsZero() || in >= 0 && !next.Equal(now.Add(in)) {
			t.Errorf("%s: next step at %v, want in %v", name, next, in)
		}
	}
	o, e := raised(facility.P1, alarm.Redundancy)
	n, next := p.Transition(o, e, at0)
	check("P1 raised", n, next, at0, "raised am:+0s, raised mail:sato+0s, raised pager:sato+0s", 2*time.Minute)

	o2, e2 := raised(facility.P2, alarm.Environment)
	n, next = p.Transition(o2, e2, at0)
	check("P2 raised: it may turn out to be a consequence", n, next, at0, "raised am:+15s, raised mail:sato+15s, raised pager:sato+15s", 10*time.Minute)

	o3, e3 := raised(facility.P3, alarm.Environment)
	n, next = p.Transition(o3, e3, at0)
	check("P3 is for the console", n, next, at0, "raised am:+15s", -1)

	fire, fe := raised(facility.P2, alarm.LifeSafety)
	n, next = p.Transition(fire, fe, at0)
	check("a supervisory signal of fire waits for nothing", n, next, at0, "raised am:+0s, raised mail:sato+0s, raised pager:sato+0s", 10*time.Minute)
	if !n[0].Fire {
		t.Error("a life-safety notice is not marked")
	}

	ret, re := then(t, o2, alarm.Returned, time.Minute)
	n, next = p.Transition(ret, re, at0.Add(time.Minute))
	check("P2 returned", n, next, at0.Add(time.Minute), "returned am:+15s, returned mail:sato+15s, returned pager:sato+15s", -1)
	end, ee := then(t, ret, alarm.Acknowledged, 2*time.Minute)
	n, next = p.Transition(end, ee, at0.Add(2*time.Minute))
	check("acknowledged after the return: over", n, next, at0.Add(2*time.Minute), "ended am:+15s", -1)
	ack, ae := then(t, o, alarm.Acknowledged, time.Minute)
	n, next = p.Transition(ack, ae, at0.Add(time.Minute))
	check("acknowledged", n, next, at0.Add(time.Minute), "acknowledged am:+0s", -1)
}

func TestNothingIsToldOfWhatIsHeldBack(t *testing.T) {
	p := planner(site(t))
	for name, change := range map[string]func(*alarm.Occurrence, *alarm.Event){
		"shelved":        func(o *alarm.Occurrence, _ *alarm.Event) { o.Shelve = &alarm.Suppression{} },
		"out of service": func(o *alarm.Occurrence, _ *alarm.Event) { o.Service = &alarm.Suppression{} },
		"by design":      func(o *alarm.Occurrence, _ *alarm.Event) { o.Design = "ALM-1" },
		"event held":     func(_ *alarm.Occurrence, e *alarm.Event) { e.Held = "SUP-1" },
	} {
		for class, want := range map[alarm.Class]bool{alarm.Redundancy: false, alarm.LifeSafety: true} {
			o, e := raised(facility.P1, class)
			change(&o, &e)
			n, next := p.Transition(o, e, at0)
			if told := len(n) > 0 && !next.IsZero(); told != want {
				t.Errorf("%s, class %s: told %v, want %v", name, class, told, want)
			}
			if name == "event held" {
				continue
			}
			if n, _ := p.Step(o, 1, at0); len(n) > 0 != want {
				t.Errorf("%s, class %s: step 1 told %v, want %v", name, class, len(n) > 0, want)
			}
		}
	}
}

func TestTheEscalationGoesOnUntilSomebodyActs(t *testing.T) {
	p := planner(site(t))
	o, _ := raised(facility.P1, alarm.Redundancy)
	now := at0.Add(2 * time.Minute)
	n, next := p.Step(o, 1, now)
	if got := who(n, now); got != "escalated mail:suzuki+0s" || !next.Equal(now.Add(3*time.Minute)) {
		t.Fatalf("step 1: %s, next %v", got, next)
	}
	ids := map[string]bool{}
	for step := 2; step < 6; step++ {
		now = next
		n, next = p.Step(o, step, now)
		if got := who(n, now); got != "escalated mail:boss+0s" || !next.Equal(now.Add(5*time.Minute)) {
			t.Fatalf("step %d: %s, next in %v", step, got, next.Sub(now))
		}
		if ids[n[0].ID] {
			t.Fatalf("step %d has the id of an earlier one", step)
		}
		ids[n[0].ID] = true
	}
	ret, _ := then(t, o, alarm.Returned, time.Hour)
	if n, next := p.Step(ret, 2, now); len(n) == 0 || next.IsZero() {
		t.Error("the return of a P1 that nobody has acknowledged ended its escalation")
	}
	ack, _ := then(t, o, alarm.Acknowledged, time.Hour)
	if n, next := p.Step(ack, 2, now); len(n) > 0 || !next.IsZero() {
		t.Error("it went on after the acknowledgement")
	}
	o2, _ := raised(facility.P2, alarm.Environment)
	if n, next := p.Step(o2, 2, now); who(n, now) != "escalated mail:boss+0s" || !next.IsZero() {
		t.Errorf("last step of P2: %s, next %v", who(n, now), next)
	}
	ret2, _ := then(t, o2, alarm.Returned, time.Minute)
	if n, _ := p.Step(ret2, 1, now); len(n) > 0 {
		t.Error("the return of a P2 did not end its escalation")
	}
}

func TestWhereNobodyCanBeToldTheNextStepIsDueAtOnce(t *testing.T) {
	s := site(t)
	s.Roster.Rotations[0].Overrides = []duty.Override{{Person: "gone", From: at0, To: at0.Add(time.Hour)}}
	p := planner(s)
	o, e := raised(facility.P1, alarm.Redundancy)
	n, next := p.Transition(o, e, at0)
	if got := who(n, at0); got != "raised am:+0s" || !next.Equal(at0) {
		t.Errorf("told %s, next %v; want the next step at once", got, next)
	}
	delete(s.Contacts, "suzuki")
	if n, next := planner(s).Step(o, 1, at0); len(n) > 0 || !next.Equal(at0) {
		t.Errorf("a lead without an address: told %s, next %v; want the next step at once", who(n, at0), next)
	}
	delete(s.Contacts, "boss")
	if _, next := planner(s).Step(o, 2, at0); !next.Equal(at0.Add(5 * time.Minute)) {
		t.Errorf("a repeated step that reaches nobody is due at %v, want in 5 min: it must not spin", next)
	}
}

func TestANoticeKeepsItsIDAndSaysWhatItIsAbout(t *testing.T) {
	p := planner(site(t))
	o, e := raised(facility.P1, alarm.Redundancy)
	a, _ := p.Transition(o, e, at0)
	b, _ := p.Transition(o, e, at0.Add(time.Hour))
	seen := map[string]bool{}
	for i := range a {
		if a[i].ID != b[i].ID || seen[a[i].ID] {
			t.Errorf("ids %s and %s of the same notice; seen before: %v", a[i].ID, b[i].ID, seen[a[i].ID])
		}
		seen[a[i].ID] = true
	}
	var m message.Message
	i := slices.IndexFunc(a, func(n duty.Notice) bool { return n.Channel == "mail" })
	if err := json.Unmarshal(a[i].Body, &m); err != nil {
		t.Fatal(err)
	}
	if m.Notice != a[i].ID || m.Alarm.ID != "ALM-900123" || *m.Alarm.Value != 31.5 || m.Alarm.Limit != nil || m.Guidance.Action[0].Ja != "確認" ||
		m.To.Address != "sato@example.net" || m.Subject.En != "!!1 [ALM-900123] Supply air high - crac-1 (DC-E1)" || m.Event.Kind != "raised" {
		t.Errorf("message %s", a[i].Body)
	}
}

func TestTextFromOutsideCannotMakeASecondLine(t *testing.T) {
	p := planner(site(t))
	o, e := raised(facility.P1, alarm.Redundancy)
	o.Name = facility.Text{En: "High\r\nBcc: everybody@example.net\x1b[31m", Ja: "高\n\u202e"}
	e.Comment = "a\r\nb"
	o.Device = "crac\r\n1"
	n, _ := p.Transition(o, e, at0)
	for _, x := range n {
		var m message.Message
		if err := json.Unmarshal(x.Body, &m); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{m.Subject.En, m.Subject.Ja, m.Alarm.Name.En, m.Alarm.Device, m.Event.Comment} {
			if strings.ContainsAny(s, "\r\n\x1b\u202e") {
				t.Errorf("%q came through", s)
			}
		}
	}
}
