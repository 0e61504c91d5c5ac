package alarm

import (
	"cmp"
	"slices"

	"nezuban/internal/facility"
)

// SiteUnreachable is the rule whose alarm says that almost nothing answers any
// more. While it is active every alarm about absent data is its consequence,
// except those of class life safety.
const SiteUnreachable = "SITE-UNREACHABLE"

// A Supply knows what feeds what: power, cooling and the network that readings
// come through. internal/topology is one.
type Supply interface {
	// Behind reports how element lies behind cause along the supply.
	Behind(element, cause facility.Element) Relation
}

// Relation is how one element lies to another along the supply.
type Relation uint8

const (
	Unrelated Relation = iota
	Same               // the same node
	Fed                // fed by it (power, cooling): a loss there is felt here
	Standby            // stands in for it: the generator of the same transfer switch
	Reached            // its readings come through it
	Cooled             // fed by it, but felt slowly: minutes, not seconds
)

// A Carrier is a Supply that knows which devices others are reached through. It
// need not be one, but then every unreachable device may be a root, and grouping
// many of them takes longer.
type Carrier interface {
	Carries(device facility.DeviceID) bool
}

// A Group is a root and what follows from it.
type Group struct {
	Root     string
	Members  []string          // ids of the consequences, gravest first; without the root
	Priority facility.Priority // the gravest of root and members
	// Alone are members that stand as lines of their own as well: unacknowledged
	// and graver than the root.
	Alone []string
}

// A Grouping is who is whose consequence: a function of the records and of the
// supply, whatever order they were read in.
type Grouping struct {
	Groups []Group           // only those with members, by root id
	RootOf map[string]string // member → root
}

// Group returns the group with a root.
func (g Grouping) Group(root string) (Group, bool) {
	i, ok := slices.BinarySearchFunc(g.Groups, root, func(x Group, id string) int { return cmp.Compare(x.Root, id) })
	if !ok {
		return Group{}, false
	}
	return g.Groups[i], true
}

// GroupGrew returns the roots that have a consequence in after which they had
// not in before, by id. An acknowledgement of such a root was given for less:
// who calls re-alarms those that are acknowledged.
func GroupGrew(before, after Grouping) []string {
	var grown []string
	for _, g := range after.Groups {
		if slices.ContainsFunc(g.Members, func(id string) bool { return before.RootOf[id] != g.Root }) {
			grown = append(grown, g.Root)
		}
	}
	return grown
}

// Placement is where a standing alarm is to be found. Every one is in exactly
// one place; none is nowhere.
type Placement string

const (
	Line        Placement = "line"       // a line of its own
	InGroup     Placement = "group"      // behind its root's line, which is shown even where the root itself is suppressed
	Deferred    Placement = "deferred"   // behind the flood counter, with what is grouped under it
	InListing   Placement = "suppressed" // in the listing of what is shelved, suppressed by design or out of service
	NotStanding Placement = ""           // it does not stand
)

// Place says where a standing alarm is to be found: o with its suppressions
// filled in, in a grouping, flood where the operator position is in one. Alarms
// of class life safety always have their own line, and so has everything of P1
// or P2.
func Place(o Occurrence, g Grouping, flood bool) Placement {
	if o.State() == Norm {
		return NotStanding
	}
	if o.Class == LifeSafety {
		return Line
	}
	if o.IsSuppressed() {
		return InListing
	}
	root, isMember := g.RootOf[o.ID]
	line := o.ID
	if isMember {
		line = root
	}
	group, grouped := g.Group(line)
	if isMember && slices.Contains(group.Alone, o.ID) {
		isMember, grouped = false, false
	}
	priority := o.Priority
	if grouped {
		priority = min(priority, group.Priority)
	}
	switch {
	case flood && priority > facility.P2:
		return Deferred
	case isMember:
		return InGroup
	}
	return Line
}
