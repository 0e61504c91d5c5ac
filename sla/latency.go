package sla

import "time"

// A LatencyIndicator is good where To follows From, of the same key, within a
// time. An occurrence belongs to the window of its beginning.
type LatencyIndicator struct {
	From, To string // names of events
	Within   time.Duration
	Where    Where // which beginnings count
	Ignore   Where // which do not, such as test alarms; empty: none is ignored
}

// pairs finds beginnings and their ends. An alarm that comes back before anybody
// answered is the same occurrence; one that comes back after is another.
func (i *LatencyIndicator) pairs(t *Target, events []Event, asOf int64) (list []Occurrence, rejected int) {
	open := map[string]int{}
	within := int64(i.Within / time.Second)
	for k := range events {
		e := &events[k]
		if e.At >= asOf {
			break
		}
		switch e.Name {
		case i.From:
			if _, again := open[e.Key]; again || !t.picks(e) || !i.Where.Match(e.Attrs) || !i.Ignore.Empty() && i.Ignore.Match(e.Attrs) {
				continue
			}
			open[e.Key] = len(list)
			list = append(list, Occurrence{Key: e.Key, Entity: e.Entity, Start: e.At, Source: e.Source})
		case i.To:
			at, has := open[e.Key]
			if !has {
				if t.picks(e) && !answered(list, e.Key) {
					rejected++
				}
				continue
			}
			list[at].End = e.At
			delete(open, e.Key)
		}
	}
	for k := range list {
		o := &list[k]
		switch {
		case o.End != 0 && o.End-o.Start <= within:
			o.verdict = good
		case o.End != 0, asOf-o.Start > within:
			o.verdict = bad
		default:
			o.pending = true
		}
	}
	return list, rejected
}

func answered(list []Occurrence, key string) bool {
	for i := range list {
		if list[i].Key == key {
			return true
		}
	}
	return false
}
