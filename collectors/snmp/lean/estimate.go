package lean

import "time"

// Bounds of the time one request waits (polling is for seconds, not minutes: a
// device that needs longer than 5 s is as good as silent).
const (
	minTimeout = 300 * time.Millisecond
	maxTimeout = 5 * time.Second
)

// An estimate is what is known of a device's round trips (the smoothing of RFC
// 6298: gains of 1/8 and 1/4, four times the deviation).
type estimate struct {
	smoothed, deviation time.Duration
	known               bool
}

func (e *estimate) add(rtt time.Duration) {
	if !e.known {
		*e = estimate{smoothed: rtt, deviation: rtt / 2, known: true}
		return
	}
	e.deviation += ((rtt - e.smoothed).Abs() - e.deviation) / 4
	e.smoothed += (rtt - e.smoothed) / 8
}

// timeout is how long to wait, at most limit; the whole limit while nothing is
// known.
func (e *estimate) timeout(limit time.Duration) time.Duration {
	if !e.known {
		return min(limit, maxTimeout)
	}
	return min(max(e.smoothed+4*e.deviation, minTimeout), maxTimeout, limit)
}

// A bucket lets rate packets a second through, a second's worth at once. The zero
// rate lets everything through.
type bucket struct {
	rate, tokens float64
	at           time.Duration
}

// take takes a token, or says how long there will be none.
func (b *bucket) take(now time.Duration) (wait time.Duration) {
	if b.rate <= 0 {
		return 0
	}
	b.tokens = min(b.rate, b.tokens+(now-b.at).Seconds()*b.rate)
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / b.rate * float64(time.Second))
	}
	b.tokens--
	return 0
}
