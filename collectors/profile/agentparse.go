package profile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"nezuban/internal/facility"
)

// familyName is what Prometheus' text format allows without quotes.
var familyName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

// parseAgent reads one agent profile; on problems the profile is not usable.
func parseAgent(file string, data []byte) (*AgentProfile, []facility.Problem) {
	r := &reader{document: document{file: file, record: true}, enums: map[string]enumeration{}}
	m := r.parse(data)
	if m == nil {
		return nil, r.problems
	}
	return r.agent(m), r.problems
}

func (r *reader) agent(m *mapping) *AgentProfile {
	p := &AgentProfile{File: r.file, Name: m.text("profile"), Kind: m.text("kind"), Category: m.text("category"),
		Source: m.text("source"), Vendor: m.text("vendor"), Match: r.family(m, "match")}
	if !profileName.MatchString(p.Name) || !strings.HasPrefix(p.Name, "agent-") {
		r.problem(m.node, "e.g. agent-node", "profile: want a name of lower-case letters, digits and '-' that begins with agent-, got %q", p.Name)
	}
	if p.Source == "" {
		r.problem(m.node, "say where the families' meaning was read", "source is missing")
	}
	if !slices.Contains(facility.Kinds, p.Kind) {
		r.problem(or(m.value("kind"), m.node), "known: "+strings.Join(facility.Kinds, ", "), "unknown kind %q", p.Kind)
	}
	if p.Category == "" {
		p.Category = facility.CategoryOf(p.Kind)
	} else if !slices.Contains(facility.Categories, p.Category) {
		r.problem(m.value("category"), "known: "+strings.Join(facility.Categories, ", "), "unknown category %q", p.Category)
	}
	if s := m.sub("identity"); s != nil {
		p.Identity = AgentIdentity{SysName: r.agentText(s, "sys_name"), SysDescr: r.agentText(s, "sys_descr"),
			Vendor: r.agentText(s, "vendor"), Model: r.agentText(s, "model"), Serial: r.agentText(s, "serial")}
		s.finish("identity")
	}
	if s := m.sub("states"); s != nil {
		for _, name := range s.keys() {
			r.enums[name] = r.states(s.take(name))
		}
	}
	seen := map[string]int{}
	for _, n := range m.list("points") {
		if q, ok := r.agentPoint(n); ok {
			r.agentTwice(seen, &q)
			p.Points = append(p.Points, q)
		}
	}
	m.finish("an agent profile")
	if len(p.Points) == 0 && len(r.problems) == 0 {
		r.problem(m.node, "", "no points: the profile reads nothing")
	}
	return p
}

func or(n, otherwise ast.Node) ast.Node {
	if n == nil {
		return otherwise
	}
	return n
}

// agentTwice reports an entry that repeats an earlier one word for word; entries
// that only may meet are told apart by their series.
func (r *reader) agentTwice(seen map[string]int, q *AgentPoint) {
	key := q.Metric.Name + "|" + q.Of
	for _, l := range q.Labels {
		key += "|" + l.Name + "=" + l.Text.Fill(func(n string) string { return "{" + n + "}" })
	}
	for _, w := range q.Where {
		key += "|" + w.Label + "~" + expr(w.Is) + "!" + expr(w.Not)
	}
	if line, twice := seen[key]; twice {
		r.problems = append(r.problems, facility.Problem{File: r.file, Line: q.line, Column: q.column,
			What: "point " + q.Metric.Name + " twice, first in line " + strconv.Itoa(line), Hint: "give them different labels"})
		return
	}
	seen[key] = q.line
}

func expr(re *regexp.Regexp) string {
	if re == nil {
		return ""
	}
	return re.String()
}

func (r *reader) family(m *mapping, key string) string {
	n := m.take(key)
	name := scalarText(n)
	if !familyName.MatchString(name) {
		r.problem(or(n, m.node), "a family's name, e.g. node_load1", "%s: want the name of a metric family, got %q", key, name)
		return ""
	}
	return name
}

func (r *reader) agentText(m *mapping, key string) AgentText {
	s := m.sub(key)
	if s == nil {
		return AgentText{}
	}
	t := AgentText{Family: r.family(s, "family"), Text: r.template(s, "text")}
	s.finish(key)
	return t
}

// template reads a text with {label} in it.
func (r *reader) template(m *mapping, key string) Template {
	n := m.take(key)
	s := scalarText(n)
	if s == "" {
		r.problem(or(n, m.node), "", "%s: want a text", key)
		return nil
	}
	var out Template
	for s != "" {
		lit, rest, open := strings.Cut(s, "{")
		if !open {
			return append(out, part{literal: s})
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || !familyName.MatchString(name) {
			r.problem(n, `e.g. "{mountpoint}"`, "%s: bad {label} in %q", key, scalarText(n))
			return nil
		}
		out = append(out, part{literal: lit, label: name})
		s = after
	}
	return out
}

func (r *reader) labelMatches(m *mapping, key string) []LabelMatch {
	s := m.sub(key)
	if s == nil {
		return nil
	}
	var out []LabelMatch
	for _, label := range s.keys() {
		c := s.sub(label)
		if c == nil {
			continue
		}
		lm := LabelMatch{Label: label, Is: r.anchored(c, "is"), Not: r.anchored(c, "not")}
		if lm.Is == nil && lm.Not == nil {
			r.problem(c.node, "is: REGEX or not: REGEX, each of the whole value", "%s: %s says nothing", key, label)
		}
		c.finish(key)
		out = append(out, lm)
	}
	return out
}

func (r *reader) anchored(m *mapping, key string) *regexp.Regexp {
	n := m.take(key)
	if n == nil {
		return nil
	}
	re, err := regexp.Compile("^(?:" + scalarText(n) + ")$")
	if err != nil {
		r.problem(n, "", "%s: %v", key, err)
		return nil
	}
	return re
}

// agentPoint reads one entry of points.
func (r *reader) agentPoint(n ast.Node) (AgentPoint, bool) {
	m := r.mapping(n)
	if m == nil {
		return AgentPoint{}, false
	}
	pos := m.node.GetToken().Position
	p := AgentPoint{Scale: m.number("scale", 1), Offset: m.number("offset", 0), Complement: m.flag("complement"),
		Where: r.labelMatches(m, "where"), line: pos.Line, column: pos.Column}
	q := Quantity{Scale: p.Scale, Offset: p.Offset, Complement: p.Complement}
	r.metric(m, &q)
	p.Metric, p.States, p.Class = q.Metric, q.States, q.Class
	r.agentForm(m, &p)
	r.agentLabels(m, &p)
	if s := m.sub("name"); s != nil {
		p.Name = AgentName{Family: r.family(s, "family"), By: s.texts("by"), Label: s.text("label")}
		if p.Name.By == nil || p.Name.Label == "" {
			r.problem(s.node, "name: {family: …, by: [label, …], label: …}", "name: by and label must be given")
		}
		s.finish("name")
	}
	if rg := m.numbers("range"); rg != nil {
		if len(rg) != 2 || rg[0] > rg[1] {
			r.problem(m.value("range"), "e.g. [0, 1], in the metric's base unit", "range: want two numbers, low and high")
		} else {
			p.Range = &[2]float64{rg[0], rg[1]}
		}
	}
	if p.Scale == 0 {
		r.problem(m.node, "", "scale 0 makes every value 0")
	}
	m.finish("a point")
	r.checkUnit(m, &q)
	return p, p.Metric.Name != "" && p.Of != ""
}

// agentForm reads which of the four forms a point has.
func (r *reader) agentForm(m *mapping, p *AgentPoint) {
	forms := 0
	if m.value("value") != nil {
		forms++
		p.Form, p.Of = FormValue, r.family(m, "value")
	} else {
		m.take("value")
	}
	for _, f := range []struct {
		key, with string
		form      AgentForm
	}{{"ratio", "to", FormRatio}, {"difference", "minus", FormDifference}, {"share", "", FormShare}} {
		s := m.sub(f.key)
		if s == nil {
			continue
		}
		forms++
		p.Form, p.Of = f.form, r.family(s, "of")
		if f.with != "" {
			p.With = r.family(s, f.with)
		} else if p.Part = r.labelMatches(s, "where"); p.Part == nil {
			r.problem(s.node, "share: {of: FAMILY, where: {mode: {is: idle}}}", "share: where must say which series are the part")
		}
		s.finish(f.key)
	}
	if forms != 1 {
		r.problem(m.node, "", "want exactly one of value, ratio, difference, share")
	}
	if p.Form == FormShare && p.Metric.Name != "" && p.Metric.Unit != facility.UnitRatio {
		r.problem(m.node, "", "a share is a ratio; %s is in %s", p.Metric.Name, p.Metric.Unit)
	}
}

func (r *reader) agentLabels(m *mapping, p *AgentPoint) {
	s := m.sub("labels")
	if s == nil {
		return
	}
	for _, name := range s.keys() {
		if !labelName.MatchString(name) {
			r.problem(s.keyNode(name), "lower-case letters, digits and '_'", "labels: %q is no label name", name)
		}
		p.Labels = append(p.Labels, LabelText{Name: name, Text: r.template(s, name)})
	}
	slices.SortFunc(p.Labels, func(a, b LabelText) int { return strings.Compare(a.Name, b.Name) })
}
