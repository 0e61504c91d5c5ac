package profile

import (
	"strings"
	"unicode/utf8"
)

// quickYAML reads the part of YAML that profiles are written in: block mappings and
// lists, flow ones, plain scalars of one line and quoted ones without escapes. The
// full parser needs most of a second for the builtin profiles. false means that the
// file holds anything else, right or wrong: the full parser must read it.
func quickYAML(s string) (*node, bool) {
	odd := func(r rune) bool {
		return r < ' ' && r != '\n' || r == utf8.RuneError || r == '\ufeff' || r == '\u0085' || r >= '\u2028' && r <= '\u2029'
	}
	if strings.ContainsFunc(s, odd) {
		return nil, false
	}
	y := &quick{s: s, line: 1}
	column, more := y.next()
	if !more || column != 0 {
		return nil, false
	}
	n := y.block(0)
	if _, more := y.next(); more || y.bad {
		return nil, false
	}
	return n, true
}

// quick is how far the text has been read. After a surprise bad is set and what
// is returned counts for nothing.
type quick struct {
	s         string
	at        int
	lineStart int
	line      int // from 1
	depth     int
	bad       bool
}

// deepest is how deep a profile may nest; a text of brackets must not fill the stack.
const deepest = 32

// nested reads one level further in.
func (y *quick) nested(read func() *node) *node {
	if y.depth++; y.depth > deepest {
		return y.fail()
	}
	n := read()
	y.depth--
	return n
}

func (y *quick) fail() *node {
	y.bad, y.at = true, len(y.s)
	return &node{}
}

func (y *quick) new(kind nodeKind) *node {
	return &node{kind: kind, line: y.line, column: y.at - y.lineStart + 1}
}

// next goes on to the next thing that is no space, comment or empty line, and
// returns its column; false at the end of the text.
func (y *quick) next() (column int, more bool) {
	for y.at < len(y.s) {
		switch c := y.s[y.at]; {
		case c == '\n':
			y.at++
			y.line, y.lineStart = y.line+1, y.at
		case c == ' ':
			y.at++
		case c == '#' && (y.at == y.lineStart || y.s[y.at-1] == ' '):
			if end := strings.IndexByte(y.s[y.at:], '\n'); end >= 0 {
				y.at += end
			} else {
				y.at = len(y.s)
			}
		default:
			return y.at - y.lineStart, true
		}
	}
	return 0, false
}

// peek is the byte n places on, 0 behind the end.
func (y *quick) peek(n int) byte {
	if y.at+n < len(y.s) {
		return y.s[y.at+n]
	}
	return 0
}

func ends(c byte) bool { return c == ' ' || c == '\n' || c == 0 }

func (y *quick) dash() bool { return y.peek(0) == '-' && ends(y.peek(1)) }

// block reads the mapping or list that begins here, at this column.
func (y *quick) block(column int) *node {
	if y.dash() {
		return y.list(column)
	}
	return y.mapping(column)
}

func (y *quick) mapping(column int) *node {
	out := y.new(mapNode)
	for !y.bad {
		key := y.scalar(false)
		if y.peek(0) != ':' || !ends(y.peek(1)) || key.kind != scalarNode || !usual(key.text) {
			return y.fail()
		}
		y.at++
		out.pairs = append(out.pairs, pair{name: key.text, key: key, value: y.value(column, true)})
		at, more := y.next()
		if !more || at < column {
			return out
		}
		if at > column || y.dash() {
			return y.fail()
		}
	}
	return out
}

// usual reports whether a key is written as those of profiles are.
func usual(key string) bool {
	return key != "" && strings.IndexFunc(key, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("_.- ", r)
	}) < 0
}

// value reads what follows a key or dash: on the same line, or as a block further in.
// A key's list may stand at the key's own column.
func (y *quick) value(column int, key bool) *node {
	line, empty := y.line, y.new(nullNode)
	at, more := y.next()
	if more && y.line == line {
		n := y.inline()
		y.rest()
		return n
	}
	switch {
	case more && at > column && strings.IndexByte("{[", y.peek(0)) >= 0:
		n := y.inline()
		y.rest()
		return n
	case more && (at > column || key && at == column && y.dash()):
		return y.nested(func() *node { return y.block(at) })
	}
	return empty
}

// rest demands that nothing but a comment follows on the line.
func (y *quick) rest() {
	line := y.line
	if _, more := y.next(); more && y.line == line {
		y.fail()
	}
}

func (y *quick) list(column int) *node {
	out := y.new(listNode)
	for !y.bad {
		y.at++
		line := y.line
		at := y.at
		if inner, more := y.next(); more && y.line == line && y.key() {
			out.items = append(out.items, y.mapping(inner))
		} else {
			y.back(at, line)
			item := y.value(column, false)
			if item.kind == nullNode {
				return y.fail() // nobody means it
			}
			out.items = append(out.items, item)
		}
		inner, more := y.next()
		if !more || inner < column || inner == column && !y.dash() {
			return out
		}
		if inner > column {
			return y.fail()
		}
	}
	return out
}

// back returns to a place on a line whose end may have been passed.
func (y *quick) back(at, line int) {
	if y.bad {
		return
	}
	y.at, y.line, y.lineStart = at, line, strings.LastIndexByte(y.s[:at], '\n')+1
}

// key reports whether a plain key stands here.
func (y *quick) key() bool {
	if strings.IndexByte("{['\"", y.peek(0)) >= 0 || y.dash() {
		return false
	}
	end := y.plainEnd(false)
	return end < len(y.s) && y.s[end] == ':'
}

// inline reads a value on the line of its key or dash.
func (y *quick) inline() *node {
	switch y.peek(0) {
	case '{':
		return y.nested(y.flowMapping)
	case '[':
		return y.nested(y.flowList)
	}
	if y.dash() {
		return y.fail()
	}
	n := y.scalar(false)
	if y.peek(0) == ':' {
		return y.fail() // a key where a value is wanted
	}
	return n
}
