package sla

import (
	"math/bits"
	"strconv"
	"strings"
)

// FormatPercentTruncated writes numerator/denominator as a percentage with a
// number of digits (at most six), truncated and never rounded: 99.9499 % is
// "99.94" with two, and only what is exactly 100 % begins with 100. Without a
// denominator there is no figure: "—". The unit is the caller's.
func FormatPercentTruncated(numerator, denominator int64, digits int) string {
	if denominator <= 0 || numerator < 0 {
		return "—"
	}
	digits = min(max(digits, 0), 6)
	scale := uint64(100)
	for range digits {
		scale *= 10
	}
	high, low := bits.Mul64(uint64(numerator), scale)
	if high >= uint64(denominator) {
		return "—"
	}
	quotient, _ := bits.Div64(high, low, uint64(denominator))
	return point(quotient, digits)
}

// FormatPPM writes a target in parts per million as a percentage with as many
// digits as it has: 999500 is "99.95".
func FormatPPM(ppm int64) string {
	return trimZeros(point(uint64(max(ppm, 0)), 4))
}

// FormatMicros writes millionths of a second as seconds, exactly, with at most
// six digits: 1339200000 is "1339.2".
func FormatMicros(micros int64) string {
	if micros < 0 {
		return "-" + trimZeros(point(uint64(-micros), 6))
	}
	return trimZeros(point(uint64(micros), 6))
}

// FloorSeconds truncates millionths of a second to whole seconds towards the
// worse value: a remaining budget of -0.5 s is -1 s.
func FloorSeconds(micros int64) int64 {
	s := micros / million
	if micros%million < 0 {
		s--
	}
	return s
}

// point sets the decimal point before the last digits.
func point(v uint64, digits int) string {
	s := strconv.FormatUint(v, 10)
	if digits == 0 {
		return s
	}
	if len(s) <= digits {
		s = strings.Repeat("0", digits+1-len(s)) + s
	}
	return s[:len(s)-digits] + "." + s[len(s)-digits:]
}

func trimZeros(s string) string {
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
