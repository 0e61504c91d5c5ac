package sla

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// ExclusionKind says why time is left out.
type ExclusionKind string

const (
	Maintenance    ExclusionKind = "maintenance"
	CustomerCaused ExclusionKind = "customer"
	ForceMajeure   ExclusionKind = "force-majeure"
)

// ExclusionKinds in the order of targets.md §3.9.
var ExclusionKinds = []ExclusionKind{Maintenance, CustomerCaused, ForceMajeure}

// ExclusionRules are what a target lets be left out.
type ExclusionRules struct {
	Maintenance, Customer, ForceMajeure bool          // approved ones count
	MinNotice                           time.Duration // below it an exclusion is of class late-notice
	CapPerWindow                        time.Duration // 0: no cap; time above it counts normally
}

// An Exclusion is time that a person asked to leave out. It counts only once
// another person approved it.
type Exclusion struct {
	ID       string        `json:"id"`
	Kind     ExclusionKind `json:"kind"`
	Targets  []string      `json:"targets,omitempty"`  // names; none: every target that allows the kind
	Entities []string      `json:"entities,omitempty"` // devices or points; none: all of the target
	From     int64         `json:"from"`
	To       int64         `json:"to"` // 0: still running; counts up to as-of
	Reason   string        `json:"reason"`

	ProposedBy string `json:"proposed_by"`
	ProposedAt int64  `json:"proposed_at"`
	NoticedAt  int64  `json:"noticed_at,omitempty"` // when those affected were told; 0: when it was proposed
	ApprovedBy string `json:"approved_by,omitempty"`
	ApprovedAt int64  `json:"approved_at,omitempty"` // 0: not approved
	Declined   bool   `json:"declined,omitempty"`
}

// Approved reports whether it counts: another person than the proposer said so.
func (x *Exclusion) Approved() bool {
	return !x.Declined && x.ApprovedAt != 0 && x.ApprovedBy != "" && x.ApprovedBy != x.ProposedBy
}

// Check reports what is wrong with an exclusion; nil where nothing is.
func (x *Exclusion) Check() error {
	switch {
	case !slices.Contains(ExclusionKinds, x.Kind):
		return fmt.Errorf("exclusion kind %q is not known; use maintenance, customer or force-majeure", x.Kind)
	case x.To != 0 && x.To <= x.From:
		return fmt.Errorf("the exclusion ends before it begins")
	case x.Reason == "":
		return fmt.Errorf("an exclusion needs a reason")
	}
	return nil
}

// Retroactive reports whether it was proposed after it began.
func (x *Exclusion) Retroactive() bool { return x.ProposedAt > x.From }

// Late reports whether the notice was shorter than a target asks for.
func (x *Exclusion) Late(r ExclusionRules) bool {
	noticed := x.NoticedAt
	if noticed == 0 {
		noticed = x.ProposedAt
	}
	return x.From-noticed < int64(r.MinNotice/time.Second)
}

// Allows reports whether a target lets time of a kind be left out. Nothing ever
// is where it protects life, nor where the budget is zero.
func (t *Target) Allows(k ExclusionKind) bool {
	if t.LifeSafety() || t.ZeroBudget() || t.Kind == KindRatioValue {
		return false
	}
	switch k {
	case Maintenance:
		return t.Exclude.Maintenance
	case CustomerCaused:
		return t.Exclude.Customer
	case ForceMajeure:
		return t.Exclude.ForceMajeure
	}
	return false
}

// concerns reports whether an exclusion is of a target and an entity.
func (x *Exclusion) concerns(t *Target, entity string) bool {
	if len(x.Targets) > 0 && !slices.Contains(x.Targets, t.Name) {
		return false
	}
	return len(x.Entities) == 0 || slices.ContainsFunc(x.Entities, func(e string) bool { return e == entity || within(entity, e) })
}

// within reports whether an entity is a point of a device.
func within(entity, device string) bool {
	return len(entity) > len(device) && entity[:len(device)] == device && entity[len(device)] == '/'
}

// excluded is the time left out of an entity in service, and the part of it whose
// notice was late. The union comes first, so overlaps count once; the cap is used
// up in the order of time, by what was noticed in time before what was not.
func (t *Target) excluded(entity string, service []Interval, list []Exclusion, asOf int64) (all, late []Interval) {
	var onTime, lateSet []Interval
	for i := range list {
		x := &list[i]
		if !x.Approved() || !t.Allows(x.Kind) || !x.concerns(t, entity) {
			continue
		}
		to := x.To
		if to == 0 {
			to = max(asOf, x.From)
		}
		if x.Late(t.Exclude) {
			lateSet = append(lateSet, Interval{x.From, to})
		} else {
			onTime = append(onTime, Interval{x.From, to})
		}
	}
	if len(onTime)+len(lateSet) == 0 {
		return nil, nil
	}
	in := intersect(service, Normalize(onTime))
	lateOnly := subtract(intersect(service, Normalize(lateSet)), in)
	if limit := int64(t.Exclude.CapPerWindow / time.Second); limit > 0 {
		in = atMost(in, limit)
		lateOnly = atMost(lateOnly, limit-length(in))
	}
	return Normalize(append(append([]Interval(nil), in...), lateOnly...)), lateOnly
}

// atMost keeps the first seconds of a set.
func atMost(set []Interval, seconds int64) []Interval {
	var out []Interval
	for _, i := range set {
		if seconds <= 0 {
			break
		}
		i.To = min(i.To, i.From+seconds)
		seconds -= i.To - i.From
		out = append(out, i)
	}
	return out
}

// Sort puts exclusions in the order of their beginning.
func Sort(list []Exclusion) {
	slices.SortFunc(list, func(a, b Exclusion) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
}
