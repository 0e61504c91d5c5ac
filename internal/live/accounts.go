package live

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// A target with its definitions that count in the running window or the one
// before. It is judged anew once a second, a large one less often: see every.
type target struct {
	name     string
	versions []sla.Version
	parts    []*part // in the order of versions; nil entries where a target is not judged on points
	results  []sla.Result

	slow    bool      // so many entities are touched by exclusions that it is judged apart
	judged  time.Time // where it is slow, or made of records
	entries int       // of the book, when it was closed last
	burning []bool    // by tier
	breach  breach    // of a target of 100 %
}

// A part is one definition with the accounts of its entities.
type part struct {
	version sla.Version
	valid   sla.Interval
	entries map[facility.PointID]*entry
	list    []*entry // of entries; nil: to be made
}

// put keeps the entry of a point.
func (p *part) put(id facility.PointID, e *entry) { p.entries[id], p.list = e, nil }

// drop forgets the entry of a point.
func (p *part) drop(id facility.PointID) {
	delete(p.entries, id)
	p.list = nil
}

// all are the entries, in no order. They are gone through once a second.
func (p *part) all() []*entry {
	if p.list == nil {
		p.list = slices.Collect(maps.Values(p.entries))
	}
	return p.list
}

// An entry is the account of one point under one definition. While it waits for
// the samples of the time before we started, new ones are held.
type entry struct {
	target   string
	revision int
	point    *facility.Point
	more     map[sla.Input]facility.PointID // other points that the account is made of
	account  *sla.Account
	waits    bool
	held     []sla.Sample
	retired  bool // its point is watched no longer

	dirty, until int64 // samples from dirty on came out of order, while the newest was at until
}

// A feed is an entry that a point tells of.
type feed struct {
	entry *entry
	input sla.Input
}

// maxHeld bounds what an entry holds while it waits for its past; beyond it the
// past stays unknown.
const maxHeld = 2000

func (f feed) add(s sla.Sample) {
	e := f.entry
	s = InputSample(s, f.input)
	switch {
	case !e.waits && e.dirty == 0:
		e.take(s)
	case len(e.held) < maxHeld:
		e.held = append(e.held, s)
	case e.waits:
		e.settle(nil)
		e.take(s)
	}
}

// take adds a sample. One that is not after the newest comes once our clock was
// set back: the account goes back to it when the clock has caught up. History
// decides then, which keeps the first of two samples with one stamp.
func (e *entry) take(s sla.Sample) {
	last := e.account.Last()
	if s.Input == sla.InputMain && s.At <= last || !e.account.Add(s) {
		e.dirty, e.until = s.At, max(last, s.At)
		e.held = append(e.held[:0], s)
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

// back is how far the samples went back that came out of order.
func (e *entry) back() int64 {
	from := e.dirty
	for _, s := range e.held {
		from = min(from, s.At)
	}
	return from
}

// rewind goes back to where samples began to come out of order, and takes what
// history has from then on and what was held meanwhile.
func (e *entry) rewind(past []sla.Sample) {
	from := e.back()
	if !e.account.Rewind(from) { // another window, or a kind that keeps no sets: all of it again
		e.account, _ = e.account.Anew()
		from = 0
	}
	for _, s := range past {
		if s.At < from {
			e.account.Recall(s)
		}
	}
	late := slices.DeleteFunc(slices.Clone(past), func(s sla.Sample) bool { return s.At < from })
	newest := int64(0)
	for _, s := range late {
		newest = max(newest, s.At)
	}
	for _, s := range e.held { // what history does not have yet
		if s.At > newest {
			late = append(late, s)
		}
	}
	slices.SortStableFunc(late, func(a, b sla.Sample) int { return int(min(1, max(-1, a.At-b.At))) })
	for _, s := range late {
		e.account.Add(s)
	}
	e.dirty, e.held = 0, nil
}

// key under which an account is saved.
func (e *entry) key() string { return accountKey(e.target, e.revision, e.point.ID) }

// accountKey names an account in a checkpoint.
func accountKey(target string, revision int, point facility.PointID) string {
	if revision > 1 {
		target += "@" + strconv.Itoa(revision)
	}
	return target + " " + string(point)
}

// setTargets takes new definitions. Entries are kept by name, revision and point,
// and checked against the definition where the point is watched again.
func (t *Table) setTargets(c Config) {
	for _, old := range t.targets {
		for _, p := range old.parts {
			for _, e := range p.entries {
				t.keep(e)
			}
		}
	}
	t.targets = make([]*target, len(c.Targets))
	now := t.o.Clock.Now()
	for i := range c.Targets {
		def := c.Targets[i]
		tg := &target{name: def.Name, versions: c.Versions[def.Name]}
		if len(tg.versions) == 0 {
			tg.versions = []sla.Version{{Revision: 1, Target: &def}}
		}
		tg.arrange(now)
		t.targets[i] = tg
	}
	t.revive()
}

// arrange makes the parts that the running window, the one before and the one to
// come are made of.
func (tg *target) arrange(now time.Time) {
	for i, v := range tg.versions {
		valid := sla.Interval{From: v.From}
		if i == 0 {
			valid.From = 0
		}
		if i+1 < len(tg.versions) {
			valid.To = tg.versions[i+1].From
			from, _ := sla.Bounds(v.Target.Window, now)
			if before, _ := sla.Bounds(v.Target.Window, from.Add(-time.Second)); valid.To <= before.Unix() || valid.To <= valid.From {
				continue // of no window that anybody asks for
			}
		}
		tg.parts = append(tg.parts, &part{version: v, valid: valid, entries: map[facility.PointID]*entry{}})
	}
}

// keep saves an entry's account for whoever watches its point next.
func (t *Table) keep(e *entry) {
	if data, err := e.account.MarshalJSON(); err == nil {
		t.saved[e.key()] = data
		t.known[e.key()] = *e.point
	}
}

// accountPoint finds the targets that are judged on a point.
func (t *Table) accountPoint(d *device, p *point) {
	if len(p.of.feeds) > 0 {
		p.of.feeds = nil
	}
	for _, tg := range t.targets {
		for _, part := range tg.parts {
			def := part.version.Target
			if def.Kind == sla.KindRedundancy && p.info.Metric == marginMetric {
				t.feedMargin(part, p)
			}
			if !def.Matches(&d.info, p.info) {
				continue
			}
			e := part.entries[p.info.ID]
			if e == nil || e.retired || !slices.Equal(e.point.States, p.info.States) || e.point.Interval != p.info.Interval {
				if e != nil {
					t.keep(e)
				}
				e = t.newEntry(part, d, p)
				part.put(p.info.ID, e)
			}
			e.point = p.info
			p.own().feeds = append(p.of.feeds, feed{e, sla.InputMain})
		}
	}
}

// marginMetric tells how much room the way of a load has.
const marginMetric = "power_load_headroom_ratio"

// feedMargin gives the account of a load's redundancy the load's margin too.
func (t *Table) feedMargin(part *part, p *point) {
	for _, e := range part.entries {
		if e.point.Metric == "power_redundancy" && e.point.Device == p.info.Device && e.point.Label("load") == p.info.Label("load") {
			if e.more == nil {
				e.more = map[sla.Input]facility.PointID{}
			}
			e.more[sla.InputMarginPPM] = p.info.ID
			p.own().feeds = append(p.of.feeds, feed{e, sla.InputMarginPPM})
		}
	}
}

// newEntry opens an account, taking up what was saved of it. Where there is a
// past that history can tell, the entry waits for it.
func (t *Table) newEntry(part *part, d *device, p *point) *entry {
	now := t.o.Clock.Now()
	since := d.info.Since
	if since.IsZero() {
		since = now
	}
	def := part.version.Target
	e := &entry{target: def.Name, revision: part.version.Revision, point: p.info}
	data, isSaved := t.saved[e.key()]
	if isSaved {
		if at := savedSince(data); at > 0 && at < since.Unix() {
			since = time.Unix(at, 0) // also where the sums begin anew
		}
	} else if first := t.firstSince(def.Name, p.info.ID); first != 0 && first < since.Unix() {
		since = time.Unix(first, 0)
	}
	e.account = sla.NewAccountIn(def, sla.Entity{
		ID: string(p.info.ID), DisplayName: p.info.Name, Since: since.Unix(), MaxAge: p.maxAge, States: p.info.States,
	}, now, part.valid)
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

func savedSince(data json.RawMessage) int64 {
	var was struct {
		Since int64 `json:"since"`
	}
	if json.Unmarshal(data, &was) != nil {
		return 0
	}
	return was.Since
}

// firstSince is when another definition of the target began to account a point: an
// edited promise is about the same thing.
func (t *Table) firstSince(name string, id facility.PointID) int64 {
	first := int64(0)
	note := func(at int64) {
		if at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	for _, tg := range t.targets {
		if tg.name != name {
			continue
		}
		for _, p := range tg.parts {
			if e := p.entries[id]; e != nil {
				note(e.account.Since())
			}
			note(savedSince(t.saved[accountKey(name, p.version.Revision, id)]))
		}
	}
	return first
}

// revive brings back the accounts of points that are watched no longer: what they
// were stays in the figures of the window in which they left.
func (t *Table) revive() {
	parts := map[string]*part{}
	for _, tg := range t.targets {
		for _, p := range tg.parts {
			parts[strings.TrimSuffix(accountKey(tg.name, p.version.Revision, ""), " ")] = p
		}
	}
	for key, data := range t.saved {
		name, _, _ := strings.Cut(key, " ")
		p, known := t.known[key]
		if part := parts[name]; part != nil && known && !t.isWatched(part.version.Target, &p) {
			t.retire(part, p, data)
			delete(t.saved, key)
		}
	}
}

// isWatched reports whether a point's device is still there and the target still
// speaks of it; then the account goes on when the point is watched.
func (t *Table) isWatched(def *sla.Target, p *facility.Point) bool {
	d := t.devices[p.Device]
	return d != nil && def.Matches(&d.info, p)
}

func (t *Table) retire(part *part, p facility.Point, data json.RawMessage) {
	e := &entry{target: part.version.Target.Name, revision: part.version.Revision, point: &p, retired: true}
	interval := p.Interval
	if interval <= 0 {
		interval = defaultInterval
	}
	e.account = sla.NewAccountIn(part.version.Target, sla.Entity{
		ID: string(p.ID), DisplayName: p.Name, Since: savedSince(data), MaxAge: facility.MaxAge(interval), States: p.States,
	}, t.o.Clock.Now(), part.valid)
	if err := e.account.UnmarshalJSON(data); err != nil {
		return
	}
	if e.account.Until() == 0 {
		e.account.Retire(t.o.Clock.Now().Unix())
	}
	part.put(p.ID, e)
}
