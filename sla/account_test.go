package sla

import (
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"
)

// Accounts say what Score says, over windows of days, at every stage: when they
// are written down and taken up again in between, when they go back because the
// clock was set back, when time is excluded late, and of the day before.
func TestAccountsAgreeWithScore(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	rewound, excluded := 0, 0
	for i := range 1500 {
		c := randomCase(rnd)
		tg := &c.target
		tg.Window = Window{Duration: "1d", Zone: zone(t, "Asia/Tokyo")}
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
		for k := range c.exclusions {
			x := &c.exclusions[k]
			shift := begin + int64(rnd.Intn(1200)) - x.From
			x.From, x.To, x.ProposedAt = x.From+shift, x.To+shift, x.ProposedAt+shift
		}
		known := []Exclusion(nil) // approved so far
		now := begin
		for step := range 60 {
			now += int64(rnd.Intn(40))
			k := rnd.Intn(len(accounts))
			s := randomSample(rnd, c, now-int64(rnd.Intn(3)))
			if !accounts[k].Add(s) {
				if !accounts[k].Rewind(s.At) {
					continue // before what is kept: neither knows it
				}
				rewound++
				replay(t, accounts[k], append(c.entities[k].Samples, s), s.At)
			}
			c.entities[k].Samples = append(c.entities[k].Samples, s)
			if rnd.Intn(10) == 0 {
				accounts[k] = rewritten(t, accounts[k], tg, c.entities[k], now)
			}
			if rnd.Intn(15) == 0 && len(known) < len(c.exclusions) {
				known = c.exclusions[:len(known)+1]
			}
			if step%5 != 0 {
				continue
			}
			asOf := time.Unix(now+int64(rnd.Intn(30)), 0)
			got, want := Summarize(tg, accounts, asOf, known), Score(tg, asOf, asOf, c.entities, known)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("case %d step %d: account and score differ:\n%+v\n%+v\n%+v", i, step, got, want, c)
			}
			if got.Excluded > 0 {
				excluded++
			}
			from, to := Bounds(tg.Window, asOf)
			if before, _ := Bounds(tg.Window, from.Add(-time.Second)); begin < from.Unix() {
				got, want := SummarizeSpan(tg, accounts, before, from, asOf, known), ScoreSpan(tg, before, from, asOf, c.entities, known)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("case %d step %d: of the day before, account and score differ:\n%+v\n%+v", i, step, got, want)
				}
			}
			_ = to
		}
	}
	if rewound < 500 || excluded < 500 {
		t.Errorf("only %d rewinds and %d results with exclusions: the cases do not cover them", rewound, excluded)
	}
}

// replay adds again what history holds from the last hold before at on.
func replay(t *testing.T, a *Account, samples []Sample, at int64) {
	t.Helper()
	list := ordered(slices.Clone(samples))
	for _, s := range list {
		if s.At >= at {
			continue
		}
		a.Recall(s)
	}
	for _, s := range list {
		if s.At >= at && !a.Add(s) {
			t.Fatalf("a sample in order was refused after a rewind: %+v", s)
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

// An account whose target is measured otherwise, or that was damaged, begins anew
// and says so.
func TestAccountsThatAreNotTakenUp(t *testing.T) {
	lo, hi := 18.0, 27.0
	tg := Target{Name: "t", Kind: KindRange, Range: &RangeIndicator{Metric: "m", Min: &lo}, Window: Window{Duration: "1d", Zone: time.UTC}}
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	e := Entity{ID: "e", Since: at.Unix(), MaxAge: time.Minute}
	a := NewAccount(&tg, e, at)
	a.Add(Sample{At: at.Unix(), Value: 20, Known: true})
	data, err := a.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	other := tg
	other.Range = &RangeIndicator{Metric: "m", Min: &lo, Max: &hi}
	stricter := tg
	stricter.TargetPPM = 999_000 // judged otherwise, measured alike
	for _, tt := range []struct {
		name string
		t    *Target
		data string
		want bool
	}{
		{"another range", &other, string(data), false},
		{"another objective", &stricter, string(data), true},
		{"reversed set", &tg, `{"definition":"` + a.definition() + `","inputs":[{"good":[{"from":5,"to":3}]}]}`, false},
		{"no JSON", &tg, `{`, false},
		{"input unknown", &tg, `{"definition":"` + a.definition() + `","inputs":[{"input":9}]}`, false},
	} {
		b := NewAccount(tt.t, e, at)
		if err := b.UnmarshalJSON([]byte(tt.data)); (err == nil) != tt.want {
			t.Errorf("%s: taken up %v, want %v (%v)", tt.name, err == nil, tt.want, err)
		}
	}
}
