package lean

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// A responder answers GETs on loopback, as a test wants it to.
type responder struct {
	conn *net.UDPConn

	mu    sync.Mutex // protects the rest
	reply func(req *gosnmp.SnmpPacket) []reply
	asked []time.Time
}

// reply is one datagram that a responder sends.
type reply struct {
	delay  time.Duration
	packet []byte
	from   *net.UDPConn // nil: its own socket
}

func startResponder(t testing.TB) *responder {
	t.Helper()
	a := &responder{conn: listen(t)}
	a.set(func(req *gosnmp.SnmpPacket) []reply { return []reply{{packet: respond(t, req)}} })
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.serve()
	}()
	t.Cleanup(func() {
		a.conn.Close()
		<-done
	})
	return a
}

func listen(t testing.TB) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// respond answers every instance with its place in the request.
func respond(t testing.TB, req *gosnmp.SnmpPacket) []byte {
	values := slices.Clone(req.Variables)
	for i := range values {
		values[i].Type, values[i].Value = gosnmp.Integer, i
	}
	return answer(t, req.RequestID, values)
}

func (a *responder) set(f func(req *gosnmp.SnmpPacket) []reply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reply = f
}

func (a *responder) requests() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.asked)
}

func (a *responder) address() netip.AddrPort { return a.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (a *responder) serve() {
	buf := make([]byte, maxPacket)
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		n, from, err := a.conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		req, err := x.SnmpDecodePacket(slices.Clone(buf[:n]))
		if err != nil {
			continue
		}
		a.mu.Lock()
		a.asked = append(a.asked, time.Now())
		list := a.reply(req)
		a.mu.Unlock()
		for _, r := range list {
			conn := r.from
			if conn == nil {
				conn = a.conn
			}
			if r.delay == 0 {
				conn.WriteToUDP(r.packet, from)
				continue
			}
			wg.Go(func() {
				<-time.After(r.delay)
				conn.WriteToUDP(r.packet, from)
			})
		}
	}
}

// A subject is a client that asks the same each round and tells how it went.
type subject struct {
	requests, probe []*Request
	interval        time.Duration
	rounds          int // after which it leaves; 0: never

	results chan Result
	gone    chan struct{}
	called  chan struct{}

	mu        sync.Mutex // protects the rest
	values    []float64
	probes    int
	surprises int
	verdict   Verdict
}

func newSubject(t testing.TB, interval time.Duration, requests ...*Request) *subject {
	return &subject{requests: requests, probe: []*Request{prepare(t, testOIDs[0])}, interval: interval,
		results: make(chan Result, 1000), gone: make(chan struct{}), called: make(chan struct{}, 10)}
}

func (s *subject) Round(_ Moment, probe bool) []*Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if probe {
		s.probes++
		return s.probe
	}
	s.values = s.values[:0]
	return s.requests
}

func (s *subject) Answer(_ int, slots []Slot, _ []byte) Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range slots {
		f, _ := x.Float64()
		s.values = append(s.values, f)
	}
	return s.verdict
}

func (s *subject) Surprise(int, []byte) Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.surprises++
	return s.verdict
}

func (s *subject) Done(r Result) (time.Duration, bool) {
	s.results <- r
	s.rounds--
	if s.rounds == 0 {
		close(s.gone)
		return 0, false
	}
	return r.Due + s.interval, true
}

func (s *subject) Gone()   { close(s.gone) }
func (s *subject) Called() { s.called <- struct{}{} }

// next waits for the next round's result.
func (s *subject) next(t *testing.T) Result {
	t.Helper()
	select {
	case r := <-s.results:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("no round in 20 s")
		return Result{}
	}
}

// startPool runs a pool of one loop until the test ends.
func startPool(t *testing.T, o Options) *Pool {
	t.Helper()
	if o.Loops == 0 {
		o.Loops = 1
	}
	p := NewPool(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return p
}

func join(t *testing.T, p *Pool, s *subject, cfg Config) *Loop {
	t.Helper()
	cfg.Interval = s.interval
	l, err := p.Join("device", s, cfg, p.Now())
	if err != nil {
		t.Fatal(err)
	}
	return l
}
