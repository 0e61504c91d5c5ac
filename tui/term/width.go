package term

import (
	"io"
	"time"

	"github.com/mattn/go-runewidth"
)

// FixWidths makes libraries that follow the locale count characters of
// ambiguous width as one cell, as terminals do in every locale. Programs and
// test mains call it first.
func FixWidths() { runewidth.DefaultCondition.EastAsianWidth = false }

// ProbeLimit is how long Probe's callers wait for a terminal's answer.
const ProbeLimit = 200 * time.Millisecond

// Probe is written to a terminal to learn how wide it draws ─: the character at
// the left edge, a request for the cursor's place, and the line cleared again.
const Probe = "\r─\x1b[6n\r\x1b[K"

// Answer reads a terminal's answer to Probe from what it sent. It returns the
// glyph set, the bytes around the answer (somebody may have typed meanwhile) and
// whether the answer was there.
func Answer(got []byte) (glyphs string, rest []byte, ok bool) {
	for i := 0; i+1 < len(got); i++ {
		if got[i] != 0x1b || got[i+1] != '[' {
			continue
		}
		j, col, digits := i+2, 0, 0
		for ; j < len(got) && (got[j] >= '0' && got[j] <= '9' || got[j] == ';'); j++ {
			if got[j] == ';' {
				col, digits = 0, 0
				continue
			}
			if digits++; digits < 5 {
				col = col*10 + int(got[j]-'0')
			}
		}
		if j < len(got) && got[j] == 'R' {
			rest = append(append(rest, got[:i]...), got[j+1:]...)
			if col > 2 {
				return "ascii", rest, true
			}
			return "unicode", rest, true
		}
	}
	return "unicode", got, false
}

// Ask writes the probe and reads until the answer is there or stop is closed.
// Reads come as chunks; what is not the answer is returned.
func Ask(out io.Writer, in <-chan []byte, stop <-chan struct{}) (glyphs string, rest []byte) {
	if _, err := io.WriteString(out, Probe); err != nil {
		return "unicode", nil
	}
	var got []byte
	for {
		select {
		case <-stop:
			return "unicode", got
		case p, ok := <-in:
			if !ok {
				return "unicode", got
			}
			got = append(got, p...)
			if g, rest, ok := Answer(got); ok {
				return g, rest
			}
		}
	}
}
