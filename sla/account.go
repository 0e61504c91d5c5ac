package sla

import (
	"encoding/json"
	"fmt"
	"time"

	"nezuban/internal/facility"
)

// An Account keeps the sums of one entity of one target while samples come in:
// what Score would say of the same samples, without keeping them. It knows no
// exclusions. It is not safe for concurrent use.
//
// Samples come in the order of their stamps. One with the stamp of the last
// replaces it; an older one is refused, since the time after it is settled
// already: Score over history counts it, so a late sample shows as a difference
// between the two until the account is rebuilt.
type Account struct {
	target *Target
	entity Entity // without samples
	judge  func(float64, []facility.State) class
	maxAge int64
	keep   bool // the sets too, where bad sets are combined

	from, to  int64 // window
	good, bad int64 // settled seconds, all before last
	goodSet   []Interval
	badSet    []Interval
	last      int64 // stamp of the last known sample
	class     class // of it
	has       bool
}

// NewAccount returns the empty account of an entity for the window that contains
// at.
func NewAccount(t *Target, e Entity, at time.Time) *Account {
	e.Samples = nil
	a := &Account{target: t, entity: e, judge: t.judge(), maxAge: t.maxAge(&e), keep: t.Combine == Any || t.Combine == All}
	a.open(at.Unix())
	return a
}

// Entity returns the id of what is accounted.
func (a *Account) Entity() string { return a.entity.ID }

// Last returns the stamp of the last known sample; 0 where there is none.
func (a *Account) Last() int64 { return a.last }

// Add takes the next sample and reports whether it was taken. An unanswered poll
// is taken and changes nothing.
func (a *Account) Add(s Sample) bool {
	if !s.Known {
		return true
	}
	if a.has && s.At < a.last {
		return false
	}
	a.settle(s.At)
	a.last, a.class, a.has = s.At, a.judge(s.Value, a.entity.States), true
	return true
}

// settle adds what the last sample held up to at. Where at lies in a later
// window, the old one is not asked for any more.
func (a *Account) settle(at int64) {
	if at >= a.to {
		a.open(at)
	}
	i := a.held(at)
	if i.From >= i.To {
		return
	}
	switch a.class {
	case good:
		a.good += i.To - i.From
		a.goodSet = a.extend(a.goodSet, i)
	case bad:
		a.bad += i.To - i.From
		a.badSet = a.extend(a.badSet, i)
	}
}

// held is the time the last sample speaks for, up to at, within window and
// service.
func (a *Account) held(at int64) Interval {
	if !a.has {
		return Interval{}
	}
	to := min(at, a.last+a.maxAge) // at lies in the window
	if a.entity.Until != 0 {
		to = min(to, a.entity.Until)
	}
	return Interval{max(a.last, a.from, a.entity.Since), to}
}

func (a *Account) extend(set []Interval, i Interval) []Interval {
	if !a.keep {
		return nil
	}
	if n := len(set); n > 0 && set[n-1].To == i.From {
		set[n-1].To = i.To
		return set
	}
	return append(set, i)
}

// open begins the window that contains at.
func (a *Account) open(at int64) {
	from, to := Bounds(a.target.Window, time.Unix(at, 0))
	a.from, a.to = from.Unix(), to.Unix()
	a.good, a.bad, a.goodSet, a.badSet = 0, 0, nil, nil
}

// part is the account's share as of asOf; asOf lies in the window that has begun
// or in a later one.
func (a *Account) part(asOf int64) part {
	now := *a
	now.goodSet, now.badSet = append([]Interval(nil), a.goodSet...), append([]Interval(nil), a.badSet...)
	if a.has {
		asOf = max(asOf, a.last)
	}
	now.settle(asOf)
	if !a.keep { // the same without sets: this runs for every entity, every second
		sum := tally{service: now.span(now.to), good: now.good, bad: now.bad}
		sum.unknown = now.span(asOf) - sum.good - sum.bad
		return part{id: a.entity.ID, name: a.entity.DisplayName, sum: sum}
	}
	s := now.entity.service(now.from, now.to)
	eligible := intersect(s, Normalize([]Interval{{now.from, min(now.to, asOf)}}))
	sum := tally{service: length(s), good: now.good, bad: now.bad}
	sum.unknown = length(eligible) - sum.good - sum.bad
	return part{a.entity.ID, a.entity.DisplayName, sum, s, s, eligible, Normalize(now.goodSet), Normalize(now.badSet)}
}

// span is the length of the time in service within the window, up to to.
func (a *Account) span(to int64) int64 {
	to = min(to, a.to)
	if a.entity.Until != 0 {
		to = min(to, a.entity.Until)
	}
	return max(0, to-max(a.from, a.entity.Since))
}

// Result is the entity's own result as of asOf.
func (a *Account) Result(asOf time.Time) Result {
	from, to := Bounds(a.target.Window, asOf)
	return eachOf(a.target, []part{a.part(asOf.Unix())}, from.Unix(), to.Unix(), asOf.Unix())[0]
}

// Summarize makes the target's Result of the accounts of its entities, as of
// asOf: the same as Score makes of the samples.
func Summarize(t *Target, accounts []*Account, asOf time.Time) Result {
	from, to := Bounds(t.Window, asOf)
	parts := make([]part, len(accounts))
	for i, a := range accounts {
		parts[i] = a.part(asOf.Unix())
	}
	sortParts(parts)
	return combine(t, parts, from.Unix(), to.Unix(), asOf.Unix())
}

// accountForm is how an account is written down.
type accountForm struct {
	Definition string     `json:"definition"`
	Since      int64      `json:"since"`
	From       int64      `json:"from"`
	To         int64      `json:"to"`
	Good       int64      `json:"good"`
	Bad        int64      `json:"bad"`
	GoodSet    []Interval `json:"good_set,omitempty"`
	BadSet     []Interval `json:"bad_set,omitempty"`
	Last       int64      `json:"last"`
	Class      class      `json:"class"`
	Has        bool       `json:"has"`
}

// definition is everything that the sums depend on.
func (a *Account) definition() string {
	t := a.target
	s := fmt.Sprintf("%s %s %d %s %v", t.Kind, t.Metric(), a.maxAge, t.Window.Duration, t.Window.Zone)
	if t.State != nil {
		s += fmt.Sprintf(" states %q of %v", t.State.Good, a.entity.States)
	}
	if t.Range != nil {
		for _, b := range []*float64{t.Range.Min, t.Range.Max} {
			if b == nil {
				s += " none"
			} else {
				s += fmt.Sprintf(" %g", *b)
			}
		}
	}
	return s + fmt.Sprintf(" sets %v", a.keep)
}

// MarshalJSON writes the account down.
func (a *Account) MarshalJSON() ([]byte, error) {
	return json.Marshal(accountForm{a.definition(), a.entity.Since, a.from, a.to, a.good, a.bad, a.goodSet, a.badSet, a.last, a.class, a.has})
}

// UnmarshalJSON takes up what MarshalJSON wrote into an account that NewAccount
// made. It refuses, and leaves the account empty, where the target's indicator,
// window or the point's states are not the same any more. The earlier beginning
// of service wins.
func (a *Account) UnmarshalJSON(data []byte) error {
	var f accountForm
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("read account of %s: %w", a.entity.ID, err)
	}
	if a.target == nil || f.Definition != a.definition() {
		return fmt.Errorf("read account of %s: it was kept under another definition of the target; it begins anew", a.entity.ID)
	}
	if f.Good < 0 || f.Bad < 0 || f.Class > bad || f.From > f.To {
		return fmt.Errorf("read account of %s: its sums are impossible; it begins anew", a.entity.ID)
	}
	a.entity.Since = min(a.entity.Since, f.Since)
	a.from, a.to, a.good, a.bad, a.goodSet, a.badSet = f.From, f.To, f.Good, f.Bad, f.GoodSet, f.BadSet
	a.last, a.class, a.has = f.Last, f.Class, f.Has
	return nil
}
