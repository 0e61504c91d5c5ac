package alarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"nezuban/internal/facility"
)

// MaxPollingStop is the longest stop of a device's polling. A day is enough for
// an exchange with its test run, and one that somebody forgot has ended by the
// same shift of the next day. What takes longer is asked for anew.
const MaxPollingStop = 24 * time.Hour

// A Sight is what the rules see of one device: what nobody would see while its
// polling is stopped.
type Sight struct {
	Known   bool              // which points it has; false: it has never answered
	Gravest facility.Priority // of the rules over the device, its points and its groups; 0: no rule
	Life    []string          // zones, or names, of its points that protect life, seen or expected; sorted
}

// EndsByItself reports whether Until is an end, and no date of review.
func (k SuppressionKind) EndsByItself() bool { return k == Shelving || k == PollingStop }

func (k SuppressionKind) known() bool { return k.EndsByItself() || k == OutOfService }

// isDevice reports whether a scope is one whole device, as a polling stop has it.
func (c Scope) isDevice() bool {
	return c.Device != "" && c.Rule == "" && c.Point == "" && c.Filter == ""
}

// stopReach is what a stop of a device's polling would keep anybody from seeing.
// Of a device that never answered nobody knows what it watches over: it counts as
// the gravest.
func stopReach(c Scope, x Sight) (reach, error) {
	r := reach{gravest: facility.P4, longest: MaxPollingStop}
	switch {
	case !c.isDevice():
		return r, &SuppressionError{Code: BadScope, Detail: "the polling of one device is stopped; name its id, and nothing else"}
	case len(x.Life) > 0:
		return r, &SuppressionError{Code: LifeSafetyPoints, Zones: x.Life, Detail: fmt.Sprintf(
			"%s has points that protect life (%s), which must go on being seen; isolate the zone with a permit in fire.yaml instead", c.Device, strings.Join(x.Life, ", "))}
	case !x.Known:
		r.gravest = facility.P1
	case x.Gravest != 0:
		r.gravest = x.Gravest
	}
	return r, nil
}

// Outgrown says why a polling stop cannot go on, or be approved, now that its
// device has x: points that protect life, or a P1 rule over it and nobody who
// approved. "" where it can, and for every other kind.
func (x Suppression) Outgrown(now Sight) string {
	switch {
	case x.Type != PollingStop || x.State == Over:
		return ""
	case len(now.Life) > 0:
		return "the device has points that protect life by now: " + strings.Join(now.Life, ", ")
	case x.State == InForce && x.Approver == "" && now.Gravest == facility.P1:
		return "a P1 rule watches the device by now, and nobody approved"
	}
	return ""
}

// Resume decides what it brings that the program itself ends a polling stop,
// since it has outgrown what was asked for.
func (x Suppression) Resume(reason string, at time.Time) SuppressionEvent {
	return x.next(Expired, "system:suppression", reason, at)
}

// PollingStops are those that wait or are in force, by id.
func (s *Suppressions) PollingStops() (list []Suppression) {
	for _, e := range s.live {
		if e.Type == PollingStop {
			list = append(list, e.handedOut())
		}
	}
	return list
}

// Stops are the polling stops in force, by device; of several of one device, which
// only damaged records have, the one that lasts longest.
func (s *Suppressions) Stops() []Suppression {
	var list []Suppression
	for _, x := range s.PollingStops() {
		i := slices.IndexFunc(list, func(y Suppression) bool { return y.Scope.Device == x.Scope.Device })
		switch {
		case x.State != InForce:
		case i < 0:
			list = append(list, x)
		case x.Until.After(list[i].Until):
			list[i] = x
		}
	}
	slices.SortFunc(list, func(a, b Suppression) int {
		return strings.Compare(string(a.Scope.Device), string(b.Scope.Device))
	})
	return list
}
