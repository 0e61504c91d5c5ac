package lean

import (
	"net/netip"
	"time"
)

// state of a device in its loop.
type state uint8

const (
	idle    state = iota // its next round is in the wheel
	waiting              // wants to send: in the queue, or in the wheel until it may
	asked                // a request is outstanding, its time-out is in the wheel
)

// A device is one client's place in a loop.
type device struct {
	client Client
	cfg    Config
	group  *group

	state   state
	queued  bool // in the ready queue
	young   bool // the request outstanding fills the window
	probing bool
	called  bool   // leaves after the round in hand
	failing bool   // its last round brought nothing
	epoch   uint32 // of the group, when it began to fail

	generation uint16 // of the last request
	answered   bool   // the last request has had its answer

	due      time.Duration // the round in hand, or the next one
	until    time.Duration // the round in hand ends then
	requests []*Request
	current  int
	retried  bool
	sentAt   time.Duration
	firstAt  time.Duration // of the try before, where there was one

	trip      estimate
	bucket    bucket
	failed    int // rounds in a row without any answer
	probes    int // probes in a row without an answer
	nextProbe time.Duration
	result    Result
}

// unreachableAfter is how many rounds without any answer make a device
// unreachable.
const unreachableAfter = 2

func (d *device) unreachable() bool { return d.failed >= unreachableAfter }

// backoff is the distance to the next probe after n without an answer.
func backoff(interval, most time.Duration, n int) time.Duration {
	d := interval
	for ; n > 0 && d < most; n-- {
		d *= 2
	}
	return max(min(d, most), interval)
}

// begin starts the round that is due.
func (l *Loop) begin(place uint16) {
	d := &l.devices[place]
	d.result = Result{Moment: Moment{Due: d.due, Now: l.now}}
	failing := d.group.isFailing(d)
	if d.unreachable() && failing && l.now < d.nextProbe {
		d.result.Outcome = Unreachable
		l.finish(place)
		return
	}
	if failing && d.group.silent() && !d.group.mayProbe(l.now, d.cfg.Interval) {
		d.result.Outcome = SiteSilent
		l.finish(place)
		return
	}
	l.ask(place, d.unreachable())
}

// ask gets the round's requests from the client and queues the first one.
func (l *Loop) ask(place uint16, probe bool) {
	d := &l.devices[place]
	d.probing = probe
	d.requests = d.client.Round(d.result.Moment, probe)
	if len(d.requests) == 0 {
		l.release(place)
		return
	}
	d.current, d.retried, d.until = 0, false, l.now+d.cfg.Limit
	d.result.Timeout = d.trip.timeout(d.cfg.Timeout)
	l.enqueue(place)
}

func (l *Loop) enqueue(place uint16) {
	d := &l.devices[place]
	d.state = waiting
	if !d.queued {
		d.queued = true
		l.ready.push(place)
	}
}

// pump sends what may be sent.
func (l *Loop) pump() {
	if l.now-l.Figures.dropsAt >= dropsEvery {
		l.updateDrops()
	}
	for l.young.len() > 0 {
		y := l.young.front()
		d := &l.devices[y.place]
		same := d.young && d.generation == y.generation
		if same && l.now-y.at < youngAge {
			break
		}
		l.young.pop()
		if same {
			l.settle(d)
		}
	}
	for l.ready.len() > 0 && l.youngs < l.window {
		place := l.ready.pop()
		d := &l.devices[place]
		d.queued = false
		if d.state != waiting {
			continue // it left meanwhile
		}
		wait := d.bucket.take(l.now)
		if wait == 0 {
			wait = d.group.bucket.take(l.now)
		}
		switch {
		case l.now+wait >= d.until:
			l.expire(place)
		case wait > 0:
			l.wheel.set(int32(place), l.now+wait)
		default:
			l.send(place)
		}
	}
}

// settle frees the window of the device's request.
func (l *Loop) settle(d *device) {
	if d.young {
		d.young = false
		l.youngs--
	}
}

func (l *Loop) send(place uint16) {
	d := &l.devices[place]
	d.generation = (d.generation + 1) % generations
	d.answered = false
	l.out = d.requests[d.current].appendTo(l.out[:0], requestID(place, d.generation))
	if _, err := l.conn.WriteToUDPAddrPort(l.out, d.cfg.Address); err != nil {
		l.Figures.Errors.Add(1) // it will time out
	}
	l.Figures.Sent.Add(1)
	d.state, d.firstAt, d.sentAt = asked, d.sentAt, l.now
	d.young = true
	l.youngs++
	l.young.push(youth{place: place, generation: d.generation, at: l.now})
	l.awaitAnswer(place)
}

// together is up to how long a round waits for those due shortly after it, and
// never more than a hundredth of its interval. Waking up costs more than asking:
// with 10,000 devices every 10 s, and the live table behind, this takes a sixth off
// the processor time of rounds that start in slots of 50 ms.
const together = 100 * time.Millisecond

// schedule sets the start of the device's next round.
func (l *Loop) schedule(place uint16) {
	d := &l.devices[place]
	at := d.due
	if grain := min(together, d.cfg.Interval/100); grain > slotTime {
		at = (at + grain - 1) / grain * grain
	}
	l.wheel.set(int32(place), at)
}

// awaitAnswer sets the time-out of the request outstanding.
func (l *Loop) awaitAnswer(place uint16) {
	d := &l.devices[place]
	wait := d.trip.timeout(d.cfg.Timeout)
	if d.retried {
		wait = min(2*wait, d.cfg.Timeout, maxTimeout)
	}
	l.wheel.set(int32(place), min(d.sentAt+wait, d.until))
}

// timedOut tries once more, or gives the round up.
func (l *Loop) timedOut(place uint16) {
	d := &l.devices[place]
	l.settle(d)
	d.result.Timeouts++
	l.Figures.Timeouts.Add(1)
	again := !d.retried && !d.probing && !d.group.silent()
	if !again || l.now >= d.until {
		l.expire(place)
		return
	}
	d.retried = true
	l.enqueue(place)
}

// expire ends a round whose request in hand has no answer.
func (l *Loop) expire(place uint16) {
	d := &l.devices[place]
	d.result.Failed = d.current
	switch {
	case d.state == waiting || d.result.Answered > 0 && l.now >= d.until:
		d.result.Outcome = Shortened
	case d.result.Answered == 0:
		d.result.Outcome = Silent
	default:
		d.result.Outcome = Partial
	}
	l.finish(place)
}

// take looks whose answer a datagram is.
func (l *Loop) take(packet []byte, from netip.AddrPort) {
	h, readable := readHeader(packet)
	place, generation, ours := splitID(h.id)
	if !readable {
		l.unreadable(from)
		return
	}
	if !ours || int(place) >= len(l.devices) || l.devices[place].client == nil {
		l.Figures.UnknownID.Add(1)
		return
	}
	d := &l.devices[place]
	switch age := (d.generation - generation) % generations; {
	case from != d.cfg.Address:
		l.Figures.WrongSource.Add(1)
	case age == 0 && d.answered:
		l.Figures.Duplicates.Add(1)
	case age == 0 && d.state == asked:
		l.deliver(place, packet, h)
	case age == 0 && d.sentAt > 0:
		l.late(place, l.now-d.sentAt)
	case age == 1 && d.retried:
		l.late(place, l.now-d.firstAt)
	case age < recent:
		l.Figures.Late.Add(1)
	default:
		l.Figures.UnknownID.Add(1)
	}
}

// recent is how many generations back an answer is still called late.
const recent = 64

// late is the answer to a try that was given up: it says how long the device
// really takes.
func (l *Loop) late(place uint16, trip time.Duration) {
	d := &l.devices[place]
	l.Figures.Late.Add(1)
	d.trip.add(trip)
	if d.state == asked {
		l.awaitAnswer(place)
	}
}

// unreadable notes that a device we wait for sent what is no message. It answers
// nothing: the time-out goes on.
func (l *Loop) unreadable(from netip.AddrPort) {
	l.Figures.UnknownID.Add(1)
	if place, ok := l.sources[from]; ok && l.devices[place].state == asked {
		l.devices[place].result.Garbage++
	}
}

// deliver hands an answer to the client and goes on.
func (l *Loop) deliver(place uint16, packet []byte, h opening) {
	d := &l.devices[place]
	d.answered = true
	l.settle(d)
	l.wheel.clear(int32(place))
	d.result.Trip = l.now - d.sentAt
	d.trip.add(d.result.Trip)
	d.result.Answered++
	r := d.requests[d.current]
	for len(l.slots) < r.count {
		l.slots = append(l.slots, Slot{})
	}
	var v Verdict
	if slots := l.slots[:r.count]; r.decode(packet, h, slots) {
		l.Figures.Answers.Add(1)
		v = d.client.Answer(d.current, slots, packet)
	} else {
		l.Figures.Surprises.Add(1)
		v = d.client.Surprise(d.current, packet)
	}
	l.proceed(place, v)
}

// proceed goes to the round's next request, or ends it.
func (l *Loop) proceed(place uint16, v Verdict) {
	d := &l.devices[place]
	d.current++
	d.retried = false
	switch {
	case v == Break:
		d.result.Outcome, d.result.Failed = Broken, d.current-1
	case d.current < len(d.requests):
		l.enqueue(place)
		return
	case d.probing:
		// It is back: the whole plan at once.
		l.back(d)
		l.ask(place, false)
		return
	}
	l.finish(place)
}

// back notes that the device answers.
func (l *Loop) back(d *device) {
	d.failed, d.probes, d.nextProbe = 0, 0, 0
	d.group.answers(d, true)
}

// finish ends the round, whatever came of it, and sets the next one.
func (l *Loop) finish(place uint16) {
	d := &l.devices[place]
	switch o := d.result.Outcome; {
	case o == Unreachable, o == SiteSilent, o == Shortened && d.result.Answered == 0:
	case o == Silent:
		d.failed++
		d.group.fails(d)
		if d.unreachable() {
			d.nextProbe = d.due + backoff(d.cfg.Interval, d.cfg.MaxBackoff, d.probes)
			d.probes++
		}
	default:
		l.back(d)
	}
	d.state = idle
	d.requests = nil
	c := d.client
	next, stay := c.Done(d.result)
	if !stay || d.called {
		called := stay && d.called
		l.release(place)
		if called {
			c.Called()
		}
		return
	}
	d.due = next
	l.schedule(place)
}
