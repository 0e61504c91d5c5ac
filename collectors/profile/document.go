package profile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"nezuban/internal/facility"
)

// document is one YAML file under way: it collects every problem instead of
// stopping at the first.
type document struct {
	file     string
	problems []facility.Problem
	record   bool // note which keys are known, for hints; costs as much as the reading
}

func (d *document) problem(n ast.Node, hint, format string, args ...any) {
	p := facility.Problem{File: d.file, What: fmt.Sprintf(format, args...), Hint: hint}
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		p.Line, p.Column = n.GetToken().Position.Line, n.GetToken().Position.Column
	}
	d.problems = append(d.problems, p)
}

// parse returns the file's top mapping, nil where there is none.
func (d *document) parse(data []byte) *mapping {
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		line, column, what := syntaxPlace(err)
		d.problems = append(d.problems, facility.Problem{File: d.file, Line: line, Column: column, What: what})
		return nil
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		d.problems = append(d.problems, facility.Problem{File: d.file, What: "want exactly one YAML document with a profile"})
		return nil
	}
	return d.mapping(f.Docs[0].Body)
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
	node  ast.Node
	pairs []pair
	known []string // asked for, with document.record
}

// pair is one key of a mapping.
type pair struct {
	name       string
	key, value ast.Node
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
func (m *mapping) value(name string) ast.Node {
	if p := m.find(name); p != nil {
		return p.value
	}
	return nil
}

// keyNode is where the key itself stands.
func (m *mapping) keyNode(name string) ast.Node {
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

func (d *document) mapping(n ast.Node) *mapping {
	var values []*ast.MappingValueNode
	switch n := plain(n).(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		d.problem(n, "", "want key: value pairs")
		return nil
	}
	m := &mapping{d: d, node: n, pairs: make([]pair, 0, len(values))}
	for _, v := range values {
		k := scalarText(v.Key)
		if m.find(k) != nil {
			d.problem(v.Key, "", "key %q twice", k)
			continue
		}
		m.pairs = append(m.pairs, pair{name: k, key: v.Key, value: v.Value})
	}
	return m
}

// plain steps through anchors and tags to what they hold.
func plain(n ast.Node) ast.Node {
	for {
		switch t := n.(type) {
		case *ast.AnchorNode:
			n = t.Value
		case *ast.TagNode:
			n = t.Value
		default:
			return n
		}
	}
}

func scalarText(n ast.Node) string {
	switch t := plain(n).(type) {
	case *ast.StringNode:
		return t.Value
	case *ast.LiteralNode:
		return t.Value.Value
	case nil, *ast.NullNode:
		return ""
	default:
		if tk := t.GetToken(); tk != nil {
			return tk.Value
		}
		return t.String()
	}
}

// take returns the key's node and ticks it off; nil where it is absent.
func (m *mapping) take(key string) ast.Node {
	if m.d.record {
		m.known = append(m.known, key)
	}
	p := m.find(key)
	if p == nil {
		return nil
	}
	p.used = true
	if _, null := p.value.(*ast.NullNode); null {
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
	switch plain(n).(type) {
	case *ast.MappingNode, *ast.SequenceNode, *ast.MappingValueNode:
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
	if b, ok := plain(n).(*ast.BoolNode); ok {
		return b.Value
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

func (d *document) float(n ast.Node, what string) (float64, bool) {
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
func (m *mapping) list(key string) []ast.Node {
	n := m.take(key)
	if n == nil {
		return nil
	}
	if s, ok := plain(n).(*ast.SequenceNode); ok {
		return s.Values
	}
	return []ast.Node{n}
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

func (d *document) oid(n ast.Node, what string) string {
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
