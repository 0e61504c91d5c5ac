package history

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"

	"nezuban/internal/facility"
)

// What we encode is what the library of the format reads: each series once, with
// all its samples in order.
func TestRequestsAreWhatTheLibraryReads(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 9))
	var all []*series
	for i := range 20 {
		all = append(all, newSeries(&facility.Point{Device: "ups-a1", Metric: "ups_output_load_ratio",
			Labels: []facility.Label{{Name: "phase", Value: strconv.Itoa(i)}, {Name: "zone", Value: "火災\"\n"}}}, "DC-T1"))
	}
	c := &Client{}
	values := []float64{0, -1.5, 1e300, math.Float64frombits(value.StaleNaN), math.MaxFloat64}
	for range 200 {
		batch := make([]sample, rng.IntN(60))
		want := map[string][]prompb.Sample{}
		var order []string
		for i := range batch {
			s := all[rng.IntN(len(all))]
			batch[i] = sample{of: s, at: 1_795_960_000_000 + int64(i)*1000 - int64(rng.IntN(2))*1_795_960_000_000, v: values[rng.IntN(len(values))]}
			if want[s.selector()] == nil {
				order = append(order, s.selector())
			}
			want[s.selector()] = append(want[s.selector()], prompb.Sample{Timestamp: batch[i].at, Value: batch[i].v})
		}
		plain, err := snappy.Decode(nil, c.encode(batch))
		var got prompb.WriteRequest
		if err == nil {
			err = got.Unmarshal(plain)
		}
		if err != nil || len(got.Timeseries) != len(order) {
			t.Fatalf("%d series, %v; want %d", len(got.Timeseries), err, len(order))
		}
		for i, ts := range got.Timeseries {
			same := slices.EqualFunc(ts.Samples, want[order[i]], func(a, b prompb.Sample) bool {
				return a.Timestamp == b.Timestamp && math.Float64bits(a.Value) == math.Float64bits(b.Value)
			})
			labels, _ := (&prompb.TimeSeries{Labels: ts.Labels}).Marshal()
			if !same || (&series{labels: labels}).selector() != order[i] {
				t.Fatalf("series %v: %v, want %v of %s", ts.Labels, ts.Samples, want[order[i]], order[i])
			}
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	c := &Client{}
	var batch []sample
	for i := range 5000 {
		s := newSeries(&facility.Point{Device: facility.DeviceID("ups-" + strconv.Itoa(i/60)), Metric: "ups_output_load_ratio",
			Labels: []facility.Label{{Name: "phase", Value: strconv.Itoa(i)}}}, "DC-T1")
		batch = append(batch, sample{of: s, at: 1_795_960_000_000, v: float64(i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		c.encode(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch)), "ns/sample")
}
