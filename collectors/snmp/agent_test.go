package snmp

import (
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// agent is a small SNMP v2c responder on loopback that can misbehave.
type agent struct {
	conn *net.UDPConn

	mu      sync.Mutex // protects the rest
	objects []gosnmp.SnmpPDU
	started time.Time
	uptime  func() uint32
	delay   time.Duration
	dead    bool
	maxVars int // more varbinds than this are answered tooBig; 0: no bound
	// answer overrides the whole answer where it returns true.
	answer func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool)
	// noBulk answers GETBULK with nothing at all.
	noBulk   bool
	v1Only   bool   // v2c is answered with silence, as agents do that know v1 only
	v1Walks  bool   // GETBULK and GETNEXT are answered in v1 only
	garbage  []byte // sent instead of any answer
	requests []int  // varbinds of each GET
}

func startAgent(t testing.TB, objects ...gosnmp.SnmpPDU) *agent {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{conn: conn, started: time.Now()}
	a.uptime = func() uint32 { return uint32(time.Since(a.started)/(10*time.Millisecond))*20 + 100000 } // as fast as the fastest clock under test
	a.set(append([]gosnmp.SnmpPDU{
		str(oidSysDescr, "test agent"), oid(oidSysObjectID, "1.3.6.1.4.1.99999.1"),
		str(oidSysName, "agent-1"), str(oidSysLocation, "rack 1"),
	}, objects...)...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.serve()
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return a
}

func num(o string, v int) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: o, Type: gosnmp.Integer, Value: v}
}
func str(o, v string) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: o, Type: gosnmp.OctetString, Value: []byte(v)}
}
func oid(o, v string) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: o, Type: gosnmp.ObjectIdentifier, Value: v}
}

// set adds or replaces objects.
func (a *agent) set(objects ...gosnmp.SnmpPDU) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, o := range objects {
		a.objects = slices.DeleteFunc(a.objects, func(x gosnmp.SnmpPDU) bool { return x.Name == o.Name })
		a.objects = append(a.objects, o)
	}
	slices.SortFunc(a.objects, func(x, y gosnmp.SnmpPDU) int { return compareOID(x.Name, y.Name) })
}

func (a *agent) remove(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.objects = slices.DeleteFunc(a.objects, func(x gosnmp.SnmpPDU) bool { return x.Name == name })
}

// change runs f under the agent's lock.
func (a *agent) change(f func(a *agent)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a)
}

func (a *agent) target(id string) collectors.Target {
	return collectors.Target{Device: facility.Device{ID: facility.DeviceID(id)}, Address: a.conn.LocalAddr().String(),
		SNMP: collectors.SNMPAccess{Version: "2c", Community: "nezuban-test"}}
}

func (a *agent) serve() {
	buf := make([]byte, 65535)
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
		delay, dead, garbage := a.delay, a.dead, a.garbage
		vars, status, index := a.respond(req)
		dead = dead || req.Version != gosnmp.Version1 && (a.v1Only || a.v1Walks && req.PDUType != gosnmp.GetRequest)
		a.mu.Unlock()
		if garbage != nil {
			a.conn.WriteToUDP(garbage, from)
			continue
		}
		if dead || vars == nil {
			continue
		}
		resp := &gosnmp.SnmpPacket{Version: req.Version, Community: req.Community, PDUType: gosnmp.GetResponse,
			RequestID: req.RequestID, Error: status, ErrorIndex: index, Variables: vars}
		out, err := resp.MarshalMsg()
		if err != nil {
			panic(err)
		}
		if delay == 0 {
			a.conn.WriteToUDP(out, from)
			continue
		}
		wg.Go(func() {
			<-time.After(delay)
			a.conn.WriteToUDP(out, from)
		})
	}
}

func (a *agent) respond(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8) {
	if a.answer != nil {
		if vars, status, index, ok := a.answer(req); ok {
			return vars, status, index
		}
	}
	var out []gosnmp.SnmpPDU
	switch req.PDUType {
	case gosnmp.GetRequest:
		a.requests = append(a.requests, len(req.Variables))
		if a.maxVars > 0 && len(req.Variables) > a.maxVars {
			return req.Variables, gosnmp.TooBig, 0
		}
		for _, v := range req.Variables {
			out = append(out, a.lookup(strings.TrimPrefix(v.Name, ".")))
		}
	case gosnmp.GetNextRequest:
		for _, v := range req.Variables {
			out = append(out, a.after(strings.TrimPrefix(v.Name, ".")))
		}
	case gosnmp.GetBulkRequest:
		if a.noBulk {
			return nil, 0, 0
		}
		at := make([]string, len(req.Variables))
		for i, v := range req.Variables {
			at[i] = strings.TrimPrefix(v.Name, ".")
		}
		for range req.MaxRepetitions {
			for i := range at {
				v := a.after(at[i])
				at[i], out = v.Name, append(out, v)
			}
		}
	}
	if req.Version == gosnmp.Version1 {
		for i, v := range out {
			if v.Type == gosnmp.NoSuchInstance || v.Type == gosnmp.EndOfMibView {
				return req.Variables, gosnmp.NoSuchName, uint8(i + 1) // RFC 1157, section 4.1
			}
		}
	}
	return out, gosnmp.NoError, 0
}

func (a *agent) lookup(name string) gosnmp.SnmpPDU {
	if name == oidSysUpTime {
		return gosnmp.SnmpPDU{Name: name, Type: gosnmp.TimeTicks, Value: a.uptime()}
	}
	for _, o := range a.objects {
		if o.Name == name {
			return o
		}
	}
	return gosnmp.SnmpPDU{Name: name, Type: gosnmp.NoSuchInstance}
}

func (a *agent) after(name string) gosnmp.SnmpPDU {
	for _, o := range a.objects {
		if compareOID(o.Name, name) > 0 {
			return o
		}
	}
	return gosnmp.SnmpPDU{Name: name, Type: gosnmp.EndOfMibView}
}

// quiet is a log nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func builtin(t testing.TB) *profile.Library {
	t.Helper()
	l, err := profile.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// mailbox is a sink that keeps batches and lets a test wait for one.
type mailbox struct {
	mu      sync.Mutex // protects batches and err
	batches []facility.Batch
	err     error
	more    chan struct{}
}

func newMailbox() *mailbox { return &mailbox{more: make(chan struct{}, 1)} }

func (m *mailbox) Accept(b facility.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	b.Readings = slices.Clone(b.Readings) // they are lent
	m.batches = append(m.batches, b)
	select {
	case m.more <- struct{}{}:
	default:
	}
	return nil
}

func (m *mailbox) all() []facility.Batch {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.batches)
}

// until waits for a batch that satisfies want, looking at each from the `from`th.
func (m *mailbox) until(t *testing.T, what string, from int, want func(facility.Batch) bool) (facility.Batch, int) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		all := m.all()
		for ; from < len(all); from++ {
			if want(all[from]) {
				return all[from], from + 1
			}
		}
		select {
		case <-m.more:
		case <-limit:
			t.Fatalf("%s: not seen in 20 s; last of %d batches: %+v", what, len(all), last(all))
		}
	}
}

func last(all []facility.Batch) any {
	if len(all) == 0 {
		return "none"
	}
	return all[len(all)-1]
}

func readingOf(b facility.Batch, point string) (facility.Reading, bool) {
	for _, r := range b.Readings {
		if string(r.Point) == point {
			return r, true
		}
	}
	return facility.Reading{}, false
}
