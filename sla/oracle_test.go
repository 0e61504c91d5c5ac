package sla

import (
	"fmt"
	"math/big"
	"math/rand"
	"reflect"
	"testing"
	"time"

	"nezuban/internal/facility"
)

// A case for the oracle: small windows, so that every second can be asked.
type oracleCase struct {
	target     Target
	from, to   int64
	asOf       int64
	entities   []Entity
	exclusions []Interval
}

var oracleStates = []facility.State{
	{Value: 1, Name: "on", Severity: facility.SeverityNormal},
	{Value: 2, Name: "off", Severity: facility.SeverityCritical},
	{Value: 3, Name: "unsure"},
}

func randomCase(rnd *rand.Rand) oracleCase {
	lowest, highest := 10.0, 20.0
	c := oracleCase{from: int64(rnd.Intn(50)), target: Target{
		Name: "t", Kind: KindRange, Range: &RangeIndicator{Metric: "m", Min: &lowest, Max: &highest},
		Combine:       []Combine{Pooled, Each, Any, All}[rnd.Intn(4)],
		Policy:        []Policy{PolicyBad, PolicyExclude, PolicyGood, PolicyHold}[rnd.Intn(4)],
		TargetPPM:     []int64{0, 250_000, 344_000, 500_000, 900_000, 999_500, 1_000_000}[rnd.Intn(7)],
		MaxUnknownPPM: []int64{0, 5_000, 200_000, 1_000_000}[rnd.Intn(4)],
	}}
	if rnd.Intn(2) == 0 {
		c.target.Kind, c.target.Range = KindState, nil
		c.target.State = &StateIndicator{Metric: "m"}
		if rnd.Intn(2) == 0 {
			c.target.State.Good = []string{"on"}
		}
	}
	if rnd.Intn(4) == 0 {
		c.target.MaxAge = time.Duration(1+rnd.Intn(30)) * time.Second
	}
	c.to = c.from + int64(rnd.Intn(150))
	c.asOf = c.from - 5 + int64(rnd.Intn(int(c.to-c.from)+20))
	for i := range 1 + rnd.Intn(3) {
		c.entities = append(c.entities, randomEntity(rnd, c, i))
	}
	for range rnd.Intn(4) {
		from := c.from - 20 + int64(rnd.Intn(200))
		c.exclusions = append(c.exclusions, Interval{from, from - 5 + int64(rnd.Intn(50))})
	}
	return c
}

func randomEntity(rnd *rand.Rand, c oracleCase, i int) Entity {
	e := Entity{ID: fmt.Sprintf("e%d", i), MaxAge: time.Duration(1+rnd.Intn(20))*time.Second + time.Duration(rnd.Intn(2))*500*time.Millisecond, States: oracleStates}
	if rnd.Intn(3) == 0 {
		e.Since = c.from - 10 + int64(rnd.Intn(100))
	}
	if rnd.Intn(4) == 0 {
		e.Until = c.from + int64(rnd.Intn(200))
	}
	for range rnd.Intn(20) {
		s := Sample{At: c.from - 30 + int64(rnd.Intn(200)), Known: rnd.Intn(6) > 0}
		if c.target.Kind == KindState {
			s.Value = float64(1 + rnd.Intn(4)) // 4 has no name
		} else {
			s.Value = []float64{9.99, 10, 15, 20, 20.01}[rnd.Intn(5)]
		}
		e.Samples = append(e.Samples, s)
	}
	return e
}

// says is what one second of one entity is, by the words of the definition and
// not by its code: ' ' not in service, 'x' excluded, '-' not yet over, 'g', 'b'
// or 'u'.
func (c oracleCase) says(e Entity, second int64) byte {
	if second < e.Since || e.Until != 0 && second >= e.Until {
		return ' '
	}
	for _, x := range c.exclusions {
		if x.From <= second && second < x.To {
			return 'x'
		}
	}
	if second >= c.asOf {
		return '-'
	}
	var latest *Sample
	for i, s := range e.Samples {
		if s.Known && s.At <= second && (latest == nil || s.At >= latest.At) {
			latest = &e.Samples[i]
		}
	}
	maxAge := int64(e.MaxAge / time.Second)
	if c.target.MaxAge > 0 {
		maxAge = int64(c.target.MaxAge / time.Second)
	}
	if latest == nil || second-latest.At >= maxAge {
		return 'u'
	}
	v := latest.Value
	if c.target.Kind == KindRange {
		if v >= 10 && v <= 20 {
			return 'g'
		}
		return 'b'
	}
	return []byte{'g', 'b', 'u', 'u'}[int(v)-1]
}

// counts of the letters over the window, entities combined second by second.
func (c oracleCase) counts(entities []Entity) (n map[byte]int64) {
	n = map[byte]int64{}
	joint := c.target.Combine == Any || c.target.Combine == All
	for s := c.from; s < c.to; s++ {
		seen := map[byte]bool{}
		for _, e := range entities {
			w := c.says(e, s)
			seen[w] = true
			if !joint {
				n[w]++
			}
		}
		if !joint {
			continue
		}
		order := "bug-x "
		if c.target.Combine == All {
			order = "gub-x "
		}
		for _, w := range []byte(order) {
			if seen[w] {
				n[w]++
				break
			}
		}
	}
	return n
}

func (c oracleCase) check(got Result, entities []Entity) error {
	n := c.counts(entities)
	want := [5]int64{n['g'], n['b'], n['u'], n['x'], n['g'] + n['b'] + n['u']}
	if have := [5]int64{got.Good, got.Bad, got.Unknown, got.Excluded, got.Eligible}; have != want {
		return fmt.Errorf("good, bad, unknown, excluded, eligible = %v, want %v", have, want)
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
	if c.asOf >= c.to {
		if got.Verdict == Met && got.Exhausted || got.Verdict == Missed && !got.Exhausted {
			return fmt.Errorf("%s with exhausted %v", got.Verdict, got.Exhausted)
		}
	}
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
	top, bottom := g, e
	switch c.target.Policy {
	case PolicyExclude:
		bottom = g + b
	case PolicyGood:
		top = g + u
	}
	switch {
	case bottom == 0:
		return InsufficientData, "" // no SLI
	case big.NewRat(top, bottom).Cmp(goal) >= 0:
		return Met, ByPolicy
	}
	return Missed, ByPolicy
}

// 25,000 random cases against the second-by-second model.
func TestScoreAgainstEverySecond(t *testing.T) {
	rnd := rand.New(rand.NewSource(20261122))
	verdicts := map[string]int{}
	for i := range 25_000 {
		c := randomCase(rnd)
		got := scoreWindow(&c.target, c.from, c.to, c.asOf, c.entities, c.exclusions)
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
			t.Fatalf("case %d: %v\n%+v", i, err, c)
		}
		verdicts[string(got.Verdict)+string(got.Basis)]++
		shuffled := append([]Entity(nil), c.entities...)
		rnd.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
		if again := scoreWindow(&c.target, c.from, c.to, c.asOf, shuffled, c.exclusions); !reflect.DeepEqual(got, again) {
			t.Fatalf("case %d: another order of the entities, another result:\n%+v\n%+v", i, got, again)
		}
		if c.target.Combine == Each {
			checkWorst(t, i, c, got)
		}
	}
	for _, v := range []string{"metproven", "missedproven", "metby_policy", "missedby_policy", "insufficient_data", "not_applicable"} {
		if verdicts[v] < 100 {
			t.Errorf("only %d cases came to %s: the cases do not cover it", verdicts[v], v)
		}
	}
}

func checkWorst(t *testing.T, i int, c oracleCase, got Result) {
	t.Helper()
	var met, judged int
	for _, e := range c.entities {
		n := c.counts([]Entity{e})
		v, _ := c.verdict(n)
		if v == Met {
			met++
		}
		if v != NotApplicable {
			judged++
		}
		if v == Missed && got.Verdict != Missed {
			t.Fatalf("case %d: %s missed, the worst is %s with %s", i, e.ID, got.Entity, got.Verdict)
		}
	}
	if got.MetEntities != met || got.Entities != judged {
		t.Fatalf("case %d: %d of %d met, want %d of %d", i, got.MetEntities, got.Entities, met, judged)
	}
}

// Accounts say what Score says, over windows of days, at every stage, also when
// they are written down and taken up again in between.
func TestAccountsAgreeWithScore(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	for i := range 800 {
		c := randomCase(rnd)
		tg := &c.target
		tg.Window = Window{"1d", zone(t, "Asia/Tokyo")}
		begin := time.Date(2026, 11, 22, 14, 50, 0, 0, time.UTC).Unix() // ten minutes before a day begins
		accounts := make([]*Account, len(c.entities))
		for k := range c.entities {
			e := &c.entities[k]
			e.Samples, e.Since = nil, begin+int64(rnd.Intn(900))
			if e.Until != 0 {
				e.Until = e.Since + int64(rnd.Intn(2000))
			}
			accounts[k] = NewAccount(tg, *e, time.Unix(begin, 0))
		}
		now := begin
		for step := range 60 {
			now += int64(rnd.Intn(40))
			k := rnd.Intn(len(accounts))
			s := Sample{At: now - int64(rnd.Intn(3)), Value: float64(1 + rnd.Intn(30)), Known: rnd.Intn(5) > 0}
			if tg.Kind == KindState {
				s.Value = float64(1 + rnd.Intn(4))
			}
			if accounts[k].Add(s) {
				c.entities[k].Samples = append(c.entities[k].Samples, s)
			} else if s.At >= accounts[k].Last() {
				t.Fatalf("case %d step %d: a sample in order was refused", i, step)
			}
			if rnd.Intn(10) == 0 {
				accounts[k] = rewritten(t, accounts[k], tg, c.entities[k], now)
			}
			if step%5 != 0 {
				continue
			}
			asOf := time.Unix(now+int64(rnd.Intn(30)), 0)
			got, want := Summarize(tg, accounts, asOf), Score(tg, asOf, asOf, c.entities, nil)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("case %d step %d: account and score differ:\n%+v\n%+v", i, step, got, want)
			}
		}
	}
}

func rewritten(t *testing.T, a *Account, tg *Target, e Entity, now int64) *Account {
	t.Helper()
	data, err := a.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	e.Samples = nil
	b := NewAccount(tg, e, time.Unix(now, 0))
	if err := b.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return b
}
