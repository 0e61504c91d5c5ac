package sla

// Statistic makes one number of a window's values.
type Statistic string

const (
	Mean Statistic = "mean" // weighted by time
	Peak Statistic = "peak"
	Low  Statistic = "low"
	P95  Statistic = "p95" // of the time
)

// Statistics that a ratio-value target may use.
var Statistics = []Statistic{Mean, Peak, Low, P95}

// A RatioValueIndicator compares one number of the window with a limit: PUE, a
// capacity. There is no budget, and nothing is excluded.
type RatioValueIndicator struct {
	Metric      string
	Statistic   Statistic
	AtMost      bool  // value ≤ limit is met; else value ≥ limit
	LimitMicros int64 // millionths of the metric's base unit
}

// value is the number, in millionths; false where nothing was known.
func (i *RatioValueIndicator) value(h histogram) (int64, bool) {
	if len(h) == 0 {
		return 0, false
	}
	switch i.Statistic {
	case Peak:
		return h[len(h)-1].value, true
	case Low:
		return h[0].value, true
	case P95:
		return h.quantile(950_000), true
	}
	return h.mean(), true
}

// meets reports whether a number keeps the limit; equality keeps it.
func (i *RatioValueIndicator) meets(v int64) bool {
	if i.AtMost {
		return v <= i.LimitMicros
	}
	return v >= i.LimitMicros
}

// valued fills in a result of a value. A peak above the limit is proven whatever
// the unknown time was; everything else that unknown time could change is by
// policy.
func (t *Target) valued(r Result, y tally, h histogram) Result {
	i := t.RatioValue
	r.TargetPPM, r.Section, r.Title, r.Kind = 0, t.Section, t.DisplayName, t.Kind
	r.Good, r.Unknown, r.Eligible = y.good, y.unknown, y.good+y.unknown
	r.LimitMicros, r.AtMost, r.Statistic = i.LimitMicros, i.AtMost, i.Statistic
	r.ValueMicros, r.HasValue = i.value(h)
	switch {
	case r.Eligible == 0:
		r.Verdict = NotApplicable
	case !r.HasValue, above(y.unknown, r.Eligible, t.MaxUnknownPPM):
		r.Verdict = InsufficientData
		if r.HasValue && t.provenBreach(r) {
			r.Verdict, r.Basis = Missed, Proven
		}
	case y.unknown == 0 || t.provenBreach(r):
		r.Verdict, r.Basis = Missed, Proven
		if i.meets(r.ValueMicros) {
			r.Verdict = Met
		}
	default:
		r.Verdict, r.Basis = Missed, ByPolicy
		if i.meets(r.ValueMicros) {
			r.Verdict = Met
		}
	}
	return r
}

// provenBreach: a peak, or a low, beyond the limit stays so.
func (t *Target) provenBreach(r Result) bool {
	i := t.RatioValue
	return !i.meets(r.ValueMicros) && (i.AtMost && i.Statistic == Peak || !i.AtMost && i.Statistic == Low)
}
