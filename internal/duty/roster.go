package duty

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// OnCall returns who is on call for a rotation at a moment: the person of an
// override that covers it (the last one written wins), else whose turn it is.
// Nobody is on call before the first hand-over, outside the shifts that the
// rotation covers, and in a rotation that does not exist.
//
// Turns of days change at the wall-clock time of the first hand-over, on a day
// of 23 or 25 hours too. Turns by shift change with every shift covered.
func (r Roster) OnCall(rotation string, at time.Time) []Person {
	i := slices.IndexFunc(r.Rotations, func(x Rotation) bool { return x.Name == rotation })
	if i < 0 {
		return nil
	}
	rot := &r.Rotations[i]
	id := ""
	if turn, ok := r.turn(rot, at); ok {
		id = rot.People[turn%len(rot.People)]
	}
	for _, o := range rot.Overrides {
		if !at.Before(o.From) && at.Before(o.To) {
			id = o.Person
		}
	}
	if p, ok := r.Person(id); ok {
		return []Person{p}
	}
	return nil
}

// Person returns the person with an id.
func (r Roster) Person(id string) (Person, bool) {
	i := slices.IndexFunc(r.People, func(p Person) bool { return p.ID == id })
	if i < 0 || id == "" {
		return Person{}, false
	}
	return r.People[i], true
}

// Resolve returns the people behind a receiver of an escalation step:
// "on-call:ROTATION", "role:ROLE" or "person:ID". The error says why there is
// nobody; who asks must then tell somebody else.
func (r Roster) Resolve(to string, at time.Time) ([]Person, error) {
	kind, name, _ := strings.Cut(to, ":")
	var people []Person
	switch kind {
	case "on-call":
		if !slices.ContainsFunc(r.Rotations, func(x Rotation) bool { return x.Name == name }) {
			return nil, fmt.Errorf("%s: there is no such rotation", to)
		}
		if people = r.OnCall(name, at); len(people) == 0 {
			return nil, fmt.Errorf("%s: nobody is on call at %s", to, at.In(r.zone()).Format(time.RFC3339))
		}
	case "role":
		for _, p := range r.People {
			if p.Has(Role(name)) {
				people = append(people, p)
			}
		}
		if len(people) == 0 {
			return nil, fmt.Errorf("%s: nobody has this role", to)
		}
	case "person":
		p, ok := r.Person(name)
		if !ok {
			return nil, fmt.Errorf("%s: there is no such person", to)
		}
		people = []Person{p}
	default:
		return nil, fmt.Errorf("receiver %q: want on-call:ROTATION, role:ROLE or person:ID", to)
	}
	return people, nil
}

// ShiftAt returns the id of the shift in force; "" where the site has none.
func (r Roster) ShiftAt(at time.Time) string {
	if len(r.Shifts) == 0 {
		return ""
	}
	for i := len(r.Shifts) - 1; i >= 0; i-- {
		if !at.Before(r.begin(r.Shifts[i], at)) {
			return r.Shifts[i].ID
		}
	}
	return r.Shifts[len(r.Shifts)-1].ID // the last one of the day before goes on
}

func (r Roster) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// begin is when a shift begins on the local day of at.
func (r Roster) begin(s Shift, at time.Time) time.Time {
	y, m, d := at.In(r.zone()).Date()
	return time.Date(y, m, d, int(s.Start/time.Hour), int(s.Start%time.Hour/time.Minute), 0, 0, r.zone())
}

// turn counts the hand-overs since the first; false where nobody has the turn.
func (r Roster) turn(rot *Rotation, at time.Time) (int, bool) {
	if len(rot.People) == 0 || at.Before(rot.Start) || !r.covers(rot, at) {
		return 0, false
	}
	if rot.Days > 0 {
		return r.turnOfDays(rot, at), true
	}
	if len(r.Shifts) == 0 {
		return 0, false
	}
	first := r.ordinal(rot, rot.Start)
	if !r.covers(rot, rot.Start) {
		first++ // the first shift covered after the start is the first turn
	}
	return r.ordinal(rot, at) - first, true
}

// covers reports whether the rotation is on duty in the shift in force.
func (r Roster) covers(rot *Rotation, at time.Time) bool {
	return len(rot.Shifts) == 0 || slices.Contains(rot.Shifts, r.ShiftAt(at))
}

func (r Roster) turnOfDays(rot *Rotation, at time.Time) int {
	start := rot.Start.In(r.zone())
	y, m, d := start.Date()
	handover := func(k int) time.Time {
		return time.Date(y, m, d+k*rot.Days, start.Hour(), start.Minute(), start.Second(), 0, r.zone())
	}
	k := (day(at.In(r.zone())) - day(start)) / rot.Days
	if at.Before(handover(k)) {
		k--
	}
	return max(k, 0)
}

// ordinal counts the beginnings of covered shifts up to a moment, from an
// arbitrary but fixed one.
func (r Roster) ordinal(rot *Rotation, at time.Time) int {
	perDay, today := 0, 0
	for _, s := range r.Shifts {
		if len(rot.Shifts) > 0 && !slices.Contains(rot.Shifts, s.ID) {
			continue
		}
		perDay++
		if !at.Before(r.begin(s, at)) {
			today++
		}
	}
	return day(at.In(r.zone()))*perDay + today
}

// day numbers calendar days without regard to their length.
func day(local time.Time) int {
	y, m, d := local.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
