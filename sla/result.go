package sla

import (
	"time"

	"nezuban/internal/facility"
)

// Verdict of a target over a window (targets.md §3.3).
type Verdict string

const (
	Met              Verdict = "met"
	Missed           Verdict = "missed"
	InsufficientData Verdict = "insufficient_data"
	NotApplicable    Verdict = "not_applicable"
)

// Basis says what a verdict rests on.
type Basis string

const (
	Proven   Basis = "proven"    // holds whatever the unknown time was
	ByPolicy Basis = "by_policy" // the missing-data policy decided
)

// WindowState says how far a window's figures can still change.
type WindowState string

const (
	StateOpen        WindowState = "open"        // running, or within the settle time after its end
	StateProvisional WindowState = "provisional" // closed, not signed
	StateFinal       WindowState = "final"       // signed; later data make another revision
)

// A Result is what came of one target for one entity, or pooled over several,
// in one window. All times are whole seconds (entity-seconds where pooled); of
// kinds that count occurrences they are numbers of these.
type Result struct {
	Name        string        // the target's stable id
	Entity      string        // device or point id; "" where pooled
	DisplayName string        // English, or the entity's where there is one
	Title       facility.Text // the target's name in both languages
	Kind        Kind
	WindowStart time.Time
	WindowEnd   time.Time
	AsOf        time.Time

	Verdict Verdict
	Basis   Basis
	Open    bool // the window is not over: the verdict is "so far"
	State   WindowState

	TargetPPM int64 // 999500 = 99.95 %
	Good      int64
	Bad       int64
	Unknown   int64
	Excluded  int64
	Eligible  int64 // Good + Bad + Unknown, checked

	LateNotice int64 // of Excluded, what was noticed too late
	Thin       int64 // of Good, redundancy with a thin margin
	Pending    int64 // occurrences that are open and within their limit
	Overdue    int64 // obligations of earlier windows still not done
	Rejected   int64 // events that answered nothing
	Few        bool  // fewer occurrences than a percentage needs

	// Numerator and Denominator of the SLI under the missing-data policy;
	// Denominator 0: there is no SLI, print "—".
	Numerator, Denominator int64
	// RawNumerator and RawDenominator are the same without any exclusion.
	RawNumerator, RawDenominator int64

	// Budget in millionths of a second: exact, since the target has six decimals.
	BudgetMicros     int64 // allowed over the whole window
	BudgetLeftMicros int64 // may be negative
	Exhausted        bool
	// ProjectedLeftMicros is what the budget will be at the end if it goes on being
	// used as so far; ExhaustsAt when it would be used up, zero where it would not.
	ProjectedLeftMicros int64
	ExhaustsAt          time.Time
	Burning             []Burn // tiers that fire now

	// Of ratio-value.
	ValueMicros, LimitMicros int64
	HasValue, AtMost         bool
	Statistic                Statistic

	Section string // report section id
	// Of "each": entities met and judged, and the worst entity.
	MetEntities, Entities int

	Revision   int    // of the window: 0 while open or provisional for the first time
	Definition int    // revision of the target's definition
	Digest     string // SHA-256 of what the figures were made of; "" while open
	Split      bool   // one of several parts of a window in which the target was edited
}

// Unit of what the result counts.
func (r *Result) Unit() Unit { return r.Kind.Unit() }
