package sla

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// measure is everything that the seconds of an account depend on: indicator,
// window and hold, without objective, policy and exclusions, which are applied
// to the sets.
func (t *Target) measure() string {
	return canonical(struct {
		Kind                                                                      Kind
		State, Range, Redundancy, Freshness, Coverage, RatioValue, Window, MaxAge any
	}{t.Kind, t.State, t.Range, t.Redundancy, t.Freshness, t.Coverage, t.RatioValue, t.Window.form(), t.MaxAge})
}

// Digest names a target's definition: two that judge alike have the same.
// Names, descriptions and the place in reports are no part of it.
func (t *Target) Digest() string {
	sum := sha256.Sum256([]byte(t.measure() + canonical(struct {
		Name, Select, Combine, Latency, Count, Zero, Due, PPM, Policy, MaxUnknown, Exclude, Tiers, Settle, MinCount, Fire any
	}{t.Name, t.Select.String(), t.Combine, t.Latency, t.Count, t.Zero, t.Due, t.TargetPPM, t.Policy, t.MaxUnknownPPM,
		t.Exclude, t.Tiers, t.Settle, t.MinCount, t.LifeSafety()})))
	return hex.EncodeToString(sum[:])
}

func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sla: %v", err)) // only our own types come here
	}
	return string(b)
}

// windowForm is how a window is written down.
type windowForm struct {
	Duration string          `json:"duration"`
	Zone     string          `json:"zone"`
	Phase    time.Time       `json:"phase"`
	Shifts   []time.Duration `json:"shifts,omitempty"`
}

func (w Window) form() windowForm {
	f := windowForm{Duration: w.Duration, Phase: w.Phase, Shifts: w.Shifts}
	if w.Zone != nil {
		f.Zone = w.Zone.String()
	}
	return f
}

// MarshalJSON writes a window with the name of its zone.
func (w Window) MarshalJSON() ([]byte, error) { return json.Marshal(w.form()) }

// UnmarshalJSON reads it; the zone must be known here.
func (w *Window) UnmarshalJSON(b []byte) error {
	var f windowForm
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		return fmt.Errorf("window: %w", err)
	}
	*w = Window{f.Duration, zone, f.Phase, f.Shifts}
	return nil
}

// A Version is one definition of a target and since when it counts.
type Version struct {
	Revision int     `json:"revision"`
	From     int64   `json:"from"` // Unix seconds; the first is valid from always
	Target   *Target `json:"target"`
}

// A Slice is the part of a window in which one definition counted.
type Slice struct {
	Version
	Valid    Interval // of the definition; To 0: until further notice
	From, To int64
	Split    bool // the window has several parts
}

// Slices returns the parts of the window that contains at, by the definitions
// that were valid in it, in the order of time. Each definition's own window
// counts: an edit that changes the window itself ends the old one early.
func Slices(versions []Version, at time.Time) []Slice {
	list := slices.Clone(versions)
	slices.SortStableFunc(list, func(a, b Version) int { return int(min(1, max(-1, a.From-b.From))) })
	current := 0
	for i, v := range list {
		if v.From <= at.Unix() {
			current = i
		}
	}
	if len(list) == 0 {
		return nil
	}
	from, to := Bounds(list[current].Target.Window, at)
	var out []Slice
	for i, v := range list {
		valid := Interval{From: v.From}
		if i == 0 {
			valid.From = 0
		}
		if i+1 < len(list) {
			valid.To = list[i+1].From
		}
		s := Slice{Version: v, Valid: valid, From: max(from.Unix(), valid.From), To: to.Unix()}
		if valid.To != 0 {
			s.To = min(s.To, valid.To)
		}
		if s.From < s.To {
			out = append(out, s)
		}
	}
	for i := range out {
		out[i].Split = len(out) > 1
	}
	return out
}

// EffectiveFrom is when a new definition begins to count: at the next beginning
// of a window of the one before, unless it names an instant itself.
func EffectiveFrom(before, now *Target, at time.Time) int64 {
	if now.Effective != 0 {
		return now.Effective
	}
	_, to := Bounds(before.Window, at)
	return to.Unix()
}
