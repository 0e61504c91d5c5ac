package topology

import "testing"

func TestSideImbalance(t *testing.T) {
	for _, tt := range []struct {
		name  string
		sides []Side
		want  float64
		known bool
	}{
		{"even", []Side{{Watts: 50, HasWatts: true}, {Watts: 50, HasWatts: true}}, 0, true},
		{"three to one", []Side{{Watts: 75, HasWatts: true}, {Watts: 25, HasWatts: true}}, 1, true},
		{"all on one", []Side{{Watts: 0, HasWatts: true}, {Watts: 80, HasWatts: true}}, 2, true},
		{"one is not known", []Side{{Watts: 50, HasWatts: true}, {Watts: 50}}, 0, false},
		{"nothing is drawn", []Side{{HasWatts: true}, {HasWatts: true}}, 0, false},
		{"one side", []Side{{Watts: 50, HasWatts: true}}, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, known := (&Result{Sides: tt.sides}).SideImbalance(); got != tt.want || known != tt.known {
				t.Errorf("%v, %v; want %v, %v", got, known, tt.want, tt.known)
			}
		})
	}
}
