package records

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
)

func TestTrapsAreKeptAndBounded(t *testing.T) {
	s := open(t, t.TempDir())
	base := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	trap := func(device string, i int) facility.Trap {
		return facility.Trap{At: base.Add(time.Duration(i) * time.Second), Device: facility.DeviceID(device), Source: "192.0.2.1", Version: "v2c", OID: fmt.Sprintf("1.3.6.1.4.1.%d", i),
			Varbinds: []facility.Varbind{{OID: "1.3.6.1.2.1.1.5.0", Type: "OCTET STRING", Value: "x"}}}
	}
	var flood []facility.Trap
	for i := range maxTrapsOfDevice + 50 {
		flood = append(flood, trap("loud", i))
	}
	seq, sum, err := s.AuditHead(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]facility.Trap{{trap("quiet", 1)}, flood, {trap("quiet", 2)}} {
		if err := s.KeepTraps(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	loud, err := s.Traps(t.Context(), "loud", 1000)
	if err != nil || len(loud) != maxTrapsOfDevice || loud[0].OID != flood[len(flood)-1].OID || len(loud[0].Varbinds) != 1 || !loud[0].At.Equal(flood[len(flood)-1].At) {
		t.Fatalf("%d traps of the loud device, newest %+v, %v", len(loud), loud[0], err)
	}
	if quiet, err := s.Traps(t.Context(), "quiet", 1000); err != nil || len(quiet) != 2 {
		t.Errorf("%d traps of the quiet device, %v: a flood pushed them out", len(quiet), err)
	}
	if all, err := s.Traps(t.Context(), "", 3); err != nil || len(all) != 3 || all[0].Device != "quiet" {
		t.Errorf("newest of all: %+v, %v", all, err)
	}
	if q, m, err := s.AuditHead(t.Context()); q != seq || m != sum || err != nil {
		t.Errorf("the audit chain moved from %d to %d: anybody could make it grow", seq, q)
	}
}

func TestTrapsLeaveTheReserveAlone(t *testing.T) {
	dir := tmpfs(t, "32m")
	s := openWithReserve(t, dir, 8<<20)
	fill(t, dir)
	big := facility.Trap{Device: "ups-a1", Source: "192.0.2.1", Version: "v2c", OID: strings.Repeat("x", 4000)}
	var err error
	for range 5000 {
		if err = s.KeepTraps(t.Context(), []facility.Trap{big}); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrNoSpace) {
		t.Fatalf("traps on a full disk: %v, want ErrNoSpace", err)
	}
	if got := s.reserve.size(); got != 8<<20 {
		t.Errorf("the reserve has %d bytes left of 8 MiB: it is for alarms and audit", got)
	}
	if state, detail := s.Status(); state != StateOK {
		t.Errorf("state %s, %q: alarms can still be written", state, detail)
	}
	if err := note4K(s); err != nil {
		t.Errorf("an audit entry after traps found no room: %v", err)
	}
}
