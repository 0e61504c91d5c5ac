package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes what a node says, without places.
func tree(n *node) string {
	if n == nil {
		return "-"
	}
	out := fmt.Sprintf("%d%q", n.kind, n.text)
	if n.kind == mapNode || n.kind == listNode {
		out = fmt.Sprint(n.kind)
	}
	for i := range n.pairs {
		out += "{" + n.pairs[i].name + " " + tree(n.pairs[i].value) + "}"
	}
	for _, item := range n.items {
		out += "[" + tree(item) + "]"
	}
	return out
}

// sameAsFull reads data both ways; quick reports whether the quick way took it.
func sameAsFull(t *testing.T, name string, data []byte) (quick bool) {
	t.Helper()
	n, ok := quickYAML(string(data))
	if !ok {
		return false
	}
	docs, err := parseYAML(data)
	if err != nil || len(docs) != 1 {
		t.Fatalf("%s: the full parser says %v, %d documents; the quick one %s", name, err, len(docs), tree(n))
	}
	if got, want := tree(n), tree(docs[0]); got != want {
		t.Fatalf("%s: quick\n%s\nfull\n%s", name, got, want)
	}
	return true
}

func TestQuickYAMLReadsEveryBuiltinProfile(t *testing.T) {
	files, _ := filepath.Glob("builtin/*.yaml")
	if len(files) < 100 {
		t.Fatalf("found %d profiles", len(files))
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !sameAsFull(t, f, data) {
			t.Errorf("%s is left to the full parser, which is slow: keep to what quickYAML reads", f)
		}
	}
}

// Each text is either read as the full parser reads it, or left to it.
var yamls = []struct {
	text  string
	quick bool
}{
	{"a: 1\n", true}, {"a: 1", true}, {"a:\n  b: c\n  d: [1, 'x', \"y\"]\n", true}, {"a: {b: {c: d}, e: []}\n", true},
	{"a:\n- b\n- c: d\n  e: f\n-\n  g: h\nz: 1\n", true}, {"a:\n  - {b: c} # why\n  # and\n  - [d]\n", true},
	{"a: it's 'so' # c\n", true}, {"a: x#y\n", true}, {"a: 'it''s'\n", true}, {"a: http://x/y:z\n", true}, {"a: {b: x:y}\n", true},
	{"a:\nb: ~\n", true}, {"a: true\nb: 'true'\nc: yes\nd: off\ne: False\n", true}, {"a: {b: c,\n  d: e}\n", true}, {"a: '\\d'\n", true},
	{"'a': b\n\"c\": d\n", true}, {"a: -1\nb: -x\nc: 0x10\nd: 1e3\ne: 1_000\nf: .inf\n", true}, {"a: 温度\n", true}, {"- a\n- b: c\n", true},
	{"a:\n  [b,\n   c]\nd:\n  {e: f}\n", true}, {"a:\n  b\n", false},
	{"a: b\n  c\n", false}, {"a: \"\\n\"\n", false}, {"a: |\n  b\n", false}, {"a: &x 1\nb: *x\n", false}, {"a: !!str 1\n", false},
	{"---\na: b\n", false}, {"a: b\n---\nc: d\n", false}, {"a: b: c\n", false}, {"a: {b, c}\n", false}, {"a: [b: c]\n", false},
	{"a: {b: }\n", false}, {"a: [1, ]\n", false}, {"a: 'b\n  c'\n", false}, {"? a\n: b\n", false}, {"<<: {a: b}\n", false}, {"", false},
	{"# nothing\n", false}, {"\ta: b\n", false}, {"a: b\r\n", false}, {"a: {b: c\n", false}, {"a: [b\n", false}, {"a: 'b\n", false}, {"a: {b: c} d\n", false},
	{"a:\n    b: c\n  d: e\n", false}, {"a: - b\n", false}, {"- - a\n", false}, {"a: @b\n", false}, {"plain\n", false}, {"  a: b\n", false},
}

func TestQuickYAMLIsYAML(t *testing.T) {
	for _, tt := range yamls {
		if quick := sameAsFull(t, tt.text, []byte(tt.text)); quick != tt.quick {
			t.Errorf("%q: read the quick way %v, want %v", tt.text, quick, tt.quick)
		}
	}
}

func TestQuickYAMLNestsSoDeepOnly(t *testing.T) {
	for _, s := range []string{"a: " + strings.Repeat("[", 1_000_000), strings.Repeat("a: {", 1_000_000), "a: " + strings.Repeat("[", 40) + "1" + strings.Repeat("]", 40)} {
		if _, ok := quickYAML(s); ok {
			t.Errorf("%.20s…, %d bytes, is read", s, len(s))
		}
	}
}

func FuzzQuickYAML(f *testing.F) {
	for _, tt := range yamls {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := quickYAML(s)
		if !ok {
			return
		}
		// What both read says the same; what only the quick way reads is more
		// lenient, and never another thing.
		if docs, err := parseYAML([]byte(s)); err == nil && len(docs) == 1 && tree(docs[0]) != tree(n) {
			t.Errorf("%q: quick\n%s\nfull\n%s", s, tree(n), tree(docs[0]))
		}
	})
}
