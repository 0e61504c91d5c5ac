package snmp

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

func TestSensorBindingsNameWhatIsThere(t *testing.T) {
	a := startAgent(t, readWalk(t, filepath.Join(testdata, "akcp-sensorprobe.walk"))...)
	target := a.target("d")
	target.Bindings = []collectors.Binding{
		{Input: "0", Kind: "sensor", Name: "inlet R01", Labels: map[string]string{"group": "rack-inlet", "sensor": "mine"}},
		{Input: "40", Kind: "sensor", Name: "inlet R40"},
		{Input: "1", Kind: "sensor", Metric: "door_state"},
	}
	got, err := Probe(t.Context(), builtin(t), target)
	if err != nil {
		t.Fatal(err)
	}
	names := map[facility.PointID]string{}
	for _, p := range got.Points {
		names[p.ID] = p.Name
	}
	for id, want := range map[facility.PointID]string{
		`d/temperature_celsius{group="rack-inlet",sensor="0"}`: "inlet R01",
		`d/temperature_celsius{sensor="40"}`:                   "inlet R40",
		`d/temperature_celsius{sensor="1"}`:                    "",
	} {
		if name, ok := names[id]; !ok || name != want {
			t.Errorf("%s: there %v, name %q, want %q", id, ok, name, want)
		}
	}
	for _, want := range []string{"label sensor is the device's own", "sensor 40: the device has no such sensor", "sensor 1: no profile of this device has sensors of door_state"} {
		if !slices.ContainsFunc(got.Problems, func(p string) bool { return strings.Contains(p, want) }) {
			t.Errorf("problems %q do not say %q", got.Problems, want)
		}
	}
}
