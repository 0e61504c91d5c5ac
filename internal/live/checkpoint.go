package live

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"nezuban/internal/facility"
)

// keepSaved is how long the account of a point that has not come back is kept:
// longer than the longest window.
const keepSaved = 62 * 24 * time.Hour

// A checkpoint is what the table must know after a restart: the accounts, and
// the points that targets and alarms about absent data speak of, so that a
// device that does not answer is not forgotten.
type checkpoint struct {
	Version  int                                    `json:"version"`
	Saved    time.Time                              `json:"saved"`
	Accounts map[string]json.RawMessage             `json:"accounts"`
	Points   map[facility.DeviceID][]facility.Point `json:"points"`
}

const checkpointVersion = 1

// Restore takes up the checkpoint of the program before us. Call it before the
// first batch. An error means that targets begin anew; the table works all the
// same.
func (t *Table) Restore(ctx context.Context) error {
	if t.o.Checkpoints == nil {
		return nil
	}
	data, err := t.o.Checkpoints.LoadAccounts(ctx)
	if err != nil {
		return fmt.Errorf("load checkpoint of targets: %w", err)
	}
	if len(data) == 0 {
		return nil
	}
	var c checkpoint
	if err := json.Unmarshal(data, &c); err != nil {
		return fmt.Errorf("read checkpoint of targets: %w", err)
	}
	if c.Version != checkpointVersion {
		return fmt.Errorf("read checkpoint of targets: version %d, this program reads %d; targets begin anew", c.Version, checkpointVersion)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	mono := t.o.Clock.Mono()
	for key, account := range c.Accounts {
		t.saved[key] = account
	}
	for id, list := range c.Points {
		if d := t.devices[id]; d != nil && len(d.points) == 0 {
			t.setPoints(d, list, mono)
		}
	}
	t.judge(t.o.Clock.Now())
	wake(t.urgent)
	return nil
}

// checkpointLoop saves a checkpoint soon after the start, when the devices have
// told what they have, then every minute, and the last one when ctx ends.
func (t *Table) checkpointLoop(ctx context.Context) {
	if t.o.Checkpoints == nil {
		return
	}
	if t.o.Clock.Sleep(ctx, firstCheckpoint) == nil {
		t.save(ctx)
	}
	for t.o.Clock.Sleep(ctx, checkpointInterval) == nil {
		t.save(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkpointTimeout)
	defer cancel()
	t.save(last)
}

func (t *Table) save(ctx context.Context) {
	data, err := t.marshal()
	if err == nil {
		err = t.o.Checkpoints.SaveAccounts(ctx, data)
	}
	if err != nil {
		t.o.Log.Warn("the checkpoint of targets was not saved; after a restart they are filled from history", "err", err)
	}
}

func (t *Table) marshal() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.o.Clock.Now()
	c := checkpoint{Version: checkpointVersion, Saved: now, Accounts: map[string]json.RawMessage{}, Points: map[facility.DeviceID][]facility.Point{}}
	for key, data := range t.saved {
		if recent(data, now) {
			c.Accounts[key] = data
		}
	}
	for _, tg := range t.targets {
		for _, e := range tg.entries {
			data, err := e.account.MarshalJSON()
			if err != nil {
				return nil, fmt.Errorf("write account %s: %w", e.key(), err)
			}
			c.Accounts[e.key()] = data
		}
	}
	for id, d := range t.devices {
		for _, p := range d.points {
			if len(p.ages)+len(p.entries) > 0 && !p.vanished {
				c.Points[id] = append(c.Points[id], *p.info)
			}
		}
	}
	return json.Marshal(c)
}

// recent reports whether a saved account had its last sample not too long ago.
func recent(data json.RawMessage, now time.Time) bool {
	var a struct {
		Last int64 `json:"last"`
	}
	return json.Unmarshal(data, &a) == nil && now.Sub(time.Unix(a.Last, 0)) < keepSaved
}
