package live

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/sla"
)

// targetCollector shows the targets' figures of the running windows as metrics,
// from the newest snapshot.
type targetCollector struct{ table *Table }

var targetLabels = []string{"target", "definition"}

func targetDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("nezuban_target_"+name, help, targetLabels, nil)
}

// targetMetrics are what is shown of each target, and written to history; false:
// nothing is known of it.
var targetMetrics = []struct {
	name  string // in history
	desc  *prometheus.Desc
	value func(r *sla.Result) (float64, bool)
}{
	{"target_good", targetDesc("good", "Good seconds, or occurrences, of the running window."), func(r *sla.Result) (float64, bool) { return float64(r.Good), true }},
	{"target_bad", targetDesc("bad", "Bad seconds, or occurrences, of the running window."), func(r *sla.Result) (float64, bool) { return float64(r.Bad), true }},
	{"target_unknown", targetDesc("unknown", "Unknown seconds of the running window."), func(r *sla.Result) (float64, bool) { return float64(r.Unknown), true }},
	{"target_excluded", targetDesc("excluded", "Seconds, or occurrences, left out by approved exclusions."), func(r *sla.Result) (float64, bool) { return float64(r.Excluded), true }},
	{"target_objective_ratio", targetDesc("objective_ratio", "Promised share."), func(r *sla.Result) (float64, bool) {
		return float64(r.TargetPPM) / 1e6, r.Kind != sla.KindRatioValue
	}},
	{"target_sli_ratio", targetDesc("sli_ratio", "Share so far, by the target's policy for unknown time."), func(r *sla.Result) (float64, bool) {
		return float64(r.Numerator) / float64(r.Denominator), r.Denominator > 0
	}},
	{"target_value", targetDesc("value", "Number of a target that has no share, such as a load."), func(r *sla.Result) (float64, bool) { return float64(r.ValueMicros) / 1e6, r.HasValue }},
	{"target_budget_left", targetDesc("budget_left", "Budget left in seconds, or occurrences; negative: used up."), func(r *sla.Result) (float64, bool) {
		return float64(r.BudgetLeftMicros) / 1e6, r.Kind != sla.KindRatioValue
	}},
	{"target_verdict", targetDesc("verdict", "Verdict so far: 1 met, 0 missed, 2 insufficient data, 3 not applicable."), func(r *sla.Result) (float64, bool) { return verdictNumber(r.Verdict), true }},
	{"target_burning", targetDesc("burning", "Burn tiers of the budget that fire."), func(r *sla.Result) (float64, bool) { return float64(len(r.Burning)), true }},
}

// Describe implements prometheus.Collector.
func (c targetCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range targetMetrics {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector.
func (c targetCollector) Collect(ch chan<- prometheus.Metric) {
	for _, r := range c.table.Snapshot().Targets {
		for _, m := range targetMetrics {
			if v, ok := m.value(&r); ok {
				ch <- prometheus.MustNewConstMetric(m.desc, prometheus.GaugeValue, v, r.Name, strconv.Itoa(r.Definition))
			}
		}
	}
}
