package agent

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
	"nezuban/internal/text"
)

const (
	defaultTimeout = 5 * time.Second
	firstWithin    = 2 * time.Second // of a new device's first scrape
)

// device is one endpoint under way. It is used by one goroutine.
type device struct {
	target  collectors.Target
	clk     clock.Clock
	log     *slog.Logger
	metrics *collectors.Metrics
	sink    collectors.Sink

	scraper  *scraper
	plan     *plan
	unknown  []string // forced profiles nobody has
	interval time.Duration
	timeout  time.Duration
	health   facility.Health
	lost     uint64             // batches nobody took
	told     *facility.Identity // what was last handed over; nil nothing
	owed     bool               // the sink has not taken the point list yet
}

func newDevice(t collectors.Target, lib *profile.AgentLibrary, e *Engine, sink collectors.Sink) *device {
	d := &device{target: t, clk: e.clk, log: e.log, metrics: e.metrics, sink: sink,
		scraper: newScraper(t), interval: t.Intervals.Of(facility.Normal), timeout: t.Timeout}
	if d.timeout <= 0 {
		d.timeout = defaultTimeout
	}
	d.timeout = min(d.timeout, d.interval)
	var forced []*profile.AgentProfile
	for _, name := range t.Profiles {
		if p, ok := lib.Get(name); ok {
			forced = append(forced, p)
		} else {
			d.unknown = append(d.unknown, name)
		}
	}
	d.plan = newPlan(t.Device.ID, d.interval, lib.All(), forced)
	d.health = facility.Health{Interval: d.interval, Refused: map[string]uint64{}}
	return d
}

// run scrapes at every scheduled moment until ctx ends. A moment that passed
// while a scrape was under way is not caught up.
func (d *device) run(ctx context.Context) {
	defer d.scraper.close()
	defer d.metrics.Forget(d.target.Device.ID)
	due := d.clk.Now().Add(collectors.Phase(d.target.Device.ID, firstWithin))
	for {
		if d.clk.Sleep(ctx, due.Sub(d.clk.Now())) != nil {
			return
		}
		if !d.round(ctx, due) {
			return
		}
		after := d.clk.Now()
		if next := due.Add(time.Second); next.After(after) {
			after = next // no second round in the same tick
		}
		due = collectors.NextDue(after, d.target.Device.ID, d.interval)
	}
}

// round is one scrape and its batch; false once ctx has ended.
func (d *device) round(ctx context.Context, due time.Time) bool {
	d.health.Lateness = d.clk.Now().Sub(due)
	tick := facility.TickOf(due)
	start := d.clk.Mono()
	e, err := d.scrape(ctx)
	if ctx.Err() != nil {
		return false
	}
	d.health.Rounds++
	var readings []facility.Reading
	if err != nil {
		readings = d.plan.missing(tick)
		d.fail(err)
	} else {
		d.health.RoundTrip = d.clk.Real(d.clk.Mono() - start)
		readings = d.plan.read(e, tick, start)
		d.succeed()
	}
	d.hand(facility.Batch{Device: d.target.Device.ID, Tick: tick, Readings: readings})
	return true
}

func (d *device) scrape(ctx context.Context) (exposition, *scrapeError) {
	ctx, cancel := context.WithTimeout(ctx, d.clk.Real(d.timeout))
	defer cancel()
	body, kind, err := d.scraper.fetch(ctx)
	if err != nil {
		return nil, err
	}
	return parse(body, kind, d.plan.want)
}

func (d *device) fail(err *scrapeError) {
	if err.cause != "" {
		d.plan.count(err.cause)
	}
	h := &d.health
	h.Reachable = false
	h.ConsecFailed++
	if err.kind == facility.ErrTimeout {
		h.Timeouts++
	}
	said, _ := text.Clean(err.Error(), 200)
	if said != h.LastError {
		d.log.Warn("scrape failed", "device", d.target.Device.ID, "kind", err.kind, "err", said)
	}
	h.LastError, h.ErrorKind = said, err.kind
}

func (d *device) succeed() {
	h := &d.health
	if h.ConsecFailed > 0 {
		d.log.Info("scrape answers again", "device", d.target.Device.ID)
	}
	h.Reachable, h.ConsecFailed, h.LastAnswer = true, 0, d.clk.Now()
	h.LastError, h.ErrorKind = "", facility.ErrNone
	switch {
	case len(d.unknown) > 0:
		h.LastError, h.ErrorKind = "unknown agent profile "+strings.Join(d.unknown, ", ")+": see the inventory", facility.ErrProtocol
	case len(d.plan.applied) == 0:
		h.LastError, h.ErrorKind = "no agent profile knows this endpoint: name one in the inventory or add one to profiles", facility.ErrProtocol
	}
}

// hand completes the batch and gives it to the sink. A point list or identity
// the sink refused is handed over again next time.
func (d *device) hand(b facility.Batch) {
	d.health.Refused = maps.Clone(d.plan.refused)
	b.Health = d.health
	if d.plan.changed || d.owed {
		b.Points = make([]facility.Point, len(d.plan.points)) // not nil: an empty list is one too
		for i, one := range d.plan.points {
			b.Points[i] = one.point
		}
	}
	ident := d.plan.ident
	ident.Profiles = slices.Clone(d.plan.applied)
	if d.told == nil && d.health.Reachable || d.told != nil && !reflect.DeepEqual(*d.told, ident) {
		b.Identity = &ident
	}
	err := d.sink.Accept(b)
	if err != nil {
		d.lost++
	}
	d.metrics.Observe(d.target.Device.ID, collectors.Account{Health: d.health, Lost: d.lost})
	if err != nil {
		d.owed = d.owed || b.Points != nil
		d.plan.changed = false
		d.log.Warn("batch refused", "device", d.target.Device.ID, "err", fmt.Errorf("hand over batch: %w", err))
		return
	}
	d.plan.changed, d.owed = false, false
	if b.Identity != nil {
		d.told = b.Identity
	}
}
