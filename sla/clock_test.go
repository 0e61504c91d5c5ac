package sla

import (
	"math/rand/v2"
	"testing"
	"time"

	"nezuban/internal/facility"
)

// TestNoClockBreaksAnAccount: whatever our clock does between samples and
// questions, forward, back, over a month's edge or to before the entity was in
// service, the seconds add up and nothing panics: alarms run in the same process.
func TestNoClockBreaksAnAccount(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	lo, hi := 18.0, 27.0
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC).Unix()
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		target := &Target{
			Name: "t", Kind: KindRange, Range: &RangeIndicator{Metric: "temperature_celsius", Min: &lo, Max: &hi},
			Window: Window{Duration: []string{"1d", "1M"}[r.IntN(2)], Zone: zone}, TargetPPM: 995_000,
			Policy: []Policy{PolicyBad, PolicyExclude, PolicyGood}[r.IntN(3)], Combine: []Combine{Pooled, Each, Any, All}[r.IntN(4)],
			MaxUnknownPPM: 20_000,
		}
		now := start
		accounts := make([]*Account, 1+r.IntN(3))
		for i := range accounts {
			since := start + r.Int64N(90*86400) - 45*86400
			accounts[i] = NewAccount(target, Entity{ID: string(rune('a' + i)), Since: since, MaxAge: 75 * time.Second, States: []facility.State{}}, time.Unix(now, 0))
		}
		for range 60 {
			switch r.IntN(6) {
			case 0: // a step of the clock
				now += r.Int64N(80*86400) - 40*86400
			default:
				now += r.Int64N(90)
			}
			accounts[r.IntN(len(accounts))].Add(Sample{At: now + r.Int64N(20) - 10, Value: 10 + 20*r.Float64(), Known: r.IntN(5) > 0})
			got := Summarize(target, accounts, time.Unix(now, 0), nil)
			if got.Good+got.Bad+got.Unknown != got.Eligible || got.Good < 0 || got.Bad < 0 || got.Unknown < 0 {
				t.Fatalf("seed %d: seconds do not add up: %+v", seed, got)
			}
		}
	}
}
