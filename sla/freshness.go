package sla

import (
	"math"
	"time"
)

// A FreshnessIndicator is good while the last success is not older than MaxAge.
// Successes are events, or a metric that tells the
// age of the last one.
type FreshnessIndicator struct {
	Event  string // name of the event; "" where a metric tells
	Metric string // tells the last success; "" where events tell
	Stamp  bool   // the metric is the Unix time of the last success, not its age
	Where  Where  // which events are successes; a failed run refreshes nothing
	MaxAge time.Duration
}

func (i *FreshnessIndicator) seconds() int64 { return int64(i.MaxAge / time.Second) }

// span of a sample whose value is the age of the last success: good until that
// is too old, then bad as long as the sample still speaks. A success that lies in
// the future of the sample is no evidence.
func (i *FreshnessIndicator) span(s Sample, hold int64) span {
	end, age := s.At+hold, s.Value
	if i.Stamp {
		age = float64(s.At) - s.Value
	}
	if !isNumber(age) || age < 0 || age > float64(s.At) {
		return span{turn: end, end: end}
	}
	turn := max(s.At, s.At-int64(math.Ceil(age))+i.seconds())
	return span{first: good, after: bad, turn: turn, end: max(turn, end)}
}

// successes are the samples that events make.
func (i *FreshnessIndicator) successes(events []Event) []Sample {
	var out []Sample
	for _, e := range events {
		if e.Name == i.Event && i.Where.Match(e.Attrs) {
			out = append(out, Sample{At: e.At, Known: true})
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
