package sla

import (
	"cmp"
	"slices"
	"time"
)

// Score judges a target over the calendar window that contains at, by samples
// known up to asOf, with approved exclusions. The entities are combined as the
// target says; the order in which they are passed does not matter.
func Score(t *Target, at, asOf time.Time, entities []Entity, exclusions []Interval) Result {
	from, to := Bounds(t.Window, at)
	return scoreWindow(t, from.Unix(), to.Unix(), asOf.Unix(), entities, exclusions)
}

// ScoreEach judges every entity by itself, sorted by id: the lines that a
// combined Result was made of.
func ScoreEach(t *Target, at, asOf time.Time, entities []Entity, exclusions []Interval) []Result {
	from, to := Bounds(t.Window, at)
	return eachOf(t, partsOf(t, from.Unix(), to.Unix(), asOf.Unix(), entities, exclusions), from.Unix(), to.Unix(), asOf.Unix())
}

// A part is one entity's share of a combined result. The sets are only needed
// where bad sets are combined, and exclude one another.
type part struct {
	id, name  string
	sum       tally
	service   []Interval // in service over the whole window
	free      []Interval // of it, what is not excluded
	eligible  []Interval // of it, what has passed
	good, bad []Interval
}

func scoreWindow(t *Target, from, to, asOf int64, entities []Entity, exclusions []Interval) Result {
	return combine(t, partsOf(t, from, to, asOf, entities, exclusions), from, to, asOf)
}

func partsOf(t *Target, from, to, asOf int64, entities []Entity, exclusions []Interval) []part {
	excluded := Normalize(exclusions)
	parts := make([]part, len(entities))
	for i := range entities {
		e := &entities[i]
		s := e.service(from, to)
		x := intersect(s, excluded)
		free := subtract(s, x)
		eligible := intersect(free, Normalize([]Interval{{from, min(to, asOf)}}))
		g, b := t.sets(e)
		b = intersect(eligible, b)
		g = subtract(intersect(eligible, g), b)
		sum := tally{service: length(s), excluded: length(x), good: length(g), bad: length(b)}
		sum.unknown = length(eligible) - sum.good - sum.bad
		parts[i] = part{e.ID, e.DisplayName, sum, s, free, eligible, g, b}
	}
	sortParts(parts)
	return parts
}

func sortParts(parts []part) {
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.id, b.id) })
}

// combine makes one Result of the parts.
func combine(t *Target, parts []part, from, to, asOf int64) Result {
	if t.Combine == Each {
		return worstOf(t, eachOf(t, parts, from, to, asOf), from, to, asOf)
	}
	var sum tally
	if t.Combine == Any || t.Combine == All {
		sum = joint(t.Combine, parts)
	} else {
		for _, p := range parts {
			sum = sum.plus(p.sum)
		}
	}
	r := t.figures(header(t, from, to, asOf), sum)
	if len(parts) == 1 {
		r.Entity = parts[0].id
	}
	return r
}

func header(t *Target, from, to, asOf int64) Result {
	return Result{
		Name: t.Name, DisplayName: t.DisplayName.In("en"),
		WindowStart: time.Unix(from, 0).UTC(), WindowEnd: time.Unix(to, 0).UTC(),
		AsOf: time.Unix(asOf, 0).UTC(), Open: asOf < to,
	}
}

func eachOf(t *Target, parts []part, from, to, asOf int64) []Result {
	results := make([]Result, len(parts))
	for i, p := range parts {
		r := header(t, from, to, asOf)
		r.Entity = p.id
		if p.name != "" {
			r.DisplayName = p.name
		}
		results[i] = t.figures(r, p.sum)
	}
	return results
}

// worstOf is the worst of several results, with how many were judged and met.
func worstOf(t *Target, results []Result, from, to, asOf int64) Result {
	if len(results) == 0 {
		return t.figures(header(t, from, to, asOf), tally{})
	}
	worst, met, judged := results[0], 0, 0
	for _, r := range results {
		if worse(r, worst) {
			worst = r
		}
		if r.Verdict != NotApplicable {
			judged++
		}
		if r.Verdict == Met {
			met++
		}
	}
	worst.MetEntities, worst.Entities = met, judged
	return worst
}

// joint is one timeline made of several. At each second the entities that are
// eligible then decide: for any, one bad is bad, else one unknown is unknown; for
// all, one good is good, else one unknown is unknown, else it is bad.
func joint(how Combine, parts []part) tally {
	var service, free, good, bad, unknown []Interval
	for _, p := range parts {
		service = append(service, p.service...)
		free = append(free, p.free...)
		good = append(good, p.good...)
		bad = append(bad, p.bad...)
		unknown = append(unknown, subtract(subtract(p.eligible, p.good), p.bad)...)
	}
	s, f := Normalize(service), Normalize(free)
	g, b, u := Normalize(good), Normalize(bad), Normalize(unknown)
	if how == Any {
		u = subtract(u, b)
		g = subtract(subtract(g, b), u)
	} else {
		u = subtract(u, g)
		b = subtract(subtract(b, g), u)
	}
	return tally{service: length(s), excluded: length(s) - length(f), good: length(g), bad: length(b), unknown: length(u)}
}
