package config_test

import (
	"slices"
	"strings"
	"testing"

	"nezuban/collectors/profile"
	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/sla"
)

// emptySite is a site with nothing of its own.
func emptySite(t *testing.T) *config.Site {
	t.Helper()
	site, problems := load(t, map[string]string{})
	if site == nil {
		t.Fatalf("a site with only site.yaml does not load:%s", list(problems))
	}
	return site
}

// reported maps every metric that a builtin profile reports to its states.
func reported(t *testing.T) map[string][]string {
	t.Helper()
	lib, err := profile.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	agents, err := profile.BuiltinAgents()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	learn := func(metric string, states []facility.State) {
		out[metric] = append(out[metric], "")
		for _, s := range states {
			out[metric] = append(out[metric], s.Name)
		}
	}
	for _, p := range lib.All() {
		for _, q := range p.Points {
			learn(q.Metric.Name, q.States)
		}
		for _, table := range p.Tables {
			for _, q := range table.Columns {
				learn(q.Metric.Name, q.States)
			}
		}
	}
	for _, p := range agents.All() {
		for _, q := range p.Points {
			learn(q.Metric.Name, q.States)
		}
	}
	for _, bound := range []string{"smoke_state", "leak_state", "door_state", "contact_state",
		"fire_panel_alarm_state", "fire_panel_supervisory_state", "fire_panel_trouble_state", "fire_panel_disabled_state", "fire_panel_discharge_state",
		"suppression_manual_state", "suppression_isolated_state", "suppression_abort_state", "fire_damper_state"} {
		learn(bound, profile.ContactStates(bound))
	}
	for _, model := range []facility.DeviceID{facility.PowerModel, facility.CoolingModel, facility.FireModel} {
		for _, m := range facility.ModelMetrics(model) {
			learn(m, facility.ModelStates(m))
		}
	}
	learn("suppression_agent_pressure_pascals", nil) // an analogue input, by binding
	return out
}

// metricOf is the metric that a selector asks for, "" where it names none.
func metricOf(s facility.Selector) string { return termOf(s, "metric") }

// termOf is what the selector wants key to be; "" where it does not say.
func termOf(s facility.Selector, key string) string {
	for _, term := range strings.FieldsFunc(s.String(), func(r rune) bool { return r == ',' || r == ' ' }) {
		if m, ok := strings.CutPrefix(term, key+"="); ok {
			return m
		}
	}
	return ""
}

func TestBuiltinRulesSpeakOfWhatProfilesReport(t *testing.T) {
	known := reported(t)
	for _, r := range emptySite(t).Rules {
		if what := r.Validate(); what != nil {
			t.Errorf("%s: %v", r.ID, what)
		}
		m := metricOf(r.Select)
		if m == "" {
			if r.Type != alarm.NoData {
				t.Errorf("%s: a %s rule without a metric", r.ID, r.Type)
			}
			continue
		}
		states, ok := known[m]
		if !ok {
			t.Errorf("%s: no builtin profile reports %s", r.ID, m)
		}
		for _, s := range r.States {
			if !slices.Contains(states, s) {
				t.Errorf("%s: no builtin profile reports the state %q of %s; got %v", r.ID, s, m, states)
			}
		}
	}
}

func TestBuiltinTargetsSpeakOfWhatProfilesReport(t *testing.T) {
	known := reported(t)
	for _, target := range emptySite(t).Targets {
		if target.Source != "ours" {
			t.Errorf("%s: source %q, want ours: no figure of the starter set comes from anywhere else", target.Name, target.Source)
		}
		if target.DisplayName.En == target.DisplayName.Ja || target.Description.En == "" || target.Description.Ja == "" {
			t.Errorf("%s: display name and description must stand in both languages", target.Name)
		}
		m := target.Metric()
		states, ok := known[m]
		if !ok && m != "" && facility.ModelOf(m) == "" && !strings.HasPrefix(m, "backup_") {
			t.Errorf("%s: no builtin profile reports %q", target.Name, m)
		}
		if model := facility.ModelOf(m); model != "" {
			for _, s := range facility.ModelStates(m) {
				states = append(states, s.Name)
			}
		}
		if target.State == nil {
			continue
		}
		for _, s := range target.State.Good {
			if !slices.Contains(states, s) {
				t.Errorf("%s: no builtin profile reports the state %q of %s; got %v", target.Name, s, m, states)
			}
		}
		if target.Policy != sla.PolicyBad {
			t.Errorf("%s: policy %q, want bad for a state", target.Name, target.Policy)
		}
	}
}

// What an operator is woken for follows from severity and time, not from taste.
func TestBuiltinPriorities(t *testing.T) {
	want := map[string]facility.Priority{
		"UPS-ON-BATTERY": facility.P1, "UPS-OUTPUT-OFF": facility.P1, "UPS-ON-BYPASS": facility.P3, "UPS-TEST-FAILED": facility.P3,
		"GENSET-RUNNING": facility.P3, "GENSET-NO-START": facility.P1, "GENSET-SHUTDOWN": facility.P2, "FEED-VOLTAGE-LOST": facility.P1,
		"POWER-LOAD-DEAD": facility.P1, "POWER-AT-RISK": facility.P2, "POWER-REDUNDANCY-LOST": facility.P3, "COOLING-NOT-ENOUGH": facility.P2,
		"FIRE-ISOLATION-OVERDUE": facility.P2, "FIRE-NOT-SEEN": facility.P1, "SITE-UNREACHABLE": facility.P1, "FIRE-PANEL-DISCHARGE": facility.P1,
		"CRAC-OFF": facility.P2, "INLET-TEMP-HIGH": facility.P3, "INLET-TEMP-VERY-HIGH": facility.P2,
		"FIRE-SMOKE-ALARM": facility.P1, "FIRE-SMOKE-SENSOR": facility.P1, "FIRE-PANEL-ALARM": facility.P1, "FIRE-SMOKE-PREALARM": facility.P2,
		"FIRE-PANEL-SUPERVISORY": facility.P2, "FIRE-PANEL-TROUBLE": facility.P3,
		"FIRE-SMOKE-UNSEEN": facility.P1, "FIRE-PANEL-UNSEEN": facility.P1, "LEAK": facility.P1,
		"NO-ANSWER-POWER": facility.P2, "NO-ANSWER-COOLING": facility.P2, "NO-ANSWER-HOST": facility.P3, "DOOR-HELD-OPEN": facility.P4,
	}
	found := 0
	for _, r := range emptySite(t).Rules {
		if w, ok := want[r.ID]; ok {
			found++
			if got := r.Priority(); got != w {
				t.Errorf("%s: priority %d, want %d", r.ID, got, w)
			}
		}
		fire := slices.Contains([]string{"FIRE-SMOKE-ALARM", "FIRE-SMOKE-SENSOR", "FIRE-PANEL-ALARM", "FIRE-PANEL-DISCHARGE"}, r.ID)
		if r.FireAlarm != fire {
			t.Errorf("%s: fire alarm %v, want %v", r.ID, r.FireAlarm, fire)
		}
		if r.Class == alarm.LifeSafety && (r.OnDelay != 0 || r.OffDelay != 0) {
			t.Errorf("%s: class life_safety with a delay of %v and %v", r.ID, r.OnDelay, r.OffDelay)
		}
	}
	if found != len(want) {
		t.Errorf("found %d of the %d definitions", found, len(want))
	}
}

// The count that a CRAC reports must raise at one and clear at none.
func TestBuiltinOwnAlarmCount(t *testing.T) {
	r := ruleOf(t, "CRAC-OWN-ALARM")
	var c alarm.Condition
	for i, step := range []struct {
		count float64
		want  bool
	}{{0, false}, {1, true}, {3, true}, {0, false}} {
		c, _ = r.Next(c, alarm.Sample{Tick: facility.Tick(1000 + 10*i), Value: step.count, Known: true})
		if c.Active != step.want {
			t.Errorf("with %g alarms present active is %v, want %v", step.count, c.Active, step.want)
		}
	}
}

// TestBuiltinNamesFitTheConsole: at 80 columns an alarm's words have 36 cells
// and a target's title 25; what is cut there is not read at night.
func TestBuiltinNamesFitTheConsole(t *testing.T) {
	site := emptySite(t)
	for _, r := range site.Rules {
		for lang, name := range map[string]string{"en": r.Text.Name.En, "ja": r.Text.Name.Ja} {
			if w := text.Width(name); w > 30 {
				t.Errorf("rule %s, %s: %q takes %d cells, at most 30 leave room for the part", r.ID, lang, name, w)
			}
		}
	}
	for _, tg := range site.Targets {
		for lang, name := range map[string]string{"en": tg.DisplayName.En, "ja": tg.DisplayName.Ja} {
			if w := text.Width(name); w > 25 {
				t.Errorf("target %s, %s: %q takes %d cells, at most 25 are shown", tg.Name, lang, name, w)
			}
		}
	}
}

// TestStatesOfBuiltinProfilesHaveWords: records keep codes, people read words.
func TestStatesOfBuiltinProfilesHaveWords(t *testing.T) {
	for metric, states := range reported(t) {
		for _, code := range states {
			for _, lang := range []string{"en", "ja"} {
				t.Run(metric+"/"+code+" "+lang, func(t *testing.T) {
					words := i18n.For(lang)
					if _, own := words.State[metric+"/"+code]; code != "" && !own && words.State[code] == "" {
						t.Errorf("state %s of %s has no word in %s: add it to the state words", code, metric, lang)
					}
				})
			}
		}
	}
}
