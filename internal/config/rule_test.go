package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// Every key of the newer types arrives in the rule.
func TestRulesOfEveryType(t *testing.T) {
	site, problems := load(t, map[string]string{
		"inventory/0.yaml": "devices:\n  - {id: crac-1, kind: cooling, groups: [hall-1], address: 192.0.2.1, snmp: {version: \"3\", user: u, auth_secret: a, priv_secret: p}}\n",
		"alarms/a.yaml": strings.Join([]string{
			own("DEV-METRIC", "select: \"kind=cooling, metric=crac_supply_temperature_celsius\"\ntype: deviation\nhigh: 4\ndeadband: 0.5\non_delay: 5m\nreference: {metric: crac_setpoint_celsius}\napproved_by: sato\nchange: MOC-2\neffect: response\nmax_shelve: 2h"),
			own("DEV-MEAN", "select: \"kind=cooling, metric=crac_return_temperature_celsius\"\ntype: deviation\nhigh: 4\ndeadband: 0.5\nreference: {mean: true, group: hall-1}\napproved_by: [sato, abe]\nsuppress_when: [CRAC-OFF]"),
			own("RISE", "select: \"kind=cooling, metric=crac_supply_temperature_celsius\"\ntype: rate\nhigh: 3\ndeadband: 0.5\nwindow: 5m"),
			own("MANY", "select: \"device=crac-1, metric=crac_state\"\ntype: calculated\ngroup: hall-1\nexpression: 'count(\"crac_state\") > 0 and mean(\"crac_supply_temperature_celsius\") > 24'"),
			own("STANDBY", "select: \"kind=cooling, metric=crac_state\"\ntype: event\nstates: [standby]"),
		}, "---\n"),
	})
	if site == nil {
		t.Fatalf("the site does not load:%s", list(problems))
	}
	rules := map[string]*alarm.Rule{}
	for _, r := range site.Rules {
		rules[r.ID] = r
	}
	if r := rules["DEV-METRIC"]; r.Reference.Metric != "crac_setpoint_celsius" || !slices.Equal(r.ApprovedBy, []string{"sato"}) || r.Change != "MOC-2" ||
		r.Effect != alarm.Response || r.MaxShelve != 2*time.Hour {
		t.Errorf("DEV-METRIC: got %+v", r)
	}
	if r := rules["DEV-MEAN"]; !r.Reference.Mean || r.Reference.Group != "hall-1" || !slices.Equal(r.ApprovedBy, []string{"sato", "abe"}) || !slices.Equal(r.SuppressWhen, []string{"CRAC-OFF"}) {
		t.Errorf("DEV-MEAN: got %+v", r)
	}
	if r := rules["RISE"]; r.Window != 5*time.Minute || r.Per != r.Window {
		t.Errorf("RISE: window %v per %v, want per to be the window where it is left out", r.Window, r.Per)
	}
	if r := rules["MANY"]; r.Expression == nil || r.Expression.Group != "hall-1" || !slices.Equal(r.Expression.Metrics, []string{"crac_state", "crac_supply_temperature_celsius"}) {
		t.Errorf("MANY: got %+v", r.Expression)
	}
	if r := rules["STANDBY"]; r.Type != alarm.EventOnly || r.Priority() != facility.P4 {
		t.Errorf("STANDBY: got %+v", r)
	}
}

// A site whose own definitions are mostly grave is told so, from ten on.
func TestDistributionOfOwnDefinitions(t *testing.T) {
	rules := func(n int, severity string) string {
		var docs []string
		for i := range n {
			metric := []string{"ups_battery_status", "ups_output_source"}[i%2]
			doc := own("OWN-"+string(rune('A'+i)), "select: \"kind=ups, metric="+metric+", place!=x"+string(rune('a'+i))+"\"\ntype: state\nmin_severity: critical")
			docs = append(docs, strings.Replace(doc, "consequence_severity: minor\ntime_to_respond: 1h", severity, 1))
		}
		return strings.Join(docs, "---\n")
	}
	tests := []struct {
		name, content, says string
	}{
		{"nine P1", rules(9, "consequence_severity: severe\ntime_to_respond: 5m"), ""},
		{"ten P1", rules(10, "consequence_severity: severe\ntime_to_respond: 5m"), "100 % of the site's own definitions are P1"},
		{"ten P2", rules(10, "consequence_severity: severe\ntime_to_respond: 1h"), "100 % of the site's own definitions are P1 or P2"},
		{"ten P4", rules(10, "consequence_severity: minor\ntime_to_respond: 1h"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site, problems := load(t, map[string]string{"inventory/0.yaml": ups, "alarms/a.yaml": tt.content})
			if site == nil {
				t.Fatalf("the site does not load:%s", list(problems))
			}
			if got := list(problems); strings.Contains(got, "of the site's own definitions") != (tt.says != "") || !strings.Contains(got, tt.says) {
				t.Errorf("want %q, got:%s", tt.says, got)
			}
		})
	}
}
