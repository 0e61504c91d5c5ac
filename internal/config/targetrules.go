package config

import (
	"fmt"
	"slices"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// missingData reads what unknown time counts as, with the defaults of the kind.
func (l *loader) missingData(s *specYAML, t *sla.Target) {
	y := &s.MissingData
	def, unknown := "bad", int64(5_000)
	if t.Kind == sla.KindRange || t.Kind == sla.KindRatioValue {
		def, unknown = "exclude", 20_000
	}
	t.Policy = sla.Policy(pick(y.Policy.V, def))
	l.oneOf(y.Policy, string(t.Policy), "policy", policies)
	if t.Policy == sla.PolicyGood && !l.alone {
		l.add(y.Policy.Place, "policy good is for sources with a heartbeat only; a poll that brings nothing proves nothing", "write bad or exclude")
	}
	if y.Has("maxAge") && (y.MaxAge < time.Second || !t.OfPoints()) {
		l.add(y.At("maxAge"), fmt.Sprintf("maxAge %v means nothing for a target of kind %s", y.MaxAge, t.Kind), "leave it out")
	}
	t.MaxUnknownPPM = unknown
	if y.MaxUnknown.Raw != "" {
		ppm, err := y.MaxUnknown.Millionths()
		if err != nil || ppm > 1_000_000 {
			l.add(y.MaxUnknown.Place, fmt.Sprintf("maxUnknown %s is no share from 0 to 1 of at most six decimals", y.MaxUnknown.Raw), "for example 0.005")
		}
		t.MaxUnknownPPM = ppm
	}
	t.MaxAge = y.MaxAge
	m, ok := facility.LookupMetric(targetMetric(t))
	if ok && !l.alone && y.Has("maxAge") && y.MaxAge < l.interval(m.Class) {
		l.add(y.At("maxAge"), fmt.Sprintf("maxAge %v is shorter than one poll of %s, %v", y.MaxAge, m.Name, l.interval(m.Class)), "leave it out: 2.5 polls are the default")
	}
}

// window reads the calendar window; exactly one.
func (l *loader) window(s *specYAML, t *sla.Target) {
	t.Window = sla.Window{Duration: "1M", Zone: l.site.Facility.Zone}
	if len(s.TimeWindow) != 1 {
		if s.Has("timeWindow") || len(s.TimeWindow) > 1 {
			l.add(s.At("timeWindow"), fmt.Sprintf("a target has exactly one window, not %d", len(s.TimeWindow)), "for example timeWindow: [{duration: 1M}]")
		} else {
			l.add(s.Node.Place(), "spec.timeWindow is missing", "for example timeWindow: [{duration: 1M}]")
		}
		return
	}
	w := &s.TimeWindow[0]
	d := w.Duration.V
	if !slices.Contains(durations, d) {
		l.add(w.At("duration"), fmt.Sprintf("window duration %q is not known", d), strict.Suggest(d, durations))
		return
	}
	t.Window.Duration = d
	if w.IsRolling {
		l.add(w.At("isRolling"), "rolling windows are not offered", "calendar windows can be reported and signed; remove isRolling")
	}
	if z := w.Calendar.TimeZone; z.V != "" {
		if zone, ok := l.zone(z); ok {
			t.Window.Zone = zone
		}
	}
	if d == "shift" {
		for _, sh := range l.site.Shifts {
			t.Window.Shifts = append(t.Window.Shifts, sh.Start)
		}
	}
	at := w.At("duration")
	if st := w.Calendar.StartTime; st.V != "" {
		phase, err := time.Parse(time.DateTime, st.V)
		if err != nil {
			l.add(st.Place, fmt.Sprintf("startTime %q: want local date and time without a zone", st.V), `for example startTime: "2026-04-01 00:00:00"`)
			return
		}
		t.Window.Phase, at = phase, st.Place
	}
	if t.Window.Zone == nil {
		return // said of site.yaml already
	}
	if err := t.Window.Check(); err != nil {
		l.add(at, err.Error(), "")
	}
}

// method checks that the budget is counted in what the kind counts.
func (l *loader) method(s *specYAML, t *sla.Target) {
	m, want := s.BudgetingMethod, "Seconds"
	switch t.Kind.Unit() {
	case sla.UnitOccurrences:
		want = "Occurrences"
	case sla.UnitValue:
		if m.V != "" {
			l.add(m.Place, "a number has no budget", "remove budgetingMethod")
		}
		return
	}
	if m.V != "" && m.V != want {
		l.add(m.Place, fmt.Sprintf("budgetingMethod %q does not fit a target of kind %s", m.V, t.Kind), "write "+want)
	}
}

// settle reads how long a window stays open after its end: 24 h, shift and day
// not at all. A latency that can be pending longer could never be closed.
func (l *loader) settle(s *specYAML, t *sla.Target) {
	l.method(s, t)
	t.Settle = 24 * time.Hour
	if t.Window.Duration == "shift" || t.Window.Duration == "1d" {
		t.Settle = 0
	}
	if s.Has("settle") {
		t.Settle = s.Settle
		if t.Settle > t.Window.Shortest() {
			l.add(s.At("settle"), fmt.Sprintf("settle %v is longer than the window", t.Settle), "write at most the window's length")
		}
	}
	if t.Latency != nil && t.Latency.Within > t.Settle && t.Latency.Within > 0 {
		l.add(s.Indicator.Latency.At("within"), fmt.Sprintf("within %v is longer than the settle time of %v: an occurrence could be pending after the window is closed", t.Latency.Within, t.Settle), "use a longer window, set settle, or use kind: due")
	}
	if s.Effective.V == "" || t.Window.Zone == nil {
		return
	}
	at, err := time.ParseInLocation(time.DateTime, s.Effective.V, t.Window.Zone)
	if err != nil {
		l.add(s.Effective.Place, fmt.Sprintf("effective %q: want local date and time", s.Effective.V), `for example effective: "2026-11-16 00:00:00"; left out, an edit counts from the next window`)
		return
	}
	t.Effective = at.Unix()
}

// exclusions checks what may be left out of the account.
func (l *loader) exclusions(s *specYAML, t *sla.Target) {
	y := &s.Exclusions
	never := t.LifeSafety() || t.ZeroBudget() || t.Kind == sla.KindRatioValue
	t.Exclude = sla.ExclusionRules{Maintenance: !never && pick(y.Maintenance.V, "approved") == "approved",
		Customer: y.Customer.V == "approved", ForceMajeure: y.ForceMajeure.V == "approved", MinNotice: y.MinNotice, CapPerWindow: y.CapPerWindow}
	for _, e := range []struct {
		s   strict.Str
		key string
	}{{y.Maintenance, "maintenance"}, {y.Customer, "customer"}, {y.ForceMajeure, "forceMajeure"}} {
		if e.s.V == "" {
			continue
		}
		l.oneOf(e.s, e.s.V, "exclusions."+e.key, []string{"approved", "never"})
		switch {
		case e.s.V != "approved":
		case t.LifeSafety():
			l.add(e.s.Place, fmt.Sprintf("exclusions.%s: nothing is left out of a fire target", e.key), "write never")
		case t.Kind == sla.KindRatioValue:
			l.add(e.s.Place, fmt.Sprintf("exclusions.%s: nothing is left out of a number", e.key), "write never")
		case t.ZeroBudget():
			l.add(e.s.Place, fmt.Sprintf("exclusions.%s: nothing is left out of a target of 100 %%", e.key), "write never")
		}
	}
}

// alerting checks burn tiers: notices that a budget is going.
func (l *loader) alerting(s *specYAML, t *sla.Target) {
	poll := time.Duration(0)
	if m, ok := facility.LookupMetric(targetMetric(t)); ok {
		poll = l.interval(m.Class)
	} else if t.OfPoints() {
		poll = l.interval(facility.Normal)
	}
	for i := range s.Alerting {
		y := &s.Alerting[i]
		l.oneOf(y.Severity, y.Severity.V, "severity", []string{"ticket", "page"})
		tier := sla.Tier{Severity: y.Severity.V, Long: y.LongWindow, Short: y.ShortWindow}
		percent, err := y.BudgetPercent.Millionths()
		if y.BudgetPercent.Raw == "" || err != nil {
			l.add(y.At("budgetPercent"), fmt.Sprintf("budgetPercent %s is no share of the budget", y.BudgetPercent.Raw), "for example 10")
			continue
		}
		tier.BudgetPPM = percent / 100
		if t.Window.Zone == nil || t.Window.Check() != nil {
			continue
		}
		if err := t.CheckTier(tier, poll); err != nil {
			l.add(y.At("budgetPercent"), err.Error(), "docs/targets.md says which tiers fit which target")
		}
		t.Tiers = append(t.Tiers, tier)
	}
}

// report reads where the target stands in reports.
func (l *loader) report(s *specYAML, t *sla.Target) {
	y := &s.Report
	if y.Section.V == "" {
		l.add(y.Node.Place().Or(s.Node.Place()), "report.section is missing", strict.Suggest("", sections))
		return
	}
	l.oneOf(y.Section, y.Section.V, "report.section", sections)
	t.Section = y.Section.V
	for _, a := range y.Audience {
		l.oneOf(a, a.V, "audience", audiences)
	}
	t.Decimals, t.MinCount = y.Decimals, int64(y.MinCount)
	for _, a := range y.Audience {
		t.Audience = append(t.Audience, a.V)
	}
	if y.MinCount < 0 || y.MinCount > 0 && t.Kind.Unit() != sla.UnitOccurrences && t.Kind != "" {
		l.add(y.At("minCount"), "minCount is for targets that count occurrences", "remove it")
	}
	if y.Decimals < 0 || y.Decimals > 6 {
		l.add(y.At("decimals"), fmt.Sprintf("decimals %d is out of range", y.Decimals), "write 0 to 6")
	}
}
