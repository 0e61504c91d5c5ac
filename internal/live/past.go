package live

import (
	"context"
	"math"
	"slices"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// past is the time an entry asks history for: from its last sample, or from the
// beginning of the window; of one that goes back, from where it does.
func (t *Table) past(e *entry, now time.Time) (from, to time.Time) {
	hold := facility.MaxAge(max(e.point.Interval, defaultInterval))
	if e.dirty != 0 && !e.account.CanRewind(e.back()) {
		_, from := e.account.Anew()
		return time.Unix(from, 0).Add(-hold).UTC(), now
	}
	if e.dirty != 0 {
		return time.Unix(e.back(), 0).Add(-hold).UTC(), now
	}
	w := e.account.Window()
	from = time.Unix(w.From, 0).Add(-hold) // what holds into the window
	if last := time.Unix(e.account.Last(), 0); e.account.Last() != 0 && last.After(from) {
		from = last
	}
	return from.UTC(), now
}

// backfillLoop fills accounts with what history knows of the time before we
// started, one after the other. History may still be starting: it is asked again
// for a while.
func (t *Table) backfillLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.backfill:
		}
		t.fillWaiting(ctx)
	}
}

func (t *Table) fillWaiting(ctx context.Context) {
	for {
		t.mu.Lock()
		batch := t.waiting
		t.waiting = nil
		t.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, e := range batch {
			t.fillPast(ctx, e)
		}
	}
}

func (t *Table) fillPast(ctx context.Context, e *entry) {
	var samples []sla.Sample
	var err error
	for range backfillAttempts {
		t.mu.Lock()
		from, to := t.past(e, t.o.Clock.Now())
		needed := e.waits || e.dirty != 0
		ids := map[sla.Input]facility.PointID{sla.InputMain: e.point.ID}
		for input, id := range e.more {
			ids[input] = id
		}
		t.mu.Unlock()
		if !needed || ctx.Err() != nil {
			return
		}
		if samples, err = t.ask(ctx, ids, from, to); err == nil {
			break
		}
		if t.o.Clock.Sleep(ctx, backfillRetry) != nil {
			return
		}
	}
	if err != nil {
		t.o.Log.Warn("history did not tell of the time before the start; targets count it as unknown", "point", e.point.ID, "err", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case e.waits:
		e.settle(samples)
	case e.dirty != 0 && err == nil:
		e.rewind(samples)
	}
}

// ask fetches the samples of all points that an account is made of.
func (t *Table) ask(ctx context.Context, ids map[sla.Input]facility.PointID, from, to time.Time) ([]sla.Sample, error) {
	var out []sla.Sample
	for input, id := range ids {
		one, cancel := context.WithTimeout(ctx, backfillTimeout)
		samples, err := t.o.Backfill(one, id, from, to)
		cancel()
		if err != nil {
			return nil, err
		}
		out = append(out, inputSamples(samples, input)...)
	}
	slices.SortStableFunc(out, func(a, b sla.Sample) int { return int(min(1, max(-1, a.At-b.At))) })
	return out, nil
}

// inputSamples are the samples of a point as those of one input.
func inputSamples(samples []sla.Sample, input sla.Input) []sla.Sample {
	out := make([]sla.Sample, len(samples))
	for i, s := range samples {
		out[i] = InputSample(s, input)
	}
	return out
}

// caughtUp asks history again for the accounts that went out of order, once our
// clock is past where it was before it was set back.
func (t *Table) caughtUp(now time.Time) {
	if t.o.Backfill == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tg := range t.targets {
		for _, p := range tg.parts {
			for _, e := range p.entries {
				if e.dirty != 0 && !e.waits && now.Unix() > e.until+int64(historyLag/time.Second) {
					t.waiting = append(t.waiting, e)
				}
			}
		}
	}
	if len(t.waiting) > 0 {
		wake(t.backfill)
	}
}

// historyLag is how long a sample may be on its way to history.
const historyLag = 15 * time.Second

// InputSample is a sample of a point as one of an account's input: a load's margin
// is told as headroom and counted as the simultaneous sum.
func InputSample(s sla.Sample, input sla.Input) sla.Sample {
	if s.Input = input; input == sla.InputMarginPPM {
		s.Value = math.Round((1 - s.Value) * 1e6)
	}
	return s
}
