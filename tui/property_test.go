package tui

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
	"nezuban/tui/session"
)

// TestRandomMessages: whatever is pressed and whatever comes in, the console
// does not panic, fits the terminal, shows the counters, lets no escape sequence
// of a device through, and changes no record unasked.
func TestRandomMessages(t *testing.T) {
	keys := []string{"1", "2", "5", "6", "7", "j", "k", "g", "G", "h", "l", "a", "r", " ", "*", "f", "t", "[", "]", "-", "/", ":", "?", "esc", "esc", "tab", "enter", "ctrl+d", "ctrl+u", "ctrl+z", "ctrl+l", "q", "o", "3", "4", "s", "z", "A", "n", "v", "V", "w", "w", "L", "S", "X", "text:1 x", "text:approvals", "text:shelved", "text:badactors", "text:cause ALM-000121", "text:shelve rule=X", "text:漏水", "text:!x", "text:ups", "text:\x1b[31m", "backspace", "left", "home", "ctrl+c"}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		profile := []termenv.Profile{termenv.Ascii, termenv.ANSI256}[r.IntN(2)]
		person := []func() *console{
			func() *console { return newModelConsole(t, lead(), "ja", "unicode", profile) },
			func() *console { return newConsole(t, operator(), "ja", "unicode", profile) },
			func() *console { return newConsole(t, lead(), "en", "ascii", profile) },
		}[r.IntN(3)]
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
				c.feed.publish(randomModels(r, randomSnapshot(r, r.Uint64())))
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

// randomModels adds groups, suppressions, floods, a one-line of which much is
// unknown, and zones in any state.
func randomModels(r *rand.Rand, s *live.Snapshot) *live.Snapshot {
	if r.IntN(4) == 0 {
		return s
	}
	s.Grouping.RootOf = map[string]string{}
	groups := map[string][]string{}
	for i := range s.Standing {
		o := &s.Standing[i]
		o.Class = []alarm.Class{alarm.LifeSafety, alarm.Redundancy, alarm.Environment}[r.IntN(3)]
		x := &alarm.Suppression{ID: "SUP-1", By: o.Comment, Reason: o.Comment, Change: o.Comment, Until: now.Add(time.Duration(r.IntN(7200)) * time.Second)}
		switch r.IntN(8) {
		case 0:
			o.Shelve = x
		case 1:
			o.Service = x
		case 2:
			o.Design, o.DesignAt = "ALM-000123", now
		}
		if root := s.Standing[r.IntN(len(s.Standing))].ID; root != o.ID && r.IntN(3) == 0 && s.Grouping.RootOf[root] == "" && len(groups[o.ID]) == 0 {
			s.Grouping.RootOf[o.ID] = root
			groups[root] = append(groups[root], o.ID)
		}
		state := []alarm.SuppressionState{alarm.Waiting, alarm.InForce, alarm.Over}[r.IntN(3)]
		s.Suppressions = append(s.Suppressions, alarm.Suppression{ID: o.ID, State: state, Type: alarm.Shelving, By: o.AckedBy, Reason: o.Comment, Scope: alarm.Scope{Filter: o.Level, Name: o.Name}})
		s.Nuisances = append(s.Nuisances, live.Nuisance{Kind: o.Level, Rule: o.Comment, Device: o.Device, Name: o.Name, Count: r.IntN(99)})
	}
	for root, members := range groups {
		s.Grouping.Groups = append(s.Grouping.Groups, alarm.Group{Root: root, Members: members, Priority: facility.Priority(1 + r.IntN(4)), Alone: members[:r.IntN(len(members))]})
	}
	slices.SortFunc(s.Grouping.Groups, func(a, b alarm.Group) int { return strings.Compare(a.Root, b.Root) })
	s.Floods = []live.Flood{{Position: "all", Rate: r.IntN(999), Active: r.IntN(2) == 0}}
	m := modelSnapshot()
	in := topology.Inputs{}
	for id, x := range m.Inputs {
		if r.IntN(3) > 0 {
			x.Energised = topology.Tri(r.IntN(3))
			in[id] = x
		}
	}
	s.Graph, s.Inputs, s.Power = m.Graph, in, m.Graph.Evaluate(in)
	s.Fire, s.Cooling = m.Fire, m.Cooling
	for i := range s.Fire.Zones {
		s.Fire.Zones[i].State = fire.State(r.IntN(9))
	}
	return s
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
