package fleet

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// A Histogram counts durations in steps of at most 3 %, from a microsecond to
// hours. It may be used by many goroutines.
type Histogram struct {
	counts [40 * perDouble]atomic.Uint64
	most   atomic.Int64
}

const perDouble = 32 // steps from one power of two to the next

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	for {
		most := h.most.Load()
		if int64(d) <= most || h.most.CompareAndSwap(most, int64(d)) {
			break
		}
	}
	h.counts[min(step(uint64(max(0, d.Microseconds()))), len(h.counts)-1)].Add(1)
}

// step is the bucket of a number of microseconds.
func step(us uint64) int {
	if us < perDouble {
		return int(us)
	}
	exp := bits.Len64(us) - 6 // us>>exp has 6 bits: 32 to 63
	return perDouble*(exp+1) + int(us>>exp) - perDouble
}

// upper is the greatest number of microseconds in a bucket.
func upper(i int) uint64 {
	if i < perDouble {
		return uint64(i)
	}
	exp := i/perDouble - 1
	return (uint64(i%perDouble+perDouble)+1)<<exp - 1
}

// Quantile returns the duration that the share q of all did not exceed, rounded up
// to its step, and never more than the greatest seen.
func (h *Histogram) Quantile(q float64) time.Duration {
	var total uint64
	for i := range h.counts {
		total += h.counts[i].Load()
	}
	want := uint64(q * float64(total))
	var seen uint64
	for i := range h.counts {
		if seen += h.counts[i].Load(); seen > want || seen == total {
			return min(time.Duration(upper(i))*time.Microsecond, h.Max())
		}
	}
	return 0
}

// Max is the greatest duration seen.
func (h *Histogram) Max() time.Duration { return time.Duration(h.most.Load()) }
