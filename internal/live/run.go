package live

import (
	"context"
	"sync"
	"time"

	"nezuban/internal/alarm"
)

const (
	ageInterval        = time.Second
	snapshotInterval   = 100 * time.Millisecond // real time, whatever the clock's speed
	firstCheckpoint    = 5 * time.Second
	checkpointInterval = time.Minute
	checkpointTimeout  = 5 * time.Second
	backfillTimeout    = 10 * time.Second
	backfillRetry      = 5 * time.Second
	backfillAttempts   = 12
)

// Run keeps the table going until ctx ends: it watches ages, hands changes to
// the committer, makes snapshots, saves checkpoints. Changes that wait and a last
// checkpoint are still written when ctx ends.
func (t *Table) Run(ctx context.Context) error {
	t.mu.Lock()
	t.ranMono = t.o.Clock.Mono() // between New and here nothing was meant to run
	t.mu.Unlock()
	var g sync.WaitGroup
	for _, loop := range []func(context.Context){t.commitLoop, t.snapshotLoop, t.checkpointLoop, t.backfillLoop, t.modelLoop, t.targetLoop} {
		g.Go(func() { loop(ctx) })
	}
	for t.o.Clock.Sleep(ctx, ageInterval) == nil {
		t.tick()
	}
	g.Wait()
	return nil
}

// tick is what the passing of time alone brings, once a second. It asks nobody
// who could be stuck.
func (t *Table) tick() {
	standing := t.Snapshot().Standing
	now, mono := t.o.Clock.Now(), t.o.Clock.Mono()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.checkClock(now, mono)
	t.checkPause(now, mono)
	t.clockAlarm(now, mono, false)
	t.pauseAlarm(now, mono, 0)
	for _, d := range t.order {
		t.evaluateAges(d, now, mono)
	}
	t.evaluateSite(now, mono)
	t.computeGroups(now, mono)
	t.ageModels(mono)
	t.remindAll(standing, now, mono)
	t.judge(now)
	t.findOldest(mono)
	wake(t.changed)
}

// remindAll annunciates alarms again that were acknowledged and are still on
// after their re-alarm time: each once, although the snapshot may show it as
// acknowledged a little longer.
func (t *Table) remindAll(standing []alarm.Occurrence, now time.Time, mono time.Duration) {
	before := t.reminded
	t.reminded = nil
	for i := range standing {
		o := &standing[i]
		r, d := t.rules[o.Rule], t.devices[o.Device]
		if r == nil || d == nil || !o.RealarmDue(r, now) {
			continue
		}
		if before[o.ID] != o.Revision {
			t.enqueue(&alarm.Change{
				Rule: r, Device: o.Device, Point: o.Point, Place: o.Place, Category: o.Category, Zone: o.Zone, Name: o.Name, Unit: o.Unit,
				Active: true, Realarm: true, At: now, Level: o.Level, Value: o.Value, HasValue: o.HasValue, Limit: o.Limit, HasLimit: o.HasLimit,
			}, mono)
		}
		if t.reminded == nil {
			t.reminded = map[string]int{}
		}
		t.reminded[o.ID] = o.Revision
	}
}

// commitLoop hands changes to the committer, in order. What waits when ctx ends
// is still handed over.
func (t *Table) commitLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			t.commitAll(ctx)
			return
		case <-t.commit:
			t.commitAll(ctx)
		}
	}
}

func (t *Table) commitAll(ctx context.Context) {
	for {
		t.mu.Lock()
		changes := t.queue
		t.queue = nil
		t.mu.Unlock()
		if len(changes) == 0 {
			return
		}
		t.o.Committer.Commit(context.WithoutCancel(ctx), changes)
		wake(t.urgent)
	}
}

// hurries is how many snapshots may be made before their time in a row.
const hurries = 3

// snapshotLoop makes snapshots: one each snapshotInterval while something
// changes, and at once where it is urgent. In a storm of alarms everything is
// urgent: then none is hurried until an interval has passed without.
func (t *Table) snapshotLoop(ctx context.Context) {
	spare := hurries
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.urgent:
		case <-t.changed:
		}
		t.publish()
		for t.rest(ctx, spare > 0) {
			t.publish()
			spare--
		}
		if len(t.urgent) == 0 {
			spare = min(spare+1, hurries)
		}
	}
}

// rest waits the least time between snapshots; true: an urgent one is due before
// that, and may be hurried.
func (t *Table) rest(ctx context.Context, mayHurry bool) bool {
	urgent := t.urgent
	if !mayHurry {
		urgent = nil
	}
	timer := time.NewTimer(snapshotInterval)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-urgent:
		return true
	}
	return false
}
