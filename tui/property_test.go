package tui

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/live"
	"nezuban/tui/session"
)

// TestRandomMessages: whatever is pressed and whatever comes in, the console
// does not panic, fits the terminal, shows the counters, lets no escape sequence
// of a device through, and changes no record unasked.
func TestRandomMessages(t *testing.T) {
	keys := []string{"1", "2", "5", "6", "7", "j", "k", "g", "G", "h", "l", "a", "r", " ", "*", "f", "t", "[", "]", "-", "/", ":", "?", "esc", "esc", "tab", "enter", "ctrl+d", "ctrl+u", "ctrl+z", "ctrl+l", "q", "o", "text:漏水", "text:!x", "text:ups", "text:\x1b[31m", "backspace", "left", "home", "ctrl+c"}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		profile := []termenv.Profile{termenv.Ascii, termenv.ANSI256}[r.IntN(2)]
		person := []func() *console{
			func() *console { return newConsole(t, operator(), "ja", "unicode", profile) },
			func() *console { return newConsole(t, lead(), "en", "ascii", profile) },
		}[r.IntN(2)]
		c := person()
		width, height := 80, 24
		for range 150 {
			before, prompt := len(c.ops.got()), c.m.prompt
			switch n := r.IntN(20); {
			case n == 0:
				width, height = 1+r.IntN(220), 1+r.IntN(70)
				c.send(tea.WindowSizeMsg{Width: width, Height: height})
			case n < 4:
				c.clk.Add(time.Duration(r.IntN(90)) * time.Second)
				c.feed.publish(randomSnapshot(r, r.Uint64()))
				c.pull()
			case n == 4 && r.IntN(10) == 0:
				c.send(session.ReadOnlyMsg{Why: session.Idle})
			default:
				c.press(keys[r.IntN(len(keys))])
			}
			if len(c.ops.got()) > before && prompt == nil {
				t.Fatalf("seed %d: record changed without a question: %v", seed, c.ops.got())
			}
			view := c.m.View()
			fits(t, view, max(width, 1), max(height, 1))
			if strings.Contains(view, "\x1b]") || strings.Contains(view, "\x07") || profile == termenv.Ascii && strings.Contains(view, "\x1b") {
				t.Fatalf("seed %d: escape sequence from outside: %q", seed, view)
			}
			if !c.m.small() && !strings.Contains(strings.Split(c.screen(), "\n")[1], "!!1") {
				t.Fatalf("seed %d: counters missing:\n%s", seed, c.screen())
			}
		}
	}
}

// BenchmarkFrame is Update and View of the list of alarms with 5,000 standing.
// flooded is a console of 200x60 on the list of 5,000 alarms, half of them on
// devices with Japanese names, and the snapshot it shows.
func flooded() (*console, *live.Snapshot) {
	c := newConsole(&testing.T{}, operator(), "ja", "unicode", termenv.ANSI256)
	s := facilitySnapshot()
	base := [2]alarm.Occurrence{s.Standing[1], s.Standing[5]}
	for i := range 5000 {
		o := base[i%2]
		o.ID = "ALM-" + string(rune('a'+i%26)) + time.Duration(i).String()
		s.Standing = append(s.Standing, o)
	}
	c.send(tea.WindowSizeMsg{Width: 200, Height: 60})
	c.press("2")
	return c, s
}

// frame is one update with a new snapshot and one view.
func frame(c *console, s *live.Snapshot, number int) {
	next := *s
	next.Number = uint64(number)
	c.m.Update(pulled{&next, now})
	_ = c.m.View()
}

// frameAllocations is the budget for a frame of the flood.
const frameAllocations = 400

func TestAFrameOf5000AlarmsStaysWithinItsAllocations(t *testing.T) {
	c, s := flooded()
	number := 1
	got := testing.AllocsPerRun(20, func() { number++; frame(c, s, number) })
	if got > frameAllocations {
		t.Errorf("Update and View of 5,000 alarms at 200x60 allocate %.0f times, at most %d", got, frameAllocations)
	}
}

func BenchmarkFrame(b *testing.B) {
	c, s := flooded()
	b.ReportAllocs()
	for i := range b.N {
		frame(c, s, i+2)
	}
}
