package profile

import (
	"slices"
	"strings"
)

// scalar reads a text, number, true, false or null of one line.
func (y *quick) scalar(flow bool) *node {
	n := y.new(scalarNode)
	switch c := y.peek(0); {
	case c == '\'' || c == '"':
		n.text = y.quoted(c)
		return n
	case c == 0, strings.IndexByte("&*!|>%@`?#,[]{}\n", c) >= 0, (c == '-' || c == ':') && ends(y.peek(1)):
		return y.fail()
	}
	end := y.plainEnd(flow)
	n.text = strings.TrimRight(y.s[y.at:end], " ")
	y.at = end
	switch {
	case n.text == "-" || strings.HasPrefix(n.text, "---") || strings.HasPrefix(n.text, "..."):
		return y.fail()
	case slices.Contains(nulls, n.text):
		n.kind, n.text = nullNode, ""
	case slices.Contains(bools, n.text):
		n.kind = boolNode
	}
	return n
}

var (
	nulls = []string{"null", "Null", "NULL", "~"}
	bools = []string{"true", "True", "TRUE", "false", "False", "FALSE"}
)

// plainEnd is where the plain scalar that begins here ends: at the line's end, a
// comment, the colon of a key, or what parts flow collections.
func (y *quick) plainEnd(flow bool) int {
	for i := y.at; i < len(y.s); i++ {
		switch c := y.s[i]; {
		case c == '\n', c == '#' && i > 0 && y.s[i-1] == ' ', flow && strings.IndexByte(",[]{}", c) >= 0:
			return i
		case c == ':' && (i+1 == len(y.s) || ends(y.s[i+1]) || flow && strings.IndexByte(",[]{}", y.s[i+1]) >= 0):
			return i
		}
	}
	return len(y.s)
}

// quoted reads a text in quotes of one line.
func (y *quick) quoted(quote byte) string {
	var out strings.Builder
	for y.at++; ; {
		end := strings.IndexAny(y.s[y.at:], "\n\\"+string(quote))
		if end < 0 || y.s[y.at+end] == '\n' || y.s[y.at+end] == '\\' && quote == '"' {
			y.fail()
			return ""
		}
		out.WriteString(y.s[y.at : y.at+end])
		y.at += end + 1
		switch {
		case y.s[y.at-1] == '\\':
			out.WriteByte('\\')
		case quote == '\'' && y.peek(0) == quote:
			out.WriteByte(quote)
			y.at++
		default:
			return out.String()
		}
	}
}

func (y *quick) flowMapping() *node {
	out := y.new(mapNode)
	for first := true; y.part('}', first); first = false {
		key := y.scalar(true)
		if y.peek(0) != ':' || !ends(y.peek(1)) || key.kind != scalarNode || !usual(key.text) {
			return y.fail()
		}
		y.at++
		out.pairs = append(out.pairs, pair{name: key.text, key: key, value: y.flowValue()})
	}
	return out
}

func (y *quick) flowList() *node {
	out := y.new(listNode)
	for first := true; y.part(']', first); first = false {
		out.items = append(out.items, y.flowValue())
	}
	return out
}

// part steps over the bracket or comma before the next part of a flow collection, or
// over its end.
func (y *quick) part(end byte, first bool) bool {
	if !first {
		y.next()
		if y.peek(0) != ',' && y.peek(0) != end {
			y.fail()
		}
	}
	if y.bad {
		return false
	}
	if closed := !first && y.peek(0) == end; closed {
		y.at++
		return false
	}
	y.at++
	y.next()
	if first && y.peek(0) == end {
		y.at++
		return false
	}
	return true
}

func (y *quick) flowValue() *node {
	y.next()
	switch y.peek(0) {
	case '{':
		return y.nested(y.flowMapping)
	case '[':
		return y.nested(y.flowList)
	}
	n := y.scalar(true)
	if y.peek(0) == ':' {
		return y.fail()
	}
	return n
}
