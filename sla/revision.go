package sla

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// A Closing is what is kept of a window once it is over: its figures, and the
// digest of what they were made of. Who signs it makes it final; data that come
// later make another revision, and nothing is overwritten.
type Closing struct {
	Target     string       `json:"target"`
	Definition string       `json:"definition"` // digest of the target's definition
	From       int64        `json:"from"`
	To         int64        `json:"to"`
	AsOf       int64        `json:"as_of"`
	Revision   int          `json:"revision"` // 1, 2, …
	State      WindowState  `json:"state"`
	Digest     string       `json:"digest"`
	Zones      string       `json:"zones,omitempty"` // whose time zone rules were used
	Results    []Result     `json:"results"`         // the target's own first, then each entity's
	Difference []Difference `json:"difference,omitempty"`
	SignedBy   string       `json:"signed_by,omitempty"`
}

// A Difference is one figure that another revision has otherwise.
type Difference struct {
	Entity string `json:"entity"`
	Figure string `json:"figure"`
	Before int64  `json:"before"`
	Now    int64  `json:"now"`
}

// Close makes the closing of [from, to): revision 1, or the one after before.
func Close(t *Target, from, to, asOf time.Time, entities []Entity, exclusions []Exclusion, before *Closing) Closing {
	return t.closing(t.partsOf(from.Unix(), to.Unix(), asOf.Unix(), entities, exclusions), from.Unix(), to.Unix(), asOf.Unix(), exclusions, before)
}

// CloseAccounts is Close from accounts.
func CloseAccounts(t *Target, accounts []*Account, from, to, asOf time.Time, exclusions []Exclusion, before *Closing) Closing {
	return t.closing(partsOfAccounts(accounts, from.Unix(), to.Unix(), asOf.Unix(), exclusions), from.Unix(), to.Unix(), asOf.Unix(), exclusions, before)
}

func (t *Target) closing(parts []part, from, to, asOf int64, exclusions []Exclusion, before *Closing) Closing {
	c := Closing{Target: t.Name, Definition: t.Digest(), From: from, To: to, AsOf: asOf, Revision: 1, State: StateProvisional, Digest: t.inputs(parts, from, to, exclusions)}
	c.Results = append([]Result{t.combine(parts, from, to, asOf)}, t.eachOf(parts, from, to, asOf)...)
	if before != nil {
		c.Revision = before.Revision + 1
		c.Difference = differences(before.Results, c.Results)
	}
	for i := range c.Results {
		c.Results[i].Revision, c.Results[i].Digest = c.Revision, c.Digest
	}
	return c
}

// inputs is the digest of everything that the figures follow from.
func (t *Target) inputs(parts []part, from, to int64, exclusions []Exclusion) string {
	type entity struct {
		ID                 string
		Service, Good, Bad []Interval
		Sum                [9]int64
		Hist               histogram
	}
	var list []entity
	for _, p := range parts {
		y := p.sum
		if t.Kind.Unit() != UnitOccurrences && len(p.service) == 0 {
			continue // it came later, or was gone before
		}
		list = append(list, entity{p.id, p.service, p.good, p.bad,
			[9]int64{y.good, y.bad, y.unknown, y.excluded, y.pending, y.overdue, y.rejected, y.feed, y.dead}, p.hist})
	}
	var counted []Exclusion
	for i := range exclusions {
		x := exclusions[i]
		if x.Approved() && t.Allows(x.Kind) && x.From < to && (x.To == 0 || x.To > from) && (len(x.Targets) == 0 || x.concerns(t, "") || len(x.Entities) > 0) {
			counted = append(counted, x)
		}
	}
	Sort(counted)
	sum := sha256.Sum256([]byte(canonical(struct {
		Definition string
		From, To   int64
		Entities   []entity
		Exclusions []Exclusion
	}{t.Digest(), from, to, list, counted})))
	return hex.EncodeToString(sum[:])
}

// differences between two lists of results, by entity.
func differences(before, now []Result) []Difference {
	var out []Difference
	find := func(list []Result, r *Result, k int) *Result {
		for i := range list {
			if list[i].Entity == r.Entity && (i == 0) == (k == 0) {
				return &list[i]
			}
		}
		return &Result{Entity: r.Entity}
	}
	for k := range now {
		if k == 0 {
			continue // the entities' own lines say where it comes from
		}
		a, b := find(before, &now[k], k), &now[k]
		for _, f := range []struct {
			figure string
			a, b   int64
		}{{"good", a.Good, b.Good}, {"bad", a.Bad, b.Bad}, {"unknown", a.Unknown, b.Unknown}, {"excluded", a.Excluded, b.Excluded},
			{"value", a.ValueMicros, b.ValueMicros}, {"overdue", a.Overdue, b.Overdue}} {
			if f.a != f.b {
				out = append(out, Difference{b.Entity, f.figure, f.a, f.b})
			}
		}
	}
	return out
}

// Frozen reports whether an exclusion may still be approved for a window: not
// once that was signed.
func Frozen(closings []Closing, t *Target, x *Exclusion, asOf int64) bool {
	for i := range closings {
		c := &closings[i]
		to := x.To
		if to == 0 {
			to = max(asOf, x.From+1)
		}
		if c.State == StateFinal && c.Target == t.Name && x.From < c.To && to > c.From && t.Allows(x.Kind) {
			return true
		}
	}
	return false
}
