package alarm

import (
	"cmp"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// keepOver is how many suppressions that are over a Suppressions remembers.
const keepOver = 1000

// Suppressions are the fold of the events of all suppressions. They are not safe
// for concurrent use.
type Suppressions struct {
	// Device gives the attributes of a device, for filters that speak of them; nil,
	// or a nil answer: filters see an alarm's own attributes only.
	Device func(facility.DeviceID) facility.Attributes
	// Rule gives a rule, for its own cap on shelving; nil, or a nil answer: the cap
	// of the priority alone.
	Rule func(id string) *Rule

	byID map[string]*entry
	live []*entry // waiting or in force, by id
	over []string // oldest end first
}

// entry is a suppression and what its filter reads.
type entry struct {
	Suppression
	filter facility.Selector
	held   int
}

// NewSuppressions returns an empty fold.
func NewSuppressions() *Suppressions { return &Suppressions{byID: map[string]*entry{}} }

// Apply folds one event in. It refuses what Suppression.Apply refuses.
func (s *Suppressions) Apply(e SuppressionEvent) error {
	old := s.byID[e.ID]
	if old == nil {
		old = &entry{}
	}
	next, err := old.Suppression.Apply(e)
	if err != nil {
		return err
	}
	n := &entry{Suppression: next, filter: old.filter, held: old.held}
	if next.Revision == 1 && next.Scope.Filter != "" {
		if n.filter, err = facility.ParseSelector(next.Scope.Filter); err != nil {
			return &SuppressionError{ID: e.ID, Code: BadScope, Detail: err.Error()}
		}
	}
	s.byID[e.ID] = n
	s.live = slices.DeleteFunc(s.live, func(x *entry) bool { return x.ID == e.ID })
	if next.State != Over {
		s.live = append(s.live, n)
		slices.SortFunc(s.live, func(a, b *entry) int { return cmp.Compare(a.ID, b.ID) })
		return nil
	}
	s.over = append(s.over, e.ID)
	if len(s.over) > keepOver {
		delete(s.byID, s.over[0])
		s.over = s.over[1:]
	}
	return nil
}

// Get returns one suppression: any that waits or is in force, and the latest
// that are over.
func (s *Suppressions) Get(id string) (Suppression, bool) {
	e, ok := s.byID[id]
	if !ok {
		return Suppression{}, false
	}
	return e.handedOut(), true
}

func (e *entry) handedOut() Suppression {
	x := e.Suppression
	x.Held = e.held
	return x
}

// List returns every suppression that waits or is in force, and those that ended
// at since or later, newest request first. Matches is filled in from standing.
func (s *Suppressions) List(standing []Occurrence, since time.Time) []Suppression {
	var list []Suppression
	for _, e := range s.byID {
		if e.State == Over && e.EndedAt.Before(since) {
			continue
		}
		x := e.handedOut()
		if e.State != Over {
			for i := range standing {
				if s.reaches(e, &standing[i]) {
					x.Matches++
				}
			}
		}
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b Suppression) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	return list
}

// Cover fills in the shelving and the out-of-service record that cover o now. Of
// several the one that lasts longest is taken.
func (s *Suppressions) Cover(o *Occurrence) {
	o.Shelve, o.Service = nil, nil
	if o.Class == LifeSafety {
		return
	}
	for _, e := range s.live {
		if e.State != InForce || !s.reaches(e, o) || !s.enough(e, o) {
			continue
		}
		at := &o.Shelve
		if e.Type == OutOfService {
			at = &o.Service
		}
		if *at == nil || e.Until.After((*at).Until) {
			x := e.handedOut()
			*at = &x
		}
	}
}

// Covers reports whether one suppression holds o back now: it is in force, its
// scope has o, and it has what the priority of o needs. A filter that a graver
// alarm comes under later does not hold that one back: it lasts too long for it,
// or lacks the second person.
func (s *Suppressions) Covers(id string, o Occurrence) bool {
	e, ok := s.byID[id]
	return ok && e.State == InForce && s.reaches(e, &o) && s.enough(e, &o)
}

// enough reports whether a suppression has what it takes to hold back o.
func (s *Suppressions) enough(e *entry, o *Occurrence) bool {
	if o.Priority <= facility.P1 && e.Approver == "" {
		return false
	}
	if e.Type == OutOfService {
		return true
	}
	longest := MaxShelving(o.Priority)
	if s.Rule != nil {
		if r := s.Rule(o.Rule); r != nil && r.MaxShelve > 0 {
			longest = min(longest, r.MaxShelve)
		}
	}
	return e.Until.Sub(e.Since) <= longest
}

// reaches reports whether a scope covers o, whatever the state of its
// suppression.
func (s *Suppressions) reaches(e *entry, o *Occurrence) bool {
	return o.Class != LifeSafety && e.Type != PollingStop && s.names(e, o)
}

// names reports whether a scope speaks of o.
func (s *Suppressions) names(e *entry, o *Occurrence) bool {
	if c := e.Scope; c.Filter == "" {
		return c.Rule == o.Rule && c.Device == o.Device && c.Point == o.Point
	}
	return e.filter.Match(s.attributes(o))
}

func (s *Suppressions) attributes(o *Occurrence) facility.Attributes {
	plain := *o
	plain.Shelve, plain.Service = nil, nil
	if s.Device == nil {
		return plain.Attributes(nil)
	}
	return plain.Attributes(s.Device(o.Device))
}

// Hold fills in what keeps an annunciation from being heard: the id of the
// suppression that covers the alarm, or "design". Events that annunciate
// nothing, and alarms of class life safety, are left as they are.
func (s *Suppressions) Hold(e Event) Event {
	if !e.annunciates() || e.Class == LifeSafety {
		e.Held = ""
		return e
	}
	o := Occurrence{
		ID: e.AlarmID, Revision: e.Revision, Rule: e.Rule, Device: e.Device, Point: e.Point, Place: e.Place,
		Category: e.Category, Zone: e.Zone, Priority: e.Priority, Class: e.Class, Active: true,
	}
	s.Cover(&o)
	switch {
	case o.Service != nil:
		e.Held = o.Service.ID
	case e.Held != "":
	case o.Shelve != nil:
		e.Held = o.Shelve.ID
	}
	return e
}

// annunciates reports whether an event is of a kind that is heard.
func (e Event) annunciates() bool {
	return e.Kind == Raised || e.Kind == CameBack || e.Kind == Realarmed
}

// Count adds an event that was held back to the suppression that did it. It is
// no part of the fold: who reads the records again counts them again.
func (s *Suppressions) Count(e Event) {
	if x, ok := s.byID[e.Held]; ok && e.annunciates() {
		x.held++
	}
}

// Due returns the events that time alone brings at now, by id: shelvings and
// polling stops that are over, requests that nobody approved in time. A clock that was set back to
// more than a minute before the beginning ends them too, since how long they
// have lasted is not known any more. What is due is found from the records, so
// also after the program was down; what is over is never due again.
func (s *Suppressions) Due(now time.Time) []SuppressionEvent {
	var events []SuppressionEvent
	for _, e := range s.live {
		if reason := e.due(now); reason != "" {
			events = append(events, e.next(Expired, "system:suppression", reason, now))
		}
	}
	return events
}

const (
	approvalTime = 10 * time.Minute
	stepBack     = time.Minute
)

func (x *Suppression) due(now time.Time) string {
	switch {
	case x.State == Waiting && now.Sub(x.At) >= approvalTime:
		return "nobody approved it within 10 minutes"
	case x.State == Waiting && x.Type.EndsByItself() && !now.Before(x.Until):
		return "its time was over before anybody approved it"
	case x.State == Waiting && x.At.Sub(now) > stepBack:
		return "the clock was set back"
	case x.State != InForce || !x.Type.EndsByItself():
		return ""
	case !now.Before(x.Until):
		return "its time is over"
	case x.Since.Sub(now) > stepBack:
		return "the clock was set back"
	}
	return ""
}

// NextDue is the moment at which Due has something next; zero: nothing ends by
// itself.
func (s *Suppressions) NextDue() time.Time {
	var next time.Time
	for _, e := range s.live {
		at := e.Until
		switch {
		case e.State == Waiting:
			if limit := e.At.Add(approvalTime); at.IsZero() || e.Type == OutOfService || limit.Before(at) {
				at = limit
			}
		case e.Type == OutOfService:
			continue
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// MaxShelvedAtOnce is how many alarms an operator position may have shelved.
const MaxShelvedAtOnce = 10

// Shelved is how many alarms of a position are shelved: those that stand and are
// covered, and those shelved one by one that do not stand now.
func (s *Suppressions) Shelved(standing []Occurrence, position facility.Selector) int {
	n := 0
	seen := map[standingKey]bool{}
	for i := range standing {
		o := standing[i]
		s.Cover(&o)
		if o.Shelve != nil && position.Match(s.attributes(&o)) {
			n++
			seen[standingKey{o.Rule, o.Device, o.Point}] = true
		}
	}
	for _, e := range s.live {
		key := standingKey{e.Scope.Rule, e.Scope.Device, e.Scope.Point}
		if e.Type != Shelving || e.State != InForce || e.Scope.Filter != "" || seen[key] {
			continue
		}
		o := Occurrence{Rule: e.Scope.Rule, Device: e.Scope.Device, Point: e.Scope.Point}
		if position.Match(s.attributes(&o)) {
			n++
			seen[key] = true
		}
	}
	return n
}
