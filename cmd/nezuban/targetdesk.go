package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"nezuban/internal/api"
	"nezuban/internal/live"
	"nezuban/internal/ops"
	"nezuban/sla"
)

// targetDesk answers the control socket and the console about targets.
type targetDesk struct {
	*ops.Targets
	d *daemon
}

// Each are the figures of a target's entities.
func (t targetDesk) Each(name string) []sla.Result { return t.d.table.ResultsEach(name) }

// Explain recomputes the window that contains at from history and records, as
// known at that moment or now, whichever comes first.
func (t targetDesk) Explain(ctx context.Context, name, entity string, at time.Time) ([]sla.Explanation, error) {
	now := t.d.clock.Now()
	asOf := now
	g, err := t.d.source(ctx, at, asOf)
	if err != nil {
		return nil, err
	}
	return g.explain(ctx, name, at, asOf, entity)
}

// source gathers what targets are recomputed from, while the daemon runs.
func (d *daemon) source(ctx context.Context, at, asOf time.Time) (*targetSource, error) {
	data, err := d.store.LoadAccounts(ctx)
	if err != nil {
		return nil, err
	}
	memory, err := live.ReadMemory(data)
	if err != nil {
		return nil, err
	}
	site := d.site.Load()
	facts, err := recordedFacts(ctx, d.store, site, eventsSince(site.Targets, at), asOf)
	if err != nil {
		return nil, err
	}
	return &targetSource{site: site, memory: memory, facts: facts, versions: ops.VersionsOf(facts.Book, site.Targets), samples: d.history.Samples}, nil
}

// Obligations are those of every due target, by date.
func (t targetDesk) Obligations() []api.Obligation {
	site := t.d.site.Load()
	return obligationsOf(t.Book(), site.Targets, site.Subjects, site.Obligations, t.d.clock.Now())
}

func obligationsOf(book *sla.Book, targets []sla.Target, subjects []sla.Subject, given []sla.Obligation, now time.Time) []api.Obligation {
	var out []api.Obligation
	for i := range targets {
		tg := &targets[i]
		for k := range subjects {
			if tg.Kind != sla.KindDue || !tg.Picks(&subjects[k]) {
				continue
			}
			for _, o := range book.Obligations(tg, &subjects[k], given, now.Unix()) {
				a := api.Obligation{ID: o.ID, Target: tg.Name, Entity: o.Entity, Record: o.Record, Type: o.Type, Due: o.Due, Evidence: o.Evidence, By: o.Source}
				if o.Done != 0 {
					done := time.Unix(o.Done, 0).UTC()
					a.Done = &done
				}
				a.Overdue = o.Done == 0 && o.Due < now.In(tg.Window.Zone).Format(time.DateOnly)
				out = append(out, a)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b api.Obligation) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	return out
}
