package snmp

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// TestBuiltinProfilesDoNotOverlap looks at the plan of every imagined device and
// demands that no object is read twice with the same meaning: two profiles that
// fit one device would show, and watch, one sensor as two.
func TestBuiltinProfilesDoNotOverlap(t *testing.T) {
	lib := builtin(t)
	for _, p := range lib.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			a := startAgent(t, readWalk(t, filepath.Join(testdata, p.Name+".walk"))...)
			d := newDevice(New(lib, clock.System(), nil, slog.New(slog.DiscardHandler), Options{}), a.target("d"), nil)
			defer d.hangUp()
			if err := d.learn(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			for _, s := range overlaps(d.plan, owners(lib, d.identity.Profiles)) {
				t.Errorf("%s (profiles %v)", s, d.identity.Profiles)
			}
		})
	}
}

// owners tells which profile each quantity stands in.
func owners(lib *profile.Library, names []string) map[*profile.Quantity]string {
	out := map[*profile.Quantity]string{}
	for _, name := range names {
		p, _ := lib.Get(name)
		for i := range p.Points {
			out[&p.Points[i]] = name
		}
		for i := range p.Tables {
			for j := range p.Tables[i].Columns {
				out[&p.Tables[i].Columns[j]] = name
			}
		}
	}
	return out
}

// overlaps tells of each pair of points that take the same from the same object:
// a metric twice, or one quantity by two profiles' names. A profile may well say
// that an object means two things, as a probe's fault and its alarm.
func overlaps(p *plan, owner map[*profile.Quantity]string) []string {
	var out []string
	read := map[string][]int{}
	for i := range p.items {
		a, oid := p.items[i].q, p.points[i].OID
		if a.Aggregate != "" {
			continue
		}
		for _, j := range read[oid] {
			if b := p.items[j].q; sameReading(a, b) && (a.Metric.Name == b.Metric.Name || owner[a] != owner[b]) {
				out = append(out, fmt.Sprintf("%s is read as %s and as %s", oid, p.points[j].ID, p.points[i].ID))
			}
		}
		read[oid] = append(read[oid], i)
	}
	return out
}

func TestOverlapsAreFound(t *testing.T) {
	watts, load := facility.Metric{Name: "sensor_power_watts"}, facility.Metric{Name: "sensor_load_ratio"}
	quantities := []*profile.Quantity{
		{Metric: watts, OID: "1.1"}, {Metric: watts, OID: "1.1"}, // twice in one
		{Metric: watts, OID: "1.2"}, {Metric: load, OID: "1.2"}, // two meanings in one
		{Metric: watts, OID: "1.3"}, {Metric: load, OID: "1.3"}, // by two
		{Metric: watts, OID: "1.4", Pick: &profile.Pick{N: 1}}, {Metric: watts, OID: "1.4", Pick: &profile.Pick{N: 2}},
		{Metric: watts, OID: "1.5", Aggregate: "sum"}, {Metric: watts, OID: "1.5"},
	}
	p, owner := &plan{}, map[*profile.Quantity]string{}
	for _, q := range quantities {
		p.items = append(p.items, item{q: q})
		p.points = append(p.points, facility.Point{OID: q.OID})
		owner[q] = "own"
	}
	owner[quantities[5]] = "other"
	got := overlaps(p, owner)
	if len(got) != 2 || !strings.HasPrefix(got[0], "1.1 ") || !strings.HasPrefix(got[1], "1.3 ") {
		t.Errorf("found %q, want 1.1 and 1.3", got)
	}
}

// What a maker's profile reads of an object no standard's reads again, unless
// it takes something else from it.
func TestGenericProfilesReadNothingAgain(t *testing.T) {
	amperes := func(name string) facility.Metric { return facility.Metric{Name: name, Unit: facility.UnitAmperes} }
	state := func(name string) facility.Metric { return facility.Metric{Name: name, Unit: facility.UnitState} }
	tests := []struct {
		name     string
		own, and profile.Quantity
		want     bool
	}{
		{"a current by another name", profile.Quantity{Metric: amperes("optical_bias_current_amperes")}, profile.Quantity{Metric: amperes("sensor_current_amperes")}, true},
		{"a state with another meaning", profile.Quantity{Metric: state("component_state")}, profile.Quantity{Metric: state("ups_output_source")}, false},
		{"a state with other labels", profile.Quantity{Metric: state("component_state")}, profile.Quantity{Metric: state("component_state")}, true},
		{"another unit", profile.Quantity{Metric: amperes("sensor_current_amperes")}, profile.Quantity{Metric: state("current_state")}, false},
		{"another bit", profile.Quantity{Metric: state("component_state"), Pick: &profile.Pick{N: 1}}, profile.Quantity{Metric: state("component_state")}, false},
		{"a sum over the rows", profile.Quantity{Metric: amperes("sensor_current_amperes")}, profile.Quantity{Metric: amperes("sensor_current_amperes"), Aggregate: "sum"}, false},
	}
	for _, tt := range tests {
		if got := again(&tt.own, &tt.and); got != tt.want {
			t.Errorf("%s: again %v, want %v", tt.name, got, tt.want)
		}
	}
	if again(nil, &profile.Quantity{}) {
		t.Error("what nobody reads is read again")
	}
}
