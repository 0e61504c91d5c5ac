package strict

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"nezuban/internal/text"
)

// maxText is the longest string that is kept, in bytes.
const maxText = 4096

// scalarText is a scalar as it was written, without quotes.
func scalarText(n ast.Node) (string, bool) {
	switch x := n.(type) {
	case *ast.StringNode:
		return x.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(x.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(n.GetToken().Value), true
	case *ast.NullNode:
		return "", true
	case *ast.MappingNode:
		if len(x.Values) == 1 && !x.IsFlowStyle {
			return withColon(x.Values[0])
		}
	case *ast.MappingValueNode:
		return withColon(x)
	}
	return "", false
}

// withColon is a plain scalar with a colon in it, such as on-call:primary, which
// the parser takes for a mapping when it stands in a list within braces. YAML 1.2,
// 7.3.3: a colon that no space follows ends no key.
func withColon(x *ast.MappingValueNode) (string, bool) {
	key, ok := x.Key.(*ast.StringNode)
	value, ok2 := x.Value.(*ast.StringNode)
	if !ok || !ok2 || key.Token.Type != token.StringType || value.Token.Type != token.StringType {
		return "", false
	}
	k, v := key.Token.Position, value.Token.Position
	if k.Line != v.Line || v.Column != k.Column+utf8.RuneCountInString(key.Value)+1 {
		return "", false
	}
	return key.Value + ":" + value.Value, true
}

func nounOf(n ast.Node) string {
	switch n.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	}
	if s, ok := scalarText(n); ok {
		return fmt.Sprintf("%q", s)
	}
	return "something else"
}

// clean passes a string through the text gate and says so where it had to change.
func (d *decoder) clean(n ast.Node, s string) string {
	out, ch := text.Clean(s, maxText)
	if ch.Controls {
		d.probs.Add(placeOf(d.file, n), "the text holds control characters, escape sequences or bidirectional controls", "remove them")
	}
	if ch.Truncated {
		d.probs.Add(placeOf(d.file, n), fmt.Sprintf("the text is longer than %d bytes", maxText), "shorten it")
	}
	return out
}

func (d *decoder) number(at Place, s, key string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		d.probs.Add(at, fmt.Sprintf("%s: want a number, got %q", key, s), "write it in the metric's base unit, without a unit")
		return 0, false
	}
	return f, true
}

func (d *decoder) decimal(n ast.Node, p *Decimal, key string) bool {
	s, ok := scalarText(n)
	if !ok || !decimalForm.MatchString(s) {
		d.probs.Add(p.Place, fmt.Sprintf("%s: want a decimal number, got %s", key, nounOf(n)), "for example 0.9995")
		return false
	}
	p.Raw = s
	return true
}

var decimalForm = regexp.MustCompile(`^[0-9]*\.?[0-9]+$|^[0-9]+\.$`)

// Millionths returns the number in parts per million; it refuses more than six
// decimals, so that nothing is rounded.
func (d Decimal) Millionths() (int64, error) {
	whole, frac, _ := strings.Cut(d.Raw, ".")
	frac = strings.TrimRight(frac, "0")
	if len(frac) > 6 {
		return 0, fmt.Errorf("%s has more than six decimals", d.Raw)
	}
	if len(whole) > 12 {
		return 0, fmt.Errorf("%s is too large", d.Raw)
	}
	return strconv.ParseInt("0"+whole+frac+strings.Repeat("0", 6-len(frac)), 10, 64)
}

// ParseDuration reads Go's durations and whole or decimal days: "90s", "35d".
func ParseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		f, err := strconv.ParseFloat(days, 64)
		if err != nil || f < 0 || f > 36500 {
			return 0, fmt.Errorf("%q is no duration", s)
		}
		return time.Duration(f * float64(24*time.Hour)), nil
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no duration", s)
	case d < 0:
		return 0, fmt.Errorf("%q is negative", s)
	}
	return d, nil
}

// ParseBytes reads a size in bytes, or with KiB, MiB, GiB or TiB.
func ParseBytes(s string) (int64, error) {
	num, shift := s, 0
	for i, unit := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			num, shift = strings.TrimSpace(n), 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(num, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is no size", s)
	}
	return n << shift, nil
}
