package history

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
)

func TestWriteRefusesSamplesOneByOne(t *testing.T) {
	_, ask := serve(t, func(o *ServerOptions) { o.MaxSeries = 3 })
	waitReady(t, ask)
	now := time.Now().UnixMilli()
	name := pair{"__name__", "m"}
	good := func(dev string) prompb.TimeSeries {
		return ts([]prompb.Sample{{Timestamp: now, Value: 1}}, name, pair{"device", dev})
	}
	with := func(v float64, at int64, labels ...pair) prompb.TimeSeries {
		return ts([]prompb.Sample{{Timestamp: at, Value: v}}, labels...)
	}
	var many []pair
	for i := range 70 {
		many = append(many, pair{fmt.Sprintf("l%02d", i), "x"})
	}
	tests := []struct {
		name string
		bad  prompb.TimeSeries
		why  error
	}{
		{"an hour ahead", with(1, now+3600_000, name), errFuture},
		{"not a number", with(math.NaN(), now, name), errNotNumber},
		{"infinite", with(math.Inf(1), now, name), errNotNumber},
		{"no name", with(1, now, pair{"device", "x"}), errLabels},
		{"a label twice", with(1, now, name, pair{"a", "1"}, pair{"a", "2"}), errLabels},
		{"a label of 10 MB", with(1, now, name, pair{"a", strings.Repeat("x", 10<<20)}), errLabels},
		{"seventy labels", with(1, now, append(many, name)...), errLabels},
		{"a histogram", prompb.TimeSeries{Labels: []prompb.Label{{Name: "__name__", Value: "h"}}, Histograms: make([]prompb.Histogram, 1)}, errHistogram},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, written, body := post(t, ask, tt.bad, good("kept"))
			if code != http.StatusBadRequest || written != "1" || !strings.Contains(body, tt.why.Error()) {
				t.Errorf("%d, written %q: %.200s; want 400, 1 written, %q", code, written, body, tt.why)
			}
		})
	}
	t.Run("a series past the limit, known ones go on", func(t *testing.T) {
		if code, written, body := post(t, ask, good("kept"), good("d2"), good("d3"), good("d4"), good("d2")); code != 400 || written != "4" || !strings.Contains(body, errMoreSeries.Error()) {
			t.Errorf("%d, written %q: %s", code, written, body)
		}
	})
}

func TestWriteRefusesWholeRequests(t *testing.T) {
	_, ask := serve(t, nil)
	waitReady(t, ask)
	bomb := snappy.Encode(nil, make([]byte, maxWriteDecoded+1)) // small on the wire
	tests := []struct {
		name string
		body []byte
		code int
	}{
		{"no snappy", []byte("hello"), 400},
		{"snappy, but no message", snappy.Encode(nil, []byte("hello")), 400},
		{"a bomb", bomb, 413},
		{"a body over the bound", make([]byte, maxWriteBody+1), 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, _, body := postRaw(t, ask, tt.body); code != tt.code {
				t.Errorf("%d: %s; want %d", code, body, tt.code)
			}
		})
	}
}
