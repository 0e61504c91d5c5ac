package sla

import "time"

// CanRewind reports whether Rewind can go back to an instant.
func (a *Account) CanRewind(at int64) bool {
	return at >= a.fold.from && a.target.Kind != KindRatioValue
}

// Anew returns the empty account of the same entity, for the window before the
// running one on, and from when samples are needed.
func (a *Account) Anew() (fresh *Account, from int64) {
	before, _ := Bounds(a.target.Window, time.Unix(a.fold.from-1, 0))
	from = max(before.Unix(), a.valid.From)
	return NewAccountIn(a.target, a.entity, time.Unix(from, 0), a.valid), from
}

// Rewind forgets everything from an instant on, so that samples from then on can
// be added again. It reports false where the instant lies before what is kept:
// then the account must be made anew.
func (a *Account) Rewind(at int64) bool {
	f := a.fold
	if !a.CanRewind(at) {
		return false
	}
	for i := range inputs {
		in := f.peek(i)
		if in == nil {
			continue
		}
		in.good.cut(at)
		in.bad.cut(at)
		in.held.cut(at)
		in.has, in.settled = false, at
	}
	f.live.cut(at)
	f.polled, f.liveAt, f.liveTo = false, at, at
	if f.first >= at {
		f.first = 0
	}
	a.recount()
	return true
}

// Recall adds a sample from before the instant that the account was rewound to:
// only what it still says after it counts. Older ones change nothing.
func (a *Account) Recall(s Sample) {
	f := a.fold
	if f.needs && s.At+f.maxAge > f.liveTo { // asked before, answered or not
		f.polled, f.liveTo = true, s.At+f.maxAge
	}
	in := f.input(s.Input)
	if !s.Known || s.At > in.settled || in.has && in.sample.At > s.At {
		return
	}
	if f.first == 0 && f.target.Kind == KindFreshness && f.target.says(s, f.maxAge, nil).first == good {
		f.first = s.At
	}
	in.has, in.sample = true, s
	in.span = a.target.says(s, f.maxAge, a.entity.States)
}
