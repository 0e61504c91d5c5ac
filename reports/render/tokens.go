package render

import (
	"strings"
	"unicode/utf8"

	"nezuban/internal/text"
)

// What Japanese does not begin a line with, and does not end one with (the
// basic rules of JIS X 4051).
const (
	notFirst = "、。，．・：；？！）」』】〕］｝〉》”’ー々〜～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ)]},.;:!?%"
	notLast  = "（「『【〔［｛〈《“‘(["
)

// tokens are what a line may be broken between: single spaces, single wide
// characters (with what combines with them), and runs of the others. Characters
// that must not stand at the edge of a line, and a number with its counter, hold
// on to their neighbours.
func tokens(s string) []string {
	list := pieces(s)
	out := list[:0]
	for _, tok := range list {
		if n := len(out); n > 0 && joined(out[n-1], tok) {
			out[n-1] += tok
			continue
		}
		out = append(out, tok)
	}
	return out
}

// joined reports whether there is no break between two tokens.
func joined(before, after string) bool {
	if before == " " || after == " " {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return strings.ContainsRune(notFirst, first) || strings.ContainsRune(notLast, last) ||
		last >= '0' && last <= '9' && !strings.ContainsRune(notLast, first)
}

func pieces(s string) []string {
	var list []string
	start := 0
	cut := func(i int) {
		if i > start {
			list = append(list, s[start:i])
			start = i
		}
	}
	wide := false
	for i, r := range s {
		w := text.Width(string(r))
		switch {
		case r == ' ':
			cut(i)
		case w == 0 && i > start:
			continue
		case w == 2 || wide:
			cut(i)
		case i > 0 && s[i-1] == ' ':
			cut(i)
		}
		wide = w == 2
	}
	cut(len(s))
	return list
}
