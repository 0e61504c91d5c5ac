package alarm

import (
	"cmp"
	"slices"

	"nezuban/internal/facility"
)

// mayHideP1 reports whether a rule may suppress o by design: for a P1 its
// revision needs two approvers.
func (r *Rule) mayHideP1(o Occurrence) bool {
	return o.Priority > facility.P1 || twoPeople(r.ApprovedBy)
}

func twoPeople(names []string) bool {
	for _, n := range names {
		if n != "" && names[0] != "" && n != names[0] {
			return true
		}
	}
	return false
}

// DesignCauses says which standing alarms are suppressed by design now, and by
// which alarm: an active one of a rule that SuppressWhen names, on the same
// device or on an element that feeds it. An alarm out of service suppresses
// nothing, and of alarms that suppress one another in a circle the earliest
// stays. A suppression that stands keeps its cause as long as that holds. The
// result is a function of the records, whatever order they come in.
func DesignCauses(standing []Occurrence, rules map[string]*Rule, supply Supply) map[string]string {
	causes := map[string]string{}
	d := designer{supply: supply, causes: causes, byRule: activeByRule(standing)}
	var children []*Occurrence
	for i := range standing {
		o := &standing[i]
		r := rules[o.Rule]
		if r != nil && len(r.SuppressWhen) > 0 && o.Class != LifeSafety && r.Class != LifeSafety && r.mayHideP1(*o) {
			children = append(children, o)
		}
	}
	slices.SortFunc(children, byRaise)
	for _, o := range children {
		if cause := d.cause(o, rules[o.Rule]); cause != "" {
			causes[o.ID] = cause
		}
	}
	return causes
}

// designer is one DesignCauses at work.
type designer struct {
	supply Supply
	causes map[string]string
	byRule map[string][]*Occurrence // active, the earliest first
}

func activeByRule(standing []Occurrence) map[string][]*Occurrence {
	parents := map[string][]*Occurrence{}
	for i := range standing {
		if o := &standing[i]; o.Active && o.Service == nil {
			parents[o.Rule] = append(parents[o.Rule], o)
		}
	}
	for _, list := range parents {
		slices.SortFunc(list, byRaise)
	}
	return parents
}

// byRaise orders alarms by their beginning; ids part those of one moment.
func byRaise(a, b *Occurrence) int {
	return cmp.Or(a.RaisedAt.Compare(b.RaisedAt), cmp.Compare(a.ID, b.ID))
}

// cause is what suppresses o: the one that does so already, else the earliest of
// the first rule that has one. On other devices at most maxRoots of a rule are
// asked for.
func (d *designer) cause(o *Occurrence, r *Rule) string {
	found := ""
	for _, rule := range r.SuppressWhen {
		asked := 0
		for _, p := range d.byRule[rule] {
			held := p.ID == o.Design
			if p.ID == o.ID || found != "" && !held {
				continue
			}
			if p.Device != o.Device && !held {
				if asked++; asked > maxRoots {
					continue
				}
			}
			if !before(o, p, d.supply) || leadsTo(d.causes, p.ID, o.ID) {
				continue
			}
			found = p.ID
		}
	}
	return found
}

// before reports whether p is on the device of o or on an element that feeds it.
func before(o, p *Occurrence, supply Supply) bool {
	if o.Device == p.Device {
		return true
	}
	if supply == nil {
		return false
	}
	switch supply.Behind(element(o), element(p)) {
	case Same, Fed, Cooled:
		return true
	}
	return false
}

func element(o *Occurrence) facility.Element {
	return facility.Element{Device: o.Device, Point: o.Point}
}

func leadsTo(causes map[string]string, from, to string) bool {
	for range len(causes) + 1 {
		next, ok := causes[from]
		if !ok {
			return false
		}
		if next == to {
			return true
		}
		from = next
	}
	return true
}
