package sla

import (
	"slices"
	"time"

	"nezuban/internal/facility"
)

// Kind of indicator. The file that implements a kind is named after it.
type Kind string

const (
	KindState      Kind = "state"
	KindRedundancy Kind = "redundancy"
	KindRange      Kind = "range"
	KindFreshness  Kind = "freshness"
	KindCoverage   Kind = "coverage"
	KindLatency    Kind = "latency"
	KindCount      Kind = "count"
	KindZero       Kind = "zero"
	KindDue        Kind = "due"
	KindRatioValue Kind = "ratio-value"
)

// Kinds in the order of targets.md section 2.
var Kinds = []Kind{KindState, KindRedundancy, KindRange, KindFreshness, KindCoverage, KindLatency, KindCount, KindZero, KindDue, KindRatioValue}

// Unit is what an indicator counts.
type Unit string

const (
	UnitSeconds     Unit = "seconds"
	UnitOccurrences Unit = "occurrences" // events and obligations
	UnitValue       Unit = "value"       // one number; no budget
)

// Unit of a kind.
func (k Kind) Unit() Unit {
	switch k {
	case KindLatency, KindCount, KindZero, KindDue:
		return UnitOccurrences
	case KindRatioValue:
		return UnitValue
	}
	return UnitSeconds
}

// Policy says what unknown time counts as (targets.md §3.2).
type Policy string

const (
	PolicyBad     Policy = "bad"
	PolicyExclude Policy = "exclude"
	PolicyGood    Policy = "good"
	PolicyHold    Policy = "hold"
)

// Combine says how several entities make one figure.
type Combine string

const (
	Pooled Combine = "pooled" // sums of entity-seconds
	Each   Combine = "each"   // every entity judged, the worst shown
	Any    Combine = "any"    // bad while any is bad
	All    Combine = "all"    // bad while all are bad
)

// A Target is a promise about one quantity over one calendar window.
type Target struct {
	Name        string
	DisplayName facility.Text
	Description facility.Text
	Labels      map[string]string
	Service     string
	Owner       string

	Select  facility.Selector // picks points, or events and obligations; the indicator's metric is added to it
	Combine Combine

	Kind       Kind
	State      *StateIndicator
	Range      *RangeIndicator
	Redundancy *RedundancyIndicator
	Freshness  *FreshnessIndicator
	Coverage   *CoverageIndicator
	Latency    *LatencyIndicator
	Count      *CountIndicator
	Zero       *ZeroIndicator
	Due        *DueIndicator
	RatioValue *RatioValueIndicator

	Window    Window
	TargetPPM int64 // 0 … 1000000; 1000000 is a zero-budget target

	Policy        Policy
	MaxAge        time.Duration // 0: 2.5 × the point's effective interval
	MaxUnknownPPM int64

	Exclude   ExclusionRules
	Tiers     []Tier
	Settle    time.Duration // from the end of a window until it closes
	Effective int64         // Unix seconds from which this definition counts; 0: the next window's beginning

	Section  string // report section id
	Audience []string
	Decimals int    // of percentages in reports
	MinCount int64  // occurrences below which no percentage is printed
	Source   string // where the figure comes from: "ours" for the starter set

	File string
	Line int
}

// LifeSafety reports whether a target speaks of what protects life: nothing is
// ever left out of such a one.
func (t *Target) LifeSafety() bool { return t.Section == "fire" }

// ZeroBudget reports whether any bad second or occurrence breaks the target.
func (t *Target) ZeroBudget() bool {
	return t.Kind == KindZero || t.Kind != KindRatioValue && t.TargetPPM == million
}

// Metric is the metric that the target's indicator names; "" where it has none.
func (t *Target) Metric() string {
	switch {
	case t.Kind == KindState && t.State != nil:
		return t.State.Metric
	case t.Kind == KindRange && t.Range != nil:
		return t.Range.Metric
	case t.Kind == KindRedundancy && t.Redundancy != nil:
		return t.Redundancy.Metric
	case t.Kind == KindFreshness && t.Freshness != nil:
		return t.Freshness.Metric
	case t.Kind == KindCoverage && t.Coverage != nil:
		return t.Coverage.Metric
	case t.Kind == KindRatioValue && t.RatioValue != nil:
		return t.RatioValue.Metric
	}
	return ""
}

// OfPoints reports whether the target is judged on points: state, range,
// redundancy, coverage, ratio-value, and freshness of a metric.
func (t *Target) OfPoints() bool {
	return t.Kind == KindCoverage || t.Metric() != ""
}

// Matches reports whether a target is judged on a point of a device. Coverage
// without a metric is judged on every point that the selector picks.
func (t *Target) Matches(d *facility.Device, p *facility.Point) bool {
	if !t.OfPoints() || t.Metric() != "" && p.Metric != t.Metric() {
		return false
	}
	return t.Select.Match(facility.PointAttributes(d, p))
}

// A StateIndicator is good while the point is in one of the states.
type StateIndicator struct {
	Metric         string
	Good           []string // names of the profile's states; nil: every state of severity normal
	UnreachableBad bool     // a device that does not answer a live collector is bad, not unknown
}

// A RangeIndicator is good while Min ≤ value ≤ Max, in the metric's base unit.
type RangeIndicator struct {
	Metric         string
	Min, Max       *float64 // nil: unbounded on that side; at least one is set
	UnreachableBad bool
}

// A Sample is one stored value of one entity.
type Sample struct {
	At    int64 // Unix seconds
	Value float64
	Known bool  // false: the poll brought nothing; ends the hold of nothing, see Score
	Input Input // which of the entity's inputs it is of; 0 for all kinds but redundancy
}

// Input tells the inputs of an entity apart.
type Input uint8

const (
	InputMain      Input = iota // the point itself; of redundancy the state of the load
	InputSurviveA               // redundancy: 1 while the loss of side A is survived, 0 while not
	InputSurviveB               // redundancy: the same for side B
	InputMarginPPM              // redundancy: simultaneous sum in millionths of the smaller side's capacity
	inputs
)

// InputNames are the names of the inputs, for files of samples.
var InputNames = [inputs]string{"", "survive-a", "survive-b", "peak-sum"}

// InputOf finds an input by its name.
func InputOf(name string) (Input, bool) {
	i := slices.Index(InputNames[:], name)
	return Input(max(i, 0)), i >= 0
}
