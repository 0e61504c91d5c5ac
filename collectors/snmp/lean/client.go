package lean

import (
	"net/netip"
	"time"
)

// A Client speaks for one device. Its methods are called by the goroutine of the
// device's loop, one at a time, and must not block.
type Client interface {
	// Round is called when the device's moment has come and says what to ask, in
	// order. probe asks for one cheap request instead of the plan, because the device
	// did not answer before. Without requests the device leaves the loop; it may join
	// again.
	Round(m Moment, probe bool) []*Request

	// Answer takes the decoded answer to request i of those that Round returned. Slots
	// and packet are only good until it returns.
	Answer(i int, slots []Slot, packet []byte) Verdict

	// Surprise takes an answer that came from the right place at the right time and
	// is not what the walker expects. The packet is only good until it returns.
	Surprise(i int, packet []byte) Verdict

	// Done ends the round and names the moment of the next one; the device leaves the
	// loop where stay is false.
	Done(r Result) (next time.Duration, stay bool)

	// Called says that the device has left the loop because of [Loop.Call]: somebody
	// wants something of it between its rounds. It may join again.
	Called()

	// Gone says that the device has left the loop by [Pool.Leave], or with the loop's
	// end. Nothing is called after it.
	Gone()
}

// A Verdict is what becomes of a round after an answer.
type Verdict uint8

const (
	Continue Verdict = iota // on to the next request
	Break                   // the round ends here
)

// A Moment is when a round was to start and when it does.
type Moment struct {
	Due, Now time.Duration
}

// Outcome is how a round ended.
type Outcome uint8

const (
	Whole       Outcome = iota // every request was answered
	Partial                    // some were answered, then the device fell silent
	Shortened                  // some were answered, then the round's time was over
	Broken                     // the client broke it off
	Silent                     // nothing was answered
	Unreachable                // not asked: the device is backing off
	SiteSilent                 // not asked: most devices of its group are silent, others are probed
)

// A Result is the account of one round.
type Result struct {
	Moment
	Outcome  Outcome
	Answered int           // requests
	Failed   int           // the request that ended the round, where one did
	Garbage  int           // datagrams of the device that are no message, while it was asked
	Timeouts int           // tries without an answer in time
	Trip     time.Duration // round trip of the last answer
	Timeout  time.Duration // what the device is given for one request
}

// A Config is how one device is polled. All times are real time.
type Config struct {
	Address    netip.AddrPort
	Interval   time.Duration // of its rounds; bounds time-outs and back-off
	Timeout    time.Duration // longest wait for one request, and the first one; 0: 2 s
	Limit      time.Duration // longest round; 0: nine tenths of the interval
	MaxBackoff time.Duration // longest distance between two probes; 0: 60 s
	Rate       int           // packets a second; 0: 20
	Group      string        // the gateway or link before it; "" the address's /24 or /64
	GroupRate  int           // packets a second over that link, 0: no bound
	Failed     int           // rounds in a row that it did not answer before it joined
}

// Defaults of Config.
const (
	DefaultTimeout    = 2 * time.Second
	DefaultMaxBackoff = 60 * time.Second
	DefaultRate       = 20
)

// leastTimeout is the shortest wait that an interval can bring about.
const leastTimeout = 50 * time.Millisecond

func (c *Config) fill() {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Interval > 0 {
		c.Timeout = min(c.Timeout, c.Interval/3)
	}
	c.Timeout = max(c.Timeout, leastTimeout)
	if c.Limit <= 0 {
		c.Limit = max(c.Interval*9/10, 250*time.Millisecond)
	}
	if c.MaxBackoff <= 0 {
		c.MaxBackoff = DefaultMaxBackoff
	}
	if c.Rate <= 0 {
		c.Rate = DefaultRate
	}
	c.Address = netip.AddrPortFrom(c.Address.Addr().Unmap(), c.Address.Port())
	if c.Group == "" && c.Address.IsValid() {
		bits := 64
		if c.Address.Addr().Is4() {
			bits = 24
		}
		if p, err := c.Address.Addr().Prefix(bits); err == nil {
			c.Group = p.String()
		}
	}
}
