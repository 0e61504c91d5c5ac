package sla

import (
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
)

// scoreWindow scores over a window that no calendar has; excluded is time that
// two persons agreed to leave out.
func scoreWindow(tg *Target, from, to, asOf int64, entities []Entity, excluded []Interval) Result {
	var list []Exclusion
	for _, i := range excluded {
		list = append(list, Exclusion{ID: "X", Kind: Maintenance, From: i.From, To: i.To, ProposedBy: "a", ApprovedBy: "b", ApprovedAt: 1})
	}
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	return ScoreSpan(tg, at(from), at(to), at(asOf), entities, list)
}

func rangeTarget(ppm int64) *Target {
	low, high := 18.0, 27.0
	return &Target{Name: "inlet", Kind: KindRange, Range: &RangeIndicator{Metric: "temperature_celsius", Min: &low, Max: &high},
		Combine: Pooled, TargetPPM: ppm, Policy: PolicyExclude, MaxUnknownPPM: 20_000, Exclude: ExclusionRules{Maintenance: true}, Window: Window{Duration: "1M", Zone: time.UTC}}
}

// every seconds a sample of v over [from, to).
func samples(from, to, every int64, v float64) []Sample {
	var s []Sample
	for at := from; at < to; at += every {
		s = append(s, Sample{At: at, Value: v, Known: true})
	}
	return s
}

func TestOpenMonthHasTheBudgetOfTheWholeMonth(t *testing.T) {
	tokyo := zone(t, "Asia/Tokyo")
	tg := rangeTarget(999_500)
	tg.Policy, tg.Window = PolicyBad, Window{Duration: "1M", Zone: tokyo}
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, tokyo)
	asOf := start.Add(24 * time.Hour)
	e := Entity{ID: "p", MaxAge: 75 * time.Second, Samples: samples(start.Unix(), asOf.Unix(), 30, 22)}
	r := Score(tg, asOf, asOf, []Entity{e}, nil)
	if got := FormatMicros(r.BudgetMicros); got != "1339.2" {
		t.Errorf("budget of October 2026 at 99.95 %%: %s s, want 1339.2", got)
	}
	if r.Eligible != 86400 || r.Good != 86400 || !r.Open || r.Verdict != Met {
		t.Errorf("after one day: %+v", r)
	}
	// 1,340 bad seconds on the second day use it up, long before the month is over.
	e.Samples = append(e.Samples, samples(asOf.Unix(), asOf.Unix()+1340, 10, 30)...)
	later := asOf.Add(1340 * time.Second)
	r = Score(tg, later, later, []Entity{e}, nil)
	if !r.Exhausted || !r.Open || FormatMicros(r.BudgetLeftMicros) != "-0.8" || FloorSeconds(r.BudgetLeftMicros) != -1 {
		t.Errorf("after 1,340 bad seconds: exhausted %v, left %s", r.Exhausted, FormatMicros(r.BudgetLeftMicros))
	}
}

func TestGapIsUnknownAfterTheMaximumAge(t *testing.T) {
	tg := rangeTarget(995_000)
	e := Entity{ID: "p", MaxAge: 75 * time.Second, Samples: []Sample{
		{At: 930, Value: 20, Known: true}, // before the window, holds until 1005
		{At: 1100, Value: 20, Known: true},
		{At: 1130, Known: false}, // no answer ends no hold
	}}
	r := scoreWindow(tg, 1000, 1200, 1200, []Entity{e}, nil)
	if r.Good != 5+75 || r.Unknown != 95+25 || r.Bad != 0 {
		t.Errorf("good %d, unknown %d, bad %d; want 80, 120, 0", r.Good, r.Unknown, r.Bad)
	}
	if r.Verdict != InsufficientData {
		t.Errorf("60 %% unknown: %s, want insufficient_data", r.Verdict)
	}
	e.Samples[0].At = 920 // holds until 995, before the window
	if r := scoreWindow(tg, 1000, 1200, 1200, []Entity{e}, nil); r.Good != 75 {
		t.Errorf("a stale sample before the window: good %d, want 75", r.Good)
	}
}

func TestLaterArrivalOfTheSameStampWins(t *testing.T) {
	tg := rangeTarget(995_000)
	for _, tt := range []struct {
		first, second float64
		bad           int64
	}{{20, 40, 10}, {40, 20, 0}} {
		e := Entity{ID: "p", MaxAge: 10 * time.Second, Samples: []Sample{{At: 0, Value: tt.first, Known: true}, {At: 0, Value: tt.second, Known: true}}}
		if r := scoreWindow(tg, 0, 10, 10, []Entity{e}, nil); r.Bad != tt.bad || r.Eligible != 10 {
			t.Errorf("%v then %v: bad %d, want %d", tt.first, tt.second, r.Bad, tt.bad)
		}
	}
}

func TestPolicies(t *testing.T) {
	// 60 good, 10 bad, 30 unknown of 100 s, any share of unknown allowed
	e := Entity{ID: "p", MaxAge: 10 * time.Second, Samples: append(samples(0, 60, 10, 20), Sample{At: 60, Value: 40, Known: true})}
	tests := []struct {
		policy   Policy
		num, den int64
		ppm      int64
		verdict  Verdict
		basis    Basis
	}{
		{PolicyBad, 60, 100, 700_000, Missed, ByPolicy},
		{PolicyHold, 60, 100, 700_000, Missed, ByPolicy},
		{PolicyExclude, 60, 70, 700_000, Met, ByPolicy},
		{PolicyGood, 90, 100, 700_000, Met, ByPolicy},
		{PolicyBad, 60, 100, 600_000, Met, Proven}, // equality is met
		{PolicyGood, 90, 100, 900_001, Missed, Proven},
		{PolicyGood, 90, 100, 900_000, Met, ByPolicy},
	}
	for _, tt := range tests {
		tg := rangeTarget(tt.ppm)
		tg.Policy, tg.MaxUnknownPPM = tt.policy, 1_000_000
		r := scoreWindow(tg, 0, 100, 100, []Entity{e}, nil)
		if r.Numerator != tt.num || r.Denominator != tt.den || r.Verdict != tt.verdict || r.Basis != tt.basis {
			t.Errorf("%s at %d ppm: %d/%d %s %s, want %d/%d %s %s", tt.policy, tt.ppm, r.Numerator, r.Denominator, r.Verdict, r.Basis, tt.num, tt.den, tt.verdict, tt.basis)
		}
	}
}

// The example of the definition: without taking unknown time out of the budget's
// base under exclude, this is missed with budget left.
func TestExcludeTakesUnknownOutOfTheBudget(t *testing.T) {
	tg := rangeTarget(344_000)
	tg.MaxUnknownPPM = 1_000_000
	r := tg.figures(Result{}, tally{service: 83, good: 9, bad: 43, unknown: 31})
	if r.Verdict != Missed || !r.Exhausted {
		t.Errorf("%s, exhausted %v; want missed and exhausted", r.Verdict, r.Exhausted)
	}
}

func TestNothingIsNeverHundredPercent(t *testing.T) {
	tg := rangeTarget(0)
	if r := scoreWindow(tg, 0, 100, 100, nil, nil); r.Verdict != NotApplicable || FormatPercentTruncated(r.Numerator, r.Denominator, 2) != "—" {
		t.Errorf("no entity: %+v", r)
	}
	tg = rangeTarget(999_000)
	tg.MaxUnknownPPM = 1_000_000
	silent := Entity{ID: "p", MaxAge: time.Second}
	if r := scoreWindow(tg, 0, 100, 100, []Entity{silent}, nil); r.Verdict != InsufficientData || r.Unknown != 100 {
		t.Errorf("a silent entity under exclude: %s, unknown %d", r.Verdict, r.Unknown)
	}
	gone := Entity{ID: "p", MaxAge: time.Second, Until: -5}
	if r := scoreWindow(tg, 0, 100, 100, []Entity{gone}, nil); r.Verdict != NotApplicable {
		t.Errorf("decommissioned before the window: %s", r.Verdict)
	}
	busy := Entity{ID: "p", MaxAge: 200 * time.Second, Samples: samples(0, 1, 1, 20)}
	if r := scoreWindow(tg, 0, 100, 100, []Entity{busy}, []Interval{{-10, 50}, {50, 60}, {55, 300}, {9, 3}}); r.Verdict != NotApplicable || r.Excluded != 100 {
		t.Errorf("the whole window excluded: %s, excluded %d", r.Verdict, r.Excluded)
	}
}

func TestBadInsideAnExclusionIsExcluded(t *testing.T) {
	tg := rangeTarget(999_000)
	e := Entity{ID: "p", MaxAge: 50 * time.Second, Samples: []Sample{{At: 0, Value: 20, Known: true}, {At: 40, Value: 99, Known: true}, {At: 60, Value: 20, Known: true}}}
	r := scoreWindow(tg, 0, 100, 100, []Entity{e}, []Interval{{30, 70}})
	if r.Bad != 0 || r.Excluded != 40 || r.Good != 60 || r.Verdict != Met || r.BudgetMicros != 60_000 || r.RawNumerator != 80 || r.RawDenominator != 100 {
		t.Errorf("%+v", r)
	}
	if without := scoreWindow(tg, 0, 100, 100, []Entity{e}, nil); without.Verdict != Missed || without.Bad != 20 {
		t.Errorf("without the exclusion: %+v", without)
	}
}

func TestAnyAndAll(t *testing.T) {
	at := func(id string, from, to int64) Entity { // bad in [from, to)
		return Entity{ID: id, MaxAge: time.Hour, Samples: []Sample{{At: 0, Value: 20, Known: true}, {At: from, Value: 99, Known: true}, {At: to, Value: 20, Known: true}}}
	}
	both := []Entity{at("a", 100, 200), at("b", 150, 250)}
	for how, want := range map[Combine]int64{Any: 150, All: 50, Pooled: 200} {
		tg := rangeTarget(999_000)
		tg.Combine = how
		if r := scoreWindow(tg, 0, 1000, 1000, both, nil); r.Bad != want {
			t.Errorf("%s: bad %d s, want %d", how, r.Bad, want)
		}
	}
}

func TestLateDataFlipsAVerdict(t *testing.T) {
	tg := rangeTarget(900_000)
	tg.Policy = PolicyBad
	e := Entity{ID: "p", MaxAge: 10 * time.Second, Samples: samples(0, 80, 10, 20)}
	if r := scoreWindow(tg, 0, 100, 100, []Entity{e}, nil); r.Verdict != InsufficientData {
		t.Fatalf("20 s unknown: %s", r.Verdict)
	}
	e.Samples = append(e.Samples, samples(80, 100, 10, 20)...)
	if r := scoreWindow(tg, 0, 100, 100, []Entity{e}, nil); r.Verdict != Met || r.Basis != Proven {
		t.Errorf("after the late data: %s %s", r.Verdict, r.Basis)
	}
}

func TestTenThousandSensorsForAYearDoNotOverflow(t *testing.T) {
	tg := rangeTarget(999_999)
	seconds := int64(10_000) * 366 * 86400
	r := tg.figures(Result{}, tally{service: seconds, good: seconds - 1, bad: 1})
	if r.Verdict != Met || r.BudgetMicros != seconds || FormatPercentTruncated(r.Numerator, r.Denominator, 4) != "99.9999" {
		t.Errorf("%s, budget %d, %s", r.Verdict, r.BudgetMicros, FormatPercentTruncated(r.Numerator, r.Denominator, 4))
	}
}

func TestStateIndicator(t *testing.T) {
	states := oracleStates
	listed, bySeverity := StateIndicator{Good: []string{"unsure"}}, StateIndicator{}
	for v, want := range map[float64][2]class{1: {bad, good}, 2: {bad, bad}, 3: {good, unknown}, 9: {unknown, unknown}} {
		if got := [2]class{listed.class(v, states), bySeverity.class(v, states)}; got != want {
			t.Errorf("value %v: %v, want %v", v, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	tg := rangeTarget(1)
	sel, err := facility.ParseSelector("group=rack-inlet")
	if err != nil {
		t.Fatal(err)
	}
	tg.Select = sel
	d := &facility.Device{ID: "hub", Groups: []string{"rack-inlet"}}
	if !tg.Matches(d, &facility.Point{Metric: "temperature_celsius"}) || tg.Matches(d, &facility.Point{Metric: "humidity_ratio"}) || tg.Matches(&facility.Device{}, &facility.Point{Metric: "temperature_celsius"}) {
		t.Error("a target is judged on points of its metric that its selector picks, and on no others")
	}
}

func TestAccountUnderAnotherDefinitionBeginsAnew(t *testing.T) {
	tg := rangeTarget(995_000)
	e := Entity{ID: "p", Since: 1000, MaxAge: 75 * time.Second}
	a := NewAccount(tg, e, time.Unix(2000, 0))
	a.Add(Sample{At: 2000, Value: 20, Known: true})
	data, err := a.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	edited := rangeTarget(995_000)
	*edited.Range.Max = 26
	b := NewAccount(edited, e, time.Unix(2000, 0))
	if err := b.UnmarshalJSON(data); err == nil || !strings.Contains(err.Error(), "another definition") {
		t.Errorf("limits changed: %v", err)
	}
	if b.Last() != 0 {
		t.Error("the refused account was taken up all the same")
	}
	same := NewAccount(rangeTarget(990_000), Entity{ID: "p", Since: 3000, MaxAge: 75 * time.Second}, time.Unix(3000, 0))
	if err := same.UnmarshalJSON(data); err != nil {
		t.Errorf("another goal over the same sums: %v", err)
	}
	if r := same.Result(time.Unix(2100, 0), nil); r.Eligible != 1100 || r.Good != 75 || r.Unknown != 1025 {
		t.Errorf("taken up: eligible %d, good %d, unknown %d; want 1100, 75, 1025", r.Eligible, r.Good, r.Unknown)
	}
	for _, bad := range []string{`{`, `{"definition":""}`} {
		if err := same.UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s was taken up", bad)
		}
	}
}
