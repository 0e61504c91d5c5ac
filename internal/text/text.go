// Package text is the gate for every string from outside: what comes from a
// device, a file or a person is sanitised here before it is kept, and once more
// before it is drawn.
//
// # What Clean guarantees
//
// The result is valid UTF-8 in NFC without control characters (C0, C1, DEL),
// escape sequences, bidirectional controls, zero-width joiners, variation
// selectors or emoji, on one line, at most the given number of bytes and never
// cut inside a character. Half-width kana become full-width, since terminals and
// libraries disagree on the width of half-width kana with marks. Clean is
// idempotent.
//
// # Cells
//
// Width, Cut and Pad count terminal cells (漏水 is four), treat characters of
// ambiguous width as one cell and step over SGR sequences of our own.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Changes says what Clean had to do.
type Changes struct {
	Truncated bool // the string was longer than allowed
	Controls  bool // it held control characters, escapes, bidi controls or invalid UTF-8
}

// Any reports whether anything was changed that is worth counting.
func (c Changes) Any() bool { return c.Truncated || c.Controls }

// Clean sanitises s to at most max bytes.
func Clean(s string, max int) (string, Changes) {
	var ch Changes
	if max <= 0 {
		return "", Changes{Truncated: s != ""}
	}
	if len(s) > 4*max+64 { // bound the work before looking at a single character
		s, ch.Truncated = s[:4*max+64], true
	}
	if plain(s) && len(s) <= max {
		return s, ch
	}
	var b strings.Builder
	b.Grow(min(len(s), max))
	space := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			ch.Controls = true
			r = '?'
		}
		if r == 0x1b {
			ch.Controls = true
			i += escapeLength(s[i:])
			continue
		}
		i += n
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == ' ' || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			space = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			ch.Controls = ch.Controls || r != '\u200d' && r != '\u200c' && r != '\ufeff' && r != '\u00ad'
			continue
		case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef: // variation selectors
			continue
		case emoji(r):
			r = '?'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	out := norm.NFC.String(foldKana(b.String()))
	if len(out) > max {
		ch.Truncated = true
		out = out[:max]
		for {
			if r, n := utf8.DecodeLastRuneInString(out); r != utf8.RuneError || n != 1 {
				break
			}
			out = out[:len(out)-1]
		}
		out = strings.TrimRight(out, " ")
	}
	return out, ch
}

// plain reports that s is printable ASCII without doubled or outer spaces.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < 0x20 || c > 0x7e || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// escapeLength is how many bytes an escape sequence at the start of s takes
// (ECMA-48: CSI, OSC and the other strings, two-byte escapes). An unfinished
// string takes its introducer only, so that no text can hide behind it.
func escapeLength(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 || s[i] > 0x3f {
				return i
			}
		}
		return len(s)
	case ']', 'P', 'X', '^', '_':
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1
			}
			if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
		}
		return 2
	}
	if s[1] >= 0x20 && s[1] <= 0x7e {
		return 2
	}
	return 1
}

// emoji reports the pictographs that terminals draw with unpredictable widths.
func emoji(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x1fb00 && r <= 0x1fbff || r == 0x26a1 || r == 0x2b50 || r == 0x231a || r == 0x231b
}

// foldKana widens half-width katakana and its marks (U+FF61–FF9F) only; folding
// everything would change ① and ㎡.
func foldKana(s string) string {
	half := func(r rune) bool { return r >= 0xff61 && r <= 0xff9f }
	if strings.IndexFunc(s, half) < 0 {
		return s
	}
	var b, run strings.Builder
	flush := func() {
		if run.Len() == 0 {
			return
		}
		wide := width.Fold.String(run.String())
		// the sound marks fold to spacing marks; the combining ones compose
		wide = strings.NewReplacer("\u309b", "\u3099", "\u309c", "\u309a").Replace(wide)
		b.WriteString(norm.NFC.String(wide))
		run.Reset()
	}
	for _, r := range s {
		if half(r) {
			run.WriteRune(r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

// Width is the number of terminal cells of s.
func Width(s string) int { return ansi.StringWidth(s) }

// Cut shortens s to at most cells terminal cells, ending in tail where anything
// was cut. A wide character that does not fit leaves its cell free; pad after
// cutting.
func Cut(s string, cells int, tail string) string {
	if cells <= 0 {
		return ""
	}
	return ansi.Truncate(s, cells, tail)
}

// Pad fills s with spaces on the right up to cells terminal cells.
func Pad(s string, cells int) string {
	if w := Width(s); w < cells {
		return s + strings.Repeat(" ", cells-w)
	}
	return s
}

// PadLeft fills s with spaces on the left up to cells terminal cells.
func PadLeft(s string, cells int) string {
	if w := Width(s); w < cells {
		return strings.Repeat(" ", cells-w) + s
	}
	return s
}

// Fit cuts s to cells and pads it: the result is exactly cells wide.
func Fit(s string, cells int, tail string) string { return Pad(Cut(s, cells, tail), cells) }
