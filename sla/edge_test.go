package sla

import (
	"math"
	"reflect"
	"testing"
	"time"

	"nezuban/internal/facility"
)

// The edge cases of the definition that are about time, each by its name. Those
// about windows stand in calendar_test.go, those about counts in
// edge_count_test.go.

func agreed(from, to int64) Exclusion {
	return Exclusion{ID: "X", Kind: Maintenance, From: from, To: to, Reason: "work", ProposedBy: "a", ProposedAt: from - 86400, ApprovedBy: "b", ApprovedAt: 1}
}

// always is an entity that is good from 0 on for a very long time.
func always(id string) Entity {
	return Entity{ID: id, MaxAge: 1 << 20 * time.Second, Samples: []Sample{{At: 0, Value: 20, Known: true}}}
}

func TestMaintenanceAcrossAMonthsEndIsSplitAndCappedInEach(t *testing.T) {
	tg := rangeTarget(990_000)
	tg.Exclude.CapPerWindow = time.Hour
	x := agreed(time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC).Unix(), time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC).Unix())
	e := Entity{ID: "p", MaxAge: 100 * 24 * time.Hour, Samples: []Sample{{At: time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC).Unix(), Value: 20, Known: true}}}
	for _, day := range []int{31, 32} { // October 31, November 1
		at := time.Date(2026, 10, day, 12, 0, 0, 0, time.UTC)
		r := Score(tg, at, at.AddDate(0, 2, 0), []Entity{e}, []Exclusion{x})
		if r.Excluded != 3600 || r.Good != r.Eligible || r.Eligible != int64(r.WindowEnd.Sub(r.WindowStart).Seconds())-3600 {
			t.Errorf("window of %v: excluded %d, eligible %d; want 3600 of its own", at, r.Excluded, r.Eligible)
		}
	}
}

func TestExclusionClasses(t *testing.T) {
	late := agreed(100, 200)
	late.ProposedAt = 90 // ten seconds before
	noticed := late
	noticed.NoticedAt = 10
	own := agreed(100, 200)
	own.ApprovedBy = "a"
	running := agreed(100, 0)
	capped := agreed(100, 400)
	for _, tt := range []struct {
		name           string
		x              []Exclusion
		notice, cap    time.Duration
		kindAllowed    bool
		excluded, late int64
	}{
		{"approved, in time", []Exclusion{agreed(100, 200)}, time.Minute, 0, true, 100, 0},
		{"late notice is excluded as a class of its own", []Exclusion{late}, time.Minute, 0, true, 100, 100},
		{"told in time although written late", []Exclusion{noticed}, time.Minute, 0, true, 100, 0},
		{"a second both on time and late is on time", []Exclusion{late, agreed(150, 250)}, time.Minute, 0, true, 150, 50},
		{"above the cap it counts", []Exclusion{capped}, 0, 50 * time.Second, true, 50, 0},
		{"the cap is for both classes together", []Exclusion{late, agreed(250, 300)}, time.Minute, 80 * time.Second, true, 80, 30},
		{"approved by the proposer does not count", []Exclusion{own}, 0, 0, true, 0, 0},
		{"not approved does not count", []Exclusion{{Kind: Maintenance, From: 100, To: 200, ProposedBy: "a"}}, 0, 0, true, 0, 0},
		{"a kind the target does not allow", []Exclusion{agreed(100, 200)}, 0, 0, false, 0, 0},
		{"one that is still running counts up to as-of", []Exclusion{running}, 0, 0, true, 800, 0},
		{"overlaps count once, empty and reversed ones not", []Exclusion{agreed(100, 200), agreed(150, 250), agreed(200, 260), agreed(300, 300), agreed(500, 400)}, 0, 0, true, 160, 0},
		{"partly outside the window", []Exclusion{agreed(-50, 20), agreed(990, 2000)}, 0, 0, true, 30, 0},
	} {
		tg := rangeTarget(990_000)
		tg.Exclude = ExclusionRules{Maintenance: tt.kindAllowed, MinNotice: tt.notice, CapPerWindow: tt.cap}
		at := func(s int64) time.Time { return time.Unix(s, 0) }
		r := ScoreSpan(tg, at(0), at(1000), at(900), []Entity{always("p")}, tt.x)
		if r.Excluded != tt.excluded || r.LateNotice != tt.late {
			t.Errorf("%s: excluded %d, late %d; want %d, %d", tt.name, r.Excluded, r.LateNotice, tt.excluded, tt.late)
		}
	}
}

func TestNothingIsEverExcludedFromLifeSafetyAndZeroBudget(t *testing.T) {
	fire, zero := rangeTarget(990_000), rangeTarget(1_000_000)
	fire.Section = "fire"
	for _, tg := range []*Target{fire, zero} {
		e := always("p")
		e.Samples = append(e.Samples, Sample{At: 120, Value: 99, Known: true}, Sample{At: 160, Value: 20, Known: true})
		r := ScoreSpan(tg, time.Unix(0, 0), time.Unix(1000, 0), time.Unix(1000, 0), []Entity{e}, []Exclusion{agreed(100, 200)})
		if r.Excluded != 0 || r.Bad != 40 || r.Verdict != Missed {
			t.Errorf("section %q, target %d: excluded %d, bad %d, %s", tg.Section, tg.TargetPPM, r.Excluded, r.Bad, r.Verdict)
		}
	}
}

func TestRetroactiveExclusionAfterTheFreezeIsRefused(t *testing.T) {
	tg := rangeTarget(990_000)
	x := agreed(100, 200)
	final := Closing{Target: "inlet", From: 0, To: 1000, State: StateFinal}
	open := final
	open.State = StateProvisional
	other := final
	other.Target = "another"
	for _, tt := range []struct {
		name string
		c    Closing
		want bool
	}{{"signed", final, true}, {"only closed", open, false}, {"another target's", other, false}} {
		if got := Frozen([]Closing{tt.c}, tg, &x, 2000); got != tt.want {
			t.Errorf("%s: frozen %v, want %v", tt.name, got, tt.want)
		}
	}
	if later := agreed(1000, 1100); Frozen([]Closing{final}, tg, &later, 2000) {
		t.Error("time after a signed window is frozen")
	}
}

func TestCollectorDownIsUnknownDeviceDownIsNot(t *testing.T) {
	silent := []Sample{{At: 0, Value: 20, Known: true}}
	for at := int64(10); at < 100; at += 10 {
		silent = append(silent, Sample{At: at})
	}
	nobody := silent[:1]
	lo := 18.0
	for _, tt := range []struct {
		name               string
		t                  Target
		samples            []Sample
		good, bad, unknown int64
	}{
		{"coverage, device down", Target{Kind: KindCoverage, Coverage: &CoverageIndicator{}}, silent, 25, 75, 0},
		{"coverage, collector down", Target{Kind: KindCoverage, Coverage: &CoverageIndicator{}}, nobody, 25, 0, 75},
		{"range, device down", Target{Kind: KindRange, Range: &RangeIndicator{Min: &lo}}, silent, 25, 0, 75},
		{"range, device down, unreachable is bad", Target{Kind: KindRange, Range: &RangeIndicator{Min: &lo, UnreachableBad: true}}, silent, 25, 75, 0},
		{"range, collector down, unreachable is bad", Target{Kind: KindRange, Range: &RangeIndicator{Min: &lo, UnreachableBad: true}}, nobody, 25, 0, 75},
		{"state, device down", Target{Kind: KindState, State: &StateIndicator{}}, silent, 0, 0, 100}, // 20 has no name
	} {
		tg := tt.t
		r := scoreWindow(&tg, 0, 100, 100, []Entity{{ID: "p", MaxAge: 25 * time.Second, Samples: tt.samples}}, nil)
		if r.Good != tt.good || r.Bad != tt.bad || r.Unknown != tt.unknown {
			t.Errorf("%s: good %d, bad %d, unknown %d; want %d, %d, %d", tt.name, r.Good, r.Bad, r.Unknown, tt.good, tt.bad, tt.unknown)
		}
	}
}

// The server's clock set forward leaves a gap; set back, the same stamps come
// again: of each the later arrival wins, and order is that of the stamps.
func TestClockSteps(t *testing.T) {
	tg := rangeTarget(990_000)
	forward := append(samples(0, 3600, 60, 20), samples(7200, 10800, 60, 20)...)
	r := scoreWindow(tg, 0, 10800, 10800, []Entity{{ID: "p", MaxAge: 150 * time.Second, Samples: forward}}, nil)
	if r.Unknown != 3600-150+60 || r.Bad != 0 {
		t.Errorf("an hour forward: unknown %d, bad %d", r.Unknown, r.Bad)
	}
	back := append(samples(0, 7200, 60, 20), samples(3600, 10800, 60, 30)...) // the second hour twice, hot the second time
	r = scoreWindow(tg, 0, 10800, 10800, []Entity{{ID: "p", MaxAge: 150 * time.Second, Samples: back}}, nil)
	if r.Good != 3600 || r.Bad != 7200 || r.Unknown != 0 {
		t.Errorf("an hour back: good %d, bad %d, unknown %d; want 3600, 7200, 0", r.Good, r.Bad, r.Unknown)
	}
}

func TestValuesThatAreNoEvidence(t *testing.T) {
	tg := rangeTarget(990_000)
	for name, v := range map[string]float64{"NaN": math.NaN(), "infinite": math.Inf(1), "infinitely small": math.Inf(-1)} {
		e := Entity{ID: "p", MaxAge: 100 * time.Second, Samples: []Sample{{At: 0, Value: 20, Known: true}, {At: 40, Value: v, Known: true}}}
		if r := scoreWindow(tg, 0, 100, 100, []Entity{e}, nil); r.Good != 40 || r.Unknown != 60 || r.Bad != 0 {
			t.Errorf("%s: good %d, bad %d, unknown %d; want 40, 0, 60", name, r.Good, r.Bad, r.Unknown)
		}
	}
}

// An uptime of 32 bits that wraps, or any counter that begins anew, is only a
// number to these kinds: what it meant before is not carried over.
func TestCountersThatBeginAnew(t *testing.T) {
	least := 60.0
	tg := Target{Name: "up", Kind: KindRange, Range: &RangeIndicator{Metric: "host_uptime_seconds", Min: &least}, TargetPPM: 990_000, Policy: PolicyBad}
	wrap := float64(math.MaxUint32) / 100
	e := Entity{ID: "p", MaxAge: 100 * time.Second, Samples: []Sample{{At: 0, Value: wrap, Known: true}, {At: 50, Value: 3, Known: true}, {At: 110, Value: 63, Known: true}}}
	if r := scoreWindow(&tg, 0, 200, 200, []Entity{e}, nil); r.Bad != 60 || r.Good != 140 {
		t.Errorf("bad %d, good %d; want 60, 140", r.Bad, r.Good)
	}
}

func TestPooledWithASilentSensor(t *testing.T) {
	tg := rangeTarget(990_000)
	silent := Entity{ID: "q", MaxAge: time.Minute}
	r := scoreWindow(tg, 0, 100, 100, []Entity{always("p"), silent}, nil)
	if r.Unknown != 100 || r.Good != 100 || r.Verdict != InsufficientData {
		t.Errorf("good %d, unknown %d, %s: half the sensor-seconds are unknown", r.Good, r.Unknown, r.Verdict)
	}
}

func TestExcludeWithNothingKnownHasNoShare(t *testing.T) {
	tg := rangeTarget(990_000)
	tg.MaxUnknownPPM = million
	r := scoreWindow(tg, 0, 100, 100, []Entity{{ID: "q", MaxAge: time.Minute}}, nil)
	if r.Denominator != 0 || r.Verdict != InsufficientData || FormatPercentTruncated(r.Numerator, r.Denominator, 2) != "—" {
		t.Errorf("%d/%d %s", r.Numerator, r.Denominator, r.Verdict)
	}
}

// One entity's figure is the same whatever it stands among.
func TestAnEntityHasOneFigureInEveryFilter(t *testing.T) {
	tg := rangeTarget(990_000)
	tg.Combine = Each
	a, b := always("a"), always("b")
	b.Samples = append(b.Samples, Sample{At: 300, Value: 99, Known: true}, Sample{At: 420, Value: 20, Known: true})
	x := []Exclusion{agreed(350, 380)}
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	alone := ScoreEachSpan(tg, at(0), at(1000), at(1000), []Entity{b}, x)
	among := ScoreEachSpan(tg, at(0), at(1000), at(1000), []Entity{b, a}, x)
	if !reflect.DeepEqual(alone[0], among[1]) {
		t.Errorf("alone %+v, among others %+v", alone[0], among[1])
	}
	other := *tg
	other.Name = "second" // two targets share one sensor
	if r := ScoreEachSpan(&other, at(0), at(1000), at(1000), []Entity{b}, x); r[0].Bad != alone[0].Bad {
		t.Errorf("a second target over the same sensor: bad %d, want %d", r[0].Bad, alone[0].Bad)
	}
}

func TestEntitiesThatComeGoAndChangeTheirName(t *testing.T) {
	tg := rangeTarget(990_000)
	added := always("new")
	added.Since, added.Samples[0].At = 600, 600
	gone := always("old")
	gone.Until = 600
	r := scoreWindow(tg, 0, 1000, 1000, []Entity{added, gone}, nil) // a device replaced: never 100 % for the missing part, never unknown either
	if r.Eligible != 1000 || r.Good != 1000 || r.Unknown != 0 || r.Verdict != Met {
		t.Errorf("replaced at 600: %+v", r)
	}
	renamed := always("p")
	renamed.DisplayName = "another name"
	if a, b := scoreWindow(tg, 0, 100, 100, []Entity{renamed}, nil), scoreWindow(tg, 0, 100, 100, []Entity{always("p")}, nil); a.Good != b.Good || a.Verdict != b.Verdict {
		t.Error("a name changes a figure")
	}
	moved := []Entity{{ID: "p", MaxAge: time.Hour, Since: 0, Until: 500, Samples: always("p").Samples}} // it left the group at 500
	if r := scoreWindow(tg, 0, 1000, 1000, moved, nil); r.Eligible != 500 || r.BudgetMicros != 500*10_000 {
		t.Errorf("moved to another group: eligible %d, budget %d", r.Eligible, r.BudgetMicros)
	}
}

func TestATargetEditedInMidMonth(t *testing.T) {
	z := zone(t, "Asia/Tokyo")
	before := rangeTarget(990_000)
	before.Window.Zone = z
	stricter := *before
	stricter.TargetPPM = 999_000
	at := time.Date(2026, 11, 15, 3, 0, 0, 0, time.UTC)
	if from := EffectiveFrom(before, &stricter, at); time.Unix(from, 0).In(z).Format(time.DateTime) != "2026-12-01 00:00:00" {
		t.Errorf("an edit counts from %s, want the next month", time.Unix(from, 0).In(z))
	}
	stricter.Effective = time.Date(2026, 11, 16, 0, 0, 0, 0, z).Unix()
	versions := []Version{{1, 0, before}, {2, EffectiveFrom(before, &stricter, at), &stricter}}
	parts := Slices(versions, at)
	if len(parts) != 2 || !parts[0].Split || parts[0].To != stricter.Effective || parts[1].From != stricter.Effective || parts[1].Revision != 2 {
		t.Fatalf("%+v", parts)
	}
	from, to := Bounds(before.Window, at)
	if parts[0].From != from.Unix() || parts[1].To != to.Unix() {
		t.Errorf("the parts do not cover the month: %+v", parts)
	}
	var good int64
	e := Entity{ID: "p", MaxAge: 100 * 24 * time.Hour, Samples: []Sample{{At: from.Unix() - 10, Value: 20, Known: true}}}
	for _, p := range parts {
		r := ScoreSpan(p.Target, time.Unix(p.From, 0), time.Unix(p.To, 0), to, []Entity{e}, nil)
		if r.TargetPPM != p.Target.TargetPPM || r.Good != p.To-p.From {
			t.Errorf("part %d: %+v", p.Revision, r)
		}
		good += r.Good
	}
	if good != to.Unix()-from.Unix() {
		t.Errorf("both parts have %d s, the month %d", good, to.Unix()-from.Unix())
	}
	if later := Slices(versions, to); len(later) != 1 || later[0].Revision != 2 || later[0].Split {
		t.Errorf("the next month: %+v", later)
	}
	if before.Digest() == stricter.Digest() {
		t.Error("an edited objective has the same digest")
	}
	named := *before
	named.DisplayName = facility.Text{En: "Other words"}
	if named.Digest() != before.Digest() {
		t.Error("other words make another definition")
	}
}

func TestFreshness(t *testing.T) {
	tg := &Target{Name: "backup", Kind: KindFreshness, Combine: Each, TargetPPM: million, Policy: PolicyBad,
		Freshness: &FreshnessIndicator{Event: "backup.completed", MaxAge: 100 * time.Second}}
	var err error
	if tg.Freshness.Where, err = ParseWhere("verified=true"); err != nil {
		t.Fatal(err)
	}
	ok := func(at int64) Event {
		return Event{At: 1000 + at, Name: "backup.completed", Attrs: map[string]string{"verified": "true"}}
	}
	failed := Event{At: 1150, Name: "backup.completed", Attrs: map[string]string{"verified": "false"}}
	for _, tt := range []struct {
		name               string
		e                  Entity
		good, bad, unknown int64
	}{
		{"never older than allowed", Entity{Events: []Event{ok(-50), ok(40), ok(130), ok(220)}}, 300, 0, 0},
		{"a failed run refreshes nothing", Entity{Events: []Event{ok(60), failed, ok(200)}}, 200, 40, 60},
		{"an area created today has until its first is due", Entity{Since: 1050, Events: []Event{ok(120)}}, 100, 80, 0},
		{"and is bad from then on", Entity{Since: 1050, Events: []Event{}}, 0, 0, 150},
	} {
		tt.e.ID = "a"
		r := scoreWindow(tg, 1000, 1300, 1300, []Entity{tt.e}, nil)
		if r.Good != tt.good || r.Bad != tt.bad || r.Unknown != tt.unknown {
			t.Errorf("%s: good %d, bad %d, unknown %d; want %d, %d, %d", tt.name, r.Good, r.Bad, r.Unknown, tt.good, tt.bad, tt.unknown)
		}
	}
	future := &Target{Name: "b", Kind: KindFreshness, Freshness: &FreshnessIndicator{Metric: "m", MaxAge: 100 * time.Second}}
	e := Entity{ID: "a", MaxAge: 50 * time.Second, Samples: []Sample{{At: 1000, Value: -500, Known: true}}}
	if r := scoreWindow(future, 1000, 1100, 1100, []Entity{e}, nil); r.Good != 0 || r.Unknown != 100 {
		t.Errorf("a success in the future: good %d, unknown %d", r.Good, r.Unknown)
	}
}

func TestRedundancyByInputs(t *testing.T) {
	tg := &Target{Name: "2n", Kind: KindRedundancy, TargetPPM: 999_500, Policy: PolicyBad, Redundancy: &RedundancyIndicator{PeakSumMaxPPM: 800_000}}
	in := func(a, b, sum float64) []Sample {
		s := []Sample{}
		for i, v := range []float64{a, b, sum} {
			if v >= 0 {
				s = append(s, Sample{At: 0, Value: v, Known: true, Input: []Input{InputSurviveA, InputSurviveB, InputMarginPPM}[i]})
			}
		}
		return s
	}
	for _, tt := range []struct {
		name                     string
		samples                  []Sample
		good, bad, unknown, thin int64
	}{
		{"both losses are survived, room enough", in(1, 1, 700_000), 100, 0, 0, 0},
		{"sum of exactly 80 % is no thin margin", in(1, 1, 800_000), 100, 0, 0, 0},
		{"sum between 80 and 100 %: thin, not bad", in(1, 1, 900_000), 100, 0, 0, 100},
		{"sum of exactly 100 % is thin", in(1, 1, 1_000_000), 100, 0, 0, 100},
		{"above 100 % of the smaller side, every device green", in(1, 1, 1_000_001), 0, 100, 0, 0},
		{"unequal ratings: only the loss of A is survived", in(1, 0, 700_000), 0, 100, 0, 0},
		{"one phase over while the total is under: its side carries not all", in(0, 1, 600_000), 0, 100, 0, 0},
		{"a single-corded load survives neither", in(0, 0, 400_000), 0, 100, 0, 0},
		{"load reading missing on one side", in(1, -1, -1), 0, 0, 100, 0},
		{"missing on one side, lost on the other", in(-1, 0, -1), 0, 100, 0, 0},
		{"the sum alone says nothing good", in(-1, -1, 500_000), 0, 0, 100, 0},
	} {
		r := scoreWindow(tg, 0, 100, 100, []Entity{{ID: "it-1", MaxAge: 100 * time.Second, Samples: tt.samples}}, nil)
		if r.Good != tt.good || r.Bad != tt.bad || r.Unknown != tt.unknown || r.Thin != tt.thin {
			t.Errorf("%s: good %d, bad %d, unknown %d, thin %d", tt.name, r.Good, r.Bad, r.Unknown, r.Thin)
		}
	}
	load := &Target{Kind: KindRedundancy, TargetPPM: 999_500, Policy: PolicyBad, Redundancy: &RedundancyIndicator{Metric: "power_redundancy", Good: []string{"two_n"}}}
	e := Entity{ID: "it-1", MaxAge: 40 * time.Second, States: facility.RedundancyStates("2N"), Samples: []Sample{{At: 0, Value: 5, Known: true}, {At: 30, Value: 4, Known: true}, {At: 60, Value: 0, Known: true}}}
	if r := scoreWindow(load, 0, 100, 100, []Entity{e}, nil); r.Good != 30 || r.Bad != 30 || r.Unknown != 40 {
		t.Errorf("by the load's state: good %d, bad %d, unknown %d; want 30, 30, 40", r.Good, r.Bad, r.Unknown)
	}
}
