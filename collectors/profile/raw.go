package profile

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/facility"
)

// A Pick takes one bit or character out of what the device answers.
type Pick struct {
	From PickFrom
	N    int // bits from 0, characters from 1
}

// PickFrom says what a Pick counts.
type PickFrom uint8

const (
	PickBit       PickFrom = iota + 1 // of an integer, the least significant is 0
	PickOctetBit                      // of an octet string, the first octet's most significant is 0 (SMIv2 BITS, RFC 2578 section 7.1.4)
	PickCharacter                     // of a text, from 1: a decimal digit
)

// Integer returns the bit of an integer.
func (p *Pick) Integer(v int64) (float64, bool) {
	if p.From != PickBit {
		return 0, false
	}
	return float64(v >> p.N & 1), true
}

// Octets returns the bit or digit of an octet string; false where it is too short
// or no digit stands there.
func (p *Pick) Octets(b []byte) (float64, bool) {
	switch p.From {
	case PickOctetBit:
		if p.N/8 >= len(b) {
			return 0, false
		}
		return float64(b[p.N/8] >> (7 - p.N%8) & 1), true
	case PickCharacter:
		if p.N > len(b) || b[p.N-1] < '0' || b[p.N-1] > '9' {
			return 0, false
		}
		return float64(b[p.N-1] - '0'), true
	}
	return 0, false
}

// pick reads which bit or character is meant.
func (r *reader) pick(m *mapping, q *Quantity) {
	keys := []struct {
		name      string
		from      PickFrom
		low, high int
	}{{"bit", PickBit, 0, 63}, {"octet_bit", PickOctetBit, 0, 4095}, {"character", PickCharacter, 1, 1024}}
	for _, k := range keys {
		if m.value(k.name) == nil {
			m.take(k.name)
			continue
		}
		if q.Pick != nil {
			r.problem(m.value(k.name), "", "%s: one of bit, octet_bit and character is enough", k.name)
		}
		q.Pick = &Pick{From: k.from, N: m.integer(k.name, k.low, k.high)}
	}
}

// pattern reads a regular expression with one group.
func (r *reader) pattern(m *mapping, key string, group bool) *regexp.Regexp {
	s := m.text(key)
	if s == "" {
		return nil
	}
	re, err := regexp.Compile(s)
	switch {
	case err != nil:
		r.problem(m.value(key), "", "%s: %v", key, err)
		return nil
	case group && re.NumSubexp() != 1:
		r.problem(m.value(key), `e.g. 'Temp: ([-0-9.]+)'`, "%s: want exactly one group in parentheses, got %d", key, re.NumSubexp())
		return nil
	}
	return re
}

// notFitted reads the numbers and texts that mean "no such part". NaN is a text:
// as a number it would equal nothing.
func (r *reader) notFitted(m *mapping, q *Quantity) {
	for _, s := range m.texts("not_fitted") {
		if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(f) {
			q.NotFitted = append(q.NotFitted, f)
		} else {
			q.NotFittedText = append(q.NotFittedText, s)
		}
	}
}

// NotFittedAs reports whether a text says that there is no such part.
func (q *Quantity) NotFittedAs(text string) bool {
	return q.NotFittedText != nil && slices.Contains(q.NotFittedText, strings.TrimSpace(text))
}

// Word returns the state that a word of the device stands for.
func (q *Quantity) Word(text string) (float64, bool) {
	v, ok := q.Words[word(text)]
	return v, ok
}

func word(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// enumeration is the states of one object, and the words by which the device may
// tell them.
type enumeration struct {
	states []facility.State
	words  map[string]float64
}

// scaleBy reads a factor that depends on another object.
func (r *reader) scaleBy(m *mapping, q *Quantity) {
	s := m.sub("scale_by")
	if s == nil {
		return
	}
	by := &ScaleBy{OID: s.reference("oid", true), Factors: map[string]float64{}}
	if values := s.sub("values"); values != nil {
		for _, raw := range values.keys() {
			by.Factors[raw] = values.number(raw, 0)
			if by.Factors[raw] == 0 {
				r.problem(values.keyNode(raw), "", "scale_by: factor 0 makes every value 0")
			}
		}
	}
	if len(by.Factors) == 0 {
		r.problem(s.node, "values: {1: 0.1, 2: 1}", "scale_by: values are missing")
	}
	s.finish("scale_by")
	q.ScaleBy = by
}

// powers reads the exponents of ten.
func (r *reader) powers(m *mapping, q *Quantity) {
	for _, n := range m.list("scale_power") {
		s := r.mapping(n)
		if s == nil {
			continue
		}
		e := Exponent{OID: s.reference("oid", true), Plus: s.number("plus", 0), Times: s.number("times", 1)}
		if s.flag("negate") {
			e.Times = -e.Times
		}
		s.finish("scale_power")
		q.Powers = append(q.Powers, e)
	}
}

// rowsOf reads which values of the index a table or column is about.
func (r *reader) rowsOf(m *mapping) map[string][]string {
	s := m.sub("rows")
	if s == nil {
		return nil
	}
	out := map[string][]string{}
	for _, label := range s.keys() {
		out[label] = s.texts(label)
	}
	return out
}
