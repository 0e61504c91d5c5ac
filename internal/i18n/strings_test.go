package i18n

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// walk visits every string and function of a value.
func walk(path string, v reflect.Value, visit func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			walk(path+"."+v.Type().Field(i).Name, v.Field(i), visit)
		}
	case reflect.Map:
		if v.Len() == 0 {
			visit(path, v)
		}
		for _, k := range v.MapKeys() {
			walk(fmt.Sprintf("%s[%s]", path, k), v.MapIndex(k), visit)
		}
	case reflect.Slice, reflect.Array:
		if v.Len() == 0 {
			visit(path, v)
		}
		for i := range v.Len() {
			walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i), visit)
		}
	default:
		visit(path, v)
	}
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	for _, texts := range []*Texts{For("en"), For("ja")} {
		walk(texts.Lang, reflect.ValueOf(*texts), func(path string, v reflect.Value) {
			switch v.Kind() {
			case reflect.String:
				if strings.TrimSpace(v.String()) == "" {
					t.Errorf("%s is empty", path)
				}
			case reflect.Func:
				if v.IsNil() {
					t.Errorf("%s is nil", path)
					return
				}
				checkFunction(t, path, v)
			default:
				t.Errorf("%s is empty", path)
			}
		})
	}
}

// checkFunction calls a text with recognisable arguments: every one of them
// must be in the sentence, whichever way its yes or no is; and that must change it.
func checkFunction(t *testing.T, path string, f reflect.Value) {
	t.Helper()
	var args []reflect.Value
	var want []string
	var flags []int
	for i := range f.Type().NumIn() {
		switch f.Type().In(i).Kind() {
		case reflect.Bool:
			args, flags = append(args, reflect.ValueOf(false)), append(flags, i)
		case reflect.Int:
			args = append(args, reflect.ValueOf(7100+i))
			want = append(want, fmt.Sprint(7100+i))
		case reflect.String:
			args = append(args, reflect.ValueOf(fmt.Sprintf("argument%d", i)))
			want = append(want, fmt.Sprintf("argument%d", i))
		default:
			t.Fatalf("%s takes a %s: teach this test", path, f.Type().In(i))
		}
	}
	out := f.Call(args)[0].String()
	said := []string{out}
	for _, i := range flags {
		args[i] = reflect.ValueOf(true)
		other := f.Call(args)[0].String()
		args[i] = reflect.ValueOf(false)
		if other == out {
			t.Errorf("%s: %q whether argument %d is true or not", path, out, i)
		}
		said = append(said, other)
	}
	for _, out := range said {
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q does not carry argument %q", path, out, w)
			}
		}
	}
}

func TestLanguagesAreNotMixed(t *testing.T) {
	walk("en", reflect.ValueOf(*For("en")), func(path string, v reflect.Value) {
		if v.Kind() == reflect.String && strings.IndexFunc(v.String(), func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }) >= 0 {
			t.Errorf("%s holds Japanese: %q", path, v.String())
		}
	})
}

func TestMapsHaveTheSameCodes(t *testing.T) {
	e, j := reflect.ValueOf(*For("en")), reflect.ValueOf(*For("ja"))
	for i := range e.NumField() {
		if e.Field(i).Kind() != reflect.Map {
			continue
		}
		if a, b := keys(e.Field(i)), keys(j.Field(i)); a != b {
			t.Errorf("%s: en has %s, ja has %s", e.Type().Field(i).Name, a, b)
		}
	}
	for _, c := range facility.Categories {
		if For("en").Category[c] == "" {
			t.Errorf("category %s has no word", c)
		}
	}
	for _, k := range facility.Kinds {
		if For("en").Kind[k] == "" {
			t.Errorf("kind %s has no word", k)
		}
	}
}

func keys(m reflect.Value) string {
	var out []string
	for _, k := range m.MapKeys() {
		out = append(out, k.String())
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestAnUnknownCodeStandsForItself(t *testing.T) {
	if got := Word(For("ja").Reach, "brand_new"); got != "brand_new" {
		t.Errorf("got %q, want the code", got)
	}
	if !utf8.ValidString(For("ja").Frame.LifeSafety) {
		t.Error("the life-safety sentence is not valid UTF-8")
	}
}

// TestHelpIsReadableAt80Columns: a sentence of the help has 62 cells there.
func TestHelpIsReadableAt80Columns(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		l := For(lang)
		sentences := map[string]string{}
		keys := reflect.ValueOf(l.Keys)
		for i := range keys.NumField() {
			sentences[keys.Type().Field(i).Name] = keys.Field(i).String()
		}
		for _, table := range [][][2]string{l.Help.Marks, l.Help.States} {
			for _, m := range table {
				sentences[m[0]] = m[1]
			}
		}
		for name, s := range sentences {
			if w := text.Width(s); w > 62 {
				t.Errorf("%s, %s: %q takes %d cells, at most 62", lang, name, s, w)
			}
		}
	}
}
