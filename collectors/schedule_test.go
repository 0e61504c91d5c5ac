package collectors

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
)

func TestNextDue(t *testing.T) {
	const interval = 10 * time.Second
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	phases := map[time.Duration]int{}
	for i := range 200 {
		id := facility.DeviceID(fmt.Sprintf("dev-%d", i))
		due := NextDue(at, id, interval)
		if !due.After(at) || due.Sub(at) > interval {
			t.Fatalf("%s: due %v after now, want within (0, %v]", id, due.Sub(at), interval)
		}
		if next := NextDue(due, id, interval); next.Sub(due) != interval {
			t.Fatalf("%s: %v between two dues, want %v", id, next.Sub(due), interval)
		}
		if again := NextDue(at.Add(24*time.Hour), id, interval); again.Sub(due)%interval != 0 {
			t.Fatalf("%s: the phase moved over a day", id)
		}
		phases[due.Sub(at).Truncate(time.Second)]++
	}
	for s, n := range phases {
		if n > 60 {
			t.Errorf("%d of 200 devices are due in second %v: phases are not spread", n, s)
		}
	}
}

func TestIntervals(t *testing.T) {
	own := Intervals{Fast: 2 * time.Second}
	for class, want := range map[facility.Class]time.Duration{facility.Fast: 2 * time.Second, facility.Normal: 30 * time.Second, facility.Slow: time.Hour} {
		if got := own.Of(class); got != want {
			t.Errorf("%v: %v, want %v", class, got, want)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	const secret = "correct horse"
	access := SNMPAccess{Community: secret, AuthPass: secret, PrivPass: secret}
	b, err := json.Marshal(access)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "access", access, "pass", access.AuthPass)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "access", access, "pass", access.AuthPass)
	for _, s := range []string{string(b), log.String(), fmt.Sprint(access), fmt.Sprintf("%v %+v %#v %s %q", access, access, access, access.AuthPass, access.AuthPass)} {
		if strings.Contains(s, secret) {
			t.Errorf("a secret prints: %s", s)
		}
	}
	if access.AuthPass.Reveal() != secret {
		t.Error("Reveal does not give the secret")
	}
}
