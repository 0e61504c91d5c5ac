package tui

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/sla"
)

func TestMain(m *testing.M) {
	FixWidths()
	os.Exit(m.Run())
}

// now is the instant of every golden: 22:14:07 in Tokyo.
var now = time.Date(2026, 11, 22, 13, 14, 7, 0, time.UTC)

// fixedClock stands still until it is moved.
type fixedClock struct {
	mu sync.Mutex // protects t
	t  time.Time
}

func (c *fixedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *fixedClock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *fixedClock) Mono() time.Duration                { return c.Now().Sub(now) }
func (c *fixedClock) Real(d time.Duration) time.Duration { return d }
func (c *fixedClock) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return ctx.Err()
}

// fakeFeed holds one snapshot and wakes its subscribers.
type fakeFeed struct {
	mu   sync.Mutex // protects the fields below
	snap *live.Snapshot
	subs map[chan struct{}]bool
	once bool // every subscription begins woken: nobody waits in a test
}

func (f *fakeFeed) Snapshot() *live.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *fakeFeed) Subscribe() (<-chan struct{}, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan struct{}, 1)
	if f.subs == nil {
		f.subs = map[chan struct{}]bool{}
	}
	f.subs[ch] = true
	if f.once {
		ch <- struct{}{}
	}
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subs, ch)
	}
}

func (f *fakeFeed) subscribers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs)
}

func (f *fakeFeed) publish(s *live.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.snap = s
	for ch := range f.subs {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// fakeTraps are two traps of one hub, one of them hostile.
type fakeTraps struct{}

func (fakeTraps) Traps(_ context.Context, device facility.DeviceID, _ int) ([]facility.Trap, error) {
	if device != "hub-1" {
		return nil, nil
	}
	return []facility.Trap{
		{At: now.Add(-8 * time.Minute), Device: device, Source: "192.0.2.30", Version: "v2c", OID: "1.3.6.1.4.1.3854.1.0.7", Polled: true,
			Varbinds: []facility.Varbind{{OID: "1.3.6.1.2.1.1.5.0", Type: "OCTET STRING", Value: "all clear\x1b[2J 漏水なし"}}},
		{At: now.Add(-9 * time.Minute), Device: device, Source: "192.0.2.30", Version: "v3", Inform: true, User: "nezuban", Level: "authPriv", OID: "1.3.6.1.6.3.1.1.5.1", Name: "coldStart"},
	}, nil
}

// fakeTrends answers with a curve that has a spike and a gap.
type fakeTrends struct{ err error }

func (f fakeTrends) Trend(_ context.Context, p facility.Point, from, to facility.Tick, step time.Duration) ([]facility.TrendPoint, error) {
	if f.err != nil {
		return nil, f.err
	}
	var out []facility.TrendPoint
	n := int(to-from) / int(step/time.Second)
	for i := range n {
		v := 0.5 + 0.1*math.Sin(float64(i)/12)
		if len(p.States) > 0 {
			v = float64(p.States[0].Value)
		}
		pt := facility.TrendPoint{At: from + facility.Tick(i*int(step/time.Second)), Min: v - 0.01, Max: v + 0.01, Mean: v, Known: true}
		if i == n/3 {
			pt.Max = 0.9
		}
		if i > n/2 && i < n/2+n/10 {
			pt.Known = false
		}
		out = append(out, pt)
	}
	return out, nil
}

// fakeJournal tells one story for every alarm.
type fakeJournal struct{}

func (fakeJournal) Events(_ context.Context, id string) ([]alarm.Event, error) {
	return []alarm.Event{
		{AlarmID: id, Revision: 1, Kind: alarm.Raised, At: now.Add(-9 * time.Minute), Actor: "rule:UPS-ON-BATTERY"},
		{AlarmID: id, Revision: 2, Kind: alarm.Acknowledged, At: now.Add(-7 * time.Minute), Actor: "person:sato", Comment: "現地確認に出動"},
	}, nil
}

func ptr(v float64) *float64 { return &v }

// facilitySnapshot is the facility of the goldens.
func facilitySnapshot() *live.Snapshot {
	tokyo := time.FixedZone("JST", 9*3600)
	s := &live.Snapshot{
		Number: 1, At: now, Started: now.Add(-26 * time.Hour), Version: "0.1",
		Site:  facility.Site{Code: "DC-E1", Name: facility.Text{En: "East 1", Ja: "東第一"}, Zone: tokyo, Language: "en"},
		Rules: map[string]*alarm.Rule{}, ReadingsTotal: 123456, Points: 900, OldestSample: now.Add(-31 * time.Second), RatePer10Min: 3,
		Stores: live.Stores{History: live.HistoryStatus{State: "ok"}, Records: live.RecordsStatus{State: "ok"}},
	}
	rule := &alarm.Rule{
		ID: "UPS-ON-BATTERY", TimeToRespond: 5 * time.Minute, Procedure: "EL-014 rev 6", Owner: "electrical",
		Text: alarm.Guidance{
			Name:        facility.Text{En: "on battery", Ja: "バッテリー運転"},
			Consequence: facility.Text{En: "The racks behind this UPS go dark when the battery is empty", Ja: "蓄電池が尽きると配下のラックが停電する"},
			Confirm:     facility.Text{En: "Output source reads normal for 5 min", Ja: "出力電源が5分間 normal"},
			Causes:      []facility.Text{{En: "utility lost", Ja: "商用停電"}, {En: "input breaker open", Ja: "入力遮断器 開"}},
			Action: []facility.Text{
				{En: "Check that the generator starts", Ja: "発電機の始動を確認"},
				{En: "Check the load of the other UPS: below 80 %", Ja: "他系UPSの負荷が80 %未満か確認"},
				{En: "Send a person to electrical room A", Ja: "電気室Aへ要員を派遣"},
			},
		},
	}
	s.Rules[rule.ID] = rule
	s.Devices = []*live.DeviceView{upsView("ups-a1", "UPS A1", 0.97, true), upsView("ups-a2", "UPS A2", 0.62, false), cracView(), hubView(), deadView(), hostView()}
	s.Standing = standing()
	s.Targets = []sla.Result{
		promised("power-availability", "Power availability", 999990, 100, 0, sla.Met),
		promised("inlet-temperature", "Temperature in range", 999500, 88, 300, sla.Met),
		promised("humidity", "湿度 規定範囲内", 995000, -12, 200000, sla.InsufficientData),
		promised("ups-on-utility", "UPS on utility", 999900, -340, 60, sla.Missed),
	}
	s.Targets[3].Entity = `ups-a2/ups_output_source`
	s.Targets = append(s.Targets, sla.Result{
		Name: "ack-p1-2m", DisplayName: "P1 acknowledged in 2 min", Title: facility.Text{En: "P1 acknowledged in 2 min", Ja: "P1警報 確認2分以内"}, Kind: sla.KindLatency, WindowStart: s.Targets[0].WindowStart, WindowEnd: s.Targets[0].WindowEnd, AsOf: now, Open: true,
		Verdict: sla.Met, Basis: sla.Proven, TargetPPM: 980000, Good: 7, Eligible: 7, Numerator: 7, Denominator: 7, BudgetMicros: 140000, BudgetLeftMicros: 140000, Few: true, Pending: 1,
	}, sla.Result{
		Name: "ups-load-p95", DisplayName: "UPS load, p95", Title: facility.Text{En: "UPS load, p95", Ja: "UPS負荷率 95%値"}, Kind: sla.KindRatioValue, WindowStart: s.Targets[0].WindowStart, WindowEnd: s.Targets[0].WindowEnd, AsOf: now, Open: true,
		Verdict: sla.Met, Basis: sla.ByPolicy, Good: 1892000, Unknown: 300, Eligible: 1892300, Entity: "ups-a2/x", ValueMicros: 612000, LimitMicros: 800000, HasValue: true, AtMost: true, Statistic: sla.P95,
	})
	return s
}

func promised(id, name string, ppm, left, unknown int64, v sla.Verdict) sla.Result {
	start := time.Date(2026, 10, 31, 15, 0, 0, 0, time.UTC)
	month := int64(30 * 86400)
	budget := month * (1e6 - ppm)
	elapsed := int64(now.Sub(start) / time.Second)
	bad := (budget - budget/100*left) / 1e6
	return sla.Result{
		Name: id, DisplayName: name, Title: facility.Text{En: name, Ja: "目標: " + name}, WindowStart: start, WindowEnd: start.Add(30 * 24 * time.Hour), AsOf: now, Open: true,
		Verdict: v, Basis: sla.Proven, TargetPPM: ppm, Good: elapsed - bad - unknown, Bad: bad, Unknown: unknown, Eligible: elapsed,
		Numerator: elapsed - bad - unknown, Denominator: elapsed, BudgetMicros: budget, BudgetLeftMicros: budget / 100 * left, Exhausted: left < 0, Entities: 4, MetEntities: 3,
	}
}

func standing() []alarm.Occurrence {
	on := func(id string, p facility.Priority, device facility.DeviceID, place, category, en, ja string, ago time.Duration) alarm.Occurrence {
		return alarm.Occurrence{ID: id, Revision: 1, Rule: "R-" + id, Device: device, Place: place, Category: category, Priority: p, Active: true, RaisedAt: now.Add(-ago), Count: 1, Name: facility.Text{En: en, Ja: ja}}
	}
	a := on("ALM-000123", facility.P1, "ups-a2", "B1F/elec-a", "power", "on battery", "バッテリー運転", 9*time.Second)
	a.Rule, a.Level, a.HasValue, a.Unit, a.Value = "UPS-ON-BATTERY", "battery", true, facility.UnitState, 5
	b := on("ALM-000121", facility.P2, "crac-3c-03", "3F/hall-c", "cooling", "supply air high", "給気温度高", 27*time.Second)
	b.Level, b.HasValue, b.Unit, b.Value, b.HasLimit, b.Limit = "high", true, facility.UnitCelsius, 28.1, true, 27
	c := on("ALM-000119", facility.P2, "pdu-dead", "3F/hall-c", "power", "does not answer", "応答なし", 4*time.Minute)
	c.Level = "no_data"
	d := on("ALM-000098", facility.P3, "hub-1", "B1F/plant", "fire", "leak sensor zone 12", "漏水センサー 区域12", 16*time.Minute)
	d.Active, d.ReturnedAt, d.Count, d.Level, d.HasValue, d.Unit = false, now.Add(-2*time.Minute), 3, "wet", true, facility.UnitState
	e := on("ALM-000090", facility.P3, "hub-1", "1F/hall-1", "fire", "smoke detector S-1-01", "煙感知器 S-1-01", 33*time.Minute)
	e.Active, e.IsAcked, e.IsLatched, e.Latching, e.AckedBy, e.AckedAt, e.Comment = false, true, true, true, "sato", now.Add(-30*time.Minute), "panel checked, dust"
	f := on("ALM-000071", facility.P4, "host-1", "2F/hall-b", "resources", "file system /var high", "ファイルシステム /var 高", 3*time.Hour)
	f.IsAcked, f.AckedBy, f.AckedAt, f.Comment, f.HasValue, f.Value, f.HasLimit, f.Limit, f.Level, f.Unit = true, "tanaka", now.Add(-2*time.Hour), "ログ整理を依頼", true, 0.91, true, 0.9, "high", facility.UnitRatio
	return []alarm.Occurrence{a, b, c, d, e, f}
}

var outputStates = []facility.State{{Value: 3, Name: "normal", Severity: facility.SeverityNormal}, {Value: 5, Name: "battery", Severity: facility.SeverityCritical}}

func deviceView(id, name, kind, place string, h facility.Health, points ...live.PointView) *live.DeviceView {
	d := &live.DeviceView{Device: facility.Device{ID: facility.DeviceID(id), Name: name, Kind: kind, Category: facility.CategoryOf(kind), Place: place, Engine: "snmp"}, Health: h}
	for i := range points {
		p := points[i].Point
		p.Device, p.ID = d.Device.ID, facility.MakePointID(d.Device.ID, p.Metric, p.Labels)
	}
	return d.WithPoints(points...)
}

func answering() facility.Health {
	return facility.Health{Reachable: true, LastAnswer: now.Add(-4 * time.Second), RoundTrip: 12400 * time.Microsecond, Lateness: 1300 * time.Microsecond, Interval: 10 * time.Second, Rounds: 9000, Timeouts: 2}
}

func point(metric string, v float64, ago time.Duration, low, high *float64, labels ...facility.Label) live.PointView {
	t := facility.TickOf(now.Add(-ago))
	return live.PointView{
		Point: &facility.Point{Metric: metric, Labels: labels, Interval: 30 * time.Second},
		Value: v, LastGood: t, LastTick: t, LastQuality: facility.Good, MaxAge: 75 * time.Second, Low: low, High: high,
	}
}

func upsView(id, name string, charge float64, onLine bool) *live.DeviceView {
	source := point("ups_output_source", 3, 4*time.Second, nil, nil)
	if !onLine {
		source.Value = 5
	}
	source.Point.States = outputStates
	stale := point("ups_battery_temperature_celsius", 24.5, 5*time.Minute, nil, ptr(35))
	never := point("ups_output_power_watts", 0, 0, nil, nil, facility.Label{Name: "phase", Value: "2"})
	never.LastGood, never.LastQuality = 0, facility.Missing
	unanswered := point("ups_input_voltage_volts", 0, 40*time.Second, ptr(180), ptr(220), facility.Label{Name: "line", Value: "1"})
	unanswered.Value, unanswered.LastQuality = 201.3, facility.Missing
	d := deviceView(id, name, "ups", "B1F/elec-a", answering(),
		source,
		point("ups_battery_charge_ratio", charge, 4*time.Second, ptr(0.8), nil),
		point("ups_battery_runtime_seconds", 1860, 4*time.Second, ptr(600), nil),
		point("ups_output_load_ratio", 0.627, 4*time.Second, nil, ptr(0.8), facility.Label{Name: "phase", Value: "1"}),
		point("ups_output_power_watts", 48123, 4*time.Second, nil, nil, facility.Label{Name: "phase", Value: "1"}),
		never, unanswered, stale,
		point("ups_output_voltage_volts", 201.1, 4*time.Second, ptr(180), ptr(220), facility.Label{Name: "phase", Value: "1"}),
	)
	d.Identity = facility.Identity{Vendor: "Example Power", Model: "EX-300", Serial: "88121", SysName: id, Profiles: []string{"ups-rfc1628"}}
	return d
}

func cracView() *live.DeviceView {
	state := point("crac_state", 1, 5*time.Second, nil, nil)
	state.Point.States = []facility.State{{Value: 1, Name: "running", Severity: facility.SeverityNormal}, {Value: 2, Name: "off", Severity: facility.SeverityCritical}}
	d := deviceView("crac-3c-03", "空調機 3C-03", "cooling", "3F/hall-c", answering(),
		state,
		point("crac_supply_temperature_celsius", 28.1, 5*time.Second, ptr(18), ptr(27)),
		point("crac_return_temperature_celsius", 35.9, 5*time.Second, ptr(24), ptr(38)),
		point("crac_fan_ratio", 0.97, 5*time.Second, nil, nil),
	)
	d.Identity = facility.Identity{Vendor: "Example Air", Model: "CW-40"}
	d.Refused = map[string]uint64{facility.RefusedFuture: 3}
	d.Health.Refused = map[string]uint64{facility.RefusedNotANumber: 1, facility.RefusedControl: 12}
	return d
}

func hubView() *live.DeviceView {
	var points []live.PointView
	for i := range 4 {
		p := point("smoke_state", 1, 6*time.Second, nil, nil, facility.Label{Name: "sensor", Value: fmt.Sprintf("S-1-%02d", i+1)})
		p.Point.States = []facility.State{{Value: 1, Name: "normal", Severity: facility.SeverityNormal}, {Value: 2, Name: "alarm", Severity: facility.SeverityCritical}}
		points = append(points, p)
	}
	points[3].LastGood = facility.TickOf(now.Add(-time.Hour))
	points = append(points, point("suppression_agent_pressure_pascals", 2.48e6, 6*time.Second, ptr(2.2e6), nil, facility.Label{Name: "zone", Value: "Z-1"}), point("temperature_celsius", 23.4, 6*time.Second, ptr(18), ptr(27), facility.Label{Name: "sensor", Value: "inlet"}))
	h := answering()
	h.Protocol = "v2c"
	return deviceView("hub-1", "センサーハブ 1", "envhub", "1F/hall-1", h, points...)
}

func deadView() *live.DeviceView {
	h := facility.Health{Rounds: 40, Timeouts: 40, ConsecFailed: 40, Interval: 10 * time.Second, ErrorKind: facility.ErrAuthentication, LastError: "wrong digest"}
	return deviceView("pdu-dead", "PDU 3C-07", "pdu", "3F/hall-c", h)
}

func hostView() *live.DeviceView {
	h := answering()
	h.ConsecFailed, h.ErrorKind, h.LastAnswer = 1, facility.ErrTimeout, now.Add(-40*time.Second)
	return deviceView("host-1", "web server 1", "host", "2F/hall-b", h,
		point("cpu_utilization_ratio", 0.41, 20*time.Second, nil, ptr(0.9)),
		point("memory_used_ratio", 0.77, 20*time.Second, nil, ptr(0.9)),
		point("filesystem_used_ratio", 0.91, 20*time.Second, nil, ptr(0.9), facility.Label{Name: "mountpoint", Value: "/var"}),
	)
}

// operator may acknowledge; lead may also reset.
func operator() duty.Person {
	return duty.Person{ID: "sato", Name: "佐藤", Roles: []duty.Role{duty.Operator}}
}

func lead() duty.Person {
	return duty.Person{ID: "mori", Name: "Mori", Roles: []duty.Role{duty.ShiftLead}}
}

func renderer(p termenv.Profile) *lipgloss.Renderer {
	r := lipgloss.NewRenderer(os.Stderr)
	r.SetColorProfile(p)
	r.SetHasDarkBackground(true)
	return r
}

// randomSnapshot is any facility the collectors could bring, hostile names
// included: the gate must hold on the screen too.
func randomSnapshot(r *rand.Rand, number uint64) *live.Snapshot {
	s := facilitySnapshot()
	s.Number = number
	s.At = now.Add(-time.Duration(r.IntN(120)) * time.Second)
	names := []string{"", "UPS A", "漏水センサー非常に長い名前の装置です第一電気室", "a\x1b[31mred\x1b]0;x\x07", "ﾊﾟﾜｰ", "👨‍👩‍👧", "line\nbreak", string([]byte{0xff, 0xfe}), "\u202etxet"}
	for i := range r.IntN(40) {
		o := s.Standing[r.IntN(len(s.Standing))]
		o.ID = fmt.Sprintf("ALM-%06d", r.IntN(60)+200)
		o.Priority = facility.Priority(r.IntN(6))
		o.Active, o.IsAcked, o.IsLatched, o.Latching = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
		o.Name = facility.Text{En: names[r.IntN(len(names))], Ja: names[r.IntN(len(names))]}
		o.Comment, o.Place, o.AckedBy, o.Level = names[r.IntN(len(names))], names[r.IntN(len(names))], names[r.IntN(len(names))], names[r.IntN(len(names))]
		o.Value = []float64{math.NaN(), math.Inf(-1), 1e300, -5}[r.IntN(4)]
		dup := false
		for j := range s.Standing {
			dup = dup || s.Standing[j].ID == o.ID
		}
		if !dup {
			s.Standing = append(s.Standing, o)
		}
		if i < len(s.Devices) {
			d := *s.Devices[i]
			d.Device.Name, d.Device.Place, d.Device.Kind = names[r.IntN(len(names))], names[r.IntN(len(names))], names[r.IntN(len(names))]
			d.Identity.SysName, d.Identity.SysDescr, d.Health.LastError = names[r.IntN(len(names))], names[r.IntN(len(names))], names[r.IntN(len(names))]
			s.Devices[i] = &d
		}
	}
	r.Shuffle(len(s.Standing), func(i, j int) { s.Standing[i], s.Standing[j] = s.Standing[j], s.Standing[i] })
	if r.IntN(3) == 0 {
		s.Standing = s.Standing[:r.IntN(len(s.Standing))]
	}
	if r.IntN(8) == 0 {
		s.Devices = nil
	}
	return s
}

// fakeEvidence explains the second target of the list.
type fakeEvidence struct{}

func (fakeEvidence) Explain(_ context.Context, name, _ string, at time.Time) ([]sla.Explanation, error) {
	r := promised(name, "Temperature in range", 999500, 88, 300, sla.Met)
	a, b := r, r
	a.Entity, b.Entity = `hub-1/temperature_celsius{sensor="1"}`, `hub-1/temperature_celsius{sensor="2"}`
	s := r.WindowStart.Unix()
	end := r.WindowEnd.Unix()
	return []sla.Explanation{{Result: r, Entities: []sla.Explained{{Result: a, Lines: []sla.Line{
		{From: s, To: s + 86400, What: sla.NotService, Cause: sla.FromService},
		{From: s + 86400, To: s + 400000, What: sla.WasGood, Cause: sla.FromSamples, Samples: 10453, First: s + 86400, Last: s + 399990, Low: 18.25, High: 26.75},
		{From: s + 400000, To: s + 400155, What: sla.WasBad, Cause: sla.FromSamples, Samples: 5, Low: 27.5, High: 28.25},
		{From: s + 400155, To: s + 400300, What: sla.WasUnknown, Cause: sla.FromNoAnswer, Silent: 5},
		{From: s + 400300, To: s + 403900, What: sla.WasExcluded, Cause: sla.FromExclusion, ID: "EXC-000001", Text: "maintenance, proposed by sato, approved by mori: chiller"},
		{From: s + 403900, To: at.Unix(), What: sla.WasGood, Cause: sla.FromSamples, Samples: 48830, Low: 19, High: 26.5},
		{From: at.Unix(), To: end, What: sla.NotYet, Cause: sla.FromTime},
	}}, {Result: b}}}}, nil
}
