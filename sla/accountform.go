package sla

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// accountForm is how an account is written down.
type accountForm struct {
	Definition string         `json:"definition"`
	Since      int64          `json:"since"`
	Until      int64          `json:"until,omitempty"`
	From       int64          `json:"from"`
	To         int64          `json:"to"`
	First      int64          `json:"first,omitempty"`
	Inputs     []inputForm    `json:"inputs"`
	Live       []Interval     `json:"live,omitempty"`
	LiveAt     int64          `json:"live_at,omitempty"`
	LiveTo     int64          `json:"live_to,omitempty"`
	Polled     bool           `json:"polled,omitempty"`
	Hist       histogram      `json:"hist,omitempty"`
	Gone       []closedValues `json:"gone,omitempty"`
	Last       int64          `json:"last"`
}

type inputForm struct {
	Input   Input      `json:"input"`
	Value   float64    `json:"value"`
	At      int64      `json:"at"`
	Settled int64      `json:"settled"`
	Has     bool       `json:"has"`
	Good    []Interval `json:"good,omitempty"`
	Bad     []Interval `json:"bad,omitempty"`
	Held    []Interval `json:"held,omitempty"`
}

// accountVersion changes where the sums of an account would mean something else.
const accountVersion = 2

// definition is everything that the sums depend on. It is the same for the whole
// life of an account, which is written down every minute.
func (a *Account) definition() string {
	if a.defined == "" {
		sum := sha256.New()
		fmt.Fprintf(sum, "%d %s %d %v %v", accountVersion, a.target.measure(), a.fold.maxAge, a.entity.States, a.valid.From)
		a.defined = hex.EncodeToString(sum.Sum(nil)[:12])
	}
	return a.defined
}

// MarshalJSON writes the account down.
func (a *Account) MarshalJSON() ([]byte, error) {
	f := a.fold
	form := accountForm{
		Definition: a.definition(), Since: a.entity.Since, Until: a.entity.Until, From: f.from, To: f.to, First: f.first,
		Live: f.live, LiveAt: f.liveAt, LiveTo: f.liveTo, Polled: f.polled, Hist: f.values(), Gone: a.gone, Last: a.Last(),
	}
	for i := range inputs {
		in := f.peek(i)
		if in == nil || !in.has && in.settled == 0 {
			continue
		}
		form.Inputs = append(form.Inputs, inputForm{i, in.sample.Value, in.sample.At, in.settled, in.has, in.good, in.bad, in.held})
	}
	return json.Marshal(form)
}

// UnmarshalJSON takes up what MarshalJSON wrote into an account that NewAccount
// made. It refuses, and leaves the account empty, where the target's indicator,
// window or the point's states are not the same any more. The earlier beginning
// of service wins.
func (a *Account) UnmarshalJSON(data []byte) error {
	var form accountForm
	if err := json.Unmarshal(data, &form); err != nil {
		return fmt.Errorf("read account of %s: %w", a.entity.ID, err)
	}
	if a.target == nil || form.Definition != a.definition() {
		return fmt.Errorf("read account of %s: it was kept under another definition of the target; it begins anew", a.entity.ID)
	}
	if err := form.check(); err != nil {
		return fmt.Errorf("read account of %s: %w; it begins anew", a.entity.ID, err)
	}
	a.entity.Since = min(a.entity.Since, form.Since)
	if a.entity.Until == 0 {
		a.entity.Until = form.Until
	}
	f := newFold(a.target, &a.entity)
	f.from, f.to, f.first, f.hist, f.fresh = form.From, form.To, form.First, form.Hist, nil
	f.live, f.liveAt, f.liveTo, f.polled = form.Live, form.LiveAt, form.LiveTo, form.Polled
	for _, i := range form.Inputs {
		in := f.input(i.Input)
		in.has, in.settled, in.good, in.bad, in.held = i.Has, i.Settled, i.Good, i.Bad, i.Held
		in.sample = Sample{At: i.At, Value: i.Value, Known: true, Input: i.Input}
		in.span = a.target.says(in.sample, f.maxAge, a.entity.States)
	}
	a.fold, a.gone = f, form.Gone
	a.recount()
	return nil
}

func (f *accountForm) check() error {
	sets := [][]Interval{f.Live}
	for _, i := range f.Inputs {
		if i.Input >= inputs {
			return fmt.Errorf("its input %d is not known", i.Input)
		}
		sets = append(sets, i.Good, i.Bad, i.Held)
	}
	for _, set := range sets {
		for i, x := range set {
			if x.From >= x.To || i > 0 && x.From < set[i-1].To {
				return fmt.Errorf("its sets are impossible")
			}
		}
	}
	if f.From > f.To {
		return fmt.Errorf("its window is impossible")
	}
	return nil
}
