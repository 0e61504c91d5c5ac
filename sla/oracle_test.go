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

	"nezuban/internal/facility"
)

// The oracle asks every second of a small window what it is, by the words of the
// definition and not by the package's code: it keeps no intervals and no folds.
type oracleCase struct {
	target     Target
	from, to   int64
	asOf       int64
	entities   []Entity
	exclusions []Exclusion
}

var oracleStates = []facility.State{
	{Value: 1, Name: "on", Severity: facility.SeverityNormal},
	{Value: 2, Name: "off", Severity: facility.SeverityCritical},
	{Value: 3, Name: "unsure"},
}

const oracleBegin = 1000 // so that no stamp is before 1970

func pick[T any](rnd *rand.Rand, of ...T) T { return of[rnd.Intn(len(of))] }

func randomCase(rnd *rand.Rand) oracleCase {
	c := oracleCase{from: oracleBegin + int64(rnd.Intn(50)), target: Target{
		Name:          "t",
		Combine:       pick(rnd, Pooled, Each, Any, All),
		Policy:        pick(rnd, PolicyBad, PolicyExclude, PolicyGood, PolicyHold),
		TargetPPM:     pick[int64](rnd, 0, 250_000, 344_000, 500_000, 900_000, 999_500, 1_000_000),
		MaxUnknownPPM: pick[int64](rnd, 0, 5_000, 200_000, 1_000_000),
		Section:       pick(rnd, "power", "power", "environment", "fire"),
		Exclude: ExclusionRules{Maintenance: rnd.Intn(4) > 0, Customer: rnd.Intn(2) > 0,
			MinNotice: time.Duration(rnd.Intn(30)) * time.Second, CapPerWindow: time.Duration(rnd.Intn(3)*rnd.Intn(30)) * time.Second},
	}}
	randomKind(rnd, &c.target)
	if rnd.Intn(4) == 0 {
		c.target.MaxAge = time.Duration(1+rnd.Intn(30)) * time.Second
	}
	c.to = c.from + int64(rnd.Intn(100))
	c.asOf = c.from - 5 + int64(rnd.Intn(int(c.to-c.from)+20))
	for i := range 1 + rnd.Intn(3) {
		c.entities = append(c.entities, randomEntity(rnd, c, i))
	}
	for i := range rnd.Intn(4) {
		from := c.from - 20 + int64(rnd.Intn(200))
		x := Exclusion{ID: fmt.Sprint(i), Kind: pick(rnd, Maintenance, Maintenance, CustomerCaused, ForceMajeure), From: from, To: from - 5 + int64(rnd.Intn(50)),
			ProposedBy: "a", ProposedAt: from - int64(rnd.Intn(40)) + 5, ApprovedBy: pick(rnd, "b", "b", "b", "a", ""), ApprovedAt: 1, Declined: rnd.Intn(10) == 0}
		if rnd.Intn(3) == 0 {
			x.Entities = []string{"e0"}
		}
		if rnd.Intn(10) == 0 {
			x.Targets = []string{"another"}
		}
		c.exclusions = append(c.exclusions, x)
	}
	return c
}

func randomKind(rnd *rand.Rand, t *Target) {
	lowest, highest := 10.0, 20.0
	switch rnd.Intn(6) {
	case 0:
		t.Kind, t.Range = KindRange, &RangeIndicator{Metric: "m", Min: &lowest, Max: &highest, UnreachableBad: rnd.Intn(3) == 0}
	case 1:
		t.Kind, t.State = KindState, &StateIndicator{Metric: "m", UnreachableBad: rnd.Intn(3) == 0}
		if rnd.Intn(2) == 0 {
			t.State.Good = []string{"on"}
		}
	case 2:
		t.Kind, t.Coverage = KindCoverage, &CoverageIndicator{}
	case 3:
		t.Kind, t.Freshness = KindFreshness, &FreshnessIndicator{Metric: "m", MaxAge: time.Duration(1+rnd.Intn(60)) * time.Second}
	case 4:
		t.Kind, t.Redundancy = KindRedundancy, &RedundancyIndicator{Metric: "m"}
	case 5:
		t.Kind, t.Redundancy = KindRedundancy, &RedundancyIndicator{Metric: "m", PeakSumMaxPPM: 700_000, Sides: []string{"split"}}
	}
}

func (c oracleCase) split() bool {
	return c.target.Kind == KindRedundancy && len(c.target.Redundancy.Sides) > 0
}

func randomEntity(rnd *rand.Rand, c oracleCase, i int) Entity {
	e := Entity{ID: fmt.Sprintf("e%d", i), MaxAge: time.Duration(1+rnd.Intn(20))*time.Second + time.Duration(rnd.Intn(2))*500*time.Millisecond, States: oracleStates}
	if rnd.Intn(3) == 0 {
		e.Since = c.from - 10 + int64(rnd.Intn(100))
	}
	if rnd.Intn(4) == 0 {
		e.Until = c.from + int64(rnd.Intn(200))
	}
	for range rnd.Intn(25) {
		e.Samples = append(e.Samples, randomSample(rnd, c, c.from-30+int64(rnd.Intn(200))))
	}
	return e
}

func randomSample(rnd *rand.Rand, c oracleCase, at int64) Sample {
	s := Sample{At: at, Known: rnd.Intn(6) > 0}
	switch {
	case c.split():
		s.Input = pick(rnd, InputSurviveA, InputSurviveB, InputMarginPPM)
		s.Value = pick(rnd, 0.0, 1, 1, 1, 2)
		if s.Input == InputMarginPPM {
			s.Value = pick(rnd, 500_000.0, 700_000, 700_001, 900_000, 1_000_000, 1_000_001)
		}
	case c.target.Kind == KindState, c.target.Kind == KindRedundancy:
		s.Value = float64(1 + rnd.Intn(4)) // 4 has no name
	case c.target.Kind == KindFreshness:
		s.Value = float64(rnd.Intn(23) - 2) // two seconds may lie in the future
	default:
		s.Value = pick(rnd, 9.99, 10, 15, 20, 20.01)
	}
	return s
}

// latest is the newest sample of an input that was known at a second: of one
// stamp the one that arrived last.
func latest(samples []Sample, input Input, second int64, knownOnly bool) *Sample {
	var newest *Sample
	for i, s := range samples {
		if (s.Known || !knownOnly) && (s.Input == input || !knownOnly) && s.At <= second && (newest == nil || s.At >= newest.At) {
			newest = &samples[i]
		}
	}
	return newest
}

func (c oracleCase) maxAge(e *Entity) int64 {
	if c.target.MaxAge > 0 {
		return int64(c.target.MaxAge / time.Second)
	}
	return int64(e.MaxAge / time.Second)
}

// inService by the words: commissioned, not decommissioned; an area is judged from
// its first success, or from when that was due.
func (c oracleCase) inService(e *Entity, second int64) bool {
	since := e.Since
	if c.target.Kind == KindFreshness && since > 0 {
		begin := since + int64(c.target.Freshness.MaxAge/time.Second)
		for _, s := range e.Samples {
			if s.Known && s.Value >= 0 && max(s.At, since) < begin {
				begin = max(s.At, since)
			}
		}
		since = begin
	}
	return second >= since && (e.Until == 0 || second < e.Until)
}

// excludedSeconds are those left out of an entity, and of them those noticed late.
func (c oracleCase) excludedSeconds(e *Entity) (all, late map[int64]bool) {
	all, late = map[int64]bool{}, map[int64]bool{}
	t := &c.target
	if t.Section == "fire" || t.TargetPPM == 1_000_000 {
		return all, late
	}
	covers := func(second int64, wantLate bool) bool {
		for _, x := range c.exclusions {
			allowed := x.Kind == Maintenance && t.Exclude.Maintenance || x.Kind == CustomerCaused && t.Exclude.Customer
			approved := x.ApprovedBy != "" && x.ApprovedBy != x.ProposedBy && !x.Declined
			mine := (len(x.Entities) == 0 || x.Entities[0] == e.ID) && len(x.Targets) == 0
			isLate := x.From-x.ProposedAt < int64(t.Exclude.MinNotice/time.Second)
			if allowed && approved && mine && isLate == wantLate && x.From <= second && second < x.To {
				return true
			}
		}
		return false
	}
	left := int64(t.Exclude.CapPerWindow / time.Second)
	if left == 0 {
		left = 1 << 40
	}
	for _, wantLate := range []bool{false, true} {
		for s := c.from; s < c.to; s++ {
			if left > 0 && c.inService(e, s) && !all[s] && covers(s, wantLate) && (!wantLate || !covers(s, false)) {
				all[s], late[s] = true, wantLate
				left--
			}
		}
	}
	return all, late
}

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
