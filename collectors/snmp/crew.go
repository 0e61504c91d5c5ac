package snmp

import "context"

// A crew bounds how many devices are spoken to the slow way at a time: a session
// each, with a socket and 64 KiB. Devices that do not answer have places of their
// own, so that nobody waits behind them.
type crew struct{ healthy, silent chan struct{} }

// Places of a crew. A silent device holds one for two time-outs, 4 s, and comes
// back once a minute: 128 are enough for 1,900 of them. Devices that have not been
// heard of yet count as healthy: a thousand may be dead and hold up nobody.
const (
	healthyPlaces = 1024
	silentPlaces  = 128
)

func newCrew() *crew {
	return &crew{healthy: make(chan struct{}, healthyPlaces), silent: make(chan struct{}, silentPlaces)}
}

// enter waits for a place; leave gives it back.
func (c *crew) enter(ctx context.Context, silent bool) (leave func(), err error) {
	places := c.healthy
	if silent {
		places = c.silent
	}
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
