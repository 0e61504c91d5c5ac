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

// A Result is what came of one target for one entity, or pooled over several,
// in one window. All times are whole seconds (entity-seconds where pooled).
type Result struct {
	Name        string        // the target's stable id
	Entity      string        // device or point id; "" where pooled
	DisplayName string        // English, or the entity's where there is one
	Title       facility.Text // the target's name in both languages
	WindowStart time.Time
	WindowEnd   time.Time
	AsOf        time.Time

	Verdict Verdict
	Basis   Basis
	Open    bool // the window is not over: the verdict is "so far"

	TargetPPM int64 // 999500 = 99.95 %
	Good      int64
	Bad       int64
	Unknown   int64
	Excluded  int64
	Eligible  int64 // Good + Bad + Unknown, checked

	// Numerator and Denominator of the SLI under the missing-data policy;
	// Denominator 0: there is no SLI, print "—".
	Numerator, Denominator int64

	// Budget in millionths of a second: exact, since the target has six decimals.
	BudgetMicros     int64 // allowed over the whole window
	BudgetLeftMicros int64 // may be negative
	Exhausted        bool

	Section string // report section id
	// Of "each": entities met and judged, and the worst entity.
	MetEntities, Entities int
}
