package sla

import "time"

// A FreshnessIndicator is good while the last success is not older than MaxAge.
// Successes are events, or a metric whose value is the Unix time of the last one.
type FreshnessIndicator struct {
	Event  string // name of the event; "" where a metric tells
	Metric string // Unix time of the last success; "" where events tell
	Where  Where  // which events are successes; a failed run refreshes nothing
	MaxAge time.Duration
}

func (i *FreshnessIndicator) seconds() int64 { return int64(i.MaxAge / time.Second) }

// span of a sample whose value is the time of the last success: good until that
// is too old, then bad as long as the sample still speaks. A success that lies in
// the future of the sample is no evidence.
func (i *FreshnessIndicator) span(s Sample, hold int64) span {
	end := s.At + hold
	if !isNumber(s.Value) || s.Value > float64(s.At) || s.Value <= 0 {
		return span{turn: end, end: end}
	}
	turn := max(s.At, int64(s.Value)+i.seconds())
	return span{first: good, after: bad, turn: turn, end: max(turn, end)}
}

// successes are the samples that events make.
func (i *FreshnessIndicator) successes(events []Event) []Sample {
	var out []Sample
	for _, e := range events {
		if e.Name == i.Event && i.Where.Match(e.Attrs) {
			out = append(out, Sample{At: e.At, Value: float64(e.At), Known: true})
		}
	}
	return out
}

// begin is when an entity that came into service at since is judged: from its
// first success, and at the latest when that was due.
func (i *FreshnessIndicator) begin(since, first int64) int64 {
	due := since + i.seconds()
	if first != 0 && first < due {
		return max(first, since)
	}
	return due
}
