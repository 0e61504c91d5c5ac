package collectors

import (
	"hash/fnv"
	"time"

	"nezuban/internal/facility"
)

// Phase is where in its interval a device is polled: a hash of its id, so that
// starts are spread, stay the same over restarts, and lie whole milliseconds
// apart from the tick.
func Phase(id facility.DeviceID, interval time.Duration) time.Duration {
	if interval <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	return time.Duration(h.Sum64()%uint64(interval/time.Millisecond)) * time.Millisecond
}

// NextDue returns the first scheduled moment after now: a whole multiple of the
// interval since the Unix epoch, plus the device's phase.
func NextDue(now time.Time, id facility.DeviceID, interval time.Duration) time.Time {
	phase := Phase(id, interval)
	since := now.UnixNano() - int64(phase)
	n := since/int64(interval) + 1
	return time.Unix(0, n*int64(interval)+int64(phase)).UTC()
}
