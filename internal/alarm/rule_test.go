package alarm_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func TestPriority(t *testing.T) {
	times := []time.Duration{31 * time.Minute, 30 * time.Minute, 10 * time.Minute, 10*time.Minute - 1, 3 * time.Minute, 3*time.Minute - 1}
	for severity, want := range map[alarm.Consequence][]facility.Priority{
		alarm.Minor:  {4, 4, 4, 3, 3, 3},
		alarm.Major:  {3, 3, 3, 2, 2, 2},
		alarm.Severe: {2, 2, 2, 1, 1, 1},
		"":           {2, 2, 2, 1, 1, 1}, // not said: as the gravest
	} {
		for i, respond := range times {
			r := alarm.Rule{Severity: severity, TimeToRespond: respond}
			if got := r.Priority(); got != want[i] {
				t.Errorf("%q within %v: P%d, want P%d", severity, respond, got, want[i])
			}
			r.FireAlarm = true
			if got := r.Priority(); got != facility.P1 {
				t.Errorf("fire alarm, %q within %v: P%d, want P1", severity, respond, got)
			}
		}
	}
}

func f(v float64) *float64 { return &v }

func validRule() alarm.Rule {
	both := facility.Text{En: "x", Ja: "あ"}
	return alarm.Rule{
		ID: "R", Revision: 1, Type: alarm.Limit, High: f(27), Deadband: 0.3,
		Class: alarm.Environment, Severity: alarm.Major, TimeToRespond: time.Minute,
		Text:  alarm.Guidance{Name: both, Consequence: both, Causes: []facility.Text{both}, Action: []facility.Text{both}},
		Owner: "facility", Procedure: "CL-007",
	}
}

func fireRule() alarm.Rule {
	r := validRule()
	r.Type, r.High, r.Deadband, r.States = alarm.State, nil, 0, []string{"alarm"}
	r.FireAlarm, r.Latching, r.Class = true, true, alarm.LifeSafety
	return r
}

func deviationRule() alarm.Rule {
	r := validRule()
	r.Type, r.Reference = alarm.Deviation, alarm.Reference{Metric: "cooling_setpoint_celsius"}
	return r
}

func rateRule() alarm.Rule {
	r := validRule()
	r.Type, r.Window, r.Per = alarm.Rate, 10*time.Minute, time.Hour
	return r
}

func calculatedRule() alarm.Rule {
	r := validRule()
	r.Type, r.High, r.Deadband, r.Expression = alarm.Calculated, nil, 0, &alarm.Expression{}
	return r
}

func eventRule() alarm.Rule {
	r := fireRule()
	r.Type, r.FireAlarm, r.Latching, r.Class = alarm.EventOnly, false, false, alarm.Capacity
	return r
}

// p1Rule lets its P1 be suppressed by design.
func p1Rule() alarm.Rule {
	r := validRule()
	r.Severity, r.SuppressWhen, r.ApprovedBy = alarm.Severe, []string{"PARENT"}, []string{"sato", "tanaka"}
	return r
}

func TestValidate(t *testing.T) {
	for _, r := range []alarm.Rule{
		validRule(), fireRule(), deviationRule(), rateRule(), calculatedRule(), eventRule(), p1Rule(),
	} {
		if got := r.Validate(); got != nil {
			t.Fatalf("a good rule is refused: %v", got)
		}
	}
	tests := []struct {
		name  string
		rule  alarm.Rule
		spoil func(*alarm.Rule)
		want  string
	}{
		{"no id", validRule(), func(r *alarm.Rule) { r.ID = "" }, "id"},
		{"no revision", validRule(), func(r *alarm.Rule) { r.Revision = 0 }, "revision"},
		{"unknown type", validRule(), func(r *alarm.Rule) { r.Type = "trend" }, "type"},
		{"unknown class", validRule(), func(r *alarm.Rule) { r.Class = "" }, "class"},
		{"unknown severity", validRule(), func(r *alarm.Rule) { r.Severity = "" }, "severity"},
		{"no time to respond", validRule(), func(r *alarm.Rule) { r.TimeToRespond = 0 }, "time_to_respond"},
		{"a negative delay", validRule(), func(r *alarm.Rule) { r.OnDelay = -1 }, "negative"},
		{"no limit", validRule(), func(r *alarm.Rule) { r.High = nil }, "at least one"},
		{"no deadband", validRule(), func(r *alarm.Rule) { r.Deadband = 0 }, "deadband"},
		{"limits in disorder", validRule(), func(r *alarm.Rule) { r.HighHigh = f(26) }, "must lie below"},
		{"limit not a number", validRule(), func(r *alarm.Rule) { r.High = f(math.NaN()) }, "not a number"},
		{"a deadband without normal", validRule(), func(r *alarm.Rule) { r.Low, r.Deadband = f(20), 4 }, "no normal range"},
		{"states on a limit", validRule(), func(r *alarm.Rule) { r.States = []string{"x"} }, "type state"},
		{"limits on a state", fireRule(), func(r *alarm.Rule) { r.High = f(1) }, "type limit"},
		{"no state", fireRule(), func(r *alarm.Rule) { r.States = nil }, "abnormal states"},
		{"reset without latch", validRule(), func(r *alarm.Rule) { r.ResetImpliesAck = true }, "latching"},
		{"fire with a delay", fireRule(), func(r *alarm.Rule) { r.OnDelay = time.Second }, "no delay"},
		{"fire without latch", fireRule(), func(r *alarm.Rule) { r.Latching = false }, "latches"},
		{"fire of another class", fireRule(), func(r *alarm.Rule) { r.Class = alarm.Security }, "life_safety"},
		{"latching on no data", validRule(), func(r *alarm.Rule) { r.Type, r.High, r.Deadband, r.Latching = alarm.NoData, nil, 0, true }, "cannot latch"},
		{"no Japanese name", validRule(), func(r *alarm.Rule) { r.Text.Name.Ja = "" }, "name is missing in Japanese"},
		{"no English action", validRule(), func(r *alarm.Rule) { r.Text.Action[0].En = "" }, "action is missing in English"},
		{"no action", validRule(), func(r *alarm.Rule) { r.Text.Action = nil }, "action"},
		{"no cause", validRule(), func(r *alarm.Rule) { r.Text.Causes = nil }, "causes"},
		{"half a confirmation", validRule(), func(r *alarm.Rule) { r.Text.Confirm.En = "cool" }, "confirm is missing in Japanese"},
		{"no reference", deviationRule(), func(r *alarm.Rule) { r.Reference = alarm.Reference{} }, "one reference"},
		{"two references", deviationRule(), func(r *alarm.Rule) { r.Reference.Mean = true }, "one reference"},
		{"a group without a mean", deviationRule(), func(r *alarm.Rule) { r.Reference.Group = "row-1" }, "belongs to the mean"},
		{"a reference on a limit", validRule(), func(r *alarm.Rule) { r.Reference.Mean = true }, "type deviation"},
		{"a deviation without limit", deviationRule(), func(r *alarm.Rule) { r.High = nil }, "at least one"},
		{"no window", rateRule(), func(r *alarm.Rule) { r.Window = 0 }, "window"},
		{"no time of a rate", rateRule(), func(r *alarm.Rule) { r.Per = 0 }, "per"},
		{"a window on a limit", validRule(), func(r *alarm.Rule) { r.Window = time.Minute }, "type rate"},
		{"no expression", calculatedRule(), func(r *alarm.Rule) { r.Expression = nil }, "expression"},
		{"an expression on a limit", validRule(), func(r *alarm.Rule) { r.Expression = &alarm.Expression{} }, "type calculated"},
		{"limits on an expression", calculatedRule(), func(r *alarm.Rule) { r.High = f(3) }, "limits and deadband"},
		{"an event of both kinds", eventRule(), func(r *alarm.Rule) { r.High, r.Deadband = f(3), 1 }, "one of the two"},
		{"an event of no kind", eventRule(), func(r *alarm.Rule) { r.States = nil }, "one of the two"},
		{"an event of life safety", eventRule(), func(r *alarm.Rule) { r.Class = alarm.LifeSafety }, "mere event"},
		{"an event that escalates", eventRule(), func(r *alarm.Rule) { r.Escalation = "night" }, "escalation"},
		{"unknown effect", validRule(), func(r *alarm.Rule) { r.Effect = "trip" }, "effect"},
		{"a fire that may be shelved", fireRule(), func(r *alarm.Rule) { r.MaxShelve = time.Minute }, "max_shelve"},
		{"a fire that is suppressed", fireRule(), func(r *alarm.Rule) { r.SuppressWhen = []string{"X"} }, "suppress_when"},
		{"shelved past the cap", validRule(), func(r *alarm.Rule) { r.MaxShelve = 9 * time.Hour }, "8h"},
		{"suppresses itself", validRule(), func(r *alarm.Rule) { r.SuppressWhen = []string{"R"} }, "itself"},
		{"one approver of a P1", p1Rule(), func(r *alarm.Rule) { r.ApprovedBy = []string{"sato", "sato"} }, "approved_by"},
		{"no owner", validRule(), func(r *alarm.Rule) { r.Owner = "" }, "owner"},
		{"no procedure", validRule(), func(r *alarm.Rule) { r.Procedure = "" }, "procedure"},
	}
	for _, tt := range tests {
		tt.spoil(&tt.rule)
		got := tt.rule.Validate()
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, tt.want) }) {
			t.Errorf("%s: %q, want one that says %q", tt.name, got, tt.want)
		}
	}
}

func TestWholeDevice(t *testing.T) {
	for selector, want := range map[string]bool{
		"":                           true,
		"kind=ups, place~hall":       true,
		"category=fire metric~state": false,
		"kind=envhub label.sensor=1": false,
		"zone=Z-1":                   false,
		"device=label.x":             true,
	} {
		sel, err := facility.ParseSelector(selector)
		if err != nil {
			t.Fatal(err)
		}
		r := alarm.Rule{Type: alarm.NoData, Select: sel}
		if got := r.WholeDevice(); got != want {
			t.Errorf("%q: %v, want %v", selector, got, want)
		}
		r.Type = alarm.State
		if r.WholeDevice() {
			t.Errorf("%q: a state rule watches a whole device", selector)
		}
	}
}

func TestLocate(t *testing.T) {
	d := &facility.Device{ID: "hub-1", Place: "1F/hall-1", Category: "fire"}
	p := &facility.Point{ID: "hub-1/t", Metric: "temperature_celsius", Labels: []facility.Label{{Name: "sensor", Value: "S-1"}, {Name: "zone", Value: "Z-1"}}}
	r := &alarm.Rule{Text: alarm.Guidance{Name: facility.Text{En: "Hot", Ja: "高温"}}}
	c := alarm.Change{Rule: r}
	c.Locate(d, p)
	want := alarm.Change{Rule: r, Device: "hub-1", Point: "hub-1/t", Place: "1F/hall-1", Category: "fire", Zone: "Z-1",
		Unit: facility.UnitCelsius, Name: facility.Text{En: "Hot sensor S-1", Ja: "高温 センサーS-1"}}
	if c != want {
		t.Errorf("got %+v\nwant %+v", c, want)
	}
	p.Name = "front"
	c.Locate(d, p)
	if c.Name.Ja != "高温 front" {
		t.Errorf("name %q, want the point's own name in it", c.Name.Ja)
	}
	c = alarm.Change{Rule: r}
	c.Locate(d, nil)
	if c.Point != "" || c.Name != r.Text.Name {
		t.Errorf("a whole device: %+v", c)
	}
}

// TestNamesOfAbsenceTellPointsApart: one rule watches many quantities of one
// device; each of its alarms says which.
func TestNamesOfAbsenceTellPointsApart(t *testing.T) {
	old := &alarm.Rule{ID: "OLD", Type: alarm.NoData, Text: alarm.Guidance{Name: facility.Text{En: "Value is old", Ja: "値が古い"}}}
	panel := &alarm.Rule{ID: "PANEL", Type: alarm.NoData, Text: alarm.Guidance{Name: facility.Text{En: "Fire panel cannot be seen", Ja: "火災受信機 接点監視不能"}}}
	d := &facility.Device{ID: "d", Name: "Meter"}
	tests := []struct {
		rule *alarm.Rule
		p    facility.Point
		want facility.Text
	}{
		{old, facility.Point{Metric: "meter_voltage_volts", Labels: []facility.Label{{Name: "phase", Value: "1"}}}, facility.Text{En: "Value is old voltage phase 1", Ja: "値が古い 電圧 相1"}},
		{old, facility.Point{Metric: "meter_current_amperes", Labels: []facility.Label{{Name: "phase", Value: "1"}}}, facility.Text{En: "Value is old current phase 1", Ja: "値が古い 電流 相1"}},
		{panel, facility.Point{Metric: "fire_panel_trouble_state", Name: "fire panel trouble"}, facility.Text{En: "Fire panel cannot be seen trouble", Ja: "火災受信機 接点監視不能 trouble"}},
		{panel, facility.Point{Metric: "fire_panel_alarm_state", Name: "fire panel alarm"}, facility.Text{En: "Fire panel cannot be seen alarm", Ja: "火災受信機 接点監視不能 alarm"}},
	}
	for _, tt := range tests {
		c := alarm.Change{Rule: tt.rule}
		c.Locate(d, &tt.p)
		if c.Name != tt.want {
			t.Errorf("%s of %s: name %+v, want %+v", tt.rule.ID, tt.p.Metric, c.Name, tt.want)
		}
	}
}
