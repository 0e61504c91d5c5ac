package trap

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// appendTLV appends one value.
func appendTLV(out []byte, tag byte, content []byte) []byte {
	out = append(out, tag)
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default: // a datagram has less than 65,536 bytes
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, content...)
}

// seq is a constructed value of parts.
func seq(tag byte, parts ...[]byte) []byte {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	return appendTLV(nil, tag, content)
}

func octets(b []byte) []byte { return appendTLV(nil, tagOctets, b) }

func integer(n int64) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(n))
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return appendTLV(nil, tagInteger, b)
}

func counter32(n uint32) []byte {
	b := integer(int64(n))
	b[0] = tagCounter32
	return b
}

// oidOf encodes an OID of ours.
func oidOf(text string) []byte {
	var subs []uint64
	for s := range strings.SplitSeq(text, ".") {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			panic("trap: " + text + " is no OID")
		}
		subs = append(subs, n)
	}
	var b []byte
	for _, n := range append([]uint64{subs[0]*40 + subs[1]}, subs[2:]...) {
		var sub []byte
		for more := byte(0); ; more = 0x80 {
			sub = append([]byte{byte(n&0x7f) | more}, sub...)
			if n >>= 7; n == 0 {
				break
			}
		}
		b = append(b, sub...)
	}
	return appendTLV(nil, tagOID, b)
}
