package profile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/facility"
)

// document is one YAML file under way: it collects every problem instead of
// stopping at the first.
type document struct {
	file     string
	problems []facility.Problem
	record   bool // note which keys are known, for hints; costs as much as the reading
}

func (d *document) problem(n *node, hint, format string, args ...any) {
	p := facility.Problem{File: d.file, What: fmt.Sprintf(format, args...), Hint: hint}
	if n != nil {
		p.Line, p.Column = n.line, n.column
	}
	d.problems = append(d.problems, p)
}

// parse returns the file's top mapping, nil where there is none. The first reading
// is the quick one; with record it is the full parser's, which knows what is wrong
// and where.
func (d *document) parse(data []byte) *mapping {
	if !d.record {
		if n, ok := quickYAML(string(data)); ok {
			return d.mapping(n)
		}
	}
	docs, err := parseYAML(data)
	if err != nil {
		line, column, what := syntaxPlace(err)
		d.problems = append(d.problems, facility.Problem{File: d.file, Line: line, Column: column, What: what})
		return nil
	}
	if len(docs) != 1 || docs[0] == nil {
		d.problems = append(d.problems, facility.Problem{File: d.file, What: "want exactly one YAML document with a profile"})
		return nil
	}
	return d.mapping(docs[0])
}

// syntaxPlace takes the place out of the parser's error, which begins "[line:column] ".
func syntaxPlace(err error) (line, column int, what string) {
	what, _, _ = strings.Cut(err.Error(), "\n")
	if rest, ok := strings.CutPrefix(what, "["); ok {
		if at, msg, ok := strings.Cut(rest, "] "); ok {
			l, c, _ := strings.Cut(at, ":")
			line, _ = strconv.Atoi(l)
			column, _ = strconv.Atoi(c)
			return line, column, msg
		}
	}
	return 0, 0, what
}

// mapping is a YAML mapping whose keys are ticked off as they are read. There are
// few keys: looking through them is cheaper than a map.
type mapping struct {
	d     *document
	node  *node
	pairs []pair
	known []string // asked for, with document.record
}

// pair is one key of a mapping.
type pair struct {
	name       string
	key, value *node
	used       bool
}

func (m *mapping) find(name string) *pair {
	for i := range m.pairs {
		if m.pairs[i].name == name {
			return &m.pairs[i]
		}
	}
	return nil
}

// value returns the key's node without ticking it off; nil where it is absent.
func (m *mapping) value(name string) *node {
	if p := m.find(name); p != nil {
		return p.value
	}
	return nil
}

// keyNode is where the key itself stands.
func (m *mapping) keyNode(name string) *node {
	if p := m.find(name); p != nil {
		return p.key
	}
	return m.node
}

// keys lists the keys in their order.
func (m *mapping) keys() []string {
	out := make([]string, len(m.pairs))
	for i := range m.pairs {
		out[i] = m.pairs[i].name
	}
	return out
}

func (d *document) mapping(n *node) *mapping {
	if n == nil || n.kind != mapNode {
		d.problem(n, "", "want key: value pairs")
		return nil
	}
	m := &mapping{d: d, node: n, pairs: n.pairs}
	for i := 1; i < len(m.pairs); i++ {
		p := m.pairs[i]
		if slices.ContainsFunc(m.pairs[:i], func(o pair) bool { return o.name == p.name }) {
			d.problem(p.key, "", "key %q twice", p.name)
			m.pairs = slices.Delete(slices.Clone(m.pairs), i, i+1)
			i--
		}
	}
	return m
}

func scalarText(n *node) string {
	if n == nil {
		return ""
	}
	return n.text
}

// take returns the key's node and ticks it off; nil where it is absent.
func (m *mapping) take(key string) *node {
	if m.d.record {
		m.known = append(m.known, key)
	}
	p := m.find(key)
	if p == nil {
		return nil
	}
	p.used = true
	if p.value.kind == nullNode {
		m.d.problem(p.key, "", "%s has no value", key)
		return nil
	}
	return p.value
}

// finish reports every key nobody took.
func (m *mapping) finish(where string) {
	for i := range m.pairs {
		if p := &m.pairs[i]; !p.used {
			slices.Sort(m.known)
			m.d.problem(p.key, "known here: "+strings.Join(slices.Compact(m.known), ", "), "unknown key %q in %s", p.name, where)
		}
	}
}

func (m *mapping) text(key string) string {
	n := m.take(key)
	if n == nil {
		return ""
	}
	if n.kind == mapNode || n.kind == listNode {
		m.d.problem(n, "", "%s: want a single text", key)
		return ""
	}
	return strings.TrimSpace(scalarText(n))
}

func (m *mapping) flag(key string) bool {
	n := m.take(key)
	if n == nil {
		return false
	}
	if n.kind == boolNode {
		return strings.EqualFold(n.text, "true")
	}
	m.d.problem(n, "", "%s: want true or false", key)
	return false
}

func (m *mapping) number(key string, absent float64) float64 {
	n := m.take(key)
	if n == nil {
		return absent
	}
	if f, ok := m.d.float(n, key); ok {
		return f
	}
	return absent
}

func (d *document) float(n *node, what string) (float64, bool) {
	f, err := strconv.ParseFloat(scalarText(n), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		d.problem(n, "", "%s: %q is not a number", what, scalarText(n))
		return 0, false
	}
	return f, true
}

func (m *mapping) integer(key string, low, high int) int {
	n := m.take(key)
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(scalarText(n))
	if err != nil || i < low || i > high {
		m.d.problem(n, "", "%s: want a whole number from %d to %d, got %q", key, low, high, scalarText(n))
		return 0
	}
	return i
}

// list returns the key's elements: those of a sequence, or the one value given.
func (m *mapping) list(key string) []*node {
	n := m.take(key)
	if n == nil {
		return nil
	}
	if n.kind == listNode {
		return n.items
	}
	return []*node{n}
}

func (m *mapping) texts(key string) []string {
	var out []string
	for _, n := range m.list(key) {
		out = append(out, strings.TrimSpace(scalarText(n)))
	}
	return out
}

func (m *mapping) integers(key string) []int64 {
	var out []int64
	for _, n := range m.list(key) {
		i, err := strconv.ParseInt(scalarText(n), 10, 64)
		if err != nil {
			m.d.problem(n, "", "%s: %q is not a whole number", key, scalarText(n))
			continue
		}
		out = append(out, i)
	}
	return out
}

func (m *mapping) numbers(key string) []float64 {
	var out []float64
	for _, n := range m.list(key) {
		if f, ok := m.d.float(n, key); ok {
			out = append(out, f)
		}
	}
	return out
}

// sub returns the mapping under key, nil where it is absent.
func (m *mapping) sub(key string) *mapping {
	n := m.take(key)
	if n == nil {
		return nil
	}
	return m.d.mapping(n)
}

// oid returns a numeric OID; required tells whether absence is a problem.
func (m *mapping) oid(key string, required bool) string {
	n := m.take(key)
	if n == nil {
		if required {
			m.d.problem(m.node, "", "%s is missing", key)
		}
		return ""
	}
	return m.d.oid(n, key)
}

func (d *document) oid(n *node, what string) string {
	s := strings.TrimPrefix(scalarText(n), ".")
	if !ValidOID(s) {
		d.problem(n, "write it in numbers, e.g. 1.3.6.1.2.1.1.3.0", "%s: %q is not an OID", what, scalarText(n))
		return ""
	}
	return s
}

// ValidOID reports whether s is a numeric OID of at least two and at most 128
// sub-identifiers (RFC 2578, section 3.5).
func ValidOID(s string) bool {
	parts := 0
	for first, rest, more := "", s, true; more; parts++ {
		if first, rest, more = strings.Cut(rest, "."); !subIdentifier(first) || parts == 0 && first > "2" {
			return false
		}
	}
	return parts >= 2 && parts <= 128
}

// subIdentifier reports whether s is a number of 32 bits in decimal.
func subIdentifier(s string) bool {
	if s == "" || len(s) > 1 && s[0] == '0' {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}
