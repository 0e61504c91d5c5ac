// Package clock is the only place where time comes from: a wall clock, a
// monotonic clock and timers that tests can step and the demo can speed up.
//
// Now is for stamps people read; Mono is for measuring and for alarm timers, and
// never goes back. Scaled clocks multiply both by a factor.
package clock

import (
	"context"
	"time"
)

// A Clock tells the time and waits.
type Clock interface {
	// Now is the wall clock, UTC.
	Now() time.Time
	// Mono is the time since an arbitrary start; it never goes back, even when
	// the wall clock is stepped.
	Mono() time.Duration
	// Sleep returns after d of this clock's time, or earlier with ctx's error.
	Sleep(ctx context.Context, d time.Duration) error
	// Real converts a duration of this clock to real time, for deadlines on
	// sockets.
	Real(d time.Duration) time.Duration
}

// System is the machine's own clock.
func System() Clock { return Scaled(time.Now(), 1) }

type scaled struct {
	start time.Time // real, with its monotonic reading
	epoch time.Time // what Now returned at start
	speed float64
}

// Scaled is a clock that stood at epoch when it was made and runs speed times
// as fast as the machine's. Speed 1 follows the machine's wall clock, steps
// included. Two processes with the same epoch, the same start and the same speed
// agree.
func Scaled(epoch time.Time, speed float64) Clock {
	return &scaled{start: time.Now(), epoch: epoch.UTC(), speed: speed}
}

func (c *scaled) Now() time.Time {
	if c.speed == 1 {
		return time.Now().UTC()
	}
	return c.epoch.Add(c.Mono())
}

func (c *scaled) Mono() time.Duration {
	return time.Duration(float64(time.Since(c.start)) * c.speed)
}

func (c *scaled) Real(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.speed)
}

func (c *scaled) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(c.Real(d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
