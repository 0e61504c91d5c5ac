package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/ops"
)

// stopping keeps what it was asked.
type stopping struct {
	Suppressing
	by  duty.Person
	got ops.StopRequest
	id  string
}

func (s *stopping) StopPolling(_ context.Context, p duty.Person, r ops.StopRequest) (alarm.Suppression, error) {
	s.by, s.got = p, r
	return alarm.Suppression{ID: "SUP-000001", Type: alarm.PollingStop, State: alarm.InForce, Scope: alarm.Scope{Device: r.Device}}, nil
}

func (s *stopping) ResumePolling(_ context.Context, p duty.Person, id string, _ int, _ string) (alarm.Suppression, error) {
	s.by, s.id = p, id
	return alarm.Suppression{ID: id, Type: alarm.PollingStop, State: alarm.Over}, nil
}

func TestPollingIsStoppedAndResumedOverTheSocket(t *testing.T) {
	s := &stopping{}
	c, _ := serve(t, &fakeOps{Suppressing: s}, "mori")
	x, err := c.Suppress(t.Context(), NewSuppression{Type: "polling_stop", Device: "ups-a1", ForSeconds: 7200, Reason: "firmware"})
	if err != nil || x.Type != "polling_stop" || x.Device != "ups-a1" {
		t.Fatalf("%+v, %v", x, err)
	}
	if want := (ops.StopRequest{Device: "ups-a1", For: 2 * time.Hour, Reason: "firmware"}); s.got != want || s.by.ID != "mori" {
		t.Errorf("asked %+v by %q, want %+v by mori", s.got, s.by.ID, want)
	}
	if _, err := c.ChangeSuppression(t.Context(), "SUP-000001", "resume-polling", Command{Comment: "done"}); err != nil || s.id != "SUP-000001" {
		t.Errorf("resumed %q, %v", s.id, err)
	}
	s.got = ops.StopRequest{}
	for name, n := range map[string]NewSuppression{
		"an alarm":              {Type: "polling_stop", Device: "ups-a1", Alarm: "ALM-000001", ForSeconds: 60, Reason: "x"},
		"a filter":              {Type: "polling_stop", Device: "ups-a1", Filter: "kind=ups", ForSeconds: 60, Reason: "x"},
		"the time is no length": {Type: "polling_stop", Device: "ups-a1", ForSeconds: 1 << 60, Reason: "x"},
		"a shelved device":      {Type: "shelve", Device: "ups-a1", ForSeconds: 60, Reason: "x"},
		"no such type":          {Type: "silence", ForSeconds: 60, Reason: "x"},
	} {
		if _, err := c.Suppress(t.Context(), n); err == nil || s.got.Device != "" {
			t.Errorf("%s: %v, asked %+v", name, err, s.got)
		}
	}
}

func TestAStoppedDeviceSaysSo(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	d := &live.DeviceView{Device: facility.Device{ID: "ups-a1"}, Health: facility.Health{Rounds: 9, LastAnswer: now}}
	form := func() string {
		raw, err := json.Marshal(DeviceOf(d, now, false))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if got := form(); !strings.Contains(got, `"polling_stop":null`) || !strings.Contains(got, `"reach":"up"`) {
		t.Errorf("polled: %s", got)
	}
	d.Stop = &alarm.Suppression{ID: "SUP-000001", By: "mori", Approver: "sato", Reason: "firmware", Since: now, Until: now.Add(time.Hour)}
	want := `"polling_stop":{"id":"SUP-000001","by":"mori","approver":"sato","reason":"firmware","since":"2026-11-22T03:00:00Z","until":"2026-11-22T04:00:00Z"}`
	if got := form(); !strings.Contains(got, want) || !strings.Contains(got, `"reach":"stopped"`) {
		t.Errorf("stopped: %s", got)
	}
	st := StatusOf(&live.Snapshot{Devices: []*live.DeviceView{d}}, nil, now, Console{})
	if st.Devices != (DeviceCounts{Total: 1, Stopped: 1}) {
		t.Errorf("status counts %+v", st.Devices)
	}
}
