package alarm

import "nezuban/internal/facility"

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
