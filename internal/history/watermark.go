package history

import "fmt"

// Watermark is the free space below which history takes nothing: the smaller of
// the two. The zero value means 1 GiB and 5 %.
type Watermark struct {
	Bytes uint64  // 0: 1 GiB
	Ratio float64 // of the file system's size, 0.05 is 5 %; 0: 0.05
}

// Limit is the watermark in bytes on a file system of total bytes.
func (w Watermark) Limit(total uint64) uint64 {
	b, r := w.Bytes, w.Ratio
	if b == 0 {
		b = 1 << 30
	}
	if r <= 0 {
		r = 0.05
	}
	return min(b, uint64(r*float64(total)))
}

// space is one look at the file system of the data.
type space struct {
	free, limit uint64
}

// full decides with hysteresis: once full, 5 % more than the limit must be free
// before samples are taken again, so that the state does not flap at the edge.
func (s space) full(was bool) bool {
	if was {
		return s.free < s.limit+s.limit/20
	}
	return s.free < s.limit
}

func (s space) detail() string {
	return fmt.Sprintf("%d MiB free, history needs %d MiB: free space on its volume or lower history's watermark",
		s.free>>20, s.limit>>20)
}
