package sla

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"nezuban/internal/facility"
)

// The edge cases of the definition that are about occurrences and obligations.

func ackTarget(ppm int64) *Target {
	return &Target{Name: "ack-p1-2m", Kind: KindLatency, Combine: Pooled, TargetPPM: ppm, Policy: PolicyBad, MinCount: 3,
		Latency: &LatencyIndicator{From: AlarmRaised, To: AlarmAcknowledged, Within: 2 * time.Minute}, Window: Window{Duration: "1M", Zone: time.UTC}}
}

func raised(id string, at int64) Event { return Event{At: at, Name: AlarmRaised, Key: id} }
func acked(id string, at int64) Event  { return Event{At: at, Name: AlarmAcknowledged, Key: id} }

func TestLatency(t *testing.T) {
	test := raised("T", 100)
	test.Attrs = map[string]string{"test": "true"}
	end := int64(10_000)
	for _, tt := range []struct {
		name                         string
		events                       []Event
		asOf                         int64
		good, bad, pending, rejected int64
		verdict                      Verdict
	}{
		{"in time, to the second", []Event{raised("A", 100), acked("A", 220)}, end, 1, 0, 0, 0, Met},
		{"a second late", []Event{raised("A", 100), acked("A", 221)}, end, 0, 1, 0, 0, Missed},
		{"never acknowledged", []Event{raised("A", 100)}, end, 0, 1, 0, 0, Missed},
		{"open and within its limit", []Event{raised("A", 100)}, 220, 0, 0, 1, 0, NotApplicable},
		{"open past its limit is bad at once", []Event{raised("A", 100)}, 221, 0, 1, 0, 0, Missed},
		{"opened in the window, acknowledged in the next", []Event{raised("A", end-10), acked("A", end+50)}, end + 3600, 1, 0, 0, 0, Met},
		{"of the window before", []Event{raised("A", -10), acked("A", 50)}, end, 0, 0, 0, 0, NotApplicable},
		{"acknowledged before raised: rejected", []Event{acked("A", 50), raised("A", 100), acked("A", 150)}, end, 1, 0, 0, 1, Met},
		{"raised again before anybody answered: one occurrence", []Event{raised("A", 100), raised("A", 150), acked("A", 300)}, end, 0, 1, 0, 0, Missed},
		{"raised again after the answer: another", []Event{raised("A", 100), acked("A", 150), raised("A", 400), acked("A", 900)}, end, 1, 1, 0, 0, Missed},
		{"test alarms are ignored", []Event{test}, end, 0, 0, 0, 0, NotApplicable},
		{"no occurrence is no 100 %", nil, end, 0, 0, 0, 0, NotApplicable},
		{"the order of arrival does not matter", []Event{acked("A", 220), raised("A", 100)}, end, 1, 0, 0, 0, Met},
	} {
		tg := ackTarget(980_000)
		tg.Latency.Ignore, _ = ParseWhere("test=true")
		r := scoreWindow(tg, 0, end, tt.asOf, []Entity{{Events: tt.events}}, nil)
		if r.Good != tt.good || r.Bad != tt.bad || r.Pending != tt.pending || r.Rejected != tt.rejected || r.Verdict != tt.verdict {
			t.Errorf("%s: good %d, bad %d, pending %d, rejected %d, %s", tt.name, r.Good, r.Bad, r.Pending, r.Rejected, r.Verdict)
		}
	}
}

func TestMinCount(t *testing.T) {
	for n, few := range map[int64]bool{2: true, 3: false, 4: false} {
		var events []Event
		for i := range n {
			events = append(events, raised(fmt.Sprint(i), 10*i), acked(fmt.Sprint(i), 10*i+5))
		}
		r := scoreWindow(ackTarget(980_000), 0, 1000, 1000, []Entity{{Events: events}}, nil)
		if r.Few != few || r.Verdict != Met || r.Good != n {
			t.Errorf("%d occurrences with minCount 3: few %v, %s, good %d", n, r.Few, r.Verdict, r.Good)
		}
	}
}

func TestSelectorsPickEvents(t *testing.T) {
	tg := ackTarget(980_000)
	var err error
	if tg.Select, err = facility.ParseSelector("priority=1, group=hall"); err != nil {
		t.Fatal(err)
	}
	first, second := raised("A", 10), raised("B", 20)
	first.Attrs = map[string]string{"priority": "1", "group": "it;hall"}
	second.Attrs = map[string]string{"priority": "2", "group": "hall"}
	if r := scoreWindow(tg, 0, 1000, 1000, []Entity{{Events: []Event{first, second}}}, nil); r.Bad != 1 || r.Eligible != 1 {
		t.Errorf("%d of %d", r.Bad, r.Eligible)
	}
}

func TestZero(t *testing.T) {
	tg := &Target{Name: "z", Kind: KindZero, TargetPPM: million, Policy: PolicyBad, MaxUnknownPPM: 5_000, Zero: &ZeroIndicator{Event: "entry.denied"}}
	happened := Event{At: 500, Name: "entry.denied", Key: "door-1"}
	for _, tt := range []struct {
		name    string
		list    []Entity
		verdict Verdict
		basis   Basis
	}{
		{"no event, a live source", []Entity{{}}, Met, Proven},
		{"one event", []Entity{{Events: []Event{happened}}}, Missed, Proven},
		{"no event, a dead source", []Entity{{Silent: true}}, InsufficientData, ""},
		{"one event, and then a dead source", []Entity{{Events: []Event{happened}, Feed: []Interval{{0, 600}}}}, Missed, Proven},
		{"a source away for less than may be unknown", []Entity{{Feed: []Interval{{0, 996}}}}, Met, ByPolicy},
		{"nothing that could have a source", nil, NotApplicable, ""},
		{"an event of the next window", []Entity{{Events: []Event{{At: 1000, Name: "entry.denied"}}}}, Met, Proven},
		{"another event", []Entity{{Events: []Event{{At: 10, Name: "entry.granted"}}}}, Met, Proven},
	} {
		if r := scoreWindow(tg, 0, 1000, 2000, tt.list, nil); r.Verdict != tt.verdict || r.Basis != tt.basis {
			t.Errorf("%s: %s %s, want %s %s", tt.name, r.Verdict, r.Basis, tt.verdict, tt.basis)
		}
	}
}

func TestCount(t *testing.T) {
	tg := &Target{Name: "c", Kind: KindCount, TargetPPM: 995_000, Policy: PolicyBad, Count: &CountIndicator{Event: "backup.run"}}
	tg.Count.Good, _ = ParseWhere("result=ok")
	tg.Count.Where, _ = ParseWhere("area!=lab")
	var events []Event
	for i := range int64(200) {
		attrs := map[string]string{"result": "ok", "area": "a"}
		if i == 7 {
			attrs["result"] = "failed"
		}
		events = append(events, Event{At: i, Name: "backup.run", Attrs: attrs})
	}
	events = append(events, Event{At: 300, Name: "backup.run", Attrs: map[string]string{"area": "lab"}})
	r := scoreWindow(tg, 0, 1000, 1000, []Entity{{Events: events}}, nil)
	if r.Good != 199 || r.Bad != 1 || r.Verdict != Met || r.BudgetMicros != million || r.BudgetLeftMicros != 0 || r.Exhausted {
		t.Errorf("199 of 200 at 99.5 %%: %+v", r)
	}
}

func TestOccurrencesInsideAnExclusionAreExcluded(t *testing.T) {
	tg := ackTarget(900_000)
	tg.Exclude.Maintenance = true
	r := scoreWindow(tg, 0, 10_000, 10_000, []Entity{{Events: []Event{raised("A", 100), raised("B", 500), acked("B", 510)}}}, []Interval{{50, 150}})
	if r.Excluded != 1 || r.Good != 1 || r.Bad != 0 || r.RawDenominator != 2 || r.RawNumerator != 1 {
		t.Errorf("%+v", r)
	}
}

func dueTarget(z *time.Location) *Target {
	return &Target{Name: "fire-inspection-due", Kind: KindDue, Combine: Each, TargetPPM: million, Policy: PolicyBad, Window: Window{Duration: "1M", Zone: z},
		Due: &DueIndicator{Record: "inspection", Types: map[string]Step{"kiki": {Months: 6}}, Evidence: true}}
}

func TestDue(t *testing.T) {
	z := zone(t, "Asia/Tokyo")
	local := func(s string) int64 {
		at, err := time.ParseInLocation(time.DateTime, s, z)
		if err != nil {
			t.Fatal(err)
		}
		return at.Unix()
	}
	due := func(day string, done int64, evidence string) Obligation {
		return Obligation{ID: "i-" + day, Entity: "fire-1", Record: "inspection", Type: "kiki", Due: day, Done: done, Evidence: evidence}
	}
	open := due("2026-11-20", 0, "")
	for _, tt := range []struct {
		name                        string
		o                           Obligation
		asOf                        string
		good, bad, pending, overdue int64
		verdict                     Verdict
	}{
		{"on the window's last day", due("2026-11-30", local("2026-11-30 12:00:00"), "f"), "2026-12-02 00:00:00", 1, 0, 0, 0, Met},
		{"done on the due date 23:59:59 local", due("2026-11-20", local("2026-11-20 23:59:59"), "f"), "2026-12-02 00:00:00", 1, 0, 0, 0, Met},
		{"done a second later", due("2026-11-20", local("2026-11-21 00:00:00"), "f"), "2026-12-02 00:00:00", 0, 1, 0, 0, Missed},
		{"done late does not repair it", due("2026-11-20", local("2026-11-25 00:00:00"), "f"), "2026-12-02 00:00:00", 0, 1, 0, 0, Missed},
		{"done without evidence is not done", due("2026-11-20", local("2026-11-19 00:00:00"), ""), "2026-12-02 00:00:00", 0, 1, 0, 0, Missed},
		{"not yet due", open, "2026-11-19 00:00:00", 0, 0, 1, 0, NotApplicable},
		{"on its day it is still pending", open, "2026-11-20 23:59:59", 0, 0, 1, 0, NotApplicable},
		{"not done", open, "2026-11-21 00:00:00", 0, 1, 0, 0, Missed},
		{"of October, listed in November, bad in October only", due("2026-10-31", 0, ""), "2026-11-25 00:00:00", 0, 0, 0, 1, NotApplicable},
		{"of December", due("2026-12-01", 0, ""), "2026-11-25 00:00:00", 0, 0, 0, 0, NotApplicable},
		{"due on a day without work stays due on it", due("2026-11-22", local("2026-11-23 09:00:00"), "f"), "2026-12-02 00:00:00", 0, 1, 0, 0, Missed},
		{"of another type of record", Obligation{Record: "test", Due: "2026-11-20"}, "2026-12-02 00:00:00", 0, 0, 0, 0, NotApplicable},
	} {
		e := Entity{ID: "fire-1", Obligations: []Obligation{tt.o}}
		at := time.Unix(local("2026-11-15 00:00:00"), 0)
		r := Score(dueTarget(z), at, time.Unix(local(tt.asOf), 0), []Entity{e}, nil)
		if r.Good != tt.good || r.Bad != tt.bad || r.Pending != tt.pending || r.Overdue != tt.overdue || r.Verdict != tt.verdict {
			t.Errorf("%s: good %d, bad %d, pending %d, overdue %d, %s", tt.name, r.Good, r.Bad, r.Pending, r.Overdue, r.Verdict)
		}
	}
}

func TestNextDueDates(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	half := Step{Months: 6}
	for _, tt := range []struct {
		name              string
		step              Step
		first, last, done string
		basis             DueBasis
		want              string
	}{
		{"6M from Aug 31, leap year", half, "2027-08-31", "2027-08-31", "", FromDueDate, "2028-02-29"},
		{"6M from Aug 31, common year", half, "2026-08-31", "2026-08-31", "", FromDueDate, "2027-02-28"},
		{"and back to the 31st", half, "2026-08-31", "2027-02-28", "", FromDueDate, "2027-08-31"},
		{"a year from Feb 29", Step{Months: 12}, "2028-02-29", "2028-02-29", "", FromDueDate, "2029-02-28"},
		{"from the day it was done", half, "2026-08-31", "2026-08-31", "2026-09-15", FromDoneDate, "2027-03-15"},
		{"every 7 days", Step{Days: 7}, "2026-11-01", "2026-11-01", "", FromDueDate, "2026-11-08"},
	} {
		var done time.Time
		if tt.done != "" {
			done = day(tt.done)
		}
		if got := tt.step.NextDue(day(tt.first), day(tt.last), tt.basis, done).Format(time.DateOnly); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := BusinessDays(day("2026-11-20"), 10, nil).Format(time.DateOnly); got != "2026-12-04" { // a Friday
		t.Errorf("ten business days from Friday 2026-11-20: %s", got)
	}
	holiday := func(d time.Time) bool { return Weekdays(d) && d.Format(time.DateOnly) != "2026-11-23" }
	if got := BusinessDays(day("2026-11-20"), 1, holiday).Format(time.DateOnly); got != "2026-11-24" {
		t.Errorf("the next business day before a holiday: %s", got)
	}
}

// 20,000 random streams of alarms against a model that looks at one alarm at a
// time, second by second.
func TestLatencyAgainstEveryAlarm(t *testing.T) {
	rnd := rand.New(rand.NewSource(4))
	for i := range 20_000 {
		tg := ackTarget(pick[int64](rnd, 0, 500_000, 980_000, million))
		tg.Latency.Within = time.Duration(rnd.Intn(30)) * time.Second
		var events []Event
		for range rnd.Intn(20) {
			events = append(events, Event{At: int64(rnd.Intn(200)), Name: pick(rnd, AlarmRaised, AlarmAcknowledged), Key: pick(rnd, "A", "B", "C")})
		}
		asOf := int64(rnd.Intn(220))
		r := scoreWindow(tg, 50, 150, asOf, []Entity{{Events: events}}, nil)
		good, bad, pending := alarmByAlarm(orderedEvents(events), 50, 150, asOf, int64(tg.Latency.Within/time.Second))
		if r.Good != good || r.Bad != bad || r.Pending != pending {
			t.Fatalf("case %d: good %d, bad %d, pending %d; want %d, %d, %d\n%+v", i, r.Good, r.Bad, r.Pending, good, bad, pending, events)
		}
	}
}

func alarmByAlarm(events []Event, from, to, asOf, within int64) (good, bad, pending int64) {
	for _, key := range []string{"A", "B", "C"} {
		since := int64(-1) // raised and not answered
		settle := func(answer int64) {
			if since < from || since >= to {
				since = -1
				return
			}
			switch {
			case answer >= 0 && answer-since <= within:
				good++
			case answer >= 0 || asOf-since > within:
				bad++
			default:
				pending++
			}
			since = -1
		}
		for second := int64(0); second < asOf; second++ {
			for _, e := range events {
				if e.Key != key || e.At != second {
					continue
				}
				if e.Name == AlarmRaised && since < 0 {
					since = second
				} else if e.Name == AlarmAcknowledged && since >= 0 {
					settle(second)
				}
			}
		}
		if since >= 0 {
			settle(-1)
		}
	}
	return good, bad, pending
}
