package strict

import "maps"

// A Place is where something stands in a file; Line and Column count from 1,
// columns in characters. The zero Line means the whole file.
type Place struct {
	File         string
	Line, Column int
}

// A Node is embedded in every struct that is read from a mapping and remembers
// the places of its keys and values.
type Node struct {
	place  Place
	keys   map[string]Place
	values map[string]Place
}

// Place is where the mapping begins.
func (n *Node) Place() Place { return n.place }

// Has reports whether the file gives the key a value.
func (n *Node) Has(key string) bool {
	_, ok := n.values[key]
	return ok
}

// At is the place of the key's value, or of the mapping where the key is absent.
func (n *Node) At(key string) Place {
	if p, ok := n.values[key]; ok {
		return p
	}
	return n.place
}

// Key is the place of the key itself, or of the mapping where it is absent.
func (n *Node) Key(key string) Place {
	if p, ok := n.keys[key]; ok {
		return p
	}
	return n.place
}

func (n *Node) node() *Node { return n }

// begin starts a mapping at p; places known before are kept as those of
// defaults, in maps of their own.
func (n *Node) begin(p Place) {
	n.place = p
	n.keys, n.values = maps.Clone(n.keys), maps.Clone(n.values)
	if n.keys == nil {
		n.keys, n.values = map[string]Place{}, map[string]Place{}
	}
}

// noder is any struct that embeds Node.
type noder interface{ node() *Node }

// Or returns p, or q where p says nothing.
func (p Place) Or(q Place) Place {
	if p.Line == 0 {
		return q
	}
	return p
}
