package config_test

import (
	"fmt"
	"strings"
	"testing"

	"nezuban/internal/config"
)

// A directory with ten planted mistakes: every one is reported, at the very
// place where the hand must go.
func TestTenMistakes(t *testing.T) {
	want := []struct{ place, says, hint string }{
		{"alarms/battery.yaml:3:9", `metric "ups_batery_voltage_volts" is not known`, `did you mean "ups_battery_voltage_volts"?`},
		{"alarms/site.yaml:11:11", "a fire alarm has no delay", ""},
		{"inventory/hall.yaml:5:14", `address "192.0.2.300" is neither an IP address nor a host name`, "for example 192.0.2.10"},
		{"inventory/hall.yaml:7:27", `unknown key "norml"`, `did you mean "normal"?`},
		{"inventory/power.yaml:11:39", `kind "usp" is not known`, `did you mean "ups"?`},
		{"inventory/power.yaml:12:9", `device id "ups-a1" is used twice`, "inventory/power.yaml:6"},
		{"people.yaml:9:13", `role "shift-leader" is not known`, `did you mean "shift-lead"?`},
		{"site.yaml:4:7", `time zone "Asia/Tokio" is not known`, "Asia/Tokyo"},
		{"site.yaml:5:1", `unknown key "langage"`, `did you mean "language"?`},
		{"targets/site.yaml:3:30", "target 99.95 is more than everything", "99.5 % is 0.995"},
	}
	site, problems := config.Load("testdata/ten-mistakes", config.LoadOptions{Secrets: secrets})
	if site != nil {
		t.Error("a site with mistakes was loaded")
	}
	if len(problems) != len(want) {
		t.Errorf("got %d problems, want %d:%s", len(problems), len(want), list(problems))
	}
	for i, w := range want {
		if i >= len(problems) {
			break
		}
		p := problems[i]
		if place := fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column); place != w.place || !strings.Contains(p.What, w.says) || p.Warning {
			t.Errorf("problem %d: got %v, want %s: %s", i+1, p, w.place, w.says)
		}
		if !strings.Contains(p.Hint, w.hint) {
			t.Errorf("problem %d: hint %q does not say %q", i+1, p.Hint, w.hint)
		}
	}
}
