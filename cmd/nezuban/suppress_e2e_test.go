package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/api"
)

// TestAlarmsFromTheCommandLine: what an operator does by script, against the
// running product: group, shelve, refuse, out of service, note, what-if, figures.
func TestAlarmsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	p := newPlant(t, network(171), "{min_free_bytes: 1MiB}")
	p.serve()
	p.inject("ups-a2-fail")
	p.inject("smoke-hall-1")
	var root api.Alarm
	eventually(t, 60*time.Second, "one cause with its consequences", func() error {
		for _, a := range standing(t, p.dir, "device=ups-a2") {
			if a.Rule == "UPS-OUTPUT-OFF" && len(a.Members) >= 3 {
				root = a
				return nil
			}
		}
		return fmt.Errorf("not yet")
	})
	if g := root.Guidance; g == nil || g.RespondSeconds <= 0 || g.Consequence == "" || g.ConsequenceJa == "" || len(g.Action) == 0 || len(g.ActionJa) != len(g.Action) {
		t.Errorf("guidance %+v", g)
	}
	eventually(t, 10*time.Second, "the grouped list counts the consequences", func() error {
		grouped := mustCLI(t, p.dir, "alarms", "--grouped") // another may have come since
		a, err := client(p.dir).Alarm(t.Context(), root.ID)
		if err == nil && (!strings.Contains(grouped, root.ID) || !strings.Contains(grouped, fmt.Sprintf("+%d", len(a.Members))) || strings.Contains(grouped, root.Members[0])) {
			err = fmt.Errorf("%d consequences, grouped:\n%s", len(a.Members), grouped)
		}
		return err
	})

	fire := eventuallyAlarm(t, p.dir, "rule=FIRE-PANEL-ALARM")
	for _, args := range [][]string{
		{"alarms", "shelve", fire.ID, "--for", "10m", "--reason", "noisy"},
		{"alarms", "out-of-service", fire.ID, "--change", "MOC-1", "--review", time.Now().AddDate(0, 0, 3).Format(time.DateOnly), "--reason", "noisy"},
		{"alarms", "shelve", root.Members[0], "--for", "500h", "--reason", "long"},
		{"alarms", "shelve", root.Members[0], "--for", "-1h", "--reason", "past"},
		{"alarms", "shelve", root.Members[0], "--for", "10m"},
		{"alarms", "close", root.ID, "--comment", "I want it gone"},
	} {
		if out, err := cli(t, p.dir, args...); err == nil {
			t.Errorf("%q was carried out: %s", args, out)
		}
	}
	if a := eventuallyAlarm(t, p.dir, "rule=FIRE-PANEL-ALARM"); a.State != "UNACK" {
		t.Errorf("the fire alarm is %s", a.State)
	}

	minor := lowest(t, p.dir)
	x := decode[api.Suppression](t, mustCLI(t, p.dir, "alarms", "shelve", minor.ID, "--for", "10m", "--reason", "known, work order 7", "--json"))
	if x.State != "in_force" || x.By != "demo" || x.Reason != "known, work order 7" {
		t.Fatalf("shelving %+v", x)
	}
	eventually(t, 10*time.Second, "it is shown as shelved", func() error {
		a, err := client(p.dir).Alarm(t.Context(), minor.ID)
		if err == nil && (a.State != "SHELV" || a.BaseState == "SHELV" || len(a.Suppressions) != 1) {
			err = fmt.Errorf("%+v", a)
		}
		return err
	})
	if list := mustCLI(t, p.dir, "alarms", "suppressions"); !strings.Contains(list, x.ID) || !strings.Contains(list, "work order 7") {
		t.Errorf("suppressions:\n%s", list)
	}
	mustCLI(t, p.dir, "alarms", "unshelve", x.ID, "--reason", "done")
	mustCLI(t, p.dir, "alarms", "note", root.ID, "--comment", "vendor called")
	if a := decode[api.Alarm](t, mustCLI(t, p.dir, "alarms", "assign", root.ID, "--owner", "demo", "--comment", "mine", "--json")); a.Owner != "demo" {
		t.Errorf("owner %q", a.Owner)
	}

	// a P1 waits for a second person, and nobody approves what they asked for
	grave := decode[api.Suppression](t, mustCLI(t, p.dir, "alarms", "shelve", root.ID, "--for", "10m", "--reason", "vendor works on it", "--json"))
	if grave.State != "waiting" {
		t.Errorf("shelving a P1 is %s at once", grave.State)
	}
	if out, err := cli(t, p.dir, "alarms", "approve", grave.ID, "--comment", "by myself"); err == nil {
		t.Errorf("approved by who asked: %s", out)
	}

	now := decode[api.Power](t, mustCLI(t, p.dir, "power", "--json"))
	then := decode[api.Power](t, mustCLI(t, p.dir, "power", "what-if", "ups-b2", "--json"))
	if len(now.Loads) == 0 || len(now.Falls) != 0 || len(then.Falls) != 6 {
		t.Errorf("without UPS B2 %v fall, want the six racks of hall 2; %d loads now", then.Falls, len(now.Loads))
	}
	writeFile(t, filepath.Join(p.dir, "friday.csv"), "load,watts\nrack-h2-r01,99e3\n")
	if out, err := cli(t, p.dir, "power", "what-if", "--loads", filepath.Join(p.dir, "friday.csv"), "--fail-on-loss"); err == nil {
		t.Errorf("99 kW in one rack overload nothing:\n%s", out)
	}
	if _, err := cli(t, p.dir, "power", "what-if", "no-such-node"); err == nil || !strings.Contains(err.Error(), "no-such-node") {
		t.Errorf("a node that does not exist: %v", err)
	}

	f := decode[perfForm](t, mustCLI(t, p.dir, "alarms", "performance", "--json"))
	if f.Annunciated.Count < 4 || len(f.Annunciated.Alarms) < 4 || f.Position != "all" || f.ByPriority["1"].Count < 2 {
		t.Errorf("performance %+v", f)
	}
	if s := p.status(); s.Alarms.Waiting != 1 || s.Alarms.Roots >= s.Alarms.Standing {
		t.Errorf("status %+v", s.Alarms)
	}
	mustCLI(t, p.dir, "verify")
}

// eventuallyAlarm is the first standing alarm of a filter.
func eventuallyAlarm(t *testing.T, dir, filter string) (a api.Alarm) {
	t.Helper()
	eventually(t, 60*time.Second, filter, func() error {
		list := standing(t, dir, filter)
		if len(list) == 0 {
			return fmt.Errorf("none stands")
		}
		a = list[0]
		return nil
	})
	return a
}

// lowest is a standing alarm that is no P1 and no life safety.
func lowest(t *testing.T, dir string) api.Alarm {
	t.Helper()
	for _, a := range standing(t, dir, "priority>=3") {
		if a.Class != "life_safety" && a.State == "UNACK" {
			return a
		}
	}
	t.Fatal("no alarm of low priority stands")
	return api.Alarm{}
}
