package sla

// A ZeroIndicator is kept while no such event happens. With a live source and no
// event it is met; with a dead source nobody can say.
type ZeroIndicator struct {
	Event  string
	Where  Where
	Ignore Where
}

func (i *ZeroIndicator) occurrences(t *Target, events []Event, asOf int64) []Occurrence {
	var list []Occurrence
	for k := range events {
		e := &events[k]
		if e.Name != i.Event || e.At >= asOf || !t.picks(e) || !i.Where.Match(e.Attrs) || !i.Ignore.Empty() && i.Ignore.Match(e.Attrs) {
			continue
		}
		list = append(list, Occurrence{Key: e.Key, Entity: e.Entity, Start: e.At, Source: e.Source, verdict: bad})
	}
	return list
}

// zeroVerdict judges a target that allows no event at all.
func (t *Target) zeroVerdict(y tally) (Verdict, Basis) {
	switch {
	case y.bad > 0:
		return Missed, Proven
	case y.feed == 0:
		return NotApplicable, ""
	case above(y.dead, y.feed, t.MaxUnknownPPM):
		return InsufficientData, ""
	case y.dead > 0:
		return Met, ByPolicy
	}
	return Met, Proven
}
