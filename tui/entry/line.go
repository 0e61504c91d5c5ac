// Package entry is one line of typed text. It counts cells and not bytes, so
// that Japanese is edited and scrolled like anything else, and it knows where
// the caret stands, for the input method's window.
package entry

import (
	"slices"
	"strings"
	"unicode"

	"nezuban/internal/text"
)

// A Line is text under edit. The zero value is empty and ready.
type Line struct {
	runes []rune
	at    int // caret: before runes[at]
}

// maxRunes bounds what can be typed or pasted.
const maxRunes = 400

// Set replaces the text and puts the caret at its end.
func (l *Line) Set(s string) {
	l.runes = nil
	l.at = 0
	l.Insert(s)
}

// String is the text as typed.
func (l *Line) String() string { return string(l.runes) }

// Insert puts s at the caret. Control characters become spaces, so a paste of
// several lines stays one line and carries no escape sequence.
func (l *Line) Insert(s string) {
	var in []rune
	for _, r := range s {
		if unicode.IsControl(r) {
			r = ' '
		}
		in = append(in, r)
	}
	if room := maxRunes - len(l.runes); len(in) > room {
		in = in[:max(room, 0)]
	}
	l.runes = slices.Insert(l.runes, l.at, in...)
	l.at += len(in)
}

// Key edits the text; false where the key means nothing here.
func (l *Line) Key(key string) bool {
	switch key {
	case "left", "ctrl+b":
		l.at = max(l.at-1, 0)
	case "right", "ctrl+f":
		l.at = min(l.at+1, len(l.runes))
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.runes)
	case "backspace", "ctrl+h":
		if l.at > 0 {
			l.runes = slices.Delete(l.runes, l.at-1, l.at)
			l.at--
		}
	case "delete", "ctrl+d":
		if l.at < len(l.runes) {
			l.runes = slices.Delete(l.runes, l.at, l.at+1)
		}
	case "ctrl+u":
		l.runes = slices.Delete(l.runes, 0, l.at)
		l.at = 0
	case "ctrl+k":
		l.runes = l.runes[:l.at]
	case "ctrl+w":
		i := l.at
		for i > 0 && l.runes[i-1] == ' ' {
			i--
		}
		for i > 0 && l.runes[i-1] != ' ' {
			i--
		}
		l.runes = slices.Delete(l.runes, i, l.at)
		l.at = i
	default:
		return false
	}
	return true
}

// View draws the text in width cells, scrolled so that the caret is inside;
// caret paints the character under it. The second result is the caret's cell
// from the left of the view.
func (l *Line) View(width int, caret func(string) string) (string, int) {
	if width < 2 {
		return "", 0
	}
	under, rest := " ", ""
	if l.at < len(l.runes) {
		under, rest = clean(l.runes[l.at:l.at+1]), clean(l.runes[l.at+1:])
	}
	start := 0
	for cells(l.runes[start:l.at]) > width-2 {
		start++
	}
	before := clean(l.runes[start:l.at])
	col := text.Width(before)
	room := max(width-col-text.Width(under), 0)
	return before + caret(under) + text.Cut(rest, room, ""), col
}

// clean draws what was typed: characters that terminals disagree about are
// shown as the record will keep them.
func clean(rs []rune) string {
	var b strings.Builder
	for _, r := range rs {
		if r == ' ' {
			b.WriteByte(' ')
			continue
		}
		s, _ := text.Clean(string(r), 16)
		b.WriteString(s)
	}
	return b.String()
}

func cells(rs []rune) int { return text.Width(clean(rs)) }
