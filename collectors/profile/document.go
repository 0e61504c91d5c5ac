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

// mapping is a YAML mapping whose keys are ticked off as they are read.
type mapping struct {
	d     *document
	node  ast.Node
	keys  []string
	value map[string]ast.Node
	key   map[string]ast.Node
	used  map[string]bool
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
	m := &mapping{d: d, node: n, value: map[string]ast.Node{}, key: map[string]ast.Node{}, used: map[string]bool{}}
	for _, v := range values {
		k := scalarText(v.Key)
		if _, twice := m.value[k]; twice {
			d.problem(v.Key, "", "key %q twice", k)
			continue
		}
		m.keys = append(m.keys, k)
		m.value[k], m.key[k] = v.Value, v.Key
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
	m.used[key] = true
	n := m.value[key]
	if _, null := n.(*ast.NullNode); null {
		m.d.problem(m.key[key], "", "%s has no value", key)
		return nil
	}
	return n
}

// finish reports every key nobody took.
func (m *mapping) finish(where string) {
	known := make([]string, 0, len(m.used))
	for k := range m.used {
		known = append(known, k)
	}
	slices.Sort(known)
	for _, k := range m.keys {
		if !m.used[k] {
			m.d.problem(m.key[k], "known here: "+strings.Join(known, ", "), "unknown key %q in %s", k, where)
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
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(parts) > 128 {
		return false
	}
	for _, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 32); err != nil || len(p) > 1 && p[0] == '0' {
			return false
		}
	}
	return parts[0] == "0" || parts[0] == "1" || parts[0] == "2"
}
