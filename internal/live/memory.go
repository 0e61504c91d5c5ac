package live

import (
	"encoding/json"
	"fmt"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// A Memory is what a checkpoint tells a program that has no table: which points
// targets and alarms about absent data speak of, and since when each is
// accounted.
type Memory struct {
	Saved  time.Time
	Points map[facility.DeviceID][]facility.Point
	Gone   map[facility.DeviceID][]facility.Point // watched no longer, accounted in the window in which they left
	lives  map[string]sla.Interval
	most   int // revisions to look for
}

// ReadMemory reads what the table saved; no data gives an empty Memory.
func ReadMemory(data []byte) (Memory, error) {
	m := Memory{lives: map[string]sla.Interval{}, Gone: map[facility.DeviceID][]facility.Point{}, most: 100}
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
			Until int64 `json:"until"`
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return m, fmt.Errorf("read checkpoint of targets: account %s: %w", key, err)
		}
		m.lives[key] = sla.Interval{From: a.Since, To: a.Until}
	}
	for key, p := range c.Gone {
		m.Gone[p.Device] = append(m.Gone[p.Device], p)
		_ = key
	}
	return m, nil
}

// Life is from when to when a point is accounted under a target, of whatever
// definition; To 0: it is in service. false where it is not accounted.
func (m Memory) Life(target string, point facility.PointID) (life sla.Interval, ok bool) {
	for revision := 1; ; revision++ {
		l, has := m.lives[accountKey(target, revision, point)]
		if has && (!ok || l.From < life.From) {
			life.From = l.From
		}
		if has {
			life.To, ok = l.To, true
		}
		if !has && revision > m.most {
			return life, ok
		}
	}
}
