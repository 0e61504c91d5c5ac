package reports

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, whatever the machine has

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/reports/document"
	"nezuban/sla"
)

func TestTheDayTellsWhatStoodAndWhatWasRaised(t *testing.T) {
	m := build(t, busyDay(t))
	a := m.Alarms
	for _, tt := range []struct {
		name string
		got  Figure
		want int64
		of   string
	}{
		{"raised", a.Raised, 3, "alarm-ALM-000101 alarm-ALM-000103 alarm-ALM-000104"},
		{"annunciations: 104 came back while it waited", a.Annunciations, 4, "alarm-ALM-000101 alarm-ALM-000103 alarm-ALM-000104"},
		{"standing at the start", a.StandingAtStart, 1, "alarm-ALM-000102"},
		{"standing at the end", a.StandingAtEnd, 1, "alarm-ALM-000104"},
		{"unacknowledged at the end", a.UnackedAtEnd, 1, "alarm-ALM-000104"},
		{"returned", a.Returned, 4, "alarm-ALM-000102 alarm-ALM-000101 alarm-ALM-000103 alarm-ALM-000104"},
		{"ended", a.Ended, 3, "alarm-ALM-000102 alarm-ALM-000101 alarm-ALM-000103"},
		{"P1 raised", a.ByPriority[0].Raised, 2, "alarm-ALM-000101 alarm-ALM-000103"},
		{"P4 standing at the end", a.ByPriority[3].StandingAtEnd, 1, "alarm-ALM-000104"},
	} {
		if got := strings.Join(tt.got.Evidence, " "); tt.got.Value != tt.want || got != tt.of {
			t.Errorf("%s: %d of %q, want %d of %q", tt.name, tt.got.Value, got, tt.want, tt.of)
		}
	}
}

func TestAStoryHasItsTimesItsPeopleAndItsStates(t *testing.T) {
	m := build(t, busyDay(t))
	byID := map[string]Story{}
	for _, s := range m.Stories {
		byID[s.ID] = s
	}
	ups := byID["ALM-000101"]
	if ups.RaisedAt.Clock() != "10:00:20" || ups.AckedAt.Clock() != "10:00:50" || ups.AckedBy != "sato" || ups.Comment != "発電機起動を確認" ||
		ups.Returned.Clock() != "10:01:10" || ups.EndedAt.Clock() != "10:01:10" || ups.AtEnd != "NORM" || ups.Active != 50 || ups.Standing != 50 {
		t.Errorf("UPS story is %+v", ups)
	}
	if got := spansOf(ups); got != "UNACK 10:00:20-10:00:50 ACKED 10:00:50-10:01:10" {
		t.Errorf("UPS spans: %s", got)
	}
	fire := byID["ALM-000103"]
	if got := spansOf(fire); got != "UNACK 15:00:00-15:04:00 LATUN 15:04:00-15:05:00 LATCH 15:05:00-16:00:00" {
		t.Errorf("fire spans: %s", got)
	}
	if fire.Active != 240 || fire.Standing != 3600 {
		t.Errorf("fire: active %d s, standing %d s; want 240 and 3600", fire.Active, fire.Standing)
	}
	night := byID["ALM-000102"]
	if night.Standing != 3*3600 || night.Events[0].When != BeforePeriod || night.Events[2].When != InPeriod || night.RaisedAt.String() != "2026-11-21 22:00:00" {
		t.Errorf("the alarm of the night before: %+v", night)
	}
	again := byID["ALM-000104"]
	if got := spansOf(again); got != "UNACK 22:30:00-22:40:00 RTNUN 22:40:00-23:10:00 UNACK 23:10:00-00:00:00" || again.Count != 2 || !again.Returned.IsZero() {
		t.Errorf("the alarm that came back: %s, %d times, returned %s", got, again.Count, again.Returned)
	}
}

func spansOf(s Story) string {
	var parts []string
	for _, x := range s.Spans {
		parts = append(parts, x.State+" "+x.From.Clock()+"-"+x.To.Clock())
	}
	return strings.Join(parts, " ")
}

func TestAcknowledgementTimesAreOfTheDayInWhichTheWaitBegan(t *testing.T) {
	m := build(t, busyDay(t))
	all := m.Acknowledgements.Lines[len(m.Acknowledgements.Lines)-1]
	// 30 s and 300 s are done; ALM-000104 waits since 22:30 and is 2 h old at 00:30.
	if all.Priority != 0 || all.Waits != 3 || all.Done != 2 || all.Pending != 1 || *all.Median != 300 || *all.Worst != 300 || *all.LongestOpen != 7200 {
		t.Errorf("all: %+v median %d worst %d open %d", all, *all.Median, *all.Worst, *all.LongestOpen)
	}
	var order []string
	for _, w := range m.Acknowledgements.Waits {
		order = append(order, fmt.Sprintf("%s %d", w.Alarm, w.Seconds))
	}
	if got := strings.Join(order, ", "); got != "ALM-000104 7200, ALM-000103 300, ALM-000101 30" {
		t.Errorf("waits: %s", got)
	}
}

func TestAnAcknowledgementAfterMidnightBelongsToTheDayOfTheAlarm(t *testing.T) {
	in := emptyDay()
	in.AsOf = clockAt(48, 0, 0)
	in.Events = newTale(t, "ALM-1", onBattery, "ups-a1").on(clockAt(23, 59, 0)).ack("sato", "ok", clockAt(24, 1, 0)).off(clockAt(25, 0, 0)).events
	m := build(t, in)
	all := m.Acknowledgements.Lines[len(m.Acknowledgements.Lines)-1]
	if all.Done != 1 || *all.Worst != 120 {
		t.Errorf("first day: %+v, want one wait of 120 s", all)
	}
	if m.Alarms.StandingAtEnd.Value != 1 || m.Alarms.UnackedAtEnd.Value != 1 || m.Stories[0].AtEnd != "UNACK" || m.Stories[0].Standing != 60 {
		t.Errorf("first day: at midnight it was unacknowledged for 60 s, got %+v", m.Stories[0])
	}

	in.PeriodID, in.From, in.To = "2026-11-23", clockAt(24, 0, 0), clockAt(48, 0, 0)
	m = build(t, in)
	all = m.Acknowledgements.Lines[len(m.Acknowledgements.Lines)-1]
	if all.Waits != 0 || all.Median != nil || m.Alarms.Raised.Value != 0 || m.Alarms.StandingAtStart.Value != 1 || m.Alarms.Ended.Value != 1 {
		t.Errorf("second day: %+v %+v", all, m.Alarms)
	}
}

func TestAnAcknowledgementBeforeItsAlarmIsLeftOutAndCounted(t *testing.T) {
	in := emptyDay()
	in.Events = newTale(t, "ALM-1", onBattery, "ups-a1").on(clockAt(9, 0, 0)).ack("sato", "clock was set back", clockAt(8, 0, 0)).off(clockAt(9, 5, 0)).events
	m := build(t, in)
	a := m.Acknowledgements
	if a.Rejected != 1 || len(a.Waits) != 0 {
		t.Errorf("rejected %d, waits %v; want 1 and none", a.Rejected, a.Waits)
	}
	if m.Stories[0].Standing != 300 {
		t.Errorf("standing %d s, want 300: a stamp that runs back must not lengthen it", m.Stories[0].Standing)
	}
	text := rendered(t, Text, m, "en")
	if !strings.Contains(text, "1 acknowledgement(s) stamped before their alarm were left out") {
		t.Error("the text does not say that an acknowledgement was left out")
	}
}

func TestADayThatIsNotOverSaysSo(t *testing.T) {
	in := busyDay(t)
	in.AsOf = clockAt(15, 2, 0)
	in.Gaps = []DeviceGap{{Device: "hub-1", From: clockAt(15, 0, 0)}}
	m := build(t, in)
	if !m.Period.Open || m.Period.Elapsed != 15*3600+120 || m.Alarms.StandingAtEnd.Value != 1 || m.Alarms.Raised.Value != 2 {
		t.Errorf("open %v, elapsed %d, standing %+v, raised %+v", m.Period.Open, m.Period.Elapsed, m.Alarms.StandingAtEnd, m.Alarms.Raised)
	}
	if g := m.Devices.Lines[0].Gaps[0]; g.Seconds != 120 || !g.Ongoing {
		t.Errorf("the silence under way: %+v, want 120 s, ongoing", g)
	}
	for lang, want := range map[string]string{"en": "The day is not over: figures up to 2026-11-22 15:02:00", "ja": "2026-11-22 15:02:00 までの値です"} {
		if text := rendered(t, Text, m, lang); !strings.Contains(text, want) {
			t.Errorf("%s text lacks %q", lang, want)
		}
	}
}

func TestUnknownIsNeverPerfect(t *testing.T) {
	m := build(t, busyDay(t))
	inlet, ups := m.Targets[0], m.Targets[1]
	if inlet.SLI != "" || inlet.Low != "0.0000" || inlet.High != "100" || inlet.Unknown != 1900800 {
		t.Errorf("a target without data: %+v", inlet)
	}
	if ups.SLI != "99.9947" || ups.Low != "99.9947" || ups.High != "99.9973" || ups.Target != "99.95" || ups.Budget != "1296" || ups.BudgetLeft != "1196.5" {
		t.Errorf("a target with data: %+v", ups)
	}
	_, text, _ := strings.Cut(rendered(t, Text, m, "en"), "Inlet temperature (inlet-temperature)\n")
	row, _, _ := strings.Cut(text, "\n")
	if got := strings.Join(strings.Fields(row), " "); !strings.HasPrefix(got, "99.5 — 0.0000 100 1900800 0 NO VERDICT") {
		t.Errorf("the line of a target without data reads %q", got)
	}
}

func TestNumbersThatContradictThemselvesAreRefused(t *testing.T) {
	for name, r := range map[string]sla.Result{
		"sum":      {Name: "x", Good: 10, Eligible: 11},
		"negative": {Name: "x", Good: -1, Bad: 1},
		"share":    {Name: "x", Good: 5, Eligible: 5, Numerator: 6, Denominator: 5},
	} {
		in := emptyDay()
		in.Targets = []sla.Result{r}
		if _, err := BuildDaily(in); err == nil || !strings.Contains(err.Error(), "target x") {
			t.Errorf("%s: error %v, want one that names target x", name, err)
		}
	}
	in := emptyDay()
	in.Events = newTale(t, "ALM-1", onBattery, "ups-a1").on(clockAt(9, 0, 0)).off(clockAt(9, 5, 0)).events[1:]
	if _, err := BuildDaily(in); err == nil || !strings.Contains(err.Error(), "ALM-1") {
		t.Errorf("an occurrence without its first event: error %v, want one that names it", err)
	}
	in = emptyDay()
	in.AsOf = in.From.Add(-time.Second)
	if _, err := BuildDaily(in); err == nil {
		t.Error("a day that has not begun was reported")
	}
}

func TestSilencesAreUnitedAndCutToTheDay(t *testing.T) {
	in := busyDay(t)
	in.Gaps = append(in.Gaps, DeviceGap{Device: "ups-a1", From: clockAt(-48, 0, 0), Never: true})
	d := build(t, in).Devices
	var got []string
	for _, row := range d.Lines {
		got = append(got, fmt.Sprintf("%s %d %d never=%v", row.Device, row.Seconds, len(row.Gaps), row.Never))
	}
	want := "ups-a1 86400 1 never=true; pdu-r01-a 1200 1 never=false; hub-1 60 1 never=false"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got %s; want %s", s, want)
	}
	if d.Never.Value != 1 || d.Silent.Value != 2 || d.Total != 3 {
		t.Errorf("counts: %+v", d)
	}
}

func TestWhatCouldNotBeObtainedIsNotNone(t *testing.T) {
	in := busyDay(t)
	in.Absent = []Absence{{Part: PartDevices, Reason: "history does not answer"}, {Part: PartTargets, Reason: "no account"}, {Part: PartAlarms, Reason: "records are down"}, {Part: PartRefused, Reason: "daemon stopped"}}
	m := build(t, in)
	if len(m.Devices.Lines)+len(m.Targets)+len(m.Stories)+len(m.Quality.Refused) != 0 {
		t.Error("parts that are absent hold something")
	}
	for _, lang := range []string{"en", "ja"} {
		text := rendered(t, Text, m, lang)
		for _, a := range in.Absent {
			if !strings.Contains(text, a.Reason) {
				t.Errorf("%s text does not give the reason %q", lang, a.Reason)
			}
		}
		d, err := documentOf(m, lang)
		if err != nil {
			t.Fatal(err)
		}
		blocks := d.Sections[0].Blocks
		for _, row := range blocks[len(blocks)-1].(document.Table).Rows {
			if row.Cells[1].Text != "—" && row.Cells[0].Text != "Devices monitored" && row.Cells[0].Text != "監視対象の機器" {
				t.Errorf("%s summary: %q is %q where nothing is known", lang, row.Cells[0].Text, row.Cells[1].Text)
			}
		}
	}
}

// TestRandomLivesAgreeWithAPerSecondModel compares spans, standing and active
// time and waits with a model that walks the day second by second.
func TestRandomLivesAgreeWithAPerSecondModel(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 11))
	in := emptyDay()
	in.To, in.AsOf = in.From.Add(400*time.Second), in.From.Add(500*time.Second)
	for n := range 400 {
		rule := []*alarm.Rule{onBattery, fireAlarm, inletHigh}[r.IntN(3)]
		s := newTale(t, fmt.Sprintf("ALM-%d", n), rule, "ups-a1")
		at := in.From.Add(time.Duration(r.IntN(500)-100) * time.Second)
		s.on(at)
		for range r.IntN(8) {
			at = at.Add(time.Duration(1+r.IntN(120)) * time.Second)
			switch s.o.State() {
			case alarm.Norm:
			case alarm.Unack:
				if r.IntN(2) == 0 {
					s.ack("sato", "x", at)
				} else {
					s.off(at)
				}
			case alarm.Acked:
				s.off(at)
			case alarm.RtnUn, alarm.LatUn:
				if r.IntN(2) == 0 {
					s.ack("sato", "x", at)
				} else {
					s.on(at)
				}
			case alarm.Latched:
				s.reset("tanaka", at)
			}
		}
		in.Events = s.events
		checkPerSecond(t, in, s.events)
	}
}

func checkPerSecond(t *testing.T, in DailyInput, events []alarm.Event) {
	t.Helper()
	m := build(t, in)
	stateAt := func(at time.Time) alarm.BaseState {
		var o alarm.Occurrence
		for _, e := range events {
			if !e.At.After(at) {
				o, _ = o.Apply(e)
			}
		}
		return o.State()
	}
	var standing, active int64
	want := map[string]int64{}
	for sec := int64(0); sec < 400; sec++ {
		switch s := stateAt(in.From.Add(time.Duration(sec) * time.Second)); s {
		case alarm.Norm:
		default:
			standing++
			want[string(s)]++
			if s == alarm.Unack || s == alarm.Acked {
				active++
			}
		}
	}
	if standing == 0 {
		return
	}
	if len(m.Stories) != 1 {
		t.Fatalf("%s stood %d s and is not told", events[0].AlarmID, standing)
	}
	s := m.Stories[0]
	got := map[string]int64{}
	for i, x := range s.Spans {
		got[x.State] += x.To.Unix() - x.From.Unix()
		if i > 0 && s.Spans[i-1].To.Unix() > x.From.Unix() {
			t.Fatalf("%s: spans overlap: %+v", s.ID, s.Spans)
		}
	}
	if s.Standing != standing || s.Active != active || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s: standing %d active %d spans %v; the seconds say %d, %d, %v\n%+v", s.ID, s.Standing, s.Active, got, standing, active, want, events)
	}
}

func TestTheOrderOfTheInputDoesNotMatter(t *testing.T) {
	want, err := JSON(build(t, busyDay(t)))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		in := busyDay(t)
		r.Shuffle(len(in.Events), func(i, j int) { in.Events[i], in.Events[j] = in.Events[j], in.Events[i] })
		r.Shuffle(len(in.Gaps), func(i, j int) { in.Gaps[i], in.Gaps[j] = in.Gaps[j], in.Gaps[i] })
		slices.Reverse(in.Targets)
		slices.Reverse(in.Devices)
		got, err := JSON(build(t, in))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatal("a shuffled input gives another report.json")
		}
	}
	in := busyDay(t)
	in.Events[0].Comment += "."
	if got := build(t, in); got.Provenance.Digest == build(t, busyDay(t)).Provenance.Digest {
		t.Error("a changed event has the same digest")
	}
}

func TestDailyReadsCalendarDays(t *testing.T) {
	load := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	for _, tt := range []struct {
		zone, day, from string
		hours           float64
	}{
		{"Asia/Tokyo", "2026-11-22", "2026-11-21T15:00:00Z", 24},
		{"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23},
		{"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25},
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23}, // midnight does not exist
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24},      // the 30th does not exist
	} {
		from, to, err := Daily(tt.day, load(tt.zone))
		if err != nil {
			t.Errorf("%s in %s: %v", tt.day, tt.zone, err)
			continue
		}
		if got := from.UTC().Format(time.RFC3339); got != tt.from || to.Sub(from).Hours() != tt.hours {
			t.Errorf("%s in %s: from %s for %.1f h, want %s for %.1f h", tt.day, tt.zone, got, to.Sub(from).Hours(), tt.from, tt.hours)
		}
	}
	for _, bad := range []string{"", "2026-11", "2026-02-30", "22.11.2026", "2026-11-22/night-B", "2026-11-22 "} {
		if _, _, err := Daily(bad, jst); err == nil {
			t.Errorf("%q was taken for a day", bad)
		}
	}
	if _, _, err := Daily("2011-12-30", load("Pacific/Apia")); err == nil {
		t.Error("a day that the zone skipped was accepted")
	}
}

func TestEveryRefusalCauseHasASentence(t *testing.T) {
	causes := []string{facility.RefusedFuture, facility.RefusedNotANumber, facility.RefusedRange, facility.RefusedTooLong, facility.RefusedControl,
		facility.RefusedWalkBound, facility.RefusedNotRising, facility.RefusedType, facility.RefusedPoints, facility.RefusedMalformed}
	in := emptyDay()
	in.Refused = map[facility.DeviceID]map[string]uint64{"hub-1": {}}
	for i, c := range causes {
		in.Refused["hub-1"][c] = uint64(i + 1)
		for _, lang := range []string{"en", "ja"} {
			if sentence := i18n.For(lang).Refused[c]; sentence == "" {
				t.Errorf("%s: cause %s has no sentence", lang, c)
			}
		}
	}
	m := build(t, in)
	if len(m.Quality.ByCause) != len(causes) {
		t.Errorf("%d causes of %d are told", len(m.Quality.ByCause), len(causes))
	}
	if !strings.Contains(rendered(t, Text, m, "en"), "It is not recorded which time these counts cover.") {
		t.Error("counts of an unknown time must say so")
	}
}
