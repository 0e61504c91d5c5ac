package live

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

var start = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// A steppedClock moves only when it is told to.
type steppedClock struct {
	mu   sync.Mutex // protects wall and mono
	wall time.Time
	mono time.Duration
}

func (c *steppedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall
}

func (c *steppedClock) Mono() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mono
}

func (c *steppedClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

func (c *steppedClock) Real(d time.Duration) time.Duration { return d }

func (c *steppedClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.mono = c.wall.Add(d), c.mono+d
}

func (c *steppedClock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall = c.wall.Add(d)
}

// records decides and folds as the real committer does, in memory.
type records struct {
	mu     sync.Mutex // protects everything below
	book   *alarm.Book
	ids    int
	events []alarm.Event
	errs   []error
}

func newRecords() *records { return &records{book: alarm.NewBook()} }

func (r *records) Commit(_ context.Context, changes []alarm.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range changes {
		e, err := r.book.Decide(c, func() string { r.ids++; return fmt.Sprintf("ALM-%06d", r.ids) })
		if err == nil {
			err = r.book.Apply(e)
		}
		if err != nil {
			r.errs = append(r.errs, err)
			continue
		}
		r.events = append(r.events, e)
	}
}

func (r *records) Standing() []alarm.Occurrence {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.Standing()
}

func (r *records) acknowledge(t *testing.T, id string, at time.Time) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	o, _ := r.book.Get(id)
	e, err := o.Acknowledge("person:sato", "seen", at)
	if err == nil {
		err = r.book.Apply(e)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// note adds a remark: a change that leaves everything else as it is.
func (r *records) note(tb testing.TB, id string) {
	tb.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	o, _ := r.book.Get(id)
	e, err := o.Note("person:sato", "seen", start.Add(time.Minute))
	if err == nil {
		err = r.book.Apply(e)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// written is a history that keeps what it is given.
type written struct {
	mu      sync.Mutex // protects batches
	batches []facility.Batch
}

func (w *written) Write(b facility.Batch, points map[facility.PointID]*facility.Point) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range b.Readings {
		if points[r.Point] == nil {
			panic("history was given a reading without its point")
		}
	}
	w.batches = append(w.batches, b)
}

func selector(s string) facility.Selector {
	sel, err := facility.ParseSelector(s)
	if err != nil {
		panic(err)
	}
	return sel
}

func number(v float64) *float64 { return &v }

var hotRule = &alarm.Rule{ID: "HOT", Revision: 1, Select: selector("metric=temperature_celsius"), Type: alarm.Limit,
	High: number(27), Deadband: 0.5, Class: alarm.Environment, Severity: alarm.Major, TimeToRespond: 10 * time.Minute,
	Text: alarm.Guidance{Name: facility.Text{En: "Rack inlet hot", Ja: "吸気温度高"}}}

var smokeRule = &alarm.Rule{ID: "SMOKE", Revision: 1, Select: selector("metric=smoke_state"), Type: alarm.State,
	MinSeverity: facility.SeverityCritical, FireAlarm: true, Latching: true, Class: alarm.LifeSafety}

var silentRule = &alarm.Rule{ID: "DEVICE-SILENT", Revision: 1, Type: alarm.NoData, Class: alarm.Environment, Severity: alarm.Major, TimeToRespond: time.Hour}

var staleRule = &alarm.Rule{ID: "POINT-STALE", Revision: 1, Select: selector("metric=temperature_celsius"), Type: alarm.NoData,
	Class: alarm.Environment, Severity: alarm.Minor, TimeToRespond: time.Hour}

var blindRule = &alarm.Rule{ID: "FIRE-UNSEEN", Revision: 1, Select: selector("metric=smoke_state"), Type: alarm.NoData,
	Class: alarm.LifeSafety, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute}

var allRules = []*alarm.Rule{hotRule, smokeRule, silentRule, staleRule, blindRule}

var hub = facility.Device{ID: "hub-1", Kind: "envhub", Category: "fire", Place: "1F/hall-1"}

const (
	tempID  facility.PointID = `hub-1/temperature_celsius{sensor="1"}`
	smokeID facility.PointID = `hub-1/smoke_state{zone="Z-1"}`
)

var smokeStates = []facility.State{{Value: 0, Name: "normal", Severity: facility.SeverityNormal}, {Value: 1, Name: "alarm", Severity: facility.SeverityCritical}}

func hubPoints() []facility.Point {
	return []facility.Point{
		{ID: tempID, Device: "hub-1", Metric: "temperature_celsius", Labels: []facility.Label{{Name: "sensor", Value: "1"}}, Interval: 30 * time.Second},
		{ID: smokeID, Device: "hub-1", Metric: "smoke_state", Labels: []facility.Label{{Name: "zone", Value: "Z-1"}}, Class: facility.Fast, Interval: 10 * time.Second, States: smokeStates},
	}
}

// A bench is a table with one hub, and hands to move it.
type bench struct {
	t       *testing.T
	clk     *steppedClock
	rec     *records
	hist    *written
	reg     *prometheus.Registry
	table   *Table
	rounds  uint64
	refused error // of the last batch
}

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, clk: &steppedClock{wall: start, mono: time.Hour}, rec: newRecords(), hist: &written{}, reg: prometheus.NewRegistry()}
	b.restart(change)
	return b
}

// restart makes a new table over the same records.
func (b *bench) restart(change func(*Options)) {
	b.reg, b.rounds = prometheus.NewRegistry(), 0
	o := Options{Clock: b.clk, Devices: []facility.Device{hub}, Rules: allRules, Committer: b.rec, History: b.hist, Registerer: b.reg}
	if change != nil {
		change(&o)
	}
	b.table = New(o)
}

// poll hands over an answered round, with the points if it is the first.
func (b *bench) poll(readings ...facility.Reading) {
	b.t.Helper()
	b.rounds++
	batch := facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Readings: readings,
		Health: facility.Health{Reachable: true, Rounds: b.rounds, LastAnswer: b.clk.Now(), Interval: 10 * time.Second}}
	if b.rounds == 1 {
		batch.Points = hubPoints()
	}
	b.accept(batch)
}

// fail hands over a round without an answer; n is how many failed in a row.
func (b *bench) fail(n int) {
	b.t.Helper()
	b.rounds++
	tick := facility.TickOf(b.clk.Now())
	b.accept(facility.Batch{Device: "hub-1", Tick: tick,
		Readings: []facility.Reading{{Point: tempID, Tick: tick}, {Point: smokeID, Tick: tick}},
		Health:   facility.Health{Rounds: b.rounds, ConsecFailed: n, LastAnswer: start, Interval: 10 * time.Second}})
}

func (b *bench) accept(batch facility.Batch) {
	b.refused = b.table.Accept(batch)
	b.table.commitAll(context.Background())
}

func (b *bench) temp(v float64) facility.Reading {
	return facility.Reading{Point: tempID, Tick: facility.TickOf(b.clk.Now()), Value: v, Quality: facility.Good}
}

func (b *bench) smoke(v float64) facility.Reading {
	return facility.Reading{Point: smokeID, Tick: facility.TickOf(b.clk.Now()), Value: v, Quality: facility.Good}
}

func (b *bench) pass(d time.Duration) {
	for ; d > time.Second; d -= time.Second {
		b.clk.pass(time.Second)
		b.table.tick()
	}
	b.clk.pass(d)
	b.table.publish()
	b.table.tick()
	b.table.tick() // the snapshot may be older than what was handed over
	b.table.commitAll(context.Background())
}

// want checks the standing alarms, written "RULE STATE".
func (b *bench) want(moment string, list ...string) {
	b.t.Helper()
	var got []string
	for _, o := range b.rec.Standing() {
		got = append(got, o.Rule+" "+string(o.State()))
	}
	slices.Sort(got)
	slices.Sort(list)
	if !slices.Equal(got, list) {
		b.t.Fatalf("%s: standing %v, want %v", moment, got, list)
	}
	if len(b.rec.errs) > 0 {
		b.t.Fatalf("%s: the committer refused: %v", moment, b.rec.errs)
	}
}

func (b *bench) wantRefused(cause string, n float64) {
	b.t.Helper()
	if got := testutil.ToFloat64(b.table.metrics.refused.WithLabelValues("hub-1", cause)); got != n {
		b.t.Errorf("refused for %s: %v, want %v", cause, got, n)
	}
}

func (b *bench) view(id facility.PointID) PointView {
	b.t.Helper()
	b.table.publish()
	for _, d := range b.table.Snapshot().Devices {
		for _, p := range d.Points() {
			if p.Point.ID == id {
				return p
			}
		}
	}
	b.t.Fatalf("the snapshot has no point %s", id)
	return PointView{}
}
