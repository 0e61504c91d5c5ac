package profile

import "testing"

func TestBuiltinLoads(t *testing.T) {
	l, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Names()) < 11 {
		t.Fatalf("builtin profiles: %v", l.Names())
	}
	for _, p := range l.All() {
		if len(p.Match) == 0 {
			t.Errorf("%s: no match, so it would never be found", p.Name)
		}
	}
}
