package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/tui/session"
)

func TestAcknowledgeAsksOnceNamesTheAlarmAndNeedsAComment(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2", "j", "a")
	c.want("Acknowledge ALM-000121", "supply air high - 空調機 3C-03", "comment (required)")
	c.press("enter")
	c.want("a comment is required")
	c.press("text:   ", "enter")
	c.want("a comment is required")
	if n := len(c.ops.got()); n != 0 {
		t.Fatalf("%d commands before a comment was given", n)
	}
	c.press("text:sent 佐藤 to look", "enter")
	want := call{"acknowledge", "sato", "ALM-000121", "sent 佐藤 to look", 1}
	if got := c.ops.got(); len(got) != 1 || got[0] != want {
		t.Fatalf("commands %v, want %v", got, want)
	}
	c.want("ALM-000121 acknowledged")
	c.want("UNACK  27s") // drawn as acknowledged only when the snapshot says so
}

func TestEscapeLeavesTheRecordAlone(t *testing.T) {
	c := newConsole(t, lead(), "en", "unicode", termenv.Ascii)
	c.press("2", "a", "text:no", "esc", "enter", "esc")
	if got := c.ops.got(); len(got) != 0 {
		t.Fatalf("commands %v after Esc", got)
	}
}

func TestTheQuestionHoldsTheAlarmItWasAskedAbout(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2", "j", "a", "text:look")
	s := facilitySnapshot()
	s.Number = 2
	first := s.Standing[1]
	first.ID, first.RaisedAt = "ALM-000200", now
	s.Standing[1].Revision = 7 // it moved on while the question stood
	s.Standing = append([]alarm.Occurrence{first}, s.Standing...)
	c.feed.publish(s)
	c.pull()
	c.want("Acknowledge ALM-000121")
	c.press("enter")
	if got := c.ops.got(); len(got) != 1 || got[0].id != "ALM-000121" || got[0].revision != 1 {
		t.Fatalf("commands %v, want the alarm and the revision of the question", got)
	}
}

func TestARefusedCommandSaysWhyInTheLanguageOfTheSession(t *testing.T) {
	for lang, want := range map[string]string{"en": "not done: it has changed since you saw it", "ja": "実行されませんでした: 表示の後に変化しました"} {
		c := newConsole(t, operator(), lang, "unicode", termenv.Ascii)
		c.ops.err = duty.Refuse(duty.Outdated, "revision 1 is not 2")
		c.press("2", "a", "text:ok", "enter")
		c.want(want)
		c.wantNot("ALM-000123 acknowledged")
	}
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.ops.err = context.DeadlineExceeded
	c.press("2", "a", "text:ok", "enter")
	c.want("no answer in time: look at the alarm's state")
}

func TestWhoMayNotGetsASentence(t *testing.T) {
	viewer := duty.Person{ID: "v", Name: "View", Roles: []duty.Role{duty.Viewer}}
	tests := []struct {
		name   string
		person duty.Person
		keys   []string
		want   string
	}{
		{"a viewer acknowledges", viewer, []string{"2", "a"}, "your role may not acknowledge"},
		{"a viewer resets", viewer, []string{"2", "r"}, "your role may not reset"},
		{"an operator resets", operator(), []string{"2", "r"}, "your role may not reset"},
		{"a lead resets what is not latched", lead(), []string{"2", "r"}, "not a latched alarm"},
		{"what is acknowledged already", operator(), []string{"2", "G", "a"}, "already acknowledged"},
		{"a key of a later screen", operator(), []string{"7"}, "no such screen yet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newConsole(t, tt.person, "en", "unicode", termenv.Ascii)
			c.press(tt.keys...)
			c.want(tt.want)
			if got := c.ops.got(); len(got) != 0 {
				t.Fatalf("commands %v", got)
			}
		})
	}
}

func TestResetOfALatchedAlarm(t *testing.T) {
	c := newConsole(t, lead(), "en", "unicode", termenv.Ascii)
	c.press("2", "j", "j", "j", "j", "r", "text:panel reset by Mori", "enter")
	want := call{"reset", "mori", "ALM-000090", "panel reset by Mori", 1}
	if got := c.ops.got(); len(got) != 1 || got[0] != want {
		t.Fatalf("commands %v, want %v", got, want)
	}
}

func TestPriority1IsNeverAcknowledgedWithOthers(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2", " ")
	c.want("acknowledged one by one")
	c.press("*")
	c.want("Mark all 5 shown alarms?", "1 of priority 1 are left out")
	c.press("enter")
	c.want("5 marked")
	c.press("a")
	c.want("Acknowledge 3 marked alarms")
	c.press("text:storm", "enter")
	var ids []string
	for _, got := range c.ops.got() {
		ids = append(ids, got.id)
	}
	if want := []string{"ALM-000121", "ALM-000119", "ALM-000098"}; !slices.Equal(ids, want) {
		t.Fatalf("acknowledged %v, want %v", ids, want)
	}
	c.want("3 of 3 acknowledged")
}

func TestFilterOfAlarmsNeverTouchesTheCounters(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	counters := strings.Split(c.screen(), "\n")[1]
	c.press("2", "/", "text:優先<=2 !答 !answer", "enter")
	c.want("2 of 6 shown", "ALM-000123")
	c.wantNot("does not answer")
	if got := strings.Split(c.screen(), "\n")[1]; got != counters {
		t.Fatalf("counters %q under a filter, want %q", got, counters)
	}
	c.press("/", "text: colour=red", "enter")
	c.want("not understood: colour=red")
	c.press("esc", "esc")
	c.want("6 of 6 shown")
}

func TestTypedAheadLettersGoIntoThePrompt(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2")
	c.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jareset it")})
	c.want("Acknowledge ALM-000121", "comment (required): reset it")
	c.press("esc")
	c.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("a paste"), Paste: true})
	c.wantNot("comment (required)")
}

func TestTwoKeysFromAnAlarmToItsDeviceAndBack(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2", "f")
	c.want("Devices > ups-a2", "output source")
	c.press("f")
	c.want("filter: device=ups-a2", "1 of 6 shown")
	c.press("esc", "esc", "esc")
	c.want("6 of 6 shown")
	c.press("-")
	c.want("Overview")
}

func TestCommandsOfBothLanguages(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	for typed, want := range map[string]string{
		"alarms priority=2": "2/6 件表示", "警報 優先=2": "2/6 件表示", "targets": "残", "目標": "残", "devices": "最終応答", "機器": "最終応答",
		"ups-a1": "機器 > ups-a1", "alm-000121": "ALM-000121", "ヘルプ": "警報の状態", "概況": "未確認の警報",
	} {
		c.press(":", "text:"+typed, "enter")
		if typed == "ヘルプ" {
			c.press("G")
		}
		c.want(want)
	}
	c.press(":", "text:dev", "tab")
	c.want(":devices")
	c.press("esc", ":", "text:nonsense", "enter")
	c.want("そのような命令はありません: nonsense")
}

func TestLanguageSwitchIsKeptForThePerson(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press(":", "text:lang ja", "enter")
	c.want("概況", "言語の設定を保存しました")
	if got := c.ops.got(); len(got) != 1 || got[0].kind != "language" || got[0].id != "ja" {
		t.Fatalf("commands %v, want the language kept", got)
	}
	c.press(":", "text:lang", "enter")
	c.want(":lang en")
}

func TestFollowsTheSitesLanguageUntilSomebodyChose(t *testing.T) {
	c := newConsole(t, operator(), "", "unicode", termenv.Ascii)
	c.want("Overview")
	s := facilitySnapshot()
	s.Number, s.Site.Language = 2, "ja"
	c.feed.publish(s)
	c.pull()
	c.want("概況")
}

func TestOldDataIsNeverDrawnAsPresent(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press(":", "text:ups-a1", "enter")
	c.want("97.0 %")
	c.clk.Add(10 * time.Minute)
	c.pull()
	c.want("? 97.0 %", "? DATA 10m OLD", "? STALE")
	c.wantNot("min 80.0") // no limits beside a value nobody knows
	c.press("1")
	c.want("no data ?")
}

func TestBeforeTheFirstSnapshotNothingIsClaimed(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	m := newModel(c.m.options)
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	c.m = m
	c.want("no data yet")
	c.wantNot("normal", "no unacknowledged alarm", "no alarm stands")
	for _, k := range []string{"2", "5", "6"} {
		c.m.Update(keyNamed(k))
		c.want("no data yet")
		c.wantNot("no alarm stands")
	}
}

func TestStoresInTroubleStandOnEveryScreen(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	s := facilitySnapshot()
	s.Number, s.Stores.History.State, s.Stores.Records.State = 2, "full", "read_only"
	c.feed.publish(s)
	c.pull()
	c.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	for _, k := range []string{"1", "2", "5", "6"} {
		c.press(k)
		c.want("HISTORY FULL", "RECORDS READ-ONLY")
	}
}

func TestBelow80x24OnlyTheGravestCountsAndTheSize(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2")
	c.send(tea.WindowSizeMsg{Width: 60, Height: 10})
	c.want("!!1 1", "!2 2", "80x24", "60x10")
	c.press("a", "text:unseen", "enter")
	if got := c.ops.got(); len(got) != 0 {
		t.Fatalf("commands %v on a screen that shows nothing", got)
	}
	c.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	c.want("6 of 6 shown")
}

func TestReadOnlySessionWatches(t *testing.T) {
	for why, want := range map[session.Reason]string{session.Idle: "only watches now", session.Unrecorded: "could not be recorded"} {
		c := newConsole(t, lead(), "en", "unicode", termenv.Ascii)
		c.press("2", "a", "text:late")
		c.send(session.ReadOnlyMsg{Why: why})
		c.want("READ ONLY", want)
		c.press("enter", "esc", "2", "a")
		c.want(want)
		c.press("r")
		c.want(want)
		if got := c.ops.got(); len(got) != 0 {
			t.Fatalf("commands %v from a session that only watches", got)
		}
	}
}

func TestLeavingNeedsCtrlCTwiceOrQ(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	quits := func(msg tea.Msg) bool {
		_, cmd := c.m.Update(msg)
		if cmd == nil {
			return false
		}
		_, ok := cmd().(tea.QuitMsg)
		return ok
	}
	ctrlC := tea.KeyMsg{Type: tea.KeyCtrlC}
	if quits(keyNamed("q")) || quits(ctrlC) {
		t.Fatal("one key left the console")
	}
	c.want("once more")
	if !quits(ctrlC) {
		t.Fatal("Ctrl-c twice did not leave")
	}
	c.press("1")
	c.clk.Add(time.Minute)
	c.pull()
	if quits(ctrlC) {
		t.Fatal("Ctrl-c a minute after another left")
	}
	c.press(":", "text:q")
	if !quits(tea.KeyMsg{Type: tea.KeyEnter}) {
		t.Fatal(":q did not leave")
	}
}

func TestCaretStandsInTheEntry(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.press("2", "a", "text:現地確認に出動ABC")
	row, col := c.m.Caret().At()
	if want := 1 + 17 + 14 + 3 + 1; row != 23 || col != want { // gap, label, seven wide and three narrow
		t.Fatalf("caret at %d,%d, want 23,%d", row, col, want)
	}
	c.press("left", "left", "left", "left")
	if _, at := c.m.Caret().At(); at != col-5 { // three narrow and one wide
		t.Fatalf("caret at column %d after four Lefts, want %d", at, col-5)
	}
	c.press("esc")
	if row, _ := c.m.Caret().At(); row != 0 {
		t.Fatal("caret without an entry")
	}
}

func TestHistoryThatDoesNotAnswerIsNotAFlatLine(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.m.options.Trends = fakeTrends{err: errors.New("connection refused")}
	c.press(":", "text:ups-a2", "enter", "t")
	c.want("history does not answer", "connection refused")
}

func TestHelpRunsTheEntry(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("2", "?")
	c.press("/", "text:acknowledge; a", "enter")
	c.press("G", "enter")
	c.want("Acknowledge ALM-000123")
}

func TestNewAlarmsAboveAreCountedAndTheCursorStays(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	s := facilitySnapshot()
	s.Number = 2
	base := s.Standing[2]
	for i := range 40 {
		o := base
		o.ID, o.RaisedAt = "ALM-0003"+string(rune('a'+i/10))+string(rune('0'+i%10)), now.Add(-time.Hour)
		s.Standing = append(s.Standing, o)
	}
	c.feed.publish(s)
	c.pull()
	c.press("2", "G")
	last := s.Standing[len(s.Standing)-1].ID
	c.want(last)
	next := *s
	next.Number = 3
	fresh := base
	fresh.ID, fresh.RaisedAt = "ALM-000999", now.Add(2*time.Second)
	next.Standing = append([]alarm.Occurrence{fresh}, s.Standing...)
	c.clk.Add(3 * time.Second)
	c.feed.publish(&next)
	c.pull()
	c.want("^ 1 new", last)
	c.press("g")
	c.wantNot("1 new")
}
