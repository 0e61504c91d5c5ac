package config_test

import (
	"testing"
)

func TestTraps(t *testing.T) {
	site, problems := load(t, map[string]string{
		"site.yaml": "code: A\nzone: UTC\ntraps:\n  users: [{user: sender, level: noAuthNoPriv}]\n", "people.yaml": person,
		"inventory/a.yaml": device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: \"1\", community: c}"),
	})
	if site == nil {
		t.Fatal(list(problems))
	}
	if site.Traps.Listen != ":162" || len(site.Traps.Users) != 1 || site.Traps.Users[0].User != "sender" {
		t.Errorf("traps %+v, want the usual port and one user", site.Traps)
	}
	if a := site.Devices[0].SNMP; a.Version != "1" || a.Community.Reveal() != "c" {
		t.Errorf("access %+v", a)
	}
	if site, _ := load(t, map[string]string{"people.yaml": person, "inventory/a.yaml": ups}); site == nil || site.Traps.Listen != "" {
		t.Errorf("traps are received where nobody asked for it: %+v", site.Traps)
	}
}
