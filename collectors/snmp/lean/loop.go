package lean

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// youngAge is how long a request fills the window. An answer that takes longer
// does not lie in the receive buffer soon, and a dead device's never will.
const youngAge = 60 * time.Millisecond

const defaultWindow = 256

// A Loop is one goroutine with one socket and the devices that are its own.
type Loop struct {
	Figures Figures

	pool   *Pool
	conn   *net.UDPConn
	window int

	mu     sync.Mutex // protects inbox and ended
	inbox  []order
	ended  bool
	posted atomic.Bool // there is something in inbox

	// Everything below belongs to the loop's goroutine.
	now      time.Duration
	devices  []device
	free     []uint16
	places   map[Client]uint16
	sources  map[netip.AddrPort]uint16 // whose address it is; of several devices the last one
	groups   map[string]*group
	wheel    *wheel
	due      []int32
	ready    ring[uint16]  // devices that want to send
	young    ring[youth]   // requests that fill the window, the oldest first
	youngs   int           // how many of them are not answered yet
	deadline time.Duration // of the socket
	out, in  []byte
	slots    []Slot
}

// youth is a request that was sent not long ago.
type youth struct {
	place, generation uint16
	at                time.Duration
}

// order is what other goroutines want of a loop.
type order struct {
	client Client
	cfg    Config
	at     time.Duration
	leave  bool
	call   bool
}

func newLoop(p *Pool, six bool) (*Loop, error) {
	network := "udp4"
	if six {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, nil)
	if err != nil {
		return nil, err
	}
	l := &Loop{pool: p, conn: conn, places: map[Client]uint16{}, sources: map[netip.AddrPort]uint16{}, groups: map[string]*group{},
		wheel: newWheel(p.Now()), in: make([]byte, maxPacket), out: make([]byte, 0, 2048)}
	size, err := askBuffer(conn, p.o.Buffer)
	if err != nil {
		p.o.Log.Warn("size of the receive buffer is not known", "err", err)
	}
	l.Figures.Buffer.Store(uint64(size))
	l.window = windowFor(size, p.o.Window)
	l.Figures.Window.Store(uint64(l.window))
	return l, nil
}

// bufferPerReply is what a reply of 1,400 bytes takes of the receive buffer: the
// kernel counts whole pages and its own header.
const bufferPerReply = 2560

// windowFor is how many answers fit into a receive buffer, at most `most`. With
// an unknown one it is careful.
func windowFor(buffer, most int) int { return max(16, min(most, buffer/bufferPerReply)) }

// post hands an order over and wakes the loop.
func (l *Loop) post(o order) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return errEnded
	}
	l.inbox = append(l.inbox, o)
	l.posted.Store(true)
	return l.conn.SetReadDeadline(time.Unix(1, 0))
}

// Leave takes a device out; Gone is called once it is. It does nothing for a
// device that has left by itself.
func (l *Loop) Leave(c Client) {
	_ = l.post(order{client: c, leave: true}) // after the end everybody is gone
}

// Call takes a device out between two rounds, at once or after the one in hand, and
// tells it so. It does nothing for a device that is not in the loop.
func (l *Loop) Call(c Client) {
	_ = l.post(order{client: c, call: true}) // after the end nobody has a next round
}

func (l *Loop) run(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { _ = l.conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	for ctx.Err() == nil {
		before := l.now
		if l.now = l.pool.Now(); l.now-before > stalled {
			l.drain()
		}
		l.takeOrders()
		l.fire()
		l.pump()
		l.receive(ctx)
	}
	l.end()
}

// stalled is how long the loop may have been away, by a client or for want of a
// processor, before it looks for answers that wait before it calls any late.
const stalled = 2 * slotTime

// drain takes what lies in the receive buffer.
func (l *Loop) drain() {
	l.deadline = 0
	for range l.window {
		if l.conn.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil || !l.read() {
			return
		}
	}
}

// end lets every client go.
func (l *Loop) end() {
	l.mu.Lock()
	l.ended = true
	late := l.inbox
	l.inbox = nil
	l.mu.Unlock()
	for _, o := range late {
		if !o.leave && !o.call {
			o.client.Gone()
		}
	}
	for c := range l.places {
		c.Gone()
	}
	l.updateDrops()
	if err := l.conn.Close(); err != nil {
		l.pool.o.Log.Debug("close polling socket", "err", err)
	}
}

func (l *Loop) takeOrders() {
	if !l.posted.Load() {
		return
	}
	l.mu.Lock()
	list := l.inbox
	l.inbox, l.deadline = nil, 0 // whoever posted moved the deadline
	l.posted.Store(false)
	l.mu.Unlock()
	for _, o := range list {
		place, here := l.places[o.client]
		switch {
		case o.leave && here:
			l.release(place)
			o.client.Gone()
		case o.call && here && l.devices[place].state == idle:
			l.release(place)
			o.client.Called()
		case o.call && here:
			l.devices[place].called = true
		case !o.leave && !o.call:
			l.admit(o)
		}
	}
}

// admit gives a device a place.
func (l *Loop) admit(o order) {
	var place uint16
	switch n := len(l.free); {
	case n > 0:
		place, l.free = l.free[n-1], l.free[:n-1]
	case len(l.devices) < maxDevices:
		place = uint16(len(l.devices))
		l.devices = append(l.devices, device{generation: uint16(rand.IntN(generations))})
		l.wheel.grow(len(l.devices))
	default:
		l.pool.o.Log.Error("more than 65536 devices in one polling loop; the rest is not polled")
		o.client.Gone()
		return
	}
	g := l.groups[o.cfg.Group]
	if g == nil {
		g = &group{bucket: bucket{rate: float64(o.cfg.GroupRate), tokens: float64(o.cfg.GroupRate), at: l.now}}
		l.groups[o.cfg.Group] = g
	}
	g.members++
	d := &l.devices[place]
	*d = device{client: o.client, cfg: o.cfg, group: g, generation: d.generation, due: o.at,
		bucket: bucket{rate: float64(o.cfg.Rate), tokens: float64(o.cfg.Rate), at: l.now}}
	if o.cfg.Failed > 0 {
		d.failed = o.cfg.Failed
		g.fails(d)
	}
	l.places[o.client], l.sources[o.cfg.Address] = place, place
	l.Figures.Devices.Store(uint64(len(l.places)))
	l.schedule(place)
}

// release frees a device's place; its generation goes on, so that answers under
// way are told apart.
func (l *Loop) release(place uint16) {
	d := &l.devices[place]
	l.wheel.clear(int32(place))
	l.settle(d)
	d.group.answers(d, false)
	if d.group.members--; d.group.members == 0 {
		delete(l.groups, d.cfg.Group)
	}
	delete(l.places, d.client)
	if l.sources[d.cfg.Address] == place {
		delete(l.sources, d.cfg.Address)
	}
	l.Figures.Devices.Store(uint64(len(l.places)))
	*d = device{generation: d.generation, queued: d.queued}
	l.free = append(l.free, place)
}

// fire does what the wheel says is due.
func (l *Loop) fire() {
	l.due = l.wheel.due(l.now, l.due[:0])
	for _, place := range l.due {
		d := &l.devices[place]
		switch d.state {
		case idle:
			l.begin(uint16(place))
		case waiting:
			l.enqueue(uint16(place))
		case asked:
			l.timedOut(uint16(place))
		}
	}
}

// receive waits for datagrams until something else is due and takes those that
// are there.
func (l *Loop) receive(ctx context.Context) {
	if !l.arm(ctx) {
		return
	}
	l.read()
}

// read takes one datagram; false where none came before the deadline.
func (l *Loop) read() bool {
	n, from, err := l.conn.ReadFromUDPAddrPort(l.in)
	if err != nil {
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			l.Figures.Errors.Add(1) // ICMP reports of others
		}
		return false
	}
	l.now = l.pool.Now()
	l.take(l.in[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	return true
}

// arm sets until when receive waits; false where there is something to do before.
func (l *Loop) arm(ctx context.Context) bool {
	until := l.now + time.Second
	if at, ok := l.wheel.wake(); ok {
		until = min(until, at)
	}
	if l.ready.len() > 0 && l.young.len() > 0 {
		until = min(until, l.young.front().at+youngAge)
	}
	if until <= l.now {
		return false
	}
	if until != l.deadline {
		if err := l.conn.SetReadDeadline(l.pool.start.Add(until)); err != nil {
			return false
		}
		l.deadline = until
		// Whoever wanted to wake the loop just before did so in vain.
		return !l.posted.Load() && ctx.Err() == nil
	}
	return true
}
