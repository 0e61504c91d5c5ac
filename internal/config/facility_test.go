package config_test

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// plant is a site with the models of power, fire and cooling.
func plant() map[string]string {
	return map[string]string{
		"people.yaml": "people: []\n",
		"inventory/a.yaml": `defaults:
  snmp: {version: "3", user: u, auth_secret: a, priv_secret: p}
devices:
  - {id: ats-a, kind: ats, address: 192.0.2.1, feed: A, place: B1F/elec-a}
  - {id: gen-1, kind: generator, address: 192.0.2.2, feed: A}
  - {id: ups-a1, kind: ups, address: 192.0.2.3, feed: A, name: UPS A1}
  - {id: pdu-a, kind: pdu, address: 192.0.2.4, rack: R01, via: sw-1}
  - {id: sw-1, kind: network, address: 192.0.2.5}
  - {id: crac-1, kind: cooling, address: 192.0.2.6}
  - {id: crac-2, kind: cooling, address: 192.0.2.7}
  - id: hub-1
    kind: envhub
    address: 192.0.2.8
    bindings:
      - {input: "8", kind: contact, metric: smoke_state, zone: Z-1, normal: open, labels: {stage: pre_alarm, detector: S-1}}
      - {input: "9", kind: contact, metric: smoke_state, zone: Z-1, normal: open, labels: {stage: alarm, detector: S-1}}
      - {input: "10", kind: contact, metric: fire_panel_trouble_state, zone: Z-1, normal: open}
      - {input: "11", kind: contact, metric: contact_state, normal: open, labels: {key: mode}}
      - {input: "7", kind: analogue, metric: suppression_agent_pressure_pascals, scale: 10000}
      - {input: "0", kind: sensor, labels: {group: rack-inlet, rack: R01}}
      - {input: "1", kind: sensor, labels: {group: rack-inlet, rack: R02}}
      - {input: "6", kind: sensor, name: hot aisle}
`,
		"oneline.yaml": `defaults:
  ups:
    rated_watts: 40000
    energised: {metric: ups_output_source, states: [normal, bypass, battery]}
nodes:
  - {id: utility-a, kind: utility, side: A, volts: 400, energised: {device: ats-a, metric: ats_source_status, labels: {source: A}, states: [ok]}}
  - {id: gen-1, kind: generator, device: gen-1, volts: 400, rated_watts: 100000, start_time: 24s, fuel: {metric: genset_fuel_ratio}, ready: {metric: genset_state, states: [ready]}}
  - {id: utility-b, kind: utility, side: B, volts: 400}
  - {id: ats-a, kind: ats, device: ats-a, from: [utility-a, gen-1], position: {metric: ats_source, states: [source_a, source_b]}, amperes: {metric: ats_output_current_amperes, labels: {output: "1"}, by: phase}}
  - {id: ups-a1, kind: ups, device: ups-a1, from: [ats-a], watts: {metric: ups_output_power_watts, by: phase}, runtime: {metric: ups_battery_runtime_seconds}}
  - {id: pdu-a, kind: pdu, device: pdu-a, from: [ups-a1], phases: [2], volts: 230, rated_amperes: 32, amperes: {metric: pdu_phase_current_amperes, labels: {phase: "1"}}}
  - {id: rack-r01, kind: load, rack: R01, from: [pdu-a, utility-b], phases: [2], design: 2N, name: {en: Rack 1, ja: ラック1}}
  - {id: crac-1, kind: load, device: crac-1, from: [ats-a], design: N}
`,
		"fire.yaml": `zones:
  - id: Z-1
    name: {en: Hall, ja: 室}
    place: 1F/hall-1
    device: hub-1
    detectors:
      - id: S-1
        pre_alarm: {metric: smoke_state, labels: {stage: pre_alarm}}
        alarm: {metric: smoke_state, labels: {stage: alarm}}
    trouble: [{metric: fire_panel_trouble_state}]
    suppression:
      agent: N2
      cylinders: [{id: C-1, pressure: {metric: suppression_agent_pressure_pascals}, least: 3800000}]
      automatic: {metric: contact_state, states: [normal]}
      absent: [valve]
    isolations:
      - {permit: W-1, from: 2026-11-22T21:00, until: 2026-11-22T23:30, watch: Ito, every: 30m}
      - {permit: W-2, from: "2026-11-20 09:00", until: 2026-11-20T17:00:00+09:00, closed: 2026-11-20T16:00}
`,
		"cooling.yaml": `defaults:
  running: {metric: crac_state, states: ["on"]}
  supply: {metric: crac_supply_temperature_celsius}
rooms:
  - id: hall-1
    needs: 1
    units:
      - {device: crac-1, power: crac-1}
      - {device: crac-2, running: {metric: crac_fan_ratio, above: 0.1}}
    inlets: [{device: hub-1, metric: temperature_celsius, labels: {group: rack-inlet}}]
    racks: [R01, R02]
`,
	}
}

func TestPlant(t *testing.T) {
	site, problems := load(t, plant())
	if site == nil || len(problems) > 0 {
		t.Fatalf("the plant does not load cleanly:%s", list(problems))
	}
	yes := func(point string, states ...string) *topology.StateBinding {
		return &topology.StateBinding{Point: facility.PointID(point), States: states}
	}
	node := func(id topology.NodeID) topology.Node {
		n, ok := site.OneLine.Node(id)
		if !ok {
			t.Fatalf("no node %s", id)
		}
		return *n
	}
	for id, want := range map[topology.NodeID]topology.Bindings{
		"utility-a": {Energised: yes(`ats-a/ats_source_status{source="A"}`, "ok")},
		"utility-b": {},
		"gen-1":     {Fuel: "gen-1/genset_fuel_ratio", Ready: yes("gen-1/genset_state", "ready")},
		"ats-a": {Position: yes("ats-a/ats_source", "source_a", "source_b"), Amperes: []facility.PointID{
			`ats-a/ats_output_current_amperes{output="1",phase="1"}`, `ats-a/ats_output_current_amperes{output="1",phase="2"}`, `ats-a/ats_output_current_amperes{output="1",phase="3"}`}},
		"ups-a1": {Energised: yes("ups-a1/ups_output_source", "normal", "bypass", "battery"), Runtime: "ups-a1/ups_battery_runtime_seconds", Watts: []facility.PointID{
			`ups-a1/ups_output_power_watts{phase="1"}`, `ups-a1/ups_output_power_watts{phase="2"}`, `ups-a1/ups_output_power_watts{phase="3"}`}},
		"pdu-a": {Amperes: []facility.PointID{`pdu-a/pdu_phase_current_amperes{phase="1"}`}},
	} {
		if got := node(id).Bind; !reflect.DeepEqual(got, want) {
			t.Errorf("points of %s: got %+v, want %+v", id, got, want)
		}
	}
	if n := node("ups-a1"); n.Side != "A" || n.RatedWatts != 40000 || n.Name.Ja != "UPS A1" || n.Line != 10 {
		t.Errorf("ups-a1 takes its side and name from the inventory and its rating from the defaults: got %+v", n)
	}
	if n := node("ats-a"); n.Place != "B1F/elec-a" || node("gen-1").StartTime != 24*time.Second || node("rack-r01").Name.Ja != "ラック1" {
		t.Errorf("ats-a: got %+v", n)
	}
	if via := site.Devices[3].Device.Via; via != "sw-1" {
		t.Errorf("pdu-a is reached through %q, want sw-1", via)
	}
	z := site.Fire[0]
	if d := z.Detectors[0]; !reflect.DeepEqual(d.Alarm, yes(`hub-1/smoke_state{detector="S-1",stage="alarm",zone="Z-1"}`, "active")) || d.PreAlarm == nil || d.State != "" {
		t.Errorf("detector: got %+v, alarm %+v", d, d.Alarm)
	}
	if s := z.Suppression; s.Cylinders[0].Pressure != "hub-1/suppression_agent_pressure_pascals" || s.Cylinders[0].Least != 3.8e6 ||
		!reflect.DeepEqual(s.Automatic, yes(`hub-1/contact_state{key="mode"}`, "normal")) || !s.NoValve || s.NoKey {
		t.Errorf("suppression: got %+v", s)
	}
	if i := z.Isolations; !i[0].From.Equal(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)) || i[0].Every != 30*time.Minute || !i[0].Closed.IsZero() ||
		!i[1].Until.Equal(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)) || !i[1].Closed.Equal(time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("isolations are in the site's time: got %+v", i)
	}
	r := site.Cooling[0]
	if !slices.Equal(r.Inlets, []facility.PointID{`hub-1/temperature_celsius{group="rack-inlet",rack="R01",sensor="0"}`, `hub-1/temperature_celsius{group="rack-inlet",rack="R02",sensor="1"}`}) {
		t.Errorf("inlets: got %v", r.Inlets)
	}
	if u := r.Units[1]; u.Running.Point != "crac-2/crac_fan_ratio" || *u.Running.Above != 0.1 || u.Running.States != nil || u.Supply != "crac-2/crac_supply_temperature_celsius" || r.Units[0].Power != "crac-1" {
		t.Errorf("units: got %+v", r.Units)
	}
}

// A site without these files, or with files of comments alone, has no models.
func TestPlantIsOptional(t *testing.T) {
	files := plant()
	for _, f := range []string{"oneline.yaml", "fire.yaml", "cooling.yaml"} {
		files[f] = "# nothing yet\n"
	}
	site, problems := load(t, files)
	if site == nil || len(problems) > 0 || site.OneLine != nil || site.Fire != nil || site.Cooling != nil {
		t.Errorf("got %+v:%s", site, list(problems))
	}
	if len(site.Positions) != 1 || site.Positions[0].ID != "all" || site.Positions[0].Filter.String() != "" {
		t.Errorf("positions: got %+v, want one for everything", site.Positions)
	}
}

// Ten planted mistakes in the three files: every one is named, at the very place
// where the hand must go, and nothing that merely follows from them.
func TestTenMistakesInThePlant(t *testing.T) {
	files := plant()
	for _, c := range []struct{ file, old, new string }{
		{"oneline.yaml", "ups_output_source", "ups_output_sourse"},
		{"oneline.yaml", "labels: {source: A}", "labels: {input: A}"},
		{"oneline.yaml", "kind: utility, side: B", "kind: utilty, side: B"},
		{"oneline.yaml", "from: [utility-a, gen-1]", "from: [utility-a, gen-2]"},
		{"oneline.yaml", "design: 2N", "desing: 2N"},
		{"fire.yaml", "{stage: alarm}", "{stage: alert}"},
		{"fire.yaml", "least: 3800000", "least: 0"},
		{"fire.yaml", "until: 2026-11-22T23:30", "until: 2026-11-22T20:30"},
		{"cooling.yaml", "device: crac-2", "device: crac-3"},
		{"cooling.yaml", "power: crac-1", "power: crac-9"},
	} {
		was := files[c.file]
		if files[c.file] = strings.Replace(was, c.old, c.new, 1); files[c.file] == was {
			t.Fatalf("%s: nothing to replace by %s", c.file, c.new)
		}
	}
	want := []struct{ says, at string }{
		{`cooling.yaml:8:33: power: the one-line has no node "crac-9"; did you mean "crac-1"?`, "crac-9}"},
		{`cooling.yaml:9:18: device "crac-3" is not in the inventory; did you mean "crac-1"?`, "crac-3"},
		{`fire.yaml:9:38: no smoke_state input of hub-1 has these labels; it has `, "labels: {stage: alert}"},
		{`fire.yaml:13:92: cylinder "C-1" does not say below which pressure it is not ready; add least: in pascals, 3.8 MPa is 3800000`, "0}"},
		{`fire.yaml:17:54: permit "W-1" ends before it begins`, "2026-11-22T20:30"},
		{`oneline.yaml:4:25: metric "ups_output_sourse" is not known; did you mean "ups_output_source"?`, "ups_output_sourse"},
		{`oneline.yaml:6:111: device ats-a has no ats_source_status with labels {input="A"}; its profiles give it with labels: {source: A`, "labels: {input: A}"},
		{`oneline.yaml:8:27: node kind "utilty" is not known; did you mean "utility"?`, "utilty"},
		{`oneline.yaml:9:61: from: no node is named "gen-2"; did you mean "gen-1"?`, "gen-2]"},
		{`oneline.yaml:12:82: unknown key "desing"; did you mean "design"?`, "desing"},
	}
	site, problems := load(t, files)
	mistakes := slices.DeleteFunc(problems, func(p facility.Problem) bool { return p.Warning })
	if site != nil || len(mistakes) != len(want) {
		t.Errorf("got %d mistakes, want %d:%s", len(mistakes), len(want), list(mistakes))
	}
	for i := range min(len(want), len(mistakes)) {
		m := mistakes[i]
		if at := textAt(files[m.File], m.Line, m.Column); !strings.HasPrefix(m.Error(), want[i].says) || !strings.HasPrefix(at, want[i].at) {
			t.Errorf("got  %s, where %q stands\nwant %s, where %s stands", m.Error(), at, want[i].says, want[i].at)
		}
	}
}

// Each mistake alone, with the text that must stand at the reported place.
func TestPlantMistakes(t *testing.T) {
	tests := []struct{ name, file, old, new, at, says string }{
		{"node twice", "oneline.yaml", "id: utility-b", "id: utility-a", "utility-a, kind: utility, side: B", `node id "utility-a" is used twice`},
		{"node without id", "oneline.yaml", "id: utility-b, ", "", "{kind: utility, side: B", "a node has no id"},
		{"node id in capitals", "oneline.yaml", "id: utility-b", "id: Utility-B", "Utility-B", "want lower-case letters"},
		{"node of no device", "oneline.yaml", "device: ups-a1", "device: ups-a9", "ups-a9", `device "ups-a9" is not in the inventory`},
		{"side", "oneline.yaml", "side: B", "side: west", "west", `side "west": want a capital letter`},
		{"key of another kind", "oneline.yaml", "side: B, volts", "bridging: 5m, volts", "bridging", "bridging means nothing for a node of kind utility"},
		{"source with a feeder", "oneline.yaml", "side: B, volts", "from: [ups-a1], volts", "from", "a utility is a source"},
		{"design", "oneline.yaml", "design: 2N", "design: 3N", "3N", `design "3N" is not known; did you mean "2N"?`},
		{"figure below zero", "oneline.yaml", "volts: 230", "volts: -230", "-230", "volts: -230 is not above 0"},
		{"phase four", "oneline.yaml", "phases: [2], volts", "phases: [4], volts", "[4]", "4 is no phase"},
		{"positions and sources", "oneline.yaml", "states: [source_a, source_b]", "states: [source_a]", "[source_a]", "1 states for 2 sources"},
		{"unknown state", "oneline.yaml", "states: [ready]", "states: [redy]", "redy", `no profile reports the state "redy" for genset_state; did you mean "ready"?`},
		{"states left out", "oneline.yaml", ", states: [ready]", "", "{metric: genset_state}", "say which states of genset_state mean yes; known: no_communication"},
		{"above of a state", "oneline.yaml", "states: [ready]", "above: 3", "3}", "genset_state is a state and has no above"},
		{"states of a number", "oneline.yaml", "{metric: genset_state, states: [ready]}", "{metric: genset_fuel_ratio, states: [ready]}", "[ready]", "is a number in ratio and has no states"},
		{"above left out", "oneline.yaml", "{metric: genset_state, states: [ready]}", "{metric: genset_fuel_ratio}", "{metric: genset_fuel_ratio}}", "say from which value of genset_fuel_ratio on it means yes"},
		{"metric of another unit", "oneline.yaml", "fuel: {metric: genset_fuel_ratio}", "fuel: {metric: genset_run_seconds}", "genset_run_seconds", "fuel: want a metric in ratio; genset_run_seconds is in seconds"},
		{"states of a value", "oneline.yaml", "fuel: {metric: genset_fuel_ratio}", "fuel: {metric: genset_fuel_ratio, states: [x]}", "states", "states belongs to a yes or no"},
		{"labels that the profile does not give", "oneline.yaml", "fuel: {metric: genset_fuel_ratio}", "fuel: {metric: genset_fuel_ratio, labels: {tank: 1}}", "labels", "device gen-1 has no genset_fuel_ratio with labels {tank=\"1\"}; its profiles give it with no label"},
		{"phases left out", "oneline.yaml", "amperes: {metric: ats_output_current_amperes, labels: {output: \"1\"}, by: phase}", "amperes: {metric: ats_output_current_amperes, labels: {output: \"1\", phase: \"1\"}}", "{metric: ats_output_current", "the current of each phase is wanted"},
		{"one phase counted and fixed", "oneline.yaml", "labels: {output: \"1\"}, by: phase", "labels: {output: \"1\", phase: \"1\"}, by: phase", "phase}", "label phase is fixed and counted at once"},
		{"no device to ask", "oneline.yaml", "side: B, volts: 400", "side: B, volts: 400, energised: {metric: meter_frequency_hertz, above: 40}", "{metric: meter", "energised: no device is named"},
		{"2N with one cord", "oneline.yaml", "from: [pdu-a, utility-b]", "from: [pdu-a]", "rack-r01", "the load is designed 2N but has one cord"},
		{"two states for closed", "oneline.yaml", "nodes:", "nodes:\n  - {id: q1, kind: breaker, device: pdu-a, from: [utility-a], rated_watts: 1, position: {metric: pdu_outlet_state, labels: {outlet: \"1\"}, states: [\"on\", \"off\"]}}", "[\"on\"", "position: 2 states for closed"},
		{"a loop", "oneline.yaml", "from: [ats-a], watts", "from: [pdu-a], watts", "ups-a1", "it feeds itself"},
		{"two documents", "oneline.yaml", "nodes:", "---\nnodes:", "nodes:", "oneline.yaml holds a second document"},

		{"zone twice", "fire.yaml", "zones:", "zones:\n  - {id: Z-1, alarm: [{device: hub-1, metric: fire_panel_trouble_state}]}", "Z-1\n", `zone id "Z-1" is used twice`},
		{"zone of no device", "fire.yaml", "device: hub-1", "device: hub-2", "hub-2", `device "hub-2" is not in the inventory`},
		{"detector that detects nothing", "fire.yaml", "detectors:", "detectors:\n      - {id: S-2}", "{id: S-2}", `detector "S-2" has no point that reports a fire`},
		{"contact that means several", "fire.yaml", "labels: {stage: alarm}", "labels: {detector: S-1}", "smoke_state, labels: {detector: S-1}", "alarm: one point is wanted; this means 2"},
		{"nothing bound", "fire.yaml", "metric: fire_panel_trouble_state", "metric: fire_panel_alarm_state", "fire_panel_alarm_state", "neither a profile nor a binding of device hub-1 gives fire_panel_alarm_state"},
		{"pressure in another unit", "fire.yaml", "metric: suppression_agent_pressure_pascals", "metric: temperature_celsius, labels: {rack: R01}", "temperature_celsius", "pressure: want a metric in pascals"},
		{"levels that fall", "fire.yaml", "detectors:", "detectors:\n      - {id: V, level: {metric: humidity_ratio, labels: {input: \"1\"}}, levels: [0.1, 0.05]}", "[0.1, 0.05]", "levels must rise"},
		{"levels without a level", "fire.yaml", "- id: S-1", "- id: S-1\n        levels: [0.1]", "levels", "levels without a level"},
		{"a state that says nothing of fire", "fire.yaml", "- id: S-1", "- id: S-1\n        state: {device: crac-1, metric: crac_state}", "crac_state", "no state of crac_state says alarm"},
		{"absent and bound", "fire.yaml", "absent: [valve]", "absent: [valve, key]", "key]", "there is no key, yet automatic reads one"},
		{"absent what never was", "fire.yaml", "absent: [valve]", "absent: [valve, hose]", "hose", `"hose" is no part of a suppression`},
		{"permit without end", "fire.yaml", ", until: 2026-11-22T23:30", "", "{permit: W-1", `permit "W-1": until is missing`},
		{"permit twice", "fire.yaml", "permit: W-2", "permit: W-1", "W-1, from: \"2026-11-20", `permit "W-1" stands twice`},
		{"no time", "fire.yaml", "from: 2026-11-22T21:00", "from: tonight", "tonight", `from: "tonight" is no time`},

		{"room without units", "cooling.yaml", "rooms:", "rooms:\n  - {id: attic}", "{id: attic}", `room "attic" has no cooling units`},
		{"more than there are", "cooling.yaml", "needs: 1", "needs: 3", "3", "needs: 3 of 2 units"},
		{"unit twice", "cooling.yaml", "device: crac-2", "device: crac-1", "crac-1, running", `unit "crac-1" stands twice`},
		{"default of a device", "cooling.yaml", "defaults:", "defaults:\n  device: crac-1", "device", "device is each unit's own"},
		{"supply of another unit", "cooling.yaml", "supply: {metric: crac_supply_temperature_celsius}", "supply: {metric: crac_fan_ratio}", "crac_fan_ratio", "supply: want a metric in celsius"},
		{"inlets of no device", "cooling.yaml", "device: hub-1, ", "", "{metric: temperature", "inlets: no device is named"},

		{"via nowhere", "inventory/a.yaml", "via: sw-1", "via: sw-2", "sw-2", `via: device "sw-2" is not in the inventory; did you mean "sw-1"?`},
		{"via in a circle", "inventory/a.yaml", "{id: sw-1, kind: network", "{id: sw-1, via: pdu-a, kind: network", "", "via: the way leads in a circle"},
		{"via itself", "inventory/a.yaml", "via: sw-1", "via: pdu-a", "pdu-a}", "via: the way leads in a circle: pdu-a → pdu-a"},
		{"a device named like a model", "inventory/a.yaml", "id: sw-1, kind: network", "id: power-model, kind: network", "power-model", `device id "power-model" is the program's own`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := plant()
			files[tt.file] = strings.Replace(files[tt.file], tt.old, tt.new, 1)
			if files[tt.file] == plant()[tt.file] {
				t.Fatalf("nothing to replace by %q", tt.new)
			}
			site, problems := load(t, maps.Clone(files))
			mistakes := slices.DeleteFunc(problems, func(p facility.Problem) bool { return p.Warning })
			i := slices.IndexFunc(mistakes, func(p facility.Problem) bool { return strings.Contains(p.Error(), tt.says) })
			if site != nil || i < 0 {
				t.Fatalf("want a mistake %q, got:%s", tt.says, list(mistakes))
			}
			if m := mistakes[i]; m.File != tt.file || !strings.HasPrefix(textAt(files[tt.file], m.Line, m.Column), tt.at) {
				t.Errorf("the place must be where %q stands, got %v: %s", tt.at, m, textAt(files[tt.file], m.Line, m.Column))
			}
		})
	}
}

// A mistake in one node does not keep those of the others from being named.
func TestOneMistakeDoesNotHideAnother(t *testing.T) {
	files := plant()
	for _, c := range []struct{ old, new string }{
		{"kind: utility, side: B", "kind: utilty, side: B"}, {"from: [utility-a, gen-1]", "from: [utility-a, gen-2]"},
		{"id: crac-1, kind: load, device: crac-1, from: [ats-a]", "id: crac-1, kind: load, device: crac-1, volts: 6600, from: [ats-a]"},
	} {
		files["oneline.yaml"] = strings.Replace(files["oneline.yaml"], c.old, c.new, 1)
	}
	_, problems := load(t, files)
	want := []string{`node kind "utilty"`, `no node is named "gen-2"`, "6600 V from"}
	if len(problems) != len(want) {
		t.Errorf("want %d problems, got:%s", len(want), list(problems))
	}
	for _, w := range want {
		if !slices.ContainsFunc(problems, func(p facility.Problem) bool { return strings.Contains(p.What, w) }) {
			t.Errorf("want %s, got:%s", w, list(problems))
		}
	}
}

// The defaults of a file may name the switch that stands in it.
func TestViaByDefault(t *testing.T) {
	files := plant()
	files["inventory/a.yaml"] = strings.Replace(files["inventory/a.yaml"], "defaults:", "defaults:\n  via: sw-1", 1)
	site, problems := load(t, files)
	if site == nil {
		t.Fatal(list(problems))
	}
	for _, d := range site.Devices {
		if want := map[bool]facility.DeviceID{true: "", false: "sw-1"}[d.Device.ID == "sw-1"]; d.Device.Via != want {
			t.Errorf("%s is reached through %q, want %q", d.Device.ID, d.Device.Via, want)
		}
	}
}

func TestPlantWarnings(t *testing.T) {
	tests := []struct{ name, file, old, new, says string }{
		{"a default may be missing a rating", "oneline.yaml", "rated_watts: 40000\n", "bridging: 5m\n", "oneline.yaml:10:10: its rating is missing"},
		{"a rack that nobody stands in", "oneline.yaml", "rack: R01", "rack: R77", "oneline.yaml:12:38: no device or sensor of the inventory is in rack R77"},
		{"a zone that is not drawn", "fire.yaml", "id: Z-1", "id: Z-2", "device hub-1 has inputs in fire zone Z-1"},
		{"a key that nobody watches", "fire.yaml", "      automatic: {metric: contact_state, states: [normal]}\n", "", "no point tells of the suppression's key"},
		{"a zone that cannot report fire", "fire.yaml", "zones:", "zones:\n  - {id: Z-9}", `nothing in zone "Z-9" can report a fire`},
		{"a rack nobody knows", "cooling.yaml", "R02]", "R09]", "in rack R09"},
		{"devices without a position", "site.yaml", "zone", "positions: [{id: power, filter: \"category=power\"}]\nzone", "no position answers for the alarms of 4 device(s): sw-1, crac-1, crac-2, hub-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := plant()
			files["site.yaml"] = "code: DC-T1\nzone: Asia/Tokyo\n"
			files[tt.file] = strings.Replace(files[tt.file], tt.old, tt.new, 1)
			site, problems := load(t, files)
			if site == nil || !slices.ContainsFunc(problems, func(p facility.Problem) bool { return p.Warning && strings.Contains(p.Error(), tt.says) }) {
				t.Errorf("want a warning %q, got:%s", tt.says, list(problems))
			}
		})
	}
}

func TestPositions(t *testing.T) {
	site, problems := load(t, map[string]string{"site.yaml": `code: A
zone: UTC
positions:
  - {id: fire, name: {en: Fire desk, ja: 防災}, filter: "category=fire, priority<=2"}
  - {id: rest}
`})
	if site == nil {
		t.Fatal(list(problems))
	}
	p := site.Positions
	if len(p) != 2 || p[0].Name.Ja != "防災" || p[0].Filter.String() != "category=fire, priority<=2" || p[1].Name.En != "rest" {
		t.Errorf("got %+v", p)
	}
	for _, tt := range []struct{ position, says string }{
		{`{id: a, filter: "categry=fire"}`, `site.yaml:3:29: selector term "categry=fire": unknown key "categry"`},
		{`{id: a, filter: "category=fires"}`, `site.yaml:3:29: selector term "category=fires": category "fires" is not known; did you mean "fire"?`},
		{`{id: a}, {id: a}`, `site.yaml:3:27: position id "a" is used twice`},
		{`{name: x}`, `site.yaml:3:13: a position has no id`},
		{`{id: "a b"}`, `site.yaml:3:18: position id "a b": want letters`},
	} {
		_, problems := load(t, map[string]string{"site.yaml": "code: A\nzone: UTC\npositions: [" + tt.position + "]\n"})
		if !slices.ContainsFunc(problems, func(p facility.Problem) bool { return strings.HasPrefix(p.Error(), tt.says) }) {
			t.Errorf("%s: want %s, got:%s", tt.position, tt.says, list(problems))
		}
	}
}

// Whatever people or a broken disk put into the three files: problems with a
// place, never a panic.
func TestPlantOfRubbish(t *testing.T) {
	names := []string{"oneline.yaml", "fire.yaml", "cooling.yaml"}
	rubbish := map[string][]string{
		"oneline.yaml": {"nodes: [{id: a, from: [a], kind: tie, watts: {by: phase}, position: {}}, {}, {id: a}]\ndefaults: {tie: {from: [b]}}\n", "nodes: x\n", "defaults: []\nnodes: [[]]\n"},
		"fire.yaml":    {"zones: [{detectors: [{}, {id: x, levels: [1]}], suppression: {}, isolations: [{}]}, {}]\n", "zones: {a: b}\n"},
		"cooling.yaml": {"rooms: [{units: [{}, {device: crac-1}], inlets: [{}], racks: ['']}, {}]\ndefaults: {device: x}\n", "rooms:\n  -\n  - units:\n"},
	}
	rng := rand.New(rand.NewPCG(7, 11))
	for n := range 90 {
		name := names[n%len(names)]
		rubbish[name] = append(rubbish[name], spoilt(rng, plant()[name]))
	}
	for name, list := range rubbish {
		for _, content := range list {
			files := plant()
			files[name] = content
			site, problems := load(t, files)
			lines := strings.Count(content, "\n") + strings.Count(content, "\r") + 2
			for _, p := range problems {
				if p.Line < 0 || p.File == name && p.Line > lines {
					t.Errorf("%v lies outside the file:\n%s", p, content)
				}
			}
			if site == nil && len(problems) == 0 {
				t.Errorf("no site and no reason:\n%s", content)
			}
		}
	}
}

// spoilt is a text with a few of its bytes lost, doubled or replaced.
func spoilt(rng *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + rng.IntN(4) {
		i := rng.IntN(len(b))
		switch rng.IntN(4) {
		case 0:
			b[i] = byte(rng.IntN(256))
		case 1:
			b = slices.Delete(b, i, min(len(b), i+rng.IntN(20)))
		case 2:
			b = slices.Insert(b, i, slices.Clone(b[i:min(len(b), i+30)])...)
		default:
			b[i] = "{}[]:,-& *#'\"\n1a"[rng.IntN(16)]
		}
	}
	return string(b)
}
