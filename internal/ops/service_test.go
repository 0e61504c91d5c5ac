package ops

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/records"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var (
	sato = duty.Person{ID: "sato", Roles: []duty.Role{duty.Operator}}
	mori = duty.Person{ID: "mori", Roles: []duty.Role{duty.ShiftLead}}
)

// A site is a service on a store in a temporary directory.
type site struct {
	*Service
	dir   string
	store *records.Store
	wakes chan struct{}
}

func start(t *testing.T, dir string) *site {
	t.Helper()
	return startWith(t, dir, Options{Clock: clock.System()})
}

// startWith fills in what tests have in common.
func startWith(t *testing.T, dir string, o Options) *site {
	t.Helper()
	store, err := records.Open(t.Context(), records.Options{
		Path: filepath.Join(dir, records.FileName), Node: "site-1", Clock: o.Clock, Log: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{dir: dir, store: store, wakes: make(chan struct{}, 20000)}
	o.Store, o.Log, o.Registerer = store, quiet(), prometheus.NewRegistry()
	o.Wake = func() {
		select {
		case s.wakes <- struct{}{}:
		default:
		}
	}
	if s.Service, err = New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return s
}

// notices are all notices of an alarm, or of all, the oldest first.
func (s *site) notices(t *testing.T, id string) []duty.Notice {
	t.Helper()
	list, err := s.store.Notices(t.Context(), id, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// outside is a second connection to the store's file, for doing it harm.
func (s *site) outside(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, records.FileName)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// fail makes every write of the store fail until the returned function is called.
func (s *site) fail(t *testing.T) (mend func()) {
	t.Helper()
	db := s.outside(t)
	exec := func(q string) {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk does not answer'); END`)
	return func() { exec(`DROP TRIGGER broken`) }
}

var (
	onBattery = &alarm.Rule{ID: "UPS-ON-BATTERY", Revision: 3, Class: alarm.Redundancy, Severity: alarm.Major, TimeToRespond: 5 * time.Minute}
	smoke     = &alarm.Rule{ID: "SMOKE", Revision: 1, Class: alarm.LifeSafety, Severity: alarm.Severe, FireAlarm: true, Latching: true}
)

func change(r *alarm.Rule, device string, active bool, minute int) alarm.Change {
	return alarm.Change{
		Rule: r, Device: facility.DeviceID(device), Active: active, At: noon.Add(time.Duration(minute) * time.Minute),
		Level: "battery", Value: 5, HasValue: true, Name: facility.Text{En: r.ID},
	}
}

func (s *site) on(t *testing.T, r *alarm.Rule, device string) string {
	t.Helper()
	s.Commit(t.Context(), []alarm.Change{change(r, device, true, 0)})
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.book.Find(r.ID, facility.DeviceID(device), "")
	if !ok {
		t.Fatalf("%s of %s does not stand", r.ID, device)
	}
	return o.ID
}

func (s *site) verify(t *testing.T) records.Report {
	t.Helper()
	r, err := records.Verify(t.Context(), s.dir, records.VerifyOptions{})
	if err != nil || !r.OK() {
		t.Fatalf("Verify: %+v, %v", r, err)
	}
	return r
}

func (s *site) actions(t *testing.T) []string {
	t.Helper()
	list, err := s.store.Audit(t.Context(), 1, 10000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Actor.String()+" "+e.Action+" "+e.Object)
	}
	return out
}

func code(err error) duty.Code {
	var r *duty.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return duty.Code("error: " + err.Error())
	}
	return ""
}

func why(err error) duty.Why {
	var r *duty.Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}

func TestAnAlarmFromRaiseToNormal(t *testing.T) {
	s := start(t, t.TempDir())
	id := s.on(t, onBattery, "ups-a1")
	if id != "ALM-000001" {
		t.Errorf("first alarm is %s", id)
	}
	o, err := s.Acknowledge(t.Context(), sato, id, 1, "  見に\x1b[31m行く ")
	if err != nil || o.State() != alarm.Acked || o.AckedBy != "sato" || o.Comment != "見に行く" || o.Revision != 2 {
		t.Fatalf("Acknowledge: %+v, %v", o, err)
	}
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", false, 9)})
	if got := s.Standing(); len(got) != 0 {
		t.Errorf("standing after the return: %v", got)
	}
	events, err := s.store.Events(t.Context(), id)
	if err != nil || len(events) != 3 || !events[2].At.Equal(noon.Add(9*time.Minute)) {
		t.Errorf("kept events: %v, %v", events, err)
	}
	want := []string{"rule:UPS-ON-BATTERY alarm.raise ALM-000001", "person:sato alarm.acknowledge ALM-000001", "rule:UPS-ON-BATTERY alarm.return ALM-000001"}
	if got := s.actions(t); !slices.Equal(got, want) {
		t.Errorf("audit %q, want %q", got, want)
	}
	if len(s.wakes) != 3 {
		t.Errorf("%d wake-ups, want 3", len(s.wakes))
	}
	s.verify(t)
}

func TestAFireAlarmLatches(t *testing.T) {
	s := start(t, t.TempDir())
	id := s.on(t, smoke, "hub-1")
	s.Commit(t.Context(), []alarm.Change{change(smoke, "hub-1", false, 3)})
	if o, _ := s.Alarm(id); o.State() != alarm.LatUn {
		t.Fatalf("state %s after the return, want LATUN", o.State())
	}
	if _, err := s.Reset(t.Context(), mori, id, 0, "panel reset"); code(err) != duty.WrongState {
		t.Errorf("reset before the acknowledgement: %v, want wrong_state", err)
	}
	if _, err := s.Acknowledge(t.Context(), mori, id, 0, "fire brigade was here"); err != nil {
		t.Fatal(err)
	}
	o, err := s.Reset(t.Context(), mori, id, 3, "panel reset")
	if err != nil || o.State() != alarm.Norm {
		t.Errorf("Reset: %s, %v; want NORM", o.State(), err)
	}
}

func TestTheBookSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	a, b := s.on(t, onBattery, "ups-a1"), s.on(t, onBattery, "ups-a2")
	if _, err := s.Acknowledge(t.Context(), sato, b, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetLanguage(t.Context(), sato, "ja"); err != nil {
		t.Fatal(err)
	}
	want := s.Standing()
	s.store.Close() // as a kill would leave it: no orderly stop

	s = start(t, dir)
	if got := s.Standing(); !slices.Equal(got, want) || len(got) != 2 || got[0].ID != a {
		t.Errorf("standing after the restart %+v, want %+v", got, want)
	}
	if got := s.Language(sato); got != "ja" {
		t.Errorf("language %q, want ja", got)
	}
	if got := s.Language(duty.Person{ID: "ito", Language: "en"}); got != "en" {
		t.Errorf("language of somebody who never chose: %q, want that of people.yaml", got)
	}
	if id := s.on(t, onBattery, "ups-b1"); id <= b {
		t.Errorf("number %s was given out before", id)
	}
}

func TestAnOrderlyStopLeavesNoGapInTheNumbers(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	s.on(t, onBattery, "ups-a1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if id := s.on(t, onBattery, "ups-a2"); id != "ALM-000002" { // somebody who has not noticed the end yet
		t.Errorf("after Run ended: %s", id)
	}
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	s.store.Close()
	s = start(t, dir)
	if id := s.on(t, onBattery, "ups-a3"); id != "ALM-000003" {
		t.Errorf("after the restart: %s, want ALM-000003", id)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := start(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	var work sync.WaitGroup
	var acks, tooLate int
	var mu sync.Mutex // protects acks and tooLate
	for w := range 4 {
		work.Go(func() {
			for i := range 50 {
				s.Commit(ctx, []alarm.Change{change(onBattery, fmt.Sprint("ups-", i%5), (i+w)%2 == 0, i)})
			}
		})
		work.Go(func() {
			for range 30 {
				for _, o := range s.Standing() {
					_, err := s.Acknowledge(ctx, sato, o.ID, o.Revision, "seen")
					mu.Lock()
					switch c := code(err); c {
					case "":
						acks++
					case duty.Outdated, duty.WrongState:
						tooLate++
					default:
						t.Errorf("Acknowledge: %v", err)
					}
					mu.Unlock()
				}
			}
		})
	}
	work.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	want := s.Standing()
	r := s.verify(t)
	t.Logf("%d events, %d acknowledged, %d too late", r.Events, acks, tooLate)
	s.store.Close()
	if got := start(t, s.dir).Standing(); !slices.Equal(got, want) {
		t.Errorf("standing after a restart %v, want %v", got, want)
	}
}

func TestSessionsAreNoted(t *testing.T) {
	s := start(t, t.TempDir())
	id, err := s.Login(t.Context(), mori, "SHA256:abc", "192.0.2.7:4711\x1b[2J")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Sessions(); len(got) != 1 || got[0].Person != "mori" || got[0].Addr != "192.0.2.7:4711" {
		t.Errorf("Sessions = %+v", got)
	}
	s.Logout(t.Context(), id, "quit")
	s.Logout(t.Context(), id, "twice")
	s.Record(t.Context(), "nezuban", "config.reload", "", map[string]int{"devices": 60})
	want := []string{"person:mori session.login " + id, "person:mori session.logout " + id, "system:nezuban config.reload "}
	if got := s.actions(t); !slices.Equal(got, want) {
		t.Errorf("audit %q, want %q", got, want)
	}
	if len(s.Sessions()) != 0 {
		t.Error("the session is still open")
	}
}
