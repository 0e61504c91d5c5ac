package tui

import (
	"bytes"
	"io"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
)

// TestProgramFromAlarmToAcknowledgement runs the real program: it pulls by
// itself, asks, hands the command over and shows what the next snapshot says.
func TestProgramFromAlarmToAcknowledgement(t *testing.T) {
	feed, ops := &fakeFeed{snap: facilitySnapshot()}, &fakeOps{}
	ops.done = func(c call) {
		s := facilitySnapshot()
		s.Number, s.At = 2, time.Now()
		for i := range s.Standing {
			if o := &s.Standing[i]; o.ID == c.id {
				o.IsAcked, o.AckedBy, o.Comment, o.Revision = true, c.person, c.comment, 2
			}
		}
		s.Standing = append([]alarm.Occurrence(nil), s.Standing...)
		feed.publish(s)
	}
	m := New(Options{Feed: feed, Operations: ops, Trends: fakeTrends{}, Journal: fakeJournal{}, Clock: clock.System(), Person: operator(), Language: "en", Renderer: renderer(termenv.Ascii)})
	tm := teatest.NewTestModel(t, m, teatest.WithInitialTermSize(80, 24))
	shows := func(part string) {
		t.Helper()
		teatest.WaitFor(t, tm.Output(), func(b []byte) bool { return bytes.Contains(b, []byte(part)) }, teatest.WithDuration(10*time.Second), teatest.WithCheckInterval(10*time.Millisecond))
	}
	shows("on battery - UPS A2")
	tm.Type("2")
	shows("ACK BY")
	tm.Type("a")
	shows("Acknowledge ALM-000123")
	tm.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("現地確認に出動")}) // teatest types bytes
	tm.Send(tea.KeyMsg{Type: tea.KeyEnter})
	shows("ACKED") // from the snapshot, well before the next tick of the clock
	tm.Type(":q")
	tm.Send(tea.KeyMsg{Type: tea.KeyEnter})
	tm.WaitFinished(t, teatest.WithFinalTimeout(10*time.Second))
	if _, err := io.ReadAll(tm.FinalOutput(t)); err != nil {
		t.Fatal(err)
	}
	want := call{"acknowledge", "sato", "ALM-000123", "現地確認に出動", 1}
	if got := ops.got(); len(got) != 1 || got[0] != want {
		t.Fatalf("commands %v, want %v", got, want)
	}
	if n := feed.subscribers(); n > 1 { // the last pull ends within 250 ms
		t.Fatalf("%d subscriptions left behind by one session", n)
	}
}
