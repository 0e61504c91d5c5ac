package profile

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// table reads one entry of tables.
func (r *reader) table(n ast.Node) (Table, bool) {
	m := r.mapping(n)
	if m == nil {
		return Table{}, false
	}
	t := Table{Name: m.text("table"), Index: m.texts("index"), NameOID: m.reference("name_oid", false), Input: m.text("input")}
	if t.Name == "" {
		r.problem(m.node, "the MIB's name of it", "table is missing")
	}
	r.tableLabels(m, &t)
	t.Where, t.ValidIf = r.conditions(m, "where"), r.conditions(m, "valid_if")
	r.input(m, &t)
	for _, c := range m.list("columns") {
		if q, ok := r.quantity(c, true); ok {
			r.known(r.mapping(c), &t, q.Rows)
			t.Columns = append(t.Columns, q)
		}
	}
	if len(t.Columns) == 0 && len(r.problems) == 0 {
		r.problem(m.node, "", "table %s has no columns", t.Name)
	}
	m.finish("a table")
	return t, true
}

// tableLabels reads where the labels of a row come from.
func (r *reader) tableLabels(m *mapping, t *Table) {
	if t.Index == nil {
		t.Index = []string{"index"}
	}
	for _, l := range t.Index {
		if !labelName.MatchString(l) {
			r.problem(m.value("index"), "lower-case letters, digits and '_'", "index: %q is no label name", l)
		}
	}
	t.Rows = r.rowsOf(m)
	r.known(m, t, t.Rows)
	if s := m.sub("labels"); s != nil {
		for _, name := range s.keys() {
			if !labelName.MatchString(name) {
				r.problem(s.keyNode(name), "", "labels: %q is no label name", name)
			}
			l := ColumnLabel{Name: name}
			for _, o := range s.list(name) {
				l.OIDs = append(l.OIDs, r.reference(o, name))
			}
			t.Labels = append(t.Labels, l)
		}
	}
	if s := m.sub("label_values"); s != nil {
		t.LabelValues = r.labelValues(s)
	}
}

// known checks that `rows` names parts of the table's index.
func (r *reader) known(m *mapping, t *Table, rows map[string][]string) {
	for label := range rows {
		if label == "_" || !slices.Contains(t.Index, label) {
			r.problem(m.value("rows"), "one of index; give it a name that begins with _ to keep it out of the labels", "rows: %q is no part of the index of table %s", label, t.Name)
		}
	}
}

// input reads whether bindings may give the rows a meaning.
func (r *reader) input(m *mapping, t *Table) {
	if t.Input != "" && t.Input != "contact" && t.Input != "analogue" && t.Input != "sensor" {
		r.problem(m.value("input"), "contact, analogue or sensor", "unknown input kind %q", t.Input)
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
	switch {
	case t.Input == "sensor" && t.InputLabel() == "":
		r.problem(m.node, "index: [sensor]", "a table of sensors needs the label sensor or input")
	case t.Input != "" && t.Input != "sensor" && !slices.Contains(t.Index, "input"):
		r.problem(m.node, "index: [input]", "an input table needs the label input")
	}
}

func (r *reader) labelValues(m *mapping) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, label := range m.keys() {
		s := m.sub(label)
		if s == nil {
			continue
		}
		out[label] = map[string]string{}
		for _, raw := range s.keys() {
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

// stateIf reads the state that goes before the device's own.
func (r *reader) stateIf(m *mapping, q *Quantity) {
	s := m.sub("state_if")
	if s == nil {
		return
	}
	if s.find("state") == nil {
		r.problem(s.node, "state: a value of states", "state_if: state is missing")
	}
	q.StateIf = &StateIf{Value: s.number("state", 0)}
	q.StateIf.Condition = r.condition(s, "state_if")
}

func (r *reader) condition(s *mapping, what string) Condition {
	c := Condition{OID: s.reference("oid", true), Equals: s.texts("equals"), Not: s.texts("not"),
		Matches: r.pattern(s, "matches", false), Unlike: r.pattern(s, "unlike", false), Above: s.bound("above"), Below: s.bound("below")}
	s.finish(what)
	kinds := 0
	for _, given := range []bool{c.Equals != nil, c.Not != nil, s.value("matches") != nil, s.value("unlike") != nil, c.Above != nil || c.Below != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		r.problem(s.node, "", "%s: want one of equals, not, matches, unlike, and above or below", what)
	}
	return c
}

// bound reads a number that a condition compares with; nil where it is not given.
func (m *mapping) bound(key string) *float64 {
	if m.value(key) == nil {
		m.take(key)
		return nil
	}
	f := m.number(key, 0)
	return &f
}
