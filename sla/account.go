package sla

import "time"

// An Account keeps the time of one entity of one target while samples come in:
// what Score would say of the same samples, without keeping them. It holds the
// sets of the window that runs and of the one before, so that an exclusion that
// is approved late still counts. It is not safe for concurrent use.
//
// Samples come in the order of their stamps. One with the stamp of the last
// replaces it; an older one is refused, since the time after it is settled
// already: Rewind goes back to it.
type Account struct {
	target *Target
	entity Entity // without samples
	fold   *fold
	valid  Interval // of the definition; To 0: until further notice

	good, bad, held, live int64 // settled seconds of the running window, by the main input
	gone                  []closedValues

	defined string // see definition; "" until it is asked for
}

// closedValues are the values of a window that is over, of ratio-value.
type closedValues struct {
	From int64     `json:"from"`
	To   int64     `json:"to"`
	Hist histogram `json:"hist"`
}

// NewAccount returns the empty account of an entity for the window that contains
// at.
func NewAccount(t *Target, e Entity, at time.Time) *Account {
	return NewAccountIn(t, e, at, Interval{})
}

// NewAccountIn is NewAccount for a definition that is valid in a part of time
// only; To 0: until further notice.
func NewAccountIn(t *Target, e Entity, at time.Time, valid Interval) *Account {
	e.Samples, e.Events, e.Obligations = nil, nil, nil
	a := &Account{target: t, entity: e, valid: valid}
	a.fold = newFold(t, &a.entity)
	a.open(at.Unix())
	return a
}

// Entity returns the id of what is accounted.
func (a *Account) Entity() string { return a.entity.ID }

// Since returns from when, and Until up to when, the entity is in service; 0
// where that is not said.
func (a *Account) Since() int64 { return a.entity.Since }

// Until is described at Since.
func (a *Account) Until() int64 { return a.entity.Until }

// Retire takes the entity out of service from an instant on: it was replaced, or
// left the group. What it was before stays in the window's figures.
func (a *Account) Retire(until int64) {
	a.settle(until)
	a.entity.Until = until
	a.recount()
}

// Copy returns an account with sets of its own, for figures that take long to
// make.
func (a *Account) Copy() *Account {
	c := *a
	c.fold = a.copied()
	c.fold.entity = &c.entity
	c.gone = append([]closedValues(nil), a.gone...)
	return &c
}

// Touched reports whether any exclusion is of this account, so that its figures
// take longer to make.
func (a *Account) Touched(exclusions []Exclusion) bool { return a.touches(exclusions) }

// Window returns the bounds of the running window, as far as the definition is
// valid.
func (a *Account) Window() Interval { return Interval{a.fold.from, a.fold.to} }

// Last returns the stamp of the newest known sample; 0 where there is none.
func (a *Account) Last() int64 {
	last := int64(0)
	for i := range inputs {
		if in := a.fold.peek(i); in != nil && in.has {
			last = max(last, in.sample.At)
		}
	}
	return last
}

// Add takes the next sample and reports whether it was taken. An unanswered poll
// is taken; it tells at most that the collector lived.
func (a *Account) Add(s Sample) bool {
	f := a.fold
	if in := f.peek(s.Input); s.Known && in != nil && in.has && s.At < in.settled || f.needs && f.polled && s.At < f.liveAt {
		return false
	}
	a.settle(s.At)
	f.add(s)
	return true
}

// settle turns everything up to at into seconds. Where at lies in a later window,
// that one begins.
func (a *Account) settle(at int64) {
	f := a.fold
	for at >= f.to && f.to != 0 && !(a.valid.To != 0 && f.to >= a.valid.To) {
		a.count(f.to)
		f.settle(f.to)
		if h := f.values(); h != nil {
			a.gone = append(a.gone, closedValues{f.from, f.to, h})
			a.gone = a.gone[max(0, len(a.gone)-1):]
		}
		a.forget(f.from)
		a.open(max(f.to, a.skip(at)))
	}
	a.count(at)
	f.settle(at)
}

// skip is the beginning of the window before at's: nothing is known in between
// once holds have run out, so windows without samples are not walked one by one.
func (a *Account) skip(at int64) int64 {
	f := a.fold
	if f.main.has && f.main.span.end > f.to || f.liveTo > f.to || f.more != nil {
		return f.to
	}
	return at
}

// count adds what settling up to at will settle to the sums of the window.
func (a *Account) count(at int64) {
	g, b, h, l := a.tail(at)
	a.good, a.bad, a.held, a.live = a.good+g, a.bad+b, a.held+h, a.live+l
}

// tail are the seconds between what is settled and at, within window and service.
func (a *Account) tail(at int64) (g, b, h, l int64) {
	f := a.fold
	add := func(c class, from, to int64) {
		n := a.clip(from, to)
		switch c {
		case good:
			g += n
		case bad:
			b += n
		default:
			h += n
		}
	}
	if in := &f.main; in.has && at > in.settled {
		turn := min(at, in.span.turn)
		add(in.span.first, in.settled, turn)
		add(in.span.after, max(in.settled, turn), min(at, in.span.end))
	}
	if f.polled {
		l = a.clip(f.liveAt, min(at, f.liveTo))
	}
	return g, b, h, l
}

// clip is the length of [from, to) within window and service.
func (a *Account) clip(from, to int64) int64 {
	from = max(from, a.fold.from, a.entity.Since)
	if to = min(to, a.fold.to); a.entity.Until != 0 {
		to = min(to, a.entity.Until)
	}
	return max(0, to-from)
}

// open begins the window that contains at.
func (a *Account) open(at int64) {
	from, to := Bounds(a.target.Window, time.Unix(at, 0))
	i := Interval{max(from.Unix(), a.valid.From), to.Unix()}
	if a.valid.To != 0 {
		i.To = min(i.To, a.valid.To)
	}
	a.fold.from, a.fold.to = i.From, max(i.To, i.From)
	a.good, a.bad, a.held, a.live = 0, 0, 0, 0
	a.fold.hist, a.fold.fresh = nil, nil
}

// forget drops what lies before an instant: nobody will ask for it.
func (a *Account) forget(before int64) {
	f := a.fold
	for i := range inputs {
		if in := f.peek(i); in != nil {
			in.good.drop(before)
			in.bad.drop(before)
			in.held.drop(before)
		}
	}
	f.live.drop(before)
}

// recount makes the sums of the running window from the sets.
func (a *Account) recount() {
	f := a.fold
	w := Normalize([]Interval{{max(f.from, a.entity.Since), f.to}})
	if a.entity.Until != 0 {
		w = Normalize([]Interval{{max(f.from, a.entity.Since), min(f.to, a.entity.Until)}})
	}
	a.good, a.bad, a.held = length(intersect(w, f.main.good)), length(intersect(w, f.main.bad)), length(intersect(w, f.main.held))
	a.live = length(intersect(w, f.live))
}

// copied is a fold that can go on without changing the account's.
func (a *Account) copied() *fold {
	a.fold.values() // shared from here on
	f := *a.fold
	f.main = f.main.clone()
	if f.more != nil {
		more := *f.more
		for i := range more {
			more[i] = more[i].clone()
		}
		f.more = &more
	}
	f.live = append(runs(nil), f.live...)
	return &f
}

func (in heldInput) clone() heldInput {
	in.good, in.bad, in.held = append(runs(nil), in.good...), append(runs(nil), in.bad...), append(runs(nil), in.held...)
	return in
}

// reached is up to where samples were turned into seconds.
func (a *Account) reached() int64 {
	at := a.fold.liveAt
	for i := range inputs {
		if in := a.fold.peek(i); in != nil && in.has {
			at = max(at, in.settled)
		}
	}
	return at
}

// part is the account's share of [from, to) as of asOf, with all its sets.
func (a *Account) part(from, to, asOf int64, exclusions []Exclusion) part {
	t, f := a.target, a.fold
	asOf = max(asOf, a.reached())
	now := a.copied()
	if from != f.from || to != f.to { // of another window
		now.from, now.to, now.hist, now.fresh = from, to, nil, nil
	}
	now.settle(min(asOf, to))
	for _, g := range a.gone {
		if g.From == from && g.To == to {
			now.hist = g.Hist
		}
	}
	return t.timed(&a.entity, now, from, to, asOf, exclusions)
}

// quick is the tally of the running window from the sums alone: this runs for
// every entity, every second. false where only the sets can tell.
func (a *Account) quick(from, to, asOf int64, exclusions []Exclusion) (tally, bool) {
	t, f := a.target, a.fold
	if f.more != nil || t.Kind == KindRatioValue || from != f.from || to != f.to || len(exclusions) > 0 && a.touches(exclusions) {
		return tally{}, false
	}
	asOf = max(asOf, a.reached())
	g, b, h, l := a.tail(min(asOf, to))
	y := tally{good: a.good + g, bad: a.bad + b}
	if f.needs {
		y.bad += a.live + l - (y.good + y.bad + a.held + h)
	}
	if s := t.serving(&a.entity, f.first, from, to); s.From < s.To {
		y.service = s.To - s.From
		y.unknown = max(0, min(asOf, s.To)-s.From) - y.good - y.bad
	}
	y.rawGood, y.rawBad, y.rawUnknown = y.good, y.bad, y.unknown
	return y, true
}

// tally of [from, to), by sums where they can tell.
func (a *Account) tally(from, to, asOf int64, exclusions []Exclusion) (tally, histogram) {
	if y, ok := a.quick(from, to, asOf, exclusions); ok {
		return y, nil
	}
	p := a.part(from, to, asOf, exclusions)
	return p.sum, p.hist
}

// touches reports whether any exclusion could be of this account.
func (a *Account) touches(exclusions []Exclusion) bool {
	for i := range exclusions {
		x := &exclusions[i]
		if x.Approved() && a.target.Allows(x.Kind) && x.concerns(a.target, a.entity.ID) {
			return true
		}
	}
	return false
}
