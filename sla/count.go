package sla

// A CountIndicator is the share of good events among all of a name.
type CountIndicator struct {
	Event  string
	Where  Where // which events count at all
	Good   Where // which of them are good
	Ignore Where
}

func (i *CountIndicator) occurrences(t *Target, events []Event, asOf int64) []Occurrence {
	var list []Occurrence
	for k := range events {
		e := &events[k]
		if e.Name != i.Event || e.At >= asOf || !t.picks(e) || !i.Where.Match(e.Attrs) || !i.Ignore.Empty() && i.Ignore.Match(e.Attrs) {
			continue
		}
		o := Occurrence{Key: e.Key, Entity: e.Entity, Start: e.At, Source: e.Source, verdict: bad}
		if i.Good.Match(e.Attrs) {
			o.verdict = good
		}
		list = append(list, o)
	}
	return list
}
