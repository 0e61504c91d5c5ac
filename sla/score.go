package sla

import "time"

// Score judges a target over the calendar window that contains at, by samples
// known up to asOf, with the exclusions that are approved. The entities are
// combined as the target says; the order in which they are passed does not
// matter.
func Score(t *Target, at, asOf time.Time, entities []Entity, exclusions []Exclusion) Result {
	from, to := Bounds(t.Window, at)
	return ScoreSpan(t, from, to, asOf, entities, exclusions)
}

// ScoreSpan judges a target over [from, to): a window, or a part of one in which
// the target was edited.
func ScoreSpan(t *Target, from, to, asOf time.Time, entities []Entity, exclusions []Exclusion) Result {
	return t.combine(t.partsOf(from.Unix(), to.Unix(), asOf.Unix(), entities, exclusions), from.Unix(), to.Unix(), asOf.Unix())
}

// ScoreEach judges every entity by itself, sorted by id: the lines that a
// combined Result was made of.
func ScoreEach(t *Target, at, asOf time.Time, entities []Entity, exclusions []Exclusion) []Result {
	from, to := Bounds(t.Window, at)
	return ScoreEachSpan(t, from, to, asOf, entities, exclusions)
}

// ScoreEachSpan is ScoreEach over [from, to).
func ScoreEachSpan(t *Target, from, to, asOf time.Time, entities []Entity, exclusions []Exclusion) []Result {
	return t.eachOf(t.partsOf(from.Unix(), to.Unix(), asOf.Unix(), entities, exclusions), from.Unix(), to.Unix(), asOf.Unix())
}

// combine makes one Result of the parts.
func (t *Target) combine(parts []part, from, to, asOf int64) Result {
	if t.Combine == Each {
		return t.worstOf(t.eachOf(parts, from, to, asOf), from, to, asOf)
	}
	h := t.header(from, to, asOf)
	if len(parts) == 1 {
		h.Entity = parts[0].id
	}
	if t.Kind.Unit() == UnitSeconds && (t.Combine == Any || t.Combine == All) {
		r := t.figures(h, joint(t.Combine, parts))
		if excludedAny(parts) {
			r.RawNumerator, r.RawDenominator = t.indicator(joint(t.Combine, unexcluded(parts)))
		}
		return r
	}
	var sum tally
	var hist histogram
	for _, p := range parts {
		sum = sum.plus(p.sum)
		if p.hist != nil {
			hist = hist.plus(p.hist)
		}
	}
	return t.fill(h, sum, hist)
}

func (t *Target) fill(r Result, y tally, h histogram) Result {
	if t.Kind == KindRatioValue {
		return t.valued(r, y, h)
	}
	return t.figures(r, y)
}

func excludedAny(parts []part) bool {
	for _, p := range parts {
		if len(p.excluded) > 0 {
			return true
		}
	}
	return false
}

// unexcluded are the parts as if nothing were excluded.
func unexcluded(parts []part) []part {
	out := make([]part, len(parts))
	for i, p := range parts {
		out[i] = part{service: p.service, free: p.service, eligible: p.all, good: p.rawGood, bad: p.rawBad}
	}
	return out
}

func (t *Target) header(from, to, asOf int64) Result {
	r := Result{
		Name: t.Name, DisplayName: t.DisplayName.In("en"),
		WindowStart: time.Unix(from, 0).UTC(), WindowEnd: time.Unix(to, 0).UTC(),
		AsOf: time.Unix(asOf, 0).UTC(), Open: asOf < to, State: StateProvisional,
	}
	if asOf < to+int64(t.Settle/time.Second) {
		r.State = StateOpen
	}
	return r
}

func (t *Target) eachOf(parts []part, from, to, asOf int64) []Result {
	results := make([]Result, len(parts))
	for i, p := range parts {
		r := t.header(from, to, asOf)
		r.Entity = p.id
		if p.name != "" {
			r.DisplayName = p.name
		}
		results[i] = t.fill(r, p.sum, p.hist)
	}
	return results
}

// worstOf is the worst of several results, with how many were judged and met.
func (t *Target) worstOf(results []Result, from, to, asOf int64) Result {
	if len(results) == 0 {
		return t.fill(t.header(from, to, asOf), tally{}, nil)
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
