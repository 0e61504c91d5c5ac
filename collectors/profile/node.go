package profile

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A node is one part of a YAML file.
type node struct {
	kind         nodeKind
	text         string // of a scalar, as it is written; of a text without its quotes
	pairs        []pair // of a mapping
	items        []*node
	line, column int
}

type nodeKind uint8

const (
	scalarNode nodeKind = iota // text or number
	nullNode
	boolNode
	mapNode
	listNode
)

// parseYAML returns the bodies of the file's documents by the full parser.
func parseYAML(data []byte) ([]*node, error) {
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, err
	}
	out := make([]*node, len(f.Docs))
	for i, doc := range f.Docs {
		if doc.Body != nil {
			out[i] = fromAST(doc.Body)
		}
	}
	return out, nil
}

// fromAST takes over what the full parser read; anchors and tags are stepped
// through to what they hold.
func fromAST(n ast.Node) *node {
	out := &node{}
	if t := n.GetToken(); t != nil {
		out.text = t.Value
		if t.Position != nil {
			out.line, out.column = t.Position.Line, t.Position.Column
		}
	}
	switch n := plain(n).(type) {
	case nil, *ast.NullNode:
		out.kind, out.text = nullNode, ""
	case *ast.BoolNode:
		out.kind, out.text = boolNode, n.GetToken().Value
	case *ast.StringNode:
		out.text = n.Value
	case *ast.LiteralNode:
		out.text = n.Value.Value
	case *ast.SequenceNode:
		out.kind = listNode
		for _, v := range n.Values {
			out.items = append(out.items, fromAST(v))
		}
	case *ast.MappingNode:
		out.kind = mapNode
		for _, v := range n.Values {
			out.pair(v)
		}
	case *ast.MappingValueNode:
		out.kind = mapNode
		out.pair(n)
	default:
		if t := n.GetToken(); t != nil {
			out.text = t.Value
		} else {
			out.text = n.String()
		}
	}
	return out
}

func (n *node) pair(v *ast.MappingValueNode) {
	key := fromAST(v.Key)
	n.pairs = append(n.pairs, pair{name: key.text, key: key, value: fromAST(v.Value)})
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
