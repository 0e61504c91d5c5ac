package live

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// The figures of a target are metrics, and stand in history once a minute; what is
// not known is written as missing.
func TestFiguresOfTargetsAreMetricsAndHistory(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Targets = []sla.Target{inRange} })
	b.table.tellHistory(b.clk.Now())
	b.poll(b.temp(25), b.smoke(0))
	b.pass(30 * time.Second)
	b.poll(b.temp(40), b.smoke(0))
	b.pass(30 * time.Second)
	b.table.publish()
	if err := testutil.GatherAndCompare(b.reg, strings.NewReader(`
# HELP nezuban_target_bad Bad seconds, or occurrences, of the running window.
# TYPE nezuban_target_bad gauge
nezuban_target_bad{definition="1",target="inlet"} 30
# HELP nezuban_target_good Good seconds, or occurrences, of the running window.
# TYPE nezuban_target_good gauge
nezuban_target_good{definition="1",target="inlet"} 30
# HELP nezuban_target_sli_ratio Share so far, by the target's policy for unknown time.
# TYPE nezuban_target_sli_ratio gauge
nezuban_target_sli_ratio{definition="1",target="inlet"} 0.5
`), "nezuban_target_good", "nezuban_target_bad", "nezuban_target_sli_ratio"); err != nil {
		t.Error(err)
	}
	b.table.tellHistory(b.clk.Now())
	got := map[facility.PointID][]facility.Reading{}
	for _, batch := range b.hist.batches {
		if batch.Device == SelfDevice {
			for _, r := range batch.Readings {
				got[r.Point] = append(got[r.Point], r)
			}
		}
	}
	share := got[`nezuban/target_sli_ratio{target="inlet"}`]
	if len(share) != 2 || share[0].Quality != facility.Missing || share[1].Quality != facility.Good || share[1].Value != 0.5 {
		t.Errorf("share in history: %+v", share)
	}
	if left := got[`nezuban/target_budget_left{target="inlet"}`]; len(left) != 2 {
		t.Errorf("budget in history: %+v", left)
	}
}
