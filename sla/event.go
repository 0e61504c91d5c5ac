package sla

import (
	"cmp"
	"slices"
	"strings"

	"nezuban/internal/facility"
)

// An Event is one thing that happened: an alarm raised or acknowledged, a backup
// completed, a notice published.
type Event struct {
	At     int64             `json:"at"` // Unix seconds, by our clock
	Name   string            `json:"name"`
	Entity string            `json:"entity,omitempty"`
	Key    string            `json:"key,omitempty"` // what makes a pair of two events: an alarm's id
	Source string            `json:"source,omitempty"`
	Attrs  map[string]string `json:"attrs,omitempty"`
}

// Names of the events that nezuban makes of its alarms.
const (
	AlarmRaised       = "alarm.raised"
	AlarmAcknowledged = "alarm.acknowledged"
	AlarmReturned     = "alarm.returned"
	AlarmEnded        = "alarm.ended"
	SampleReceived    = "sample.received"
)

// attributes for a selector: several values of one attribute are joined with ';'.
func (e *Event) attributes(key string) []string {
	switch v := e.Attrs[strings.TrimPrefix(key, "label.")]; {
	case v == "":
		return nil
	default:
		return strings.Split(v, ";")
	}
}

func (t *Target) picks(e *Event) bool { return t.Select.Match(facility.Attributes(e.attributes)) }

// An Occurrence is what a latency, count or zero target counts.
type Occurrence struct {
	Key, Entity string
	Start       int64
	End         int64 // of a latency; 0: still open
	Source      string
	verdict     class
	pending     bool
	excluded    bool
	late        bool
}

// occurrences of an entity's events that began in [from, to) and were known at
// asOf, in the order of their start. rejected counts ends that came before any
// beginning: they are no answer to anything.
func (t *Target) occurrences(e *Entity, from, to, asOf int64) (list []Occurrence, rejected int) {
	events := orderedEvents(e.Events)
	switch {
	case t.Kind == KindLatency && t.Latency != nil:
		list, rejected = t.Latency.pairs(t, events, asOf)
	case t.Kind == KindCount && t.Count != nil:
		list = t.Count.occurrences(t, events, asOf)
	case t.Kind == KindZero && t.Zero != nil:
		list = t.Zero.occurrences(t, events, asOf)
	}
	return slices.DeleteFunc(list, func(o Occurrence) bool {
		return o.Start < from || o.Start >= to || o.Start >= asOf || e.Since > 0 && o.Start < e.Since || e.Until != 0 && o.Start >= e.Until
	}), rejected
}

func orderedEvents(events []Event) []Event {
	byTime := func(a, b Event) int { return cmp.Compare(a.At, b.At) }
	if slices.IsSortedFunc(events, byTime) {
		return events
	}
	out := slices.Clone(events)
	slices.SortStableFunc(out, byTime)
	return out
}

// counts of occurrences under the exclusions.
func (t *Target) counts(entity string, list []Occurrence, from, to, asOf int64, exclusions []Exclusion) tally {
	var y tally
	whole := []Interval{{from, to}}
	all, late := t.excluded(entity, Normalize(whole), exclusions, asOf)
	for i := range list {
		o := &list[i]
		o.excluded = contains(all, o.Start)
		o.late = contains(late, o.Start)
		switch {
		case o.verdict == bad:
			y.rawBad++
		case !o.pending:
			y.rawGood++
		}
		switch {
		case o.excluded:
			y.excluded++
			if o.late {
				y.late++
			}
			y.service++
		case o.pending:
			y.pending++
		case o.verdict == bad:
			y.bad++
			y.service++
		default:
			y.good++
			y.service++
		}
	}
	return y
}

func contains(set []Interval, at int64) bool {
	_, found := slices.BinarySearchFunc(set, at, func(i Interval, at int64) int {
		switch {
		case at < i.From:
			return 1
		case at >= i.To:
			return -1
		}
		return 0
	})
	return found
}

// Counts reports whether a target of events is made of one: an occurrence, or the
// end of one.
func (t *Target) Counts(e *Event) bool {
	switch {
	case t.Kind == KindLatency && t.Latency != nil:
		return e.Name == t.Latency.From || e.Name == t.Latency.To
	case t.Kind == KindCount && t.Count != nil:
		return e.Name == t.Count.Event
	case t.Kind == KindZero && t.Zero != nil:
		return e.Name == t.Zero.Event
	case t.Kind == KindFreshness && t.Freshness != nil:
		return e.Name == t.Freshness.Event && e.Name != ""
	}
	return false
}
