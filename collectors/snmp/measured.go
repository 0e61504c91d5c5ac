package snmp

import (
	"slices"
	"strings"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// measured is the device's own number in one answer, before any scaling. fitted
// is false where the answer means that there is no such part; cause says why the
// answer was refused.
func measured(q *profile.Quantity, v *variable) (f float64, fitted bool, cause string) {
	if v.kind == kindBytes && q.NotFittedAs(string(v.bytes)) {
		return 0, false, ""
	}
	if q.Pattern != nil {
		if m := q.Pattern.FindStringSubmatch(v.raw()); m != nil && m[1] == "" {
			return 0, false, "" // a text of fewer parts than the profile can tell of
		}
	}
	f, cause = numberOf(q, v)
	return f, cause != "" || !slices.Contains(q.NotFitted, f), cause
}

func numberOf(q *profile.Quantity, v *variable) (float64, string) {
	text := v.kind == kindBytes
	if q.Pattern != nil {
		m := q.Pattern.FindStringSubmatch(v.raw())
		if m == nil {
			return 0, facility.RefusedMalformed
		}
		v, text = &variable{kind: kindBytes, bytes: []byte(m[1])}, true
	}
	switch {
	case q.Words != nil && text:
		if state, known := q.Word(string(v.bytes)); known {
			return state, ""
		}
		if !q.InString {
			return 0, facility.RefusedMalformed
		}
	case q.Pick != nil && text && !q.InString:
		if f, there := q.Pick.Octets(v.bytes); there {
			return f, ""
		}
		return 0, facility.RefusedMalformed
	}
	f, cause := v.number(q.InString || q.Pattern != nil)
	if cause != "" || q.Pick == nil {
		return f, cause
	}
	if bit, there := q.Pick.Integer(int64(f)); there {
		return bit, ""
	}
	if n, there := q.Pick.Octets([]byte(strings.TrimSpace(v.raw()))); there {
		return n, ""
	}
	return 0, facility.RefusedType
}
