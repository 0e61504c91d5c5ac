package sla

import (
	"fmt"
	"math/big"
	"math/bits"
	"time"
)

const million = 1_000_000

// A tally is what the seconds of one entity, or of several, came to; of kinds
// that count occurrences the numbers of these.
type tally struct {
	service  int64 // |S|, over the whole window
	excluded int64 // |X|, over the whole window
	late     int64 // of X, with late notice
	good     int64
	bad      int64
	unknown  int64
	thin     int64 // of good

	rawGood, rawBad, rawUnknown int64 // as if nothing were excluded

	pending, overdue, rejected int64
	feed, dead                 int64 // of zero: seconds in which a source should have lived, and did not
}

func (a tally) plus(b tally) tally {
	return tally{
		a.service + b.service, a.excluded + b.excluded, a.late + b.late, a.good + b.good, a.bad + b.bad, a.unknown + b.unknown, a.thin + b.thin,
		a.rawGood + b.rawGood, a.rawBad + b.rawBad, a.rawUnknown + b.rawUnknown,
		a.pending + b.pending, a.overdue + b.overdue, a.rejected + b.rejected, a.feed + b.feed, a.dead + b.dead,
	}
}

// figures fills in everything that follows from a tally. The window and the
// names are the caller's.
func (t *Target) figures(r Result, y tally) Result {
	if y.good < 0 || y.bad < 0 || y.unknown < 0 || y.excluded < 0 || y.good+y.bad+y.unknown > y.service-y.excluded || y.thin > y.good {
		panic(fmt.Sprintf("sla: the account of target %s does not add up: %+v", t.Name, y))
	}
	r.TargetPPM, r.Section, r.Title, r.Kind = t.TargetPPM, t.Section, t.DisplayName, t.Kind
	r.Good, r.Bad, r.Unknown, r.Excluded = y.good, y.bad, y.unknown, y.excluded
	r.LateNotice, r.Thin, r.Pending, r.Overdue, r.Rejected = y.late, y.thin, y.pending, y.overdue, y.rejected
	r.Eligible = y.good + y.bad + y.unknown
	r.Numerator, r.Denominator = t.indicator(y)
	r.RawNumerator, r.RawDenominator = t.indicator(tally{good: y.rawGood, bad: y.rawBad, unknown: y.rawUnknown})
	r.Few = t.Kind.Unit() == UnitOccurrences && t.Kind != KindZero && r.Eligible > 0 && r.Eligible < t.MinCount
	t.budget(&r, y)
	if t.Kind == KindZero {
		r.Verdict, r.Basis = t.zeroVerdict(y)
	} else {
		r.Verdict, r.Basis = t.verdict(r)
	}
	return r
}

// budget of the whole window, also while it is open.
func (t *Target) budget(r *Result, y tally) {
	base := y.service - y.excluded
	if t.Policy == PolicyExclude {
		base -= y.unknown
	}
	r.BudgetMicros = (million - t.TargetPPM) * base
	used := million * (r.Denominator - r.Numerator)
	r.BudgetLeftMicros = r.BudgetMicros - used
	r.Exhausted = used > r.BudgetMicros
	r.ProjectedLeftMicros = r.BudgetLeftMicros
	if !r.Open || r.Denominator == 0 || t.Kind.Unit() != UnitSeconds {
		return
	}
	atEnd := new(big.Int).Mul(big.NewInt(used), big.NewInt(base)) // if the rest is like what has passed
	q, m := atEnd.QuoRem(atEnd, big.NewInt(r.Denominator), new(big.Int))
	if m.Sign() > 0 { // towards the worse
		q.Add(q, big.NewInt(1))
	}
	if q.IsInt64() {
		r.ProjectedLeftMicros = r.BudgetMicros - q.Int64()
	}
	if used > 0 && r.ProjectedLeftMicros < 0 && !r.Exhausted {
		left := new(big.Int).Mul(big.NewInt(r.BudgetLeftMicros), big.NewInt(r.Denominator))
		r.ExhaustsAt = r.AsOf.Add(time.Duration(left.Quo(left, big.NewInt(used)).Int64()) * time.Second)
	}
}

// indicator is the SLI under the missing-data policy, as a fraction.
func (t *Target) indicator(y tally) (numerator, denominator int64) {
	switch t.Policy {
	case PolicyExclude:
		return y.good, y.good + y.bad
	case PolicyGood:
		return y.good + y.unknown, y.good + y.bad + y.unknown
	}
	return y.good, y.good + y.bad + y.unknown
}

// verdict: what holds whatever the unknown time was comes first; the policy
// decides only what remains. Under exclude, time that is all unknown has no SLI
// and is never judged by policy.
func (t *Target) verdict(r Result) (Verdict, Basis) {
	switch {
	case r.Eligible == 0:
		return NotApplicable, ""
	case atLeast(r.Good, r.Eligible, t.TargetPPM):
		return Met, Proven
	case !atLeast(r.Good+r.Unknown, r.Eligible, t.TargetPPM):
		return Missed, Proven
	case above(r.Unknown, r.Eligible, t.MaxUnknownPPM), r.Denominator == 0:
		return InsufficientData, ""
	case atLeast(r.Numerator, r.Denominator, t.TargetPPM):
		return Met, ByPolicy
	}
	return Missed, ByPolicy
}

// atLeast: part/whole ≥ ppm/10⁶.
func atLeast(part, whole, ppm int64) bool { return compare(part, million, ppm, whole) >= 0 }

// above: part/whole > ppm/10⁶.
func above(part, whole, ppm int64) bool { return compare(part, million, ppm, whole) > 0 }

// compare a·b with c·d, none negative, in 128 bits.
func compare(a, b, c, d int64) int {
	h1, l1 := bits.Mul64(uint64(a), uint64(b))
	h2, l2 := bits.Mul64(uint64(c), uint64(d))
	switch {
	case h1 != h2 && h1 < h2, h1 == h2 && l1 < l2:
		return -1
	case h1 == h2 && l1 == l2:
		return 0
	}
	return 1
}

// worse reports whether a is worse than b: first by verdict, then by SLI.
func worse(a, b Result) bool {
	order := map[Verdict]int{Missed: 3, InsufficientData: 2, Met: 1, NotApplicable: 0}
	if order[a.Verdict] != order[b.Verdict] {
		return order[a.Verdict] > order[b.Verdict]
	}
	if a.Kind == KindRatioValue && a.HasValue && b.HasValue && a.ValueMicros != b.ValueMicros {
		return (a.ValueMicros > b.ValueMicros) == a.AtMost
	}
	if a.Denominator == 0 || b.Denominator == 0 {
		if (a.Denominator == 0) != (b.Denominator == 0) {
			return a.Denominator == 0
		}
		return a.Entity < b.Entity
	}
	if c := compare(a.Numerator, b.Denominator, b.Numerator, a.Denominator); c != 0 {
		return c < 0
	}
	return a.Entity < b.Entity
}
