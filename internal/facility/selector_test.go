package facility

import (
	"strings"
	"testing"
)

func TestSelector(t *testing.T) {
	device := &Device{ID: "hub-h1", Kind: "envhub", Category: "fire", Place: "1F/hall-1", Feed: "", Groups: []string{"hall-1", "hubs"}}
	point := &Point{Metric: "temperature_celsius", Labels: []Label{{"group", "rack-inlet"}, {"sensor", "0"}, {"zone", "Z-1"}}}
	tests := []struct {
		selector string
		want     bool
	}{
		{"", true},
		{"kind=envhub", true},
		{"kind=ups", false},
		{"kind=ENVHUB", true},
		{"kind=envhub, metric=temperature_celsius", true},
		{"kind=envhub metric=humidity_ratio", false},
		{"place~hall", true},
		{"place!~hall", false},
		{"group=hubs", true},
		{"group=rack-inlet", true}, // a point's own group
		{"group!=rack-inlet", false},
		{"group!=racks", true},
		{"label.sensor=0", true},
		{"label.sensor!=0", false},
		{"label.none!=0", true},
		{"label.none=0", false},
		{"zone=Z-1", true},
		{"rack=R1", false},
		{"rack!=R1", true},
	}
	for _, tt := range tests {
		sel, err := ParseSelector(tt.selector)
		if err != nil {
			t.Errorf("%q: %v", tt.selector, err)
			continue
		}
		if got := sel.Match(PointAttributes(device, point)); got != tt.want {
			t.Errorf("%q matches: %v, want %v", tt.selector, got, tt.want)
		}
	}
}

func TestSelectorOnPriorities(t *testing.T) {
	priority := func(p string) Attributes {
		return func(key string) []string {
			if key == "priority" {
				return []string{p}
			}
			return nil
		}
	}
	sel, err := ParseSelector("priority<=2")
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]bool{"1": true, "2": true, "3": false, "4": false, "": false} {
		if got := sel.Match(priority(p)); got != want {
			t.Errorf("priority<=2 on %q: %v, want %v", p, got, want)
		}
	}
}

func TestSelectorMistakesNameTheTerm(t *testing.T) {
	tests := map[string]string{
		"kind":               `term "kind"`,
		"=ups":               `term "=ups"`,
		"kind=":              `term "kind="`,
		"kind=ups colour=3":  `unknown key "colour"`,
		"place<=3":           "works on priority only",
		"kind=ups, metric>3": `term "metric>3"`,
	}
	for selector, want := range tests {
		if _, err := ParseSelector(selector); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want one with %q", selector, err, want)
		}
	}
}
