package term

import (
	"bytes"
	"testing"

	"github.com/muesli/termenv"
)

func TestAnswer(t *testing.T) {
	tests := []struct {
		got, glyphs, rest string
		ok                bool
	}{
		{"\x1b[1;2R", "unicode", "", true},
		{"\x1b[1;3R", "ascii", "", true}, // ─ took two cells
		{"j\x1b[24;2Rk", "unicode", "jk", true},
		{"\x1b[A", "unicode", "\x1b[A", false},
		{"", "unicode", "", false},
		{"\x1b[1;99999999999999999999R", "ascii", "", true},
	}
	for _, tt := range tests {
		g, rest, ok := Answer([]byte(tt.got))
		if g != tt.glyphs || string(rest) != tt.rest || ok != tt.ok {
			t.Errorf("%q: got %s %q %v, want %s %q %v", tt.got, g, rest, ok, tt.glyphs, tt.rest, tt.ok)
		}
	}
}

func TestWriterParksTheCursorAfterEachWrite(t *testing.T) {
	var out bytes.Buffer
	var c Caret
	w := Writer{Out: &out, Caret: &c}
	c.Put(23, 18)
	n, err := w.Write([]byte("frame"))
	if n != 5 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if want := "\x1b[?2026hframe\x1b[23;18H\x1b[?25h\x1b[?2026l"; out.String() != want {
		t.Fatalf("wrote %q, want %q", out.String(), want)
	}
	out.Reset()
	c.Put(0, 0)
	_, _ = w.Write([]byte("x"))
	if want := "\x1b[?2026hx\x1b[?25l\x1b[?2026l"; out.String() != want {
		t.Fatalf("wrote %q, want %q", out.String(), want)
	}
}

func TestProfile(t *testing.T) {
	tests := []struct {
		term string
		env  []string
		want termenv.Profile
	}{
		{"xterm-256color", nil, termenv.ANSI256},
		{"xterm-256color", []string{"COLORTERM=truecolor"}, termenv.TrueColor},
		{"xterm-256color", []string{"COLORTERM=truecolor", "NO_COLOR=1"}, termenv.Ascii},
		{"linux", nil, termenv.ANSI},
		{"vt220", nil, termenv.Ascii},
		{"dumb", nil, termenv.Ascii},
		{"", nil, termenv.Ascii},
	}
	for _, tt := range tests {
		if got := Profile(tt.term, tt.env); got != tt.want {
			t.Errorf("%s %v: got %v, want %v", tt.term, tt.env, got, tt.want)
		}
	}
}
