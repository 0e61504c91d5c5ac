package entry

import (
	"math/rand/v2"
	"strings"
	"testing"

	"nezuban/internal/text"
)

func same(s string) string { return s }

func TestEditing(t *testing.T) {
	var l Line
	l.Insert("現地 確認")
	for _, step := range []struct{ key, want string }{
		{"backspace", "現地 確"}, {"left", "現地 確"}, {"backspace", "現地確"}, {"home", "現地確"}, {"delete", "地確"}, {"end", "地確"}, {"ctrl+u", ""},
	} {
		if !l.Key(step.key) || l.String() != step.want {
			t.Fatalf("%s: %q, want %q", step.key, l.String(), step.want)
		}
	}
	l.Insert("door repair 扉")
	l.Key("ctrl+w")
	if l.String() != "door repair " {
		t.Fatalf("ctrl+w left %q", l.String())
	}
	l.Insert("a\x1b[31m\nb")
	if strings.ContainsAny(l.String(), "\x1b\n") {
		t.Fatalf("control characters stayed: %q", l.String())
	}
	l.Insert(strings.Repeat("長", 1000))
	if n := len([]rune(l.String())); n != maxRunes {
		t.Fatalf("%d characters, want at most %d", n, maxRunes)
	}
}

func TestCaretIsAlwaysInsideTheView(t *testing.T) {
	pieces := []string{"漏水", "a", " ", "ﾊﾟ", "👨‍👩‍👧", "é", "〜", "\u202e", "x\x1b[2J"}
	keys := []string{"left", "right", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+k"}
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 3))
		var l Line
		for range 60 {
			if r.IntN(3) > 0 {
				l.Insert(pieces[r.IntN(len(pieces))])
			} else {
				l.Key(keys[r.IntN(len(keys))])
			}
			width := 2 + r.IntN(40)
			view, col := l.View(width, same)
			if w := text.Width(view); w > width || col >= width || strings.Contains(view, "\x1b") {
				t.Fatalf("seed %d: %q is %d cells of %d, caret at %d", seed, view, w, width, col)
			}
		}
	}
}
