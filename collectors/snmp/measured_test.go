package snmp

import (
	"regexp"
	"testing"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// An outlet's place in a text of all of them: an empty group is no outlet, text
// that does not fit at all is malformed.
func TestEmptyGroupIsNoSuchPart(t *testing.T) {
	q := &profile.Quantity{Pattern: regexp.MustCompile(`^ *(?:[0-9]+ *, *([0-9]+))?`)}
	strict := &profile.Quantity{Pattern: regexp.MustCompile(`^T=([0-9]+)$`)}
	for _, c := range []struct {
		q      *profile.Quantity
		text   string
		value  float64
		fitted bool
		cause  string
	}{
		{q, "1,0", 0, true, ""},
		{q, "1, 7,1", 7, true, ""},
		{q, "1", 0, false, ""},
		{q, "", 0, false, ""},
		{strict, "T=21", 21, true, ""},
		{strict, "T=?", 0, true, facility.RefusedMalformed},
	} {
		v := &variable{kind: kindBytes, bytes: []byte(c.text)}
		value, fitted, cause := measured(c.q, v)
		if value != c.value || fitted != c.fitted || cause != c.cause {
			t.Errorf("%q: got %v, %v, %q, want %v, %v, %q", c.text, value, fitted, cause, c.value, c.fitted, c.cause)
		}
	}
}
