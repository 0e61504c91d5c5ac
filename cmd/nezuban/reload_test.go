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
