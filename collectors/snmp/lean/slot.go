package lean

import (
	"math"
	"strconv"
)

// Kind is what a Slot holds.
type Kind uint8

// The kinds of value that the walker takes.
const (
	None       Kind = iota
	Signed          // INTEGER: Bits is an int64
	Unsigned        // Counter32, Gauge32, TimeTicks: Bits is the number
	Unsigned64      // Counter64: Bits is the number, whole
	Float           // Opaque float or double: Bits is a float64
	Bytes           // OCTET STRING
	Object          // OBJECT IDENTIFIER: its BER contents
	IPAddress       // four bytes
	Absent          // noSuchObject, noSuchInstance: the device says that there is no such thing
	End             // endOfMibView
)

// A Slot is the value of one varbind, at the place of its instance in the
// request. Bytes, Object and IPAddress are Len bytes of the packet from At.
type Slot struct {
	Bits uint64
	At   uint16
	Len  uint16
	Kind Kind
}

// Float64 is the number as a float; false where the slot holds none.
func (s Slot) Float64() (float64, bool) {
	switch s.Kind {
	case Signed:
		return float64(int64(s.Bits)), true
	case Unsigned, Unsigned64:
		return float64(s.Bits), true
	case Float:
		return math.Float64frombits(s.Bits), true
	}
	return 0, false
}

// Of returns the bytes of a slot of Bytes, Object or IPAddress within its packet.
// They are the packet's own.
func (s Slot) Of(packet []byte) []byte { return packet[s.At : int(s.At)+int(s.Len)] }

// ObjectText writes the contents of an OBJECT IDENTIFIER as the walker takes them
// (X.690, section 8.19) as numbers with dots between them.
func ObjectText(b []byte) string {
	out := make([]byte, 0, 3*len(b)+2)
	var sub uint64
	first := true
	for _, c := range b {
		sub = sub<<7 | uint64(c&0x7f)
		if c >= 0x80 {
			continue
		}
		if first {
			root := min(sub/40, 2)
			out = strconv.AppendUint(out, root, 10)
			sub, first = sub-40*root, false
		}
		out = strconv.AppendUint(append(out, '.'), sub, 10)
		sub = 0
	}
	return string(out)
}
