package session

import (
	"strings"

	"nezuban/internal/text"
)

// Wrap breaks a text into lines of at most so many cells (10 at least): at a
// space, or beside a wide character, since Japanese has no spaces. A number stays
// with its unit ("80 %") and a step with its number ("2) …"); no line begins with
// a mark that closes.
func Wrap(s string, cells int) []string {
	cells = max(cells, 10)
	r := []rune(s)
	var lines []string
	from, used, last := 0, 0, 0 // of the line: first rune, cells, last place to break
	for i := range r {
		if i > from && mayBreak(r, i) {
			last = i
		}
		w := widthOf(r[i])
		if used+w > cells && r[i] != ' ' {
			if last <= from {
				last = i
			}
			lines = append(lines, strings.TrimRight(string(r[from:last]), " "))
			from, used = last, 0
			for _, x := range r[last:i] {
				used += widthOf(x)
			}
		}
		used += w
	}
	return append(lines, strings.TrimRight(string(r[from:]), " "))
}

// mayBreak reports whether a line may begin with the rune at i.
func mayBreak(r []rune, i int) bool {
	a, b := r[i-1], r[i]
	switch {
	case strings.ContainsRune("、。，．）」』】〕・ー！？：；々ぁぃぅぇぉっゃゅょァィゥェォッャュョ", b), strings.ContainsRune("（「『【〔", a), b == ' ':
		return false
	case a == ' ':
		return !joined(r, i-1)
	}
	return wide(a) || wide(b)
}

// joined reports whether the space at i belongs to what stands around it.
func joined(r []rune, i int) bool {
	if i == 0 || i+1 == len(r) {
		return false
	}
	a, b := r[i-1], r[i+1]
	unit := b == '%' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
	return a >= '0' && a <= '9' && unit || a == ')' && i > 1 && r[i-2] >= '0' && r[i-2] <= '9'
}

func wide(r rune) bool { return widthOf(r) > 1 }

// widthOf is text.Width of one rune; of those that texts are made of it is told
// without asking.
func widthOf(r rune) int {
	switch {
	case r >= ' ' && r <= '~':
		return 1
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a0 && r <= 0x30ff, r >= 0x4e00 && r <= 0x9fff: // kana, kanji
		return 2
	}
	return text.Width(string(r))
}
