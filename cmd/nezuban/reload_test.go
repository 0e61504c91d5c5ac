package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"nezuban/collectors"
	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
)

func deviceNamed(id, address string) collectors.Target {
	return collectors.Target{Device: facility.Device{ID: facility.DeviceID(id)}, Address: address}
}

// Whoever takes a fire rule or a person's role away leaves a trace.
func TestAReloadTellsTheAuditWhatChanged(t *testing.T) {
	old := &config.Site{
		Devices: []collectors.Target{deviceNamed("hub-1", "192.0.2.1"), deviceNamed("ups-a1", "192.0.2.2")},
		Rules:   []*alarm.Rule{{ID: "FIRE", Line: 3, FireAlarm: true}, {ID: "UPS", Line: 9}},
		People:  []duty.Person{{ID: "sato", Roles: []duty.Role{duty.Operator}}},
	}
	now := &config.Site{
		Devices: []collectors.Target{deviceNamed("ups-a1", "192.0.2.3"), deviceNamed("ups-a2", "192.0.2.4")},
		Rules:   []*alarm.Rule{{ID: "UPS", Line: 2}},
		People:  []duty.Person{{ID: "sato", Roles: []duty.Role{duty.Operator, duty.ShiftLead}}},
	}
	got := changesOf(old, now)
	want := map[string]any{
		"devices": 2, "rules": 1, "targets": 0, "people": 1,
		"devices_added": []string{"ups-a2"}, "devices_removed": []string{"hub-1"}, "devices_changed": []string{"ups-a1"},
		"rules_removed": []string{"FIRE"}, "people_changed": []string{"sato"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// An edit that only moves lines is no change; one of a model, a position or the
// ways out is.
func TestAReloadTellsWhatOfThePlantChanged(t *testing.T) {
	site := func(line int, watts float64, filter, url string) *config.Site {
		t.Helper()
		e, err := alarm.CompileExpression(`value("ups_battery_charge_ratio") < 0.5`, "")
		if err != nil {
			t.Fatal(err)
		}
		g, problems := topology.Compile(topology.Model{Nodes: []topology.Node{
			{ID: "util", Kind: topology.Utility, RatedWatts: 1e6, Volts: 400, Line: line},
			{ID: "rack", Kind: topology.Load, From: []topology.NodeID{"util"}, LoadWatts: watts, Design: topology.DesignN, Line: line + 1},
		}})
		if g == nil {
			t.Fatal(problems)
		}
		sel, err := facility.ParseSelector(filter)
		if err != nil {
			t.Fatal(err)
		}
		return &config.Site{
			Rules: []*alarm.Rule{{ID: "CALC", Line: line, Expression: e}}, OneLine: g,
			Fire: []fire.ZoneModel{{ID: "Z-1", Line: line}}, Cooling: []cooling.RoomModel{{ID: "hall", Line: line}},
			Positions: []duty.Position{{ID: "noc", Filter: sel}},
			Notify:    config.NotifySettings{Channels: []config.Channel{{Name: "hook", URL: url, Line: line}}},
		}
	}
	base := map[string]any{"devices": 0, "rules": 1, "targets": 0, "people": 0}
	if got := changesOf(site(1, 1000, "category=power", "https://a.example"), site(9, 1000, "category=power", "https://a.example")); !reflect.DeepEqual(got, base) {
		t.Errorf("only lines moved: %v", got)
	}
	got := changesOf(site(1, 1000, "category=power", "https://a.example"), site(1, 2000, "category=fire", "https://b.example"))
	base["models_changed"], base["positions_changed"], base["notify_changed"] = []string{"oneline"}, []string{"noc"}, true
	if !reflect.DeepEqual(got, base) {
		t.Errorf("got %v\nwant %v", got, base)
	}
}

// Secrets that cannot be opened are no reason to ask devices without them.
func TestTheDaemonDoesNotGoOnWithoutItsSecrets(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "site.yaml"), []byte("code: T\nzone: UTC\nsecrets: {identity: "+filepath.Join(t.TempDir(), "gone.txt")+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadLive(dir, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatalf("a site without secrets: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secrets.age"), []byte("age-encryption.org/v1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadLive(dir, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "identity") {
		t.Errorf("went on without: %v", err)
	}
}
