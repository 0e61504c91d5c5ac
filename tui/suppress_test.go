package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/tui/session"
)

// at puts the cursor of the list of alarms on an alarm.
func (c *console) at(id string) {
	c.t.Helper()
	c.press("2", "g")
	for range 40 {
		if s, ok := c.m.at.screen.(selector); ok && s.Selected() != nil && s.Selected().ID == id {
			return
		}
		c.press("j")
	}
	c.t.Fatalf("no line for %s:\n%s", id, c.screen())
}

func (c *console) only(want call) {
	c.t.Helper()
	if got := c.ops.got(); len(got) != 1 || got[0] != want {
		c.t.Fatalf("commands %+v, want only %+v", got, want)
	}
}

func TestShelvingAsksForLengthAndReason(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.at("ALM-000121")
	c.press("s")
	c.want("Shelve ALM-000121", "[1] 30m", "[4] shift end 08:30", "at most 8h")
	c.press("text:7", "enter")
	c.want("press one of the numbers")
	c.press("ctrl+u", "backspace", "text:4", "enter") // ten hours
	c.want("may be shelved for 8h at most")
	c.press("backspace", "text:2", "enter")
	c.want("reason (required)")
	c.press("enter")
	c.want("a reason is required")
	if n := len(c.ops.got()); n != 0 {
		t.Fatalf("%d commands before a reason was given", n)
	}
	c.press("text:扉修理待ち", "enter")
	c.only(call{"shelve 1h0m0s", "sato", "ALM-000121", "扉修理待ち", 1})
	c.want("shelved: ALM-000121")
}

func TestWhoKnowsTheNumbersShelvesInOneLine(t *testing.T) {
	c := newModelConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.at("ALM-000121")
	c.press("s", "text:1 点検中", "enter")
	c.only(call{"shelve 30m0s", "sato", "ALM-000121", "点検中", 1})
}

func TestTheDefinitionMayAllowLess(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	s := modelSnapshot()
	s.Number, s.Rules["R-ALM-000121"] = 2, &alarm.Rule{MaxShelve: time.Hour}
	c.feed.snap = s
	c.pull()
	c.at("ALM-000121")
	c.press("s", "text:3 x", "enter")
	c.want("may be shelved for 1h at most")
	if n := len(c.ops.got()); n != 0 {
		t.Fatalf("%d commands past the cap of the definition", n)
	}
}

func TestPriority1WaitsForASecondPerson(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) { s.Suppressions = nil })
	c.ops.state = alarm.Waiting
	c.at("ALM-000123")
	c.press("s")
	c.want("waits for a second person, at most 10 min", "at most 30m")
	c.press("text:1 load test", "enter")
	c.want("waits for a second person")
	c.wantNot("shelved: ALM-000123")
}

// show2 publishes a changed snapshot of the facility with models.
func (c *console) show2(change func(*live.Snapshot)) {
	s := modelSnapshot()
	s.Number = c.m.c.Snapshot.Number + 1
	change(s)
	c.feed.snap = s
	c.clk.Add(time.Second)
	c.pull()
}

func TestWhatIsNeverShelved(t *testing.T) {
	viewer := duty.Person{ID: "v", Roles: []duty.Role{duty.Viewer}}
	tests := []struct {
		name   string
		person duty.Person
		id     string
		keys   []string
		want   string
	}{
		{"life safety", lead(), "ALM-000130", []string{"s"}, "life safety is never shelved"},
		{"life safety out of service", lead(), "ALM-000130", []string{"z"}, "life safety is never shelved"},
		{"by a viewer", viewer, "ALM-000121", []string{"s"}, "your role may not shelve"},
		{"out of service by an operator", operator(), "ALM-000121", []string{"z"}, "your role may not take out of service"},
		{"what waits already", lead(), "ALM-000123", []string{"s"}, "waits for a second person already: SUP-000004"},
		{"a note by a viewer", viewer, "ALM-000121", []string{"n"}, "your role may not change alarms"},
		{"a cause by an operator", operator(), "ALM-000121", []string{":", "text:cause ALM-000123", "enter"}, "a shift lead may"},
		{"a cause of itself", lead(), "ALM-000121", []string{":", "text:cause ALM-000121", "enter"}, "write :cause"},
		{"closing what is watched", lead(), "ALM-000121", []string{":", "text:close", "enter"}, "this one ends by itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newModelConsole(t, tt.person, "en", "unicode", termenv.Ascii)
			c.at(tt.id)
			c.press(tt.keys...)
			c.want(tt.want)
			if got := c.ops.got(); len(got) != 0 {
				t.Fatalf("commands %v", got)
			}
		})
	}
}

func TestMarksNeverHoldPriority1AndShelveTheRest(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) { s.Standing[1].Class = alarm.Environment })
	c.press("2", "V", "j", "j", "V") // from the P1 to the third line
	c.want("2 marked")
	c.press("s", "text:1 storm", "enter")
	var ids []string
	for _, got := range c.ops.got() {
		ids = append(ids, got.id)
	}
	if want := []string{"ALM-000130", "ALM-000121"}; !slices.Equal(ids, want) {
		t.Fatalf("shelved %v, want %v", ids, want)
	}
	c.want("2 of 2 done")
}

func TestShelvedIsUnshelvedAndOutOfServiceReturns(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.at("ALM-000098")
	c.want("shelved by mori until 23:10: door being mended, W-2240")
	c.press("s")
	c.want("Unshelve SUP-000003")
	c.press("text:door is mended", "enter")
	c.only(call{"unshelve", "sato", "SUP-000003", "door is mended", 1})

	c = newModelConsole(t, lead(), "en", "unicode", termenv.Ascii)
	c.at("ALM-000071")
	c.want("out of service by mori, review 2026-11-27: MOC-2231 sensor exchanged")
	c.press("z", "text:exchanged", "enter")
	c.only(call{"return", "mori", "SUP-000002", "exchanged", 2})
}

func TestOutOfServiceNeedsChangeReviewAndReason(t *testing.T) {
	c := newModelConsole(t, lead(), "en", "unicode", termenv.Ascii)
	c.at("ALM-000121")
	c.press("z", "enter")
	c.want("a change number is required")
	c.press("text:MOC-7", "enter")
	c.want("review date, YYYY-MM-DD: 2026-11-29")
	for range 10 {
		c.press("backspace")
	}
	c.press("text:2026-11-22", "enter") // today
	c.want("write a date to come")
	for range 10 {
		c.press("backspace")
	}
	c.press("text:2026-12-01", "enter", "text:sensor broken", "enter")
	c.only(call{"service MOC-7 2026-12-01", "mori", "ALM-000121", "sensor broken", 1})
}

func TestAssignNoteCauseAndClose(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		want call
	}{
		{"assign", []string{"A", "backspace", "backspace", "backspace", "backspace", "text:tanaka", "enter", "text:please", "enter"}, call{"assign tanaka", "mori", "ALM-000121", "please", 1}},
		{"note", []string{"n", "text:called the vendor", "enter"}, call{"note", "mori", "ALM-000121", "called the vendor", 1}},
		{"cause", []string{":", "text:cause alm-000123", "enter", "text:same breaker", "enter"}, call{"cause ALM-000123", "mori", "ALM-000121", "same breaker", 1}},
		{"cause in Japanese, taken back", []string{":", "text:原因 none", "enter", "text:wrong", "enter"}, call{"cause ", "mori", "ALM-000121", "wrong", 1}},
		{"close", []string{":", "text:close", "enter", "text:rule removed", "enter"}, call{"close", "mori", "ALM-000121", "rule removed", 1}},
	}
	for _, tt := range tests {
		for _, from := range []string{"list", "detail"} {
			c := newModelConsole(t, lead(), "en", "unicode", termenv.Ascii)
			c.show2(func(s *live.Snapshot) { s.Unwatched = map[string]bool{"ALM-000121": true} })
			c.at("ALM-000121")
			if from == "detail" {
				c.press("enter")
			}
			c.press(tt.keys...)
			if got := c.ops.got(); len(got) != 1 || got[0] != tt.want {
				t.Errorf("%s from the %s: commands %+v, want %+v\n%s", tt.name, from, got, tt.want, c.screen())
			}
		}
	}
}

func TestNobodyIsAssignedWhoIsNotThere(t *testing.T) {
	c := newModelConsole(t, lead(), "ja", "unicode", termenv.Ascii)
	c.at("ALM-000121")
	c.press("A", "text:x", "enter")
	c.want("people.yaml に morix はいません")
}

func TestApprovalByASecondPersonOnly(t *testing.T) {
	c := newModelConsole(t, lead(), "en", "unicode", termenv.Ascii) // who asked
	c.press(":", "text:approvals", "enter")
	c.want("waiting 1   in force 2   over, last 24 h 1", "output lost", "you asked for it yourself")
	c.press("S")
	c.want("you asked for it yourself: a second person approves")
	if n := len(c.ops.got()); n != 0 {
		t.Fatalf("%d commands by who asked", n)
	}
	for key, kind := range map[string]string{"S": "approve", "X": "decline"} {
		c = newModelConsole(t, operator(), "ja", "unicode", termenv.Ascii)
		c.press(":", "text:承認", "enter", key)
		if n := len(c.ops.got()); n != 0 {
			t.Fatalf("%s: a command before a reason was given", key)
		}
		c.press("text:立会済", "enter")
		c.only(call{kind, "sato", "SUP-000004", "立会済", 1})
	}
}

func TestOnlyWhatIsInForceIsEnded(t *testing.T) {
	c := newModelConsole(t, lead(), "en", "unicode", termenv.Ascii)
	c.press(":", "text:approvals", "enter", "s")
	c.want("only what is in force is ended")
	c.press("j", "z")
	c.want("only what is in force is ended")
	c.press("s", "text:early", "enter")
	c.only(call{"unshelve", "mori", "SUP-000003", "early", 1})
	c.press("G", "s")
	c.want("only what is in force is ended")
}

func TestShelvingByFilterTellsWhatItCoversNow(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press(":", "text:shelve some words", "enter")
	c.want("write :shelve and a selector")
	c.press("esc", ":", "text:shelve 場所~hall-c", "enter")
	c.want("Shelve place~hall-c", "covers now: 5")
	c.press("text:2 cleaning", "enter")
	c.only(call{"shelve 1h0m0s", "sato", "place~hall-c", "cleaning", 0})
}

func TestSavedViews(t *testing.T) {
	tests := map[string][]string{
		"unacknowledged": {"10 of 10"}, "shelved": {"1 of 10", "SHELV"}, "held back by design": {"1 of 10", "SUPPR"}, "out of service": {"1 of 10", "OOSRV"},
	}
	for view, want := range tests {
		c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
		c.press("2", "v")
		for range 12 {
			if l := lineWith(c.screen(), ">"); strings.HasSuffix(strings.TrimSpace(l), " "+view) {
				break
			}
			c.press("j")
		}
		c.press("enter")
		if view == "unacknowledged" {
			want = []string{"6 of 10"}
		}
		c.want(append(want, "Alarms > "+view)...)
		c.press("esc")
		c.want("10 of 10 shown")
	}
}

// lineWith is the first line of the body that holds s.
func lineWith(screen, s string) string {
	for i, l := range strings.Split(screen, "\n") {
		if i > 1 && strings.Contains(l, s) {
			return l
		}
	}
	return ""
}

func TestForgottenAndStaleAlarmsHaveTheirViews(t *testing.T) {
	c := newModelConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) {
		for i := range s.Standing {
			if s.Standing[i].ID == "ALM-000121" {
				s.Standing[i].RaisedAt = now.Add(-25 * time.Hour)
				s.Standing[i].IsAcked, s.Standing[i].AckedAt = true, now.Add(-20*time.Hour)
			}
		}
	})
	c.press(":", "text:長期", "enter")
	c.want("1/10 件表示", "給気温度高")
	c.press(":", "text:棚上げ中", "enter")
	c.want("1/10 件表示", "漏水センサー")
}

func TestCountersTellWhatIsHeldBackOnEveryScreen(t *testing.T) {
	for _, key := range []string{"1", "2", "3", "4", "5", "6"} {
		c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
		c.show2(func(s *live.Snapshot) { s.Floods = []live.Flood{{Position: "all", Rate: 23, Active: true}} })
		c.press(key)
		if l := strings.Split(c.screen(), "\n")[1]; !strings.Contains(l, "SHV 1 23:10 OOS 1") || !strings.Contains(l, "APPR 1") || !strings.Contains(l, "FLOOD 23") {
			t.Errorf("screen %s: line 2 is %q", key, l)
		}
		c.send(tea.WindowSizeMsg{Width: 200, Height: 60})
		if l := strings.Split(c.screen(), "\n")[1]; !strings.Contains(l, "shelved 1 (next 23:10)  out of service 1") || !strings.Contains(l, "FLOOD 23/10 min  approvals 1") {
			t.Errorf("screen %s, wide: line 2 is %q", key, l)
		}
	}
}

func TestAFloodPinsTheGraveAndDefersTheRestToACounter(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show2(func(s *live.Snapshot) {
		s.Floods = []live.Flood{{Position: "all", Rate: 23, Active: true}}
		s.Grouping = alarm.Grouping{}
		lifeSafety := s.Standing[5]
		lifeSafety.ID, lifeSafety.Class, lifeSafety.Priority, lifeSafety.Name = "ALM-000131", alarm.LifeSafety, facility.P3, facility.Text{En: "suppression trouble"}
		s.Standing = append(s.Standing, lifeSafety)
	})
	c.press("2")
	c.want("11 of 11 shown", "output lost", "supply air high", "suppression trouble", "4 of P3 and P4 held behind this line")
	c.wantNot("feed A lost", "power supply 1")
	c.press("G", "k", "k", "k", "o")
	c.want("feed A lost", "power supply 1 lost", "redundancy lost - web server 1")
	c.press("o")
	c.wantNot("feed A lost")
}

func TestAGroupIsAcknowledgedAtItsRootOnly(t *testing.T) {
	c := newModelConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2", "o", "a", "text:gone to look", "enter")
	c.only(call{"acknowledge", "sato", "ALM-000123", "gone to look", 1})
}

func TestReadOnlySessionsChangeNothing(t *testing.T) {
	for _, key := range []string{"a", "s", "z", "A", "n", "r"} {
		c := newModelConsole(t, lead(), "en", "unicode", termenv.Ascii)
		c.at("ALM-000121")
		c.send(session.ReadOnlyMsg{Why: session.Idle})
		c.press(key)
		c.want("this session only watches")
		c.press("text:1", "enter")
		if got := c.ops.got(); len(got) != 0 || c.m.prompt != nil {
			t.Errorf("%s: commands %v, or a question, in a session that only watches", key, got)
		}
	}
}
