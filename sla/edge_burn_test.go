package sla

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPercentagesAreTruncated(t *testing.T) {
	for _, tt := range []struct {
		num, den int64
		digits   int
		want     string
	}{{999_499, 1_000_000, 2, "99.94"}, {999_999, 1_000_000, 3, "99.999"}, {9_999_999, 10_000_000, 3, "99.999"}, {10_000_000, 10_000_000, 2, "100.00"}, {0, 5, 1, "0.0"}} {
		if got := FormatPercentTruncated(tt.num, tt.den, tt.digits); got != tt.want {
			t.Errorf("%d/%d: %s, want %s", tt.num, tt.den, got, tt.want)
		}
	}
	if FloorSeconds(-500_000) != -1 || FloorSeconds(1_900_000) != 1 {
		t.Error("a remaining budget is not truncated towards the worse")
	}
}

func TestTiersThatPollingCannotResolve(t *testing.T) {
	tier := func(percent int64) Tier {
		return Tier{Severity: "ticket", BudgetPPM: percent * 10_000, Long: 24 * time.Hour, Short: 2 * time.Hour}
	}
	for _, tt := range []struct {
		name    string
		ppm     int64
		percent int64
		poll    time.Duration
		want    string // part of the refusal; "" accepted
	}{
		{"99.95 % / 2 % / 30 s", 999_500, 2, 30 * time.Second, "less than two polls"},
		{"99.95 % / 5 % / 30 s, in the shortest month 60.48 s", 999_500, 5, 30 * time.Second, ""},
		{"99.5 % / 2 % / 60 s", 995_000, 2, time.Minute, ""},
		{"zero budget", 1_000_000, 10, 30 * time.Second, "no budget"},
		{"no share", 999_500, 0, 30 * time.Second, "no share"},
	} {
		err := rangeTarget(tt.ppm).CheckTier(tier(tt.percent), tt.poll)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	ack := &Target{Kind: KindLatency, Window: Window{Duration: "1M", Zone: time.UTC}}
	if ack.CheckTier(tier(10), 30*time.Second) == nil {
		t.Error("a tier on a target of occurrences is accepted")
	}
}

// 99.5 % of November: 12,960 s of budget; a tier of 10 % in a day fires at 1,296
// bad seconds in a day, with a twelfth of that share in two hours.
func TestBurnTiersFire(t *testing.T) {
	tg := rangeTarget(995_000)
	tg.Policy, tg.Tiers = PolicyBad, []Tier{{Severity: "ticket", BudgetPPM: 100_000, Long: 24 * time.Hour, Short: 2 * time.Hour}}
	begin := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC).Unix()
	for _, tt := range []struct {
		bad  int64
		ago  int64 // since when it is good again
		want int
	}{{1295, 0, 0}, {1296, 0, 1}, {1296, 7200, 0}, {1296, 6000, 1}} {
		now := begin + 86400 + tt.bad + tt.ago
		e := Entity{ID: "p", MaxAge: 1 << 22 * time.Second, Samples: []Sample{{At: begin - 86400*9, Value: 20, Known: true}, {At: begin + 86400, Value: 99, Known: true}, {At: begin + 86400 + tt.bad, Value: 20, Known: true}}}
		if got := Burning(tg, time.Unix(now, 0), []Entity{e}, nil); len(got) != tt.want {
			t.Errorf("%d bad seconds, good for %d s: %d tiers fire, want %d", tt.bad, tt.ago, len(got), tt.want)
		}
		a := NewAccount(tg, e, time.Unix(begin-86400*9, 0))
		for _, s := range e.Samples {
			a.Add(s)
		}
		if got := BurningAccounts(tg, []*Account{a}, time.Unix(now, 0), nil); len(got) != tt.want {
			t.Errorf("by accounts, %d bad seconds, good for %d s: %d tiers fire, want %d", tt.bad, tt.ago, len(got), tt.want)
		}
	}
}

// What came into service a minute ago burns no budget of a day.
func TestBurnTiersOfWhatHasJustBegun(t *testing.T) {
	tg := rangeTarget(995_000)
	tg.Policy, tg.Tiers = PolicyBad, []Tier{{Severity: "ticket", BudgetPPM: 100_000, Long: 24 * time.Hour, Short: 2 * time.Hour}}
	now := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC).Unix()
	e := Entity{ID: "p", Since: now - 60, MaxAge: time.Hour, Samples: []Sample{{At: now - 60, Value: 99, Known: true}}}
	if got := Burning(tg, time.Unix(now, 0), []Entity{e}, nil); len(got) != 0 {
		t.Errorf("a minute after the beginning %d tiers fire", len(got))
	}
}

func TestProjectionOfTheBudget(t *testing.T) {
	tg := rangeTarget(900_000)
	tg.Policy = PolicyBad
	e := always("p")
	e.Samples = append(e.Samples, Sample{At: 180, Value: 99, Known: true}, Sample{At: 200, Value: 20, Known: true})
	r := scoreWindow(tg, 0, 1000, 200, []Entity{e}, nil) // 10 % bad so far: exactly what is allowed
	if r.BudgetLeftMicros != 80*million || r.ProjectedLeftMicros != 0 || !r.ExhaustsAt.IsZero() {
		t.Errorf("left %d, projected %d, exhausts %v", r.BudgetLeftMicros, r.ProjectedLeftMicros, r.ExhaustsAt)
	}
	tg.TargetPPM = 950_000
	r = scoreWindow(tg, 0, 1000, 200, []Entity{e}, nil) // 20 of 50 s used in 200 s: gone after 300 more
	if r.ProjectedLeftMicros != -50*million || r.ExhaustsAt.Unix() != 500 {
		t.Errorf("projected %d, exhausts at %d; want -50 s, 500", r.ProjectedLeftMicros, r.ExhaustsAt.Unix())
	}
}

func TestRevisions(t *testing.T) {
	tg := rangeTarget(900_000)
	tg.Policy, tg.Settle = PolicyBad, 24*time.Hour
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	e := Entity{ID: "p", MaxAge: 10 * time.Second, Samples: samples(0, 80, 10, 20)}
	for asOf, want := range map[int64]WindowState{50: StateOpen, 100 + 86399: StateOpen, 100 + 86400: StateProvisional} {
		if r := ScoreSpan(tg, at(0), at(100), at(asOf), []Entity{e}, nil); r.State != want {
			t.Errorf("as of %d: %s, want %s", asOf, r.State, want)
		}
	}
	first := Close(tg, at(0), at(100), at(100), []Entity{e}, nil, nil)
	again := Close(tg, at(0), at(100), at(500), []Entity{e}, nil, nil)
	if first.Revision != 1 || len(first.Digest) != 64 || first.Digest != again.Digest || first.Results[0].Verdict != InsufficientData {
		t.Errorf("first closing: %+v", first)
	}
	e.Samples = append(e.Samples, samples(80, 100, 10, 20)...) // late data
	second := Close(tg, at(0), at(100), at(600), []Entity{e}, nil, &first)
	if second.Revision != 2 || second.Digest == first.Digest || second.Results[0].Verdict != Met {
		t.Errorf("second closing: %+v", second)
	}
	want := []Difference{{"p", "good", 80, 100}, {"p", "unknown", 20, 0}}
	if !reflect.DeepEqual(second.Difference, want) {
		t.Errorf("difference %+v, want %+v", second.Difference, want)
	}
	withExclusion := Close(tg, at(0), at(100), at(600), []Entity{e}, []Exclusion{agreed(20, 30)}, &first)
	if withExclusion.Digest == second.Digest {
		t.Error("an exclusion leaves the digest as it is")
	}
}

func TestRatioValue(t *testing.T) {
	held := func(values ...float64) Entity {
		e := Entity{ID: "p", MaxAge: 100 * time.Second}
		for i, v := range values {
			e.Samples = append(e.Samples, Sample{At: int64(i) * 100, Value: v, Known: true})
		}
		return e
	}
	tests := []struct {
		name    string
		stat    Statistic
		atMost  bool
		limit   int64
		e       Entity
		value   int64
		verdict Verdict
		basis   Basis
	}{
		{"mean of PUE", Mean, true, 1_400_000, held(1.3, 1.5, 1.4, 1.4), 1_400_000, Met, Proven},
		{"peak", Peak, true, 800_000, held(0.7, 0.81, 0.7, 0.7), 810_000, Missed, Proven},
		{"low", Low, false, 500_000, held(0.7, 0.5, 0.7, 0.7), 500_000, Met, Proven},
		{"p95 leaves out the highest twentieth", P95, true, 800_000, held(0.7, 0.7, 0.7, 0.9), 900_000, Missed, Proven},
		{"a gap, above the limit once: proven", Peak, true, 800_000, held(0.9), 900_000, Missed, Proven},
		{"a gap, mean kept: nobody knows", Mean, true, 800_000, held(0.7), 700_000, InsufficientData, ""},
		{"nothing", Mean, true, 1, Entity{ID: "p"}, 0, InsufficientData, ""},
	}
	for _, tt := range tests {
		tg := &Target{Name: "v", Kind: KindRatioValue, RatioValue: &RatioValueIndicator{Metric: "m", Statistic: tt.stat, AtMost: tt.atMost, LimitMicros: tt.limit}, MaxUnknownPPM: 20_000}
		r := scoreWindow(tg, 0, 400, 400, []Entity{tt.e}, nil)
		if r.ValueMicros != tt.value || r.Verdict != tt.verdict || r.Basis != tt.basis {
			t.Errorf("%s: %d %s %s, want %d %s %s", tt.name, r.ValueMicros, r.Verdict, r.Basis, tt.value, tt.verdict, tt.basis)
		}
	}
}
