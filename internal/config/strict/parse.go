package strict

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 4 << 20

// A Document is one YAML document of a file.
type Document struct {
	file  string
	node  ast.Node
	probs *Problems
}

// Reporting is the same document, whose problems go to probs. The document is
// only read: it may be decoded by several goroutines at once, each with problems
// of its own.
func (d Document) Reporting(probs *Problems) Document {
	d.probs = probs
	return d
}

// Parse splits a file into its documents; empty ones are left out. A syntax
// error is reported and ends the file.
func Parse(file string, src []byte, probs *Problems) (docs []Document) {
	whole := Place{File: file}
	if len(src) > MaxFile {
		probs.Add(whole, fmt.Sprintf("the file has %d bytes; at most %d are read", len(src), MaxFile), "split it")
		return nil
	}
	defer func() { // the parser is not ours; its panics must not end the daemon on a reload
		if r := recover(); r != nil {
			probs.Add(whole, "the file is not YAML: the parser gave up", "")
			docs = nil
		}
	}()
	f, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		probs.Add(syntaxPlace(file, err), syntaxMessage(err), syntaxHint(src, err))
		return nil
	}
	for _, d := range f.Docs {
		if d.Body == nil || d.Body.Type() == ast.NullType || d.Body.Type() == ast.CommentType {
			continue
		}
		docs = append(docs, Document{file: file, node: d.Body, probs: probs})
	}
	return docs
}

// Place is where the document begins.
func (d Document) Place() Place { return placeOf(d.file, d.node) }

// Into reads the document into v, a pointer to a struct that embeds Node, and
// reports every mistake. It returns false where the document is no mapping.
func (d Document) Into(v noder) bool {
	dec := decoder{file: d.file, probs: d.probs}
	return dec.document(d.node, v)
}

func syntaxPlace(file string, err error) Place {
	var se *yaml.SyntaxError
	if errors.As(err, &se) && se.Token != nil && se.Token.Position != nil {
		return Place{File: file, Line: se.Token.Position.Line, Column: se.Token.Position.Column}
	}
	return Place{File: file}
}

func syntaxMessage(err error) string {
	var se *yaml.SyntaxError
	if errors.As(err, &se) {
		return "not YAML: " + se.Message
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return "not YAML: " + first
}

func syntaxHint(src []byte, err error) string {
	var se *yaml.SyntaxError
	if !errors.As(err, &se) || se.Token == nil || se.Token.Position == nil {
		return ""
	}
	lines := strings.Split(string(src), "\n")
	if n := se.Token.Position.Line; n >= 1 && n <= len(lines) && strings.HasPrefix(strings.TrimLeft(lines[n-1], " "), "\t") {
		return "indent with spaces, not tabs"
	}
	return "check the indentation and the colons and quotes before this place"
}

// placeOf is where a node begins: for a mapping its first key.
func placeOf(file string, n ast.Node) Place {
	switch x := n.(type) {
	case *ast.MappingNode:
		if !x.IsFlowStyle && len(x.Values) > 0 {
			return placeOf(file, x.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return placeOf(file, x.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return Place{File: file, Line: t.Position.Line, Column: t.Position.Column}
	}
	return Place{File: file}
}

// Peek returns the text of one value by its keys from the document's root,
// without reading the rest; "" where it is absent or no scalar.
func (d Document) Peek(keys ...string) string {
	n, ok := d.find(keys)
	if !ok {
		return ""
	}
	s, _ := scalarText(n)
	return s
}

// Each reads a document that has a list of mappings under key and anything else
// in v; each calls back with the list's items once v has been read, wherever the
// list stands in the document.
func (d Document) Each(key string, v noder, each func(item Document)) {
	dec := decoder{file: d.file, probs: d.probs, listKey: key}
	if !dec.document(d.node, v) {
		return
	}
	switch list := dec.later.(type) {
	case nil:
	case *ast.SequenceNode:
		for _, e := range list.Values {
			if e != nil {
				each(Document{file: d.file, node: e, probs: d.probs})
			}
		}
	default:
		if list.Type() != ast.NullType {
			d.probs.Add(placeOf(d.file, list), key+": want a list, got "+nounOf(list), "begin each item with a dash")
		}
	}
}

// Find is the place of a value by its keys from the document's root, or of the
// document where it is absent.
func (d Document) Find(keys ...string) Place {
	if n, ok := d.find(keys); ok {
		return placeOf(d.file, n)
	}
	return d.Place()
}

func (d Document) find(keys []string) (ast.Node, bool) {
	n := d.node
	for _, key := range keys {
		if !isMapping(n) {
			return nil, false
		}
		var next ast.Node
		for it := n.(ast.MapNode).MapRange(); it.Next(); {
			if k, ok := scalarText(it.Key()); ok && k == key && next == nil {
				next = it.Value()
			}
		}
		if next == nil {
			return nil, false
		}
		n = next
	}
	return n, true
}

// entryPlace is where the dash of a list's item stands.
func entryPlace(file string, seq *ast.SequenceNode, i int) Place {
	if len(seq.Entries) == len(seq.Values) && seq.Entries[i].Start != nil && seq.Entries[i].Start.Position != nil {
		p := seq.Entries[i].Start.Position
		return Place{File: file, Line: p.Line, Column: p.Column}
	}
	return placeOf(file, seq)
}
