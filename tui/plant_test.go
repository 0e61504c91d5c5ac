package tui

import (
	"fmt"
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
)

func TestWhatNobodyMeasuresIsNeverDrawnLive(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) {
		in := topology.Inputs{}
		s.Inputs, s.Power = in, s.Graph.Evaluate(in)
	})
	c.press("3")
	c.want("? 4 ", "as designed 0/4", "not seen")
	for _, l := range strings.Split(c.screen(), "\n")[2:] {
		if strings.Contains(l, "║") {
			t.Fatalf("a line that is live in a facility of which nothing is known: %q", l)
		}
	}
	c.press("1")
	c.want("POWER", "? 4")
}

func TestAWhatIfIsMarkedAndEnds(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 60}} {
		c := newModelConsole(t, operator(), "en", "unicode", termenv.ANSI256)
		c.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		c.press("3", "j", "j", "j", "l", "w")
		c.want("WHAT-IF, NOT NOW: without UPS b1", "falls 1: Rack 3C-02", "loses redundancy 1: Rack 3C-01")
		if bar := strings.Split(c.m.View(), "\n")[2]; !strings.Contains(bar, "\x1b[7m") {
			t.Errorf("%v: the bar of the what-if is not set off: %q", size, bar)
		}
		c.press("j", "w")
		c.want("without UPS b1, UPS b2", "falls 2: Rack 3C-02, Rack 3C-03")
		c.press("k", "k", "w")
		c.want("at most two nodes")
		c.press("esc")
		c.wantNot("WHAT-IF", "falls")
		c.want("as designed 1/4", "A carries all")
	}
}

func TestAWhatIfFollowsThePresent(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("3", "j", "j", "j", "l", "w")
	c.want("falls 1: Rack 3C-02")
	c.show2(func(s *live.Snapshot) { // UPS A2 is back
		s.Inputs["ups-a2"], s.Inputs["pdu-a2"] = topology.Input{Energised: topology.Yes}, topology.Input{Energised: topology.Yes}
		s.Power = s.Graph.Evaluate(s.Inputs)
	})
	c.want("WHAT-IF, NOT NOW")
	c.wantNot("falls 1")
}

func TestFollowGoesToWhatHoldsRedundancyDownAndUpToTheAlarms(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("3", "G", "k", "f") // rack 3C-03
	c.want("UPS a2   UPS   DEAD (measured)")
	c.press("f")
	c.want("ats-a   ATS")
	c.press("k", "k", "k", "enter")
	c.want("no device is bound to this node")
	c.press("j", "j", "j", "enter")
	c.want("Devices > ups-a1")
}

func TestTheWorstLoadsStandFirstAndTheRestCanBeLeftOut(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("3")
	screen := c.screen()
	if strings.Index(screen, "Rack 3C-04") > strings.Index(screen, "Rack 3C-01") {
		t.Fatalf("a load as designed stands above a dead one:\n%s", screen)
	}
	c.press("ctrl+z")
	c.want("Rack 3C-04", "only abnormal")
	c.wantNot("Rack 3C-01", "pdu-b1 ") // nothing is amiss with either
	c.want("pdu-a2 DEAD", "UPS b1")
}

func TestALongOneLineScrollsWithItsCursor(t *testing.T) {
	var m topology.Model
	m.Nodes = append(m.Nodes, node("utility", topology.Utility, "A"))
	for i := range 200 {
		pdu := node(fmt.Sprintf("pdu-%03d", i), topology.PDU, []string{"A", "B", "C", "D", ""}[i%5], "utility")
		load := node(fmt.Sprintf("rack-%03d", i), topology.Load, "", pdu.ID)
		m.Nodes = append(m.Nodes, pdu, load)
	}
	g, problems := topology.Compile(m)
	if g == nil {
		for _, p := range problems {
			if !p.Warning {
				t.Fatalf("the one-line does not compile: %+v", p)
			}
		}
	}
	c := newModelConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) {
		s.Graph, s.Inputs = g, topology.Inputs{"utility": {Energised: topology.Yes}}
		s.Power = g.Evaluate(s.Inputs)
	})
	c.press("3")
	for range 260 {
		c.press("j")
		c.press("l")
		fits(t, c.m.View(), 80, 24)
		if !strings.Contains(c.screen(), ">") || lineWith(c.screen(), ">") == "" {
			t.Fatalf("the cursor is out of sight:\n%s", c.screen())
		}
	}
}

func TestAZoneOfWhichNothingIsSeenIsNeverNormal(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("4")
	for _, l := range strings.Split(c.screen(), "\n") {
		if strings.Contains(l, "Electrical") && (strings.Contains(l, "normal") || !strings.Contains(l, "NOT SEEN")) {
			t.Errorf("a zone that nobody sees: %q", l)
		}
	}
	c.press("1")
	c.want("NOT SEEN 1")
}

func TestStatesOfFireAreKeptApart(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		c := newModelConsole(t, operator(), lang, "unicode", termenv.Ascii)
		words := map[string]bool{}
		for st := fire.Unknown; st <= fire.Discharged; st++ {
			c.show2(func(s *live.Snapshot) {
				s.Fire.Zones = s.Fire.Zones[1:2]
				s.Fire.Zones[0].State = st
			})
			c.press("4")
			l := lineWith(c.screen(), "3F/hall-c")
			word := strings.Fields(strings.TrimPrefix(strings.TrimSpace(l), ">"))
			if len(word) < 3 || words[strings.Join(word[2:], " ")] {
				t.Errorf("%s: state %d is drawn as %q, as another one is", lang, st, l)
				continue
			}
			words[strings.Join(word[2:], " ")] = true
		}
		c.want(c.m.c.T.Frame.LifeSafety[:20])
	}
}

func TestAnOverduePermitSaysSoWithItsWatch(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("4", "G")
	c.want("! W-2231", "OVERDUE 14m, until 22:00", "fire watch ito, rounds every 30m")
	c.show2(func(s *live.Snapshot) { s.Fire.Zones[3].Isolations[0].Model.Watch = "" })
	c.want("NO FIRE WATCH NAMED")
}

func TestFireAlarmsAreAcknowledgedFromTheirZone(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("4", "a")
	c.want("Acknowledge ALM-000130")
	c.press("text:on the way", "enter")
	c.only(call{"acknowledge", "sato", "ALM-000130", "on the way", 1})
	c.press("j", "a")
	c.want("no alarm of this zone stands")
}

func TestWithoutAModelTheScreensSayHowToWriteOne(t *testing.T) {
	for lang, words := range map[string][2]string{"en": {"no oneline.yaml", "no fire.yaml"}, "ja": {"oneline.yaml が無い", "fire.yaml が無い"}} {
		c := newConsole(t, operator(), lang, "unicode", termenv.Ascii)
		c.press("3")
		c.want(words[0], "nezuban check")
		c.press("j", "w", "L", "f", "enter", "4")
		c.want(words[1], "nezuban check")
	}
}

func TestBadActorsNameWhatWouldKeepThemQuiet(t *testing.T) {
	c := newModelConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.press(":", "text:頻発", "enter")
	c.want("漏水センサー", "提案: 復帰遅延 1m 30s, 不感帯 0.5 C", "自動では適用されません")
	c.press("G")
	c.want("長期", "提案: なし")
}

// A consequence that is newer than its cause does not stand for the area.
func TestTheOverviewNamesTheCauseOfAnArea(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) {
		at := s.At
		one := func(id, name string, ago time.Duration) alarm.Occurrence {
			return alarm.Occurrence{ID: id, Revision: 1, Rule: id, Device: "meter-a", Category: "power", Priority: facility.P1, Class: alarm.Redundancy,
				Name: facility.Text{En: name, Ja: name}, Active: true, RaisedAt: at.Add(-ago)}
		}
		s.Standing = []alarm.Occurrence{one("ALM-2", "Load without power", time.Minute), one("ALM-1", "Feed lost", 2*time.Minute)}
		s.Grouping = alarm.Grouping{Groups: []alarm.Group{{Root: "ALM-1", Members: []string{"ALM-2"}, Priority: facility.P1}}, RootOf: map[string]string{"ALM-2": "ALM-1"}}
	})
	c.press("1")
	for _, l := range strings.Split(c.screen(), "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "POWER") && !strings.Contains(l, "Feed lost") {
			t.Errorf("the area's line is %q, want the cause", l)
		}
	}
	c.want("Feed lost")
}
