package live_test

import (
	"slices"
	"testing"

	"nezuban/internal/facility"
	"nezuban/internal/live"
)

func TestSharesEngineID(t *testing.T) {
	view := func(id, engine string) *live.DeviceView {
		return &live.DeviceView{Device: facility.Device{ID: facility.DeviceID(id)}, Identity: facility.Identity{EngineID: engine}}
	}
	all := []*live.DeviceView{view("a", "80aa"), view("b", "80aa"), view("c", "80bb"), view("d", ""), view("e", "")}
	for i, want := range [][]facility.DeviceID{{"b"}, {"a"}, nil, nil, nil} {
		if got := live.SharesEngineID(all, all[i]); !slices.Equal(got, want) {
			t.Errorf("%s shares with %v, want %v", all[i].Device.ID, got, want)
		}
	}
}
