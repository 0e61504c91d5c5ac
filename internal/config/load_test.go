package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/config"
	"nezuban/internal/facility"
)

// writeSite makes a site directory of the given files; site.yaml is added where
// it is not among them.
func writeSite(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if _, ok := files["site.yaml"]; !ok {
		files["site.yaml"] = "code: DC-T1\nzone: Asia/Tokyo\n"
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// secrets resolves every name but those that begin with "no-".
func secrets(name string) (string, bool) { return "long enough", !strings.HasPrefix(name, "no-") }

func load(t *testing.T, files map[string]string) (*config.Site, []facility.Problem) {
	t.Helper()
	return config.Load(writeSite(t, files), config.LoadOptions{Secrets: secrets})
}

func list(problems []facility.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		kind := "mistake"
		if p.Warning {
			kind = "warning"
		}
		b.WriteString("\n  " + kind + " " + p.Error())
	}
	return b.String()
}

func TestLoadMinimal(t *testing.T) {
	site, problems := load(t, map[string]string{
		"inventory/a.yaml": "devices:\n  - {id: ups-a1, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community_secret: c}}\n",
		"people.yaml":      "people: []\n",
	})
	if site == nil {
		t.Fatalf("a minimal site does not load:%s", list(problems))
	}
	for _, p := range problems {
		if !p.Warning || !strings.Contains(p.What, "v2c") {
			t.Errorf("unexpected problem: %v", p)
		}
	}
	if len(site.Devices) != 1 || site.Devices[0].Address != "192.0.2.1:161" {
		t.Errorf("devices: got %+v", site.Devices)
	}
	if len(site.Rules) < 40 || len(site.Targets) < 15 {
		t.Errorf("got %d rules and %d targets, want at least 40 and 15", len(site.Rules), len(site.Targets))
	}
}
