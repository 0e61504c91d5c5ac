package sla

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// A histogram is the seconds for which each value held, in the order of the
// values, each once. Values are millionths, taken to six significant digits, so
// that sums are exact and do not depend on the order in which samples came. It is
// never modified, and may be shared.
type histogram []held

type held struct{ value, seconds int64 }

// histogramOf sorts list, adds up what is of one value, and may keep list.
func histogramOf(list []held) histogram {
	slices.SortFunc(list, func(a, b held) int { return cmp.Compare(a.value, b.value) })
	out := list[:0]
	for _, x := range list {
		if n := len(out); n > 0 && out[n-1].value == x.value {
			out[n-1].seconds += x.seconds
		} else {
			out = append(out, x)
		}
	}
	return out
}

// maxFresh is how many values wait to be put in their places: one by one each
// would move all that are greater.
const maxFresh = 512

// values are all that was weighed.
func (f *fold) values() histogram {
	if len(f.fresh) > 0 {
		f.hist, f.fresh = f.hist.plus(histogramOf(f.fresh)), nil
	}
	return f.hist
}

// Millionths of a value, to six significant digits; false where it is no number
// or too large.
func Millionths(v float64) (int64, bool) {
	if !isNumber(v) || math.Abs(v) > 9e12 {
		return 0, false
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 5, 64), 64)
	if err != nil {
		return 0, false
	}
	return int64(math.Round(r * million)), true
}

func (f *fold) weigh(v float64, from, to int64) {
	m, ok := Millionths(v)
	if !ok || from >= to {
		return
	}
	for _, i := range f.window(from, to) {
		if f.fresh = append(f.fresh, held{m, i.To - i.From}); len(f.fresh) == maxFresh {
			f.values()
		}
	}
}

// window cuts the time in which values are weighed to that of the account.
func (f *fold) window(from, to int64) []Interval {
	if f.to == 0 {
		return []Interval{{from, to}}
	}
	i := Interval{max(from, f.from, f.entity.Since), min(to, f.to)}
	if f.entity.Until != 0 {
		i.To = min(i.To, f.entity.Until)
	}
	if i.From >= i.To {
		return nil
	}
	return []Interval{i}
}

// plus returns a histogram of its own.
func (h histogram) plus(o histogram) histogram {
	out := make(histogram, 0, len(h)+len(o))
	for len(h) > 0 && len(o) > 0 {
		switch {
		case h[0].value < o[0].value:
			out, h = append(out, h[0]), h[1:]
		case h[0].value > o[0].value:
			out, o = append(out, o[0]), o[1:]
		default:
			out = append(out, held{h[0].value, h[0].seconds + o[0].seconds})
			h, o = h[1:], o[1:]
		}
	}
	return append(append(out, h...), o...)
}

func (h histogram) seconds() (n int64) {
	for _, x := range h {
		n += x.seconds
	}
	return n
}

// mean weighted by time, in millionths, rounded away from nought only where it is
// exactly a half.
func (h histogram) mean() int64 {
	sum, n := new(big.Int), big.NewInt(h.seconds())
	for _, x := range h {
		sum.Add(sum, new(big.Int).Mul(big.NewInt(x.value), big.NewInt(x.seconds)))
	}
	if n.Sign() == 0 {
		return 0
	}
	q, r := new(big.Int).QuoRem(sum, n, new(big.Int))
	if r.Abs(r).Lsh(r, 1).Cmp(n) >= 0 {
		q.Add(q, big.NewInt(int64(sum.Sign())))
	}
	return q.Int64()
}

// quantile is the least value that covers a share of the time.
func (h histogram) quantile(ppm int64) int64 {
	total, covered := h.seconds(), int64(0)
	for _, x := range h {
		covered += x.seconds
		if compare(covered, million, ppm, total) >= 0 {
			return x.value
		}
	}
	return 0
}

// MarshalJSON writes it in the order of the values.
func (h histogram) MarshalJSON() ([]byte, error) {
	out := make([][2]int64, 0, len(h))
	for _, x := range h {
		out = append(out, [2]int64{x.value, x.seconds})
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads it.
func (h *histogram) UnmarshalJSON(b []byte) error {
	var in [][2]int64
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	list := make([]held, 0, len(in))
	for _, p := range in {
		if p[1] < 0 {
			return fmt.Errorf("%d seconds of a value", p[1])
		}
		list = append(list, held{p[0], p[1]})
	}
	*h = histogramOf(list)
	return nil
}
