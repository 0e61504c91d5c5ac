package trap

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// maxDatagram is more than UDP carries.
const maxDatagram = 65507

// Options of a Receiver. Clock, PollNow and Keep are needed.
type Options struct {
	Listen string // "host:port"
	Clock  clock.Clock
	// PollNow reads a device at once; false where it cannot be read so.
	PollNow func(facility.DeviceID) bool
	// Keep writes evidence. It may take its time; what cannot wait is counted.
	Keep func(ctx context.Context, traps []facility.Trap) error
	// EngineOf lists the devices that name the SNMPv3 engine, given in hex; nil: none.
	EngineOf func(engineID string) []facility.DeviceID

	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// A Receiver listens for traps. It is safe for concurrent use.
type Receiver struct {
	o      Options
	conn   *net.UDPConn
	book   atomic.Pointer[book]
	keys   keyring
	lists  senders
	count  *metrics
	polls  polls
	engine *engine
	queue  chan facility.Trap

	mu   sync.Mutex // protects what follows
	set  inventory
	news chan struct{} // set changed

	limits limits // of the reading goroutine
}

// inventory is what Set was given last.
type inventory struct {
	targets []collectors.Target
	users   []collectors.SNMPAccess
}

// maxQueue of traps wait to be kept.
const maxQueue = 4096

// Listen opens the socket; nothing is read before Run.
func Listen(o Options) (*Receiver, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.EngineOf == nil {
		o.EngineOf = func(string) []facility.DeviceID { return nil }
	}
	address, err := net.ResolveUDPAddr("udp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("traps: listen on %s: %w", o.Listen, err)
	}
	conn, err := net.ListenUDP("udp", address)
	if err != nil {
		return nil, fmt.Errorf("traps: %w; choose another traps.listen in site.yaml (ports below 1024 need the capability CAP_NET_BIND_SERVICE or a redirect)", err)
	}
	r := &Receiver{o: o, conn: conn, count: newMetrics(o.Registerer, o.Log), queue: make(chan facility.Trap, maxQueue), news: make(chan struct{}, 1)}
	r.polls = polls{now: o.PollNow, did: r.count.polled, real: r.real, last: map[facility.DeviceID]time.Duration{}, waiting: map[facility.DeviceID]*time.Timer{}}
	r.engine = newEngine(o.Clock)
	r.book.Store(&book{})
	if err := conn.SetReadBuffer(4 << 20); err != nil {
		o.Log.Warn("traps: read buffer", "err", err)
	}
	countDrops(conn)
	return r, nil
}

// Addr is where it listens.
func (r *Receiver) Addr() string { return r.conn.LocalAddr().String() }

// Close gives the socket back, also where Run never ran.
func (r *Receiver) Close() error {
	if err := r.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("traps: %w", err)
	}
	return nil
}

// real is the real time since an arbitrary start.
func (r *Receiver) real() time.Duration { return r.o.Clock.Real(r.o.Clock.Mono()) }

// Set tells who is known: the devices polled over SNMP, and users besides theirs
// that sign traps.
func (r *Receiver) Set(targets []collectors.Target, users []collectors.SNMPAccess) {
	r.mu.Lock()
	r.set = inventory{targets, users}
	r.mu.Unlock()
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// Run receives until ctx ends, closes the socket and returns nil.
func (r *Receiver) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer r.polls.close()
	stop := context.AfterFunc(ctx, func() { r.conn.Close() })
	defer stop()
	wg.Go(func() { r.follow(ctx) })
	wg.Go(func() { r.keep(ctx) })
	err := r.read(ctx)
	r.conn.Close()
	return err
}

func (r *Receiver) read(ctx context.Context) error {
	buf, oob := make([]byte, maxDatagram), make([]byte, 64)
	for {
		n, control, _, from, err := r.conn.ReadMsgUDPAddrPort(buf, oob)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("traps: %w", err)
		case err != nil: // an ICMP error of an answer; the socket stays good
			r.o.Log.Debug("traps: read", "err", err)
			continue
		}
		if dropped, ok := drops(oob[:control]); ok {
			r.count.kernel(dropped)
		}
		now := r.real()
		r.datagram(buf[:n:n], from, now)
		if rest := r.limits.rest(now); rest > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(rest): // the kernel drops, and counts, what comes meanwhile
			}
		}
	}
}

// datagram looks at one datagram.
func (r *Receiver) datagram(packet []byte, from netip.AddrPort, now time.Duration) {
	address := from.Addr().Unmap().WithZone("")
	b := r.book.Load()
	devices := b.addressed(address)
	if !r.limits.admit(now, address, len(devices) > 0) {
		r.count.received("unread")
		r.count.sampled()
		if len(devices) == 0 {
			r.count.unknown()
			r.lists.note(address.String(), "", "unknown", "", "", r.o.Clock.Now().UTC())
		}
		return
	}
	m := r.parse(b, packet, devices)
	if m.answer != nil {
		r.send(m.answer, from)
	}
	r.count.received(m.version)
	if m.cause != "" {
		r.refuse(m, devices, address)
		return
	}
	if m.pdu == nil {
		return // answered: somebody asked who our engine is
	}
	if devices = whom(devices, m.devices); len(devices) == 0 {
		m.cause = "unknown"
		r.refuse(m, nil, address)
		return
	}
	r.take(m, devices, address, from, now)
}

// maxWhom are the most devices that one trap speaks of: several behind one address.
const maxWhom = 16

// whom narrows the devices of an address down to those that the signature names;
// of an address that is nobody's the signature alone tells.
func whom(addressed, signed []facility.DeviceID) []facility.DeviceID {
	if len(addressed) == 0 {
		return signed[:min(len(signed), maxWhom)]
	}
	var both []facility.DeviceID
	for _, id := range addressed {
		if slices.Contains(signed, id) {
			both = append(both, id)
		}
	}
	if len(both) > 0 {
		addressed = both
	}
	return addressed[:min(len(addressed), maxWhom)]
}

// refuse counts what is not taken, and lists its sender once.
func (r *Receiver) refuse(m message, devices []facility.DeviceID, from netip.Addr) {
	var device facility.DeviceID
	if len(devices) > 0 {
		device = devices[0]
	} else {
		r.count.unknown()
	}
	if m.cause != "unknown" {
		r.count.refused(device, m.cause)
	}
	version, oid := m.version, ""
	if m.pdu != nil {
		oid = m.pdu.oid
	}
	if version == "malformed" {
		version = ""
	}
	if r.lists.note(from.String(), device, m.cause, version, oid, r.o.Clock.Now().UTC()) {
		r.o.Log.Warn("traps not taken", "source", from.String(), "device", string(device), "cause", m.cause)
	}
}

// take brings the polls, keeps the evidence and acknowledges an inform.
func (r *Receiver) take(m message, devices []facility.DeviceID, address netip.Addr, from netip.AddrPort, now time.Duration) {
	t := facility.Trap{At: r.o.Clock.Now().UTC(), Device: devices[0], Source: address.String(), Version: m.version, Inform: m.pdu.inform,
		User: m.user, Level: m.level, OID: m.pdu.oid, Name: names[m.pdu.oid], Uptime: m.pdu.uptime, Varbinds: m.pdu.vars, Cut: m.pdu.cut}
	if m.pdu.agent != t.Source && m.pdu.agent != "0.0.0.0" {
		t.Agent = m.pdu.agent
	}
	for _, id := range devices {
		if r.polls.want(id) {
			t.Polled = true
		}
	}
	queued := true
	for _, id := range devices {
		t.Device = id
		if !r.limits.keep(now, id) {
			r.count.notKept(1)
			continue
		}
		select {
		case r.queue <- t:
		default:
			queued = false
			r.count.notKept(1)
		}
	}
	if m.pdu.inform && queued {
		if reply, err := m.acknowledge(); err != nil {
			r.o.Log.Debug("traps: acknowledge", "err", err)
		} else if r.send(reply, from) {
			r.count.acknowledged()
		}
	}
}

func (r *Receiver) send(reply []byte, to netip.AddrPort) bool {
	_, err := r.conn.WriteToUDPAddrPort(reply, to)
	return err == nil
}

// Status tells how it goes.
func (r *Receiver) Status() facility.TrapStatus {
	s := r.count.status()
	s.Listen, s.Senders = r.Addr(), r.lists.all()
	return s
}
