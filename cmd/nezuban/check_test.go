package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"nezuban/internal/facility"
)

// TestCheckNamesEveryMistake: ten planted mistakes, and the four places that name
// secrets nobody has set, at once and each with its place; exit code 1.
func TestCheckNamesEveryMistake(t *testing.T) {
	t.Parallel()
	const dir = "../../internal/config/testdata/ten-mistakes"
	want := []string{
		"alarms/battery.yaml:3:9", "alarms/site.yaml:11:11", "inventory/hall.yaml:5:14", "inventory/hall.yaml:6:54 (secret)", "inventory/hall.yaml:6:78 (secret)",
		"inventory/hall.yaml:7:27", "inventory/power.yaml:3:52 (secret)", "inventory/power.yaml:3:76 (secret)", "inventory/power.yaml:11:39",
		"inventory/power.yaml:12:9", "people.yaml:9:13", "site.yaml:4:7", "site.yaml:5:1", "targets/site.yaml:3:30",
	}
	out, err := cli(t, dir, "check")
	exitsWith(t, err, 1)
	var found []string
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "error: "); ok {
			place, what, _ := strings.Cut(rest, ": ")
			if strings.HasPrefix(what, "there is no secret named ") {
				place += " (secret)"
			}
			found = append(found, place)
		}
	}
	if got := strings.Join(found, " "); got != strings.Join(want, " ") {
		t.Errorf("check reports mistakes at\n%s\nwant\n%s\nin\n%s", got, strings.Join(want, " "), out)
	}
	if !strings.Contains(out, `did you mean "ups"?`) || !strings.Contains(out, "14 mistakes") {
		t.Errorf("check gives no help or no count:\n%s", out)
	}

	out, err = cli(t, dir, "check", "--json")
	exitsWith(t, err, 1)
	mistakes := 0
	for _, p := range decode[[]facility.Problem](t, out) {
		if !p.Warning {
			mistakes++
		}
	}
	if mistakes != len(want) {
		t.Errorf("--json has %d mistakes, want %d:\n%s", mistakes, len(want), out)
	}
}

func exitsWith(t *testing.T, err error, code int) {
	t.Helper()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != code {
		t.Fatalf("got %v, want exit code %d", err, code)
	}
}
