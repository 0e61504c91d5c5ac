package facility_test

import (
	"testing"

	"nezuban/internal/facility"
)

func TestModelMetricsStandInTheCatalogue(t *testing.T) {
	for _, model := range []facility.DeviceID{facility.PowerModel, facility.FireModel, facility.CoolingModel} {
		d, ok := facility.ModelDevice(model, "en")
		if !ok || d.ID != model || d.Engine != "model" || d.Category == "" {
			t.Errorf("device of %s: got %+v, %v", model, d, ok)
		}
		list := facility.ModelMetrics(model)
		if len(list) == 0 {
			t.Errorf("%s has no metrics", model)
		}
		for _, name := range list {
			m, known := facility.LookupMetric(name)
			if !known {
				t.Errorf("%s: %s is not in the catalogue", model, name)
			}
			if states := facility.ModelStates(name); (m.Unit == facility.UnitState) != (states != nil) {
				t.Errorf("%s: unit %s with states %v", name, m.Unit, states)
			}
			if facility.ModelOf(name) != model {
				t.Errorf("model of %s: got %q, want %s", name, facility.ModelOf(name), model)
			}
		}
	}
	if m := facility.ModelOf("ups_output_source"); m != "" {
		t.Errorf("model of a device's metric: got %q", m)
	}
	if _, ok := facility.ModelDevice("ups-a1", "en"); ok {
		t.Error("an ordinary device is no model")
	}
}

// A load is judged by what it was designed with.
func TestRedundancyStatesFollowTheDesign(t *testing.T) {
	tests := []struct {
		design, state string
		want          facility.Severity
	}{
		{"2N", "two_n", facility.SeverityNormal}, {"2N", "n_plus_1", facility.SeverityWarning}, {"2N", "single_path", facility.SeverityWarning},
		{"N+1", "n_plus_1", facility.SeverityNormal}, {"N+1", "single_path", facility.SeverityWarning},
		{"N", "single_path", facility.SeverityNormal}, {"N", "n_plus_1", facility.SeverityNormal}, {"N", "at_risk", facility.SeverityCritical},
		{"", "n_plus_1", facility.SeverityWarning}, {"", "dead", facility.SeverityCritical}, {"2N", "unknown", facility.SeverityUnknown},
	}
	for _, tt := range tests {
		for _, s := range facility.RedundancyStates(tt.design) {
			if s.Name == tt.state && s.Severity != tt.want {
				t.Errorf("design %q, %s: got %v, want %v", tt.design, tt.state, s.Severity, tt.want)
			}
		}
	}
}
