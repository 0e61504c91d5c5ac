package main

import (
	"context"
	"time"
)

// Rules about what the program loses of itself, raised for its own device.
const (
	ruleRecords    = "RECORDS-NOT-WRITTEN"
	ruleHistory    = "HISTORY-NOT-KEPT"
	ruleCheckpoint = "AUDIT-CHECKPOINT-LATE"
)

const (
	selfInterval = 5 * time.Second
	// A store may need a moment to start again; in real time, also in a fast demo.
	recordsPatience = 5 * time.Second
	historyPatience = time.Minute
	// The chain is signed each hour; once may fail.
	checkpointPatience = 2 * time.Hour
)

// A selfWatch remembers since when the stores have not been well.
type selfWatch struct {
	real             func(time.Duration) time.Duration // of the clock
	records, history trouble
}

// A trouble is how long something has been wrong without a break.
type trouble struct {
	on    bool
	since time.Duration // monotonic
}

func (t *trouble) lasts(wrong bool, mono time.Duration) time.Duration {
	if wrong && !t.on {
		t.since = mono
	}
	if t.on = wrong; !wrong {
		return 0
	}
	return mono - t.since
}

// A selfVerdict says whether the alarm of a rule is on, and for how long the
// state has been so.
type selfVerdict struct {
	rule, state string
	on          bool
	age         time.Duration
}

// judge compares the states of the stores, and how long the audit chain has not
// been secured, with what an operator need not know.
func (w *selfWatch) judge(mono time.Duration, records, history string, unsigned time.Duration) []selfVerdict {
	r, h := w.records.lasts(records != "ok", mono), w.history.lasts(history != "ok", mono)
	return []selfVerdict{
		{ruleRecords, records, w.real(r) >= recordsPatience, r},
		{ruleHistory, history, w.real(h) >= historyPatience, h},
		{ruleCheckpoint, "late", unsigned > checkpointPatience, unsigned},
	}
}

// watchSelf raises alarms about the program's own stores and lets them return.
func (d *daemon) watchSelf(ctx context.Context) error {
	w := selfWatch{real: d.clock.Real}
	for d.clock.Sleep(ctx, selfInterval) == nil {
		records, _, _ := d.ops.RecordsStatus()
		history, _, _, _, _ := d.history.Status()
		for _, v := range w.judge(d.clock.Mono(), records, string(history), d.store.Unsigned()) {
			d.table.SetSelf(v.rule, "", v.on, v.state, v.age.Truncate(time.Second).Seconds(), v.on)
		}
	}
	return nil
}
