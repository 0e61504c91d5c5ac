package i18n

import "testing"

// Each kind of device brings its own words, and they meet in one table: of two
// texts for one code only the later would be shown.
func TestNoStateHasTwoWords(t *testing.T) {
	seen := map[string][3]string{}
	for _, w := range stateWords {
		if before, twice := seen[w[0]]; twice {
			t.Errorf("%s stands twice: %q, %q and %q, %q", w[0], before[1], before[2], w[1], w[2])
		}
		seen[w[0]] = w
	}
}
