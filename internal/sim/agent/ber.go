package agent

import (
	"errors"
	"fmt"
)

// errBER is every way in which bytes are no BER that SNMP allows.
var errBER = errors.New("malformed ber")

// Tags of the universal and SNMP application types, RFC 3417 section 8 and RFC
// 2578 section 7.1.
const (
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagSequence    = 0x30
)

// A reader walks over definite-length BER. It keeps positions in the whole
// message, because authentication needs to know where a field lies.
type reader struct {
	b        []byte
	pos, end int
}

func newReader(b []byte) *reader { return &reader{b: b, end: len(b)} }

func (r *reader) empty() bool { return r.pos >= r.end }

// next enters the next element and steps over it.
func (r *reader) next() (tag byte, in reader, err error) {
	if r.end-r.pos < 2 {
		return 0, reader{}, fmt.Errorf("%w: truncated", errBER)
	}
	tag = r.b[r.pos]
	if tag&0x1f == 0x1f {
		return 0, reader{}, fmt.Errorf("%w: tag number above 30", errBER)
	}
	n := int(r.b[r.pos+1])
	p := r.pos + 2
	if n >= 0x80 {
		octets := n & 0x7f
		if octets == 0 || octets > 4 || r.end-p < octets {
			return 0, reader{}, fmt.Errorf("%w: length of length %d", errBER, octets)
		}
		n = 0
		for range octets {
			n = n<<8 | int(r.b[p])
			p++
		}
	}
	if n < 0 || n > r.end-p {
		return 0, reader{}, fmt.Errorf("%w: length %d runs past the end", errBER, n)
	}
	r.pos = p + n
	return tag, reader{b: r.b, pos: p, end: p + n}, nil
}

func (r *reader) expect(want byte) (reader, error) {
	tag, in, err := r.next()
	if err == nil && tag != want {
		err = fmt.Errorf("%w: tag %#x where %#x belongs", errBER, tag, want)
	}
	return in, err
}

func (r *reader) octets() []byte { return r.b[r.pos:r.end] }

func (r *reader) bytes() ([]byte, error) {
	in, err := r.expect(tagOctetString)
	if err != nil {
		return nil, err
	}
	return in.octets(), nil
}

// int32 reads an INTEGER that fits 32 bits, RFC 2578 section 2.
func (r *reader) int32() (int32, error) {
	in, err := r.expect(tagInteger)
	if err != nil {
		return 0, err
	}
	c := in.octets()
	if len(c) == 0 || len(c) > 5 {
		return 0, fmt.Errorf("%w: integer of %d octets", errBER, len(c))
	}
	v := int64(int8(c[0]))
	for _, x := range c[1:] {
		v = v<<8 | int64(x)
	}
	if v != int64(int32(v)) {
		return 0, fmt.Errorf("%w: integer %d beyond 32 bits", errBER, v)
	}
	return int32(v), nil
}

func (r *reader) oid() (OID, error) {
	in, err := r.expect(tagOID)
	if err != nil {
		return nil, err
	}
	c := in.octets()
	if len(c) == 0 {
		return nil, fmt.Errorf("%w: empty oid", errBER)
	}
	o := make(OID, 1, len(c)+1)
	var n uint64
	open := false
	for _, x := range c {
		n = n<<7 | uint64(x&0x7f)
		if n > 1<<32-1 {
			return nil, fmt.Errorf("%w: sub-identifier beyond 32 bits", errBER)
		}
		if open = x&0x80 != 0; open {
			continue
		}
		o = append(o, uint32(n))
		if n = 0; len(o) > maxSubIDs {
			return nil, fmt.Errorf("%w: oid longer than %d", errBER, maxSubIDs)
		}
	}
	if open {
		return nil, fmt.Errorf("%w: oid ends inside a sub-identifier", errBER)
	}
	o[0] = min(o[1]/40, 2) // X.690 section 8.19.4: the first two arcs share one number
	o[1] -= o[0] * 40
	return o, nil
}

// appendTLV appends one element.
func appendTLV(b []byte, tag byte, content []byte) []byte {
	b = appendLength(append(b, tag), len(content))
	return append(b, content...)
}

func appendLength(b []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(b, byte(n))
	case n < 0x100:
		return append(b, 0x81, byte(n))
	case n < 0x10000:
		return append(b, 0x82, byte(n>>8), byte(n))
	}
	return append(b, 0x83, byte(n>>16), byte(n>>8), byte(n))
}

// appendInt appends the shortest two's complement form under tag.
func appendInt(b []byte, tag byte, v int64) []byte {
	n := 1
	for x := v; x > 127 || x < -128; x >>= 8 {
		n++
	}
	b = append(b, tag, byte(n))
	for i := n - 1; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}

// appendUint appends an unsigned number, with a leading zero octet where the
// top bit is set.
func appendUint(b []byte, tag byte, v uint64) []byte {
	if v < 1<<63 {
		return appendInt(b, tag, int64(v))
	}
	b = append(b, tag, 9, 0)
	for i := 7; i >= 0; i-- {
		b = append(b, byte(v>>(8*i)))
	}
	return b
}

func appendOID(b []byte, o OID) []byte {
	var c []byte
	for i, n := range o {
		switch i {
		case 0:
			if len(o) == 1 {
				c = appendBase128(c, uint64(n)*40)
			}
		case 1:
			c = appendBase128(c, uint64(o[0])*40+uint64(n))
		default:
			c = appendBase128(c, uint64(n))
		}
	}
	return appendTLV(b, tagOID, c)
}

func appendBase128(b []byte, n uint64) []byte {
	for shift := 28; shift > 0; shift -= 7 {
		if n>>shift != 0 {
			b = append(b, byte(n>>shift)|0x80)
		}
	}
	return append(b, byte(n&0x7f))
}
