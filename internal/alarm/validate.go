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
	switch r.Type {
	case Limit:
		r.validateLimits(&p)
	case State:
		p.unless(len(r.States) > 0 || r.MinSeverity >= facility.SeverityWarning,
			"a state rule names its abnormal states, or a min_severity of warning or critical")
	case NoData:
		p.unless(!r.Latching, "an alarm about absent data cannot latch: nothing is there to be reset")
	default:
		p.add("type %q is unknown; use limit, state or no_data", r.Type)
	}
	if r.Type != Limit {
		p.unless(len(r.limits()) == 0 && r.Deadband == 0, "limits and deadband belong to rules of type limit")
	}
	if r.Type != State {
		p.unless(len(r.States) == 0 && r.MinSeverity == 0, "states and min_severity belong to rules of type state")
	}
	r.validateFire(&p)
	r.validateText(&p)
	return p
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
