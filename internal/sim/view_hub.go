package sim

import (
	"fmt"
	"math"
	"strconv"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// Values of SPAGENT-MIB status columns.
const (
	hubNormal       = 2
	hubHighWarning  = 3
	hubHighCritical = 4
	hubLowCritical  = 6
)

// Values of sensorProbeSwitchNormalState.
const (
	hubClosed = 0
	hubOpen   = 1
)

// Where things are wired on a hub: the eight sensor ports, then dry contacts.
const (
	portHotAisle  = 6 // dual sensor: temperature and humidity
	portPressure  = 7 // 4–20 mA transmitter
	firstContact  = 8
	pressureScale = 1e4 // pascals a count: the transmitter is scaled to 0.01 MPa
)

// A contact is one dry contact of a hub.
type contact struct {
	Binding
	active func(*model.Hall) bool
}

// contacts lists what is wired to the contacts of a hall's hub, from
// firstContact on. Detector and panel contacts close on alarm, door contacts open.
func contacts(hall int) []contact {
	zone := fmt.Sprintf("Z-%d", hall+1)
	id := func(kind string, n int) string { return fmt.Sprintf("%s-%d-%02d", kind, hall+1, n+1) }
	var cs []contact
	add := func(metric, name, ja, normal string, labels map[string]string, active func(*model.Hall) bool) {
		cs = append(cs, contact{Binding{
			Input: strconv.Itoa(firstContact + len(cs)), Kind: "contact", Metric: metric, Name: name, NameJa: ja,
			Zone: zone, Normal: normal, Labels: labels,
		}, active})
	}
	for n := range 2 {
		det := id("S", n)
		add("smoke_state", "smoke detector "+det+" pre-alarm", "煙感知器 "+det+" 予備警報", "open", map[string]string{"detector": det, "stage": "pre_alarm"},
			func(h *model.Hall) bool { return h.PreAlarm[n] })
		add("smoke_state", "smoke detector "+det+" alarm", "煙感知器 "+det+" 火災", "open", map[string]string{"detector": det, "stage": "alarm"},
			func(h *model.Hall) bool { return h.SmokeAlarm[n] })
	}
	for n := range 2 {
		rope := id("L", n)
		add("leak_state", "leak sensor "+rope, "漏水センサー "+rope, "open", map[string]string{"sensor": rope},
			func(h *model.Hall) bool { return h.Leak[n] })
	}
	for n, door := range []string{"front", "rear"} {
		add("door_state", door+" door", []string{"前扉", "後扉"}[n], "closed", map[string]string{"door": door},
			func(h *model.Hall) bool { return h.Door[n] })
	}
	add("fire_panel_alarm_state", "fire panel alarm", "受信機 火災", "open", nil, func(h *model.Hall) bool { return h.PanelAlarm })
	add("fire_panel_supervisory_state", "fire panel supervisory", "受信機 監視信号", "open", nil, func(h *model.Hall) bool { return h.Supervisory })
	add("fire_panel_trouble_state", "fire panel trouble", "受信機 障害", "open", nil, func(h *model.Hall) bool { return h.Trouble })
	add("fire_panel_disabled_state", "fire panel zone disabled", "受信機 区画遮断", "open", nil, func(h *model.Hall) bool { return h.Disabled })
	return cs
}

// hubBindings is what an inventory says of a hub's inputs.
func hubBindings(hall int) []Binding {
	bs := []Binding{{
		Input: strconv.Itoa(portPressure), Kind: "analogue", Metric: "suppression_agent_pressure_pascals",
		Name: fmt.Sprintf("suppression agent AG-%d", hall+1), NameJa: fmt.Sprintf("消火剤 AG-%d", hall+1), Zone: fmt.Sprintf("Z-%d", hall+1),
		Labels: map[string]string{"cylinder": fmt.Sprintf("AG-%d", hall+1)}, Scale: pressureScale,
	}}
	for n := range model.RacksPerHall {
		rack := rackName(hall*model.RacksPerHall + n)
		bs = append(bs, Binding{Input: strconv.Itoa(n), Kind: "sensor", Name: "inlet " + rack, NameJa: "吸気 " + rack,
			Labels: map[string]string{"group": "rack-inlet", "rack": rack}})
	}
	for _, c := range contacts(hall) {
		bs = append(bs, c.Binding)
	}
	return bs
}

// hubView serves SPAGENT-MIB, enterprises.3854.1: spSummary and the temperature,
// humidity and switch tables of sensorProbeEntry.
func hubView(hall int) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		h := &d.state.Halls[hall]
		sp := enterprise(3854, 1)
		t.Scalar(sp.Append(1, 2), num(hubNormal))
		for i, s := range []string{"Simulated Sensors", "http://" + d.ID + "/help", "sensor hub, 8 ports and 60 dry contacts", d.ID} {
			t.Scalar(sp.Append(1, uint32(6+i)), str(s))
		}
		entry := sp.Append(2, 2, 1)
		for n := range uint32(model.RacksPerHall) {
			r := &d.state.Racks[hall*model.RacksPerHall+int(n)]
			hubTemperature(t, entry.Append(16, 1), n, fmt.Sprintf("inlet %s", rackName(hall*model.RacksPerHall+int(n))), d.Place,
				func() float64 { return r.InletC }, 27, 32)
		}
		hubTemperature(t, entry.Append(16, 1), portHotAisle, "hot aisle", d.Place, func() float64 { return h.HotC }, 42, 48)
		hubHumidity(t, d, h, entry.Append(17, 1))
		hubContacts(t, d, h, hall, entry.Append(18, 1))
	}
}

// limits are the thresholds a hub judges a sensor by.
func hubStatus(v, warn, crit float64) int {
	switch {
	case v >= crit:
		return hubHighCritical
	case v >= warn:
		return hubHighWarning
	}
	return hubNormal
}

func hubTemperature(t *agent.Tree, row agent.OID, n uint32, name, place string, c func() float64, warn, crit int) {
	for col, get := range map[uint32]func() agent.Value{
		1: str(name), 2: str(place),
		3: round(1, c),
		4: enum(func() int { return hubStatus(c(), float64(warn), float64(crit)) }),
		5: num(1), // online
		7: num(warn), 8: num(crit), 9: num(12), 10: num(8),
		12: num(1),       // celsius
		14: round(10, c), // sensorProbeTempDegreeRaw: this hub gives tenths
		22: num(int(n)),
	} {
		t.Cell(row.Append(col), get, n)
	}
}

// hubHumidity serves the humidity sensor and, in the same table as the MIB has
// it, the 4–20 mA input with the suppression agent's pressure.
func hubHumidity(t *agent.Tree, d *device, h *model.Hall, row agent.OID) {
	rh := func() float64 { return 100 * h.HotRH }
	pressure := func() float64 { return h.AgentPascals / pressureScale }
	low := model.AgentLowPascals / pressureScale
	for n, cols := range map[uint32]map[uint32]func() agent.Value{
		portHotAisle: {
			1: str("hot aisle humidity"), 2: str(d.Place), 3: round(1, rh), 4: num(hubNormal), 5: num(1),
			7: num(70), 8: num(80), 9: num(20), 10: num(10), 13: round(10, rh), 27: str(""), 34: str(""),
		},
		portPressure: {
			1: str("suppression agent pressure"), 2: str(d.Place), 3: round(1, pressure),
			4: enum(func() int { return pick(pressure() < low, hubLowCritical, hubNormal) }), 5: num(1),
			7: num(450), 8: num(480), 9: num(390), 10: num(int(low)),
			13: round(1023.0/1000, pressure), // 0 to 1023 over 0 to 10 MPa
			24: num(1000), 25: num(0), 26: num(1), 27: str(""), 34: str("0.01MPa"),
		},
	} {
		for col, get := range cols {
			t.Cell(row.Append(col), get, n)
		}
		t.Cell(row.Append(22), num(int(n)), n)
	}
}

func hubContacts(t *agent.Tree, d *device, h *model.Hall, hall int, row agent.OID) {
	for i, c := range contacts(hall) {
		n := uint32(firstContact + i)
		// An open contact senses 5 V, hence high; a closed one low.
		normal, abnormal := hubOpen, hubLowCritical
		if c.Normal == "closed" {
			normal, abnormal = hubClosed, hubHighCritical
		}
		for col, get := range map[uint32]func() agent.Value{
			1: str(c.Name), 2: str(d.Place),
			3: enum(func() int { return pick(c.active(h), abnormal, hubNormal) }),
			4: num(1), 6: num(0), 7: num(normal), 9: num(10), 17: num(int(n)), // online, input, dry contact
		} {
			t.Cell(row.Append(col), get, n)
		}
	}
}

// rackName is how people call a rack.
func rackName(rack int) string {
	return fmt.Sprintf("H%d-R%02d", rack/model.RacksPerHall+1, rack%model.RacksPerHall+1)
}

// whole cuts to whole units, as counters do.
func whole(v float64) float64 { return math.Floor(v) }
