package nezuban

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestNewcomerTable fails when a path of docs/architecture.md is gone.
func TestNewcomerTable(t *testing.T) {
	b, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range strings.Split(string(b), "\n") {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z0-9_./]+)`").FindAllStringSubmatch(line, -1) {
			seen++
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("docs/architecture.md names %s: %v", m[1], err)
			}
		}
	}
	if seen < 30 {
		t.Errorf("found %d paths in the tables of docs/architecture.md, want the layer table and the newcomer's table", seen)
	}
}

// TestLayerTableIsDocumented holds the document to the table of layers_test.go.
func TestLayerTableIsDocumented(t *testing.T) {
	b, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if !strings.Contains(string(b), "| "+string(rune('0'+l.layer))+" | `"+l.pkg+"` |") {
			t.Errorf("docs/architecture.md has no row for %s in layer %d", l.pkg, l.layer)
		}
	}
}
