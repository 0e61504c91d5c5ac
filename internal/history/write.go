package history

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"syscall"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
)

const (
	maxWriteBody    = 16 << 20 // bytes of one request, compressed
	maxWriteDecoded = 64 << 20 // bytes of one request, decompressed; known before it is
	maxLabels       = 64       // of one series
	maxLabelBytes   = 1024     // of one label value

	// writtenHeader says how many samples of a request were stored (remote write
	// 2.0, "Required Written Response Headers"; sent with 1.0 too).
	writtenHeader = "X-Prometheus-Remote-Write-Samples-Written"
)

// handleWrite takes one remote-write request.
func (s *server) handleWrite(w http.ResponseWriter, r *http.Request) {
	if full, err := s.store.look(); full {
		_, detail := s.store.state()
		if err != nil {
			detail = err.Error()
		}
		http.Error(w, detail, http.StatusInsufficientStorage)
		return
	}
	db := s.store.db.Load()
	if db == nil {
		http.Error(w, "history is opening its data", http.StatusServiceUnavailable)
		return
	}
	req, code, err := readWrite(w, r)
	if err != nil {
		http.Error(w, err.Error(), code)
		return
	}
	app := db.AppenderV2(r.Context())
	written, refusal := s.appendAll(app, db.Head(), req)
	if err := app.Commit(); err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			s.store.markFull()
			http.Error(w, "no space left on history's volume", http.StatusInsufficientStorage)
			return
		}
		http.Error(w, fmt.Sprintf("commit samples: %v", err), http.StatusInternalServerError)
		return
	}
	s.store.samples.Add(uint64(written))
	w.Header().Set(writtenHeader, strconv.Itoa(written))
	if refusal.n > 0 {
		s.store.refused.Add(uint64(refusal.n))
		http.Error(w, refusal.String(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// readWrite reads and decodes a request, bounded before anything is allocated.
func readWrite(w http.ResponseWriter, r *http.Request) (*prompb.WriteRequest, int, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWriteBody))
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("request of over %d bytes", maxWriteBody)
		}
		return nil, http.StatusBadRequest, fmt.Errorf("read request: %w", err)
	}
	n, err := snappy.DecodedLen(body)
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("decompress request: %w", err)
	}
	if n > maxWriteDecoded {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("request of over %d bytes decompressed", maxWriteDecoded)
	}
	plain, err := snappy.Decode(nil, body)
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("decompress request: %w", err)
	}
	req := &prompb.WriteRequest{}
	if err := req.Unmarshal(plain); err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("decode request: %w", err)
	}
	return req, 0, nil
}

// refusal counts the samples of a request that were not stored and keeps the
// first reason.
type refusal struct {
	n     int
	first string
}

func (r *refusal) add(n int, ls labels.Labels, err error) {
	if n == 0 {
		return
	}
	if r.n == 0 {
		r.first = fmt.Sprintf("%.200s: %v", ls.String(), err)
	}
	r.n += n
}

func (r *refusal) String() string { return fmt.Sprintf("%d samples refused; first: %s", r.n, r.first) }

var (
	errFuture     = errors.New("stamp more than 60 s ahead of the clock")
	errNotNumber  = errors.New("not a finite number")
	errLabels     = errors.New("labels missing, doubled, too many or too long")
	errMoreSeries = errors.New("limit of series reached")
	errHistogram  = errors.New("histograms are not kept")
)

// appendAll offers every sample to app; those that cannot be stored are counted,
// the others stand.
func (s *server) appendAll(app storage.AppenderV2, head interface{ NumSeries() uint64 }, req *prompb.WriteRequest) (written int, ref refusal) {
	b := labels.NewScratchBuilder(8)
	horizon := s.store.clk.Now().Add(futureMax).UnixMilli()
	known, _ := app.(storage.GetRef)
	for i := range req.Timeseries {
		ts := &req.Timeseries[i]
		ls, err := seriesOf(&b, ts.Labels)
		if err == nil && head.NumSeries() >= s.maxSeries && known != nil {
			if id, _ := known.GetRef(ls, ls.Hash()); id == 0 {
				err = errMoreSeries
			}
		}
		ref.add(len(ts.Histograms), ls, errHistogram)
		if err != nil {
			ref.add(len(ts.Samples), ls, err)
			continue
		}
		written += s.appendSeries(app, ls, ts.Samples, horizon, &ref)
	}
	return written, ref
}

func (s *server) appendSeries(app storage.AppenderV2, ls labels.Labels, samples []prompb.Sample, horizon int64, ref *refusal) (written int) {
	var id storage.SeriesRef
	for _, p := range samples {
		err := error(nil)
		switch {
		case p.Timestamp > horizon:
			err = errFuture
		case (math.IsNaN(p.Value) || math.IsInf(p.Value, 0)) && !value.IsStaleNaN(p.Value):
			err = errNotNumber
		default:
			var got storage.SeriesRef
			if got, err = app.Append(id, ls, 0, p.Timestamp, p.Value, nil, nil, storage.AppendV2Options{}); err == nil {
				id = got
			}
		}
		if err != nil {
			ref.add(1, ls, err)
			continue
		}
		written++
	}
	return written
}

func seriesOf(b *labels.ScratchBuilder, in []prompb.Label) (labels.Labels, error) {
	b.Reset()
	if len(in) > maxLabels {
		return labels.EmptyLabels(), errLabels
	}
	for _, l := range in {
		if l.Name == "" || len(l.Name) > maxLabelBytes || len(l.Value) > maxLabelBytes {
			return labels.EmptyLabels(), errLabels
		}
		b.Add(l.Name, l.Value)
	}
	b.Sort()
	ls := b.Labels()
	if _, twice := ls.HasDuplicateLabelNames(); twice || ls.Get(nameLabel) == "" {
		return ls, errLabels
	}
	return ls, nil
}
