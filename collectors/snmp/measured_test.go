package snmp

import (
	"regexp"
	"testing"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

func TestMeasured(t *testing.T) {
	text := func(s string) variable { return variable{kind: kindBytes, bytes: []byte(s)} }
	number := regexp.MustCompile(`T=([-0-9.]+)`)
	words := map[string]float64{"ok": 1, "fault": 2}
	tests := []struct {
		name   string
		q      profile.Quantity
		v      variable
		want   float64
		fitted bool
		cause  string
	}{
		{"a number in the middle of a text", profile.Quantity{Pattern: number}, text("H=40 T=-3.5 C"), -3.5, true, ""},
		{"a text without it", profile.Quantity{Pattern: number}, text("H=40"), 0, true, facility.RefusedMalformed},
		{"a word", profile.Quantity{Words: words}, text(" Fault\n"), 2, true, ""},
		{"a word nobody knows is no state", profile.Quantity{Words: words}, text("odd"), 0, true, facility.RefusedMalformed},
		{"a number where words are told", profile.Quantity{Words: words}, signed(1), 1, true, ""},
		{"a text that says not fitted", profile.Quantity{InString: true, NotFittedText: []string{"--"}}, text("--"), 0, false, ""},
		{"a number that does", profile.Quantity{NotFitted: []float64{-1}}, signed(-1), -1, false, ""},
		{"a bit of an integer", profile.Quantity{Pick: &profile.Pick{From: profile.PickBit, N: 3}}, signed(8), 1, true, ""},
		{"a bit of a number in a text", profile.Quantity{InString: true, Pick: &profile.Pick{From: profile.PickBit, N: 3}}, text("8"), 1, true, ""},
		{"a bit of octets", profile.Quantity{Pick: &profile.Pick{From: profile.PickOctetBit, N: 0}}, text("\x80"), 1, true, ""},
		{"octets that are not there", profile.Quantity{Pick: &profile.Pick{From: profile.PickOctetBit, N: 8}}, text("\x80"), 0, true, facility.RefusedMalformed},
		{"a digit of an integer", profile.Quantity{Pick: &profile.Pick{From: profile.PickCharacter, N: 2}}, signed(105), 0, true, ""},
	}
	for _, tt := range tests {
		got, fitted, cause := measured(&tt.q, &tt.v)
		if got != tt.want || fitted != tt.fitted || cause != tt.cause {
			t.Errorf("%s: %g, fitted %v, %q; want %g, %v, %q", tt.name, got, fitted, cause, tt.want, tt.fitted, tt.cause)
		}
	}
}

// The factor stands in another object; a code that is not listed is no reading.
func TestScaleBy(t *testing.T) {
	q := profile.Quantity{Scale: 1, ScaleBy: &profile.ScaleBy{OID: "u/-1", Factors: map[string]float64{"1": 0.1, "2": 10}}}
	it := item{q: &q, row: "4.5"}
	for code, want := range map[int64]float64{1: 23.5, 2: 2350} {
		if got, ok, _ := it.scaled(235, map[string]variable{"u.5": signed(code)}); !ok || got != want {
			t.Errorf("code %d: %g, %v; want %g", code, got, ok, want)
		}
	}
	if _, ok, cause := it.scaled(235, map[string]variable{"u.5": signed(3)}); ok || cause != "" {
		t.Errorf("a code that nobody knows gives a reading (%q)", cause)
	}
}

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
