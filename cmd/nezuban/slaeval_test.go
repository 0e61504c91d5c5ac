package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/sla"
)

// evaluate judges targets and samples given as text.
func evaluate(t *testing.T, targets, samples, from, to string) []sla.Result {
	t.Helper()
	dir := t.TempDir()
	o := evalOptions{targets: filepath.Join(dir, "t.yaml"), samples: filepath.Join(dir, "s.csv"), from: from, to: to, zone: "Asia/Tokyo", interval: 30 * time.Second}
	for path, content := range map[string]string{o.targets: targets, o.samples: samples} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, problems, err := o.run()
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v %v", problems, err)
	}
	return list
}

func yamlTarget(name, indicator, more string) string {
	if !strings.Contains(more, "objectives:") {
		more += "\n  objectives: [{target: 0.99}]"
	}
	return "apiVersion: nezuban/v1\nkind: Target\nmetadata: {name: " + name + "}\nspec:\n  owner: x\n  scope: {select: \"kind=ups\", combine: pooled}\n  indicator: " + indicator +
		"\n  timeWindow: [{duration: 1d}]\n  report: {section: power}" + more + "\n"
}

// Every kind over a file, each compared with what can be counted by hand.
func TestEvalOfEveryKind(t *testing.T) {
	const midnight = 1790780400 // 2026-10-01 in Tokyo
	csv := func(rows ...string) string {
		out := "entity,unix_seconds,value\n"
		for _, r := range rows {
			entity, at, _ := strings.Cut(r, "+")
			at, value, _ := strings.Cut(at, "=")
			var offset int
			fmt.Sscan(at, &offset)
			out += fmt.Sprintf("%s,%d,%s\n", entity, midnight+offset, value)
		}
		return out
	}
	age := "\n  missingData: {policy: bad, maxAge: 100s, maxUnknown: 1}"
	for _, tt := range []struct {
		name, targets, samples   string
		good, bad, unknown, excl int64
		verdict                  sla.Verdict
	}{
		{"range with a gap and an exclusion", yamlTarget("r", "{kind: range, range: {metric: m, max: 27}}", age) +
			"---\napiVersion: nezuban/v1\nkind: Exclusion\nmetadata: {name: X}\nspec: {kind: maintenance, from: " + fmt.Sprint(midnight+150) + ", to: " + fmt.Sprint(midnight+170) + ", reason: r, proposedBy: a, approvedBy: b}\n",
			csv("a+0=20", "a+100=30", "a+160=20", "a+200="), 190, 50, 86400 - 20 - 240, 20, sla.Missed},
		{"one who proposed cannot approve", yamlTarget("r", "{kind: range, range: {metric: m, max: 27}}", age) +
			"---\napiVersion: nezuban/v1\nkind: Exclusion\nmetadata: {name: X}\nspec: {kind: maintenance, from: " + fmt.Sprint(midnight+150) + ", to: " + fmt.Sprint(midnight+170) + ", reason: r, proposedBy: a, approvedBy: a}\n",
			csv("a+0=20"), 100, 0, 86300, 0, sla.Missed},
		{"states by name and by number", yamlTarget("s", "{kind: state, state: {metric: m, good: [\"on\", \"7\"]}}", age), csv("a+0=on", "a+50=off", "a+100=7", "a+150=8"), 100, 150, 86150, 0, sla.Missed},
		{"coverage: a device that does not answer is bad", yamlTarget("c", "{kind: coverage}", age), csv("a+0=1", "a+50=", "a+120="), 100, 120, 86180, 0, sla.Missed},
		{"redundancy by sides", yamlTarget("d", "{kind: redundancy}", age), csv("g:survive-a+0=1", "g:survive-b+0=1", "g:survive-b+40=0", "g:survive-b+60=1", "g:peak-sum+0=1000001", "g:peak-sum+10=900000"), 70, 30, 86300, 0, sla.Missed},
		{"freshness of events", yamlTarget("f", "{kind: freshness, freshness: {event: backup.completed, maxAge: 1h, where: \"verified=true\"}}", ""), csv("a+0=1", "a+1000=0", "a+3000=1"), 6600, 79800, 0, 0, sla.Missed},
		{"latency", yamlTarget("l", "{kind: latency, latency: {from: alarm.raised, to: alarm.acknowledged, within: 2m}}", "\n  settle: 24h"), csv("a+0=120", "b+100=121", "c+200=", "d+300=5.5"), 2, 2, 0, 0, sla.Missed},
		{"count", yamlTarget("n", "{kind: count, count: {event: backup.run, good: \"result=ok\"}}", ""), csv("a+0=1", "a+1=1", "a+2=0"), 2, 1, 0, 0, sla.Missed},
		{"zero, none", yamlTarget("z", "{kind: zero, zero: {event: entry.denied}}", "\n  objectives: [{target: 1.0}]"), csv("a+0=0"), 0, 0, 0, 0, sla.Met},
		{"zero, one", yamlTarget("z", "{kind: zero, zero: {event: entry.denied}}", "\n  objectives: [{target: 1.0}]"), csv("a+5=1"), 0, 1, 0, 0, sla.Missed},
		{"due", yamlTarget("u", "{kind: due, due: {record: test}}", "") +
			"---\napiVersion: nezuban/v1\nkind: Obligation\nmetadata: {name: o}\nspec: {entity: gen-1, record: test, due: 2026-10-01, done: \"2026-10-01T23:59:59+09:00\", evidence: f}\n" +
			"---\napiVersion: nezuban/v1\nkind: Obligation\nmetadata: {name: p}\nspec: {entity: gen-1, record: test, due: 2026-10-01}\n", csv(), 1, 1, 0, 0, sla.Missed},
	} {
		list := evaluate(t, tt.targets, tt.samples, "2026-10-01", "2026-10-02")
		if len(list) != 1 {
			t.Fatalf("%s: %d results", tt.name, len(list))
		}
		r := list[0]
		if r.Good != tt.good || r.Bad != tt.bad || r.Unknown != tt.unknown || r.Excluded != tt.excl || r.Verdict != tt.verdict || r.State != sla.StateProvisional {
			t.Errorf("%s: good %d, bad %d, unknown %d, excluded %d, %s %s; want %d, %d, %d, %d, %s", tt.name, r.Good, r.Bad, r.Unknown, r.Excluded, r.Verdict, r.State, tt.good, tt.bad, tt.unknown, tt.excl, tt.verdict)
		}
	}
}

// Windows follow the calendar; an open one has the budget of the whole.
func TestEvalOfAnOpenMonth(t *testing.T) {
	target := strings.Replace(yamlTarget("r", "{kind: range, range: {metric: m, max: 27}}", "\n  objectives: [{target: 0.9995}]\n  missingData: {policy: bad, maxAge: 40d}"), "1d", "1M", 1)
	list := evaluate(t, target, "a,1790780400,20\n", "2026-10-01", "2026-10-02")
	if len(list) != 1 || sla.FormatMicros(list[0].BudgetMicros) != "1339.2" || list[0].Eligible != 86400 || list[0].State != sla.StateOpen || !list[0].Open {
		t.Errorf("October 2026 after a day: %+v", list)
	}
	if list = evaluate(t, target, "a,1790780400,20\n", "2026-10-01", "2026-12-01"); len(list) != 2 || list[0].State != sla.StateProvisional {
		t.Errorf("two months: %d windows", len(list))
	}
}

func TestRowsThatCannotBeRead(t *testing.T) {
	for in, want := range map[string]string{
		"a,5,1\nb,x,1\n": "s.csv:2", "a,5\n": "want entity,unix_seconds,value", "a,-5,1\nb,-5,1\n": "no Unix seconds", "a,\"5,1\n": "samples s.csv",
	} {
		if _, err := readRows("s.csv", strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}
