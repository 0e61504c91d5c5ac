package history

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// maxRangeSteps is Prometheus' own bound on the points of one series.
const maxRangeSteps = 11000

type queryData struct {
	ResultType parser.ValueType `json:"resultType"`
	Result     parser.Value     `json:"result"`
}

func (s *server) handleQuery(w http.ResponseWriter, r *http.Request) {
	at, err := formTime(r, "time", s.store.clk.Now())
	if err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	opts, err := queryOpts(r)
	if err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	q, err := s.engine.NewInstantQuery(r.Context(), s.store.db.Load(), opts, r.FormValue("query"), at)
	s.answer(w, r, q, err)
}

func (s *server) handleQueryRange(w http.ResponseWriter, r *http.Request) {
	start, e1 := formTime(r, "start", time.Time{})
	end, e2 := formTime(r, "end", time.Time{})
	step, e3 := parseDuration(r.FormValue("step"))
	opts, e4 := queryOpts(r)
	if err := errors.Join(e1, e2, e3, e4); err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	switch {
	case start.IsZero() || end.IsZero() || end.Before(start):
		sendError(w, errBadData, "start and end must be given, end not before start")
		return
	case step <= 0:
		sendError(w, errBadData, "step must be positive")
		return
	case end.Sub(start)/step > maxRangeSteps:
		sendError(w, errBadData, fmt.Sprintf("more than %d steps: ask for a longer step", maxRangeSteps))
		return
	}
	q, err := s.engine.NewRangeQuery(r.Context(), s.store.db.Load(), opts, r.FormValue("query"), start, end, step)
	s.answer(w, r, q, err)
}

func (s *server) answer(w http.ResponseWriter, r *http.Request, q promql.Query, err error) {
	if err != nil {
		sendError(w, errBadData, err.Error())
		return
	}
	defer q.Close()
	res := q.Exec(r.Context())
	if res.Err != nil {
		sendError(w, errorType(res.Err), res.Err.Error())
		return
	}
	warn, _ := res.Warnings.AsStrings(r.FormValue("query"), 10, 0)
	sendData(w, queryData{ResultType: res.Value.Type(), Result: res.Value}, warn...)
}

func errorType(err error) string {
	var (
		timeout  promql.ErrQueryTimeout
		canceled promql.ErrQueryCanceled
	)
	switch {
	case errors.As(err, &timeout):
		return errTimeout
	case errors.As(err, &canceled):
		return errCanceled
	}
	return errExecution
}

func queryOpts(r *http.Request) (promql.QueryOpts, error) {
	var lookback time.Duration
	if v := r.FormValue("lookback_delta"); v != "" {
		var err error
		if lookback, err = parseDuration(v); err != nil {
			return nil, err
		}
	}
	return promql.NewPrometheusQueryOpts(false, lookback, nil), nil
}

// formTime reads Unix seconds, with decimals, or RFC 3339.
func formTime(r *http.Request, key string, otherwise time.Time) (time.Time, error) {
	v := r.FormValue(key)
	if v == "" {
		return otherwise, nil
	}
	if f, err := strconv.ParseFloat(v, 64); err == nil {
		// years 1678 to 2262, what a nanosecond count holds
		if math.IsNaN(f) || math.Abs(f) > 9.2e9 {
			return time.Time{}, fmt.Errorf("%s %q: out of range", key, v)
		}
		return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339Nano, v)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q: want Unix seconds or RFC 3339", key, v)
	}
	return t.UTC(), nil
}

// parseDuration reads seconds, with decimals, or Prometheus' form ("5m").
func parseDuration(v string) (time.Duration, error) {
	if f, err := strconv.ParseFloat(v, 64); err == nil {
		if math.IsNaN(f) || math.Abs(f) > 9.2e9 {
			return 0, fmt.Errorf("duration %q: out of range", v)
		}
		return time.Duration(f * float64(time.Second)), nil
	}
	d, err := model.ParseDuration(v)
	if err != nil {
		return 0, fmt.Errorf("duration %q: want seconds or a form like 5m", v)
	}
	return time.Duration(d), nil
}
