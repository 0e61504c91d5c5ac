package history

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"nezuban/internal/facility"
)

// maxTrendSteps bounds the columns of one trend.
const maxTrendSteps = 20_000

// Samples returns what is stored of a point in [from, to), oldest first, gaps
// included: a Missing reading is one that was written as such. Against a store
// that is not our child, staleness markers cannot be read back and are left out.
func (c *Client) Samples(ctx context.Context, point facility.Point, from, to facility.Tick) ([]facility.Reading, error) {
	if to <= from {
		return nil, nil
	}
	s := newSeries(&point, c.site)
	all, err := c.raw(ctx, s.selector(), from, to)
	if err != nil {
		return nil, fmt.Errorf("samples of %s: %w", point.ID, err)
	}
	for _, one := range all {
		if s.same(one.Metric) {
			return readingsOf(point.ID, one), nil
		}
	}
	return nil, nil
}

func readingsOf(id facility.PointID, one rawSeries) []facility.Reading {
	out := make([]facility.Reading, 0, len(one.Timestamps))
	for i, t := range one.Timestamps {
		r := facility.Reading{Point: id, Tick: facility.Tick(t / 1000)}
		if i < len(one.Values) && one.Values[i] != nil {
			r.Value, r.Quality = *one.Values[i], facility.Good
		}
		out = append(out, r)
	}
	return out
}

// raw asks for stored samples: our own call where there is one, a range selector
// elsewhere.
func (c *Client) raw(ctx context.Context, selector string, from, to facility.Tick) ([]rawSeries, error) {
	if c.own {
		var data struct{ Result []rawSeries }
		err := c.get(ctx, "/api/v1/raw", map[string]string{
			"match[]": selector, "start": strconv.FormatInt(int64(from), 10), "end": strconv.FormatInt(int64(to), 10)}, &data)
		return data.Result, err
	}
	var data struct {
		Result []struct {
			Metric map[string]string
			Values [][2]any
		}
	}
	// A range is open on the left and closed on the right; shifting it by a
	// millisecond makes [from, to) of whole seconds.
	err := c.get(ctx, "/api/v1/query", map[string]string{
		"query": fmt.Sprintf("%s[%dms]", selector, int64(to-from)*1000),
		"time":  fmt.Sprintf("%d.999", int64(to)-1)}, &data)
	var out []rawSeries
	for _, one := range data.Result {
		r := rawSeries{Metric: one.Metric}
		for _, v := range one.Values {
			at, ok := v[0].(float64)
			str, isStr := v[1].(string)
			f, perr := strconv.ParseFloat(str, 64)
			if !ok || !isStr || perr != nil {
				return nil, errors.New("decode history's answer: sample is not [seconds, \"value\"]")
			}
			r.Timestamps = append(r.Timestamps, int64(at*1000+0.5))
			r.Values = append(r.Values, &f)
		}
		out = append(out, r)
	}
	return out, err
}

// Trend returns one TrendPoint a step of [from, to): the extremes and the mean
// of the good samples whose ticks lie in the step. A step without any sample of
// its own shows the value before it while that still holds, that is until the
// next reading of either quality, at most MaxAge of the point's interval; past
// that, and where only Missing readings lie in the step, it is a gap.
func (c *Client) Trend(ctx context.Context, point facility.Point, from, to facility.Tick, step time.Duration) ([]facility.TrendPoint, error) {
	secs := facility.Tick(step / time.Second)
	switch {
	case secs < 1:
		return nil, fmt.Errorf("trend of %s: step %s is shorter than a second", point.ID, step)
	case to <= from:
		return nil, nil
	case (to-from)/secs > maxTrendSteps:
		return nil, fmt.Errorf("trend of %s: more than %d steps, ask for a longer step", point.ID, maxTrendSteps)
	}
	age := facility.Tick(facility.MaxAge(point.Interval) / time.Second)
	rs, err := c.Samples(ctx, point, from-age, to)
	if err != nil {
		return nil, err
	}
	return bucket(rs, from, to, secs, age), nil
}

// bucket is Trend without the asking.
func bucket(rs []facility.Reading, from, to, step, age facility.Tick) []facility.TrendPoint {
	out := make([]facility.TrendPoint, 0, (to-from+step-1)/step)
	i, _ := slices.BinarySearchFunc(rs, from, func(r facility.Reading, t facility.Tick) int { return int(r.Tick - t) })
	for at := from; at < to; at += step {
		p := facility.TrendPoint{At: at}
		end, first, n, sum := min(at+step, to), i, 0, 0.0
		for ; i < len(rs) && rs[i].Tick < end; i++ {
			if rs[i].Quality != facility.Good {
				continue
			}
			v := rs[i].Value
			if n == 0 {
				p.Min, p.Max = v, v
			}
			p.Min, p.Max = min(p.Min, v), max(p.Max, v)
			sum += v
			n++
		}
		if n > 0 {
			p.Mean, p.Known = sum/float64(n), true
		} else if i == first && i > 0 && rs[i-1].Quality == facility.Good && at-rs[i-1].Tick <= age {
			v := rs[i-1].Value
			p.Min, p.Max, p.Mean, p.Known = v, v, v, true
		}
		out = append(out, p)
	}
	return out
}

// IsUnavailable reports that history is there but cannot answer now: it is
// opening its data, or waits for space.
func IsUnavailable(err error) bool {
	var st *statusError
	return errors.As(err, &st) && st.code == http.StatusServiceUnavailable
}
