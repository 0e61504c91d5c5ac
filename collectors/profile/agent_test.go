package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/internal/facility"
)

func TestBuiltinAgentsAreWhole(t *testing.T) {
	l, err := BuiltinAgents()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range l.All() {
		for i := range p.Points {
			q := &p.Points[i]
			if q.Metric.Unit == facility.UnitRatio && q.Range == nil {
				t.Errorf("%s line %d: %s has no range", p.File, q.line, q.Metric.Name)
			}
		}
	}
	if _, ok := l.Get("agent-node"); !ok {
		t.Errorf("agent-node is not among %v", l.Names())
	}
}

const agentHead = "profile: agent-x\nkind: host\nsource: its manual\nmatch: x_info\npoints:\n"

func TestAgentProfileMistakesHaveTheirPlace(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		what       string
	}{
		{"an unknown key", agentHead + "  - {metric: load_average, value: x, unit: seconds}\n", 6, `unknown key "unit"`},
		{"an unknown metric", agentHead + "  - {metric: load_avarage, value: x}\n", 6, `unknown metric "load_avarage"`},
		{"two forms", agentHead + "  - {metric: memory_used_ratio, value: x, ratio: {of: a, to: b}}\n", 6, "exactly one of"},
		{"no form", agentHead + "  - {metric: load_average}\n", 6, "exactly one of"},
		{"a ratio of one", agentHead + "  - {metric: memory_used_ratio, ratio: {of: a}}\n", 6, "to: want the name"},
		{"a share of everything", agentHead + "  - {metric: cpu_utilization_ratio, share: {of: a}}\n", 6, "which series are the part"},
		{"a share in seconds", agentHead + "  - {metric: host_uptime_seconds, share: {of: a, where: {m: {is: b}}}}\n", 6, "a share is a ratio"},
		{"a family with a brace", agentHead + "  - {metric: load_average, value: 'x{a=\"b\"}'}\n", 6, "name of a metric family"},
		{"a bad expression", agentHead + "  - {metric: load_average, value: x, where: {a: {is: '('}}}\n", 6, "error parsing regexp"},
		{"a condition that says nothing", agentHead + "  - {metric: load_average, value: x, where: {a: {}}}\n", 6, "says nothing"},
		{"an open template", agentHead + "  - {metric: load_average, value: x, labels: {minutes: '{a'}}\n", 6, "bad {label}"},
		{"a label with a capital", agentHead + "  - {metric: load_average, value: x, labels: {Minutes: '1'}}\n", 6, "no label name"},
		{"a state without states", agentHead + "  - {metric: agent_scrape_up, value: x}\n", 6, "states are missing"},
		{"the same point twice", agentHead + "  - {metric: load_average, value: x}\n  - {metric: load_average, value: x}\n", 7, "twice, first in line 6"},
		{"a range upside down", agentHead + "  - {metric: load_average, value: x, range: [2, 1]}\n", 6, "low and high"},
		{"no match", strings.Replace(agentHead, "match: x_info\n", "", 1) + "  - {metric: load_average, value: x}\n", 1, "match: want the name"},
		{"no source", strings.Replace(agentHead, "source: its manual\n", "", 1) + "  - {metric: load_average, value: x}\n", 1, "source is missing"},
		{"an unknown kind", strings.Replace(agentHead, "kind: host", "kind: toaster", 1) + "  - {metric: load_average, value: x}\n", 2, `unknown kind "toaster"`},
		{"a name of another sort", strings.Replace(agentHead, "agent-x", "x", 1) + "  - {metric: load_average, value: x}\n", 1, "begins with agent-"},
		{"not YAML", "profile: [", 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := parseAgent("agent-x.yaml", []byte(tt.text))
			for _, p := range problems {
				if p.Line == tt.line && strings.Contains(p.What, tt.what) {
					return
				}
			}
			t.Errorf("problems %v; want %q in line %d", problems, tt.what, tt.line)
		})
	}
}

func TestAllMistakesOfADirectoryAtOnce(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"agent-a.yaml":       agentHead + "  - {metric: nope, value: x}\n",
		"agent-b.yaml":       strings.Replace(agentHead, "agent-x", "agent-b", 1) + "  - {metric: load_average, value: x, labels: {minutes: '1'}}\n",
		"agent-c.yaml":       strings.Replace(agentHead, "agent-x", "agent-b", 1) + "  - {metric: load_average, value: y, labels: {minutes: '1'}}\n",
		"someone-elses.yaml": "profile: broken\nbut: not ours\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base, err := BuiltinAgents()
	if err != nil {
		t.Fatal(err)
	}
	l, problems := LoadAgents(base, dir)
	if len(problems) != 2 || !strings.Contains(problems[0].What, "unknown metric") || !strings.Contains(problems[1].What, "already in") {
		t.Errorf("problems %v; want an unknown metric and a name twice", problems)
	}
	if _, ok := l.Get("agent-b"); !ok || len(l.Names()) != len(base.Names())+1 {
		t.Errorf("library holds %v; want agent-b besides %v", l.Names(), base.Names())
	}
	if _, wrong := l.Get("agent-x"); wrong {
		t.Error("a profile with a problem is in the library")
	}
	if same, problems := LoadAgents(base, filepath.Join(dir, "none")); same != base || problems != nil {
		t.Errorf("a directory that does not exist: %v", problems)
	}
}

func TestTemplateFill(t *testing.T) {
	l, err := BuiltinAgents()
	if err != nil {
		t.Fatal(err)
	}
	p, _ := l.Get("agent-node")
	got := p.Identity.SysDescr.Text.Fill(func(n string) string { return strings.ToUpper(n) })
	if got != "SYSNAME RELEASE VERSION MACHINE" {
		t.Errorf("got %q", got)
	}
}

func FuzzParseAgent(f *testing.F) {
	f.Add([]byte(agentHead + "  - {metric: load_average, value: x}\n"))
	f.Add([]byte("profile: agent-x\npoints: [[], {}, 1]\nmatch: {a: b}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, problems := parseAgent("agent-f.yaml", data)
		if p == nil && len(problems) == 0 {
			t.Error("no profile and no problem")
		}
	})
}
