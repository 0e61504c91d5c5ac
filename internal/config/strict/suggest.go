package strict

import (
	"slices"
	"strings"
)

// Suggest is the hint for a word that is not among the known ones: the nearest
// of them, or all of them where none is near.
func Suggest(word string, known []string) string {
	if best, ok := Nearest(word, known); ok {
		return `did you mean "` + best + `"?`
	}
	if len(known) == 0 || len(known) > 40 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

// Nearest returns the known word that a slip of the fingers would turn into word.
func Nearest(word string, known []string) (string, bool) {
	word = strings.ToLower(word)
	best, least := "", 1+max(1, min(3, len(word)/3))
	sorted := slices.Clone(known)
	slices.Sort(sorted)
	for _, k := range sorted {
		if d := distance(word, strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 64 || len(t) > 64 {
		return 64
	}
	before, prev, cur := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		cur[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(t)]
}
