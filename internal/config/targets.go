package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// Words of a target's definition (targets.md section 5, reports.md section 3).
var (
	targetKinds = []string{"state", "redundancy", "range", "freshness", "coverage", "latency", "count", "zero", "due", "ratio-value"}
	combines    = []string{"pooled", "each", "any", "all"}
	policies    = []string{"bad", "exclude", "good", "hold"}
	sections    = []string{"power", "environment", "fire", "physical", "disposal", "preservation", "continuity", "incident",
		"notice", "capacity", "security", "access", "duty", "training", "drill"}
	audiences = []string{"shift", "manager", "customer", "audit"}
	durations = sla.Durations
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
			if l.otherDocument(doc) {
				continue
			}
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
	l.checkEntities()
}

var eventName = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$`)

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
	l.window(s, &t)
	known := l.indicator(s, &t)
	l.report(s, &t)
	l.objective(s, &t)
	if known {
		l.scope(s, &t, builtin)
		l.missingData(s, &t)
		l.settle(s, &t)
		l.alerting(s, &t)
	}
	l.exclusions(s, &t)
	return t, true
}

// objective reads the promised share; exactly one. A zero target promises
// everything by its nature, and a number has none.
func (l *loader) objective(s *specYAML, t *sla.Target) {
	if (t.Kind == sla.KindZero || t.Kind == sla.KindRatioValue) && len(s.Objectives) == 0 {
		if t.Kind == sla.KindZero {
			t.TargetPPM = 1_000_000
		}
		return
	}
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
	if t.Kind == sla.KindZero && err == nil && ppm != 1_000_000 {
		l.add(o.Target.Place, "a zero target allows no event at all", "write target: 1.0, or use kind: count")
	}
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
	if !t.OfPoints() {
		l.eventScope(y, t, builtin)
		return
	}
	if l.alone {
		l.aloneScope(y, t)
		return
	}
	sel := l.selection(y.Select)
	metric := targetMetric(t)
	if sel.ok && metric != "" && sel.metric != "" && sel.metric != metric {
		l.add(y.Select.Place, fmt.Sprintf("the selector picks %s, the indicator measures %s", sel.metric, metric), "")
		sel.ok = false
	}
	t.Select = sel.Selector
	if sel.metric == "" && metric != "" {
		if with, err := facility.ParseSelector(strings.TrimSpace(y.Select.V) + ", metric=" + metric); err == nil {
			t.Select = with
		}
		sel.metric = metric
	}
	if sel.ok && !builtin && !l.matchesAny(sel) {
		l.add(y.Select.Place, fmt.Sprintf("the selector of target %s matches no device: a promise about nothing is not kept", t.Name), "correct the selector or the inventory")
	}
}

// aloneScope takes any selector that can be read: there is no inventory.
func (l *loader) aloneScope(y *scopeYAML, t *sla.Target) {
	sel, err := facility.ParseSelector(y.Select.V)
	if err != nil {
		l.add(y.Select.Place, err.Error(), "")
	}
	t.Select = sel
}

// eventScope is the scope of a target of events or obligations: attributes of
// these, which only their source knows.
func (l *loader) eventScope(y *scopeYAML, t *sla.Target, builtin bool) {
	sel, err := facility.ParseSelector(y.Select.V)
	if err != nil {
		l.add(y.Select.Place, err.Error(), "")
	}
	t.Select = sel
	if t.Combine == sla.Any || t.Combine == sla.All {
		l.add(y.Combine.Place, fmt.Sprintf("combine %s joins seconds; %s counts occurrences", t.Combine, t.Kind), "write pooled or each")
	}
	l.needEntities(y.Select, t, builtin)
}
