package sla

import (
	"cmp"
	"slices"
)

// A part is one entity's share of a combined result. The sets are only there
// where something needs them: exclusions, bad sets that are combined, a digest.
type part struct {
	id, name  string
	sum       tally
	hist      histogram  // of ratio-value
	service   []Interval // in service over the whole window
	free      []Interval // of it, what is not excluded
	eligible  []Interval // of it, what has passed
	good, bad []Interval
	excluded  []Interval
	late      []Interval

	all, rawGood, rawBad []Interval // what has passed of service, and in it, as if nothing were excluded
}

// timed makes a part of an entity's sets of seconds.
func (t *Target) timed(e *Entity, f *fold, from, to, asOf int64, exclusions []Exclusion) part {
	s := t.service(e, f.first, from, to)
	x, late := t.excluded(e.ID, s, exclusions, asOf)
	passed := []Interval{{from, min(to, asOf)}}
	g0, b0, thin := f.sets()
	p := part{id: e.ID, name: e.DisplayName, service: s, excluded: x, late: late, free: subtract(s, x), hist: f.values()}
	p.eligible = intersect(p.free, Normalize(passed))
	p.bad = intersect(p.eligible, b0)
	p.good = subtract(intersect(p.eligible, g0), p.bad)
	p.sum = tally{service: length(s), excluded: length(x), late: length(late), good: length(p.good), bad: length(p.bad)}
	p.sum.unknown = length(p.eligible) - p.sum.good - p.sum.bad
	p.sum.thin = length(intersect(p.good, thin))
	p.all, p.rawGood, p.rawBad = p.eligible, p.good, p.bad
	if len(x) > 0 {
		p.all = intersect(s, Normalize(passed))
		p.rawBad = intersect(p.all, b0)
		p.rawGood = subtract(intersect(p.all, g0), p.rawBad)
	}
	p.sum.rawGood, p.sum.rawBad = length(p.rawGood), length(p.rawBad)
	p.sum.rawUnknown = length(p.all) - p.sum.rawGood - p.sum.rawBad
	return p
}

// counted makes a part of an entity's events or obligations.
func (t *Target) counted(e *Entity, from, to, asOf int64, exclusions []Exclusion) part {
	p := part{id: e.ID, name: e.DisplayName}
	if t.Kind == KindDue {
		p.sum = dueCounts(t.obligations(e, from, to, asOf))
		return p
	}
	list, rejected := t.occurrences(e, from, to, asOf)
	p.sum = t.counts(e.ID, list, from, to, asOf, exclusions)
	p.sum.rejected = int64(rejected)
	if t.Kind == KindZero {
		s := t.service(e, 0, from, min(to, asOf))
		p.sum.feed = length(s)
		if e.Silent || e.Feed != nil {
			p.sum.dead = p.sum.feed - length(intersect(s, Normalize(e.Feed)))
		}
	}
	return p
}

func (t *Target) partsOf(from, to, asOf int64, entities []Entity, exclusions []Exclusion) []part {
	parts := make([]part, len(entities))
	for i := range entities {
		e := &entities[i]
		if t.Kind.Unit() == UnitOccurrences {
			parts[i] = t.counted(e, from, to, asOf, exclusions)
			continue
		}
		parts[i] = t.timed(e, t.folded(e, from, min(to, asOf)), from, to, asOf, exclusions)
	}
	sortParts(parts)
	return parts
}

func sortParts(parts []part) {
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.id, b.id) })
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
	y := tally{service: length(s), excluded: length(s) - length(f), good: length(g), bad: length(b), unknown: length(u)}
	y.rawGood, y.rawBad, y.rawUnknown = y.good, y.bad, y.unknown
	return y
}
