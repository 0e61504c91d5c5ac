package reports

import (
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/sla"
)

var jst = time.FixedZone("Asia/Tokyo", 9*3600)

// clockAt is a moment of 2026-11-22 in Japan.
func clockAt(hour, minute, second int) time.Time {
	return time.Date(2026, 11, 22, hour, minute, second, 0, jst)
}

var onBattery = &alarm.Rule{ID: "UPS-ON-BATTERY", Revision: 3, Type: alarm.State, Class: alarm.Redundancy, Severity: alarm.Severe,
	TimeToRespond: 5 * time.Minute, Text: alarm.Guidance{Name: facility.Text{En: "UPS on battery", Ja: "UPSバッテリー運転"}}}

var fireAlarm = &alarm.Rule{ID: "FIRE-SMOKE", Revision: 1, Type: alarm.State, Class: alarm.LifeSafety, Severity: alarm.Severe,
	Latching: true, FireAlarm: true, Text: alarm.Guidance{Name: facility.Text{En: "smoke alarm", Ja: "煙感知 火災"}}}

var inletHigh = &alarm.Rule{ID: "INLET-HIGH", Revision: 2, Type: alarm.Limit, Class: alarm.Environment, Severity: alarm.Minor,
	TimeToRespond: 40 * time.Minute, Text: alarm.Guidance{Name: facility.Text{En: "inlet temperature high", Ja: "吸気温度高"}}}

// a tale builds the events of one occurrence through the real transitions.
type tale struct {
	t      *testing.T
	o      alarm.Occurrence
	rule   *alarm.Rule
	device facility.DeviceID
	events []alarm.Event
}

func newTale(t *testing.T, id string, rule *alarm.Rule, device facility.DeviceID) *tale {
	return &tale{t: t, o: alarm.Occurrence{ID: id}, rule: rule, device: device}
}

func (s *tale) add(e alarm.Event, err error) *tale {
	s.t.Helper()
	if err == nil {
		s.o, err = s.o.Apply(e)
	}
	if err != nil {
		s.t.Fatalf("fixture %s: %v", s.o.ID, err)
	}
	s.events = append(s.events, e)
	return s
}

func (s *tale) change(at time.Time, active bool) alarm.Change {
	c := alarm.Change{Rule: s.rule, Device: s.device, Point: facility.MakePointID(s.device, "ups_output_source", nil), Place: "B1F/elec-a",
		Category: "power", Active: active, At: at, Name: s.rule.Text.Name, Level: "battery", Value: 5, HasValue: true, Unit: facility.UnitState}
	if s.rule == fireAlarm {
		c.Point = facility.MakePointID(s.device, "smoke_state", []facility.Label{{Name: "sensor", Value: "S-1"}})
		c.Level, c.Value = "active", 1
	}
	if s.rule.Type == alarm.Limit {
		c.Point = facility.MakePointID(s.device, "temperature_celsius", []facility.Label{{Name: "sensor", Value: "inlet"}})
		c.Level, c.Value, c.Limit, c.HasLimit, c.Unit = "high", 28.5, 27, true, facility.UnitCelsius
	}
	return c
}

func (s *tale) on(at time.Time) *tale {
	s.t.Helper()
	return s.add(s.o.ConditionOn(s.change(at, true)))
}
func (s *tale) off(at time.Time) *tale {
	s.t.Helper()
	return s.add(s.o.ConditionOff(s.change(at, false)))
}
func (s *tale) ack(who, comment string, at time.Time) *tale {
	s.t.Helper()
	return s.add(s.o.Acknowledge("person:"+who, comment, at))
}
func (s *tale) reset(who string, at time.Time) *tale {
	s.t.Helper()
	return s.add(s.o.Reset("person:"+who, "panel reset", at))
}

func eventsOf(tales ...*tale) (list []alarm.Event) {
	for _, s := range tales {
		list = append(list, s.events...)
	}
	return list
}

// emptyDay is a closed day on which nothing happened.
func emptyDay() DailyInput {
	return DailyInput{
		Site:     facility.Site{Code: "DC-E1", Name: facility.Text{En: "East 1", Ja: "東第一"}, Zone: jst, Language: "ja"},
		PeriodID: "2026-11-22", From: clockAt(0, 0, 0), To: clockAt(24, 0, 0), AsOf: clockAt(24, 30, 0), Version: "v0.1.0-test", TZData: "fixed",
		Devices: []facility.Device{
			{ID: "ups-a1", Name: "UPS A-1", Kind: "ups", Category: "power", Place: "B1F/elec-a"},
			{ID: "pdu-r01-a", Name: "ラックPDU R01-A", Kind: "pdu", Category: "power", Place: "2F/hall-1"},
			{ID: "hub-1", Name: "環境センサー 1", Kind: "envhub", Category: "fire", Place: "2F/hall-1"},
		},
	}
}

// busyDay is the day of a loss of utility A, with something of everything.
func busyDay(t *testing.T) DailyInput {
	in := emptyDay()
	in.Events = eventsOf(
		newTale(t, "ALM-000101", onBattery, "ups-a1").on(clockAt(10, 0, 20)).ack("sato", "発電機起動を確認", clockAt(10, 0, 50)).off(clockAt(10, 1, 10)),
		newTale(t, "ALM-000102", inletHigh, "hub-1").on(clockAt(-2, 0, 0)).ack("ito", "fan raised", clockAt(-1, 0, 0)).off(clockAt(3, 0, 0)),
		newTale(t, "ALM-000103", fireAlarm, "hub-1").on(clockAt(15, 0, 0)).off(clockAt(15, 4, 0)).ack("sato", "on site: dust", clockAt(15, 5, 0)).reset("tanaka", clockAt(16, 0, 0)),
		newTale(t, "ALM-000104", inletHigh, "hub-1").on(clockAt(22, 30, 0)).off(clockAt(22, 40, 0)).on(clockAt(23, 10, 0)),
	)
	month := time.Date(2026, 11, 1, 0, 0, 0, 0, jst)
	in.Targets = []sla.Result{
		{Name: "ups-output-online", DisplayName: "UPS output on line", Section: "power", WindowStart: month, WindowEnd: month.AddDate(0, 1, 0), AsOf: in.To,
			Verdict: sla.Met, Basis: sla.Proven, Open: true, TargetPPM: 999500, Good: 1900700, Bad: 50, Unknown: 50, Eligible: 1900800,
			Numerator: 1900700, Denominator: 1900800, BudgetMicros: 1296_000_000, BudgetLeftMicros: 1196_500_000},
		{Name: "inlet-temperature", DisplayName: "Inlet temperature", Section: "environment", WindowStart: month, WindowEnd: month.AddDate(0, 1, 0), AsOf: in.To,
			Verdict: sla.InsufficientData, Open: true, TargetPPM: 995000, Unknown: 1900800, Eligible: 1900800},
	}
	in.TargetTitles = map[string]facility.Text{"ups-output-online": {En: "UPS output on line", Ja: "UPS常用出力"}}
	in.Gaps = []DeviceGap{
		{Device: "pdu-r01-a", From: clockAt(4, 0, 0), To: clockAt(4, 10, 0)},
		{Device: "pdu-r01-a", From: clockAt(4, 5, 0), To: clockAt(4, 20, 0)},
		{Device: "hub-1", From: clockAt(-5, 0, 0), To: clockAt(0, 1, 0)},
	}
	in.Refused = map[facility.DeviceID]map[string]uint64{"hub-1": {facility.RefusedNotANumber: 7, facility.RefusedTooLong: 1}, "ups-a1": {facility.RefusedFuture: 2}}
	in.RefusedFrom, in.RefusedTo = clockAt(-20, 0, 0), in.AsOf
	return in
}

func build(t *testing.T, in DailyInput) Model {
	t.Helper()
	m, err := BuildDaily(in)
	if err != nil {
		t.Fatalf("BuildDaily: %v", err)
	}
	return m
}
