package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"

	"nezuban/internal/sim"
	"nezuban/internal/topology"
)

// oneLineDefaults says which points tell of the nodes of each kind; the metrics
// are those of the builtin profiles.
const oneLineDefaults = `defaults:
  generator:
    energised: {metric: genset_state, states: [running]}
    ready: {metric: genset_state, states: [ready, starting, idle, running, normal_stop]}
    fuel: {metric: genset_fuel_ratio}
    watts: {metric: genset_power_watts}
  ats:
    energised: {metric: ats_output_state, states: [ok]}
    position: {metric: ats_source, states: [source_a, source_b]}
    amperes: {metric: ats_output_current_amperes, labels: {output: "1"}, by: phase}
  ups:
    energised: {metric: ups_output_source, states: [normal, bypass, battery, booster, reducer]}
    watts: {metric: ups_output_power_watts, by: phase}
    runtime: {metric: ups_battery_runtime_seconds}
  pdu:
    watts: {metric: pdu_power_watts}
`

// coolingDefaults is the same for cooling units.
const coolingDefaults = `defaults:
  running: {metric: crac_state, states: ["on"]}
  supply: {metric: crac_supply_temperature_celsius}
  return: {metric: crac_return_temperature_celsius}
`

type (
	demoRoom struct {
		ID     string      `yaml:"id"`
		Name   oneLineText `yaml:"name"`
		Place  string      `yaml:"place"`
		Needs  int         `yaml:"needs"`
		Units  []demoUnit  `yaml:"units"`
		Inlets []demoPoint `yaml:"inlets"`
		Racks  []string    `yaml:"racks,flow"`
	}
	demoUnit struct {
		Device string `yaml:"device"`
		Power  string `yaml:"power"`
	}
	demoPoint struct {
		Device string            `yaml:"device,omitempty"`
		Metric string            `yaml:"metric"`
		Labels map[string]string `yaml:"labels,omitempty,flow"`
		States []string          `yaml:"states,omitempty,flow"`
	}
	demoZone struct {
		ID          string           `yaml:"id"`
		Name        oneLineText      `yaml:"name"`
		Place       string           `yaml:"place"`
		Device      string           `yaml:"device"`
		Detectors   []demoDetector   `yaml:"detectors"`
		Alarm       []demoPoint      `yaml:"alarm,omitempty"`
		Supervisory []demoPoint      `yaml:"supervisory,omitempty"`
		Trouble     []demoPoint      `yaml:"trouble,omitempty"`
		Disabled    []demoPoint      `yaml:"disabled,omitempty"`
		Test        []demoPoint      `yaml:"test,omitempty"`
		Discharge   []demoPoint      `yaml:"discharge,omitempty"`
		Suppression *demoSuppression `yaml:"suppression,omitempty"`
	}
	demoDetector struct {
		ID       string     `yaml:"id"`
		PreAlarm *demoPoint `yaml:"pre_alarm,omitempty"`
		Alarm    *demoPoint `yaml:"alarm,omitempty"`
	}
	demoSuppression struct {
		Agent     string         `yaml:"agent"`
		Cylinders []demoCylinder `yaml:"cylinders"`
		Absent    []string       `yaml:"absent,flow"`
		Release   oneLineText    `yaml:"release"`
	}
	demoCylinder struct {
		ID       string    `yaml:"id"`
		Pressure demoPoint `yaml:"pressure"`
		Least    any       `yaml:"least"`
	}
)

// writeDemoFacility writes the models of power, fire and cooling of the simulated
// facility.
func writeDemoFacility(dir string, devices []sim.Device) error {
	// The transfer switch judges its utility source on all three phases.
	energised := map[topology.NodeID]map[string]any{}
	for _, side := range []string{"a", "b"} {
		energised[topology.NodeID("utility-"+side)] = map[string]any{"device": "ats-" + side, "metric": "ats_source_status",
			"labels": map[string]string{"source": "A"}, "states": []string{"ok"}}
	}
	power, err := oneLinePage(generatedNote, oneLineDefaults, sim.OneLine(), energised)
	if err != nil {
		return fmt.Errorf("demo site: %w", err)
	}
	var rooms []demoRoom
	var zones []demoZone
	for _, r := range sim.Rooms() {
		rooms = append(rooms, demoRoomOf(r))
		zones = append(zones, demoZoneOf(r, devices))
	}
	cooling, err := yaml.Marshal(map[string]any{"rooms": rooms})
	if err != nil {
		return fmt.Errorf("demo cooling: %w", err)
	}
	fire, err := yaml.Marshal(map[string]any{"zones": zones})
	if err != nil {
		return fmt.Errorf("demo fire zones: %w", err)
	}
	for name, content := range map[string]string{
		"oneline.yaml": string(power),
		"cooling.yaml": generatedNote + coolingDefaults + string(cooling),
		"fire.yaml":    generatedNote + string(fire),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
			return fmt.Errorf("demo site: %w", err)
		}
	}
	return nil
}

func demoRoomOf(r sim.Room) demoRoom {
	out := demoRoom{ID: r.ID, Name: oneLineText(r.Name), Place: r.Place, Needs: r.NeededUnits, Racks: r.Racks,
		Inlets: []demoPoint{{Device: r.Hub, Metric: "temperature_celsius", Labels: map[string]string{"group": "rack-inlet"}}}}
	for _, u := range r.Units {
		out.Units = append(out.Units, demoUnit{Device: u, Power: u})
	}
	return out
}

// demoZoneOf makes a zone of what is wired to a hall's hub.
func demoZoneOf(r sim.Room, devices []sim.Device) demoZone {
	z := demoZone{ID: r.Zone, Name: oneLineText(r.Name), Place: r.Place, Device: r.Hub}
	panel := map[string]*[]demoPoint{"alarm": &z.Alarm, "supervisory": &z.Supervisory, "trouble": &z.Trouble,
		"disabled": &z.Disabled, "test": &z.Test, "discharge": &z.Discharge}
	detectors := map[string]int{}
	for _, d := range devices {
		if d.ID != r.Hub {
			continue
		}
		for _, b := range d.Bindings {
			p := demoPoint{Metric: b.Metric, Labels: b.Labels}
			condition := strings.TrimSuffix(strings.TrimPrefix(b.Metric, "fire_panel_"), "_state")
			switch {
			case b.Metric == "smoke_state":
				name := b.Labels["detector"]
				if _, ok := detectors[name]; !ok {
					detectors[name] = len(z.Detectors)
					z.Detectors = append(z.Detectors, demoDetector{ID: name})
				}
				det := &z.Detectors[detectors[name]]
				if b.Labels["stage"] == "pre_alarm" {
					det.PreAlarm = &p
				} else {
					det.Alarm = &p
				}
			case b.Metric == "suppression_agent_pressure_pascals":
				z.Suppression = &demoSuppression{Agent: "FK-5-1-12", Absent: []string{"key", "valve"},
					Cylinders: []demoCylinder{{ID: b.Labels["cylinder"], Pressure: p, Least: figure(r.AgentLeast)}},
					Release:   oneLineText{En: "As the fire panel decides", Ja: "受信機の判断による"}}
			case panel[condition] != nil:
				*panel[condition] = append(*panel[condition], p)
			}
		}
	}
	return z
}
