package fire_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
)

// says is what points say now; a point that is not in it is not known.
type says map[facility.PointID]topology.Point

func (s says) read(id facility.PointID) topology.Point {
	p := s[id]
	return p
}

func state(name string) topology.Point { return topology.Point{State: name, Known: true} }
func value(v float64) topology.Point   { return topology.Point{Value: v, Known: true} }
func with(list ...says) says {
	out := says{}
	for _, m := range list {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func contact(id facility.PointID) topology.StateBinding {
	return topology.StateBinding{Point: id, States: []string{"active"}}
}

func pointer(b topology.StateBinding) *topology.StateBinding { return &b }

// hall is a zone with two detectors on contacts, an aspirating one, all contacts
// of the panel, and nothing else.
func hall() fire.ZoneModel {
	return fire.ZoneModel{
		ID: "Z-1",
		Detectors: []fire.DetectorModel{
			{ID: "S-1", PreAlarm: pointer(contact("s1-pre")), Alarm: pointer(contact("s1"))},
			{ID: "S-2", State: "s2"},
			{ID: "V-1", Level: "v1", Levels: []float64{0.0005, 0.001, 0.002, 0.004}},
		},
		Alarm: []topology.StateBinding{contact("panel")}, Supervisory: []topology.StateBinding{contact("sup")},
		Trouble: []topology.StateBinding{contact("trb")}, Disabled: []topology.StateBinding{contact("dis")},
		Test: []topology.StateBinding{contact("tst")}, Discharge: []topology.StateBinding{contact("rel")},
	}
}

// quiet is everything known and normal.
func quiet() says {
	return says{"s1-pre": state("normal"), "s1": state("normal"), "s2": state("normal"), "v1": value(0.0001),
		"panel": state("normal"), "sup": state("normal"), "trb": state("normal"), "dis": state("normal"), "tst": state("normal"), "rel": state("normal")}
}

var now = time.Date(2026, 11, 22, 13, 14, 0, 0, time.UTC)

func TestZoneState(t *testing.T) {
	active := state("active")
	tests := []struct {
		name string
		says says
		want fire.State
		also []fire.State
	}{
		{"all quiet is normal", quiet(), fire.Normal, nil},
		{"nothing known is unknown", says{}, fire.Unknown, nil},
		{"one detector not seen is unknown, not normal", with(quiet(), says{"s1": {}}), fire.Unknown, nil},
		{"one panel contact not seen is unknown, not normal", with(quiet(), says{"trb": {}}), fire.Unknown, nil},
		{"a state that we have no word for is unknown", with(quiet(), says{"s2": state("initialising")}), fire.Unknown, nil},
		{"a contact whose state has no name is unknown", with(quiet(), says{"s1": {Known: true}}), fire.Unknown, nil},
		{"an alarm shows although nothing else is known", says{"s1": active}, fire.Alarm, nil},
		{"the panel's alarm without a detector of ours", with(quiet(), says{"panel": active}), fire.Alarm, nil},
		{"pre-alarm of one detector", with(quiet(), says{"s1-pre": active}), fire.PreAlarm, nil},
		{"pre-alarm and alarm of one detector", with(quiet(), says{"s1-pre": active, "s1": active}), fire.Alarm, nil},
		{"trouble beside supervisory", with(quiet(), says{"sup": active, "trb": active}), fire.Supervisory, []fire.State{fire.Trouble}},
		{"a fault of a detector is trouble", with(quiet(), says{"s2": state("fault")}), fire.Trouble, nil},
		{"fire in a zone that is switched off and in test", with(quiet(), says{"s2": state("fire"), "dis": active, "tst": active}), fire.Alarm, []fire.State{fire.Disabled, fire.Test}},
		{"trouble is trouble while a detector is not seen", with(quiet(), says{"s1": {}, "trb": active}), fire.Trouble, nil},
		{"discharge beside the alarm", with(quiet(), says{"rel": active, "panel": active}), fire.Discharged, []fire.State{fire.Alarm}},
		{"aspirating detector at its first level", with(quiet(), says{"v1": value(0.0005)}), fire.PreAlarm, nil},
		{"aspirating detector at its second level", with(quiet(), says{"v1": value(0.0019)}), fire.PreAlarm, nil},
		{"aspirating detector at fire 1", with(quiet(), says{"v1": value(0.002)}), fire.Alarm, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := fire.Evaluate([]fire.ZoneModel{hall()}, tt.says.read, now).Zones[0]
			if z.State != tt.want || !slices.Equal(z.Also, tt.also) {
				t.Errorf("got state %d beside %v, want %d beside %v", z.State, z.Also, tt.want, tt.also)
			}
		})
	}
}

func TestPointsAreCounted(t *testing.T) {
	m := hall()
	m.Suppression = &fire.SuppressionModel{Cylinders: []fire.CylinderModel{{ID: "C", Pressure: "bar", Least: 1}}}
	z := fire.Evaluate([]fire.ZoneModel{m}, with(quiet(), says{"s1": {}}).read, now).Zones[0]
	if z.Seen != 9 || z.NotSeen != 2 {
		t.Errorf("seen %d, not seen %d; want 9 and 2 (the detector and the pressure)", z.Seen, z.NotSeen)
	}
	if empty := fire.Evaluate([]fire.ZoneModel{{ID: "Z-9"}}, quiet().read, now).Zones[0]; empty.State != fire.Unknown {
		t.Errorf("a zone without points: state %d, want unknown", empty.State)
	}
}

func TestDetectors(t *testing.T) {
	z := fire.Evaluate([]fire.ZoneModel{hall()}, with(quiet(), says{"v1": value(0.0012), "s2": {}}).read, now).Zones[0]
	if d := z.Detectors[2]; !d.HasLevel || d.Level != 0.0012 || d.Step != 2 || d.State != fire.PreAlarm {
		t.Errorf("aspirating detector: got %+v, want level 0.0012 at step 2, pre-alarm", d)
	}
	if d := z.Detectors[1]; d.State != fire.Unknown || d.HasLevel {
		t.Errorf("detector without a reading: got %+v, want unknown", d)
	}
	if d := z.Detectors[0]; d.State != fire.Normal {
		t.Errorf("quiet detector: got state %d, want normal", d.State)
	}
}

// Whatever isolations and tests stand and whatever else the points say, a fire
// alarm is shown as one.
func TestAnAlarmIsAlwaysAnAlarm(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 14))
	words := []string{"normal", "active", "fire", "fault", "test", "disabled", "pre_alarm", "nonsense"}
	for n := range 20_000 {
		m, s := hall(), says{}
		for range rng.IntN(4) {
			from := now.Add(time.Duration(rng.IntN(200)-100) * time.Minute)
			m.Isolations = append(m.Isolations, fire.IsolationModel{Permit: "W", From: from, Until: from.Add(time.Hour)})
		}
		for id := range quiet() {
			if rng.IntN(4) > 0 {
				s[id] = topology.Point{State: words[rng.IntN(len(words))], Value: rng.Float64() * 0.003, Known: rng.IntN(5) > 0}
			}
		}
		burning := []facility.PointID{"s1", "s2", "panel", "v1"}[rng.IntN(4)]
		s[burning] = map[facility.PointID]topology.Point{"s1": state("active"), "s2": state("fire"), "panel": state("active"), "v1": value(0.002)}[burning]
		z := fire.Evaluate([]fire.ZoneModel{m}, s.read, now).Zones[0]
		if z.State != fire.Alarm && !(z.State == fire.Discharged && slices.Contains(z.Also, fire.Alarm)) {
			t.Fatalf("case %d: %s says fire, the zone is %d beside %v; points %v", n, burning, z.State, z.Also, s)
		}
	}
}

// No zone is normal while a point of it is unknown.
func TestNormalNeedsEveryPoint(t *testing.T) {
	for id := range quiet() {
		s := quiet()
		delete(s, id)
		if z := fire.Evaluate([]fire.ZoneModel{hall()}, s.read, now).Zones[0]; z.State != fire.Unknown {
			t.Errorf("without %s: state %d, want unknown", id, z.State)
		}
	}
}

func TestIsolations(t *testing.T) {
	at := func(clock string) time.Time {
		v, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 11, 22, v.Hour(), v.Minute(), 0, 0, time.UTC)
	}
	permit := fire.IsolationModel{Permit: "W-1", From: at("12:00"), Until: at("13:00"), Every: 25 * time.Minute}
	closed := permit
	closed.Closed = at("12:50")
	late := permit
	late.Closed = at("13:30")
	second := fire.IsolationModel{Permit: "W-2", From: at("13:00"), Until: at("15:00")}
	tests := []struct {
		name     string
		permits  []fire.IsolationModel
		disabled bool
		now      string
		active   bool // of the first
		overdue  time.Duration
	}{
		{"before it begins", []fire.IsolationModel{permit}, false, "11:59", false, 0},
		{"from its first minute", []fire.IsolationModel{permit}, true, "12:00", true, 0},
		{"its end is no longer part of it", []fire.IsolationModel{permit}, false, "13:00", false, 0},
		{"past its end and not given back", []fire.IsolationModel{permit}, false, "13:14", false, 14 * time.Minute},
		{"given back early", []fire.IsolationModel{closed}, false, "12:55", false, 0},
		{"given back, but the zone is still switched off", []fire.IsolationModel{closed}, true, "13:10", false, 20 * time.Minute},
		{"given back late: overdue until then, not after", []fire.IsolationModel{late}, false, "13:40", false, 0},
		{"the next permit accounts for the zone being off", []fire.IsolationModel{closed, second}, true, "13:10", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, s := hall(), quiet()
			m.Isolations = tt.permits
			if tt.disabled {
				s["dis"] = state("active")
			}
			iso := fire.Evaluate([]fire.ZoneModel{m}, s.read, at(tt.now)).Zones[0].Isolations[0]
			if iso.Active != tt.active || iso.Overdue != tt.overdue {
				t.Errorf("at %s: active %v, overdue %v; want %v, %v", tt.now, iso.Active, iso.Overdue, tt.active, tt.overdue)
			}
		})
	}
	m := hall()
	m.Isolations = []fire.IsolationModel{permit}
	if r := fire.Evaluate([]fire.ZoneModel{m}, quiet().read, at("12:30")).Zones[0].Isolations[0].Round; !r.Equal(at("12:50")) {
		t.Errorf("next round after 12:30: got %v, want 12:50", r)
	}
}

// A fire that nobody sees any more is a fire until it is seen to be over; what was
// less than that is not known any more.
func TestAFireThatIsNotSeenStays(t *testing.T) {
	was := func(p topology.Point) topology.Point {
		p.Known, p.Was = false, true
		return p
	}
	for id, p := range map[facility.PointID]topology.Point{"s1": state("active"), "s2": state("fire"), "panel": state("active"), "v1": value(0.0021), "rel": state("active")} {
		s := says{} // the hub is silent, and said so last
		for q, quiet := range quiet() {
			s[q] = was(quiet)
		}
		s[id] = was(p)
		want := fire.Alarm
		if id == "rel" {
			want = fire.Discharged
		}
		z := fire.Evaluate([]fire.ZoneModel{hall()}, s.read, now).Zones[0]
		if z.State != want || z.Seen != 0 || z.NotSeen == 0 {
			t.Errorf("%s said fire last: state %d, %d seen, %d not; want %d and none seen", id, z.State, z.Seen, z.NotSeen, want)
		}
		if n := fire.Evaluate([]fire.ZoneModel{hall()}, s.read, now).Count(); n[want] != 1 || n[fire.Unknown] != 1 {
			t.Errorf("%s said fire last: counted as %v, want in fire and not seen", id, n)
		}
		s[id] = quiet()[id]
		if z := fire.Evaluate([]fire.ZoneModel{hall()}, s.read, now).Zones[0]; z.State != fire.Unknown {
			t.Errorf("%s is seen to be over and the rest is not seen: state %d, want unknown", id, z.State)
		}
	}
	for _, less := range []says{{"s1-pre": was(state("active"))}, {"v1": was(value(0.0011))}, {"sup": was(state("active"))}, {"dis": was(state("active"))}} {
		if z := fire.Evaluate([]fire.ZoneModel{hall()}, less.read, now).Zones[0]; z.State != fire.Unknown {
			t.Errorf("%v: state %d, want unknown", less, z.State)
		}
	}
}
