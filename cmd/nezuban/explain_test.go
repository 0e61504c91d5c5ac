package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// The evidence of every kind as an auditor reads it: every line names its source.
func TestEvidenceOfEveryKind(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 11, 22, 0, 0, 0, 0, zone)
	b := begin.Unix()
	lo := 18.0
	states := []facility.State{{Value: 3, Name: "normal", Severity: facility.SeverityNormal}, {Value: 5, Name: "battery", Severity: facility.SeverityCritical}}
	exclusion := sla.Exclusion{ID: "EXC-000001", Kind: sla.Maintenance, From: b + 3600, To: b + 7200, Reason: "battery replacement", ProposedBy: "sato", ProposedAt: b - 86400, ApprovedBy: "mori", ApprovedAt: b - 80000}
	sample := func(at int64, v float64) sla.Sample { return sla.Sample{At: b + at, Value: v, Known: true} }
	event := func(name, key string, at int64, by string) sla.Event {
		return sla.Event{Name: name, Key: key, At: b + at, Source: key + " by " + by}
	}
	target := func(kind sla.Kind) sla.Target {
		return sla.Target{Name: string(kind), Kind: kind, TargetPPM: 990_000, Policy: sla.PolicyBad, MaxUnknownPPM: 10_000, Combine: sla.Each, Window: sla.Window{Duration: "1d", Zone: zone},
			Exclude: sla.ExclusionRules{Maintenance: true, MinNotice: time.Hour}, Section: "power"}
	}
	var out bytes.Buffer
	show := func(x sla.Target, e sla.Entity) {
		e.MaxAge = 30 * time.Hour
		list := sla.Explain(&x, begin, begin.Add(10*time.Hour), []sla.Entity{e}, []sla.Exclusion{exclusion})
		printExplanation(&out, list, zone, begin.Add(5*time.Hour), 50)
		out.WriteString("\n")
	}
	state := target(sla.KindState)
	state.State = &sla.StateIndicator{Metric: "ups_output_source", Good: []string{"normal"}}
	state.MaxAge = 6 * time.Hour
	show(state, sla.Entity{ID: "ups-a1/ups_output_source", Since: b + 600, States: states, Samples: []sla.Sample{sample(600, 3), sample(1200, 5), sample(1500, 3), {At: b + 30000}}})
	inlet := target(sla.KindRange)
	inlet.Range = &sla.RangeIndicator{Metric: "temperature_celsius", Min: &lo}
	show(inlet, sla.Entity{ID: "hub-1/temperature_celsius", Samples: []sla.Sample{sample(100, 21.5), sample(200, 17.5), sample(300, 22)}})
	redundancy := target(sla.KindRedundancy)
	redundancy.Redundancy = &sla.RedundancyIndicator{Metric: "power_redundancy", Good: []string{"two_n"}}
	show(redundancy, sla.Entity{ID: `power-model/power_redundancy{load="it-1"}`, States: facility.RedundancyStates("2N"), Samples: []sla.Sample{sample(0, 5), sample(900, 3)}})
	coverage := target(sla.KindCoverage)
	coverage.Coverage = &sla.CoverageIndicator{}
	coverage.MaxAge = time.Minute
	show(coverage, sla.Entity{ID: "pdu-1/pdu_power_watts", Samples: []sla.Sample{sample(0, 5), {At: b + 30}, {At: b + 60}, {At: b + 90}}})
	backup := target(sla.KindFreshness)
	backup.Freshness = &sla.FreshnessIndicator{Event: "backup.completed", MaxAge: 3 * time.Hour}
	show(backup, sla.Entity{ID: "area-0001", Events: []sla.Event{event("backup.completed", "", -3600, "job"), event("backup.completed", "", 9000, "job")}})
	ack := target(sla.KindLatency)
	ack.Latency = &sla.LatencyIndicator{From: sla.AlarmRaised, To: sla.AlarmAcknowledged, Within: 2 * time.Minute}
	show(ack, sla.Entity{Events: []sla.Event{event(sla.AlarmRaised, "ALM-000001", 100, "rule:UPS-ON-BATTERY"), event(sla.AlarmAcknowledged, "ALM-000001", 160, "person:sato"),
		event(sla.AlarmRaised, "ALM-000002", 4000, "rule:LEAK"), event(sla.AlarmRaised, "ALM-000003", 35990, "rule:LEAK")}})
	count := target(sla.KindCount)
	count.Count = &sla.CountIndicator{Event: "backup.run"}
	count.Count.Good, _ = sla.ParseWhere("result=ok")
	show(count, sla.Entity{Events: []sla.Event{{Name: "backup.run", Key: "job-1", At: b + 50, Source: "EVT-000001 recorded by sato", Attrs: map[string]string{"result": "ok"}}, event("backup.run", "job-2", 60, "sato")}})
	zero := target(sla.KindZero)
	zero.Zero = &sla.ZeroIndicator{Event: "entry.denied"}
	show(zero, sla.Entity{Events: []sla.Event{event("entry.denied", "door-1", 700, "gate")}, Feed: []sla.Interval{{From: b, To: b + 20000}}})
	due := target(sla.KindDue)
	due.Due = &sla.DueIndicator{Record: "inspection", Evidence: true}
	show(due, sla.Entity{ID: "fire-1", Obligations: []sla.Obligation{{ID: "inspection/fire-1", Record: "inspection", Due: "2026-11-22", Done: b + 3000, Evidence: "report.pdf", Source: "sato"}, {ID: "old", Record: "inspection", Due: "2026-11-01"}}})
	load := target(sla.KindRatioValue)
	load.RatioValue = &sla.RatioValueIndicator{Metric: "ups_output_load_ratio", Statistic: sla.Peak, AtMost: true, LimitMicros: 800_000}
	show(load, sla.Entity{ID: "ups-a1/ups_output_load_ratio", Samples: []sla.Sample{sample(0, 0.4), sample(50, 0.9)}})

	path := filepath.Join("testdata", "TestEvidenceOfEveryKind.golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != string(want) {
		t.Errorf("the evidence differs; look at it, then UPDATE=1.\ngot:\n%s", got)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.HasSuffix(strings.TrimSpace(line), ":") || strings.Contains(line, "  ()") {
			t.Errorf("a line without a source: %q", line)
		}
	}
}
