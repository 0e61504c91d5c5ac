package config

import (
	"os"
	"strings"
	"testing"
	"time"

	"nezuban/sla"
)

func tokyo(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// The five examples of the definition are read as they stand.
func TestWorkedExamples(t *testing.T) {
	src, err := os.ReadFile("testdata/worked-examples.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, problems := ParseTargets("worked-examples.yaml", src, time.UTC)
	for _, p := range problems {
		t.Error(p.Error())
	}
	want := map[string]sla.Kind{"power-2n-redundancy": sla.KindRedundancy, "inlet-temp-recommended": sla.KindRange, "backup-fresh-26h": sla.KindFreshness, "ack-p1-2m": sla.KindLatency, "fire-inspection-due": sla.KindDue}
	if len(f.Targets) != len(want) {
		t.Fatalf("%d targets, want %d", len(f.Targets), len(want))
	}
	for _, x := range f.Targets {
		if want[x.Name] != x.Kind || x.Window.Zone.String() != "Asia/Tokyo" {
			t.Errorf("%s: kind %s, zone %s", x.Name, x.Kind, x.Window.Zone)
		}
	}
	power := f.Targets[0]
	if power.Exclude != (sla.ExclusionRules{Maintenance: true, MinNotice: 72 * time.Hour, CapPerWindow: 8 * time.Hour}) || len(power.Tiers) != 1 || power.Tiers[0].BudgetPPM != 100_000 || power.Redundancy.PeakSumMaxPPM != 800_000 {
		t.Errorf("power: %+v", power)
	}
	if fire := f.Targets[4]; fire.Due.Types["sogo"] != (sla.Step{Months: 12}) || fire.Window.Phase.Month() != time.April || fire.Exclude.Maintenance {
		t.Errorf("fire: %+v", fire.Due)
	}
}

// Every mistake of a file is told at once, each with its line and column.
func TestAllMistakesOfATargetAtOnce(t *testing.T) {
	_, problems := ParseTargets("a.yaml", []byte(`apiVersion: nezuban/v1
kind: Target
metadata: {name: Bad Name}
spec:
  owner: lead
  unknownField: 1
  scope: {select: "priority=1", combine: mean}
  indicator: {kind: latency, latency: {from: alarm.raised, to: alarm.acknowledged, within: 48h}, state: {metric: x}}
  timeWindow: [{duration: 1M, calendar: {timeZone: Mars/Base}}, {duration: 1d}]
  budgetingMethod: Seconds
  objectives: [{target: 1.5}]
  exclusions: {maintenance: approved}
  alerting: [{severity: shout, budgetPercent: 10, longWindow: 1d, shortWindow: 2h}]
  report: {section: fire, audience: [everybody]}
`), time.UTC)
	text := ""
	for _, p := range problems {
		text += p.Error() + "\n"
		if p.Line == 0 || p.Column == 0 {
			t.Errorf("no place: %s", p.Error())
		}
	}
	for _, want := range []string{"a.yaml:3:", "unknownField", `combine "mean"`, "block state", "exactly one window", "budgetingMethod", "1.5", "fire target", "counts occurrences", `severity "shout"`, `audience "everybody"`, "settle"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing is said of %q:\n%s", want, text)
		}
	}
}

func TestInstants(t *testing.T) {
	z := tokyo(t)
	for s, want := range map[string]string{
		"1795359000": "2026-11-22T14:50:00Z", "2026-11-10T01:00:00+09:00": "2026-11-09T16:00:00Z",
		"2026-11-10 01:00:00": "2026-11-09T16:00:00Z", "2026-11-10": "2026-11-09T15:00:00Z", "2026-11": "2026-10-31T15:00:00Z",
	} {
		at, err := ParseInstant(s, z)
		if got := at.Format(time.RFC3339); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", s, got, err, want)
		}
	}
	if _, err := ParseInstant("soon", z); err == nil {
		t.Error("soon is an instant")
	}
}

// Whatever stands in a file of targets, reading it ends with targets that can be
// judged, or with problems; never with a panic.
func FuzzTargets(f *testing.F) {
	src, err := os.ReadFile("testdata/worked-examples.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, doc := range strings.Split(string(src), "\n---\n") {
		f.Add(doc)
	}
	f.Add("apiVersion: nezuban/v1\nkind: Exclusion\nmetadata: {name: x}\nspec: {from: 5, to: 9, reason: r}\n")
	f.Add("apiVersion: nezuban/v1\nkind: Obligation\nmetadata: {name: x}\nspec: {entity: e, record: r, due: 2026-12-01, done: 5}\n")
	f.Add("kind: Target\nspec:\n  alerting: [{budgetPercent: 99999999999999999999}]\n  timeWindow: [{duration: 1Q, calendar: {startTime: \"0001-02-03 04:05:06\"}}]\n")
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, src string) {
		file, problems := ParseTargets("a.yaml", []byte(src), time.UTC)
		for _, p := range problems {
			if p.What == "" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
		for i := range file.Targets {
			x := &file.Targets[i]
			if err := x.Window.Check(); err != nil {
				t.Errorf("accepted with %v", err)
			}
			r := sla.Score(x, at, at, []sla.Entity{{ID: "a", Samples: []sla.Sample{{At: at.Unix() - 5, Value: 1, Known: true}}}}, file.Exclusions)
			if r.Numerator < 0 || r.Numerator > r.Denominator || len(x.Digest()) != 64 {
				t.Errorf("%+v", r)
			}
		}
	})
}

// The examples of docs/targets.md are read as they stand.
func TestExamplesOfTheDocument(t *testing.T) {
	src, err := os.ReadFile("../../docs/targets.md")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for i, block := range strings.Split(string(src), "```yaml\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		if !strings.HasPrefix(block, "apiVersion") {
			continue
		}
		f, problems := ParseTargets("targets.md", []byte(block), time.UTC)
		for _, p := range problems {
			t.Errorf("example %d: %s", i+1, p.Error())
		}
		read += len(f.Targets) + len(f.Subjects) + len(f.Obligations)
	}
	if read != 3 {
		t.Errorf("%d documents were read, want 3", read)
	}
}
