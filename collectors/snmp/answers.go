package snmp

import (
	"net/netip"
	"sync"

	"nezuban/collectors/snmp/lean"
)

// answers are the values of one round. They are used again by other devices, so
// nothing of them may be kept.
type answers struct {
	values map[string]variable
	bytes  []byte // what the values' bytes lie in
}

// A shelf holds answers that nobody uses: as many as devices were in the middle of
// a round at once.
type shelf struct {
	mu   sync.Mutex // protects free
	free []*answers
}

func (s *shelf) get() *answers {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free)
	if n == 0 {
		return &answers{values: map[string]variable{}}
	}
	a := s.free[n-1]
	s.free = s.free[:n-1]
	return a
}

func (s *shelf) put(a *answers) {
	a.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, a)
}

// take keeps one value, under the plan's own string of its OID.
func (a *answers) take(oid string, s lean.Slot, packet []byte) variable {
	v := variable{oid: oid}
	switch s.Kind {
	case lean.Signed:
		v.kind, v.signed = kindSigned, int64(s.Bits)
	case lean.Unsigned:
		v.kind, v.unsigned = kindUnsigned, s.Bits
	case lean.Unsigned64:
		v.kind, v.unsigned, v.wide = kindUnsigned, s.Bits, true
	case lean.Float:
		v.kind = kindFloat
		v.float, _ = s.Float64()
	case lean.Absent:
		v.kind = kindAbsent
	case lean.End:
		v.kind = kindEnd
	case lean.Bytes:
		v.kind, v.bytes = kindBytes, a.keep(s.Of(packet))
	case lean.Object:
		v.kind, v.bytes = kindOID, []byte(lean.ObjectText(s.Of(packet)))
	case lean.IPAddress:
		ip, _ := netip.AddrFromSlice(s.Of(packet))
		v.kind, v.bytes = kindBytes, a.keep([]byte(ip.String()))
	}
	a.values[oid] = v
	return v
}

// keep copies bytes out of the packet.
func (a *answers) keep(b []byte) []byte {
	from := len(a.bytes)
	a.bytes = append(a.bytes, b...)
	return a.bytes[from:len(a.bytes):len(a.bytes)]
}

func (a *answers) clear() {
	clear(a.values)
	a.bytes = a.bytes[:0]
}
