package sla

import (
	"fmt"
	"math/big"
	"time"
)

// A Tier is a notice that the budget is going (targets.md §6). It fires while the
// bad share over Long and over Short is at least burn × (1 − target), where
// burn = budget share × length of the window / Long.
type Tier struct {
	Severity    string // "ticket" or "page"
	BudgetPPM   int64  // share of the budget, in millionths: 10 % is 100000
	Long, Short time.Duration
}

// A Burn is a tier that fires.
type Burn struct {
	Tier     int // its place in the target's list
	Severity string
	Long     time.Duration
	Short    time.Duration
}

// CheckTier reports why a tier cannot work with a poll interval; nil where it
// can. The shortest window of the duration counts.
func (t *Target) CheckTier(tier Tier, poll time.Duration) error {
	switch {
	case t.Kind.Unit() != UnitSeconds:
		return fmt.Errorf("a target that counts occurrences has no budget of seconds that could burn")
	case t.ZeroBudget():
		return fmt.Errorf("a target of 100 %% has no budget that could burn; any bad second is a breach")
	case tier.BudgetPPM <= 0 || tier.BudgetPPM > million:
		return fmt.Errorf("budgetPercent is no share of the budget")
	case tier.Short <= 0 || tier.Long <= tier.Short:
		return fmt.Errorf("longWindow must be longer than shortWindow, and both given")
	case tier.Long > t.Window.Shortest():
		return fmt.Errorf("longWindow %v is longer than the window", tier.Long)
	case tier.Short < 2*poll:
		return fmt.Errorf("shortWindow %v is less than two polls of %v: one bad sample would send a notice", tier.Short, poll)
	}
	part := t.TierSeconds(tier)
	if part.Cmp(big.NewRat(int64(2*poll/time.Millisecond), 1000)) < 0 {
		f, _ := part.Float64()
		return fmt.Errorf("%s %% of the budget are %.1f s, less than two polls of %v: one bad sample would send a notice", FormatPPM(tier.BudgetPPM), f, poll)
	}
	return nil
}

// TierSeconds are the seconds of budget that a tier stands for, in the shortest
// window.
func (t *Target) TierSeconds(tier Tier) *big.Rat {
	budget := new(big.Rat).Mul(big.NewRat(int64(t.Window.Shortest()/time.Second), 1), big.NewRat(million-t.TargetPPM, million))
	return budget.Mul(budget, big.NewRat(tier.BudgetPPM, million))
}

// burning are the tiers that fire at asOf in a window [from, to), where badIn
// gives the bad and the eligible seconds of the time before asOf. Time before the
// entities came into service is no bad time: what has run for a minute burns no
// budget of a day.
func (t *Target) burning(from, to, asOf, entities int64, badIn func(from, to int64) (bad, eligible int64)) []Burn {
	var out []Burn
	for i, tier := range t.Tiers {
		long, short := int64(tier.Long/time.Second), int64(tier.Short/time.Second)
		fires := true
		for _, span := range []int64{long, short} {
			b, e := badIn(asOf-span, asOf)
			e = max(e, span*max(1, entities))
			// b/e ≥ p/10⁶ × (to−from)/long × (10⁶−T)/10⁶
			left := new(big.Int).Mul(big.NewInt(b), big.NewInt(long))
			left.Mul(left, big.NewInt(million*million))
			right := new(big.Int).Mul(big.NewInt(e), big.NewInt(to-from))
			right.Mul(right, big.NewInt(tier.BudgetPPM)).Mul(right, big.NewInt(million-t.TargetPPM))
			fires = fires && b > 0 && left.Cmp(right) >= 0
		}
		if fires {
			out = append(out, Burn{i, tier.Severity, tier.Long, tier.Short})
		}
	}
	return out
}

// Burning are the tiers of a target that fire at asOf, by its entities' samples.
// Unknown time counts as the policy says.
func Burning(t *Target, asOf time.Time, entities []Entity, exclusions []Exclusion) []Burn {
	if len(t.Tiers) == 0 {
		return nil
	}
	from, to := Bounds(t.Window, asOf)
	return t.burning(from.Unix(), to.Unix(), asOf.Unix(), t.timelines(len(entities)), func(a, b int64) (int64, int64) {
		r := ScoreSpan(t, time.Unix(a, 0), time.Unix(b, 0), asOf, entities, exclusions)
		return r.Denominator - r.Numerator, r.Denominator
	})
}

// timelines are how many entity-seconds a second of the target has.
func (t *Target) timelines(entities int) int64 {
	if t.Combine == Pooled {
		return int64(entities)
	}
	return 1
}
