package alarm

import (
	"time"

	"nezuban/internal/facility"
)

// moment is one sample of a rate rule's window.
type moment struct {
	at time.Duration
	v  float64
}

// maxMoments bounds the window of a rate rule: of more samples than that, every
// one that is closer than a 32nd of the window to the one before is left out.
const maxMoments = 32

// NextFrom is Next for rules that compute: deviation, rate and calculated. src
// are the points they compute from; a rate rule needs none. Every other rule is
// left as it is. Where something needed is unknown the condition stays as it is.
//
// A deviation rule compares s.Value with its reference: the fixed value; the
// point of the reference's metric with the labels of s.Point, or, where the
// device has one such point only, that one; or the mean of what src gives as
// Values of the metric of s.Point, which must be the points that the rule
// watches in the group, at least two of them known. The limit of its change is
// the reference plus the rule's limit, so that it reads beside the value.
//
// A rate rule compares the change over its whole window. It judges nothing until
// its samples reach back that far; a gap longer than s.MaxAge and a clock that
// goes back begin the window anew.
//
// A calculated rule is called with the moment of the evaluation as s.Tick and
// with s.Known; its change has no value.
func (r *Rule) NextFrom(c Condition, s Sample, src Sources) (Condition, *Change) {
	if !s.Known {
		return c, nil
	}
	switch r.Type {
	case Deviation:
		reference, known := r.Reference.of(s, src)
		if !known {
			return c, nil
		}
		return r.nextLimit(c, s, s.Value-reference, s.Value, reference)
	case Rate:
		var perTime float64
		var judged bool
		if c.window, perTime, judged = r.rate(c.window, s); !judged {
			return c, nil
		}
		return r.nextLimit(c, s, perTime, perTime, 0)
	case Calculated:
		return r.nextCalculated(c, s, src)
	}
	return c, nil
}

// nextLimit judges v by the rule's limits. The change shows the value shown, and
// the limit moved by offset.
func (r *Rule) nextLimit(c Condition, s Sample, v, shown, offset float64) (Condition, *Change) {
	if !c.Active {
		c.held = ""
	}
	level, limit := r.limitLevel(c.held, v)
	if level == "" && c.Active {
		limit = r.limitOf(c.Level)
	}
	before := c
	c, changed := r.step(c, level, limitRank(level), time.Duration(s.Tick)*time.Second, s.MaxAge)
	if !changed {
		return c, nil
	}
	ch := r.change(before, c, s.Tick.Time())
	ch.Value, ch.HasValue = shown, true
	if limit != nil {
		ch.Limit, ch.HasLimit = *limit+offset, true
	}
	return c, ch
}

func (r *Rule) nextCalculated(c Condition, s Sample, src Sources) (Condition, *Change) {
	if r.Expression == nil {
		return c, nil
	}
	holds, known := r.Expression.Holds(src)
	if !known {
		return c, nil
	}
	level, rank := "", 0
	if holds {
		level, rank = LevelTrue, 1
	}
	before := c
	c, changed := r.step(c, level, rank, time.Duration(s.Tick)*time.Second, s.MaxAge)
	if !changed {
		return c, nil
	}
	return c, r.change(before, c, s.Tick.Time())
}

func (f Reference) of(s Sample, src Sources) (float64, bool) {
	switch {
	case f.Value != nil:
		return *f.Value, true
	case src == nil || s.Point == nil:
		return 0, false
	case f.Metric != "":
		return f.setPoint(s.Point.Labels, src)
	case f.Mean:
		values, _ := src.Values(s.Point.Metric)
		if len(values) < 2 {
			return 0, false
		}
		return sum(values) / float64(len(values)), true
	}
	return 0, false
}

// setPoint is the reference point with these labels, or the only one there is.
func (f Reference) setPoint(labels []facility.Label, src Sources) (float64, bool) {
	if v, known := src.Value(f.Metric, labels...); known {
		return v, true
	}
	values, unknown := src.Values(f.Metric)
	if len(values) != 1 || unknown != 0 {
		return 0, false
	}
	return values[0], true
}

// rate adds a sample to the window, which it does not modify, and returns the
// change per r.Per over the whole of it.
func (r *Rule) rate(window []moment, s Sample) (next []moment, perTime float64, judged bool) {
	now := moment{time.Duration(s.Tick) * time.Second, s.Value}
	if n := len(window); n > 0 {
		last := window[n-1].at
		if now.at <= last || s.MaxAge > 0 && now.at-last > s.MaxAge {
			window = nil
		}
	}
	first := 0 // the youngest sample that lies a whole window back, or the oldest there is
	for first+1 < len(window) && now.at-window[first+1].at >= r.Window {
		first++
	}
	next = make([]moment, 0, min(len(window)-first+1, maxMoments+2))
	for i, m := range window[first:] {
		newest := first+i == len(window)-1
		if k := len(next); k > 1 && !newest && m.at-next[k-1].at < r.Window/maxMoments {
			continue
		}
		next = append(next, m)
	}
	next = append(next, now)
	if k := len(next); k > 3 && next[k-2].at-next[k-3].at < r.Window/maxMoments {
		next = append(next[:k-2], now)
	}
	span := now.at - next[0].at
	if span <= 0 || span < r.Window {
		return next, 0, false
	}
	return next, (now.v - next[0].v) / float64(span) * float64(r.Per), true
}
