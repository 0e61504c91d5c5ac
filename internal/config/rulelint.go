package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// undelayed checks that nothing of class life_safety waits; of a fire alarm the
// alarm package says it.
func (l *loader) undelayed(d *definition) {
	y := &d.y
	if y.FireAlarm || alarm.Class(y.Class.V) != alarm.LifeSafety {
		return
	}
	for key, delay := range map[string]time.Duration{"on_delay": y.OnDelay, "off_delay": y.OffDelay} {
		if delay > 0 {
			l.add(y.near(y.At(key)), key+": an alarm of class life_safety is never delayed", "remove the line")
		}
	}
}

// parents checks suppress_when over all definitions: its parents exist, and none
// suppresses itself by a detour.
func (l *loader) parents(all map[string]*definition) {
	ids := slices.Sorted(maps.Keys(all))
	for _, id := range ids {
		y := &all[id].y
		for _, parent := range y.SuppressWhen {
			switch p := all[parent.V]; {
			case parent.V == id: // the alarm package says it
			case p == nil:
				l.add(y.near(parent.Place), fmt.Sprintf("suppress_when: there is no definition %q", parent.V), strict.Suggest(parent.V, ids))
			case p.rule.Type == alarm.EventOnly:
				l.add(y.near(parent.Place), fmt.Sprintf("suppress_when: %s is an event and never stands", parent.V), "name a definition that raises an alarm")
			case parent.V > id && l.suppresses(all, parent.V, id, nil): // once for each ring
				l.add(y.near(parent.Place), fmt.Sprintf("suppress_when: %s and %s suppress each other, so neither would be seen", id, parent.V), "take one of them out")
			}
		}
	}
}

// suppresses reports whether the standing of to keeps from back, also by a detour.
func (l *loader) suppresses(all map[string]*definition, from, to string, seen []string) bool {
	if all[from] == nil || slices.Contains(seen, from) {
		return false
	}
	for _, parent := range all[from].y.SuppressWhen {
		if parent.V == to || l.suppresses(all, parent.V, to, append(seen, from)) {
			return true
		}
	}
	return false
}

// escalations checks the policies that definitions name, once notify.yaml is read.
func (l *loader) escalations() {
	var names []string
	for _, e := range l.site.Notify.Escalations {
		names = append(names, e.Name)
	}
	for _, id := range slices.Sorted(maps.Keys(l.definitions)) {
		y := &l.definitions[id].y
		if name := y.Escalation; name.V != "" && !slices.Contains(names, name.V) {
			hint := strict.Suggest(name.V, names)
			if len(names) == 0 {
				hint = "notify.yaml has none; without escalation: the site's default holds"
			}
			l.add(y.near(name.Place), fmt.Sprintf("escalation policy %q is not known", name.V), hint)
		}
	}
}

// fewestForShares is how many definitions a site must have of its own before
// their shares say anything.
const fewestForShares = 10

// distribution warns where the site's own definitions are far from the goal for
// what is annunciated: about 80 % low, 15 % medium, 5 % high, and of four
// priorities the highest below 1 % (ISA-18.2).
func (l *loader) distribution(own map[string]*definition) {
	if len(own) < fewestForShares {
		return
	}
	count := map[facility.Priority]int{}
	var first *definition
	for _, id := range slices.Sorted(maps.Keys(own)) {
		d := own[id]
		if d.rule.Type == alarm.EventOnly {
			continue
		}
		if count[d.rule.Priority()]++; d.rule.Priority() == facility.P1 && first == nil {
			first = d
		}
	}
	share := func(p ...facility.Priority) int {
		n, all := 0, max(1, count[facility.P1]+count[facility.P2]+count[facility.P3]+count[facility.P4])
		for _, q := range p {
			n += count[q]
		}
		return 100 * n / all
	}
	const hint = "the goal is about 80 % P3 and P4, 15 % P2, 5 % P1; `nezuban alarms rationalise --own` lists them"
	if p1 := share(facility.P1); p1 > 10 {
		l.warn(first.y.ID.Or(first.y.Node.Place()), fmt.Sprintf("%d %% of the site's own definitions are P1: when everything is urgent, nothing is", p1), hint)
	} else if high := share(facility.P1, facility.P2); high > 40 {
		l.warn(strict.Place{File: "alarms"}, fmt.Sprintf("%d %% of the site's own definitions are P1 or P2", high), hint)
	}
}

// sameCondition reports two definitions for one condition: two of the site's own,
// or one of its own beside a builtin one.
func (l *loader) sameCondition(own, all map[string]*definition) {
	seen := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if own[id] == nil {
			seen[all[id].condition()] = id
		}
	}
	for _, id := range slices.Sorted(maps.Keys(own)) {
		d := own[id]
		other, twice := seen[d.condition()]
		switch {
		case len(d.sel.terms) == 0:
		case !twice:
			seen[d.condition()] = id
		case own[other] == nil:
			l.add(d.y.near(d.y.Select.Place), fmt.Sprintf("definition %s is for the same condition as the builtin %s", id, other), fmt.Sprintf("tune that one: id: %s, base: builtin", other))
		default:
			l.add(d.y.near(d.y.Select.Place), fmt.Sprintf("definitions %s and %s are for the same condition", other, id), "keep one of the two")
		}
	}
}

// condition is what a definition watches, in a form to compare.
func (d *definition) condition() string {
	terms, states := slices.Clone(d.sel.terms), slices.Clone(d.rule.States)
	slices.Sort(terms)
	slices.Sort(states)
	y := &d.y
	return fmt.Sprint(d.rule.Type, terms, states, d.rule.MinSeverity, y.LowLow != nil, y.Low != nil, y.High != nil, y.HighHigh != nil,
		y.Reference.Metric.V, y.Reference.Mean, y.Reference.Group.V, y.Reference.Value != nil, y.Window, y.Group.V, strings.Join(strings.Fields(y.Expression.V), " "))
}
