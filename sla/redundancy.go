package sla

import (
	"slices"

	"nezuban/internal/facility"
)

// A RedundancyIndicator is good while the loss of either side would be survived
// (targets.md §4). Sides, Require and PeakSumMaxPPM describe what the topology
// computes; it says so either by one state of the load (Metric, Good) or by two
// inputs, survive-a and survive-b.
type RedundancyIndicator struct {
	Metric  string   // state of the load, such as power_redundancy
	Good    []string // states in which both losses are survived; nil: by Want
	Sides   []string
	Need    int // sides that must be able to carry everything
	Want    int // sides expected live
	Require []string
	// PeakSumMaxPPM is the simultaneous sum, of the smaller side's capacity, above
	// which the margin is thin: printed apart, not bad. 0: 80 %.
	PeakSumMaxPPM int64
}

// class of one input's sample.
func (i *RedundancyIndicator) class(s Sample, states []facility.State) class {
	if !isNumber(s.Value) {
		return unknown
	}
	switch s.Input {
	case InputSurviveA, InputSurviveB:
		switch s.Value {
		case 1:
			return good
		case 0:
			return bad
		}
		return unknown
	case InputMarginPPM:
		limit := i.PeakSumMaxPPM
		if limit == 0 {
			limit = 800_000
		}
		switch {
		case s.Value > million: // the classic hidden failure: every device is green
			return bad
		case s.Value > float64(limit):
			return good // "good" of this input means: the margin is thin
		}
		return unknown
	}
	return i.state(s.Value, states)
}

func (i *RedundancyIndicator) state(v float64, states []facility.State) class {
	at := slices.IndexFunc(states, func(s facility.State) bool { return float64(s.Value) == v })
	switch {
	case at < 0 || states[at].Severity == facility.SeverityUnknown && !slices.Contains(i.Good, states[at].Name):
		return unknown
	case slices.Contains(i.Good, states[at].Name), len(i.Good) == 0 && states[at].Severity == facility.SeverityNormal:
		return good
	}
	return bad
}

// sets: good while both losses are known to be survived; bad while one is known
// not to be, or the sum of both loads is above the smaller side.
func (i *RedundancyIndicator) sets(f *fold) (goodSet, badSet, thin []Interval) {
	goodSet, badSet = f.main.good, f.main.bad
	if f.more == nil {
		return goodSet, badSet, nil
	}
	a, b, margin := &f.more[InputSurviveA], &f.more[InputSurviveB], &f.more[InputMarginPPM]
	if a.has || b.has {
		goodSet = intersect(a.good, b.good)
		badSet = Normalize(append(append([]Interval(nil), a.bad...), b.bad...))
	}
	if margin.has {
		badSet = Normalize(append(append([]Interval(nil), badSet...), margin.bad...))
		goodSet = subtract(goodSet, badSet)
		thin = intersect(goodSet, margin.good)
	}
	return goodSet, badSet, thin
}
