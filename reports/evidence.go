package reports

import (
	"slices"
	"strconv"
	"strings"
)

// anchor makes an evidence id that is unique in the report and safe as a
// fragment of a URL and as a sheet's cell name: letters, digits, '-', '_', '.'.
func (b *builder) anchor(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, strings.Join(parts, "-"))
	if len(base) > 120 {
		base = base[:120]
	}
	id := base
	for n := 2; b.ids[id]; n++ {
		id = base + "." + strconv.Itoa(n)
	}
	b.ids[id] = true
	return id
}

// figure counts the stories that pick chooses.
func (b *builder) figure(name string, stories []Story, pick func(*Story) int64) Figure {
	f := Figure{ID: b.anchor("n", name), Evidence: []string{}}
	for i := range stories {
		if n := pick(&stories[i]); n > 0 {
			f.Value += n
			f.Evidence = append(f.Evidence, stories[i].Evidence)
		}
	}
	return f
}
