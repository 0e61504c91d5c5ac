package trap

import (
	"bytes"
	"crypto/rand"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"nezuban/internal/clock"
)

// Counters of SNMP-USER-BASED-SM-MIB (RFC 3414, section 5): 1.3.6.1.6.3.15.1.1.x.0.
const (
	statUnsupportedLevels = 1
	statNotInTimeWindows  = 2
	statUnknownUserNames  = 3
	statUnknownEngineIDs  = 4
	statWrongDigests      = 5
	statDecryptionErrors  = 6
)

// timeWindow is how far a message's time may be off (RFC 3414, section 2.2.3).
const timeWindow = 150

// maxEngines whose clocks are followed.
const maxEngines = 20_000

// engine is our own SNMPv3 engine, which is authoritative for informs, and what is
// known of the clocks of those that send traps.
type engine struct {
	id      []byte
	boots   int32
	seconds func() int32 // since boot, real
	salt    atomic.Uint32
	reports [7]atomic.Uint32

	mu     sync.Mutex // protects clocks
	clocks map[string]remote
}

// remote is the newest authenticated time of another engine.
type remote struct {
	boots, time int32
	at          time.Duration // real
}

// newEngine makes an engine that nobody has seen: its id is random and of format
// 5, octets (RFC 3411, section 5, SnmpEngineID), under net-snmp's enterprise number
// since the program has none of its own. Boots is the start's second, so that it
// grows from run to run without being kept.
func newEngine(clk clock.Clock) *engine {
	id := append([]byte{0x80, 0x00, 0x1f, 0x88, 0x05}, make([]byte, 8)...)
	rand.Read(id[5:])
	start := clk.Mono()
	return &engine{
		id: id, boots: int32(clk.Now().Unix()-1_600_000_000) & (1<<31 - 1),
		seconds: func() int32 { return int32(clk.Real(clk.Mono()-start) / time.Second) },
		clocks:  map[string]remote{},
	}
}

func (e *engine) is(id []byte) bool { return bytes.Equal(id, e.id) }

// timely reports whether an authenticated message is no older than it may be.
func (e *engine) timely(m *message3, now time.Duration) bool {
	if e.is(m.engine) {
		off := m.time - e.seconds()
		return m.boots == e.boots && off >= -timeWindow && off <= timeWindow
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	key := string(m.engine)
	was, known := e.clocks[key]
	if known {
		expected := int64(was.time) + int64((now-was.at)/time.Second)
		if m.boots < was.boots || m.boots == was.boots && int64(m.time) < expected-timeWindow {
			return false
		}
		if m.boots == was.boots && m.time <= was.time {
			return true
		}
	} else if len(e.clocks) >= maxEngines {
		return true
	}
	e.clocks[key] = remote{m.boots, m.time, now}
	return m.boots != 1<<31-1
}

// report says why a message was not taken; signed where k is given.
func (e *engine) report(m *message3, k *keys, stat uint32) []byte {
	n := e.reports[stat].Add(1)
	list := seq(tagSequence, seq(tagSequence, oidOf("1.3.6.1.6.3.15.1.1."+strconv.Itoa(int(stat))+".0"), counter32(n)))
	request := int32(0)
	if m.flags&flagPriv == 0 {
		if p, err := readScoped(m.data); err == nil {
			if id, err := p.body.small(); err == nil {
				request = id
			}
		}
	}
	pdu := seq(tagReport, integer(int64(request)), integer(0), integer(0), list)
	out := message3{id: m.id, engine: e.id, boots: e.boots, time: e.seconds(), user: m.user}
	if k != nil && k.authKey != nil && e.is(m.engine) {
		out.flags = flagAuth
	}
	reply, err := out.write(k, e.salt.Add(1), seq(tagSequence, octets(e.id), octets(nil), pdu))
	if err != nil {
		return nil
	}
	return reply
}

// response acknowledges an inform as securely as it came.
func (e *engine) response(m *message3, k *keys, to *scopedPDU, pdu []byte) ([]byte, error) {
	out := message3{id: m.id, flags: m.flags & (flagAuth | flagPriv), engine: e.id, boots: e.boots, time: e.seconds(), user: m.user}
	return out.write(k, e.salt.Add(1), seq(tagSequence, octets(to.engine), octets(to.context), pdu))
}
