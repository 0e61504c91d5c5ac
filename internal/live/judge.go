package live

import (
	"slices"
	"time"

	"nezuban/sla"
)

// Facts are what targets are judged by that is no reading: what was recorded, and
// the events of alarms. They are not modified afterwards.
type Facts struct {
	Book        *sla.Book
	Exclusions  []sla.Exclusion // those of Book that count
	Events      []sla.Event     // of alarms and reported ones, by time, of the windows that run and those before
	Subjects    []sla.Subject
	Obligations []sla.Obligation
}

// SetFacts takes what was recorded since.
func (t *Table) SetFacts(f Facts) {
	if f.Book == nil {
		f.Book = sla.NewBook()
	}
	t.mu.Lock()
	t.records = f
	for _, tg := range t.targets {
		tg.judged = time.Time{}
	}
	t.mu.Unlock()
	wake(t.changed)
}

const (
	slowEntities = 500              // touched by exclusions; above it a target is judged apart
	slowEvery    = 30 * time.Second // then
	recordsEvery = 5 * time.Second  // a target made of records and events
	entriesEvery = 2000             // accounts that are gone through in a second: a larger target is judged less often
)

// judge makes the results of the targets as of now, but for those that take long.
func (t *Table) judge(now time.Time) {
	for _, tg := range t.targets {
		switch recorded := tg.recorded(); {
		case recorded && now.Sub(tg.judged).Abs() < recordsEvery:
		case recorded:
			tg.judged = now
			tg.results = t.judgeRecords(tg, now)
		case tg.slow && len(tg.results) > 0:
		case len(tg.results) > 0 && now.Sub(tg.judged).Abs() < tg.every():
		default:
			tg.judged = now
			tg.results = t.judgeAccounts(tg, now, tg.accounts)
		}
	}
}

// every is how often a target is judged.
func (tg *target) every() time.Duration {
	n := 0
	for _, p := range tg.parts {
		n += len(p.entries)
	}
	return time.Duration(n/entriesEvery) * time.Second
}

// recorded reports whether the target is made of events or obligations.
func (tg *target) recorded() bool {
	return !tg.versions[len(tg.versions)-1].Target.OfPoints()
}

// accounts of one definition.
func (tg *target) accounts(revision int) []*sla.Account {
	for _, p := range tg.parts {
		if p.version.Revision != revision {
			continue
		}
		out := make([]*sla.Account, 0, len(p.entries))
		for _, e := range p.all() {
			out = append(out, e.account)
		}
		return out
	}
	return nil
}

// judgeAccounts makes the results of the running window: one, or one for each
// part of it where the target was edited within.
func (t *Table) judgeAccounts(tg *target, now time.Time, accounts func(revision int) []*sla.Account) []sla.Result {
	exclusions := t.within(tg, now)
	tg.slow = len(exclusions) > 0 && tg.touched(exclusions) > slowEntities
	var out []sla.Result
	for _, s := range sla.Slices(tg.versions, now) {
		r := sla.SummarizeSpan(s.Target, accounts(s.Revision), time.Unix(s.From, 0), time.Unix(s.To, 0), now, exclusions)
		out = append(out, tg.dress(r, s))
	}
	return out
}

// dress adds what only the table knows.
func (tg *target) dress(r sla.Result, s sla.Slice) sla.Result {
	r.Definition, r.Split = s.Revision, s.Split
	for i, on := range tg.burning {
		if on && i < len(s.Target.Tiers) && r.Open {
			tier := s.Target.Tiers[i]
			r.Burning = append(r.Burning, sla.Burn{Tier: i, Severity: tier.Severity, Long: tier.Long, Short: tier.Short})
		}
	}
	return r
}

func (tg *target) touched(exclusions []sla.Exclusion) int {
	n := 0
	for _, p := range tg.parts {
		for _, e := range p.all() {
			if e.account.Touched(exclusions) {
				n++
			}
		}
	}
	return n
}

// within are the exclusions that reach into the running window.
func (t *Table) within(tg *target, now time.Time) []sla.Exclusion {
	if len(t.records.Exclusions) == 0 {
		return nil
	}
	from, to := sla.Bounds(tg.versions[len(tg.versions)-1].Target.Window, now)
	return reaching(t.records.Exclusions, from.Unix(), to.Unix())
}

func reaching(list []sla.Exclusion, from, to int64) []sla.Exclusion {
	return slices.DeleteFunc(slices.Clone(list), func(x sla.Exclusion) bool { return x.From >= to || x.To != 0 && x.To <= from })
}

func (t *Table) judgeRecords(tg *target, now time.Time) []sla.Result {
	var out []sla.Result
	for _, s := range sla.Slices(tg.versions, now) {
		r := sla.ScoreSpan(s.Target, time.Unix(s.From, 0), time.Unix(s.To, 0), now, t.entitiesOf(s.Target, now), t.records.Exclusions)
		out = append(out, tg.dress(r, s))
	}
	return out
}

// entitiesOf are those of a target made of records.
func (t *Table) entitiesOf(def *sla.Target, now time.Time) []sla.Entity {
	book := t.records.Book
	if book == nil {
		book = sla.NewBook()
	}
	return def.Recorded(book, t.records.Subjects, t.records.Events, t.records.Obligations, now.Unix())
}

// judgeSlow judges the targets that take long, from copies of their accounts, so
// that alarms do not wait. One goroutine calls it.
func (t *Table) judgeSlow(now time.Time) {
	t.mu.Lock()
	var slow []*target
	for _, tg := range t.targets {
		if tg.slow && now.Sub(tg.judged) >= slowEvery {
			slow = append(slow, tg)
		}
	}
	t.mu.Unlock()
	for _, tg := range slow {
		copies := map[int][]*sla.Account{}
		for _, p := range tg.parts {
			copies[p.version.Revision] = t.copies(p)
		}
		t.mu.Lock()
		exclusions := t.within(tg, now)
		t.mu.Unlock()
		var results []sla.Result
		var slices []sla.Slice
		for _, s := range sla.Slices(tg.versions, now) {
			results = append(results, sla.SummarizeSpan(s.Target, copies[s.Revision], time.Unix(s.From, 0), time.Unix(s.To, 0), now, exclusions))
			slices = append(slices, s)
		}
		t.mu.Lock()
		for i := range results {
			results[i] = tg.dress(results[i], slices[i])
		}
		tg.results, tg.judged = results, now
		tg.slow = len(exclusions) > 0 && tg.touched(exclusions) > slowEntities
		t.mu.Unlock()
	}
}

// copies of the accounts of a part, taken a few at a time.
func (t *Table) copies(p *part) []*sla.Account {
	t.mu.Lock()
	entries := make([]*entry, 0, len(p.entries))
	for _, e := range p.entries {
		entries = append(entries, e)
	}
	t.mu.Unlock()
	out := make([]*sla.Account, 0, len(entries))
	for len(entries) > 0 {
		n := min(chunk, len(entries))
		t.mu.Lock()
		for _, e := range entries[:n] {
			out = append(out, e.account.Copy())
		}
		t.mu.Unlock()
		entries = entries[n:]
	}
	return out
}

// ResultsEach are the figures of every entity of a target in the running window;
// nil where there is no such target.
func (t *Table) ResultsEach(name string) []sla.Result {
	now := t.o.Clock.Now()
	t.mu.Lock()
	i := slices.IndexFunc(t.targets, func(tg *target) bool { return tg.name == name })
	if i < 0 {
		t.mu.Unlock()
		return nil
	}
	tg, exclusions := t.targets[i], t.records.Exclusions
	if tg.recorded() {
		defer t.mu.Unlock()
		var out []sla.Result
		for _, s := range sla.Slices(tg.versions, now) {
			out = append(out, sla.ScoreEachSpan(s.Target, time.Unix(s.From, 0), time.Unix(s.To, 0), now, t.entitiesOf(s.Target, now), exclusions)...)
		}
		return out
	}
	t.mu.Unlock()
	var out []sla.Result
	for _, s := range sla.Slices(tg.versions, now) {
		for _, p := range tg.parts {
			if p.version.Revision == s.Revision {
				list := sla.SummarizeEach(s.Target, t.copies(p), time.Unix(s.From, 0), time.Unix(s.To, 0), now, exclusions)
				t.mu.Lock()
				for i := range list {
					list[i] = tg.dress(list[i], s)
				}
				t.mu.Unlock()
				out = append(out, list...)
			}
		}
	}
	return out
}
