package sla

// A fold turns the samples of one entity, in the order of their stamps, into sets
// of seconds. It is the one place where samples become time: an Account feeds it
// as samples come in, Score feeds it all at once.
type fold struct {
	target *Target
	entity *Entity // id, states and service only
	maxAge int64
	main   heldInput
	more   *[inputs]heldInput // of redundancy; nil elsewhere
	live   runs               // time in which the collector asked, answered or not
	liveTo int64              // up to which the newest poll says so
	liveAt int64              // up to where live is settled
	polled bool
	needs  bool  // live is needed
	first  int64 // stamp of the first success, of freshness; 0 none

	hist     histogram // ratio-value: seconds by value, of the time in [from, to); see values
	fresh    []held    // of hist, not in their places yet
	from, to int64     // to 0: of all time
}

// heldInput is what one input's newest known sample still says.
type heldInput struct {
	has             bool
	sample          Sample
	span            span
	settled         int64 // up to where it has been turned into sets
	good, bad, held runs  // held: known and neither
}

func newFold(t *Target, e *Entity) *fold {
	return &fold{target: t, entity: e, maxAge: t.maxAge(e), needs: t.unreachableBad()}
}

// add takes the next sample; its stamp is not before that of any sample of the
// same input. A sample with the stamp of the last replaces it.
func (f *fold) add(s Sample) {
	if f.needs {
		f.poll(s.At)
	}
	if !s.Known {
		return
	}
	in := f.input(s.Input)
	if f.first == 0 && f.target.Kind == KindFreshness && f.target.says(s, f.maxAge, nil).first == good {
		f.first = s.At
	}
	f.settleInput(in, s.At)
	in.has, in.sample, in.settled = true, s, s.At
	in.span = f.target.says(s, f.maxAge, f.entity.States)
}

// input returns one of the entity's inputs.
func (f *fold) input(i Input) *heldInput {
	if i == InputMain || i >= inputs {
		return &f.main
	}
	if f.more == nil {
		f.more = new([inputs]heldInput)
	}
	return &f.more[i]
}

// peek is an input without making one; nil where there is none.
func (f *fold) peek(i Input) *heldInput {
	switch {
	case i == InputMain:
		return &f.main
	case f.more == nil || i >= inputs:
		return nil
	}
	return &f.more[i]
}

// poll notes that the collector asked at an instant.
func (f *fold) poll(at int64) {
	if f.polled {
		f.live.add(f.liveAt, min(at, f.liveTo))
	}
	f.polled, f.liveAt, f.liveTo = true, at, at+f.maxAge
}

// settle turns everything up to an instant into sets.
func (f *fold) settle(to int64) {
	f.settleInput(&f.main, to)
	if f.more != nil {
		for i := range f.more {
			f.settleInput(&f.more[i], to)
		}
	}
	if f.polled {
		end := min(to, f.liveTo)
		f.live.add(f.liveAt, end)
		f.liveAt = max(f.liveAt, end)
	}
}

func (f *fold) settleInput(in *heldInput, to int64) {
	if !in.has || to <= in.settled {
		return
	}
	from := in.settled
	in.settled = to
	turn := min(to, in.span.turn)
	in.put(in.span.first, from, turn)
	in.put(in.span.after, max(from, turn), min(to, in.span.end))
	if f.target.Kind == KindRatioValue {
		f.weigh(in.sample.Value, from, turn)
	}
}

func (in *heldInput) put(c class, from, to int64) {
	switch c {
	case good:
		in.good.add(from, to)
	case bad:
		in.bad.add(from, to)
	default:
		in.held.add(from, to)
	}
}

// sets combines the inputs.
func (f *fold) sets() (goodSet, badSet, thin []Interval) {
	main := &f.main
	if f.target.Kind == KindRedundancy {
		return f.target.Redundancy.sets(f)
	}
	goodSet, badSet = main.good, main.bad
	if f.needs { // asked, and nothing held
		known := Normalize(append(append(append([]Interval(nil), main.good...), main.bad...), main.held...))
		badSet = Normalize(append(subtract(f.live, known), badSet...))
	}
	return goodSet, badSet, nil
}

// runs are intervals that grow at their end.
type runs []Interval

func (r *runs) add(from, to int64) {
	if from >= to {
		return
	}
	if n := len(*r); n > 0 && (*r)[n-1].To >= from {
		(*r)[n-1].To = max((*r)[n-1].To, to)
		return
	}
	*r = append(*r, Interval{from, to})
}

// cut forgets everything from at on.
func (r *runs) cut(at int64) {
	n := len(*r)
	for n > 0 && (*r)[n-1].From >= at {
		n--
	}
	*r = (*r)[:n]
	if n > 0 && (*r)[n-1].To > at {
		(*r)[n-1].To = at
	}
}

// drop forgets everything before at.
func (r *runs) drop(at int64) {
	n := 0
	for n < len(*r) && (*r)[n].To <= at {
		n++
	}
	*r = append(runs(nil), (*r)[n:]...)
	if len(*r) > 0 && (*r)[0].From < at {
		(*r)[0].From = at
	}
}
