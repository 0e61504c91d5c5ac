package live

import (
	"context"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/facility"
	"nezuban/sla"
)

// chronicle is history as the child keeps it: one sample of a series a second, the
// first that came; up to ten minutes late, and no later.
type chronicle struct {
	series map[facility.PointID][]sla.Sample
}

func (c *chronicle) Write(b facility.Batch, _ map[facility.PointID]*facility.Point) {
	for _, r := range b.Readings {
		s := sla.Sample{At: int64(r.Tick), Value: r.Value, Known: r.Quality == facility.Good}
		list := c.series[r.Point]
		i, taken := slices.BinarySearchFunc(list, s.At, func(x sla.Sample, at int64) int { return int(min(1, max(-1, x.At-at))) })
		if taken || len(list) > 0 && s.At < list[len(list)-1].At-600 {
			continue
		}
		c.series[r.Point] = slices.Insert(list, i, s)
	}
}

func (c *chronicle) read(_ context.Context, id facility.PointID, from, to time.Time) ([]sla.Sample, error) {
	return slices.DeleteFunc(slices.Clone(c.series[id]), func(s sla.Sample) bool { return s.At < from.Unix() || s.At > to.Unix() }), nil
}

// A month is a site with a clock of its own, and what the test itself knows of it.
type month struct {
	t        *testing.T
	zone     *time.Location
	clk      *steppedClock
	table    *Table
	store    *checkpoints
	chron    *chronicle
	devices  map[facility.DeviceID]facility.Device
	lives    map[facility.DeviceID]sla.Interval
	targets  []sla.Target
	versions map[string][]sla.Version
	book     *sla.Book
	alarms   []sla.Event
	closed   []sla.Closing
	rounds   uint64
	compared int
	subjects []sla.Subject
	duties   []sla.Obligation
	heard    int
	rnd      *rand.Rand
}

var monthStates = []facility.State{{Value: 1, Name: "normal", Severity: facility.SeverityNormal}, {Value: 2, Name: "battery", Severity: facility.SeverityCritical}, {Value: 3, Name: "lost"}}

func monthPoints(id facility.DeviceID) []facility.Point {
	out := []facility.Point{}
	add := func(metric, sensor string, states []facility.State) {
		labels := []facility.Label(nil)
		if sensor != "" {
			labels = []facility.Label{{Name: "sensor", Value: sensor}}
		}
		out = append(out, facility.Point{ID: facility.MakePointID(id, metric, labels), Device: id, Metric: metric, Labels: labels, Interval: time.Minute, States: states})
	}
	add("temperature_celsius", "1", nil)
	add("temperature_celsius", "2", nil)
	add("ups_output_source", "", monthStates)
	add("backup_last_success_time_seconds", "", nil)
	add("ups_output_load_ratio", "", nil)
	return out
}

func monthTargets(zone *time.Location) []sla.Target {
	w := func(d string) sla.Window { return sla.Window{Duration: d, Zone: zone} }
	rules := sla.ExclusionRules{Maintenance: true, MinNotice: time.Hour, CapPerWindow: 6 * time.Hour}
	sel := func(s string) facility.Selector {
		x, err := facility.ParseSelector(s)
		if err != nil {
			panic(err)
		}
		return x
	}
	inlet := func(name string, combine sla.Combine, window string, policy sla.Policy) sla.Target {
		return sla.Target{Name: name, Kind: sla.KindRange, Range: &sla.RangeIndicator{Metric: "temperature_celsius", Min: number(18), Max: number(27)}, Select: sel("metric=temperature_celsius"),
			Combine: combine, TargetPPM: 990_000, Policy: policy, MaxUnknownPPM: 50_000, Window: w(window), Exclude: rules, Settle: 24 * time.Hour}
	}
	day := inlet("inlet-day", sla.Each, "1d", sla.PolicyBad)
	day.Settle = 0
	return []sla.Target{
		inlet("inlet", sla.Pooled, "1M", sla.PolicyExclude), inlet("inlet-any", sla.Any, "1M", sla.PolicyBad), inlet("inlet-all", sla.All, "1w", sla.PolicyBad), day,
		{Name: "ups", Kind: sla.KindState, State: &sla.StateIndicator{Metric: "ups_output_source", Good: []string{"normal"}, UnreachableBad: true}, Combine: sla.Each, TargetPPM: 999_500,
			Policy: sla.PolicyBad, MaxUnknownPPM: 5_000, Window: w("1M"), Exclude: rules, Settle: 24 * time.Hour, Tiers: []sla.Tier{{Severity: "ticket", BudgetPPM: 100_000, Long: 24 * time.Hour, Short: 2 * time.Hour}}},
		{Name: "coverage", Kind: sla.KindCoverage, Coverage: &sla.CoverageIndicator{}, Combine: sla.Pooled, TargetPPM: 999_000, Policy: sla.PolicyBad, MaxUnknownPPM: 5_000, Window: w("1M"), Exclude: rules, Settle: 24 * time.Hour},
		{Name: "backup", Kind: sla.KindFreshness, Freshness: &sla.FreshnessIndicator{Metric: "backup_last_success_time_seconds", Stamp: true, MaxAge: 26 * time.Hour}, Combine: sla.Each, TargetPPM: 1_000_000,
			Policy: sla.PolicyBad, MaxUnknownPPM: 5_000, Window: w("1M"), Settle: 24 * time.Hour},
		{Name: "load", Kind: sla.KindRatioValue, RatioValue: &sla.RatioValueIndicator{Metric: "ups_output_load_ratio", Statistic: sla.P95, AtMost: true, LimitMicros: 800_000}, Combine: sla.Each,
			Policy: sla.PolicyExclude, MaxUnknownPPM: 500_000, Window: w("1w"), Settle: 24 * time.Hour},
		{Name: "ack", Kind: sla.KindLatency, Latency: &sla.LatencyIndicator{From: sla.AlarmRaised, To: sla.AlarmAcknowledged, Within: 10 * time.Minute}, Combine: sla.Pooled, TargetPPM: 950_000,
			Policy: sla.PolicyBad, Window: w("1M"), Settle: 24 * time.Hour},
		{Name: "none", Kind: sla.KindZero, Zero: &sla.ZeroIndicator{Event: "entry.denied"}, Combine: sla.Pooled, TargetPPM: 1_000_000, Policy: sla.PolicyBad, Window: w("1d")},
		{Name: "inspection", Kind: sla.KindDue, Due: &sla.DueIndicator{Record: "inspection", Types: map[string]sla.Step{"weekly": {Days: 7}}, Evidence: true}, Select: sel("kind=plan"), Combine: sla.Each, TargetPPM: 1_000_000,
			Policy: sla.PolicyBad, Window: w("1M"), Settle: 24 * time.Hour},
	}
}

func newMonth(t *testing.T) *month {
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 10, 30, 9, 0, 0, 0, zone)
	m := &month{t: t, zone: zone, clk: &steppedClock{wall: begin.UTC(), mono: time.Hour}, store: &checkpoints{}, chron: &chronicle{series: map[facility.PointID][]sla.Sample{}},
		devices: map[facility.DeviceID]facility.Device{}, lives: map[facility.DeviceID]sla.Interval{}, targets: monthTargets(zone), versions: map[string][]sla.Version{},
		book: sla.NewBook(), rnd: rand.New(rand.NewSource(11))}
	m.subjects = []sla.Subject{{ID: "plan-1", Attrs: map[string]string{"kind": "plan"}}}
	m.duties = []sla.Obligation{{ID: "inspection/weekly/plan-1/2026-11-02", Entity: "plan-1", Record: "inspection", Type: "weekly", Due: "2026-11-02"}}
	for _, tg := range m.targets {
		m.versions[tg.Name] = []sla.Version{{Revision: 1, Target: &tg}}
	}
	for _, id := range []facility.DeviceID{"hub-1", "hub-2", "hub-3"} {
		m.add(id)
	}
	m.start()
	return m
}

func (m *month) add(id facility.DeviceID) {
	m.devices[id] = facility.Device{ID: id, Name: string(id), Kind: "envhub", Since: m.clk.Now()}
	m.lives[id] = sla.Interval{From: m.clk.Now().Unix()}
}

func (m *month) config() Config {
	c := Config{Targets: slices.Clone(m.targets), Versions: m.versions}
	for _, d := range m.devices {
		c.Devices = append(c.Devices, d)
	}
	return c
}

// start makes a table over what was saved, as after a restart.
func (m *month) start() {
	c := m.config()
	m.table = New(Options{Clock: m.clk, Devices: c.Devices, Targets: c.Targets, Versions: c.Versions, History: m.chron, Checkpoints: m.store, Backfill: m.chron.read,
		Registerer: prometheus.NewRegistry(), Site: facility.Site{Zone: m.zone}, Closed: func(_ context.Context, c sla.Closing) {
			m.closed = append(m.closed, c)
			m.record(sla.Entry{Kind: sla.EntryClosed, Object: fmt.Sprint("window:", c.Target, "/", c.From), Closing: &c})
		}})
	if err := m.table.Restore(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	m.rounds = 0
	m.tell()
	m.table.fillWaiting(m.t.Context())
}

func (m *month) record(e sla.Entry) {
	e.Revision, e.At = m.book.Next(e.Object), m.clk.Now().Unix()
	next := m.book.Clone()
	if err := next.Apply(e); err != nil {
		m.t.Fatal(err)
	}
	m.book = next
}

func (m *month) facts() Facts {
	events := slices.Concat(m.alarms, m.book.Events())
	slices.SortStableFunc(events, func(a, b sla.Event) int { return int(min(1, max(-1, a.At-b.At))) })
	return Facts{Book: m.book, Exclusions: m.book.Approved(), Events: events, Subjects: m.subjects, Obligations: m.duties}
}

func (m *month) tell() { m.table.SetFacts(m.facts()) }

// minute polls every device once; silent ones do not answer.
func (m *month) minute(silent func(facility.DeviceID) bool, temp float64, source float64) {
	m.clk.pass(time.Minute)
	m.rounds++
	tick := facility.TickOf(m.clk.Now())
	for id := range m.devices {
		b := facility.Batch{Device: id, Tick: tick, Health: facility.Health{Reachable: true, Rounds: m.rounds, LastAnswer: m.clk.Now(), Interval: time.Minute}}
		points := monthPoints(id)
		if m.rounds == 1 || m.table.devices[id] != nil && !m.table.devices[id].listed {
			b.Points = points
		}
		for i, p := range points {
			r := facility.Reading{Point: p.ID, Tick: tick, Quality: facility.Good, Value: []float64{temp, 21, source, m.lastBackup(), 0.5 + 0.4*m.rnd.Float64()}[i]}
			if silent(id) || i == 0 && m.rnd.Intn(50) == 0 {
				r = facility.Reading{Point: p.ID, Tick: tick}
			}
			b.Readings = append(b.Readings, r)
		}
		if err := m.table.Accept(b); err != nil {
			m.t.Fatal(err)
		}
	}
}

// lastBackup is made at 3 o'clock each night, but on the 9th.
func (m *month) lastBackup() float64 {
	now := m.clk.Now().In(m.zone)
	at := time.Date(now.Year(), now.Month(), now.Day(), 3, 0, 0, 0, m.zone)
	for at.After(now) || at.Day() == 9 {
		at = at.AddDate(0, 0, -1)
	}
	return float64(at.Unix())
}

// entities are what the test itself knows of a definition's entities.
func (m *month) entities(t *sla.Target) []sla.Entity {
	if !t.OfPoints() {
		return t.Recorded(m.book, m.subjects, m.facts().Events, m.duties, m.clk.Now().Unix())
	}
	var out []sla.Entity
	for id, life := range m.lives {
		d := facility.Device{ID: id, Kind: "envhub"}
		for _, p := range monthPoints(id) {
			if t.Matches(&d, &p) {
				out = append(out, sla.Entity{ID: string(p.ID), Since: life.From, Until: life.To, MaxAge: facility.MaxAge(p.Interval), States: p.States, Samples: m.chron.series[p.ID]})
			}
		}
	}
	return out
}

// compare: the live figures are those that history and records give, to the
// second, and the windows that were closed too.
func (m *month) compare(when string) {
	m.t.Helper()
	m.table.caughtUp(m.clk.Now())
	m.table.fillWaiting(m.t.Context())
	m.tell() // also: judged anew
	m.table.mu.Lock()
	m.table.judge(m.clk.Now())
	m.table.mu.Unlock()
	now := m.clk.Now()
	for _, tg := range m.table.targets {
		slices := sla.Slices(m.versions[tg.name], now)
		if len(slices) != len(tg.results) {
			m.t.Fatalf("%s: %s has %d parts live, %d by the definitions", when, tg.name, len(tg.results), len(slices))
		}
		for i, s := range slices {
			want := sla.ScoreSpan(s.Target, time.Unix(s.From, 0), time.Unix(s.To, 0), now, m.entities(s.Target), m.book.Approved())
			got := tg.results[i]
			got.Definition, got.Split, got.Burning, want.Burning = 0, false, nil, nil
			if !reflect.DeepEqual(got, want) {
				m.t.Fatalf("%s: %s, part %d, live and recomputed differ:\n%+v\n%+v", when, tg.name, i, got, want)
			}
			m.compared++
		}
	}
}

func TestASimulatedMonthLiveIsWhatHistoryAndRecordsGive(t *testing.T) {
	if testing.Short() {
		t.Skip("a month takes some seconds; not in -short")
	}
	m := newMonth(t)
	end := time.Date(2026, 12, 3, 0, 0, 0, 0, m.zone)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, m.zone) }
	on := func(from, to time.Time) bool { return !m.clk.Now().Before(from) && m.clk.Now().Before(to) }
	done := map[string]bool{}
	once := func(name string, from time.Time, do func()) {
		if !done[name] && !m.clk.Now().Before(from) {
			done[name] = true
			do()
			m.compare("after " + name)
		}
	}
	for step := 0; m.clk.Now().Before(end); step++ {
		silent := func(id facility.DeviceID) bool {
			return id == "hub-1" && on(at(3, 2), at(3, 5)) || id == "hub-2" && on(at(21, 23), at(22, 1)) || id == "hub-3" && m.rnd.Intn(200) == 0
		}
		temp, source := 24.0, 1.0
		if on(at(5, 10), at(5, 14)) || on(at(14, 0), at(14, 7)) || on(at(24, 8), at(24, 9)) {
			temp = 29
		}
		if on(at(7, 3), at(7, 3).Add(20*time.Minute)) || on(at(26, 1), at(26, 2)) {
			source = 2
		}
		m.minute(silent, temp, source)
		if step%10 == 0 {
			m.table.tick()
		}
		if step%60 == 0 {
			m.hourly()
		}
		if now := m.clk.Now().In(m.zone); now.Hour() == 12 && now.Minute() == 0 && now.Day()%3 == 0 {
			m.compare(now.Format(time.DateOnly))
		}
		once("a restart", at(6, 4), func() { m.table.save(t.Context()); m.start() })
		once("a gap of three hours", at(8, 1), func() {
			m.table.save(t.Context())
			for range 30 { // it went on for half an hour after the last checkpoint
				m.minute(silent, temp, source)
			}
			m.clk.pass(3 * time.Hour)
			m.start()
		})
		once("a step forward", at(10, 10), func() { m.clk.wall = m.clk.wall.Add(20 * time.Minute) })
		once("a step back", at(12, 10), func() { m.clk.wall = m.clk.wall.Add(-5 * time.Minute); m.catchUp(silent) })
		once("a step back by an hour", at(13, 10), func() { m.clk.wall = m.clk.wall.Add(-time.Hour); m.catchUp(silent) })
		once("a late exclusion", at(16, 9), func() {
			x := sla.Exclusion{ID: "EXC-1", Kind: sla.Maintenance, From: at(14, 0).Unix(), To: at(14, 8).Unix(), Reason: "chiller", ProposedBy: "sato", ProposedAt: m.clk.Now().Unix()}
			m.record(sla.Entry{Kind: sla.EntryProposed, Object: x.ID, Actor: "sato", Exclusion: &x})
			m.compare("while it is only proposed")
			m.record(sla.Entry{Kind: sla.EntryApproved, Object: x.ID, Actor: "mori"})
		})
		once("an edit in mid-month", at(18, 9), func() {
			edited := *m.versions["inlet"][0].Target
			edited.Range = &sla.RangeIndicator{Metric: "temperature_celsius", Min: number(18), Max: number(23)}
			edited.Effective = at(20, 0).Unix()
			stricter := *m.versions["ups"][0].Target
			stricter.TargetPPM = 999_900 // from the next month
			m.versions["inlet"] = append(m.versions["inlet"], sla.Version{Revision: 2, From: edited.Effective, Target: &edited})
			m.versions["ups"] = append(m.versions["ups"], sla.Version{Revision: 2, From: sla.EffectiveFrom(m.versions["ups"][0].Target, &stricter, m.clk.Now()), Target: &stricter})
			m.targets[0], m.targets[4] = edited, stricter
			m.table.Reload(m.config())
			m.table.fillWaiting(t.Context())
		})
		once("a device replaced", at(22, 15), func() {
			delete(m.devices, "hub-2")
			m.lives["hub-2"] = sla.Interval{From: m.lives["hub-2"].From, To: m.clk.Now().Unix()}
			m.add("hub-4")
			m.table.Reload(m.config())
			m.minute(silent, temp, source) // it says which points it has
			m.table.fillWaiting(t.Context())
		})
		once("another restart", at(23, 3), func() { m.table.save(t.Context()); m.start() })
	}
	m.compare("the end")
	m.checkClosed()
	if m.compared < 200 {
		t.Errorf("only %d figures were compared", m.compared)
	}
}

// catchUp goes on until our clock is past where it was before it was set back.
func (m *month) catchUp(silent func(facility.DeviceID) bool) {
	for range 80 {
		m.minute(silent, 24, 1)
		m.table.tick()
	}
	m.clk.pass(30 * time.Second)
}

// hourly: alarms, an entry now and then, inspections, windows to close.
func (m *month) hourly() {
	m.heard++
	now := m.clk.Now().Unix()
	id := fmt.Sprintf("ALM-%06d", m.heard)
	if m.heard%7 == 0 {
		m.alarms = append(m.alarms, sla.Event{At: now - 300, Name: sla.AlarmRaised, Key: id})
	}
	if m.heard%7 == 0 && m.heard%3 != 0 {
		m.alarms = append(m.alarms, sla.Event{At: now - int64(m.rnd.Intn(300)), Name: sla.AlarmAcknowledged, Key: id})
	}
	if m.heard == 400 {
		m.record(sla.Entry{Kind: sla.EntryHappened, Object: "EVT-1", Event: &sla.Event{At: now, Name: "entry.denied"}})
	}
	if day := m.clk.Now().In(m.zone); m.heard%24 == 0 && day.Weekday() == time.Monday && day.Day() != 16 {
		id := sla.ObligationID("inspection", "weekly", "plan-1", day.Format(time.DateOnly))
		m.record(sla.Entry{Kind: sla.EntryDone, Object: "done:" + id, Done: &sla.Done{Obligation: id, At: now, Evidence: "f", By: "sato"}})
	}
	m.tell()
	m.table.closeWindows(m.t.Context(), m.clk.Now())
	m.tell()
}

// checkClosed: what was recorded of windows when they were over is what history
// and records give, under the same digest.
func (m *month) checkClosed() {
	newest := map[string]sla.Closing{}
	for _, c := range m.closed {
		newest[fmt.Sprint(c.Target, c.From)] = c
	}
	kinds := map[string]int{}
	for _, c := range newest {
		for _, v := range m.versions[c.Target] {
			if v.Target.Digest() != c.Definition {
				continue
			}
			known := slices.DeleteFunc(m.book.Approved(), func(x sla.Exclusion) bool { return x.ApprovedAt > c.AsOf })
			again := sla.Close(v.Target, time.Unix(c.From, 0), time.Unix(c.To, 0), time.Unix(c.AsOf, 0), m.entities(v.Target), known, nil)
			if again.Digest != c.Digest {
				m.t.Errorf("%s from %v, revision %d: closed with\n%+v\nrecomputed\n%+v", c.Target, time.Unix(c.From, 0).In(m.zone), c.Revision, c.Results[0], again.Results[0])
			}
			kinds[c.Target]++
		}
	}
	for _, tg := range m.targets {
		if kinds[tg.Name] == 0 {
			m.t.Errorf("no window of %s was closed", tg.Name)
		}
	}
	if kinds["inlet"] < 3 { // October's end, and both parts of November
		m.t.Errorf("%d windows of inlet were closed, want both parts of November and the one before", kinds["inlet"])
	}
}
