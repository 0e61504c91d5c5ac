package lean

import (
	"sync/atomic"
	"time"
)

// Figures count what a loop does. They may be read at any time.
type Figures struct {
	Devices     atomic.Uint64
	Sent        atomic.Uint64
	Answers     atomic.Uint64 // decoded by the walker
	Surprises   atomic.Uint64 // given to the client as they came
	Late        atomic.Uint64 // answers to a try that was given up
	Duplicates  atomic.Uint64 // answers to a request that was answered before
	UnknownID   atomic.Uint64 // no request of ours, or one too long ago
	WrongSource atomic.Uint64 // the id is right, the address another
	Timeouts    atomic.Uint64
	Errors      atomic.Uint64 // of sending and receiving
	Dropped     atomic.Uint64 // by the kernel, for want of room in the receive buffer
	Buffer      atomic.Uint64 // bytes of receive buffer, as granted
	Window      atomic.Uint64 // young requests at most

	dropsAt time.Duration
}

// dropsEvery is how often the kernel is asked for its drops.
const dropsEvery = time.Second

// updateDrops reads the kernel's count.
func (l *Loop) updateDrops() {
	l.Figures.dropsAt = l.now
	n, err := drops(l.conn)
	if err != nil {
		return
	}
	if before := l.Figures.Dropped.Swap(uint64(n)); uint64(n) > before {
		l.pool.o.Log.Warn("the kernel dropped answers: the receive buffer was full", "answers", uint64(n)-before,
			"buffer_bytes", l.Figures.Buffer.Load(), "hint", "raise net.core.rmem_max")
	}
}
