package ops

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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
	store, err := records.Open(t.Context(), records.Options{
		Path: filepath.Join(dir, records.FileName), Node: "site-1", Clock: clock.System(), Log: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{dir: dir, store: store, wakes: make(chan struct{}, 10000)}
	s.Service, err = New(t.Context(), Options{
		Store: store, Clock: clock.System(), Log: quiet(), Registerer: prometheus.NewRegistry(),
		Wake: func() { s.wakes <- struct{}{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return s
}

// outside is a second connection to the store's file, for doing it harm.
func (s *site) outside(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, records.FileName))
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

func TestCommandsAreRefusedWithACode(t *testing.T) {
	s := start(t, t.TempDir())
	standing, fire := s.on(t, onBattery, "ups-a1"), s.on(t, smoke, "hub-1")
	ended := s.on(t, onBattery, "ups-a2")
	if _, err := s.Acknowledge(t.Context(), sato, ended, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a2", false, 1)})
	before := s.actions(t)
	tests := []struct {
		name string
		do   func() (alarm.Occurrence, error)
		want duty.Code
	}{
		{"no such alarm", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, "ALM-999999", 0, "x") }, duty.NotFound},
		{"an empty id", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, "", 0, "x") }, duty.NotFound},
		{"no comment", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, standing, 0, " \t\x1b[0m") }, duty.Incomplete},
		{"a comment without end", func() (alarm.Occurrence, error) {
			return s.Acknowledge(t.Context(), sato, standing, 0, strings.Repeat("漏", 400))
		}, duty.Invalid},
		{"a negative revision", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, standing, -1, "x") }, duty.Invalid},
		{"a revision not there yet", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, standing, 2, "x") }, duty.Outdated},
		{"an old revision", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, ended, 1, "x") }, duty.Outdated},
		{"one that ended", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, ended, 0, "x") }, duty.WrongState},
		{"reset of one that does not latch", func() (alarm.Occurrence, error) { return s.Reset(t.Context(), mori, standing, 0, "x") }, duty.WrongState},
		{"reset of a fire alarm that still is", func() (alarm.Occurrence, error) { return s.Reset(t.Context(), mori, fire, 0, "x") }, duty.WrongState},
		{"reset by an operator", func() (alarm.Occurrence, error) { return s.Reset(t.Context(), sato, fire, 0, "x") }, duty.NotAllowed},
		{"nobody", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), duty.Nobody, standing, 0, "x") }, duty.NotAllowed},
		{"nobody, with a role", func() (alarm.Occurrence, error) {
			return s.Acknowledge(t.Context(), duty.Person{Roles: []duty.Role{duty.Operator}}, standing, 0, "x")
		}, duty.NotAllowed},
	}
	for _, tt := range tests {
		if _, err := tt.do(); code(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	if got := s.actions(t); !slices.Equal(got, before) {
		t.Errorf("refused commands left entries: %q", got[len(before):])
	}
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

// Every operation with every role, against the table in the package comment.
func TestWhoMayDoWhat(t *testing.T) {
	may := map[string][]duty.Role{
		"acknowledge":  {duty.Operator, duty.ShiftLead},
		"reset":        {duty.ShiftLead},
		"set language": {duty.Viewer, duty.Operator, duty.ShiftLead, duty.Manager, duty.Auditor, duty.Admin},
		"log in":       {duty.Viewer, duty.Operator, duty.ShiftLead, duty.Manager, duty.Auditor, duty.Admin},
		"read audit":   {duty.Auditor, duty.Manager, duty.Admin},
	}
	s := start(t, t.TempDir())
	ctx := t.Context()
	operations := map[string]func(p duty.Person, device string) error{
		"acknowledge": func(p duty.Person, device string) error {
			_, err := s.Acknowledge(ctx, p, s.on(t, onBattery, device), 0, "seen")
			return err
		},
		"reset": func(p duty.Person, device string) error {
			id := s.on(t, smoke, device)
			s.Commit(ctx, []alarm.Change{change(smoke, device, false, 1)})
			if _, err := s.Acknowledge(ctx, sato, id, 0, "seen"); err != nil {
				t.Fatal(err)
			}
			_, err := s.Reset(ctx, p, id, 0, "panel reset")
			return err
		},
		"set language": func(p duty.Person, _ string) error { return s.SetLanguage(ctx, p, "ja") },
		"log in": func(p duty.Person, _ string) error {
			_, err := s.Login(ctx, p, "SHA256:x", "192.0.2.1")
			return err
		},
		"read audit": func(p duty.Person, _ string) error {
			_, err := s.Audit(ctx, p, 1, 10)
			return err
		},
	}
	if len(operations) != len(may) {
		t.Fatal("an operation is not in the table")
	}
	for name, do := range operations {
		for _, role := range append([]duty.Role{"", "root"}, duty.Roles...) {
			p := duty.Person{ID: "p", Roles: []duty.Role{role}}
			want := duty.NotAllowed
			if slices.Contains(may[name], role) {
				want = ""
			}
			if got := code(do(p, fmt.Sprintf("%s-%s", name, role))); got != want {
				t.Errorf("%s as %q: %q, want %q", name, role, got, want)
			}
			p.ID = ""
			if got := code(do(p, fmt.Sprintf("%s-%s-nobody", name, role))); got != duty.NotAllowed {
				t.Errorf("%s as nobody with role %q: %q, want not_allowed", name, role, got)
			}
		}
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

func TestAlarmsGoOnWithoutRecords(t *testing.T) {
	s := start(t, t.TempDir())
	first := s.on(t, onBattery, "ups-a1")
	mend := s.fail(t)
	for minute, active := range []bool{false, true, false} { // the same one comes and goes
		s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", active, 1+minute)})
	}
	for i := range numberBlock + 50 { // more than was set aside
		s.on(t, onBattery, fmt.Sprint("pdu-", i))
	}
	if got := len(s.Standing()); got != numberBlock+51 {
		t.Errorf("%d alarms stand, want %d", got, numberBlock+51)
	}
	if _, _, pending := s.RecordsStatus(); pending != numberBlock+53 {
		t.Errorf("%d changes wait, want %d", pending, numberBlock+53)
	}
	if _, err := s.Acknowledge(t.Context(), sato, first, 0, "seen"); code(err) != duty.Unavailable {
		t.Errorf("acknowledging: %v, want unavailable", err)
	}
	if err := s.SetLanguage(t.Context(), sato, "ja"); code(err) != duty.Unavailable || s.Language(sato) != "" {
		t.Errorf("setting the language: %v, now %q; want unavailable and nothing changed", err, s.Language(sato))
	}
	session, err := s.Login(t.Context(), sato, "SHA256:x", "192.0.2.1")
	if err != nil {
		t.Errorf("logging in to watch: %v", err)
	}
	mend()
	if _, err := s.Acknowledge(t.Context(), sato, first, 0, "seen"); err != nil {
		t.Fatalf("acknowledging after the mend: %v", err)
	}
	if s.Pending() != 0 {
		t.Errorf("%d changes still wait", s.Pending())
	}
	got := s.actions(t)
	want := []string{"alarm.raise", "alarm.return", "alarm.come_back", "alarm.return", "alarm.raise"}
	for i, action := range want {
		if !strings.Contains(got[i], " "+action+" ") {
			t.Errorf("entry %d is %q, want %s", i+1, got[i], action)
		}
	}
	if last := got[len(got)-2:]; last[0] != "person:sato session.login "+session || last[1] != "person:sato alarm.acknowledge "+first {
		t.Errorf("the last entries are %q; want the log-in, then the acknowledgement", last)
	}
	r := s.verify(t)
	if want := int64(1 + 3 + numberBlock + 50 + 1); r.Events != want {
		t.Errorf("%d events were kept, want %d", r.Events, want)
	}
	s.store.Close()
	s = start(t, s.dir)
	if o, ok := s.Alarm(s.on(t, onBattery, "new")); !ok || o.ID <= fmt.Sprintf("ALM-%06d", numberBlock+51) {
		t.Errorf("after the restart %s is given out again", o.ID)
	}
}

// What Run could not write it writes when the store answers again, without
// anybody asking.
func TestRunTriesAgain(t *testing.T) {
	s := start(t, t.TempDir())
	mend := s.fail(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	s.on(t, onBattery, "ups-a1")
	mend()
	deadline := time.Now().Add(10 * time.Second)
	for s.Pending() > 0 && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if s.Pending() > 0 {
		t.Error("10 s after the mend the change still waits")
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	s.verify(t)
}

// A person's command waits for the disk; the evaluation never does, not even
// for that very alarm.
func TestTheEvaluationDoesNotWaitForACommand(t *testing.T) {
	s := start(t, t.TempDir())
	s.mu.Lock()
	s.running = true // the evaluation's changes are somebody else's to write
	s.mu.Unlock()
	id := s.on(t, onBattery, "ups-a1")
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	db := s.outside(t)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil { // the store now waits for us
		t.Fatal(err)
	}
	acked := make(chan error, 1)
	go func() {
		_, err := s.Acknowledge(t.Context(), sato, id, 0, "seen")
		acked <- err
	}()
	for busy := false; !busy; runtime.Gosched() {
		s.mu.Lock()
		busy = s.inFlight == id
		s.mu.Unlock()
	}
	s.Commit(t.Context(), []alarm.Change{
		change(onBattery, "ups-a1", false, 1), change(onBattery, "ups-a1", true, 2),
		change(onBattery, "ups-a2", true, 2),
	})
	if got := len(s.Standing()); got != 2 {
		t.Errorf("%d alarms stand while the acknowledgement waits, want 2", got)
	}
	if len(acked) != 0 {
		t.Fatal("the acknowledgement did not wait")
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-acked; err != nil {
		t.Fatal(err)
	}
	// acknowledged, returned: ended; then a new one
	if o, _ := s.Alarm(id); o.State() != alarm.Norm || o.AckedBy != "sato" {
		t.Errorf("%s is %s, acknowledged by %q; want NORM by sato", id, o.State(), o.AckedBy)
	}
	if got := len(s.Standing()); got != 2 {
		t.Errorf("%d alarms stand, want 2", got)
	}
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t); r.Events != 5 {
		t.Errorf("%d events kept, want 5", r.Events)
	}
}

func TestAnEventThatContradictsTheRecordsStopsNothing(t *testing.T) {
	s := start(t, t.TempDir())
	mend := s.fail(t)
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a1", true, 0), change(onBattery, "ups-a2", true, 0)})
	mend()
	// somebody else wrote revision 1 of ALM-000001
	err := s.store.Tx(t.Context(), func(tx *records.Tx) error {
		e := alarm.Event{AlarmID: "ALM-000001", Revision: 1, Kind: alarm.Raised, At: noon, Actor: "rule:OTHER", Rule: "OTHER", Device: "x"}
		_, err := tx.AppendEvent(e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.actions(t)
	if len(got) != 3 || got[1] != "system:ops records.conflict ALM-000001" || got[2] != "rule:UPS-ON-BATTERY alarm.raise ALM-000002" {
		t.Errorf("audit %q; want the conflict set down and the other event kept", got)
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
