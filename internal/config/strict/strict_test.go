package strict_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"nezuban/internal/config/strict"
)

type inner struct {
	strict.Node
	Count int           `yaml:"count"`
	Wait  time.Duration `yaml:"wait"`
}

type outer struct {
	strict.Node
	Name   strict.Str     `yaml:"name"`
	Limit  *float64       `yaml:"limit"`
	On     bool           `yaml:"on"`
	Inner  inner          `yaml:"inner"`
	Words  []strict.Str   `yaml:"words"`
	Many   []inner        `yaml:"many"`
	Labels strict.Labels  `yaml:"labels"`
	Title  strict.Text    `yaml:"title"`
	Share  strict.Decimal `yaml:"share"`
	Size   strict.Bytes   `yaml:"size"`
}

// read decodes the first document over v and returns the problems, one a line.
func read(v *outer, src string) string {
	var p strict.Problems
	for _, d := range strict.Parse("f.yaml", []byte(src), &p) {
		d.Into(v)
		break
	}
	var out []string
	for _, e := range p.Sorted() {
		out = append(out, e.Error())
	}
	return strings.Join(out, "\n")
}

func TestReadsEverything(t *testing.T) {
	var v outer
	if got := read(&v, `
name: 漏水 "x"
limit: 2.5e+1
on: true
inner: {count: 3, wait: 1.5d}
words: [a, "2", 3]
many:
  - count: 1
  - {count: 2}
labels: {a: x, b: [y, z]}
title: {en: one, ja: 一}
share: 0.9995
size: 2MiB
`); got != "" {
		t.Fatalf("problems: %s", got)
	}
	if v.Name.V != `漏水 "x"` || *v.Limit != 25 || !v.On || v.Inner.Count != 3 || v.Inner.Wait != 36*time.Hour {
		t.Errorf("scalars: got %+v", v)
	}
	if len(v.Words) != 3 || v.Words[2].V != "3" || len(v.Many) != 2 || v.Many[1].Count != 2 || v.Labels["b"] != "y, z" {
		t.Errorf("lists and labels: got %+v", v)
	}
	if ppm, err := v.Share.Millionths(); err != nil || ppm != 999_500 || v.Title.Ja != "一" || v.Size != 2<<20 {
		t.Errorf("share %d (%v), title %+v, size %d", ppm, err, v.Title, v.Size)
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"unknown key", "nmae: x\n", `f.yaml:1:1: unknown key "nmae"; did you mean "name"?`},
		{"unknown key far from any", "zzzzzz: x\n", `f.yaml:1:1: unknown key "zzzzzz"; known: name, limit, on, inner, words, many, labels, title, share, size`},
		{"unknown key deep down", "many:\n  - count: 1\n    wiat: 3s\n", `f.yaml:3:5: unknown key "wiat"; did you mean "wait"?`},
		{"after Japanese, columns count characters", "inner: {count: 1, 名前: x}\n", `f.yaml:1:19: unknown key "名前"; known: count, wait`},
		{"second document line", "# note\n\n\nname: [x]\n", `f.yaml:4:7: name: want one value, got a list`},
		{"key twice", "on: true\non: false\n", `f.yaml:2:1: key "on" stands here a second time; keep one of the two`},
		{"yes is no truth value", "on: yes\n", `f.yaml:1:5: on: want true or false, got "yes"`},
		{"number", "limit: warm\n", `f.yaml:1:8: limit: want a number, got "warm"; write it in the metric's base unit, without a unit`},
		{"not a number", "limit: .nan\n", `f.yaml:1:8: limit: want a number, got ".nan"; write it in the metric's base unit, without a unit`},
		{"whole number", "inner: {count: 1.5}\n", `f.yaml:1:16: count: want a whole number, got "1.5"`},
		{"negative duration", "inner: {wait: -3s}\n", `f.yaml:1:15: wait: "-3s" is negative; write a number and a unit: 30s, 10m, 8h, 35d`},
		{"anchor", "name: &a x\n", "f.yaml:1:7: anchors, aliases and tags are not read here; write the value out, or use the file's defaults: block"},
		{"tag", "name: !!str x\n", "f.yaml:1:7: anchors, aliases and tags are not read here; write the value out, or use the file's defaults: block"},
		{"list for a document", "- a\n", "f.yaml:1:1: the document must be a mapping of keys to values, not a list"},
		{"empty item", "words:\n  - a\n  -\n", "f.yaml:3:3: words: the list has an empty item; remove the lone dash"},
		{"two mistakes at once", "on: 1\nshare: 99%\n", "f.yaml:1:5: on: want true or false, got \"1\"\nf.yaml:2:8: share: want a decimal number, got \"99%\"; for example 0.9995"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v outer
			if got := read(&v, tt.src); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A struct that was filled beforehand acts as the defaults, and its places stay
// those of the defaults.
func TestOverDefaults(t *testing.T) {
	var base outer
	read(&base, "name: base\ninner: {count: 7, wait: 1s}\n")
	over := base
	if got := read(&over, "\n\ninner: {wait: 2s}\n"); got != "" {
		t.Fatal(got)
	}
	if over.Name.V != "base" || over.Inner.Count != 7 || over.Inner.Wait != 2*time.Second {
		t.Errorf("got %+v", over)
	}
	if at := over.Inner.At("wait"); at.Line != 3 {
		t.Errorf("own value: line %d, want 3", at.Line)
	}
	if at := over.Inner.At("count"); at.Line != 2 {
		t.Errorf("value of the defaults: line %d, want 2", at.Line)
	}
	if base.Inner.Wait != time.Second || base.Inner.At("wait").Line != 2 {
		t.Errorf("the defaults changed: %+v", base.Inner)
	}
}

func TestMillionths(t *testing.T) {
	for raw, want := range map[string]int64{"1": 1_000_000, "1.0": 1_000_000, "0.9995": 999_500, ".5": 500_000, "0.000001": 1, "0.10000000": 100_000, "99.95": 99_950_000} {
		if got, err := (strict.Decimal{Raw: raw}).Millionths(); err != nil || got != want {
			t.Errorf("%s: got %d, %v; want %d", raw, got, err, want)
		}
	}
	if _, err := (strict.Decimal{Raw: "0.0000001"}).Millionths(); err == nil {
		t.Error("seven decimals were accepted and must have been rounded")
	}
}

func TestNearest(t *testing.T) {
	known := []string{"interval", "intervals", "name", "community", "community_secret"}
	for word, want := range map[string]string{"intervall": "interval", "nmae": "name", "comunity": "community", "Name": "name", "xyz": "", "communitysecret": "community_secret"} {
		if got, _ := strict.Nearest(word, known); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

// Whatever people or a broken disk put into a file: problems, never a panic, and
// no place outside the file.
func FuzzInto(f *testing.F) {
	for _, seed := range []string{"name: x\n", "many: [{count: 1}]\n---\nname: y\n", "a: &b [*b]\n", "\t- :", "{{{{[[[", "? a\n: b\n", "<<: {a: b}\n", "title: |\n  x\n", "labels: {? [a] : b}\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var p strict.Problems
		for _, d := range strict.Parse("f.yaml", []byte(src), &p) {
			var v outer
			d.Into(&v)
		}
		lines := strings.Count(src, "\n") + 1 + strings.Count(src, "\r")
		for _, e := range p.Sorted() {
			if e.Line < 0 || e.Line > lines+1 {
				t.Errorf("%v lies outside the %d lines of %s", e, lines, fmt.Sprintf("%q", src))
			}
		}
	})
}

// The parser takes these for mappings where they stand in a list within braces.
func TestAColonWithoutASpaceIsPartOfAPlainScalar(t *testing.T) {
	for src, want := range map[string]string{
		"to: [on-call:primary, role:shift-lead]":                         "on-call:primary role:shift-lead",
		"to: [\"on-call:primary\"]":                                      "on-call:primary",
		"to:\n  - on-call:primary":                                       "on-call:primary",
		"steps: [{to: [on-call:primary]}]":                               "on-call:primary",
		"steps:\n  - {n: 1, to: [on-call:primary, 'person:佐藤', role:x]}": "on-call:primary person:佐藤 role:x",
		"steps: [{to: [{on-call: primary}]}]":                            "refused",
		"steps: [{to: [on-call: primary]}]":                              "refused",
	} {
		type step struct {
			strict.Node
			N  int          `yaml:"n"`
			To []strict.Str `yaml:"to"`
		}
		var v struct {
			strict.Node
			To    []strict.Str `yaml:"to"`
			Steps []step       `yaml:"steps"`
		}
		var probs strict.Problems
		docs := strict.Parse("f.yaml", []byte(src+"\n"), &probs)
		docs[0].Into(&v)
		list := v.To
		for _, s := range v.Steps {
			list = append(list, s.To...)
		}
		var words []string
		for _, s := range list {
			words = append(words, s.V)
		}
		got := strings.Join(words, " ")
		if probs.Errors() > 0 {
			got = "refused"
		}
		if got != want {
			t.Errorf("%s: %q, want %q; %v", src, got, want, probs.Sorted())
		}
	}
}
