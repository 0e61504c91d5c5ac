package agent

import (
	"encoding/binary"
	"math"
	"time"
)

// A Kind is the type of a value, by its BER tag (RFC 2578 section 7.1, RFC 3416
// section 3).
type Kind byte

// The kinds of values. The zero Kind means that the instance does not exist at
// this moment.
const (
	Absent         Kind = 0
	Integer        Kind = 0x02
	OctetString    Kind = 0x04
	Null           Kind = 0x05
	ObjectID       Kind = 0x06
	IPAddress      Kind = 0x40
	Counter32      Kind = 0x41
	Gauge32        Kind = 0x42
	TimeTicks      Kind = 0x43
	Opaque         Kind = 0x44
	Counter64      Kind = 0x46
	NoSuchObject   Kind = 0x80
	NoSuchInstance Kind = 0x81
	EndOfMibView   Kind = 0x82
)

// A Value is one variable's value; which field counts depends on Kind.
type Value struct {
	Kind  Kind
	Int   int64  // Integer
	Uint  uint64 // Counter32, Gauge32, TimeTicks (hundredths of a second), Counter64
	Bytes []byte // OctetString, IPAddress, Opaque
	OID   OID    // ObjectID
}

// Int is an INTEGER; beyond 32 bits it is held at the limit.
func Int[T ~int | ~int32 | ~int64](v T) Value {
	return Value{Kind: Integer, Int: min(max(int64(v), math.MinInt32), math.MaxInt32)}
}

// Round is an INTEGER rounded to the nearest; NaN becomes 0.
func Round(v float64) Value {
	if math.IsNaN(v) {
		return Value{Kind: Integer}
	}
	return Int(int64(math.Round(min(max(v, math.MinInt32), math.MaxInt32))))
}

// Str is an OCTET STRING.
func Str(s string) Value { return Value{Kind: OctetString, Bytes: []byte(s)} }

// Gauge is a Gauge32 (or Unsigned32), held at its limit.
func Gauge(v float64) Value {
	if !(v > 0) {
		v = 0
	}
	return Value{Kind: Gauge32, Uint: uint64(min(math.Round(v), math.MaxUint32))}
}

// Count32 is a Counter32 of a total that may have wrapped.
func Count32(v float64) Value { return Value{Kind: Counter32, Uint: uint64(v) & math.MaxUint32} }

// Count64 is a Counter64.
func Count64(v float64) Value { return Value{Kind: Counter64, Uint: uint64(v)} }

// Ticks is a TimeTicks, which wraps after 497 days.
func Ticks(d time.Duration) Value {
	return Value{Kind: TimeTicks, Uint: uint64(d/(10*time.Millisecond)) & math.MaxUint32}
}

// Ref is an OBJECT IDENTIFIER.
func Ref(o OID) Value { return Value{Kind: ObjectID, OID: o} }

// Float is an Opaque that holds a 32-bit float, as NET-SNMP-TC's Float does.
func Float(v float32) Value {
	b := binary.BigEndian.AppendUint32([]byte{0x9f, 0x78, 4}, math.Float32bits(v))
	return Value{Kind: Opaque, Bytes: b}
}

func (v Value) append(b []byte) []byte {
	tag := byte(v.Kind)
	switch v.Kind {
	case Integer:
		return appendInt(b, tag, v.Int)
	case Counter32, Gauge32, TimeTicks, Counter64:
		return appendUint(b, tag, v.Uint)
	case OctetString, IPAddress, Opaque:
		return appendTLV(b, tag, v.Bytes)
	case ObjectID:
		return appendOID(b, v.OID)
	case NoSuchObject, NoSuchInstance, EndOfMibView:
		return append(b, tag, 0)
	}
	return append(b, tagNull, 0)
}
