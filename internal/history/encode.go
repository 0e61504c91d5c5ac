package history

import (
	"encoding/binary"
	"math"

	"github.com/golang/snappy"
)

// Tags of the messages of Prometheus' remote write 1.0 (prompb): a field's number
// and its wire type.
const (
	tagSeries    = 1<<3 | 2 // WriteRequest.timeseries
	tagSample    = 2<<3 | 2 // TimeSeries.samples
	tagValue     = 1<<3 | 1 // Sample.value, a fixed 64 bits
	tagTimestamp = 2 << 3   // Sample.timestamp, a varint
)

// encode makes a remote-write request; samples of one series share its labels,
// which were encoded once for all requests. Only the goroutine of Run calls it.
func (c *Client) encode(batch []sample) []byte {
	c.requests++
	next := make([]int32, len(batch)) // of the same series; 0 none
	follows := make([]bool, len(batch))
	size := 0
	for i := range batch {
		s := batch[i].of
		if s.request == c.requests {
			next[s.last], follows[i] = int32(i), true
		} else {
			size += len(s.labels) + 8
		}
		s.request, s.last = c.requests, int32(i)
		size += maxSample
	}
	out := make([]byte, 0, size)
	var samples []byte
	for i := range batch {
		if follows[i] {
			continue
		}
		samples = samples[:0]
		for at := int32(i); ; at = next[at] {
			samples = appendSample(samples, batch[at].at, batch[at].v)
			if next[at] == 0 {
				break
			}
		}
		labels := batch[i].of.labels
		out = binary.AppendUvarint(append(out, tagSeries), uint64(len(labels)+len(samples)))
		out = append(append(out, labels...), samples...)
	}
	return snappy.Encode(nil, out)
}

// maxSample is how many bytes a sample takes at most.
const maxSample = 2 + 9 + 1 + binary.MaxVarintLen64

func appendSample(b []byte, at int64, v float64) []byte {
	var sample [maxSample]byte
	m := binary.LittleEndian.AppendUint64(append(sample[:0], tagValue), math.Float64bits(v))
	m = binary.AppendUvarint(append(m, tagTimestamp), uint64(at))
	b = append(b, tagSample, byte(len(m)))
	return append(b, m...)
}
