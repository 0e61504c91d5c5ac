package main

import (
	"context"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/ops"
	"nezuban/internal/records"
	"nezuban/sla"
)

const (
	factsEvery = time.Second
	factsBatch = 5000 // events read at a time
)

// targetRecords is what targets know that is no reading, kept up to date from the
// records.
type targetRecords struct {
	ops     *ops.Targets
	after   int64 // place of the last alarm event read
	events  []sla.Event
	entries int
	since   time.Time
	told    bool
	revise  bool // something was recorded since windows were looked at
}

// openTargetRecords reads what was recorded, and records the definitions of the
// configuration that are new or changed.
func (d *daemon) openTargetRecords(ctx context.Context, site *config.Site) (map[string][]sla.Version, error) {
	var err error
	if d.targets.ops, err = ops.NewTargets(ctx, d.ops, func() []sla.Target { return d.site.Load().Targets }); err != nil {
		return nil, err
	}
	return d.defineTargets(ctx, site), nil
}

func (d *daemon) defineTargets(ctx context.Context, site *config.Site) map[string][]sla.Version {
	versions, err := d.targets.ops.Define(ctx, site.Targets)
	if err != nil {
		d.log.Warn("definitions of targets were not recorded; they count as they stand", "err", err)
	}
	return versions
}

// runTargetRecords tells the table what was recorded, once a second.
func (d *daemon) runTargetRecords(ctx context.Context) error {
	for d.clock.Sleep(ctx, factsEvery) == nil {
		if err := d.tellFacts(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("what was recorded about targets was not read", "err", err)
		}
		if d.targets.revise {
			d.targets.revise = false
			if err := d.reviseWindows(ctx); err != nil && ctx.Err() == nil {
				d.log.Warn("a closed window was not computed anew", "err", err)
			}
		}
	}
	return nil
}

// tellFacts reads on in the records and tells the table where there is news.
func (d *daemon) tellFacts(ctx context.Context) error {
	r, site := &d.targets, d.site.Load()
	if since := eventsSince(site.Targets, d.clock.Now()); r.since.IsZero() || since.After(r.since) {
		r.since = since
		r.events = slices.DeleteFunc(r.events, func(e sla.Event) bool { return e.At < since.Unix() })
	}
	news := !r.told
	for {
		list, last, err := d.store.EventsAfter(ctx, r.after, r.since, factsBatch)
		if err != nil {
			return err
		}
		r.after = last
		for _, e := range eventsOf(list, site.Targets, accountedOf(site)) {
			r.events, news = append(r.events, e), true
		}
		if len(list) < factsBatch {
			break
		}
	}
	book := d.targets.ops.Book()
	if news || book.Entries != r.entries {
		r.entries, r.told = book.Entries, true
		d.table.SetFacts(factsOf(book, r.events, site))
		r.revise = true
	}
	return nil
}

// reviseWindows makes another revision of closed windows that an exclusion reaches
// which was approved later. The table does so for the window before the running
// one; older ones are computed from history.
func (d *daemon) reviseWindows(ctx context.Context) error {
	site, book, now := d.site.Load(), d.targets.ops.Book(), d.clock.Now()
	for i := range site.Targets {
		t := &site.Targets[i]
		from, _ := sla.Bounds(t.Window, now)
		before, _ := sla.Bounds(t.Window, from.Add(-time.Second))
		for _, c := range newestOf(book.Closings(t.Name)) {
			if c.From >= before.Unix() || !laterApproved(t, &c, book.Approved()) {
				continue
			}
			if err := d.reviseWindow(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func newestOf(list []sla.Closing) map[int64]sla.Closing {
	out := map[int64]sla.Closing{}
	for _, c := range list {
		out[c.From] = c
	}
	return out
}

func laterApproved(t *sla.Target, c *sla.Closing, list []sla.Exclusion) bool {
	return slices.ContainsFunc(list, func(x sla.Exclusion) bool {
		return x.ApprovedAt > c.AsOf && t.Allows(x.Kind) && x.From < c.To && (x.To == 0 || x.To > c.From)
	})
}

// reviseWindow computes a window anew from history and records.
func (d *daemon) reviseWindow(ctx context.Context, c sla.Closing) error {
	from, to, now := time.Unix(c.From, 0), time.Unix(c.To, 0), d.clock.Now()
	g, err := d.source(ctx, from, now)
	if err != nil {
		return err
	}
	for _, s := range sla.Slices(g.versions[c.Target], from) {
		if s.From != c.From || s.To != c.To {
			continue
		}
		var next sla.Closing
		if s.Target.OfPoints() {
			accounts, err := g.accounts(ctx, s, now)
			if err != nil {
				return err
			}
			next = sla.CloseAccounts(s.Target, accounts, from, to, now, g.facts.Exclusions, &c)
		} else {
			next = sla.Close(s.Target, from, to, now, g.recorded(s.Target, now), g.facts.Exclusions, &c)
		}
		next.Zones = zoneData()
		return d.targets.ops.Close(ctx, next)
	}
	return nil
}

// factsOf puts together what targets are judged by.
func factsOf(book *sla.Book, alarms []sla.Event, site *config.Site) live.Facts {
	events := slices.Concat(alarms, book.Events())
	slices.SortStableFunc(events, func(a, b sla.Event) int { return int(min(1, max(-1, a.At-b.At))) })
	return live.Facts{Book: book, Exclusions: book.Approved(), Events: events, Subjects: site.Subjects, Obligations: site.Obligations}
}

// eventsSince is the beginning of the window before the running one, of the target
// of events that goes back the furthest.
func eventsSince(targets []sla.Target, now time.Time) time.Time {
	since := now
	for i := range targets {
		t := &targets[i]
		if t.OfPoints() {
			continue
		}
		from, _ := sla.Bounds(t.Window, now)
		if before, _ := sla.Bounds(t.Window, from.Add(-time.Second)); before.Before(since) {
			since = before
		}
	}
	return since
}

// eventsOf are the events of alarms that any target counts.
func eventsOf(list []alarm.Event, targets []sla.Target, devices []facility.Device) []sla.Event {
	byID := map[facility.DeviceID]*facility.Device{}
	for i := range devices {
		byID[devices[i].ID] = &devices[i]
	}
	var out []sla.Event
	for _, a := range list {
		var attrs facility.Attributes
		if d := byID[a.Device]; d != nil {
			attrs = facility.DeviceAttributes(d)
		}
		e, ok := sla.EventOfAlarm(a, attrs)
		if ok && slices.ContainsFunc(targets, func(t sla.Target) bool { return t.Counts(&e) }) {
			out = append(out, e)
		}
	}
	return out
}

// recordedFacts reads everything from the records alone, for a program without a
// table.
func recordedFacts(ctx context.Context, store *records.Store, site *config.Site, from, to time.Time) (live.Facts, error) {
	book, _, err := ops.ReadBook(ctx, store)
	if err != nil {
		return live.Facts{}, err
	}
	list, err := store.EventsBetween(ctx, from, to)
	if err != nil {
		return live.Facts{}, err
	}
	return factsOf(book, eventsOf(list, site.Targets, accountedOf(site)), site), nil
}
