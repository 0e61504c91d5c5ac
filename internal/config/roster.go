package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

type rotationYAML struct {
	strict.Node
	Name      strict.Str     `yaml:"name"`
	People    []strict.Str   `yaml:"people"`
	Start     strict.Str     `yaml:"start"`
	Days      int            `yaml:"days"`
	Shifts    []strict.Str   `yaml:"shifts"`
	Overrides []overrideYAML `yaml:"overrides"`
}

type overrideYAML struct {
	strict.Node
	Person strict.Str `yaml:"person"`
	From   strict.Str `yaml:"from"`
	To     strict.Str `yaml:"to"`
}

type escalationYAML struct {
	strict.Node
	Name  strict.Str `yaml:"name"`
	Steps []stepYAML `yaml:"steps"`
}

type stepYAML struct {
	strict.Node
	Priority strict.Str    `yaml:"priority"`
	After    time.Duration `yaml:"after"`
	To       []strict.Str  `yaml:"to"`
	Repeat   time.Duration `yaml:"repeat"`
}

// localTime is how moments stand in notify.yaml: in the site's zone.
const localTime = "2006-01-02 15:04"

// Roster is who is on duty when, for who asks or tells people.
func (s *Site) Roster() duty.Roster {
	r := duty.Roster{Zone: s.Facility.Zone, Rotations: s.Notify.Rotations, People: s.People}
	for _, x := range s.Shifts {
		r.Shifts = append(r.Shifts, duty.Shift{ID: x.ID, Start: x.Start})
	}
	return r
}

func (l *loader) rotations(list []rotationYAML) {
	seen := map[string]bool{}
	for i := range list {
		y := &list[i]
		switch {
		case !channelName.MatchString(y.Name.V):
			l.add(y.At("name"), fmt.Sprintf("rotation name %q: want lower-case letters, digits and '-', at most 32, beginning with a letter", y.Name.V), "for example name: primary")
			continue
		case seen[y.Name.V]:
			l.add(y.Name.Place, fmt.Sprintf("rotation %q is defined twice", y.Name.V), "")
			continue
		}
		seen[y.Name.V] = true
		l.site.Notify.Rotations = append(l.site.Notify.Rotations, l.rotation(y))
	}
}

func (l *loader) rotation(y *rotationYAML) duty.Rotation {
	r := duty.Rotation{Name: y.Name.V, Days: y.Days}
	for _, p := range y.People {
		if l.knownPerson(p, y.Node.Place()) {
			r.People = append(r.People, p.V)
		}
	}
	if len(y.People) == 0 {
		l.add(y.Node.Place(), fmt.Sprintf("rotation %s has no people", r.Name), "write people: [id, …]")
	}
	r.Start = l.wallTime(y.Start, y.Node.Place(), "start")
	if now := l.opts.Now; !now.IsZero() && r.Start.After(now) {
		l.warn(y.At("start"), fmt.Sprintf("nobody is on call in rotation %s before its first hand-over", r.Name), "write a start in the past, or an override until then")
	}
	if r.Days < 0 || r.Days > 366 {
		l.add(y.At("days"), fmt.Sprintf("days: %d is no length of a turn", r.Days), "write 1 to 366, or leave it out to hand over with every shift")
	}
	l.shiftsOf(y, &r)
	for i := range y.Overrides {
		l.override(&y.Overrides[i], &r)
	}
	return r
}

func (l *loader) shiftsOf(y *rotationYAML, r *duty.Rotation) {
	var known []string
	for _, s := range l.site.Shifts {
		known = append(known, s.ID)
	}
	for _, s := range y.Shifts {
		if slices.Contains(known, s.V) {
			r.Shifts = append(r.Shifts, s.V)
		} else {
			l.add(s.Place, fmt.Sprintf("site.yaml has no shift %q", s.V), strict.Suggest(s.V, known))
		}
	}
	switch {
	case r.Days == 0 && len(known) == 0:
		l.add(y.Node.Place(), fmt.Sprintf("rotation %s would hand over with every shift, and site.yaml has none", r.Name), "write days, for example days: 7")
	case len(r.Shifts) > 0 && len(r.Shifts) < len(known):
		l.warn(y.At("shifts"), fmt.Sprintf("nobody is on call in rotation %s outside its shifts; an escalation goes on at once then", r.Name), "")
	}
}

func (l *loader) override(y *overrideYAML, r *duty.Rotation) {
	o := duty.Override{Person: y.Person.V, From: l.wallTime(y.From, y.Node.Place(), "from"), To: l.wallTime(y.To, y.Node.Place(), "to")}
	if !l.knownPerson(y.Person, y.Node.Place()) || o.From.IsZero() || o.To.IsZero() {
		return
	}
	if !o.From.Before(o.To) {
		l.add(y.At("to"), "the override ends before it begins", "")
		return
	}
	for _, other := range r.Overrides {
		if other.From.Before(o.To) && o.From.Before(other.To) {
			l.warn(y.Node.Place(), fmt.Sprintf("two overrides of rotation %s overlap; the later one in the file wins", r.Name), "")
		}
	}
	r.Overrides = append(r.Overrides, o)
}

// wallTime reads a date and time in the site's zone.
func (l *loader) wallTime(s strict.Str, whole strict.Place, key string) time.Time {
	if s.V == "" {
		l.add(whole, key+" is missing", "write a date and time of the site, for example "+key+`: "2026-04-06 09:00"`)
		return time.Time{}
	}
	at, err := time.ParseInLocation(localTime, s.V, l.site.Facility.Zone)
	if err != nil {
		l.add(s.Place, fmt.Sprintf("%s %q is no date and time", key, s.V), `for example "2026-04-06 09:00", in the site's time zone`)
	}
	return at
}

// policies reads the escalations; where there are none and people can be told, the
// default one holds.
func (l *loader) policies(y *notifyYAML) {
	n := &l.site.Notify
	seen := map[string]bool{}
	for i := range y.Escalations {
		e := &y.Escalations[i]
		switch {
		case !channelName.MatchString(e.Name.V):
			l.add(e.At("name"), fmt.Sprintf("escalation name %q: want lower-case letters, digits and '-', at most 32, beginning with a letter", e.Name.V), "for example name: day-night")
			continue
		case seen[e.Name.V]:
			l.add(e.Name.Place, fmt.Sprintf("escalation %q is defined twice", e.Name.V), "")
			continue
		}
		seen[e.Name.V] = true
		n.Escalations = append(n.Escalations, l.policy(e))
	}
	reaches := slices.ContainsFunc(n.Channels, func(c Channel) bool { return !c.All })
	switch {
	case len(y.Channels) == 0 && (len(y.Escalations) > 0 || len(y.Contacts) > 0):
		l.add(y.Node.Place(), "notify.yaml has no channels, so nobody is told of anything", "write channels: [{name: …, kind: smtp, …}]")
	case len(y.Escalations) == 0 && reaches:
		e := defaultEscalation(n.Rotations)
		e.File, e.Line = notifyFile, y.Node.Place().Line
		for _, p := range slices.Sorted(maps.Keys(e.Steps)) {
			for _, s := range e.Steps[p] {
				for _, to := range s.To {
					l.receiver(to, p, y.Node.Place(), "notify.yaml names no escalations, and the default one tells ")
				}
			}
		}
		n.Escalations = []duty.Escalation{e}
	}
}

// defaultEscalation is the policy of a site that has written none: P1 and P2 reach
// the first on call at once; P3 and P4 are for the console.
func defaultEscalation(rotations []duty.Rotation) duty.Escalation {
	second := []string{"role:shift-lead"}
	if slices.ContainsFunc(rotations, func(r duty.Rotation) bool { return r.Name == "secondary" }) {
		second = []string{"on-call:secondary", "role:shift-lead"}
	}
	first := duty.Step{To: []string{"on-call:primary"}}
	return duty.Escalation{Name: "default", Steps: map[facility.Priority][]duty.Step{
		facility.P1: {first, {After: 2 * time.Minute, To: second}, {After: 5 * time.Minute, To: []string{"role:manager"}, Repeat: 5 * time.Minute}},
		facility.P2: {first, {After: 10 * time.Minute, To: []string{"role:shift-lead"}}, {After: 30 * time.Minute, To: []string{"role:manager"}}},
	}}
}

func (l *loader) policy(y *escalationYAML) duty.Escalation {
	e := duty.Escalation{Name: y.Name.V, Steps: map[facility.Priority][]duty.Step{}, File: notifyFile, Line: y.Node.Place().Line}
	for i := range y.Steps {
		s := &y.Steps[i]
		if s.Priority.V == "" {
			l.add(s.Node.Place(), "the step names no priority", "write priority: P1")
			continue
		}
		p := l.priority(s.Priority, "priority")
		step := duty.Step{After: s.After, Repeat: s.Repeat}
		if s.After < 0 || s.After > 24*time.Hour {
			l.add(s.At("after"), fmt.Sprintf("after: %v is out of range", s.After), "write 0s (at once) to 24h")
		}
		if s.Has("repeat") && (s.Repeat < time.Minute || s.After <= 0) {
			l.add(s.At("repeat"), fmt.Sprintf("repeat: %v cannot be", s.Repeat), "at least 1m, and on the last step, which must not be the one at once")
		}
		if len(s.To) == 0 {
			l.add(s.Node.Place(), "the step tells nobody", "write to: [on-call:primary]")
		}
		for _, to := range s.To {
			if l.receiver(to.V, p, to.Place, "") {
				step.To = append(step.To, to.V)
			}
		}
		e.Steps[p] = append(e.Steps[p], step)
	}
	l.repeats(y, e)
	for _, p := range []facility.Priority{facility.P1, facility.P2} {
		if len(e.Steps[p]) == 0 {
			l.warn(y.Node.Place(), fmt.Sprintf("escalation %s tells nobody of P%d", e.Name, p), fmt.Sprintf("add steps with priority: P%d", p))
		}
	}
	return e
}

// repeats reports a repetition before the last step, which would never come.
func (l *loader) repeats(y *escalationYAML, e duty.Escalation) {
	for i := range y.Steps {
		s := &y.Steps[i]
		for j := range y.Steps {
			if s.Repeat > 0 && y.Steps[j].Priority.V == s.Priority.V && y.Steps[j].After > s.After {
				l.add(s.At("repeat"), "only the last step of a priority repeats", "")
				break
			}
		}
	}
}

// receiver checks that a step reaches somebody: every person behind it must have
// an address on a channel that takes this priority.
func (l *loader) receiver(to string, p facility.Priority, at strict.Place, lead string) bool {
	n := &l.site.Notify
	kind, name, _ := strings.Cut(to, ":")
	if kind == "channel" {
		i := slices.IndexFunc(n.Channels, func(c Channel) bool { return c.Name == name })
		switch {
		case i < 0:
			l.add(at, lead+to+": there is no such channel", "")
		case n.Channels[i].Kind == "smtp":
			l.add(at, lead+to+": mail needs a person", "name people, and their addresses in contacts")
		case n.Channels[i].Minimum != 0 && p > n.Channels[i].Minimum:
			l.add(at, fmt.Sprintf("%s%s: the channel takes nothing below P%d", lead, to, n.Channels[i].Minimum), "")
		default:
			return true
		}
		return false
	}
	people, err := l.behind(kind, name, to)
	if err != nil {
		l.add(at, lead+err.Error(), "")
		return false
	}
	for _, id := range people {
		reached := slices.ContainsFunc(n.Channels, func(c Channel) bool {
			return n.Contacts[id][c.Name] != "" && (c.Minimum == 0 || p <= c.Minimum)
		})
		if !reached {
			l.add(at, fmt.Sprintf("%s%s: %s has no address on a channel that takes P%d", lead, to, id, p), "add the person to contacts")
		}
	}
	return true
}

// behind are all people who can ever stand behind a receiver.
func (l *loader) behind(kind, name, to string) ([]string, error) {
	roster := l.site.Roster()
	if kind == "on-call" {
		i := slices.IndexFunc(roster.Rotations, func(r duty.Rotation) bool { return r.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s: there is no such rotation", to)
		}
		people := slices.Clone(roster.Rotations[i].People)
		for _, o := range roster.Rotations[i].Overrides {
			people = append(people, o.Person)
		}
		slices.Sort(people)
		return slices.Compact(people), nil
	}
	found, err := roster.Resolve(to, time.Time{})
	var people []string
	for _, p := range found {
		people = append(people, p.ID)
	}
	return people, err
}

// idleChannels warns of channels that will never tell anybody anything.
func (l *loader) idleChannels(y *notifyYAML) {
	n := &l.site.Notify
	used := map[string]bool{}
	for _, addresses := range n.Contacts {
		for channel := range addresses {
			used[channel] = true
		}
	}
	for _, e := range n.Escalations {
		for _, steps := range e.Steps {
			for _, s := range steps {
				for _, to := range s.To {
					if name, ok := strings.CutPrefix(to, "channel:"); ok {
						used[name] = true
					}
				}
			}
		}
	}
	for i := range y.Channels {
		if c := &y.Channels[i]; !used[c.Name.V] && !c.All && c.Kind.V != "alertmanager" && channelName.MatchString(c.Name.V) {
			l.warn(c.Node.Place(), fmt.Sprintf("channel %s never tells anybody", c.Name.V), "give people an address on it, name channel:"+c.Name.V+" in a step, or write all: true")
		}
	}
}
