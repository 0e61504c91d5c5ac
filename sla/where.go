package sla

import (
	"fmt"
	"strings"
)

// A Where picks events by their attributes: "verified=true, kind!=test". All
// terms must hold; a missing attribute is the empty text. The zero Where picks
// everything.
type Where struct{ terms []whereTerm }

type whereTerm struct {
	key, value string
	not        bool
}

// ParseWhere reads a Where.
func ParseWhere(s string) (Where, error) {
	var w Where
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		key, value, ok := strings.Cut(f, "=")
		t := whereTerm{key: strings.TrimSuffix(key, "!"), value: value, not: strings.HasSuffix(key, "!")}
		if !ok || t.key == "" || strings.ContainsAny(t.key, "!<>~") {
			return Where{}, fmt.Errorf("term %q: want key=value or key!=value", f)
		}
		w.terms = append(w.terms, t)
	}
	return w, nil
}

// Match reports whether every term holds.
func (w Where) Match(attrs map[string]string) bool {
	for _, t := range w.terms {
		if strings.EqualFold(attrs[t.key], t.value) == t.not {
			return false
		}
	}
	return true
}

// Empty reports whether everything is picked.
func (w Where) Empty() bool { return len(w.terms) == 0 }

func (w Where) String() string {
	parts := make([]string, len(w.terms))
	for i, t := range w.terms {
		op := "="
		if t.not {
			op = "!="
		}
		parts[i] = t.key + op + t.value
	}
	return strings.Join(parts, ",")
}

// MarshalText writes it as ParseWhere reads it.
func (w Where) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads it.
func (w *Where) UnmarshalText(b []byte) (err error) {
	*w, err = ParseWhere(string(b))
	return err
}

// Fill adds attributes with which every positive term holds.
func (w Where) Fill(attrs map[string]string) {
	for _, t := range w.terms {
		if !t.not {
			attrs[t.key] = t.value
		}
	}
}
