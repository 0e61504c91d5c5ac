package session

import (
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
)

var now = time.Date(2026, 11, 22, 13, 14, 7, 0, time.UTC)

// plant has a meter that reads 3.2 V and a generator that runs, both seen at at.
func plant(at time.Time) *Context {
	generator := &facility.Point{ID: "gen-1/genset_state", Metric: "genset_state", States: []facility.State{
		{Value: 1, Name: "ready"}, {Value: 2, Name: "idle", Severity: facility.SeverityWarning}, {Value: 3, Name: "running", Severity: facility.SeverityWarning},
	}}
	volts := &facility.Point{ID: "meter-a/ups_battery_voltage_volts", Metric: "ups_battery_voltage_volts"}
	view := func(p *facility.Point, v float64) live.PointView {
		return live.PointView{Point: p, Value: v, LastGood: facility.TickOf(at), LastTick: facility.TickOf(at), MaxAge: time.Minute}
	}
	c := &Context{T: i18n.For("en"), Now: now}
	c.Show(&live.Snapshot{
		Devices: []*live.DeviceView{
			(&live.DeviceView{Device: facility.Device{ID: "gen-1"}}).WithPoints(view(generator, 3)),
			(&live.DeviceView{Device: facility.Device{ID: "meter-a"}}).WithPoints(view(volts, 3.2)),
		},
		Rules: map[string]*alarm.Rule{
			"GEN-RUNNING": {ID: "GEN-RUNNING", States: []string{"idle", "running"}},
			"FEED-LOST":   {ID: "FEED-LOST", TimeToRespond: 5 * time.Minute},
		},
	})
	return c
}

func TestAlarmValueIsOfUse(t *testing.T) {
	raised := now.Add(-3 * time.Minute)
	calculated := alarm.Occurrence{ID: "1", Rule: "FEED-LOST", Device: "meter-a", Point: "meter-a/ups_battery_voltage_volts", Level: alarm.LevelTrue, Active: true, RaisedAt: raised}
	generator := alarm.Occurrence{ID: "2", Rule: "GEN-RUNNING", Device: "gen-1", Point: "gen-1/genset_state", Level: "idle", Unit: facility.UnitState, HasValue: true, Value: 2, Active: true, RaisedAt: raised}
	back := generator
	back.Active, back.ReturnedAt = false, now.Add(-2*time.Minute)
	yesterday := back
	yesterday.ReturnedAt = now.Add(-24 * time.Hour)
	whole := calculated
	whole.Point = ""
	tests := []struct {
		name           string
		at             time.Time
		o              alarm.Occurrence
		value, reading string
	}{
		{"a computed condition reads its point", now, calculated, "3.2 V", ""},
		{"its point is old", now.Add(-2 * time.Minute), calculated, "", "? 2m"},
		{"it has no point", now, whole, "", ""},
		{"a state has moved on to another of the rule's", now, generator, "running", ""},
		{"its point is old", now.Add(-2 * time.Minute), generator, "idling", "? 2m"},
		{"it returned", now, back, "Returned 13:12", "running"},
		{"it returned on another day", now, yesterday, "Returned 11-21", "running"},
	}
	for _, tt := range tests {
		c := plant(tt.at)
		if got := c.AlarmValue(&tt.o); got != tt.value {
			t.Errorf("%s: value %q, want %q", tt.name, got, tt.value)
		}
		if got := c.AlarmReading(&tt.o); got != tt.reading {
			t.Errorf("%s: reading %q, want %q", tt.name, got, tt.reading)
		}
	}
}

func TestDeadline(t *testing.T) {
	c := plant(now)
	o := alarm.Occurrence{Rule: "FEED-LOST", Active: true, RaisedAt: now.Add(-3 * time.Minute)}
	if got := c.Deadline(&o); got != "within 5m (by 13:16)" {
		t.Errorf("two minutes before: %q", got)
	}
	o.RaisedAt = now.Add(-6 * time.Minute)
	if got := c.Deadline(&o); got != "within 5m (over since 13:13)" {
		t.Errorf("a minute after: %q", got)
	}
	o.Active = false
	if got := c.Deadline(&o); got != "within 5m" {
		t.Errorf("of an alarm that is off: %q", got)
	}
	if got := c.Deadline(&alarm.Occurrence{Rule: "GEN-RUNNING", Active: true, RaisedAt: now}); got != "" {
		t.Errorf("of a rule without: %q", got)
	}
}
