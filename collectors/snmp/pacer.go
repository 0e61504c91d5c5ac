package snmp

import (
	"context"
	"time"

	"nezuban/internal/clock"
)

// realTime is the clock in real time, which is what sockets and devices live in
// even where the clock runs faster.
type realTime struct{ clk clock.Clock }

// now is the real time since an arbitrary start.
func (r realTime) now() time.Duration { return r.clk.Real(r.clk.Mono()) }

// sleep waits d of real time, or until ctx ends.
func (r realTime) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	speed := float64(time.Second) / float64(r.clk.Real(time.Second))
	return r.clk.Sleep(ctx, time.Duration(float64(d)*speed))
}

// defaultPackets is how many requests a second one device gets at most.
const defaultPackets = 20

// pacer is a token bucket of requests to one device, in real time; a second's
// worth may go at once. It belongs to the device's goroutine.
type pacer struct {
	real   realTime
	rate   float64 // requests a second
	tokens float64
	at     time.Duration
}

func newPacer(real realTime, perSecond int) *pacer {
	if perSecond <= 0 {
		perSecond = defaultPackets
	}
	return &pacer{real: real, rate: float64(perSecond), tokens: float64(perSecond), at: real.now()}
}

// wait returns when one more request may be sent, or with ctx's error.
func (p *pacer) wait(ctx context.Context) error {
	now := p.real.now()
	p.tokens = min(p.rate, p.tokens+(now-p.at).Seconds()*p.rate)
	p.at = now
	p.tokens--
	if p.tokens >= 0 {
		return ctx.Err()
	}
	return p.real.sleep(ctx, time.Duration(-p.tokens/p.rate*float64(time.Second)))
}
