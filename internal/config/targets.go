package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// Words of a target's definition (targets.md section 5, reports.md section 3).
var (
	targetKinds = []string{"state", "range"}
	laterKinds  = []string{"redundancy", "freshness", "coverage", "latency", "count", "zero", "due", "ratio-value"}
	combines    = []string{"pooled", "each", "any", "all"}
	policies    = []string{"bad", "exclude", "good", "hold"}
	sections    = []string{"power", "environment", "fire", "physical", "disposal", "preservation", "continuity", "incident",
		"notice", "capacity", "security", "access", "duty", "training", "drill"}
	audiences = []string{"shift", "manager", "customer", "audit"}
	durations = []string{"1d", "1M"}
	laterDurs = []string{"shift", "1w", "1Q", "1Y"}
)

// loadTargets reads the builtin targets and targets/*.yaml. One of the site
// replaces the builtin one with the same name.
func (l *loader) loadTargets() {
	all := map[string]sla.Target{}
	builtin := map[string]targetYAML{}
	for _, doc := range l.builtinDocuments("targets") {
		var y targetYAML
		if t, ok := l.target(doc, &y, true); ok {
			all[t.Name], builtin[t.Name] = t, y
		}
	}
	own := map[string]strict.Place{}
	for _, file := range l.yamlFiles("targets") {
		for _, doc := range l.documents(file) {
			y, ok := l.baseTarget(doc, builtin)
			if !ok {
				continue
			}
			t, ok := l.target(doc, &y, false)
			if !ok {
				continue
			}
			at := strict.Place{File: t.File, Line: t.Line}
			if first, twice := own[t.Name]; twice && t.Name != "" {
				l.add(doc.Find("metadata", "name"), fmt.Sprintf("target name %q is used twice", t.Name), fmt.Sprintf("it stands at %s:%d already; choose another", first.File, first.Line))
				continue
			}
			own[t.Name], all[t.Name] = at, t
		}
	}
	for _, t := range all {
		l.site.Targets = append(l.site.Targets, t)
	}
	slices.SortFunc(l.site.Targets, func(a, b sla.Target) int { return cmp.Compare(a.Name, b.Name) })
}

var targetName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// baseTarget is what a target starts from: nothing, or the builtin one that it
// tunes; false where that does not exist.
func (l *loader) baseTarget(doc strict.Document, builtin map[string]targetYAML) (targetYAML, bool) {
	base, name := doc.Peek("base"), doc.Peek("metadata", "name")
	if base == "" {
		return targetYAML{}, true
	}
	y, ok := builtin[name]
	switch {
	case base != "builtin":
		l.add(doc.Find("base"), fmt.Sprintf("base %q is not known", base), "write base: builtin, or leave it out")
		return y, false
	case !ok:
		l.add(doc.Find("metadata", "name"), fmt.Sprintf("there is no builtin target %q to start from", name), strict.Suggest(name, slices.Sorted(maps.Keys(builtin))))
	}
	return y, ok
}

// target reads one document over y and checks it; false where nothing can be made
// of it.
func (l *loader) target(doc strict.Document, y *targetYAML, builtin bool) (sla.Target, bool) {
	if !doc.Into(y) {
		return sla.Target{}, false
	}
	m, s := &y.Metadata, &y.Spec
	t := sla.Target{Name: m.Name.V, Labels: m.Labels, Service: s.Service.V, Owner: s.Owner.V, Source: s.Source.V,
		File: doc.Place().File, Line: doc.Place().Line}
	if y.APIVersion.V != "nezuban/v1" {
		l.add(y.At("apiVersion"), fmt.Sprintf("apiVersion %q is not known", y.APIVersion.V), "write apiVersion: nezuban/v1")
	}
	if y.Kind.V != "Target" {
		l.add(y.At("kind"), fmt.Sprintf("kind %q is not known", y.Kind.V), "write kind: Target")
	}
	switch {
	case t.Name == "":
		l.add(m.Node.Place().Or(y.Node.Place()), "metadata.name is missing", "give the target a name that is never used again, for example ups-on-line")
	case !targetName.MatchString(t.Name):
		l.add(m.Name.Place, fmt.Sprintf("target name %q: want lower-case letters, digits and '-', at most 63", t.Name), "")
	}
	t.DisplayName = facility.Text{En: t.Name, Ja: t.Name}
	if m.Has("displayName") {
		t.DisplayName = l.text(&m.DisplayName, "displayName")
	}
	if s.Has("description") {
		t.Description = l.text(&s.Description, "description")
	}
	if t.Owner == "" {
		l.add(s.Node.Place().Or(y.Node.Place()), "spec.owner is missing: a target without somebody who answers for it is a wish", "for example owner: facility-lead")
	}
	l.objective(s, &t)
	if l.indicator(s, &t) {
		l.scope(s, &t, builtin)
		l.missingData(s, &t)
	}
	l.window(s, &t)
	l.exclusions(s, &t)
	l.alerting(s, &t)
	l.report(s, &t)
	return t, true
}

// objective reads the promised share; exactly one.
func (l *loader) objective(s *specYAML, t *sla.Target) {
	if len(s.Objectives) != 1 {
		l.add(s.At("objectives"), fmt.Sprintf("a target has exactly one objective, not %d", len(s.Objectives)), "for example objectives: [{target: 0.995}]")
		return
	}
	o := &s.Objectives[0]
	if o.Target.Raw == "" {
		if !o.Has("target") {
			l.add(o.Node.Place(), "the objective has no target", "for example target: 0.995")
		}
		return
	}
	ppm, err := o.Target.Millionths()
	switch {
	case err != nil:
		l.add(o.Target.Place, "target: "+err.Error(), "")
	case ppm > 1_000_000:
		l.add(o.Target.Place, fmt.Sprintf("target %s is more than everything", o.Target.Raw), "write a share from 0 to 1: 99.5 % is 0.995")
	}
	t.TargetPPM = ppm
}

// scope reads what is picked; the indicator's metric is added to the selector.
func (l *loader) scope(s *specYAML, t *sla.Target, builtin bool) {
	y := &s.Scope
	t.Combine = sla.Combine(pick(y.Combine.V, "pooled"))
	l.oneOf(y.Combine, string(t.Combine), "combine", combines)
	if y.Select.V == "" {
		l.add(y.Node.Place().Or(s.Node.Place()), "scope.select is missing", `for example scope: {select: "kind=ups", combine: each}`)
		return
	}
	sel := l.selection(y.Select)
	metric := targetMetric(t)
	if sel.ok && sel.metric != "" && sel.metric != metric {
		l.add(y.Select.Place, fmt.Sprintf("the selector picks %s, the indicator measures %s", sel.metric, metric), "")
		sel.ok = false
	}
	t.Select = sel.Selector
	if sel.metric == "" {
		if with, err := facility.ParseSelector(strings.TrimSpace(y.Select.V) + ", metric=" + metric); err == nil {
			t.Select = with
		}
		sel.metric = metric
	}
	if sel.ok && !builtin && !l.matchesAny(sel) {
		l.add(y.Select.Place, fmt.Sprintf("the selector of target %s matches no device: a promise about nothing is not kept", t.Name), "correct the selector or the inventory")
	}
}

// missingData reads what unknown time counts as, with the defaults of the kind.
func (l *loader) missingData(s *specYAML, t *sla.Target) {
	y := &s.MissingData
	def, unknown := "bad", int64(5_000)
	if t.Kind == sla.KindRange {
		def, unknown = "exclude", 20_000
	}
	t.Policy = sla.Policy(pick(y.Policy.V, def))
	l.oneOf(y.Policy, string(t.Policy), "policy", policies)
	if t.Policy == sla.PolicyGood {
		l.add(y.Policy.Place, "policy good is for sources with a heartbeat only; a poll that brings nothing proves nothing", "write bad or exclude")
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
	if ok && y.Has("maxAge") && y.MaxAge < l.interval(m.Class) {
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
	switch d := w.Duration.V; {
	case slices.Contains(durations, d):
		t.Window.Duration = d
	case slices.Contains(laterDurs, d):
		l.add(w.Duration.Place, fmt.Sprintf("windows of %s are not computed yet", d), "this version knows 1d and 1M")
	default:
		l.add(w.At("duration"), fmt.Sprintf("window duration %q is not known", d), strict.Suggest(d, append(slices.Clone(durations), laterDurs...)))
	}
	if w.IsRolling {
		l.add(w.At("isRolling"), "rolling windows are not offered", "calendar windows can be reported and signed; remove isRolling")
	}
	if z := w.Calendar.TimeZone; z.V != "" {
		if zone, ok := l.zone(z); ok {
			t.Window.Zone = zone
		}
	}
	if st := w.Calendar.StartTime; st.V != "" {
		at, err := time.Parse(time.DateTime, st.V)
		switch {
		case err != nil:
			l.add(st.Place, fmt.Sprintf("startTime %q: want local date and time without a zone", st.V), `for example startTime: "2026-04-01 00:00:00"`)
		case at.Hour() != 0 || at.Minute() != 0 || at.Second() != 0 || t.Window.Duration == "1M" && at.Day() != 1:
			l.add(st.Place, fmt.Sprintf("a window of %s cannot begin at %s", t.Window.Duration, st.V), "begin at midnight, a month on its first day")
		}
	}
	if s.BudgetingMethod.V != "" && s.BudgetingMethod.V != "Seconds" {
		l.add(s.BudgetingMethod.Place, fmt.Sprintf("budgetingMethod %q does not fit a target that counts seconds", s.BudgetingMethod.V), "write Seconds")
	}
}

// exclusions checks what may be left out of the account.
func (l *loader) exclusions(s *specYAML, t *sla.Target) {
	y := &s.Exclusions
	for _, e := range []struct {
		s   strict.Str
		key string
	}{{y.Maintenance, "maintenance"}, {y.Customer, "customer"}, {y.ForceMajeure, "forceMajeure"}} {
		if e.s.V == "" {
			continue
		}
		l.oneOf(e.s, e.s.V, "exclusions."+e.key, []string{"approved", "never"})
		if e.s.V == "approved" && s.Report.Section.V == "fire" {
			l.add(e.s.Place, fmt.Sprintf("exclusions.%s: nothing is left out of a fire target", e.key), "write never")
		}
		if e.s.V == "approved" && t.TargetPPM == 1_000_000 {
			l.add(e.s.Place, fmt.Sprintf("exclusions.%s: nothing is left out of a target of 100 %%", e.key), "write never")
		}
	}
}

// alerting checks burn tiers. They are notices that a budget is going; this
// version computes budgets and sends no notices yet.
func (l *loader) alerting(s *specYAML, t *sla.Target) {
	if len(s.Alerting) == 0 {
		return
	}
	if t.TargetPPM == 1_000_000 {
		l.add(s.Key("alerting"), "a target of 100 % has no budget that could burn", "remove alerting; any bad second is a breach")
		return
	}
	m, _ := facility.LookupMetric(targetMetric(t))
	shortest := int64(24 * 3600)
	if t.Window.Duration == "1M" {
		shortest *= 28
	}
	for i := range s.Alerting {
		y := &s.Alerting[i]
		l.oneOf(y.Severity, y.Severity.V, "severity", []string{"ticket", "page"})
		if y.BudgetPercent <= 0 || y.BudgetPercent > 100 {
			l.add(y.At("budgetPercent"), fmt.Sprintf("budgetPercent %g is no share of the budget", y.BudgetPercent), "for example 10")
			continue
		}
		if y.ShortWindow <= 0 || y.LongWindow <= y.ShortWindow {
			l.add(y.At("longWindow"), "longWindow must be longer than shortWindow, and both given", "for example longWindow: 1d, shortWindow: 2h")
		}
		part := float64(shortest) * float64(1_000_000-t.TargetPPM) / 1e6 * y.BudgetPercent / 100
		if poll := l.interval(m.Class); m.Name != "" && part < 2*poll.Seconds() {
			l.add(y.At("budgetPercent"), fmt.Sprintf("%g %% of the budget are %.1f s, less than two polls of %v: one bad sample would send a notice", y.BudgetPercent, part, poll), "raise budgetPercent")
		}
	}
	l.warn(s.Key("alerting"), "notices about budgets are not sent yet; the budget itself is computed", "")
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
	if y.Decimals < 0 || y.Decimals > 6 {
		l.add(y.At("decimals"), fmt.Sprintf("decimals %d is out of range", y.Decimals), "write 0 to 6")
	}
}
