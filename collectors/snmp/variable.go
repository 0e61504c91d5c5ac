package snmp

import (
	"math"
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// kind is what an answer holds, as far as readings care.
type kind uint8

const (
	kindOther    kind = iota // Null, an unknown or a malformed type
	kindSigned               // INTEGER, Integer32
	kindUnsigned             // Counter32, Gauge32, TimeTicks, Counter64
	kindFloat                // Opaque float or double (net-snmp)
	kindBytes                // OCTET STRING, IpAddress
	kindOID
	kindAbsent // noSuchObject, noSuchInstance
	kindEnd    // endOfMibView
)

// variable is one varbind of an answer.
type variable struct {
	oid      string
	kind     kind
	signed   int64
	unsigned uint64
	wide     bool // unsigned is a register of 64 bits
	float    float64
	bytes    []byte
}

// exists reports whether the instance is there.
func (v *variable) exists() bool { return v.kind != kindAbsent && v.kind != kindEnd }

// size is about how many bytes the varbind takes in a packet.
func (v *variable) size() int {
	n := 4 + oidSize(v.oid)
	switch v.kind {
	case kindBytes, kindOID:
		return n + 4 + len(v.bytes)
	default:
		return n + 11
	}
}

// oidSize is about how many bytes an OID takes in BER.
func oidSize(oid string) int {
	n, sub := 1, 0
	for i := 0; i <= len(oid); i++ {
		if i == len(oid) || oid[i] == '.' {
			n += 1 + (sub+2)/5 // 7 bits a byte: 1 for ≤ 2 digits, about 2 for 5 …
			sub = 0
			continue
		}
		sub++
	}
	return n
}

// number returns the value as a float; cause is the reason for refusing it.
// Counter64 stays exact up to here.
func (v *variable) number(inString bool) (f float64, cause string) {
	switch v.kind {
	case kindSigned:
		f = float64(v.signed)
	case kindUnsigned:
		f = float64(v.unsigned)
	case kindFloat:
		f = v.float
	case kindBytes:
		if !inString {
			return 0, facility.RefusedType
		}
		n, ok := numberIn(v.bytes)
		if !ok {
			return 0, facility.RefusedMalformed
		}
		f = n
	default:
		return 0, facility.RefusedType
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, facility.RefusedNotANumber
	}
	return f, ""
}

// numberIn reads the number at the start of a text as "23.5 C" or "0.12".
func numberIn(b []byte) (float64, bool) {
	s := strings.TrimSpace(string(b[:min(len(b), 64)]))
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	f, err := strconv.ParseFloat(s[:end], 64)
	return f, err == nil
}

// raw writes the value as conditions and lookups compare it.
func (v *variable) raw() string {
	switch v.kind {
	case kindSigned:
		return strconv.FormatInt(v.signed, 10)
	case kindUnsigned:
		return strconv.FormatUint(v.unsigned, 10)
	case kindFloat:
		return strconv.FormatFloat(v.float, 'g', -1, 64)
	case kindBytes, kindOID:
		return string(v.bytes)
	}
	return ""
}

// longest texts that are kept, in bytes.
const (
	maxName  = 128
	maxDescr = 512
)

// clean sanitises a text from the device and counts what had to be done.
func clean(s string, limit int, refuse func(cause string)) string {
	out, ch := text.Clean(s, limit)
	if ch.Truncated {
		refuse(facility.RefusedTooLong)
	}
	if ch.Controls {
		refuse(facility.RefusedControl)
	}
	return out
}
