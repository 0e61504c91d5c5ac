// Package filter is what people type after '/': selector terms, plain words and
// !words, in either language.
//
//	priority<=2 place~hall water !door
//
// Every selector term must hold, every word must occur and no !word may. A
// leading "!" standing alone inverts the whole. Case and full-width forms do not
// matter.
package filter

import (
	"errors"
	"strings"

	"golang.org/x/text/width"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

// A Filter decides what is shown. The zero value shows everything.
type Filter struct {
	src     string
	terms   string // of src, as a selector
	sel     facility.Selector
	words   []string
	without []string
	inverse bool
}

// aliases are other spellings of selector keys.
var aliases = map[string]string{
	"prio": "priority", "優先": "priority", "優先度": "priority", "状態": "state", "機器": "device",
	"場所": "place", "種別": "kind", "分類": "category", "ラック": "rack", "系統": "feed",
	"群": "group", "区域": "zone", "規則": "rule",
}

// A TermError names the term of a filter that cannot be read.
type TermError struct {
	Term string // as typed
	Err  error
}

func (e *TermError) Error() string { return e.Err.Error() }

func (e *TermError) Unwrap() error { return e.Err }

// Problem says in the reader's language what is wrong with a filter.
func Problem(t *i18n.Texts, err error) string {
	var term *TermError
	if errors.As(err, &term) {
		return t.Frame.BadFilter(term.Term)
	}
	return err.Error()
}

// Parse reads a filter; the error names the term that is wrong.
func Parse(s string) (Filter, error) {
	f := Filter{src: strings.TrimSpace(s)}
	fields := strings.Fields(width.Fold.String(f.src))
	if len(fields) > 1 && fields[0] == "!" {
		f.inverse, fields = true, fields[1:]
	}
	var terms []string
	for _, w := range fields {
		switch i := strings.IndexAny(w, "=~<>"); {
		case i > 0:
			term := translate(w)
			if _, err := facility.ParseSelector(term); err != nil {
				return Filter{}, &TermError{Term: w, Err: err}
			}
			terms = append(terms, term)
		case strings.HasPrefix(w, "!"):
			if len(w) > 1 {
				f.without = append(f.without, strings.ToLower(w[1:]))
			}
		default:
			f.words = append(f.words, strings.ToLower(w))
		}
	}
	var err error
	f.terms = strings.Join(terms, " ")
	f.sel, err = facility.ParseSelector(f.terms)
	return f, err
}

// translate replaces an alias of a key, and makes state=unack what records say.
func translate(w string) string {
	i := strings.IndexAny(w, "=!~<>")
	if k, ok := aliases[strings.ToLower(w[:i])]; ok {
		return k + w[i:]
	}
	return strings.ToLower(w[:i]) + w[i:]
}

// String is the filter as typed; "" shows everything.
func (f Filter) String() string { return f.src }

// Selector is the filter as a selector; false where it is empty or says more
// than a selector can: words, !words, the inverse.
func (f Filter) Selector() (string, bool) {
	return f.terms, f.terms != "" && len(f.words)+len(f.without) == 0 && !f.inverse
}

// Match reports whether a thing with these attributes and this text is shown.
func (f Filter) Match(attrs facility.Attributes, texts ...string) bool {
	if f.src == "" {
		return true
	}
	return f.match(attrs, texts) != f.inverse
}

func (f Filter) match(attrs facility.Attributes, texts []string) bool {
	if !f.sel.Match(attrs) {
		return false
	}
	if len(f.words)+len(f.without) == 0 {
		return true
	}
	all := strings.ToLower(width.Fold.String(strings.Join(texts, "\n")))
	for _, w := range f.words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	for _, w := range f.without {
		if strings.Contains(all, w) {
			return false
		}
	}
	return true
}
