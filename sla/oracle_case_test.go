package sla

import (
	"fmt"
	"math/rand"
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
