package alarm

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"nezuban/internal/facility"
)

// Validate lists everything that is wrong with a rule by itself, in words for
// who wrote it; nil where nothing is.
func (r *Rule) Validate() []string {
	var p problems
	p.unless(r.ID != "", "a rule needs an id")
	p.unless(r.Revision >= 1, "revision is %d; begin with 1 and raise it with every change", r.Revision)
	p.unless(slices.Contains([]Class{LifeSafety, Redundancy, Environment, Capacity, Security, Compliance}, r.Class),
		"class %q is unknown; use life_safety, redundancy, environment, capacity, security or compliance", r.Class)
	p.unless(slices.Contains([]Consequence{Minor, Major, Severe}, r.Severity),
		"consequence_severity %q is unknown; use minor, major or severe", r.Severity)
	p.unless(r.TimeToRespond > 0, "time_to_respond is missing; the priority follows from it")
	p.unless(r.OnDelay >= 0 && r.OffDelay >= 0 && r.Realarm >= 0, "delays and realarm cannot be negative")
	p.unless(!r.ResetImpliesAck || r.Latching || r.FireAlarm, "reset_implies_ack only means something where latching is true")
	p.unless(slices.Contains([]Effect{NoEffect, Loss, Response}, r.Effect), "effect %q is unknown; use loss or response, or leave it out", r.Effect)
	r.validateType(&p)
	r.validateSuppression(&p)
	r.validateFire(&p)
	r.validateText(&p)
	return p
}

func (r *Rule) validateType(p *problems) {
	limits, states := len(r.limits()) > 0, len(r.States) > 0 || r.MinSeverity >= facility.SeverityWarning
	switch r.Type {
	case Limit:
		r.validateLimits(p)
	case State:
		p.unless(states, "a state rule names its abnormal states, or a min_severity of warning or critical")
	case NoData:
		p.unless(!r.Latching, "an alarm about absent data cannot latch: nothing is there to be reset")
	case Deviation:
		r.validateLimits(p)
		r.validateReference(p)
	case Rate:
		r.validateLimits(p)
		p.unless(r.Window > 0, "a rate rule needs a window: the time over which the change counts")
		p.unless(r.Per > 0, "a rate rule needs per: the time that its limits are a change in")
	case Calculated:
		p.unless(r.Expression != nil, "a calculated rule needs an expression")
	case EventOnly:
		p.unless(limits != states, "an event rule has the limits of a limit rule or the states of a state rule, one of the two")
		if limits {
			r.validateLimits(p)
		}
		p.unless(r.Class != LifeSafety, "nothing of class life_safety is a mere event")
		p.unless(!r.Latching && r.Realarm == 0 && r.Effect == NoEffect && r.Escalation == "",
			"an event neither latches nor is annunciated again, nor has it an effect or an escalation")
	default:
		p.add("type %q is unknown; use limit, state, deviation, rate, no_data, calculated or event", r.Type)
	}
	if !slices.Contains([]Type{Limit, Deviation, Rate, EventOnly}, r.Type) {
		p.unless(!limits && r.Deadband == 0, "limits and deadband belong to rules of type limit, deviation or rate")
	}
	if r.Type != State && r.Type != EventOnly {
		p.unless(len(r.States) == 0 && r.MinSeverity == 0, "states and min_severity belong to rules of type state")
	}
	p.unless(r.Type == Deviation || r.Reference == Reference{}, "reference belongs to rules of type deviation")
	p.unless(r.Type == Rate || r.Window == 0 && r.Per == 0, "window and per belong to rules of type rate")
	p.unless(r.Type == Calculated || r.Expression == nil, "expression belongs to rules of type calculated")
}

func (r *Rule) validateReference(p *problems) {
	n := 0
	for _, set := range []bool{r.Reference.Value != nil, r.Reference.Metric != "", r.Reference.Mean} {
		if set {
			n++
		}
	}
	p.unless(n == 1, "a deviation rule needs one reference: a value, a metric, or the mean")
	p.unless(r.Reference.Group == "" || r.Reference.Mean, "the group of a reference belongs to the mean")
}

// validateSuppression checks what may hold the alarm back.
func (r *Rule) validateSuppression(p *problems) {
	p.unless(r.MaxShelve >= 0, "max_shelve cannot be negative")
	if r.Class == LifeSafety {
		p.unless(len(r.SuppressWhen) == 0, "suppress_when: nothing of class life_safety is suppressed")
		p.unless(r.MaxShelve == 0, "max_shelve: nothing of class life_safety is shelved")
		return
	}
	longest := MaxShelving(r.Priority())
	p.unless(r.MaxShelve <= longest, "max_shelve %s is above %s, the cap of its priority P%d", r.MaxShelve, longest, r.Priority())
	p.unless(!slices.Contains(r.SuppressWhen, r.ID), "suppress_when: a rule cannot suppress itself")
	p.unless(len(r.SuppressWhen) == 0 || r.Priority() > facility.P1 || twoPeople(r.ApprovedBy),
		"suppress_when on a P1 needs two different people in approved_by")
}

type namedLimit struct {
	name  string
	value float64
}

// limits are those the rule sets, the lowest place first.
func (r *Rule) limits() []namedLimit {
	var set []namedLimit
	for _, l := range []struct {
		name  string
		value *float64
	}{{"low_low", r.LowLow}, {"low", r.Low}, {"high", r.High}, {"high_high", r.HighHigh}} {
		if l.value != nil {
			set = append(set, namedLimit{l.name, *l.value})
		}
	}
	return set
}

func (r *Rule) validateLimits(p *problems) {
	set := r.limits()
	p.unless(len(set) > 0, "a limit rule needs at least one of low_low, low, high, high_high")
	for i, l := range set {
		p.unless(!math.IsNaN(l.value) && !math.IsInf(l.value, 0), "%s is not a number", l.name)
		if i > 0 {
			p.unless(set[i-1].value < l.value, "%s (%g) must lie below %s (%g)", set[i-1].name, set[i-1].value, l.name, l.value)
		}
	}
	p.unless(r.Deadband > 0 && !math.IsInf(r.Deadband, 0), "deadband must be above 0, or the alarm chatters at its limit")
	inner := func(a, b *float64) *float64 {
		if a != nil {
			return a
		}
		return b
	}
	if low, high := inner(r.Low, r.LowLow), inner(r.High, r.HighHigh); low != nil && high != nil {
		p.unless(*low+r.Deadband < *high-r.Deadband, "deadband %g leaves no normal range between %g and %g", r.Deadband, *low, *high)
	}
}

func (r *Rule) validateFire(p *problems) {
	if !r.FireAlarm {
		return
	}
	p.unless(r.OnDelay == 0 && r.OffDelay == 0, "a fire alarm has no delay")
	p.unless(r.Latching, "a fire alarm latches: a person resets it after the panel")
	p.unless(r.Class == LifeSafety, "a fire alarm is of class life_safety")
	p.unless(r.Type == State, "a fire alarm is a rule of type state")
}

func (r *Rule) validateText(p *problems) {
	both := func(what string, t facility.Text) {
		p.unless(t.En != "" && t.Ja != "", "%s is missing in %s", what, missingLanguage(t))
	}
	both("name", r.Text.Name)
	both("consequence", r.Text.Consequence)
	if r.Text.Confirm != (facility.Text{}) {
		both("confirm", r.Text.Confirm)
	}
	p.unless(len(r.Text.Causes) > 0, "causes are missing")
	for _, t := range r.Text.Causes {
		both("a cause", t)
	}
	p.unless(len(r.Text.Action) > 0, "an action is missing; if the operator need do nothing, it is not an alarm")
	for _, t := range r.Text.Action {
		both("an action", t)
	}
	p.unless(r.Owner != "", "owner is missing")
	p.unless(r.Procedure != "", "procedure is missing")
}

func missingLanguage(t facility.Text) string {
	switch {
	case t.En == "" && t.Ja == "":
		return "English and Japanese"
	case t.En == "":
		return "English"
	}
	return "Japanese"
}

type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p *problems) unless(ok bool, format string, args ...any) {
	if !ok {
		p.add(format, args...)
	}
}

// selectorKeys are the attributes that a selector names, in its order.
func selectorKeys(s facility.Selector) []string {
	var keys []string
	for _, term := range strings.FieldsFunc(s.String(), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if i := strings.IndexAny(term, "=!~<>"); i > 0 {
			keys = append(keys, term[:i])
		}
	}
	return keys
}
