package alarm

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"nezuban/internal/facility"
)

// keepEnded is how many ended occurrences a Book remembers, so that a command
// that comes a moment too late is told what happened instead of "not found".
const keepEnded = 1000

type standingKey struct {
	rule   string
	device facility.DeviceID
	point  facility.PointID
}

// A Book is the fold of the events of many alarms. It is not safe for
// concurrent use.
type Book struct {
	byID     map[string]Occurrence
	standing map[standingKey]string
	ended    []string     // oldest first
	sorted   []Occurrence // nil after a change; never modified once handed out
}

// NewBook returns an empty Book.
func NewBook() *Book {
	return &Book{byID: map[string]Occurrence{}, standing: map[standingKey]string{}}
}

// Apply folds one event in. It refuses what Occurrence.Apply refuses, and a
// second occurrence of one rule at one point while the first stands.
func (b *Book) Apply(e Event) error {
	key := standingKey{e.Rule, e.Device, e.Point}
	if e.Kind == Raised {
		if other, ok := b.standing[key]; ok {
			return fmt.Errorf("alarm %s: rule %s at %s stands as %s already", e.AlarmID, e.Rule, e.Device, other)
		}
	}
	o, err := b.byID[e.AlarmID].Apply(e)
	if err != nil {
		return err
	}
	b.byID[o.ID], b.sorted = o, nil
	if o.EndedAt.IsZero() {
		b.standing[standingKey{o.Rule, o.Device, o.Point}] = o.ID
		return nil
	}
	delete(b.standing, standingKey{o.Rule, o.Device, o.Point})
	b.ended = append(b.ended, o.ID)
	if len(b.ended) > keepEnded {
		delete(b.byID, b.ended[0])
		b.ended = b.ended[1:]
	}
	return nil
}

// Get returns the occurrence with an id: any that stands, and the latest ones
// that ended.
func (b *Book) Get(id string) (Occurrence, bool) {
	o, ok := b.byID[id]
	return o, ok
}

// Find returns the occurrence of a rule at a point (point "": the whole device)
// that stands.
func (b *Book) Find(rule string, device facility.DeviceID, point facility.PointID) (Occurrence, bool) {
	id, ok := b.standing[standingKey{rule, device, point}]
	return b.byID[id], ok
}

// ErrEventOnly is what Decide answers for a rule of type event: its changes are
// worth a record, but make no alarm. Who calls keeps them as such.
var ErrEventOnly = errors.New("its rule is of type event and makes no alarm")

// Decide returns the event that a change of a condition brings, without applying
// it. newID is asked only where a new occurrence begins.
func (b *Book) Decide(c Change, newID func() string) (Event, error) {
	if c.Rule.Type == EventOnly {
		return Event{}, fmt.Errorf("rule %s at %s: %w", c.Rule.ID, c.Device, ErrEventOnly)
	}
	o, stands := b.Find(c.Rule.ID, c.Device, c.Point)
	if !c.Active {
		return o.ConditionOff(c)
	}
	if !stands {
		if c.Realarm {
			return Event{}, o.refuse(Realarmed, "it does not stand")
		}
		o = Occurrence{ID: newID()}
	}
	return o.ConditionOn(c)
}

// Standing returns every occurrence that is not normal: gravest priority first,
// unacknowledged before acknowledged, newest first. The slice is shared and must
// not be modified; later events do not change it.
func (b *Book) Standing() []Occurrence {
	if b.sorted != nil {
		return b.sorted
	}
	list := make([]Occurrence, 0, len(b.standing))
	for _, id := range b.standing {
		list = append(list, b.byID[id])
	}
	slices.SortFunc(list, func(x, y Occurrence) int {
		return cmp.Or(
			cmp.Compare(x.Priority, y.Priority),
			cmp.Compare(btoi(x.IsAcked), btoi(y.IsAcked)),
			y.RaisedAt.Compare(x.RaisedAt),
			cmp.Compare(y.ID, x.ID),
		)
	})
	b.sorted = list
	return list
}

func btoi(v bool) int {
	if v {
		return 1
	}
	return 0
}
