package session

import (
	"io"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/text"
	"nezuban/tui/theme"
)

// What tells two alarms of one rule apart stays readable where the line is short.
func TestANameThatIsCutSaysWhichOne(t *testing.T) {
	c := plant(now)
	c.Theme = theme.New(lipgloss.NewRenderer(io.Discard), "ascii")
	own := &alarm.Rule{ID: "OWN", Text: alarm.Guidance{Name: facility.Text{En: "UPS reports alarms of its own", Ja: "UPS自己警報あり"}}}
	smoke := &alarm.Rule{ID: "SMOKE", Text: alarm.Guidance{Name: facility.Text{En: "FIRE: smoke detector alarm", Ja: "火災 煙感知器発報"}}}
	c.Snapshot.Rules = map[string]*alarm.Rule{own.ID: own, smoke.ID: smoke}
	a2 := alarm.Occurrence{Rule: "OWN", Device: "ups-a2", Name: own.Text.Name}
	s1 := alarm.Occurrence{Rule: "SMOKE", Device: "hub-h1", Class: alarm.LifeSafety, Name: facility.Text{En: "FIRE: smoke detector alarm S-1-01"}}
	for _, tt := range []struct {
		o     alarm.Occurrence
		cells int
		want  string
	}{
		{a2, 60, "UPS reports alarms of its own - ups-a2"},
		{a2, 38, "UPS reports alarms of its own - ups-a2"},
		{a2, 33, "UPS reports alarms of i~ - ups-a2"},
		{a2, 17, "UPS reports alar~"}, // too few words would be left
		{s1, 36, "FIRE: smoke detector alarm S-1-01"},
		{s1, 30, "FIRE: smoke d~ S-1-01 - hub-h1"},
		{s1, 20, "FIRE: smoke detecto~"},
		{alarm.Occurrence{Rule: "GONE", Device: "ups-a2"}, 10, "GONE"},
	} {
		got := c.AlarmNameIn(&tt.o, tt.cells)
		if text.Width(got) > tt.cells {
			t.Errorf("%q has more than %d cells", got, tt.cells)
		}
		if got != tt.want {
			t.Errorf("in %d cells %q, want %q", tt.cells, got, tt.want)
		}
	}
}
