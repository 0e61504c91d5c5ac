package lean

import (
	"encoding/binary"
	"math"
)

// BER tags of SNMP (RFC 3417, section 8; RFC 2578, section 7.1).
const (
	tagInteger   = 0x02
	tagBytes     = 0x04
	tagObject    = 0x06
	tagSequence  = 0x30
	tagIPAddress = 0x40
	tagCounter32 = 0x41
	tagGauge32   = 0x42
	tagTimeTicks = 0x43
	tagOpaque    = 0x44
	tagCounter64 = 0x46
	tagResponse  = 0xa2

	// Exceptions (RFC 3416, section 3) are values of their own; what they mean for
	// the device is the client's to say.
	tagNoSuchObject   = 0x80
	tagNoSuchInstance = 0x81
	tagEndOfMibView   = 0x82

	// Opaque numbers of net-snmp: tag 9f, then the type.
	tagExtension = 0x9f
	opaqueFloat  = 0x78
	opaqueDouble = 0x79
)

// header reads tag and length at a place: the length of the contents and where
// they begin. It is false where they do not lie within b.
func header(b []byte, at int, tag byte) (n, start int, ok bool) {
	if at+2 > len(b) || b[at] != tag {
		return 0, 0, false
	}
	n, start = int(b[at+1]), at+2
	if n < 0x80 {
		return n, start, start+n <= len(b)
	}
	octets := n & 0x7f
	if octets < 1 || octets > 4 || start+octets > len(b) {
		return 0, 0, false
	}
	n = 0
	for _, c := range b[start : start+octets] {
		n = n<<8 | int(c)
	}
	start += octets
	return n, start, n <= len(b)-start
}

// opening is what stands before the varbinds.
type opening struct {
	pdu  int // where the PDU begins
	tag  byte
	id   uint32
	idAt int
	rest int // where error-status begins
}

// readHeader reads a message up to the request id.
func readHeader(b []byte) (h opening, ok bool) {
	n, at, ok := header(b, 0, tagSequence)
	if !ok || at+n != len(b) {
		return h, false
	}
	n, at, ok = header(b, at, tagInteger) // version
	if !ok || n != 1 {
		return h, false
	}
	n, at, ok = header(b, at+n, tagBytes) // community
	if !ok || at+n >= len(b) {
		return h, false
	}
	h.pdu = at + n
	h.tag = b[h.pdu]
	n, at, ok = header(b, h.pdu, h.tag)
	if !ok || at+n != len(b) {
		return h, false
	}
	n, at, ok = header(b, at, tagInteger)
	if !ok || n < 1 || n > 4 {
		return h, false
	}
	h.idAt, h.rest = at, at+n
	for _, c := range b[at : at+n] {
		h.id = h.id<<8 | uint32(c)
	}
	return h, true
}

// decode reads the answer to r into slots, one for each varbind asked for. It is
// false where the answer is not, in every byte that matters, what was expected:
// then slots mean nothing.
func (r *Request) decode(b []byte, h opening, slots []Slot) bool {
	asked := r.packet.Value()
	if h.tag != tagResponse || len(b) > maxPacket || !sameAccess(asked[:r.pdu], b[:h.pdu]) {
		return false
	}
	at := h.rest
	if at+6 > len(b) || string(b[at:at+6]) != "\x02\x01\x00\x02\x01\x00" { // no error, index 0
		return false
	}
	n, at, ok := header(b, at+6, tagSequence)
	if !ok || at+n != len(b) {
		return false
	}
	q := r.first
	for i := range slots {
		n, at, ok = header(b, at, tagSequence)
		if !ok {
			return false
		}
		end := at + n
		// The varbind asked for: 30 len, the OID, 05 00. Its own encoder made it.
		qn, qat := varbind(asked, q)
		q = qat + qn
		oid := asked[qat : q-2]
		if end-at < len(oid) || string(b[at:at+len(oid)]) != oid || !slots[i].read(b[:end], at+len(oid)) {
			return false
		}
		at = end
	}
	return at == len(b)
}

// varbind is header for the request, which is known to be well formed.
func varbind(s string, at int) (n, start int) {
	switch n = int(s[at+1]); n {
	case 0x81:
		return int(s[at+2]), at + 3
	case 0x82:
		return int(s[at+2])<<8 | int(s[at+3]), at + 4
	}
	return n, at + 2
}

// sameAccess reports whether version and community are those of the request; only
// the length of the whole message differs.
func sameAccess(asked string, got []byte) bool {
	skip := func(first byte) int {
		if first < 0x80 {
			return 2
		}
		return 2 + int(first&0x7f)
	}
	return asked[skip(asked[1]):] == string(got[skip(got[1]):])
}

// read takes the value at a place, which must end where b ends.
func (s *Slot) read(b []byte, at int) bool {
	if at+2 > len(b) {
		return false
	}
	n, start, ok := header(b, at, b[at])
	if !ok || start+n != len(b) {
		return false
	}
	v := b[start:]
	switch b[at] {
	case tagInteger:
		if n < 1 || n > 4 {
			return false
		}
		*s = Slot{Kind: Signed, Bits: uint64(signed(v))}
	case tagCounter32, tagGauge32, tagTimeTicks:
		return s.unsigned(v, 4, Unsigned)
	case tagCounter64:
		return s.unsigned(v, 8, Unsigned64)
	case tagOpaque:
		return s.opaque(v)
	case tagBytes:
		*s = Slot{Kind: Bytes, At: uint16(start), Len: uint16(n)}
	case tagObject:
		*s = Slot{Kind: Object, At: uint16(start), Len: uint16(n)}
		return wellFormed(v)
	case tagIPAddress:
		*s = Slot{Kind: IPAddress, At: uint16(start), Len: uint16(n)}
		return n == 4
	case tagNoSuchObject, tagNoSuchInstance:
		*s = Slot{Kind: Absent}
		return n == 0
	case tagEndOfMibView:
		*s = Slot{Kind: End}
		return n == 0
	default: // Null, what nobody sends
		return false
	}
	return true
}

func signed(v []byte) int64 {
	x := int64(int8(v[0]))
	for _, c := range v[1:] {
		x = x<<8 | int64(c)
	}
	return x
}

// unsigned takes a number of up to size bytes. One more is allowed if it is a
// leading zero; agents that leave that out, though the top bit is set, mean the
// same number.
func (s *Slot) unsigned(v []byte, size int, kind Kind) bool {
	if len(v) < 1 || len(v) > size+1 || len(v) > size && v[0] != 0 {
		return false
	}
	var x uint64
	for _, c := range v {
		x = x<<8 | uint64(c)
	}
	*s = Slot{Kind: kind, Bits: x}
	return true
}

// opaque takes the numbers that net-snmp wraps into Opaque.
func (s *Slot) opaque(v []byte) bool {
	switch {
	case len(v) == 7 && v[0] == tagExtension && v[1] == opaqueFloat && v[2] == 4:
		f := math.Float32frombits(binary.BigEndian.Uint32(v[3:]))
		*s = Slot{Kind: Float, Bits: math.Float64bits(float64(f))}
	case len(v) == 11 && v[0] == tagExtension && v[1] == opaqueDouble && v[2] == 8:
		*s = Slot{Kind: Float, Bits: binary.BigEndian.Uint64(v[3:])}
	default:
		return false
	}
	return true
}

// wellFormed reports whether v are the contents of an OID: sub-identifiers of 32
// bits at most, the last one whole.
func wellFormed(v []byte) bool {
	if len(v) == 0 || v[len(v)-1] >= 0x80 {
		return false
	}
	var sub uint64
	for _, c := range v {
		sub = sub<<7 | uint64(c&0x7f)
		if sub > math.MaxUint32 {
			return false
		}
		if c < 0x80 {
			sub = 0
		}
	}
	return true
}
