package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	tests := []struct {
		name, in, want string
		max            int
		changes        Changes
	}{
		{"plain text stays", "UPS A-1", "UPS A-1", 64, Changes{}},
		{"Japanese stays", "空調機 3C-03", "空調機 3C-03", 64, Changes{}},
		{"colour escape goes", "a\x1b[31mred\x1b[0m", "ared", 64, Changes{Controls: true}},
		{"window title goes whole", "x\x1b]0;owned\x07y", "xy", 64, Changes{Controls: true}},
		{"clipboard write goes whole", "x\x1b]52;c;aGk=\x1b\\y", "xy", 64, Changes{Controls: true}},
		{"an unfinished escape hides no text", "x\x1b]0;rest", "x0;rest", 64, Changes{Controls: true}},
		{"C1 controls go", "a\u009b31mb", "a31mb", 64, Changes{Controls: true}},
		{"line breaks become one space", "a\r\n\tb ", "a b", 64, Changes{}},
		{"bidi override goes", "a\u202eb", "ab", 64, Changes{Controls: true}},
		{"invalid UTF-8 is marked", "a\xffb", "a?b", 64, Changes{Controls: true}},
		{"half-width kana with marks widen", "ﾊﾟﾈﾙ ｶﾞｽ", "パネル ガス", 64, Changes{}},
		{"circled digits and square metres stay", "①㎡", "①㎡", 64, Changes{}},
		{"emoji become a question mark", "hot🔥", "hot?", 64, Changes{}},
		{"a joined family is three marks, no joiner", "👨‍👩‍👧", "???", 64, Changes{}},
		{"variation selector goes", "⚠️x", "⚠x", 64, Changes{}},
		{"cut at a character, not inside", "漏水検知", "漏水", 8, Changes{Truncated: true}},
		{"NUL goes", "a\x00b", "ab", 64, Changes{Controls: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ch := Clean(tt.in, tt.max)
			if got != tt.want || ch != tt.changes {
				t.Errorf("Clean(%q, %d) = %q, %+v; want %q, %+v", tt.in, tt.max, got, ch, tt.want, tt.changes)
			}
		})
	}
}

func TestCleanBoundsHugeInput(t *testing.T) {
	got, ch := Clean(strings.Repeat("\x1b[31m漏", 1<<20), 100)
	if len(got) > 100 || !ch.Truncated {
		t.Errorf("Clean of 8 MiB: %d bytes, %+v; want at most 100, truncated", len(got), ch)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a\x1b[31m", "ﾊﾟ", "👨‍👩‍👧", "\xff\xfe", "a\u202e", "e\u0301", "  a  b  "} {
		f.Add(s, 16)
	}
	f.Fuzz(func(t *testing.T, s string, max int) {
		max = max & 0xff
		got, _ := Clean(s, max)
		if len(got) > max {
			t.Fatalf("Clean(%q, %d): %d bytes", s, max, len(got))
		}
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q, %d) = %q: invalid UTF-8", s, max, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("Clean(%q, %d) = %q: control %U left", s, max, got, r)
			}
		}
		if again, _ := Clean(got, max); again != got {
			t.Fatalf("Clean is not idempotent: %q, then %q", got, again)
		}
	})
}

func TestFitCountsCells(t *testing.T) {
	tests := []struct {
		in    string
		cells int
		want  string
	}{
		{"漏水", 4, "漏水"}, {"漏水", 6, "漏水  "}, {"漏水検知", 5, "漏水…"}, {"東京第一DC", 6, "東京… "}, {"abc", 0, ""},
	}
	for _, tt := range tests {
		if got := Fit(tt.in, tt.cells, "…"); got != tt.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", tt.in, tt.cells, got, tt.want)
		}
	}
}
