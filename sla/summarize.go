package sla

import (
	"cmp"
	"slices"
	"time"
)

// Result is the entity's own result in the running window as of asOf.
func (a *Account) Result(asOf time.Time, exclusions []Exclusion) Result {
	w := spanAt(a.target, a.valid, asOf.Unix())
	return a.result(w.From, w.To, asOf.Unix(), exclusions)
}

func (a *Account) result(from, to, asOf int64, exclusions []Exclusion) Result {
	y, hist := a.tally(from, to, asOf, exclusions)
	return a.target.fill(a.header(from, to, asOf), y, hist)
}

func (a *Account) header(from, to, asOf int64) Result {
	r := a.target.header(from, to, asOf)
	r.Entity = a.entity.ID
	if a.entity.DisplayName != "" {
		r.DisplayName = a.entity.DisplayName
	}
	return r
}

// spanAt is the window that an instant lies in, as far as a definition is valid.
func spanAt(t *Target, valid Interval, at int64) Interval {
	from, to := Bounds(t.Window, time.Unix(at, 0))
	i := Interval{max(from.Unix(), valid.From), to.Unix()}
	if valid.To != 0 {
		i.To = min(i.To, valid.To)
	}
	return i
}

// Summarize makes the target's Result of the accounts of its entities, in the
// running window as of asOf: the same as Score makes of the samples.
func Summarize(t *Target, accounts []*Account, asOf time.Time, exclusions []Exclusion) Result {
	from, to := Bounds(t.Window, asOf)
	return SummarizeSpan(t, accounts, from, to, asOf, exclusions)
}

// SummarizeSpan is Summarize over [from, to): the window that runs, the one before,
// or a part of either.
func SummarizeSpan(t *Target, accounts []*Account, from, to, asOf time.Time, exclusions []Exclusion) Result {
	f, u, now := from.Unix(), to.Unix(), asOf.Unix()
	switch {
	case t.Combine == Each:
		return t.worstAccount(accounts, f, u, now, exclusions)
	case t.Kind.Unit() == UnitSeconds && (t.Combine == Any || t.Combine == All):
		return t.combine(partsOfAccounts(accounts, f, u, now, exclusions), f, u, now)
	}
	h := t.header(f, u, now)
	if len(accounts) == 1 {
		h.Entity = accounts[0].entity.ID
	}
	var sum tally
	var hist histogram
	for _, a := range accounts {
		y, values := a.tally(f, u, now, exclusions)
		sum = sum.plus(y)
		if values != nil {
			hist = hist.plus(values)
		}
	}
	return t.fill(h, sum, hist)
}

// worstAccount is worstOf without keeping the results of all.
func (t *Target) worstAccount(accounts []*Account, from, to, asOf int64, exclusions []Exclusion) Result {
	if len(accounts) == 0 {
		return t.worstOf(nil, from, to, asOf)
	}
	var worst Result
	met, judged := 0, 0
	for i, a := range accounts {
		r := a.result(from, to, asOf, exclusions)
		if i == 0 || worse(r, worst) {
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

// SummarizeEach are the results of the entities themselves, sorted by id.
func SummarizeEach(t *Target, accounts []*Account, from, to, asOf time.Time, exclusions []Exclusion) []Result {
	out := make([]Result, len(accounts))
	for i, a := range accounts {
		out[i] = a.result(from.Unix(), to.Unix(), asOf.Unix(), exclusions)
	}
	slices.SortFunc(out, func(a, b Result) int { return cmp.Compare(a.Entity, b.Entity) })
	return out
}

func partsOfAccounts(accounts []*Account, from, to, asOf int64, exclusions []Exclusion) []part {
	parts := make([]part, len(accounts))
	for i, a := range accounts {
		parts[i] = a.part(from, to, asOf, exclusions)
	}
	sortParts(parts)
	return parts
}

// BurningAccounts are the tiers of a target that fire at asOf.
func BurningAccounts(t *Target, accounts []*Account, asOf time.Time, exclusions []Exclusion) []Burn {
	if len(t.Tiers) == 0 {
		return nil
	}
	from, to := Bounds(t.Window, asOf)
	return t.burning(from.Unix(), to.Unix(), asOf.Unix(), t.timelines(len(accounts)), func(a, b int64) (int64, int64) {
		r := t.combine(partsOfAccounts(accounts, a, b, asOf.Unix(), exclusions), a, b, asOf.Unix())
		return r.Denominator - r.Numerator, r.Denominator
	})
}
