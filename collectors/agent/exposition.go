package agent

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"nezuban/internal/facility"
)

// maxRows bounds the series that profiles read of one answer.
const maxRows = 20_000

// exposition is what one scrape showed of the families asked for, in its order.
type exposition map[string][]row

// row is one series.
type row struct {
	labels labels.Labels // with the family as __name__
	value  float64
}

// scrapeError is a round's failure with its kind.
type scrapeError struct {
	kind  facility.ErrorKind
	cause string // what to count it under in Health.Refused; "" nothing
	err   error
}

func (e *scrapeError) Error() string { return e.err.Error() }
func (e *scrapeError) Unwrap() error { return e.err }

func malformed(err error) *scrapeError {
	return &scrapeError{facility.ErrProtocol, facility.RefusedMalformed, fmt.Errorf("read metrics: %w", err)}
}

// parse reads an answer; of families that are not wanted nothing is kept. One
// mistake anywhere refuses the whole answer, since what follows it cannot be
// trusted either. The library panics on some labels a device may send (one too
// long, one without a name); that is the device's mistake and not ours.
func parse(body []byte, contentType string, wanted func(family string) bool) (out exposition, serr *scrapeError) {
	defer func() {
		if r := recover(); r != nil {
			out, serr = nil, malformed(fmt.Errorf("unreadable labels: %v", r))
		}
	}()
	p, err := textparse.New(body, textType(contentType), labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		return nil, malformed(err)
	}
	out = exposition{}
	rows, series := 0, 0
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed(err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		series++
		raw, _, v := p.Series()
		name := raw
		if i := bytes.IndexByte(raw, '{'); i >= 0 {
			name = raw[:i]
		}
		if !wanted(string(name)) {
			continue
		}
		if rows++; rows > maxRows {
			return nil, &scrapeError{facility.ErrLimit, facility.RefusedWalkBound,
				fmt.Errorf("read metrics: more than %d series that profiles read", maxRows)}
		}
		var ls labels.Labels
		p.Labels(&ls)
		if err := ls.Validate(checkLabel); err != nil {
			return nil, malformed(err)
		}
		if name, twice := ls.HasDuplicateLabelNames(); twice {
			return nil, malformed(fmt.Errorf("label %.64q twice in one series", name))
		}
		out[string(name)] = append(out[string(name)], row{ls, v})
	}
	if series == 0 {
		return nil, malformed(errors.New("the answer holds no series"))
	}
	return out, nil
}

// textType settles how to read the answer: OpenMetrics where it says so,
// Prometheus' text otherwise. The protobuf form is never asked for.
func textType(contentType string) string {
	const open = "application/openmetrics-text"
	if media, _, err := mime.ParseMediaType(contentType); err == nil && media == open {
		return open
	}
	return "text/plain"
}

func checkLabel(l labels.Label) error {
	if l.Name == "" {
		return errors.New("a label without a name")
	}
	return nil
}
