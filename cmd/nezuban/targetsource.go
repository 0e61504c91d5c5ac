package main

import (
	"context"
	"fmt"
	"time"

	"nezuban/internal/config"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/sla"
)

// A targetSource recomputes targets from history and records, without the table's
// sums: what live figures are compared with, explained by and reported from.
type targetSource struct {
	site     *config.Site
	memory   live.Memory
	facts    live.Facts
	versions map[string][]sla.Version
	samples  func(ctx context.Context, p facility.Point, from, to facility.Tick) ([]facility.Reading, error)
}

// accounted is one point that a target is judged on, with the time in which it is.
type accounted struct {
	point facility.Point
	life  sla.Interval
	more  map[sla.Input]facility.Point
}

// points of a target: those that are watched, and those that were when the window
// began.
func (g *targetSource) points(t *sla.Target) []accounted {
	var out []accounted
	take := func(d *facility.Device, list []facility.Point, gone bool) {
		for _, p := range list {
			life, ok := g.memory.Life(t.Name, p.ID)
			if !ok || gone && life.To == 0 || !gone && !t.Matches(d, &p) {
				continue
			}
			a := accounted{point: p, life: life}
			if t.Kind == sla.KindRedundancy {
				a.more = marginOf(g.memory.Points[d.ID], &p)
			}
			out = append(out, a)
		}
	}
	for _, d := range accountedOf(g.site) {
		take(&d, g.memory.Points[d.ID], false)
	}
	seen := map[facility.PointID]bool{}
	for _, a := range out {
		seen[a.point.ID] = true
	}
	for id, list := range g.memory.Gone {
		for _, p := range list {
			if p.Metric == t.Metric() && !seen[p.ID] {
				seen[p.ID] = true
				take(&facility.Device{ID: id}, []facility.Point{p}, true)
			}
		}
	}
	return out
}

// marginOf is the point that tells how much room a load's way has.
func marginOf(points []facility.Point, load *facility.Point) map[sla.Input]facility.Point {
	for i := range points {
		if p := &points[i]; p.Metric == "power_load_headroom_ratio" && p.Label("load") == load.Label("load") {
			return map[sla.Input]facility.Point{sla.InputMarginPPM: *p}
		}
	}
	return nil
}

func (a *accounted) entity() sla.Entity {
	return sla.Entity{ID: string(a.point.ID), DisplayName: a.point.Name, Since: a.life.From, Until: a.life.To, MaxAge: facility.MaxAge(a.point.Interval), States: a.point.States}
}

// replay hands over the samples of one part of a window, a day at a time, in the
// order of their stamps.
func (g *targetSource) replay(ctx context.Context, a *accounted, from, to time.Time, take func(sla.Sample)) error {
	inputs := map[sla.Input]facility.Point{sla.InputMain: a.point}
	for input, p := range a.more {
		inputs[input] = p
	}
	for start := from.Add(-facility.MaxAge(a.point.Interval)); start.Before(to); {
		end := start.Add(24 * time.Hour)
		if end.After(to) {
			end = to
		}
		for input := sla.InputMain; input <= sla.InputMarginPPM; input++ {
			p, ok := inputs[input]
			if !ok {
				continue
			}
			readings, err := g.samples(ctx, p, facility.TickOf(start), facility.TickOf(end))
			if err != nil {
				return fmt.Errorf("history of %s: %w", p.ID, err)
			}
			for _, x := range readings {
				take(live.InputSample(sla.Sample{At: int64(x.Tick), Value: x.Value, Known: x.Quality == facility.Good}, input))
			}
		}
		start = end
	}
	return nil
}

// accounts of one definition over its part of the window.
func (g *targetSource) accounts(ctx context.Context, s sla.Slice, asOf time.Time) ([]*sla.Account, error) {
	var out []*sla.Account
	from, to := time.Unix(s.From, 0), time.Unix(min(s.To, asOf.Unix()), 0)
	for _, a := range g.points(s.Target) {
		account := sla.NewAccountIn(s.Target, a.entity(), from, s.Valid)
		if err := g.replay(ctx, &a, from, to, func(x sla.Sample) { account.Add(x) }); err != nil {
			return nil, err
		}
		out = append(out, account)
	}
	return out, nil
}

// entities of one definition with all that was recorded of them, for an
// explanation; only "" or one id.
func (g *targetSource) entities(ctx context.Context, s sla.Slice, asOf time.Time, only string) ([]sla.Entity, error) {
	if !s.Target.OfPoints() {
		return g.recorded(s.Target, asOf), nil
	}
	var out []sla.Entity
	from, to := time.Unix(s.From, 0), time.Unix(min(s.To, asOf.Unix()), 0)
	for _, a := range g.points(s.Target) {
		if only != "" && string(a.point.ID) != only && string(a.point.Device) != only {
			continue
		}
		e := a.entity()
		if err := g.replay(ctx, &a, from, to, func(x sla.Sample) { e.Samples = append(e.Samples, x) }); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (g *targetSource) recorded(t *sla.Target, asOf time.Time) []sla.Entity {
	book := g.facts.Book
	if book == nil {
		book = sla.NewBook()
	}
	return t.Recorded(book, g.facts.Subjects, g.facts.Events, g.facts.Obligations, asOf.Unix())
}

// results of the window that contains at, known at asOf: one, or one for each part
// where the target was edited within.
func (g *targetSource) results(ctx context.Context, name string, at, asOf time.Time) ([]sla.Result, error) {
	var out []sla.Result
	for _, s := range sla.Slices(g.versions[name], at) {
		from, to := time.Unix(s.From, 0), time.Unix(s.To, 0)
		var r sla.Result
		if s.Target.OfPoints() {
			accounts, err := g.accounts(ctx, s, asOf)
			if err != nil {
				return nil, err
			}
			r = sla.SummarizeSpan(s.Target, accounts, from, to, asOf, g.facts.Exclusions)
		} else {
			r = sla.ScoreSpan(s.Target, from, to, asOf, g.recorded(s.Target, asOf), g.facts.Exclusions)
		}
		r.Definition, r.Split = s.Revision, s.Split
		out = append(out, r)
	}
	return out, nil
}

// closedBy are the figures that were recorded of the window that contains at, all
// parts of it, where it ended by asOf; nil where it is to be computed.
func (g *targetSource) closedBy(t *sla.Target, at, asOf time.Time) []sla.Result {
	var out []sla.Result
	for _, s := range sla.Slices(g.versions[t.Name], at) {
		c, ok := g.facts.Book.Closing(t.Name, s.From)
		if !ok || c.To != s.To || c.To > asOf.Unix() || len(c.Results) == 0 {
			return nil
		}
		r := c.Results[0]
		r.Definition, r.Split, r.State = s.Revision, s.Split, c.State
		out = append(out, r)
	}
	return out
}

// explain says how the window's figure came about.
func (g *targetSource) explain(ctx context.Context, name string, at, asOf time.Time, only string) ([]sla.Explanation, error) {
	var out []sla.Explanation
	for _, s := range sla.Slices(g.versions[name], at) {
		entities, err := g.entities(ctx, s, asOf, only)
		if err != nil {
			return nil, err
		}
		x := sla.ExplainSpan(s.Target, time.Unix(s.From, 0), time.Unix(s.To, 0), asOf, entities, g.facts.Exclusions)
		x.Result.Definition, x.Result.Split = s.Revision, s.Split
		out = append(out, x)
	}
	return out, nil
}
