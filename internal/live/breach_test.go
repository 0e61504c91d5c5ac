package live

import (
	"context"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/sla"
)

// TestBreach: a target of 100 % is told of when it loses seconds, once, and not
// until its window ends.
func TestBreach(t *testing.T) {
	zero := inRange
	zero.TargetPPM, zero.Policy = 1_000_000, sla.PolicyBad
	rule := &alarm.Rule{ID: RuleTargetBreach, Revision: 1, Select: selector("device=nezuban"), Type: alarm.NoData, Class: alarm.Environment, Severity: alarm.Minor, TimeToRespond: 8 * time.Hour}
	store := &checkpoints{}
	configure := func(o *Options) {
		o.Targets, o.Rules, o.Checkpoints = []sla.Target{zero}, []*alarm.Rule{rule}, store
	}
	b := newBench(t, configure)
	look := func(v float64, n int) {
		for range n {
			b.poll(b.temp(v), b.smoke(0))
			b.pass(30 * time.Second)
			b.table.tendTargets(context.Background(), b.clk.Now(), b.clk.Mono())
			b.pass(time.Second)
		}
	}
	look(25, 4)
	b.want("nothing lost")
	look(40, 2)
	b.want("it is too hot", RuleTargetBreach+" UNACK")
	look(25, 4)
	b.want("too hot a moment ago", RuleTargetBreach+" UNACK")
	b.table.save(context.Background())
	b.restart(configure)
	if err := b.table.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	look(25, 2)
	b.want("after a restart it stands on", RuleTargetBreach+" UNACK")
	b.rec.acknowledge(t, "ALM-000001", b.clk.Now())
	look(25, 25)
	b.want("ten minutes later the window is missed all the same")
	if r := b.table.Snapshot().Targets[0]; r.Verdict == sla.Met {
		t.Errorf("verdict %s", r.Verdict)
	}
}
