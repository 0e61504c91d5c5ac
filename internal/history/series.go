package history

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// maxListed bounds the lists of series, labels and label values.
const maxListed = 100_000

// matching is what the list calls are asked: selectors and a time range.
type matching struct {
	sets       [][]*labels.Matcher
	start, end int64 // ms, inclusive
}

func (s *server) matching(r *http.Request, need bool) (matching, error) {
	start, e1 := formTime(r, "start", time.UnixMilli(math.MinInt64/1_000_000))
	end, e2 := formTime(r, "end", time.UnixMilli(math.MaxInt64/1_000_000))
	if err := errors.Join(e1, e2); err != nil {
		return matching{}, err
	}
	m := matching{start: start.UnixMilli(), end: end.UnixMilli()}
	for _, sel := range r.Form["match[]"] {
		set, err := s.parser.ParseMetricSelector(sel)
		if err != nil {
			return m, fmt.Errorf("match[] %q: %w", sel, err)
		}
		m.sets = append(m.sets, set)
	}
	if need && len(m.sets) == 0 {
		return m, errors.New("match[] must be given")
	}
	return m, nil
}

// list opens a querier for one of the list calls and answers what f finds,
// sorted, without doubles.
func (s *server) list(w http.ResponseWriter, r *http.Request, f func(storage.Querier, []*labels.Matcher) ([]string, error)) {
	m, err := s.matching(r, false)
	if err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	q, err := s.store.db.Load().Querier(m.start, m.end)
	if err != nil {
		sendError(w, errExecution, err.Error())
		return
	}
	defer func() { _ = q.Close() }() // reading only: nothing is lost
	if len(m.sets) == 0 {
		m.sets = [][]*labels.Matcher{nil}
	}
	names := []string{}
	for _, set := range m.sets {
		got, err := f(q, set)
		if err != nil {
			sendError(w, errExecution, err.Error())
			return
		}
		for _, n := range got {
			names = append(names, string([]byte(n))) // the querier's memory ends with it
		}
	}
	slices.Sort(names)
	sendData(w, slices.Compact(names))
}

func (s *server) handleLabels(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	s.list(w, r, func(q storage.Querier, set []*labels.Matcher) ([]string, error) {
		names, _, err := q.LabelNames(r.Context(), &storage.LabelHints{Limit: maxListed}, set...)
		return names, err
	})
}

func (s *server) handleLabelValues(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	s.list(w, r, func(q storage.Querier, set []*labels.Matcher) ([]string, error) {
		values, _, err := q.LabelValues(r.Context(), r.PathValue("name"), &storage.LabelHints{Limit: maxListed}, set...)
		return values, err
	})
}

func (s *server) handleSeries(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	m, err := s.matching(r, true)
	if err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	q, err := s.store.db.Load().Querier(m.start, m.end)
	if err != nil {
		sendError(w, errExecution, err.Error())
		return
	}
	defer func() { _ = q.Close() }() // reading only: nothing is lost
	var sets []storage.SeriesSet
	hints := &storage.SelectHints{Start: m.start, End: m.end, Func: "series"} // labels only, no chunks
	for _, set := range m.sets {
		sets = append(sets, q.Select(r.Context(), true, hints, set...))
	}
	all := storage.NewMergeSeriesSet(sets, 0, storage.ChainedSeriesMerge)
	found := []labels.Labels{}
	for all.Next() && len(found) < maxListed {
		found = append(found, all.At().Labels())
	}
	if err := all.Err(); err != nil {
		sendError(w, errExecution, err.Error())
		return
	}
	sendData(w, found)
}
