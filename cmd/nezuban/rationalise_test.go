package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRationaliseShowsWhatIsMissing: a site with one tuned and one old definition.
func TestRationaliseShowsWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const text = "{name: N, causes: [c], consequence: q, action: [a], confirm: d}"
	for name, content := range map[string]string{
		"site.yaml": "code: DC-T1\nzone: Asia/Tokyo\n",
		"inventory/a.yaml": "devices:\n  - {id: ups-a1, kind: ups, address: 192.0.2.1, snmp: {version: \"3\", user: u, level: noAuthNoPriv}}\n" +
			"  - {id: hub, kind: envhub, groups: [rack-inlet], address: 192.0.2.2, snmp: {version: \"3\", user: u, level: noAuthNoPriv}}\n",
		"alarms/site.yaml": "id: INLET-TEMP-HIGH\nbase: builtin\nrevision: 9\nhigh: 26\nreviewed: 2020-01-31\napproved_by: [sato, abe]\nchange: MOC-1\nprocedure: {id: CL-7, revision: 2}\n" +
			"---\nid: OWN-STATE\nrevision: 1\nselect: \"kind=ups, metric=ups_battery_status\"\ntype: state\nstates: [unknown]\nclass: redundancy\nconsequence_severity: severe\ntime_to_respond: 5m\n" +
			"owner: facility\nprocedure: {id: none assigned}\nreviewed: 2026-11-01\ntext: {en: " + strings.Replace(text, ", confirm: d", "", 1) + ", ja: " + strings.Replace(text, ", confirm: d", "", 1) + "}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := cli(t, dir, "alarms", "rationalise", "--json")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r := decode[rationalisation](t, out)
	find := func(id string) rationalisedRule {
		i := slices.IndexFunc(r.Rules, func(x rationalisedRule) bool { return x.ID == id })
		if i < 0 {
			t.Fatalf("%s is not listed", id)
		}
		return r.Rules[i]
	}
	tests := []struct {
		id            string
		with, without []string
	}{
		{"INLET-TEMP-HIGH", []string{"review_overdue"}, []string{"no_procedure", "not_approved", "no_change", "idle"}},
		{"OWN-STATE", []string{"no_procedure", "no_confirm", "not_approved", "no_change"}, []string{"idle", "no_review"}},
		{"UPS-ON-BATTERY", []string{"no_procedure", "not_approved"}, []string{"idle", "no_change", "review_overdue"}},
		{"CRAC-OFF", []string{"idle"}, nil},
		{"POWER-LOAD-DEAD", []string{"idle"}, nil}, // there is no oneline.yaml
		{"SITE-UNREACHABLE", nil, []string{"idle"}},
	}
	for _, tt := range tests {
		got := find(tt.id).Missing
		for _, code := range tt.with {
			if !slices.Contains(got, code) {
				t.Errorf("%s: missing %v, want %s among them", tt.id, got, code)
			}
		}
		for _, code := range tt.without {
			if slices.Contains(got, code) {
				t.Errorf("%s: missing %v, want no %s", tt.id, got, code)
			}
		}
	}
	if tuned := find("INLET-TEMP-HIGH"); tuned.Source != "site" || tuned.ReviewDue != "2021-01-31" || len(tuned.ApprovedBy) != 2 {
		t.Errorf("a tuned definition is the site's: got %+v", tuned)
	}
	if event := find("UPS-SELF-TEST"); event.Priority != 0 || event.Type != "event" {
		t.Errorf("an event has no priority: got %+v", event)
	}
	if r.Definitions["P1"] == 0 || r.Definitions["event"] == 0 || r.MissingCount["idle"] == 0 {
		t.Errorf("counts: %v, %v", r.Definitions, r.MissingCount)
	}

	own := decode[rationalisation](t, mustCLI(t, dir, "alarms", "rationalise", "--own", "--json"))
	if len(own.Rules) != 2 {
		t.Errorf("--own lists %d definitions, want the two of the site", len(own.Rules))
	}
	if page := mustCLI(t, dir, "alarms", "rationalise"); !strings.Contains(page, "review_overdue") || !strings.Contains(page, "alarm definitions") || !strings.Contains(page, "DEFINITION") {
		t.Errorf("the table lacks its parts:\n%s", page)
	}
}
