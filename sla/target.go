package sla

import (
	"time"

	"nezuban/internal/facility"
)

// Kind of indicator. The file that implements a kind is named after it.
type Kind string

const (
	KindState Kind = "state"
	KindRange Kind = "range"
)

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

	Select  facility.Selector // picks points; the indicator's metric is added to it
	Combine Combine

	Kind  Kind
	State *StateIndicator
	Range *RangeIndicator

	Window    Window
	TargetPPM int64 // 0 … 1000000; 1000000 is a zero-budget target

	Policy        Policy
	MaxAge        time.Duration // 0: 2.5 × the point's effective interval
	MaxUnknownPPM int64

	Section string // report section id
	Source  string // where the figure comes from: "ours" for the starter set

	File string
	Line int
}

// A StateIndicator is good while the point is in one of the states.
type StateIndicator struct {
	Metric string
	Good   []string // names of the profile's states; nil: every state of severity normal
}

// A RangeIndicator is good while Min ≤ value ≤ Max, in the metric's base unit.
type RangeIndicator struct {
	Metric   string
	Min, Max *float64 // nil: unbounded on that side; at least one is set
}

// A Window is a calendar window in an IANA zone.
type Window struct {
	Duration string // "1d", "1w", "1M", "1Q", "1Y"; the spine implements 1d and 1M
	Zone     *time.Location
}

// A Sample is one stored value of one entity.
type Sample struct {
	At    int64 // Unix seconds
	Value float64
	Known bool // false: the poll brought nothing; ends the hold of nothing, see Score
}
