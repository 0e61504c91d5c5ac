package trap

import (
	"errors"
	"strconv"
)

// Tags of RFC 3416 and RFC 1157.
const (
	tagInteger   = 0x02
	tagOctets    = 0x04
	tagNull      = 0x05
	tagOID       = 0x06
	tagSequence  = 0x30
	tagAddress   = 0x40
	tagCounter32 = 0x41
	tagGauge32   = 0x42
	tagTicks     = 0x43
	tagOpaque    = 0x44
	tagCounter64 = 0x46
	tagResponse  = 0xa2
	tagTrap1     = 0xa4
	tagInform    = 0xa6
	tagTrap2     = 0xa7
	tagReport    = 0xa8
)

// errBER is any datagram that is no message.
var errBER = errors.New("not a message")

// reader reads BER values one after the other. It never looks past its bytes.
type reader struct{ b []byte }

func (r *reader) done() bool { return len(r.b) == 0 }

// any reads one value, whatever its tag.
func (r *reader) any() (tag byte, content []byte, err error) {
	if len(r.b) < 2 || r.b[0]&0x1f == 0x1f { // SNMP has no long tags
		return 0, nil, errBER
	}
	tag, n, at := r.b[0], int(r.b[1]), 2
	if n >= 0x80 {
		octets := n & 0x7f
		if octets == 0 || octets > 4 || len(r.b) < 2+octets { // no indefinite lengths (RFC 3417, section 8)
			return 0, nil, errBER
		}
		n = 0
		for _, o := range r.b[2 : 2+octets] {
			n = n<<8 | int(o)
		}
		at += octets
	}
	if n < 0 || n > len(r.b)-at {
		return 0, nil, errBER
	}
	content, r.b = r.b[at:at+n], r.b[at+n:]
	return tag, content, nil
}

func (r *reader) want(tag byte) ([]byte, error) {
	got, content, err := r.any()
	if err != nil || got != tag {
		return nil, errBER
	}
	return content, nil
}

func (r *reader) sequence() (reader, error) {
	b, err := r.want(tagSequence)
	return reader{b}, err
}

func (r *reader) integer() (int64, error) {
	b, err := r.want(tagInteger)
	if err != nil {
		return 0, err
	}
	return signed(b)
}

// small reads an INTEGER from 0 to 2^31-1.
func (r *reader) small() (int32, error) {
	n, err := r.integer()
	if err != nil || n < 0 || n > 1<<31-1 {
		return 0, errBER
	}
	return int32(n), nil
}

func (r *reader) octets() ([]byte, error) { return r.want(tagOctets) }

func (r *reader) oid() (string, error) {
	b, err := r.want(tagOID)
	if err != nil {
		return "", err
	}
	return oidText(b)
}

func signed(b []byte) (int64, error) {
	if len(b) == 0 || len(b) > 8 {
		return 0, errBER
	}
	n := int64(int8(b[0]))
	for _, o := range b[1:] {
		n = n<<8 | int64(o)
	}
	return n, nil
}

// unsigned reads an unsigned type; some agents leave out the leading zero.
func unsigned(b []byte) (uint64, error) {
	if len(b) == 9 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 8 {
		return 0, errBER
	}
	var n uint64
	for _, o := range b {
		n = n<<8 | uint64(o)
	}
	return n, nil
}

// maxSubs is how many sub-identifiers an OID may have (RFC 3416, section 4.1).
const maxSubs = 128

func oidText(b []byte) (string, error) {
	if len(b) == 0 || b[len(b)-1]&0x80 != 0 {
		return "", errBER
	}
	out := make([]byte, 0, 2*len(b)+2)
	subs, n := 0, uint64(0)
	for _, o := range b {
		if n = n<<7 | uint64(o&0x7f); n > 1<<32+79 { // the first one holds two
			return "", errBER
		}
		if o&0x80 != 0 {
			continue
		}
		if subs == 0 {
			first := min(n/40, 2)
			out = strconv.AppendUint(out, first, 10)
			n -= first * 40
			subs++
		}
		if n > 1<<32-1 {
			return "", errBER
		}
		out = append(out, '.')
		out = strconv.AppendUint(out, n, 10)
		if subs++; subs > maxSubs {
			return "", errBER
		}
		n = 0
	}
	return string(out), nil
}
