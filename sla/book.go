package sla

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// EntryKind is what was recorded about targets.
type EntryKind string

const (
	EntryDefined  EntryKind = "defined"  // a definition, or a changed one
	EntryProposed EntryKind = "proposed" // an exclusion
	EntryApproved EntryKind = "approved"
	EntryDeclined EntryKind = "declined"
	EntryEnded    EntryKind = "ended"    // a running exclusion has its end now
	EntryDone     EntryKind = "done"     // an obligation
	EntryHappened EntryKind = "happened" // an event that a person or program reported
	EntryClosed   EntryKind = "closed"   // a window's figures, provisional
	EntrySigned   EntryKind = "signed"   // … made final
)

// An Entry is one thing recorded, never changed afterwards.
type Entry struct {
	Kind     EntryKind `json:"kind"`
	Object   string    `json:"object"`   // EXC-000001, target:NAME, window:NAME/FROM, an obligation's id, EVT-000001
	Revision int       `json:"revision"` // of the object, from 1
	At       int64     `json:"at"`
	Actor    string    `json:"actor"`
	Comment  string    `json:"comment,omitempty"`

	Exclusion *Exclusion `json:"exclusion,omitempty"`
	Version   *Version   `json:"version,omitempty"`
	Closing   *Closing   `json:"closing,omitempty"`
	Done      *Done      `json:"done,omitempty"`
	Event     *Event     `json:"event,omitempty"`
}

// Done is what was recorded of an obligation.
type Done struct {
	Obligation string `json:"obligation"`
	At         int64  `json:"at"`
	Evidence   string `json:"evidence,omitempty"`
	By         string `json:"by"`
}

// A Book is everything recorded about targets: a fold of entries.
type Book struct {
	Entries    int
	exclusions map[string]Exclusion
	versions   map[string][]Version
	closings   map[string][]Closing
	done       map[string]Done
	events     []Event
	revisions  map[string]int
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{exclusions: map[string]Exclusion{}, versions: map[string][]Version{}, closings: map[string][]Closing{}, done: map[string]Done{}, revisions: map[string]int{}}
}

// Clone returns a book that can go on by itself.
func (b *Book) Clone() *Book {
	c := &Book{Entries: b.Entries, exclusions: maps.Clone(b.exclusions), versions: map[string][]Version{}, closings: map[string][]Closing{},
		done: maps.Clone(b.done), events: slices.Clone(b.events), revisions: maps.Clone(b.revisions)}
	for k, v := range b.versions {
		c.versions[k] = slices.Clone(v)
	}
	for k, v := range b.closings {
		c.closings[k] = slices.Clone(v)
	}
	return c
}

// Next is the revision that an object's next entry has.
func (b *Book) Next(object string) int { return b.revisions[object] + 1 }

// Apply takes the next entry. It refuses one that does not follow.
func (b *Book) Apply(e Entry) error {
	if e.Revision != b.Next(e.Object) {
		return fmt.Errorf("%s of %s: revision %d follows on %d", e.Kind, e.Object, e.Revision, b.revisions[e.Object])
	}
	if err := b.take(e); err != nil {
		return fmt.Errorf("%s of %s: %w", e.Kind, e.Object, err)
	}
	b.revisions[e.Object] = e.Revision
	b.Entries++
	return nil
}

func (b *Book) take(e Entry) error {
	switch e.Kind {
	case EntryProposed, EntryApproved, EntryDeclined, EntryEnded:
		return b.takeExclusion(e)
	case EntryDefined:
		if e.Version == nil || e.Version.Target == nil {
			return fmt.Errorf("it has no definition")
		}
		name := e.Version.Target.Name
		b.versions[name] = append(b.versions[name], *e.Version)
	case EntryClosed, EntrySigned:
		if e.Closing == nil {
			return fmt.Errorf("it has no figures")
		}
		b.closings[e.Closing.Target] = append(b.closings[e.Closing.Target], *e.Closing)
	case EntryDone:
		if e.Done == nil {
			return fmt.Errorf("it does not say what was done")
		}
		if _, twice := b.done[e.Done.Obligation]; !twice { // done once is done; a correction is of the record
			b.done[e.Done.Obligation] = *e.Done
		}
	case EntryHappened:
		if e.Event == nil {
			return fmt.Errorf("it does not say what happened")
		}
		b.events = append(b.events, *e.Event)
	default:
		return fmt.Errorf("the kind is not known")
	}
	return nil
}

func (b *Book) takeExclusion(e Entry) error {
	x, has := b.exclusions[e.Object]
	switch {
	case e.Kind == EntryProposed:
		if has || e.Exclusion == nil {
			return fmt.Errorf("it is proposed already, or says nothing")
		}
		x = *e.Exclusion
	case !has:
		return fmt.Errorf("nobody proposed it")
	case e.Kind == EntryEnded:
		if x.To != 0 || e.Exclusion == nil {
			return fmt.Errorf("it is not running")
		}
		x.To = e.Exclusion.To
	case x.ApprovedAt != 0 || x.Declined:
		return fmt.Errorf("it was decided already")
	case e.Kind == EntryApproved:
		x.ApprovedBy, x.ApprovedAt = e.Actor, e.At
		if !x.Approved() {
			return fmt.Errorf("%s proposed it and cannot approve it", e.Actor)
		}
	default:
		x.Declined, x.ApprovedBy = true, ""
	}
	b.exclusions[e.Object] = x
	return nil
}

// Exclusion returns one.
func (b *Book) Exclusion(id string) (Exclusion, bool) {
	x, ok := b.exclusions[id]
	return x, ok
}

// Exclusions returns all, in the order of their beginning.
func (b *Book) Exclusions() []Exclusion {
	out := make([]Exclusion, 0, len(b.exclusions))
	for _, x := range b.exclusions {
		out = append(out, x)
	}
	Sort(out)
	return out
}

// Approved returns the exclusions that count.
func (b *Book) Approved() []Exclusion {
	return slices.DeleteFunc(b.Exclusions(), func(x Exclusion) bool { return !x.Approved() })
}

// Versions of a target, the oldest first.
func (b *Book) Versions(target string) []Version { return b.versions[target] }

// Closings of a target, in the order in which they were recorded.
func (b *Book) Closings(target string) []Closing { return b.closings[target] }

// Closing is the newest of a target's window.
func (b *Book) Closing(target string, from int64) (Closing, bool) {
	list := b.closings[target]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].From == from {
			return list[i], true
		}
	}
	return Closing{}, false
}

// Events that people or programs reported, by time.
func (b *Book) Events() []Event {
	out := slices.Clone(b.events)
	slices.SortStableFunc(out, func(x, y Event) int { return cmp.Compare(x.At, y.At) })
	return out
}

// Recorded fills in what was recorded of obligations.
func (b *Book) Recorded(list []Obligation) []Obligation {
	out := slices.Clone(list)
	for i := range out {
		if d, ok := b.done[out[i].ID]; ok {
			out[i].Done, out[i].Evidence, out[i].Source = d.At, d.Evidence, d.By
		}
	}
	return out
}

// Obligations are those of a target with everything that recurs and everything
// that was recorded, as known at asOf.
func (b *Book) Obligations(t *Target, s *Subject, given []Obligation, asOf int64) []Obligation {
	if t.Due == nil {
		return nil
	}
	var mine []Obligation
	for _, o := range b.Recorded(given) {
		if o.Entity == s.ID && o.Record == t.Due.Record {
			mine = append(mine, o)
		}
	}
	for range 400 { // what was done decides what is due next; each round finds one more
		all := b.Recorded(t.Due.series(mine, asOf, t.Window.Zone))
		if len(all) == len(mine) {
			break
		}
		mine = all
	}
	return mine
}
