package sla

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// A histogram is the seconds for which each value held. Values are millionths,
// taken to six significant digits, so that sums are exact and do not depend on
// the order in which samples came.
type histogram map[int64]int64

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
		if f.hist == nil {
			f.hist = histogram{}
		}
		f.hist[m] += i.To - i.From
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

func (h histogram) plus(o histogram) histogram {
	out := histogram{}
	for _, x := range []histogram{h, o} {
		for v, n := range x {
			out[v] += n
		}
	}
	return out
}

func (h histogram) values() []int64 {
	out := make([]int64, 0, len(h))
	for v := range h {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

func (h histogram) seconds() (n int64) {
	for _, s := range h {
		n += s
	}
	return n
}

// mean weighted by time, in millionths, rounded away from nought only where it is
// exactly a half.
func (h histogram) mean() int64 {
	sum, n := new(big.Int), big.NewInt(h.seconds())
	for v, s := range h {
		sum.Add(sum, new(big.Int).Mul(big.NewInt(v), big.NewInt(s)))
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
	values := h.values()
	for _, v := range values {
		covered += h[v]
		if compare(covered, million, ppm, total) >= 0 {
			return v
		}
	}
	return 0
}

// MarshalJSON writes it in the order of the values.
func (h histogram) MarshalJSON() ([]byte, error) {
	out := make([][2]int64, 0, len(h))
	for _, v := range h.values() {
		out = append(out, [2]int64{v, h[v]})
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads it.
func (h *histogram) UnmarshalJSON(b []byte) error {
	var in [][2]int64
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*h = histogram{}
	for _, p := range in {
		if p[1] < 0 {
			return fmt.Errorf("%d seconds of a value", p[1])
		}
		(*h)[p[0]] += p[1]
	}
	return nil
}
