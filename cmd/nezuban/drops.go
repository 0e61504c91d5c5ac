package main

import (
	"context"
	"time"
)

// ruleDropped is the alarm that the kernel throws answers of devices away.
const ruleDropped = "ANSWERS-DROPPED"

// Real time: it is the kernel that drops.
const (
	dropsEvery = 10 * time.Second
	dropsQuiet = 10 * time.Minute // without a drop until the alarm returns
)

// A dropper counts answers that the kernel threw away before it could read them.
type dropper interface{ Dropped() uint64 }

// watchDrops raises the alarm while answers are dropped: a drop here looks like a
// slow device there.
func (d *daemon) watchDrops(ctx context.Context) error {
	var list []dropper
	for _, e := range d.engines {
		if x, ok := e.(dropper); ok {
			list = append(list, x)
		}
	}
	tick := time.NewTicker(dropsEvery)
	defer tick.Stop()
	var w dropWatch
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			var n uint64
			for _, x := range list {
				n += x.Dropped()
			}
			d.table.SetSelf(ruleDropped, "", w.see(n, now), "dropping", 0, false)
		}
	}
}

// A dropWatch says whether answers were dropped not long ago.
type dropWatch struct {
	count uint64
	last  time.Time // zero: never
}

func (w *dropWatch) see(count uint64, now time.Time) (dropping bool) {
	if count > w.count {
		w.last = now
	}
	w.count = count
	return !w.last.IsZero() && now.Sub(w.last) < dropsQuiet
}
