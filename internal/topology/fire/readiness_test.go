package fire_test

import (
	"slices"
	"testing"

	"nezuban/internal/topology/fire"
)

func TestReadiness(t *testing.T) {
	suppression := fire.SuppressionModel{
		Cylinders: []fire.CylinderModel{{ID: "C-1", Pressure: "main", Least: 3.8e6}, {ID: "C-2", Pressure: "reserve", Reserve: true, Least: 3.8e6}},
		Automatic: pointer(contact("auto")), Isolated: pointer(contact("valve")),
	}
	one := suppression
	one.Cylinders = suppression.Cylinders[:1]
	unwatched := one
	unwatched.Automatic, unwatched.Isolated = nil, nil
	plain := unwatched
	plain.NoKey, plain.NoValve = true, true
	unrated := plain
	unrated.Cylinders = []fire.CylinderModel{{ID: "C-1", Pressure: "main"}}
	full := with(quiet(), says{"main": value(4.2e6), "reserve": value(4.2e6), "auto": state("active"), "valve": state("normal")})
	low, manual, isolated := says{"main": value(3.79e6)}, says{"auto": state("normal")}, says{"valve": state("active")}
	tests := []struct {
		name string
		m    fire.SuppressionModel
		says says
		want fire.Ready
		why  []string
	}{
		{"all well", suppression, full, fire.ReadyAutomatic, nil},
		{"nothing known", suppression, quiet(), fire.ReadyUnknown, []string{"unknown", "reserve_unknown"}},
		{"the pressure is not known", one, with(full, says{"main": {}}), fire.ReadyUnknown, []string{"unknown"}},
		{"the pressure is just enough", one, with(full, says{"main": value(3.8e6)}), fire.ReadyAutomatic, nil},
		{"the pressure is low", one, with(full, low), fire.NotReady, []string{"pressure_low"}},
		{"main low, reserve full: somebody must switch over", suppression, with(full, low), fire.ManualOnly, []string{"pressure_low", "on_reserve"}},
		{"main low, reserve not known", suppression, with(full, low, says{"reserve": {}}), fire.NotReady, []string{"pressure_low", "reserve_unknown"}},
		{"reserve low, main full", suppression, with(full, says{"reserve": value(3e6)}), fire.ReadyAutomatic, []string{"reserve_low"}},
		{"the key stands on manual", one, with(full, manual), fire.ManualOnly, []string{"manual"}},
		{"the key is not known", one, with(full, says{"auto": {}}), fire.ReadyUnknown, []string{"unknown"}},
		{"manual, and the pressure not known: nobody knows", one, with(full, manual, says{"main": {}}), fire.ReadyUnknown, []string{"unknown", "manual"}},
		{"isolated", one, with(full, isolated), fire.NotReady, []string{"isolated"}},
		{"isolated is certain although the pressure is not known", one, with(full, isolated, says{"main": {}}), fire.NotReady, []string{"isolated", "unknown"}},
		{"the valve is not known", one, with(full, says{"valve": {}}), fire.ReadyUnknown, []string{"unknown"}},
		{"the zone is switched off at the panel", one, with(full, says{"dis": state("active")}), fire.ManualOnly, []string{"disabled"}},
		{"the agent was released", one, with(full, says{"rel": state("active")}), fire.NotReady, []string{"discharged"}},
		{"no key and no valve exist", plain, full, fire.ReadyAutomatic, nil},
		{"key and valve exist, nobody watches them", unwatched, full, fire.ReadyUnknown, []string{"unknown"}},
		{"nobody said which pressure is enough", unrated, full, fire.ReadyUnknown, []string{"unknown"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := hall()
			m.Suppression = &tt.m
			z := fire.Evaluate([]fire.ZoneModel{m}, tt.says.read, now).Zones[0]
			if z.Ready != tt.want || !slices.Equal(z.Why, tt.why) {
				t.Errorf("got %d %v, want %d %v", z.Ready, z.Why, tt.want, tt.why)
			}
		})
	}
}
