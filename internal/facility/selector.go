package facility

import (
	"fmt"
	"slices"
	"strings"
)

// A Selector picks devices, points, alarms or anything with attributes:
// `category=cooling, metric=temperature_celsius label.sensor=supply`. Terms are
// separated by commas or spaces and all must hold. Operators: `=` equal, `!=`
// not equal, `~` contains, `!~` does not contain. The zero Selector matches
// everything.
type Selector struct {
	src   string
	terms []term
}

type term struct{ key, op, value string }

// SelectorKeys are the attributes a selector may name, besides label.NAME.
var SelectorKeys = []string{"kind", "category", "device", "place", "rack", "feed", "group", "metric", "priority", "state", "zone", "rule", "class", "owner"}

// ParseSelector reads a selector; the error names the term that is wrong.
func ParseSelector(s string) (Selector, error) {
	sel := Selector{src: strings.TrimSpace(s)}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		i := strings.IndexAny(f, "=!~<>")
		if i <= 0 {
			return Selector{}, fmt.Errorf("selector term %q: want key=value", f)
		}
		t := term{key: f[:i]}
		rest := f[i:]
		for _, op := range []string{"!=", "!~", "<=", ">=", "=", "~"} {
			if strings.HasPrefix(rest, op) {
				t.op, t.value = op, rest[len(op):]
				break
			}
		}
		if t.op == "" || t.value == "" {
			return Selector{}, fmt.Errorf("selector term %q: want key=value, key!=value, key~part or key!~part", f)
		}
		if !strings.HasPrefix(t.key, "label.") && !slices.Contains(SelectorKeys, t.key) {
			return Selector{}, fmt.Errorf("selector term %q: unknown key %q; known: %s, label.NAME", f, t.key, strings.Join(SelectorKeys, ", "))
		}
		if (t.op == "<=" || t.op == ">=") && t.key != "priority" {
			return Selector{}, fmt.Errorf("selector term %q: %s works on priority only", f, t.op)
		}
		sel.terms = append(sel.terms, t)
	}
	return sel, nil
}

func (s Selector) String() string { return s.src }

// MarshalText writes a selector as ParseSelector reads it.
func (s Selector) MarshalText() ([]byte, error) { return []byte(s.src), nil }

// UnmarshalText reads it.
func (s *Selector) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSelector(string(b))
	return err
}

// Attributes gives the values of one attribute; several for groups, none where
// the thing has no such attribute.
type Attributes func(key string) []string

// Match reports whether every term holds. A negated term holds where the
// attribute is absent.
func (s Selector) Match(attrs Attributes) bool {
	for _, t := range s.terms {
		values := attrs(t.key)
		hit := slices.ContainsFunc(values, func(v string) bool {
			switch t.op {
			case "~", "!~":
				return strings.Contains(strings.ToLower(v), strings.ToLower(t.value))
			case "<=":
				return v != "" && v <= t.value // one-digit priorities
			case ">=":
				return v >= t.value
			}
			return strings.EqualFold(v, t.value)
		})
		if hit == strings.HasPrefix(t.op, "!") {
			return false
		}
	}
	return true
}

// DeviceAttributes are a device's attributes for selectors.
func DeviceAttributes(d *Device) Attributes {
	return func(key string) []string {
		switch key {
		case "kind":
			return []string{d.Kind}
		case "category":
			return []string{d.Category}
		case "device":
			return []string{string(d.ID)}
		case "place":
			return []string{d.Place}
		case "rack":
			return []string{d.Rack}
		case "feed":
			return []string{d.Feed}
		case "group":
			return d.Groups
		}
		return nil
	}
}

// PointAttributes are the attributes of one point of a device: its own, then
// the device's. A point's label "group" counts as one of its groups.
func PointAttributes(d *Device, p *Point) Attributes {
	device := DeviceAttributes(d)
	return func(key string) []string {
		if key == "metric" {
			return []string{p.Metric}
		}
		if g := p.Label("group"); key == "group" && g != "" {
			return append([]string{g}, d.Groups...)
		}
		if key == "zone" {
			return []string{p.Label("zone")}
		}
		if name, ok := strings.CutPrefix(key, "label."); ok {
			return []string{p.Label(name)}
		}
		return device(key)
	}
}
