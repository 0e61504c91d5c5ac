package history

import (
	"fmt"
	"math"
	"net/http"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// maxRawSamples bounds one answer of /api/v1/raw: 35 days of six points every
// 10 s.
const maxRawSamples = 2_000_000

// rawSeries is one series as /api/v1/raw answers it: two columns of equal
// length. PromQL drops staleness markers from ranges, so gaps written down
// would be lost on that way; here a marker is null.
type rawSeries struct {
	Metric     map[string]string `json:"metric"`
	Timestamps []int64           `json:"timestamps"` // ms, Unix, rising
	Values     []*float64        `json:"values"`     // nil: a staleness marker, or no finite number
}

// handleRaw answers the stored samples of match[] in [start, end).
func (s *server) handleRaw(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	m, err := s.matching(r, true)
	if err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	if r.FormValue("end") != "" {
		m.end-- // the querier's range includes its end
	}
	q, err := s.store.db.Load().Querier(m.start, m.end)
	if err != nil {
		sendError(w, errExecution, err.Error())
		return
	}
	defer func() { _ = q.Close() }() // reading only: nothing is lost
	found := []rawSeries{}
	left := maxRawSamples
	for _, set := range m.sets {
		got := q.Select(r.Context(), true, &storage.SelectHints{Start: m.start, End: m.end}, set...)
		for got.Next() {
			one, err := readSeries(got.At(), &left)
			if err != nil {
				sendError(w, errExecution, err.Error())
				return
			}
			found = append(found, one)
		}
		if err := got.Err(); err != nil {
			sendError(w, errExecution, err.Error())
			return
		}
	}
	sendData(w, map[string]any{"result": found})
}

func readSeries(from storage.Series, left *int) (rawSeries, error) {
	one := rawSeries{Metric: from.Labels().Map(), Timestamps: []int64{}, Values: []*float64{}}
	it := from.Iterator(nil)
	for typ := it.Next(); typ != chunkenc.ValNone; typ = it.Next() {
		if typ != chunkenc.ValFloat {
			continue
		}
		if *left--; *left < 0 {
			return one, fmt.Errorf("more than %d samples: ask for a shorter time or fewer series", maxRawSamples)
		}
		t, v := it.At()
		one.Timestamps = append(one.Timestamps, t)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			one.Values = append(one.Values, nil)
			continue
		}
		one.Values = append(one.Values, &v)
	}
	return one, it.Err()
}
