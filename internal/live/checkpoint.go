package live

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
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
	// Gone are the points of accounts that are watched no longer, by the account's
	// key: what they were stays in the figures of their window.
	Gone map[string]facility.Point `json:"gone,omitempty"`
}

const checkpointVersion = 1

// checkpointRate is how many bytes of a checkpoint a second of waiting is worth:
// a large one is written less often, since history fills what comes after it.
const checkpointRate = 256 << 10

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
	for key, p := range c.Gone {
		t.known[key] = p
	}
	t.revive()
	t.takeUp()
	for id, list := range c.Points {
		if d := t.devices[id]; d != nil && len(d.points) == 0 {
			t.setPoints(d, list, mono)
		}
	}
	t.judge(t.o.Clock.Now())
	wake(t.urgent)
	return nil
}

// takeUp gives the points that are known already, those of the models, the
// accounts that were saved of them.
func (t *Table) takeUp() {
	for _, d := range t.order {
		for _, p := range d.points {
			again := false
			for _, f := range p.of.feeds {
				if _, saved := t.saved[f.entry.key()]; saved && f.input == sla.InputMain && f.entry.account.Last() == 0 {
					t.forgetEntry(f.entry)
					again = true
				}
			}
			if again {
				t.accountPoint(d, p)
			}
		}
		for _, p := range d.points { // what feeds an account that was made anew
			if p.info.Metric == marginMetric {
				t.accountPoint(d, p)
			}
		}
	}
}

func (t *Table) forgetEntry(e *entry) {
	for _, tg := range t.targets {
		for _, p := range tg.parts {
			if p.entries[e.point.ID] == e {
				p.drop(e.point.ID)
			}
		}
	}
}

// checkpointLoop saves a checkpoint soon after the start, when the devices have
// told what they have, then every minute, or less often where it is large, and
// the last one when ctx ends.
func (t *Table) checkpointLoop(ctx context.Context) {
	if t.o.Checkpoints == nil {
		return
	}
	size := 0
	if t.o.Clock.Sleep(ctx, firstCheckpoint) == nil {
		size = t.save(ctx)
	}
	for t.o.Clock.Sleep(ctx, max(checkpointInterval, time.Duration(size/checkpointRate)*time.Second)) == nil {
		size = t.save(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkpointTimeout)
	defer cancel()
	t.save(last)
}

// save returns the size of what it wrote.
func (t *Table) save(ctx context.Context) int {
	data, err := t.marshal()
	if err == nil {
		err = t.o.Checkpoints.SaveAccounts(ctx, data)
	}
	if err != nil {
		t.o.Log.Warn("the checkpoint of targets was not saved; after a restart they are filled from history", "err", err)
	}
	t.metrics.checkpoint.Set(float64(len(data)))
	return len(data)
}

// chunk is how many accounts are written down while alarms wait.
const chunk = 500

func (t *Table) marshal() ([]byte, error) {
	c := checkpoint{Version: checkpointVersion, Accounts: map[string]json.RawMessage{}, Points: map[facility.DeviceID][]facility.Point{}, Gone: map[string]facility.Point{}}
	entries := t.collect(&c)
	for len(entries) > 0 {
		n := min(chunk, len(entries))
		if err := t.marshalSome(&c, entries[:n]); err != nil {
			return nil, err
		}
		entries = entries[n:]
	}
	return json.Marshal(c)
}

// collect takes what is written down at once, and lists the accounts.
func (t *Table) collect(c *checkpoint) (entries []*entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.Saved = t.o.Clock.Now()
	for key, data := range t.saved {
		if recent(data, c.Saved) {
			c.Accounts[key] = data
			if p, ok := t.known[key]; ok {
				c.Gone[key] = p
			}
		}
	}
	for _, tg := range t.targets {
		for _, p := range tg.parts {
			for _, e := range p.entries {
				entries = append(entries, e)
			}
		}
	}
	for id, d := range t.devices {
		for _, p := range d.points {
			if len(p.of.ages)+len(p.of.feeds) > 0 && !p.vanished {
				c.Points[id] = append(c.Points[id], *p.info)
			}
		}
	}
	return entries
}

func (t *Table) marshalSome(c *checkpoint, entries []*entry) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range entries {
		data, err := e.account.MarshalJSON()
		if err != nil {
			return fmt.Errorf("write account %s: %w", e.key(), err)
		}
		if e.retired && !recent(data, c.Saved) {
			continue
		}
		c.Accounts[e.key()] = data
		if e.retired {
			c.Gone[e.key()] = *e.point
		}
	}
	return nil
}

// recent reports whether a saved account had its last sample not too long ago.
func recent(data json.RawMessage, now time.Time) bool {
	var a struct {
		Last int64 `json:"last"`
	}
	return json.Unmarshal(data, &a) == nil && now.Sub(time.Unix(a.Last, 0)) < keepSaved
}
