package profile

import (
	"math"
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

// parse reads one profile; problems are all that are wrong with it.
func parse(file string, data []byte) (*Profile, []facility.Problem) {
	r := &reader{document: document{file: file}, enums: map[string][]facility.State{}}
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
	enums map[string][]facility.State // named enumerations of this file
}

func (r *reader) profile(m *mapping) *Profile {
	p := &Profile{File: r.file, Name: m.text("profile"), Kind: m.text("kind"), Category: m.text("category"),
		Source: m.text("source"), Vendor: m.text("vendor"), Extends: m.text("extends")}
	if !profileName.MatchString(p.Name) {
		r.problem(m.node, "e.g. maker-family", "profile: want a name of lower-case letters, digits and '-', got %q", p.Name)
	}
	if p.Source == "" {
		r.problem(m.node, "name the MIB module and its objects", "source is missing")
	}
	if p.Kind != "" && !slices.Contains(facility.Kinds, p.Kind) {
		r.problem(m.value["kind"], "known: "+strings.Join(facility.Kinds, ", "), "unknown kind %q", p.Kind)
	}
	if p.Category != "" && !slices.Contains(facility.Categories, p.Category) {
		r.problem(m.value["category"], "known: "+strings.Join(facility.Categories, ", "), "unknown category %q", p.Category)
	}
	if p.Category == "" && p.Kind != "" {
		p.Category = facility.CategoryOf(p.Kind)
	}
	for _, n := range m.list("match") {
		if sub := r.mapping(n); sub != nil {
			p.Match = append(p.Match, r.match(sub))
		}
	}
	if s := m.sub("identity"); s != nil {
		p.Identity = Identity{Vendor: s.oid("vendor", false), Model: s.oid("model", false), Serial: s.oid("serial", false)}
		s.finish("identity")
	}
	if s := m.sub("limits"); s != nil {
		p.Limits = Limits{MaxVarbinds: s.integer("max_varbinds", 1, 200), MaxPackets: s.integer("max_packets_per_second", 1, 1000),
			NoGetBulk: s.flag("no_getbulk"), MaxRepetition: s.integer("max_repetitions", 1, 100)}
		s.finish("limits")
	}
	if s := m.sub("states"); s != nil {
		for _, name := range s.keys {
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
			r.problem(m.value["sys_descr"], "", "sys_descr: %v", err)
		}
		out.SysDescr = re
	}
	out.Answers = m.oid("answers", false)
	m.finish("match")
	if out.SysObjectID == nil && out.SysDescr == nil && out.Answers == "" && len(m.keys) == 0 {
		r.problem(m.node, "give sys_object_id, sys_descr or answers", "match is empty")
	}
	return out
}

func (r *reader) table(n ast.Node) (Table, bool) {
	m := r.mapping(n)
	if m == nil {
		return Table{}, false
	}
	t := Table{Name: m.text("table"), Index: m.texts("index"), NameOID: m.oid("name_oid", false), Input: m.text("input")}
	if t.Name == "" {
		r.problem(m.node, "the MIB's name of it", "table is missing")
	}
	if t.Index == nil {
		t.Index = []string{"index"}
	}
	for _, l := range t.Index {
		if !labelName.MatchString(l) {
			r.problem(m.value["index"], "lower-case letters, digits and '_'", "index: %q is no label name", l)
		}
	}
	if s := m.sub("labels"); s != nil {
		for _, name := range s.keys {
			if !labelName.MatchString(name) {
				r.problem(s.key[name], "", "labels: %q is no label name", name)
			}
			l := ColumnLabel{Name: name}
			for _, o := range s.list(name) {
				l.OIDs = append(l.OIDs, r.oid(o, name))
			}
			t.Labels = append(t.Labels, l)
		}
	}
	if s := m.sub("label_values"); s != nil {
		t.LabelValues = r.labelValues(s)
	}
	t.Where, t.ValidIf = r.conditions(m, "where"), r.conditions(m, "valid_if")
	if t.Input != "" && t.Input != "contact" && t.Input != "analogue" {
		r.problem(m.value["input"], "contact or analogue", "unknown input kind %q", t.Input)
	}
	if s := m.sub("contact"); s != nil {
		t.Contact = &Contact{OID: s.oid("oid", true), Open: s.integers("open"), Closed: s.integers("closed"),
			Normal: s.integers("normal"), Alarm: s.integers("alarm"), NormalOID: s.oid("normal_oid", false),
			NormalOpen: s.integers("normal_open"), NormalClosed: s.integers("normal_closed")}
		s.finish("contact")
	}
	if (t.Input == "contact") != (t.Contact != nil) {
		r.problem(m.node, "give both or neither", "input: contact and a contact mapping belong together")
	}
	if t.Input != "" && !slices.Contains(t.Index, "input") {
		r.problem(m.node, "index: [input]", "an input table needs the label input")
	}
	for _, c := range m.list("columns") {
		if q, ok := r.quantity(c, true); ok {
			t.Columns = append(t.Columns, q)
		}
	}
	if len(t.Columns) == 0 && len(r.problems) == 0 {
		r.problem(m.node, "", "table %s has no columns", t.Name)
	}
	m.finish("a table")
	return t, true
}

func (r *reader) labelValues(m *mapping) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, label := range m.keys {
		s := m.sub(label)
		if s == nil {
			continue
		}
		out[label] = map[string]string{}
		for _, raw := range s.keys {
			out[label][raw] = s.text(raw)
		}
	}
	return out
}

func (r *reader) conditions(m *mapping, key string) []Condition {
	var out []Condition
	for _, n := range m.list(key) {
		if s := r.mapping(n); s != nil {
			out = append(out, r.condition(s, key))
		}
	}
	return out
}

func (r *reader) condition(s *mapping, what string) Condition {
	c := Condition{OID: s.oid("oid", true), Equals: s.texts("equals"), Not: s.texts("not")}
	s.finish(what)
	if (c.Equals == nil) == (c.Not == nil) {
		r.problem(s.node, "", "%s: want either equals or not", what)
	}
	return c
}

// quantity reads one entry of points or columns.
func (r *reader) quantity(n ast.Node, column bool) (Quantity, bool) {
	m := r.mapping(n)
	if m == nil {
		return Quantity{}, false
	}
	pos := m.node.GetToken().Position
	q := Quantity{OID: m.oid("oid", true), Name: m.text("name"), Scale: m.number("scale", 1), Offset: m.number("offset", 0),
		MultiplyBy: m.oid("multiply_by", false), DivideBy: m.oid("divide_by", false), Complement: m.flag("complement"),
		InString: m.flag("in_string"), NotFitted: m.numbers("not_fitted"), Aggregate: m.text("aggregate"),
		Alternate: m.flag("alternate"), Where: r.conditions(m, "where"), ValidIf: r.conditions(m, "valid_if"), line: pos.Line, column: pos.Column}
	for _, o := range m.list("add") {
		q.Add = append(q.Add, r.oid(o, "add"))
	}
	if s := m.sub("scale_power"); s != nil {
		q.Power, q.PowerNegate = s.oid("oid", true), s.flag("negate")
		s.finish("scale_power")
	}
	r.fahrenheit(m, &q)
	r.labels(m, &q)
	r.metric(m, &q)
	if rg := m.numbers("range"); rg != nil {
		if len(rg) != 2 || rg[0] > rg[1] {
			r.problem(m.value["range"], "e.g. [0, 100], in the device's own unit", "range: want two numbers, low and high")
		} else {
			q.Range = &[2]float64{rg[0], rg[1]}
		}
	}
	if q.Aggregate != "" && (!column || !slices.Contains(aggregates, q.Aggregate)) {
		r.problem(m.value["aggregate"], "columns only; known: "+strings.Join(aggregates, ", "), "bad aggregate %q", q.Aggregate)
	}
	if q.Scale == 0 {
		r.problem(m.node, "", "scale 0 makes every value 0")
	}
	if !column && q.OID != "" && !strings.HasSuffix(q.OID, ".0") {
		// A scalar's instance is .0; a fixed row of a table is named in full and is allowed.
		if parts := strings.Count(q.OID, "."); parts < 4 {
			r.problem(m.value["oid"], "scalars end in .0", "oid: %q is no instance", q.OID)
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
	for _, name := range s.keys {
		if !labelName.MatchString(name) {
			r.problem(s.key[name], "lower-case letters, digits and '_'", "labels: %q is no label name", name)
		}
		q.Labels = append(q.Labels, facility.Label{Name: name, Value: s.text(name)})
	}
	slices.SortFunc(q.Labels, func(a, b facility.Label) int { return strings.Compare(a.Name, b.Name) })
}

func (r *reader) metric(m *mapping, q *Quantity) {
	name := m.text("metric")
	metric, ok := facility.LookupMetric(name)
	if !ok {
		n := m.value["metric"]
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
		r.problem(m.value["class"], "fast, normal or slow", "unknown class %q", c)
	}
	if n := m.take("states"); n != nil {
		if _, text := plain(n).(*ast.StringNode); text {
			enum, ok := r.enums[scalarText(n)]
			if !ok {
				r.problem(n, "define it under states: at the top of the file", "unknown states %q", scalarText(n))
			}
			q.States = enum
		} else {
			q.States = r.states(n)
		}
	}
}

func (r *reader) states(n ast.Node) []facility.State {
	m := r.mapping(n)
	if m == nil {
		return nil
	}
	out := make([]facility.State, 0, len(m.keys))
	for _, k := range m.keys {
		v, err := strconv.ParseInt(k, 10, 64)
		if err != nil {
			r.problem(m.key[k], "", "states: %q is not a whole number", k)
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
		s.finish("a state")
		out = append(out, st)
	}
	slices.SortFunc(out, func(a, b facility.State) int { return int(a.Value - b.Value) })
	return out
}

// checkUnit holds what a metric's unit demands of its entry.
func (r *reader) checkUnit(m *mapping, q *Quantity) {
	if q.Metric.Name == "" {
		return
	}
	state := q.Metric.Unit == facility.UnitState
	if state && len(q.States) == 0 {
		r.problem(m.node, "states: {1: {name: …, severity: …}, …}", "%s is a state: its states are missing", q.Metric.Name)
	}
	if !state && q.States != nil {
		r.problem(m.node, "", "%s is in %s: it has no states", q.Metric.Name, q.Metric.Unit)
	}
	if state && (q.Scale != 1 || q.Offset != 0 || q.MultiplyBy != "" || q.DivideBy != "" || q.Power != "" || q.Complement || q.Add != nil) {
		r.problem(m.node, "", "%s is a state: it cannot be scaled", q.Metric.Name)
	}
	if (q.Fahrenheit || q.FahrenheitIf != nil) && q.Metric.Unit != facility.UnitCelsius {
		r.problem(m.node, "", "%s is in %s: fahrenheit makes no sense", q.Metric.Name, q.Metric.Unit)
	}
	if q.Complement && q.Metric.Unit != facility.UnitRatio {
		r.problem(m.node, "", "complement is for ratios; %s is in %s", q.Metric.Name, q.Metric.Unit)
	}
	if q.Metric.Unit == facility.UnitRatio && q.Range != nil && q.DivideBy == "" && q.Power == "" {
		if top := math.Abs(q.Range[1]*q.Scale + q.Offset); top > 10 {
			r.problem(m.node, "a percentage needs scale: 0.01", "%s is a ratio, yet its range reaches %g", q.Metric.Name, top)
		}
	}
}

// nearest is a hint naming the catalogue's closest metric, "" where none is close.
func nearest(name string) string {
	best, score := "", 0
	for _, m := range facility.Metrics() {
		n := 0
		for n < len(m.Name) && n < len(name) && m.Name[n] == name[n] {
			n++
		}
		if n > score {
			best, score = m.Name, n
		}
	}
	if score < 5 {
		return "see `nezuban metrics` for all that exist"
	}
	return "did you mean " + best + "? See `nezuban metrics`"
}

// checkTwice reports quantities of one profile that would make the same point.
func (r *reader) checkTwice(p *Profile) {
	seen := map[string]int{}
	for i := range p.Points {
		q := &p.Points[i]
		r.twice(seen, q, facility.SeriesName(q.Metric.Name, q.Labels))
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		seen := map[string]int{}
		for j := range t.Columns {
			q := &t.Columns[j]
			r.twice(seen, q, facility.SeriesName(q.Metric.Name, q.Labels))
		}
	}
}

func (r *reader) twice(seen map[string]int, q *Quantity, id string) {
	line, twice := seen[id]
	if twice && !q.Alternate {
		r.problems = append(r.problems, facility.Problem{File: r.file, Line: q.line, Column: q.column,
			What: "point " + id + " twice, first in line " + strconv.Itoa(line),
			Hint: "give them different labels, or mark the second alternate: true"})
	}
	if !twice {
		seen[id] = q.line
	}
}
