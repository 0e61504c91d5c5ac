package sla

import (
	"fmt"
	"math/big"
	"math/rand"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"
)

// says what a second of an entity is by its samples: 'g', 'b', 'u', or 't' for
// good with a thin margin.
func (c oracleCase) says(e *Entity, second int64) byte {
	maxAge := c.maxAge(e)
	held := func(input Input) (float64, bool) {
		s := latest(e.Samples, input, second, true)
		if s == nil || second-s.At >= maxAge {
			return 0, false
		}
		return s.Value, true
	}
	asked := func() bool {
		s := latest(e.Samples, 0, second, false)
		return s != nil && second-s.At < maxAge
	}
	t := &c.target
	v, known := held(InputMain)
	silent := byte('u')
	if asked() && (t.Kind == KindCoverage || t.State != nil && t.State.UnreachableBad || t.Range != nil && t.Range.UnreachableBad) {
		silent = 'b'
	}
	switch {
	case c.split():
		return c.saysSplit(held, e)
	case t.Kind == KindFreshness:
		s := latest(e.Samples, 0, second, true)
		switch {
		case s == nil || s.Value < 0:
			return 'u'
		case float64(second)-float64(s.At)+s.Value < t.Freshness.MaxAge.Seconds():
			return 'g'
		case second-s.At < maxAge:
			return 'b'
		}
		return 'u'
	case !known:
		return silent
	case t.Kind == KindCoverage:
		return 'g'
	case t.Kind == KindRange:
		if v >= 10 && v <= 20 {
			return 'g'
		}
		return 'b'
	}
	return []byte{'g', 'b', 'u', 'u'}[int(v)-1]
}

func (c oracleCase) saysSplit(held func(Input) (float64, bool), e *Entity) byte {
	side := func(i Input) byte {
		switch v, known := held(i); {
		case known && v == 1:
			return 'g'
		case known && v == 0:
			return 'b'
		}
		return 'u'
	}
	any := false // nothing of the sides is known yet: nothing is said at all
	for _, s := range e.Samples {
		any = any || s.Known && (s.Input == InputSurviveA || s.Input == InputSurviveB)
	}
	a, b := byte('u'), byte('u')
	if any {
		a, b = side(InputSurviveA), side(InputSurviveB)
	}
	sum, hasSum := held(InputMarginPPM)
	switch {
	case a == 'b' || b == 'b' || hasSum && sum > 1_000_000:
		return 'b'
	case a == 'u' || b == 'u':
		return 'u'
	case hasSum && sum > 700_000:
		return 't'
	}
	return 'g'
}

// letter of one second of one entity: ' ' not in service, 'x' or 'l' excluded,
// '-' not yet over, else what its samples say.
func (c oracleCase) letters(e *Entity, withExclusions bool) []byte {
	var all, late map[int64]bool
	if withExclusions && len(c.exclusions) > 0 {
		all, late = c.excludedSeconds(e)
	}
	var out []byte
	for s := c.from; s < c.to; s++ {
		w := byte(' ')
		switch {
		case !c.inService(e, s):
		case late[s]:
			w = 'l'
		case all[s]:
			w = 'x'
		case s >= c.asOf:
			w = '-'
		default:
			w = c.says(e, s)
		}
		out = append(out, w)
	}
	return out
}

// counts of the letters over the window, entities combined second by second.
func (c oracleCase) counts(entities []Entity, withExclusions bool) map[byte]int64 {
	var total [128]int64
	joint := c.target.Combine == Any || c.target.Combine == All
	var each [][]byte
	for i := range entities {
		each = append(each, c.letters(&entities[i], withExclusions))
	}
	order := map[Combine]string{Any: "bugt-xl ", All: "gtub-xl "}[c.target.Combine]
	for s := c.from; s < c.to; s++ {
		var seen [128]bool
		for _, letters := range each {
			w := letters[s-c.from]
			seen[w] = true
			if !joint {
				total[w]++
			}
		}
		for _, w := range []byte(order) {
			if seen[w] {
				total[w]++
				break
			}
		}
	}
	n := map[byte]int64{}
	for w, k := range total {
		if k > 0 {
			n[byte(w)] = k
		}
	}
	if !joint { // of good, with a thin margin
		n['T'] = n['t']
	}
	n['g'] += n['t']
	n['x'] += n['l']
	if joint {
		n['l'] = 0 // classes are told by entity
	}
	return n
}

func (c oracleCase) check(got Result, entities []Entity) error {
	n := c.counts(entities, true)
	want := [7]int64{n['g'], n['b'], n['u'], n['x'], n['g'] + n['b'] + n['u'], n['l'], n['T']}
	if have := [7]int64{got.Good, got.Bad, got.Unknown, got.Excluded, got.Eligible, got.LateNotice, got.Thin}; have != want {
		return fmt.Errorf("good, bad, unknown, excluded, eligible, late, thin = %v, want %v", have, want)
	}
	raw := c.counts(entities, false)
	if num, den := c.share(raw); got.RawNumerator != num || got.RawDenominator != den {
		return fmt.Errorf("without exclusions %d/%d, want %d/%d", got.RawNumerator, got.RawDenominator, num, den)
	}
	allowed := n['g'] + n['b'] + n['u'] + n['-']
	if c.target.Policy == PolicyExclude {
		allowed -= n['u']
	}
	if want := (1_000_000 - c.target.TargetPPM) * allowed; got.BudgetMicros != want {
		return fmt.Errorf("budget %d, want %d", got.BudgetMicros, want)
	}
	if v, b := c.verdict(n); got.Verdict != v || got.Basis != b {
		return fmt.Errorf("verdict %s %s, want %s %s", got.Verdict, got.Basis, v, b)
	}
	if c.asOf >= c.to && (got.Verdict == Met && got.Exhausted || got.Verdict == Missed && !got.Exhausted) {
		return fmt.Errorf("%s with exhausted %v", got.Verdict, got.Exhausted)
	}
	return c.bounded(got)
}

// bounded: the share lies between its bounds, and these within 0 … 1.
func (c oracleCase) bounded(got Result) error {
	if got.Numerator < 0 || got.Numerator > got.Denominator {
		return fmt.Errorf("SLI %d/%d", got.Numerator, got.Denominator)
	}
	if got.Denominator > 0 && got.Eligible > 0 {
		lo, sli, hi := big.NewRat(got.Good, got.Eligible), big.NewRat(got.Numerator, got.Denominator), big.NewRat(got.Good+got.Unknown, got.Eligible)
		if lo.Cmp(sli) > 0 || sli.Cmp(hi) > 0 {
			return fmt.Errorf("not %v ≤ %v ≤ %v", lo, sli, hi)
		}
	}
	return nil
}

func (c oracleCase) share(n map[byte]int64) (num, den int64) {
	g, b, u := n['g'], n['b'], n['u']
	switch c.target.Policy {
	case PolicyExclude:
		return g, g + b
	case PolicyGood:
		return g + u, g + b + u
	}
	return g, g + b + u
}

// verdict in rationals.
func (c oracleCase) verdict(n map[byte]int64) (Verdict, Basis) {
	g, b, u := n['g'], n['b'], n['u']
	e := g + b + u
	if e == 0 {
		return NotApplicable, ""
	}
	goal := big.NewRat(c.target.TargetPPM, 1_000_000)
	if big.NewRat(g, e).Cmp(goal) >= 0 {
		return Met, Proven
	}
	if big.NewRat(g+u, e).Cmp(goal) < 0 {
		return Missed, Proven
	}
	if big.NewRat(u, e).Cmp(big.NewRat(c.target.MaxUnknownPPM, 1_000_000)) > 0 {
		return InsufficientData, ""
	}
	top, bottom := c.share(n)
	switch {
	case bottom == 0:
		return InsufficientData, "" // no SLI
	case big.NewRat(top, bottom).Cmp(goal) >= 0:
		return Met, ByPolicy
	}
	return Missed, ByPolicy
}

// span scores a case over its own window, which no calendar has.
func (c oracleCase) score(entities []Entity) Result {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	return ScoreSpan(&c.target, at(c.from), at(c.to), at(c.asOf), entities, c.exclusions)
}

var oracleCases = 100_000 // fewer under the race detector

// 100,000 random cases of all kinds that count seconds against the
// second-by-second model.
func TestScoreAgainstEverySecond(t *testing.T) {
	cases := oracleCases
	if testing.Short() {
		cases = 5_000
	}
	var mu sync.Mutex
	verdicts := map[string]int{}
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			rnd := rand.New(rand.NewSource(20261122 + int64(w)))
			mine := map[string]int{}
			for i := w; i < cases; i += workers {
				v, err := checkCase(rnd)
				if err != nil {
					t.Errorf("case %d of worker %d: %v", i, w, err)
					return
				}
				mine[v]++
			}
			mu.Lock()
			defer mu.Unlock()
			for k, n := range mine {
				verdicts[k] += n
			}
		})
	}
	wg.Wait()
	for _, v := range []string{"metproven", "missedproven", "metby_policy", "missedby_policy", "insufficient_data", "not_applicable"} {
		if !t.Failed() && verdicts[v] < cases/250 {
			t.Errorf("only %d cases came to %s: the cases do not cover it", verdicts[v], v)
		}
	}
}

func checkCase(rnd *rand.Rand) (verdict string, err error) {
	c := randomCase(rnd)
	got := c.score(c.entities)
	entities := c.entities
	if c.target.Combine == Each {
		entities = nil
		for _, e := range c.entities {
			if e.ID == got.Entity {
				entities = []Entity{e}
			}
		}
	}
	if err := c.check(got, entities); err != nil {
		return "", fmt.Errorf("%w\n%+v", err, c)
	}
	shuffled := append([]Entity(nil), c.entities...)
	rnd.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
	if again := c.score(shuffled); !reflect.DeepEqual(got, again) {
		return "", fmt.Errorf("another order of the entities, another result:\n%+v\n%+v", got, again)
	}
	if c.target.Combine == Each {
		err = c.checkWorst(got)
	}
	return string(got.Verdict) + string(got.Basis), errIn(err, c)
}

func errIn(err error, c oracleCase) error {
	if err == nil {
		err = checkExplained(c)
	}
	if err != nil {
		return fmt.Errorf("%w\n%+v", err, c)
	}
	return nil
}

func (c oracleCase) checkWorst(got Result) error {
	var met, judged int
	for _, e := range c.entities {
		v, _ := c.verdict(c.counts([]Entity{e}, true))
		if v == Met {
			met++
		}
		if v != NotApplicable {
			judged++
		}
		if v == Missed && got.Verdict != Missed {
			return fmt.Errorf("%s missed, the worst is %s with %s", e.ID, got.Entity, got.Verdict)
		}
	}
	if got.MetEntities != met || got.Entities != judged {
		return fmt.Errorf("%d of %d met, want %d of %d", got.MetEntities, got.Entities, met, judged)
	}
	return nil
}

// checkExplained: the lines of an explanation cover the window, each second once,
// and sum up to the figures.
func checkExplained(c oracleCase) error {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	x := ExplainSpan(&c.target, at(c.from), at(c.to), at(c.asOf), c.entities, c.exclusions)
	for _, e := range x.Entities {
		sum, next := map[What]int64{}, c.from
		for _, l := range e.Lines {
			if l.From != next || l.To <= l.From {
				return fmt.Errorf("explanation of %s: a line from %d to %d follows on %d", e.Result.Entity, l.From, l.To, next)
			}
			if l.Cause == "" || l.Cause == FromSamples && l.Samples == 0 || l.Cause == FromExclusion && l.ID == "" {
				return fmt.Errorf("explanation of %s: a line without a source: %+v", e.Result.Entity, l)
			}
			next = l.To
			sum[l.What] += l.To - l.From
		}
		r := e.Result
		if next != max(c.to, c.from) || sum[WasGood] != r.Good || sum[WasBad] != r.Bad || sum[WasUnknown] != r.Unknown ||
			sum[WasExcluded]+sum[WasLate] != r.Excluded || sum[WasLate] != r.LateNotice {
			return fmt.Errorf("explanation of %s sums to %v, the result is %+v", r.Entity, sum, r)
		}
	}
	return nil
}
