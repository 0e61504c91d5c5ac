package profile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"nezuban/internal/facility"
)

var (
	profileName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	labelName   = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
	stateName   = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,62}$`)
	aggregates  = []string{"mean", "sum", "max", "min", "count"}
)

// parse reads one profile; problems are all that are wrong with it. A file with a
// problem is read again for the hints, which know what could have stood there.
func parse(file string, data []byte) (*Profile, []facility.Problem) {
	p, problems := parseOnce(file, data, false)
	if len(problems) > 0 {
		p, problems = parseOnce(file, data, true)
	}
	return p, problems
}

func parseOnce(file string, data []byte, record bool) (*Profile, []facility.Problem) {
	r := &reader{document: document{file: file, record: record}, enums: map[string]enumeration{}}
	m := r.parse(data)
	if m == nil {
		return nil, r.problems
	}
	p := r.profile(m)
	return p, r.problems
}

// reader turns a document into a profile.
type reader struct {
	document
	enums map[string]enumeration // named enumerations of this file
}

func (r *reader) profile(m *mapping) *Profile {
	p := &Profile{File: r.file, Name: m.text("profile"), Kind: m.text("kind"), Category: m.text("category"),
		Source: m.text("source"), Vendor: m.text("vendor"), Extends: m.text("extends"), Generic: m.flag("generic")}
	if !profileName.MatchString(p.Name) {
		r.problem(m.node, "e.g. maker-family", "profile: want a name of lower-case letters, digits and '-', got %q", p.Name)
	}
	if p.Source == "" {
		r.problem(m.node, "name the MIB module and its objects", "source is missing")
	}
	r.kind(m, p)
	for _, n := range m.list("match") {
		if sub := r.mapping(n); sub != nil {
			p.Match = append(p.Match, r.match(sub))
		}
	}
	if s := m.sub("identity"); s != nil {
		p.Identity = Identity{Vendor: r.source(s, "vendor"), Model: r.source(s, "model"), Serial: r.source(s, "serial")}
		s.finish("identity")
	}
	if s := m.sub("limits"); s != nil {
		p.Limits = Limits{MaxVarbinds: s.integer("max_varbinds", 1, 200), MaxPackets: s.integer("max_packets_per_second", 1, 1000),
			NoGetBulk: s.flag("no_getbulk"), MaxRepetition: s.integer("max_repetitions", 1, 100)}
		s.finish("limits")
	}
	if s := m.sub("states"); s != nil {
		for _, name := range s.keys() {
			r.enums[name] = r.states(s.take(name))
		}
	}
	for _, n := range m.list("points") {
		if q, ok := r.quantity(n, false); ok {
			p.Points = append(p.Points, q)
		}
	}
	for _, n := range m.list("tables") {
		if t, ok := r.table(n); ok {
			p.Tables = append(p.Tables, t)
		}
	}
	m.finish("a profile")
	r.checkTwice(p)
	if len(p.Points) == 0 && len(p.Tables) == 0 && p.Extends == "" && len(r.problems) == 0 {
		r.problem(m.node, "", "neither points nor tables nor extends: the profile reads nothing")
	}
	return p
}

// kind checks kind and category and fills the latter in.
func (r *reader) kind(m *mapping, p *Profile) {
	if p.Kind != "" && !slices.Contains(facility.Kinds, p.Kind) {
		r.problem(m.value("kind"), "known: "+strings.Join(facility.Kinds, ", "), "unknown kind %q", p.Kind)
	}
	if p.Category != "" && !slices.Contains(facility.Categories, p.Category) {
		r.problem(m.value("category"), "known: "+strings.Join(facility.Categories, ", "), "unknown category %q", p.Category)
	}
	if p.Category == "" && p.Kind != "" {
		p.Category = facility.CategoryOf(p.Kind)
	}
}

func (r *reader) match(m *mapping) Match {
	var out Match
	for _, n := range m.list("sys_object_id") {
		if o := r.oid(n, "sys_object_id"); o != "" {
			out.SysObjectID = append(out.SysObjectID, o)
		}
	}
	if s := m.text("sys_descr"); s != "" {
		re, err := regexp.Compile(s)
		if err != nil {
			r.problem(m.value("sys_descr"), "", "sys_descr: %v", err)
		}
		out.SysDescr = re
	}
	out.Answers, out.Has = m.oid("answers", false), m.oid("has", false)
	if s := m.sub("value"); s != nil {
		out.ValueOID, out.Value = s.oid("oid", true), r.pattern(s, "pattern", false)
		if out.Value == nil {
			r.problem(s.node, "value: {oid: …, pattern: …}", "value: pattern is missing")
		}
		s.finish("value")
	}
	m.finish("match")
	if len(m.pairs) == 0 {
		r.problem(m.node, "give sys_object_id, sys_descr, answers, has or value", "match is empty")
	}
	return out
}

// source reads where a text of the device's identity stands.
func (r *reader) source(m *mapping, key string) Source {
	n := m.take(key)
	if n == nil {
		return Source{}
	}
	switch plain(n).(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		return Source{OID: r.oid(n, key)}
	}
	s := r.mapping(n)
	var out Source
	if s.value("sys_descr") != nil {
		out.Pattern = r.pattern(s, "sys_descr", true)
	} else {
		out.OID, out.Pattern = s.oid("oid", true), r.pattern(s, "pattern", true)
	}
	s.finish("identity")
	return out
}

// quantity reads one entry of points or columns.
func (r *reader) quantity(n ast.Node, column bool) (Quantity, bool) {
	m := r.mapping(n)
	if m == nil {
		return Quantity{}, false
	}
	pos := m.node.GetToken().Position
	q := Quantity{OID: m.oid("oid", true), Name: m.text("name"), Scale: m.number("scale", 1), Offset: m.number("offset", 0),
		MultiplyBy: m.reference("multiply_by", false), Complement: m.flag("complement"),
		InString: m.flag("in_string"), Pattern: r.pattern(m, "pattern", true), Aggregate: m.text("aggregate"),
		Alternate: m.flag("alternate"), Where: r.conditions(m, "where"), ValidIf: r.conditions(m, "valid_if"), line: pos.Line, column: pos.Column}
	for _, o := range m.list("add") {
		q.Add = append(q.Add, r.reference(o, "add"))
	}
	for _, o := range m.list("divide_by") {
		q.DivideBy = append(q.DivideBy, r.reference(o, "divide_by"))
	}
	if column {
		q.Rows = r.rowsOf(m)
	}
	r.notFitted(m, &q)
	r.powers(m, &q)
	r.scaleBy(m, &q)
	r.pick(m, &q)
	r.fahrenheit(m, &q)
	r.stateIf(m, &q)
	r.labels(m, &q)
	r.metric(m, &q)
	if rg := m.numbers("range"); rg != nil {
		if len(rg) != 2 || rg[0] > rg[1] {
			r.problem(m.value("range"), "e.g. [0, 100], in the device's own unit", "range: want two numbers, low and high")
		} else {
			q.Range = &[2]float64{rg[0], rg[1]}
		}
	}
	if q.Aggregate != "" && (!column || !slices.Contains(aggregates, q.Aggregate)) {
		r.problem(m.value("aggregate"), "columns only; known: "+strings.Join(aggregates, ", "), "bad aggregate %q", q.Aggregate)
	}
	if q.Scale == 0 {
		r.problem(m.node, "", "scale 0 makes every value 0")
	}
	if !column && q.OID != "" && !strings.HasSuffix(q.OID, ".0") {
		// A scalar's instance is .0; a fixed row of a table is named in full and is allowed.
		if parts := strings.Count(q.OID, "."); parts < 4 {
			r.problem(m.value("oid"), "scalars end in .0", "oid: %q is no instance", q.OID)
		}
	}
	m.finish("a point")
	r.checkUnit(m, &q)
	return q, q.Metric.Name != "" && q.OID != ""
}

func (r *reader) fahrenheit(m *mapping, q *Quantity) {
	n := m.take("fahrenheit")
	switch n := plain(n).(type) {
	case nil:
	case *ast.BoolNode:
		q.Fahrenheit = n.Value
	default:
		if s := r.mapping(n); s != nil {
			c := r.condition(s, "fahrenheit")
			q.FahrenheitIf = &c
		}
	}
}

func (r *reader) labels(m *mapping, q *Quantity) {
	s := m.sub("labels")
	if s == nil {
		return
	}
	for _, name := range s.keys() {
		if !labelName.MatchString(name) {
			r.problem(s.keyNode(name), "lower-case letters, digits and '_'", "labels: %q is no label name", name)
		}
		q.Labels = append(q.Labels, facility.Label{Name: name, Value: s.text(name)})
	}
	slices.SortFunc(q.Labels, func(a, b facility.Label) int { return strings.Compare(a.Name, b.Name) })
}

func (r *reader) metric(m *mapping, q *Quantity) {
	name := m.text("metric")
	metric, ok := facility.LookupMetric(name)
	if !ok {
		n := m.value("metric")
		if n == nil {
			n = m.node
		}
		r.problem(n, nearest(name), "unknown metric %q", name)
	}
	q.Metric, q.Class = metric, metric.Class
	switch c := m.text("class"); c {
	case "":
	case "fast":
		q.Class = facility.Fast
	case "normal":
		q.Class = facility.Normal
	case "slow":
		q.Class = facility.Slow
	default:
		r.problem(m.value("class"), "fast, normal or slow", "unknown class %q", c)
	}
	if n := m.take("states"); n != nil {
		if _, text := plain(n).(*ast.StringNode); text {
			enum, ok := r.enums[scalarText(n)]
			if !ok {
				r.problem(n, "define it under states: at the top of the file", "unknown states %q", scalarText(n))
			}
			q.States, q.Words = enum.states, enum.words
		} else {
			enum := r.states(n)
			q.States, q.Words = enum.states, enum.words
		}
	}
}

func (r *reader) states(n ast.Node) enumeration {
	m := r.mapping(n)
	if m == nil {
		return enumeration{}
	}
	out := enumeration{states: make([]facility.State, 0, len(m.pairs))}
	for _, k := range m.keys() {
		v, err := strconv.ParseInt(k, 10, 64)
		if err != nil {
			r.problem(m.keyNode(k), "", "states: %q is not a whole number", k)
		}
		s := m.sub(k)
		if s == nil {
			continue
		}
		st := facility.State{Value: v, Name: s.text("name")}
		if !stateName.MatchString(st.Name) {
			r.problem(s.node, "", "states: want a name in lower_snake_case, got %q", st.Name)
		}
		switch sev := s.text("severity"); sev {
		case "normal":
			st.Severity = facility.SeverityNormal
		case "warning":
			st.Severity = facility.SeverityWarning
		case "critical":
			st.Severity = facility.SeverityCritical
		case "unknown":
		default:
			r.problem(s.node, "normal, warning, critical or unknown", "states: unknown severity %q", sev)
		}
		for _, t := range s.texts("text") {
			if _, twice := out.words[word(t)]; twice {
				r.problem(s.node, "", "states: the word %q stands for two states", t)
			}
			if out.words == nil {
				out.words = map[string]float64{}
			}
			out.words[word(t)] = float64(v)
		}
		s.finish("a state")
		out.states = append(out.states, st)
	}
	slices.SortFunc(out.states, func(a, b facility.State) int { return int(a.Value - b.Value) })
	return out
}
