package filter

import (
	"testing"

	"nezuban/internal/facility"
)

func TestFilter(t *testing.T) {
	leak := facility.Attributes(func(key string) []string {
		return map[string][]string{"priority": {"2"}, "state": {"UNACK"}, "place": {"3F/hall-c"}}[key]
	})
	texts := []string{"leak-3c", "漏水センサー 3C", "Leak sensor 3C"}
	tests := []struct {
		filter string
		want   bool
	}{
		{"", true},
		{"priority<=2", true},
		{"prio=1", false},
		{"state=unack", true},
		{"状態=unack 優先<=2", true},
		{"優先＝２", true}, // typed with the input method still on
		{"場所~hall", true},
		{"漏水", true},
		{"LEAK !door", true},
		{"leak !sensor", false},
		{"! leak", false},
		{"! priority=1", true},
		{"!leak", false},
		{"priority!=2", false},
		{"place!~hall", false},
	}
	for _, tt := range tests {
		f, err := Parse(tt.filter)
		if err != nil {
			t.Errorf("%q: %v", tt.filter, err)
			continue
		}
		if got := f.Match(leak, texts...); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.filter, got, tt.want)
		}
	}
	for _, bad := range []string{"colour=red", "state<=2", "priority="} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q: want an error", bad)
		}
	}
}
