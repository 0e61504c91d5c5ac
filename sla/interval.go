package sla

import "slices"

// An Interval is [From, To) in Unix seconds.
type Interval struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Normalize drops empty and reversed intervals, sorts, and merges what overlaps
// or touches. Its argument stays as it is.
func Normalize(set []Interval) []Interval {
	out := make([]Interval, 0, len(set))
	for _, i := range set {
		if i.From < i.To {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Interval) int {
		switch {
		case a.From < b.From:
			return -1
		case a.From > b.From:
			return 1
		}
		return 0
	})
	n := 0
	for _, i := range out {
		if n > 0 && i.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, i.To)
			continue
		}
		out[n] = i
		n++
	}
	return out[:n]
}

// length is the number of seconds in a normalised set.
func length(set []Interval) int64 {
	var n int64
	for _, i := range set {
		n += i.To - i.From
	}
	return n
}

// intersect of two normalised sets.
func intersect(a, b []Interval) []Interval {
	var out []Interval
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, to := max(a[i].From, b[j].From), min(a[i].To, b[j].To)
		if from < to {
			out = append(out, Interval{from, to})
		}
		if a[i].To < b[j].To {
			i++
		} else {
			j++
		}
	}
	return out
}

// subtract is a without b, both normalised.
func subtract(a, b []Interval) []Interval {
	var out []Interval
	j := 0
	for _, i := range a {
		from := i.From
		for j < len(b) && b[j].To <= from {
			j++
		}
		for k := j; k < len(b) && b[k].From < i.To; k++ {
			if b[k].From > from {
				out = append(out, Interval{from, b[k].From})
			}
			from = max(from, b[k].To)
		}
		if from < i.To {
			out = append(out, Interval{from, i.To})
		}
	}
	return out
}
