package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"nezuban/collectors"
	"nezuban/internal/alarm"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// definition is a rule with the places of its file.
type definition struct {
	y    ruleYAML
	sel  selection
	rule *alarm.Rule
}

// loadRules reads the builtin definitions and alarms/*.yaml. One of the site
// replaces the builtin one with the same id.
func (l *loader) loadRules() {
	all := map[string]*definition{}
	builtin := map[string]ruleYAML{}
	for _, doc := range l.builtinDocuments("alarms") {
		y := ruleYAML{}
		if d := l.definition(doc, y, true); d != nil {
			if _, twice := all[d.rule.ID]; twice {
				l.add(d.y.ID.Place, fmt.Sprintf("definition %s stands twice", d.rule.ID), "")
			}
			all[d.rule.ID], builtin[d.rule.ID] = d, d.y
		}
	}
	own := map[string]*definition{}
	for _, file := range l.yamlFiles("alarms") {
		for _, doc := range l.documents(file) {
			y, ok := l.base(doc, builtin)
			if !ok {
				continue
			}
			d := l.definition(doc, y, false)
			if d == nil {
				continue
			}
			if first, twice := own[d.rule.ID]; twice {
				l.add(d.y.ID.Place, fmt.Sprintf("definition id %q is used twice", d.rule.ID),
					fmt.Sprintf("it stands at %s:%d already; choose another", first.y.ID.File, first.y.ID.Line))
				continue
			}
			own[d.rule.ID], all[d.rule.ID] = d, d
		}
	}
	l.sameCondition(own, all)
	l.idle(all, own)
	l.parents(all)
	l.distribution(own)
	l.definitions = all
	for _, d := range all {
		l.site.Rules = append(l.site.Rules, d.rule)
	}
	slices.SortFunc(l.site.Rules, func(a, b *alarm.Rule) int { return cmp.Compare(a.ID, b.ID) })
}

// base is what a definition starts from: nothing, or the builtin one that it
// tunes; false where that does not exist.
func (l *loader) base(doc strict.Document, builtin map[string]ruleYAML) (ruleYAML, bool) {
	base, id := doc.Peek("base"), doc.Peek("id")
	if base == "" {
		return ruleYAML{}, true
	}
	y, ok := builtin[id]
	switch {
	case base != "builtin":
		l.add(doc.Find("base"), fmt.Sprintf("base %q is not known", base), "write base: builtin, or leave it out")
		return y, false
	case !ok:
		l.add(doc.Find("id"), fmt.Sprintf("there is no builtin definition %q to start from", id), strict.Suggest(id, slices.Sorted(maps.Keys(builtin))))
	}
	return y, ok
}

// definition reads one document over y and checks it.
func (l *loader) definition(doc strict.Document, y ruleYAML, builtin bool) *definition {
	baseRevision := y.Revision
	if !doc.Into(&y) {
		return nil
	}
	d := &definition{y: y}
	if y.Select.V == "" {
		l.add(y.Node.Place(), "select is missing: nothing says which points the definition is for", `for example select: "kind=ups, metric=ups_output_source"`)
	} else {
		d.sel = l.selection(y.Select)
	}
	d.rule = y.rule(d.sel.Selector)
	d.rule.File, d.rule.Line = doc.Place().File, doc.Place().Line
	if y.ID.V != "" && !ruleID.MatchString(y.ID.V) {
		l.add(y.ID.Place, fmt.Sprintf("definition id %q: want capital letters, digits and '-', at most 48", y.ID.V), "for example CRAC-SUPPLY-HIGH")
	}
	if y.Base.V == "builtin" && baseRevision > 0 && y.Revision <= baseRevision {
		l.add(y.Base.Place, fmt.Sprintf("a tuned definition is a new revision: the builtin one has %d", baseRevision), fmt.Sprintf("add revision: %d", baseRevision+1))
	}
	if y.Has("priority") {
		l.add(y.Key("priority"), "a priority is never typed", "it follows from consequence_severity and time_to_respond")
	}
	l.expression(d)
	l.typed(d)
	l.metricFits(d)
	l.ranged(d)
	l.undelayed(d)
	if !builtin {
		l.reviewed(d)
		l.shortDelays(d)
	}
	return d
}

var ruleID = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,47}$`)

// typed reports what the alarm package finds wrong with the rule by itself, each
// at the key it speaks of.
func (l *loader) typed(d *definition) {
	y := &d.y
	for _, what := range d.rule.Validate() {
		if !knownType(y.Type.V) && strings.Contains(what, "rules of type") {
			continue // one mistake about the type is enough
		}
		l.add(y.near(y.blame(what)), what, "")
	}
	if y.MinSeverity.V != "" && severities[y.MinSeverity.V] == 0 {
		l.add(y.MinSeverity.Place, fmt.Sprintf("min_severity %q is not known", y.MinSeverity.V), "write warning or critical")
	}
}

// ruleTypes are those that a definition may have.
var ruleTypes = []alarm.Type{alarm.Limit, alarm.State, alarm.NoData, alarm.Deviation, alarm.Rate, alarm.Calculated, alarm.EventOnly}

func knownType(t string) bool { return slices.Contains(ruleTypes, alarm.Type(t)) }

// blame is the place of the key that a message of alarm.Rule.Validate speaks of.
func (y *ruleYAML) blame(what string) strict.Place {
	language := &y.Text.En
	if strings.HasSuffix(what, "in Japanese") {
		language = &y.Text.Ja
	}
	texts := []struct{ word, key string }{{"name is missing", "name"}, {"consequence is missing", "consequence"}, {"confirm is missing", "confirm"},
		{"a cause is missing", "causes"}, {"an action is missing in", "action"}}
	for _, t := range texts {
		if strings.HasPrefix(what, t.word) {
			return language.At(t.key).Or(y.Text.Node.Place()).Or(y.Node.Place())
		}
	}
	switch {
	case strings.HasPrefix(what, "a fire alarm has no delay"):
		if y.OnDelay > 0 {
			return y.At("on_delay")
		}
		return y.At("off_delay")
	case strings.HasPrefix(what, "a fire alarm latches"):
		return y.At("latching")
	case strings.HasPrefix(what, "a fire alarm is of class"):
		return y.At("class")
	case strings.HasPrefix(what, "a fire alarm is a rule of type"):
		return y.At("type")
	}
	at, best := y.Node.Place(), len(what)
	for _, key := range ruleKeys {
		if i := wordIndex(what, key); i >= 0 && i < best && y.Has(key) && y.At(key).File == y.Node.Place().File {
			at, best = y.At(key), i
		}
	}
	return at
}

// near is a place within the definition's own file: what a tuned definition took
// over from the builtin one is reported at its id.
func (y *ruleYAML) near(p strict.Place) strict.Place {
	if p.File != y.Node.Place().File {
		return y.ID.Place
	}
	return p
}

// ruleKeys are the keys that messages about a rule may name.
var ruleKeys = []string{"id", "revision", "type", "low_low", "low", "high", "high_high", "deadband", "states", "min_severity",
	"on_delay", "off_delay", "latching", "reset_implies_ack", "realarm", "class", "consequence_severity", "time_to_respond", "owner", "procedure",
	"reference", "window", "per", "expression", "group", "effect", "suppress_when", "max_shelve"}

func wordIndex(s, word string) int {
	part := func(i int) bool {
		return i >= 0 && i < len(s) && (s[i] == '_' || s[i] >= 'a' && s[i] <= 'z')
	}
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return -1
		}
		if i += from; !part(i-1) && !part(i+len(word)) {
			return i
		}
		from = i + 1
	}
}

// metricFits checks the selector's metric against the type, and the states
// against what profiles and models report.
func (l *loader) metricFits(d *definition) {
	y, kind := &d.y, alarm.Type(d.y.Type.V)
	if !d.sel.ok || kind == alarm.NoData || !knownType(y.Type.V) {
		return
	}
	m, known := facility.LookupMetric(d.sel.metric)
	if !known {
		l.add(y.near(y.Select.Place), "the selector names no metric, so limits and states have no meaning", "add metric=NAME; `nezuban metrics` prints them all")
		return
	}
	state := m.Unit == facility.UnitState
	limited := slices.Contains([]alarm.Type{alarm.Limit, alarm.Deviation, alarm.Rate}, kind)
	if kind == alarm.EventOnly {
		limited = len(y.States) == 0 && y.MinSeverity.V == ""
	}
	switch {
	case kind == alarm.Calculated:
	case limited && state:
		l.add(y.near(y.Type.Place), fmt.Sprintf("%s is a state and has no limits", m.Name), "write type: state and states: […]")
	case !limited && !state:
		l.add(y.near(y.Type.Place), fmt.Sprintf("%s is a number in %s and has no states", m.Name, m.Unit), "write type: limit and high: or low:")
	case state:
		l.stateNames(y.States, m.Name)
	case m.Counter && kind != alarm.Rate:
		l.add(y.near(y.Select.Place), fmt.Sprintf("%s is a counter that only rises; a limit on it means nothing", m.Name), "write type: rate for a limit on how fast it rises")
	}
	l.referenceFits(y, m)
}

// referenceFits checks the metric that a deviation is measured from.
func (l *loader) referenceFits(y *ruleYAML, m facility.Metric) {
	ref := y.Reference.Metric
	if ref.V == "" {
		return
	}
	switch r, known := facility.LookupMetric(ref.V); {
	case !known:
		l.add(y.near(ref.Place), fmt.Sprintf("metric %q is not known", ref.V), suggestMetric(ref.V))
	case r.Unit != m.Unit:
		l.add(y.near(ref.Place), fmt.Sprintf("%s is in %s, %s in %s: there is no distance between them", r.Name, r.Unit, m.Name, m.Unit), "")
	}
}

// ranged checks limits and deadband against the plausible range, where given.
func (l *loader) ranged(d *definition) {
	y := &d.y
	if !y.Has("range") {
		return
	}
	if len(y.Range) != 2 || y.Range[0] >= y.Range[1] {
		l.add(y.At("range"), "range: want the lowest and the highest plausible value", "for example range: [10, 40]")
		return
	}
	for key, v := range map[string]*float64{"low_low": y.LowLow, "low": y.Low, "high": y.High, "high_high": y.HighHigh} {
		if v != nil && (*v < y.Range[0] || *v > y.Range[1]) {
			l.add(y.near(y.At(key)), fmt.Sprintf("%s %g lies outside the range %g to %g", key, *v, y.Range[0], y.Range[1]), "limits are in the metric's base unit: a ratio of 0.8 is 80 %")
		}
	}
	if y.Deadband > y.Range[1]-y.Range[0] {
		l.add(y.near(y.At("deadband")), fmt.Sprintf("deadband %g is wider than the range", y.Deadband), "")
	}
}

// reviewed dates the review. A late review does not stop the site: monitoring
// that ends for a missed date protects nobody.
func (l *loader) reviewed(d *definition) {
	y := &d.y
	if y.Reviewed.V == "" || y.Reviewed.File != y.Node.Place().File { // a tuned definition is reviewed anew
		l.add(y.ID.Or(y.Node.Place()), fmt.Sprintf("definition %s says nothing of its review", y.ID.V), "add reviewed: 2026-10-14, the day on which somebody last confirmed it")
		return
	}
	on := l.date(y.Reviewed, "reviewed")
	if on.IsZero() || l.opts.Now.IsZero() {
		return
	}
	due := on.AddDate(1, 0, 0)
	switch now := l.opts.Now; {
	case on.After(now.Add(24 * time.Hour)):
		l.add(y.Reviewed.Place, fmt.Sprintf("reviewed %s lies in the future", y.Reviewed.V), "")
	case now.After(due):
		l.warn(y.Reviewed.Place, fmt.Sprintf("the review of %s was due on %s", y.ID.V, due.In(l.site.Facility.Zone).Format(time.DateOnly)), "review it and write the new date")
	case now.AddDate(0, 0, 60).After(due):
		l.warn(y.Reviewed.Place, fmt.Sprintf("the review of %s is due on %s", y.ID.V, due.In(l.site.Facility.Zone).Format(time.DateOnly)), "")
	}
}

// shortDelays warns of a delay that one poll is longer than: it holds nothing
// back, or a whole poll.
func (l *loader) shortDelays(d *definition) {
	m, ok := facility.LookupMetric(d.sel.metric)
	if !ok {
		return
	}
	interval := l.interval(m.Class)
	for key, delay := range map[string]time.Duration{"on_delay": d.y.OnDelay, "off_delay": d.y.OffDelay} {
		if delay > 0 && delay < interval {
			l.warn(d.y.near(d.y.At(key)), fmt.Sprintf("%s %v is shorter than the poll interval of %s, %v", key, delay, m.Name, interval), "a delay ends at the first poll at or after it")
		}
	}
}

func (l *loader) interval(c facility.Class) time.Duration {
	return collectors.Intervals{Fast: l.polling.Fast, Normal: l.polling.Normal, Slow: l.polling.Slow}.Of(c)
}

// idle reports definitions that can match no device: a warning each for the
// site's own. Builtin ones are for equipment that the site may not have; only
// where a group is what is missing is that worth a word.
func (l *loader) idle(all, own map[string]*definition) {
	if len(l.site.Devices) == 0 {
		return
	}
	groups := map[string][]string{}
	for id, d := range all {
		if !d.sel.ok || l.matchesAny(d.sel) {
			continue
		}
		l.site.IdleRules = append(l.site.IdleRules, id)
		if own[id] != nil {
			l.warn(d.y.near(d.y.Select.Place), fmt.Sprintf("definition %s matches no device", id), "")
			continue
		}
		for _, term := range d.sel.terms {
			if g, ok := strings.CutPrefix(term, "group="); ok && l.onlyGroupMissing(d.sel, term) {
				groups[g] = append(groups[g], id)
			}
		}
	}
	slices.Sort(l.site.IdleRules)
	for g, ids := range groups {
		slices.Sort(ids)
		l.warn(strict.Place{File: "inventory"}, fmt.Sprintf("no device is in group %q, so these watch nothing: %s", g, strings.Join(ids, ", ")),
			fmt.Sprintf("add groups: [%s] to the devices that belong to it, or labels: {group: %s} to bindings of their sensors", g, g))
	}
}

// onlyGroupMissing reports whether devices made for the metric would match but
// for the group.
func (l *loader) onlyGroupMissing(s selection, term string) bool {
	rest := slices.DeleteFunc(slices.Clone(s.terms), func(t string) bool { return t == term })
	sel, err := facility.ParseSelector(strings.Join(rest, ","))
	return err == nil && l.matches(selection{Selector: sel, terms: rest, metric: s.metric, ok: true}, l.isMadeFor)
}
