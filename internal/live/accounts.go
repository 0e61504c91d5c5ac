package live

import (
	"encoding/json"
	"slices"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// A target with the accounts of its entities. It is judged anew once a second.
type target struct {
	def     *sla.Target
	entries map[facility.PointID]*entry
	result  sla.Result
}

// An entry is the account of one point under one target. While it waits for the
// samples of the time before we started, new ones are held.
type entry struct {
	target  string
	point   *facility.Point
	account *sla.Account
	waits   bool
	held    []sla.Sample
}

// maxHeld bounds what an entry holds while it waits for its past; beyond it the
// past stays unknown.
const maxHeld = 2000

func (e *entry) add(s sla.Sample) {
	switch {
	case !e.waits:
		e.account.Add(s)
	case len(e.held) < maxHeld:
		e.held = append(e.held, s)
	default:
		e.settle(nil)
		e.account.Add(s)
	}
}

// settle takes the past, then what was held meanwhile.
func (e *entry) settle(past []sla.Sample) {
	for _, s := range past {
		e.account.Add(s)
	}
	for _, s := range e.held {
		e.account.Add(s)
	}
	e.waits, e.held = false, nil
}

// key under which an account is saved.
func (e *entry) key() string { return accountKey(e.target, e.point.ID) }

// accountKey names an account in a checkpoint.
func accountKey(target string, point facility.PointID) string { return target + " " + string(point) }

// setTargets takes new definitions. Entries are kept by name and point, and
// checked against the definition where the point is watched again.
func (t *Table) setTargets(defs []sla.Target) {
	before := t.targets
	t.targets = make([]*target, len(defs))
	for i := range defs {
		def := defs[i]
		t.targets[i] = &target{def: &def, entries: map[facility.PointID]*entry{}}
		for _, old := range before {
			if old.def.Name != def.Name {
				continue
			}
			for _, e := range old.entries {
				if data, err := e.account.MarshalJSON(); err == nil {
					t.saved[e.key()] = data
				}
			}
		}
	}
}

// accountPoint finds the targets that are judged on a point.
func (t *Table) accountPoint(d *device, p *point) {
	p.entries = nil
	for _, tg := range t.targets {
		if !tg.def.Matches(&d.info, p.info) {
			continue
		}
		e := tg.entries[p.info.ID]
		if e == nil || !slices.Equal(e.point.States, p.info.States) || e.point.Interval != p.info.Interval {
			if e != nil {
				if data, err := e.account.MarshalJSON(); err == nil {
					t.saved[e.key()] = data
				}
			}
			e = t.newEntry(tg.def, d, p)
			tg.entries[p.info.ID] = e
		}
		e.point = p.info
		p.entries = append(p.entries, e)
	}
}

// newEntry opens an account, taking up what was saved of it. Where there is a
// past that history can tell, the entry waits for it.
func (t *Table) newEntry(def *sla.Target, d *device, p *point) *entry {
	now := t.o.Clock.Now()
	since := d.info.Since
	if since.IsZero() {
		since = now
	}
	e := &entry{target: def.Name, point: p.info}
	data, isSaved := t.saved[e.key()]
	if isSaved {
		var was struct {
			Since int64 `json:"since"`
		}
		if json.Unmarshal(data, &was) == nil && was.Since > 0 && was.Since < since.Unix() {
			since = time.Unix(was.Since, 0) // also where the sums begin anew
		}
	}
	e.account = sla.NewAccount(def, sla.Entity{
		ID: string(p.info.ID), DisplayName: p.info.Name, Since: since.Unix(), MaxAge: p.maxAge, States: p.info.States,
	}, now)
	if isSaved {
		delete(t.saved, e.key())
		if err := e.account.UnmarshalJSON(data); err != nil {
			t.o.Log.Warn("an account of a target was not taken up", "target", def.Name, "point", p.info.ID, "err", err)
		}
	}
	if since.Before(now) && t.o.Backfill != nil {
		e.waits = true
		t.waiting = append(t.waiting, e)
		wake(t.backfill)
	}
	return e
}

// judge makes the results of all targets as of now.
func (t *Table) judge(now time.Time) {
	for _, tg := range t.targets {
		accounts := make([]*sla.Account, 0, len(tg.entries))
		for _, e := range tg.entries {
			accounts = append(accounts, e.account)
		}
		tg.result = sla.Summarize(tg.def, accounts, now, nil)
	}
}

// past is the time an entry asks history for: from its last sample, or from the
// beginning of the window.
func (t *Table) past(e *entry, now time.Time) (from, to time.Time) {
	for _, tg := range t.targets {
		if tg.def.Name == e.target {
			from, _ = sla.Bounds(tg.def.Window, now)
		}
	}
	from = from.Add(-facility.MaxAge(max(e.point.Interval, defaultInterval))) // what holds into the window
	if last := time.Unix(e.account.Last(), 0); e.account.Last() != 0 && last.After(from) {
		from = last
	}
	return from.UTC(), now
}
