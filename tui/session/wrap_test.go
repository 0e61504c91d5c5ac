package session

import (
	"slices"
	"strings"
	"testing"

	"nezuban/internal/text"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		cells int
		want  []string
	}{
		{"", 20, []string{""}},
		{"send a person", 20, []string{"send a person"}},
		{"send a person to hall 3", 12, []string{"send a", "person to", "hall 3"}},
		{"water below 12 C for long", 14, []string{"water below", "12 C for long"}},
		{"他系UPSの負荷が80 %未満か確認", 18, []string{"他系UPSの負荷が", "80 %未満か確認"}},
		{"1) 始動を確認 2) 他系の負荷を確認", 18, []string{"1) 始動を確認", "2) 他系の負荷を確", "認"}},
		{"要員を派遣する。", 14, []string{"要員を派遣す", "る。"}},
		{"aaaaaaaaaaaaaaa", 10, []string{"aaaaaaaaaa", "aaaaa"}},
	}
	for _, tt := range tests {
		if got := Wrap(tt.text, tt.cells); !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d cells: %q, want %q", tt.text, tt.cells, got, tt.want)
		}
	}
}

func TestWrapLosesNothingAndFits(t *testing.T) {
	const s = "1) Check that chilled water is below 12 C 2) 隣接機の運転確認・風量増 (80 %未満)、ファン故障時はベンダー連絡"
	for cells := range 90 {
		lines := Wrap(s, cells)
		if strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.ReplaceAll(s, " ", "") {
			t.Errorf("in %d cells: %q", cells, lines)
		}
		for _, l := range lines {
			if text.Width(l) > max(cells, 10) {
				t.Errorf("in %d cells: %q is too wide", cells, l)
			}
		}
	}
}

func TestWidthOfIsThatOfTheText(t *testing.T) {
	for r := rune(' '); r < 0xffff; r++ {
		if got := widthOf(r); got != text.Width(string(r)) {
			t.Fatalf("%U: %d, want %d", r, got, text.Width(string(r)))
		}
	}
}
