package strict

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// A Str is a string that remembers its place; a list of them lets each be
// reported on its own.
type Str struct {
	Place
	V string
}

// Strs is one string, or a list of them.
type Strs []Str

// A Decimal keeps a number as it was written, for figures that must stay exact.
type Decimal struct {
	Place
	Raw string // "" where absent
}

// Bytes is a size: 1048576, "256MiB" or "1GiB".
type Bytes int64

// Text is a name or sentence: one string for both languages, or {en: …, ja: …}.
type Text struct {
	Node
	Plain string // where it was written as one string
	En    string `yaml:"en"`
	Ja    string `yaml:"ja"`
}

// Any is a value that is noted and not read.
type Any struct{}

// Labels are free labels; the values of a list are joined with ", ".
type Labels map[string]string

// decoder walks nodes into values.
type decoder struct {
	file  string
	probs *Problems

	listKey string   // of the outermost mapping: a list that is read later
	later   ast.Node // that list; nil where the document has none
}

func (d *decoder) document(n ast.Node, v noder) bool {
	if !isMapping(n) {
		d.probs.Add(placeOf(d.file, n), "the document must be a mapping of keys to values, not "+nounOf(n), "")
		return false
	}
	key := d.listKey
	d.listKey = ""
	d.mapping(n, reflect.ValueOf(v).Elem(), key)
	return true
}

func isMapping(n ast.Node) bool {
	_, ok := n.(ast.MapNode)
	return ok && n.Type() != ast.AliasType && n.Type() != ast.AnchorType
}

// mapping reads a mapping into the struct v, over what stands there; the value
// of the key named later, "" for none, is put aside.
func (d *decoder) mapping(n ast.Node, v reflect.Value, later string) {
	own := v.Addr().Interface().(noder).node()
	own.begin(placeOf(d.file, n))
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for it := n.(ast.MapNode).MapRange(); it.Next(); {
		key, ok := d.key(it.Key())
		if !ok {
			continue
		}
		at := placeOf(d.file, it.Key())
		i, known := fields.index[key]
		if key == later && later != "" && !seen[key] {
			seen[key], d.later = true, it.Value()
			continue
		}
		switch {
		case seen[key]:
			d.probs.Add(at, fmt.Sprintf("key %q stands here a second time", key), "keep one of the two")
			continue
		case !known:
			d.probs.Add(at, fmt.Sprintf("unknown key %q", key), Suggest(key, withKey(fields.names, later)))
			continue
		}
		seen[key] = true
		if it.Value() == nil || it.Value().Type() == ast.NullType {
			continue // "key:" with nothing after it is as good as absent
		}
		own.keys[key] = at
		if d.value(it.Value(), v.Field(i), key) { // what cannot be read is as good as absent: one mistake, one problem
			own.values[key] = placeOf(d.file, it.Value())
		}
	}
}

func (d *decoder) key(k ast.MapKeyNode) (string, bool) {
	if k.IsMergeKey() {
		d.probs.Add(placeOf(d.file, k), "merge keys (<<) are not read here", "write the keys out, or use the file's defaults: block")
		return "", false
	}
	if s, ok := scalarText(k); ok {
		return s, true
	}
	d.probs.Add(placeOf(d.file, k), "a key must be a plain word", "")
	return "", false
}

type fields struct {
	index map[string]int
	names []string
}

func fieldsOf(t reflect.Type) fields {
	f := fields{index: map[string]int{}}
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("yaml"); tag != "" {
			f.index[tag] = i
			f.names = append(f.names, tag)
		}
	}
	return f
}

// value reads one node into v and reports whether it could; key names it in
// messages.
func (d *decoder) value(n ast.Node, v reflect.Value, key string) bool {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.TagType:
		d.probs.Add(placeOf(d.file, n), "anchors, aliases and tags are not read here", "write the value out, or use the file's defaults: block")
		return false
	}
	switch p := v.Addr().Interface().(type) {
	case *Text:
		if s, ok := scalarText(n); ok {
			p.begin(placeOf(d.file, n))
			p.Plain = d.clean(n, s)
			return true
		}
	case *Strs:
		if _, ok := scalarText(n); ok {
			one := Str{Place: placeOf(d.file, n)}
			if !d.scalar(n, reflect.ValueOf(&one.V).Elem(), key) {
				return false
			}
			*p = Strs{one}
			return true
		}
	case *Any:
		return true
	case *Labels:
		return d.labels(n, p, key)
	case *Str:
		p.Place = placeOf(d.file, n)
		return d.scalar(n, reflect.ValueOf(&p.V).Elem(), key)
	case *Decimal:
		p.Place = placeOf(d.file, n)
		return d.decimal(n, p, key)
	}
	switch v.Kind() {
	case reflect.Struct:
		if !isMapping(n) {
			d.probs.Add(placeOf(d.file, n), fmt.Sprintf("%s: want a mapping of keys to values, got %s", key, nounOf(n)), "known: "+strings.Join(fieldsOf(v.Type()).names, ", "))
			return false
		}
		d.mapping(n, v, "")
		return true
	case reflect.Slice:
		return d.list(n, v, key)
	}
	return d.scalar(n, v, key)
}

func (d *decoder) list(n ast.Node, v reflect.Value, key string) bool {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.probs.Add(placeOf(d.file, n), fmt.Sprintf("%s: want a list, got %s", key, nounOf(n)), fmt.Sprintf("write %s: [a, b], or one \"- item\" a line", key))
		return false
	}
	out := reflect.MakeSlice(v.Type(), 0, len(seq.Values))
	for i, e := range seq.Values {
		if e == nil || e.Type() == ast.NullType {
			d.probs.Add(entryPlace(d.file, seq, i), key+": the list has an empty item", "remove the lone dash")
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if d.value(e, item, key) {
			out = reflect.Append(out, item)
		}
	}
	v.Set(out)
	return true
}

func (d *decoder) labels(n ast.Node, out *Labels, key string) bool {
	if !isMapping(n) {
		d.probs.Add(placeOf(d.file, n), fmt.Sprintf("%s: want {name: value, …}, got %s", key, nounOf(n)), "")
		return false
	}
	*out = Labels{}
	for it := n.(ast.MapNode).MapRange(); it.Next(); {
		k, ok := d.key(it.Key())
		if !ok || it.Value() == nil {
			continue
		}
		var values []string
		items := []ast.Node{it.Value()}
		if seq, ok := it.Value().(*ast.SequenceNode); ok {
			items = seq.Values
		}
		for _, e := range items {
			s, ok := scalarText(e)
			if !ok {
				d.probs.Add(placeOf(d.file, e), fmt.Sprintf("%s.%s: want text or a list of texts, got %s", key, k, nounOf(e)), "")
				continue
			}
			values = append(values, d.clean(e, s))
		}
		(*out)[k] = strings.Join(values, ", ")
	}
	return true
}

// scalar reads a string, bool, number, duration or size.
func (d *decoder) scalar(n ast.Node, v reflect.Value, key string) bool {
	at := placeOf(d.file, n)
	s, ok := scalarText(n)
	if !ok {
		d.probs.Add(at, fmt.Sprintf("%s: want one value, got %s", key, nounOf(n)), "")
		return false
	}
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p = d.clean(n, s)
	case *bool:
		if n.Type() != ast.BoolType {
			d.probs.Add(at, fmt.Sprintf("%s: want true or false, got %q", key, s), "")
			return false
		}
		*p = strings.EqualFold(s, "true")
	case *int:
		i, err := strconv.Atoi(s)
		if err != nil {
			d.probs.Add(at, fmt.Sprintf("%s: want a whole number, got %q", key, s), "")
			return false
		}
		*p = i
	case *float64:
		f, ok := d.number(at, s, key)
		if !ok {
			return false
		}
		*p = f
	case **float64:
		f, ok := d.number(at, s, key)
		if !ok {
			return false
		}
		*p = &f
	case *time.Duration:
		dur, err := ParseDuration(s)
		if err != nil {
			d.probs.Add(at, fmt.Sprintf("%s: %v", key, err), "write a number and a unit: 30s, 10m, 8h, 35d")
			return false
		}
		*p = dur
	case *Bytes:
		b, err := ParseBytes(s)
		if err != nil {
			d.probs.Add(at, fmt.Sprintf("%s: %v", key, err), "write a number and a unit: 256MiB, 1GiB")
			return false
		}
		*p = Bytes(b)
	default:
		panic("strict: no reader for " + v.Type().String())
	}
	return true
}

func withKey(names []string, key string) []string {
	if key == "" {
		return names
	}
	return append(slices.Clone(names), key)
}
