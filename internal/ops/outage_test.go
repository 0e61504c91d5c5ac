package ops

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/records"
)

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
	state, detail, pending := s.RecordsStatus()
	if state != records.StateReadOnly || !strings.Contains(detail, "the disk does not answer") || pending != numberBlock+53 {
		t.Errorf("records are %s (%s), %d changes wait; want read_only with the reason, %d", state, detail, pending, numberBlock+53)
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
	if state, _, pending := s.RecordsStatus(); state != records.StateOK || pending != 0 {
		t.Errorf("records are %s, %d changes still wait", state, pending)
	}
	// the acknowledgement comes behind what waited of its own alarm, not behind the rest
	var own []string
	for _, entry := range s.actions(t) {
		if strings.HasSuffix(entry, " "+first) {
			own = append(own, strings.Fields(entry)[1])
		}
	}
	want := []string{"alarm.raise", "alarm.return", "alarm.come_back", "alarm.return", "alarm.acknowledge"}
	if !slices.Equal(own, want) {
		t.Errorf("%s in the chain: %q, want %q", first, own, want)
	}
	if got := s.actions(t); !slices.Contains(got, "person:sato session.login "+session) || !strings.Contains(got[5], " alarm.raise ") {
		t.Errorf("entry 6 is %q, and the log-in may be missing", got[5])
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
		busy = s.inFlight[id]
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
