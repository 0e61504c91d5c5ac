package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/config"
	"nezuban/internal/duty"
)

// What init writes, check accepts; only the reminder to part two roles is left.
func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	o := config.InitOptions{Code: "DC-E1", NameEn: `East "1": #main`, NameJa: "東第一", Zone: "Asia/Tokyo", Language: "ja", AdminKey: keyOne + "\n", AdminUnix: "Sato"}
	if err := config.Init(dir, o); err != nil {
		t.Fatal(err)
	}
	site, problems := config.Load(dir, config.LoadOptions{Secrets: secrets})
	if site == nil {
		t.Fatalf("what init wrote does not load:%s", list(problems))
	}
	if site.Facility.Name.En != o.NameEn || site.Facility.Code != "DC-E1" || site.Facility.Zone.String() != "Asia/Tokyo" {
		t.Errorf("facility: got %+v", site.Facility)
	}
	if len(site.People) != 1 || site.People[0].ID != "sato" || site.People[0].UnixName != "Sato" || !site.People[0].Has(duty.ShiftLead) || len(site.People[0].Keys) != 1 {
		t.Errorf("people: got %+v", site.People)
	}
	for _, p := range problems {
		if !strings.Contains(p.What, "keys and configuration") && !strings.Contains(p.What, "there are no devices") {
			t.Errorf("unexpected: %v", p)
		}
	}
	if err := config.Init(dir, o); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second init: got %v, want a refusal", err)
	}
}

// The examples in the comments must be right: people take the comment marks away.
func TestInitExamples(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	if err := config.Init(dir, config.InitOptions{Code: "A", AdminUnix: "sato"}); err != nil {
		t.Fatal(err)
	}
	uncomment(t, filepath.Join(dir, "inventory/devices.yaml"), "# defaults:", "#   place", "#   snmp", "#   - ", "#     ", "#       - ")
	uncomment(t, filepath.Join(dir, "oneline.yaml"), "# defaults:", "#   ", "# nodes:")
	uncomment(t, filepath.Join(dir, "fire.yaml"), "# zones:", "#   ")
	uncomment(t, filepath.Join(dir, "cooling.yaml"), "# defaults:", "#   ", "# rooms:")
	replace(t, filepath.Join(dir, "inventory/devices.yaml"), "devices: []", "devices:")
	for _, f := range []string{"alarms/site.yaml", "targets/site.yaml"} {
		uncomment(t, filepath.Join(dir, f), "# id:", "# base:", "# revision", "# high", "# reviewed", "# approved_by", "# change", "# metadata", "# spec", "# ---", "# apiVersion", "# kind: ", "#   ")
	}
	uncomment(t, filepath.Join(dir, "site.yaml"), "# shifts:", "# positions:", "#   - {id", "# polling", "  # idle_read_only", "  # url", "  # token_secret", "# secrets")
	site, problems := config.Load(dir, config.LoadOptions{Secrets: secrets})
	if site == nil {
		t.Fatalf("the examples do not load:%s", list(problems))
	}
	if site.OneLine == nil || len(site.OneLine.Nodes()) != 6 || len(site.Fire) != 1 || len(site.Cooling) != 1 || len(site.Positions) != 2 {
		t.Errorf("got %d zones, %d rooms, %d positions: an example was not read", len(site.Fire), len(site.Cooling), len(site.Positions))
	}
	if len(site.Devices) != 7 || len(site.Shifts) != 2 || site.History.URL == "" {
		t.Errorf("got %d devices, %d shifts, history at %q: an example was not read", len(site.Devices), len(site.Shifts), site.History.URL)
	}
	for _, r := range site.Rules {
		if r.ID == "INLET-TEMP-HIGH" && (r.High == nil || *r.High != 26) {
			t.Errorf("the tuned example has no effect: %+v", r)
		}
	}
}

func TestInitRefuses(t *testing.T) {
	for name, o := range map[string]config.InitOptions{
		"code":     {Code: "a b", AdminUnix: "x"},
		"zone":     {Code: "A", Zone: "Tokyo", AdminUnix: "x"},
		"language": {Code: "A", Language: "fr", AdminUnix: "x"},
		"nobody":   {Code: "A"},
		"key":      {Code: "A", AdminKey: "ssh-rsa nonsense"},
	} {
		dir := filepath.Join(t.TempDir(), "site")
		if err := config.Init(dir, o); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: something was written all the same", name)
		}
	}
}

func TestIdentity(t *testing.T) {
	dir := writeSite(t, map[string]string{"site.yaml": "zonne: x\nsecrets: {identity: /etc/nezuban/id.txt}\n"})
	if got := config.Identity(dir); got != "/etc/nezuban/id.txt" {
		t.Errorf("a site with mistakes: identity %q, want the one it names", got)
	}
	if got := config.Identity(t.TempDir()); got != "" {
		t.Errorf("no site.yaml: identity %q, want none", got)
	}
}

// uncomment takes "# " from the lines that begin with one of the prefixes.
func uncomment(t *testing.T, path string, prefixes ...string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		for _, p := range prefixes {
			if strings.HasPrefix(line, p) {
				lines[i] = strings.Replace(line, "# ", "", 1)
				if strings.HasPrefix(line, "#   ") {
					lines[i] = " " + strings.TrimPrefix(line, "#")
					lines[i] = lines[i][2:]
				}
				break
			}
		}
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, path, old, with string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(content), old, with, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}
