package history

import (
	"sync"
)

// sample is one reading on its way: 24 bytes.
type sample struct {
	of *series
	at int64 // ms, Unix
	v  float64
}

// queue holds samples in order, at most limit of them together with those taken
// and not yet settled. Past the limit the oldest waiting one goes.
type queue struct {
	limit int
	wake  chan struct{} // one token: something waits

	mu     sync.Mutex // protects the rest
	items  []sample
	head   int // items[:head] are gone
	flying int // taken, not settled
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, wake: make(chan struct{}, 1)}
}

// push adds samples and returns how many old ones had to go.
func (q *queue) push(in []sample) (lost int) {
	q.mu.Lock()
	if len(in) > q.limit {
		lost = len(in) - q.limit
		in = in[lost:]
	}
	over := len(q.items) - q.head + q.flying + len(in) - q.limit
	over = min(max(over, 0), len(q.items)-q.head)
	q.head += over
	lost += over
	if q.head > len(q.items)/2 {
		q.items = q.items[:copy(q.items, q.items[q.head:])]
		q.head = 0
	}
	q.items = append(q.items, in...)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return lost
}

// take removes at most n samples; they count as held until settled.
func (q *queue) take(n int) []sample {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.items)-q.head)
	out := append([]sample(nil), q.items[q.head:q.head+n]...)
	q.head += n
	q.flying += n
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
		if cap(q.items) > 1<<16 { // after an outage, do not keep its memory
			q.items = nil
		}
	}
	return out
}

// settle forgets n of the samples taken.
func (q *queue) settle(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flying -= n
}

func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) - q.head
}

func (q *queue) held() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) - q.head + q.flying
}

// giveBack puts samples taken and not settled back to the front.
func (q *queue) giveBack(in []sample) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flying -= len(in)
	q.items = append(in, q.items[q.head:]...)
	q.head = 0
}
