package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
)

// fakeOps answers with what it was asked.
type fakeOps struct {
	Suppressing // what a test does not ask for
	standing    []alarm.Occurrence
	by          duty.Person
	comment     string
	err         error
}

func (f *fakeOps) Acknowledge(_ context.Context, p duty.Person, id string, _ int, comment string) (alarm.Occurrence, error) {
	f.by, f.comment = p, comment
	return alarm.Occurrence{ID: id, Revision: 2, IsAcked: true, Active: true}, f.err
}

func (f *fakeOps) Reset(ctx context.Context, p duty.Person, id string, rev int, comment string) (alarm.Occurrence, error) {
	return f.Acknowledge(ctx, p, id, rev, comment)
}

func (f *fakeOps) Standing() []alarm.Occurrence { return f.standing }

type fakeJournal struct{}

func (fakeJournal) Events(context.Context, string) ([]alarm.Event, error) { return nil, nil }
func (fakeJournal) Occurrences(context.Context, int) ([]alarm.Occurrence, error) {
	return nil, nil
}

type fakeTrends struct{}

func (fakeTrends) Trend(context.Context, facility.Point, facility.Tick, facility.Tick, time.Duration) ([]facility.TrendPoint, error) {
	return nil, errors.New("history is down")
}

// serve starts a server of which the calling user is person, or nobody.
func serve(t *testing.T, ops *fakeOps, person string) (*Client, string) {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "nzapi") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	device := (&live.DeviceView{Device: facility.Device{ID: "ups-a1", Kind: "ups"}}).WithPoints(
		live.PointView{Point: &facility.Point{ID: "ups-a1/ups_battery_charge_ratio", Metric: "ups_battery_charge_ratio"}},
	)
	snapshot := &live.Snapshot{Devices: []*live.DeviceView{device}, Started: time.Unix(0, 0)}
	socket := filepath.Join(dir, "s.sock")
	s, err := Listen(Options{
		Socket: socket, Clock: clock.System(), Snapshot: func() *live.Snapshot { return snapshot }, Operations: ops,
		Journal: fakeJournal{}, Trends: fakeTrends{}, Console: func() Console { return Console{} }, Log: slog.New(slog.DiscardHandler),
		Person: func(name string) (duty.Person, bool) {
			return duty.Person{ID: person, UnixName: name}, person != "" && name == me.Username
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return NewClient(socket), socket
}

func TestTheKernelSaysWhoCalls(t *testing.T) {
	ops := &fakeOps{}
	c, _ := serve(t, ops, "sato")
	a, err := c.Acknowledge(t.Context(), "ALM-000001", Command{Comment: "seen"})
	if err != nil {
		t.Fatal(err)
	}
	if ops.by.ID != "sato" || ops.comment != "seen" || a.State != "ACKED" {
		t.Errorf("acknowledged by %q with %q, now %s; want sato, seen, ACKED", ops.by.ID, ops.comment, a.State)
	}
}

func TestAnUnmappedUserIsNobody(t *testing.T) {
	ops := &fakeOps{}
	c, _ := serve(t, ops, "")
	if _, err := c.Acknowledge(t.Context(), "ALM-000001", Command{}); err != nil {
		t.Fatal(err)
	}
	if ops.by.ID != duty.Nobody.ID || !ops.by.Has(duty.Viewer) || ops.by.Has(duty.Operator) {
		t.Errorf("the caller is %+v, want nobody with the viewer's role", ops.by)
	}
}

func TestRefusalsKeepTheirCode(t *testing.T) {
	for _, code := range []duty.Code{duty.NotAllowed, duty.NotFound, duty.Outdated, duty.WrongState, duty.Incomplete, duty.Unavailable, duty.Invalid} {
		c, _ := serve(t, &fakeOps{err: duty.Refuse(code, "because")}, "sato")
		_, err := c.Acknowledge(t.Context(), "ALM-000001", Command{})
		var r *duty.Refusal
		if !errors.As(err, &r) || r.Code != code || r.Detail != "because" {
			t.Errorf("refusal %s arrives as %v", code, err)
		}
	}
}

func TestBadRequestsAreRefusedWithAReason(t *testing.T) {
	c, socket := serve(t, &fakeOps{}, "sato")
	tests := []struct {
		name string
		ask  func() error
		want string
	}{
		{"unknown alarm", func() error { _, err := c.Alarm(t.Context(), "ALM-9"); return err }, "no alarm ALM-9"},
		{"unknown device", func() error { _, err := c.Device(t.Context(), "x"); return err }, "no device x"},
		{"bad filter", func() error { _, err := c.Alarms(t.Context(), "colour=red", false); return err }, `unknown key "colour"`},
		{"unknown point", func() error {
			_, err := c.Trend(t.Context(), "ups-a1/none", time.Minute, time.Second, time.Time{})
			return err
		}, "no point ups-a1/none"},
		{"too many steps", func() error {
			_, err := c.Trend(t.Context(), "ups-a1/ups_battery_charge_ratio", 1e5*time.Hour, time.Second, time.Time{})
			return err
		}, "at most 10000 steps"},
		{"history down", func() error {
			_, err := c.Trend(t.Context(), "ups-a1/ups_battery_charge_ratio", time.Minute, time.Second, time.Time{})
			return err
		}, "history is down"},
		{"garbage on the socket", func() error {
			conn, err := net.Dial("unix", socket)
			if err != nil {
				return err
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, "\x00\x01 nonsense\r\n\r\n"); err != nil {
				return err
			}
			b, _ := io.ReadAll(conn)
			return errors.New(string(b))
		}, "400 Bad Request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.ask(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestSocketMode(t *testing.T) {
	_, socket := serve(t, &fakeOps{}, "")
	info, err := os.Stat(socket)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != socketMode {
		t.Errorf("mode %o, want %o", got, socketMode)
	}
}

func TestASecondDaemonIsRefused(t *testing.T) {
	_, socket := serve(t, &fakeOps{}, "")
	if _, err := Listen(Options{Socket: socket, Operations: &fakeOps{}}); err == nil || !strings.Contains(err.Error(), "another daemon") {
		t.Errorf("got %v, want a refusal that names another daemon", err)
	}
}

func TestNoDaemon(t *testing.T) {
	_, err := NewClient(filepath.Join(t.TempDir(), "none.sock")).Status(t.Context())
	if !errors.Is(err, ErrNoDaemon) || !strings.Contains(err.Error(), "nezuban serve") {
		t.Errorf("got %v, want ErrNoDaemon with the next step", err)
	}
}

func TestAValueThatIsNotKnownIsNull(t *testing.T) {
	now := time.Unix(10_000, 0).UTC()
	p := &facility.Point{ID: "d/temperature_celsius", Metric: "temperature_celsius"}
	old := facility.TickOf(now.Add(-time.Hour))
	recent := facility.TickOf(now.Add(-time.Second))
	tests := []struct {
		name      string
		view      live.PointView
		value     bool
		freshness string
	}{
		{"never answered", live.PointView{Point: p, MaxAge: time.Minute}, false, "never"},
		{"stale keeps no value", live.PointView{Point: p, Value: 20, LastGood: old, LastTick: old, LastQuality: facility.Good, MaxAge: time.Minute}, false, "stale"},
		{"zero is a value", live.PointView{Point: p, LastGood: recent, LastTick: recent, LastQuality: facility.Good, MaxAge: time.Minute}, true, "fresh"},
		{"one missed poll keeps it", live.PointView{Point: p, Value: 20, LastGood: recent, LastTick: recent + 1, MaxAge: time.Minute}, true, "no_answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := readingOf(&tt.view, now)
			if (r.Value != nil) != tt.value || r.Freshness != tt.freshness {
				t.Errorf("value %v, freshness %s; want a value: %v, %s", r.Value, r.Freshness, tt.value, tt.freshness)
			}
		})
	}
}
