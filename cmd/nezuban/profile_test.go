package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/facility"
)

func TestProfileCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good-ups.yaml"), filepath.Join(dir, "bad-ups.yaml")
	const text = "profile: good-ups\nkind: ups\nsource: GOOD-MIB\nextends: ups-rfc1628\nmatch: {sys_object_id: 1.3.6.1.4.1.99999}\n"
	for file, content := range map[string]string{good: text, bad: strings.Replace(text, "ups-rfc1628", "nothing-such", 1)} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := cli(t, dir, "profile", "check", good); err != nil || !strings.Contains(string(out), "profile good-ups is good") {
		t.Errorf("a good profile: %v: %s", err, out)
	}
	out, err := cli(t, dir, "profile", "check", bad, good, filepath.Join(dir, "none.yaml"), "--json")
	if err == nil {
		t.Error("a profile that extends nothing passes")
	}
	problems := decode[[]facility.Problem](t, out)
	if len(problems) != 2 || problems[0].File != bad || problems[0].Line == 0 || problems[1].Hint == "" {
		t.Errorf("problems %+v", problems)
	}

	listed := decode[[]shownProfile](t, mustCLI(t, dir, "profile", "list", "--json"))
	found := false
	for _, p := range listed {
		found = found || p.Name == "ups-rfc1628" && p.Generic && p.Kind == "ups" && strings.Contains(p.Source, "RFC 1628")
	}
	if !found {
		t.Errorf("ups-rfc1628 is not among %d profiles", len(listed))
	}
	type shownWhole struct {
		shownProfile
		Quantities []shownQuantity `json:"quantities"`
	}
	p := decode[shownWhole](t, mustCLI(t, dir, "profile", "show", "ups-rfc1628", "--json"))
	status := p.Quantities[0]
	if p.Name != "ups-rfc1628" || status.Metric != "ups_battery_status" || status.OID != "1.3.6.1.2.1.33.1.2.1.0" || len(status.States) != 4 {
		t.Errorf("shown %+v", status)
	}
	if out, err := cli(t, dir, "profile", "show", "nothing-such"); err == nil || !strings.Contains(err.Error(), "profile list") {
		t.Errorf("an unknown profile: %v: %s", err, out)
	}
}
