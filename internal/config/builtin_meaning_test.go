package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/collectors/profile"
	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func ruleOf(t *testing.T, id string) *alarm.Rule {
	t.Helper()
	for _, r := range emptySite(t).Rules {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("there is no builtin definition %s", id)
	return nil
}

// deviceSays is what one device says, by metric or "metric,label=value": a number, or
// the name of a state. What is not there is not known.
type deviceSays map[string]any

func key(metric string, labels []facility.Label) string {
	for _, l := range labels {
		metric += "," + l.Name + "=" + l.Value
	}
	return metric
}

func (d deviceSays) Value(metric string, labels ...facility.Label) (float64, bool) {
	v, ok := d[key(metric, labels)].(float64)
	return v, ok
}

func (d deviceSays) State(metric string, labels ...facility.Label) (string, bool) {
	v, ok := d[key(metric, labels)].(string)
	return v, ok
}

func (d deviceSays) Values(metric string) ([]float64, int) {
	if v, ok := d[metric].(float64); ok {
		return []float64{v}, 0
	}
	return nil, 1
}

// What a UPS says in an outage, in its own test, and in both at once. The same
// false page has been mended by hand in many products.
func TestBuiltinRulesKnowASelfTestFromAnOutage(t *testing.T) {
	onBattery, own := ruleOf(t, "UPS-ON-BATTERY"), ruleOf(t, "UPS-OWN-ALARM")
	tests := []struct {
		name         string
		says         deviceSays
		battery, own bool
	}{
		{"on line", deviceSays{"ups_output_source": "normal", "ups_test_result": "done_pass", "ups_input_voltage_volts": 230.0, "ups_alarms_present": 0.0}, false, false},
		{"an outage", deviceSays{"ups_output_source": "battery", "ups_test_result": "done_pass", "ups_input_voltage_volts": 0.0, "ups_alarms_present": 2.0}, true, true},
		{"its own test", deviceSays{"ups_output_source": "battery", "ups_test_result": "in_progress", "ups_input_voltage_volts": 230.0, "ups_alarms_present": 2.0}, false, false},
		{"an outage during the test", deviceSays{"ups_output_source": "battery", "ups_test_result": "in_progress", "ups_input_voltage_volts": 0.0, "ups_alarms_present": 3.0}, true, true},
		{"a fault during the test", deviceSays{"ups_output_source": "battery", "ups_test_result": "in_progress", "ups_input_voltage_volts": 230.0, "ups_alarms_present": 3.0}, false, true},
		{"the test's result is not known", deviceSays{"ups_output_source": "battery", "ups_input_voltage_volts": 230.0, "ups_alarms_present": 1.0}, true, true},
		{"the input is not known during the test", deviceSays{"ups_output_source": "battery", "ups_test_result": "in_progress", "ups_alarms_present": 2.0}, true, false},
		{"on line with a fault of its own", deviceSays{"ups_output_source": "normal", "ups_test_result": "done_pass", "ups_alarms_present": 1.0}, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range []struct {
				rule *alarm.Rule
				want bool
			}{{onBattery, tt.battery}, {own, tt.own}} {
				if got, known := c.rule.Expression.Holds(tt.says); got != c.want || !known {
					t.Errorf("%s: got %v (known %v), want %v", c.rule.ID, got, known, c.want)
				}
			}
		})
	}
}

// A replace-battery condition that comes and goes every few seconds is one alarm.
func TestBuiltinFlappingBatteryIsOneAlarm(t *testing.T) {
	own := ruleOf(t, "UPS-OWN-ALARM")
	var c alarm.Condition
	raised := 0
	for i := range 60 { // ten minutes of polls
		says := deviceSays{"ups_alarms_present": float64(i / 2 % 2), "ups_test_result": "done_pass"}
		var ch *alarm.Change
		c, ch = own.NextFrom(c, alarm.Sample{Tick: facility.Tick(1000 + 10*i), Value: float64(i / 2 % 2), Known: true, MaxAge: 25 * time.Second}, says)
		if ch != nil && ch.Active {
			raised++
		}
	}
	if raised != 1 || !c.Active {
		t.Errorf("raised %d times in ten minutes, active %v; want one alarm that stands", raised, c.Active)
	}
}

// The generator's rules must not take a start for a failure.
func TestBuiltinGeneratorRulesNeedARunningEngine(t *testing.T) {
	oil, volts := ruleOf(t, "GENSET-OIL-LOW"), ruleOf(t, "GENSET-NO-VOLTAGE")
	tests := []struct {
		name       string
		says       deviceSays
		oil, volts bool
	}{
		{"it stands by", deviceSays{"genset_state": "ready", "genset_oil_pressure_pascals": 0.0, "genset_voltage_volts": 0.0}, false, false},
		{"it runs", deviceSays{"genset_state": "running", "genset_oil_pressure_pascals": 420e3, "genset_voltage_volts": 230.0}, false, false},
		{"no oil", deviceSays{"genset_state": "running", "genset_oil_pressure_pascals": 60e3, "genset_voltage_volts": 230.0}, true, false},
		{"no voltage", deviceSays{"genset_state": "running", "genset_oil_pressure_pascals": 420e3, "genset_voltage_volts": 0.0}, false, true},
	}
	for _, tt := range tests {
		if got, _ := oil.Expression.Holds(tt.says); got != tt.oil {
			t.Errorf("%s: oil low %v, want %v", tt.name, got, tt.oil)
		}
		if got, _ := volts.Expression.Holds(tt.says); got != tt.volts {
			t.Errorf("%s: no voltage %v, want %v", tt.name, got, tt.volts)
		}
	}
	if oil.OnDelay < time.Minute {
		t.Errorf("on_delay %v: the pressure is read less often than the state, so a start would raise it", oil.OnDelay)
	}
}

// unwatched are the points of builtin profiles that no definition watches, each
// with its reason. What is not here and not watched is a mistake.
var unwatched = map[string]string{
	"ats_source_status":             "ATS-REDUNDANCY-LOST and ATS-NO-OUTPUT stand for the loss of one and of both",
	"interface_admin_state":         "a port that its administrator has shut is meant to be",
	"ups_battery_voltage_volts":     "depends on the number of cells; the UPS judges it in ups_battery_status",
	"ups_output_voltage_volts":      "depends on the site's nominal voltage; a dead output is UPS-OUTPUT-OFF",
	"ups_input_voltage_volts":       "UPS-ON-BATTERY reads it; by line it would be three alarms for one outage",
	"ats_input_voltage_volts":       "a dead source is ATS-REDUNDANCY-LOST",
	"genset_voltage_volts":          "zero while the engine stands; GENSET-NO-VOLTAGE reads it while it runs",
	"genset_speed_rpm":              "zero while the engine stands; the engine's own shutdown is GENSET-SHUTDOWN",
	"power_side_imbalance_ratio":    "what counts is whether one side carries both: POWER-SIDE-CANNOT-CARRY; with a feed lost all load is on one side by design",
	"ups_output_frequency_hertz":    "50 or 60 Hz by site; the UPS reports its own alarm",
	"ups_input_frequency_hertz":     "50 or 60 Hz by site; a UPS that rejects its input is on battery",
	"ats_input_frequency_hertz":     "50 or 60 Hz by site; the switch judges its sources",
	"genset_frequency_hertz":        "50 or 60 Hz by site, zero while the engine stands",
	"meter_frequency_hertz":         "50 or 60 Hz by site",
	"crac_fan_ratio":                "fans at full speed are no fault",
	"crac_setpoint_celsius":         "what somebody set",
	"meter_power_factor_ratio":      "a matter of the tariff",
	"fan_speed_rpm":                 "a connector without a fan reads zero; the heat is HOST-TEMPERATURE-HIGH",
	"sensor_value_ratio":            "what is measured is not known; the device judges it in its states",
	"sensor_frequency_hertz":        "50 or 60 Hz by site; the device reports its own alarm",
	"mode_state":                    "what somebody has set",
	"dc_battery_voltage_volts":      "24, 48 or more by design; the system judges it in dc_battery_state",
	"dc_output_voltage_volts":       "24, 48 or more by design; the system reports its own alarm",
	"dc_input_voltage_volts":        "depends on the site's nominal voltage; without it the system is DC-ON-BATTERY",
	"rectifier_voltage_volts":       "24, 48 or more by design; the system judges it in rectifier_state",
	"rectifier_input_voltage_volts": "depends on the site's nominal voltage; a dead input is in rectifier_state",
	"sensor_voltage_volts":          "what is measured is not known; the device judges it in voltage_state",
	"sensor_load_ratio":             "what is full differs by device; it judges it in power_state or current_state",
	"equipment_temperature_celsius": "what is hot differs by part and maker; the device judges it in temperature_state",
	"cooling_inlet_max_celsius":     "INLET-TEMP-* watch every inlet by itself",
	"sensor_power_factor_ratio":     "a matter of the tariff",
	"ups_bypass_voltage_volts":      "depends on the site's nominal voltage; the UPS judges its bypass by itself",
	"ups_bypass_frequency_hertz":    "50 or 60 Hz by site; the UPS judges its bypass by itself",
	"ups_output_power_factor_ratio": "what the load draws",
	"ups_input_power_factor_ratio":  "what the rectifier draws",
	"ups_efficiency_ratio":          "low at low load; a matter of the bill",
	"ups_input_failure_cause":       "tells of the last outage, long over; the present one is UPS-ON-BATTERY",
	"fire_zone_state":               "FIRE-PANEL-* and FIRE-SMOKE-* watch the contacts it is made of; nothing is told twice",

	"dew_point_celsius":            "a matter of the room's air; the temperature and humidity beside it are watched",
	"fan_ratio":                    "fans at full speed are no fault; the device judges them in fan_state",
	"crac_setpoint_humidity_ratio": "what somebody set",
	"crac_supply_humidity_ratio":   "the room's own sensors and the return air are watched",
	"power_load_headroom_ratio":    "POWER-SIDE-CANNOT-CARRY watches the sides; of a load it is the thin margin of the target power-2n-redundancy",
}

// limited are the units in which a value has an obvious limit.
var limited = []facility.Unit{facility.UnitRatio, facility.UnitCelsius, facility.UnitVolts, facility.UnitHertz, facility.UnitRPM}

// Every state that a builtin profile or model reports, and every value with an
// obvious limit, has a definition.
func TestEveryPointWithAMeaningIsWatched(t *testing.T) {
	watched := map[string]bool{}
	for _, r := range emptySite(t).Rules {
		if r.Type != alarm.NoData {
			watched[metricOf(r.Select)] = true
		}
		if r.Expression != nil {
			for _, m := range r.Expression.Metrics {
				watched[m] = watched[m] || m == "ups_alarms_present"
			}
		}
	}
	for metric := range reported(t) {
		m, _ := facility.LookupMetric(metric)
		if m.Unit != facility.UnitState && !slices.Contains(limited, m.Unit) {
			continue
		}
		reason, excepted := unwatched[metric]
		switch {
		case watched[metric] && reason != "":
			t.Errorf("%s is watched now: take it off the list of exceptions", metric)
		case !watched[metric] && reason == "":
			t.Errorf("%s (%s): no builtin definition watches it, and no exception says why (listed: %v)", metric, m.Unit, excepted)
		}
	}
}

// abnormalUnwatched are single states with a severity that no definition names.
var abnormalUnwatched = map[string]string{
	"ats_source_status":       "see unwatched",
	"fire_zone_state":         "see unwatched",
	"interface_admin_state":   "testing is set by an administrator",
	"ups_input_failure_cause": "see unwatched",
	"interface_oper_state":    "testing is set by an administrator; dormant waits for something outside",
}

// Every single state that a profile calls a warning or critical is named by a
// definition, and by one that speaks of its kind of device.
func TestEveryAbnormalStateIsNamed(t *testing.T) {
	rules := emptySite(t).Rules
	lib, err := profile.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	check := func(where, kind, metric string, s facility.State) {
		if s.Severity < facility.SeverityWarning || abnormalUnwatched[metric] != "" {
			return
		}
		for _, r := range rules {
			if r.Type == alarm.NoData || r.Type == alarm.EventOnly && s.Severity == facility.SeverityCritical || metricOf(r.Select) != metric ||
				kind != "" && !slices.Contains([]string{"", kind}, termOf(r.Select, "kind")) {
				continue
			}
			if slices.Contains(r.States, s.Name) || r.MinSeverity != 0 && s.Severity >= r.MinSeverity ||
				r.Expression != nil && strings.Contains(r.Expression.Source, `"`+s.Name+`"`) {
				return
			}
		}
		t.Errorf("%s: no definition names the state %s of %s (%s)", where, s.Name, metric, s.Severity)
	}
	for _, p := range lib.All() {
		quantities := slices.Clone(p.Points)
		for _, table := range p.Tables {
			quantities = append(quantities, table.Columns...)
		}
		for _, q := range quantities {
			for _, s := range q.States {
				check(p.Name, p.Kind, q.Metric.Name, s)
			}
		}
	}
	for _, m := range facility.Metrics() {
		for _, s := range facility.ModelStates(m.Name) {
			check("model", "", m.Name, s)
		}
	}
}

// The starter set's own shares: priorities that mean something.
func TestBuiltinDistribution(t *testing.T) {
	count := map[facility.Priority]int{}
	all := 0
	for _, r := range emptySite(t).Rules {
		if r.Type == alarm.EventOnly {
			continue
		}
		count[r.Priority()]++
		all++
		if len(r.SuppressWhen) > 0 && r.Priority() == facility.P1 {
			t.Errorf("%s: a builtin P1 is held back by design, and nobody approved that", r.ID)
		}
	}
	t.Logf("of %d definitions: %d P1, %d P2, %d P3, %d P4", all, count[1], count[2], count[3], count[4])
	// The goal is for what is annunciated; definitions are no measure of that, but a
	// set that is mostly grave cannot meet it.
	if low := count[facility.P3] + count[facility.P4]; 100*low < 55*all || 100*count[facility.P1] > 20*all {
		t.Errorf("%d of %d are P3 or P4 and %d P1, want at least 55 %% and at most 20 %%", low, all, count[facility.P1])
	}
}
