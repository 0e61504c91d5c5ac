package live

import (
	"context"
	"math"
	"strconv"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// Rules about targets, raised for the program itself, one for each target. Where
// the site has no such rule nothing is raised.
const (
	RuleTargetBurn   = "TARGET-BURN"   // the budget is going: a burn tier fires
	RuleTargetBreach = "TARGET-BREACH" // a target of 100 % is being missed
)

const (
	targetInterval = 5 * time.Second
	burnInterval   = time.Minute
	settleGrace    = time.Minute // after the settle time: what is on its way arrives
)

// targetLoop does what targets need besides being judged: windows are closed, burn
// tiers asked, figures written to history.
func (t *Table) targetLoop(ctx context.Context) {
	var burned time.Duration = -burnInterval
	for t.o.Clock.Sleep(ctx, targetInterval) == nil {
		now, mono := t.o.Clock.Now(), t.o.Clock.Mono()
		t.tendTargets(ctx, now, mono)
		if mono-burned >= burnInterval {
			burned = mono
			t.burn(now)
			t.tellHistory(now)
		}
	}
}

// tendTargets is done every targetInterval.
func (t *Table) tendTargets(ctx context.Context, now time.Time, mono time.Duration) {
	t.judgeSlow(now)
	t.caughtUp(now)
	t.tellBreaches(now, mono)
	t.closeWindows(ctx, now)
}

// closeWindows makes the figures of windows that are over and settled, and again
// where something was recorded since that changes them.
func (t *Table) closeWindows(ctx context.Context, now time.Time) {
	if t.o.Closed == nil {
		return
	}
	t.mu.Lock()
	targets := t.targets
	facts := t.records
	t.mu.Unlock()
	if facts.Book == nil {
		return // nothing is known of what was closed before
	}
	for _, tg := range targets {
		from, _ := sla.Bounds(tg.versions[len(tg.versions)-1].Target.Window, now)
		for _, s := range sla.Slices(tg.versions, from.Add(-time.Second)) {
			if c, ok := t.closing(tg, s, facts, now); ok {
				t.o.Closed(ctx, c)
			}
		}
		tg.entries = facts.Book.Entries
	}
}

// closing is what is to be recorded of a window, or of a part of one.
func (t *Table) closing(tg *target, s sla.Slice, f Facts, now time.Time) (c sla.Closing, due bool) {
	due = now.Unix() >= s.To+int64((s.Target.Settle+settleGrace)/time.Second)
	last, closed := f.Book.Closing(tg.name, s.From)
	if !due || closed && tg.entries == f.Book.Entries {
		return c, false
	}
	var before *sla.Closing
	if closed {
		before = &last
	}
	from, to := time.Unix(s.From, 0), time.Unix(s.To, 0)
	exclusions := reaching(f.Exclusions, s.From, s.To)
	if tg.recorded() {
		t.mu.Lock()
		entities := t.entitiesOf(s.Target, now)
		t.mu.Unlock()
		c = sla.Close(s.Target, from, to, now, entities, exclusions, before)
	} else {
		p := tg.part(s.Revision)
		if p == nil || !closed && !t.reaches(p, s.To) {
			return c, false
		}
		accounts := t.copies(p)
		if len(accounts) == 0 {
			return c, false
		}
		c = sla.CloseAccounts(s.Target, accounts, from, to, now, exclusions, before)
	}
	if len(c.Results) > 0 && c.Results[0].Verdict == sla.NotApplicable && c.Results[0].Excluded == 0 && c.Results[0].Pending == 0 {
		return c, false // nothing was promised yet
	}
	return c, !closed || c.Digest != last.Digest
}

// reaches reports whether an account of a part was in service before an instant. It
// is asked again and again of a window that ended before the program first ran, until
// the next one has ended: nothing is copied for it.
func (t *Table) reaches(p *part, at int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range p.entries {
		if e.account.Since() < at {
			return true
		}
	}
	return false
}

func (tg *target) part(revision int) *part {
	for _, p := range tg.parts {
		if p.version.Revision == revision {
			return p
		}
	}
	return nil
}

// burn asks the burn tiers, and raises what fires. A target of 100 % has none: see
// tellBreaches.
func (t *Table) burn(now time.Time) {
	t.mu.Lock()
	targets, exclusions := t.targets, t.records.Exclusions
	t.mu.Unlock()
	names := make([]string, 0, len(targets))
	for _, tg := range targets {
		names = append(names, tg.name)
		def := tg.current(now)
		var burns []sla.Burn
		if len(def.Target.Tiers) > 0 {
			if p := tg.part(def.Revision); p != nil {
				burns = sla.BurningAccounts(def.Target, t.copies(p), now, exclusions)
			}
		}
		t.mu.Lock()
		tg.burning = make([]bool, len(def.Target.Tiers))
		for _, b := range burns {
			tg.burning[b.Tier] = true
		}
		t.mu.Unlock()
		t.SetSelf(RuleTargetBurn, tg.name, len(burns) > 0, "budget", 0, false)
	}
	t.KeepSelf(RuleTargetBurn, names)
}

// current is the definition that counts now.
func (tg *target) current(now time.Time) sla.Version {
	out := tg.versions[0]
	for _, v := range tg.versions {
		if v.From <= now.Unix() {
			out = v
		}
	}
	return out
}

// verdictNumber is how a verdict stands in history and metrics: 1 met, 0 missed, 2
// insufficient data, 3 not applicable.
func verdictNumber(v sla.Verdict) float64 {
	return map[sla.Verdict]float64{sla.Met: 1, sla.Missed: 0, sla.InsufficientData: 2, sla.NotApplicable: 3}[v]
}

// tellHistory writes the targets' figures where trends are kept. What is not known
// is written as missing, never as a number.
func (t *Table) tellHistory(now time.Time) {
	b := facility.Batch{Device: SelfDevice, Tick: facility.TickOf(now)}
	points := map[facility.PointID]*facility.Point{}
	for _, r := range t.Snapshot().Targets {
		label := []facility.Label{{Name: "target", Value: r.Name}}
		if r.Split {
			label = append([]facility.Label{{Name: "revision", Value: strconv.Itoa(r.Definition)}}, label...)
		}
		for _, f := range targetMetrics {
			p := &facility.Point{Device: SelfDevice, Metric: f.name, Labels: label, Interval: burnInterval}
			p.ID = facility.MakePointID(p.Device, p.Metric, p.Labels)
			v, ok := f.value(&r)
			reading := facility.Reading{Point: p.ID, Tick: b.Tick}
			if ok && !math.IsNaN(v) {
				reading.Value, reading.Quality = v, facility.Good
			}
			points[p.ID] = p
			b.Readings = append(b.Readings, reading)
		}
	}
	if len(b.Readings) > 0 {
		t.o.History.Write(b, points)
	}
}
