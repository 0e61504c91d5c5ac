package live

import (
	"encoding/json"
	"fmt"
	"time"

	"nezuban/internal/facility"
)

// A Memory is what a checkpoint tells a program that has no table: which points
// targets and alarms about absent data speak of, and since when each is
// accounted.
type Memory struct {
	Saved  time.Time
	Points map[facility.DeviceID][]facility.Point
	since  map[string]int64
}

// ReadMemory reads what the table saved; no data gives an empty Memory.
func ReadMemory(data []byte) (Memory, error) {
	m := Memory{since: map[string]int64{}}
	if len(data) == 0 {
		return m, nil
	}
	var c checkpoint
	if err := json.Unmarshal(data, &c); err != nil {
		return m, fmt.Errorf("read checkpoint of targets: %w", err)
	}
	if c.Version != checkpointVersion {
		return m, fmt.Errorf("read checkpoint of targets: version %d, this program reads %d", c.Version, checkpointVersion)
	}
	m.Saved, m.Points = c.Saved, c.Points
	for key, raw := range c.Accounts {
		var a struct {
			Since int64 `json:"since"`
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return m, fmt.Errorf("read checkpoint of targets: account %s: %w", key, err)
		}
		m.since[key] = a.Since
	}
	return m, nil
}

// Since is the beginning of a point's account under a target; false where there
// is none.
func (m Memory) Since(target string, point facility.PointID) (time.Time, bool) {
	s, ok := m.since[accountKey(target, point)]
	return time.Unix(s, 0).UTC(), ok
}
