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
)

// What an operator needs at 3 a.m. at 80x24: each of these was missing once.

// show publishes a changed snapshot.
func (c *console) show(change func(*live.Snapshot)) {
	s := facilitySnapshot()
	s.Number = c.m.c.Snapshot.Number + 1
	change(s)
	c.feed.snap = s
	c.clk.Add(time.Second) // figures are counted once a second
	c.pull()
}

func TestAnAlarmsOwnWordsAreWholeAt80Columns(t *testing.T) {
	words := map[string]string{"en": "FIRE: smoke detector alarm S-1-01", "ja": "火災 煙感知器発報 S-1-01"}
	for lang, want := range words {
		c := newConsole(t, operator(), lang, "unicode", termenv.Ascii)
		c.show(func(s *live.Snapshot) {
			s.Standing[4].Name = facility.Text{En: words["en"], Ja: words["ja"]}
			s.Standing[4].IsAcked, s.Standing[4].Class = false, alarm.LifeSafety
			s.Devices[3].Device.Name = "Sensor hub of the first hall on the first floor"
		})
		c.want(want)
		c.press("2")
		c.want(want)
		c.press("G")
		c.want(want)
	}
}

func TestStatesAreWordsAndRecordsStayCodes(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.press("2")
	c.want("バッテリー運転", "漏水")
	c.press(":", "text:ups-a2", "enter")
	c.want("出力電源", "バッテリー  ")
	c.wantNot("battery ")
	if got := c.m.c.Snapshot.Standing[0].Level; got != "battery" {
		t.Errorf("the record's level became %q", got)
	}
	c.press(":", "text:lang en", "enter")
	c.want("on battery")
}

func TestNoProcedureIsSaidInTheReadersLanguage(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show(func(s *live.Snapshot) { s.Rules["UPS-ON-BATTERY"].Procedure = alarm.NoProcedure })
	c.press("2")
	c.want("手順書: 未設定")
	c.press("enter")
	c.want("未設定")
	c.wantNot(alarm.NoProcedure)
}

func TestAnAlarmNothingWatchesSaysSo(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show(func(s *live.Snapshot) { s.Unwatched = map[string]bool{"ALM-000123": true} })
	c.press("2")
	c.want("? not watched", "it will not return by itself")
	c.press("enter")
	c.want("rule, device or point is gone")
}

func TestAVanishedPointIsNotAnOldOne(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show(func(s *live.Snapshot) {
		s.Devices[1].Points()[1].Vanished = true
		s.Devices[1].Points()[1].Low = nil
	})
	c.press(":", "text:ups-a2", "enter")
	var gone, old string
	for _, l := range strings.Split(c.screen(), "\n") {
		if strings.Contains(l, "蓄電池残量") {
			gone = l
		}
		if strings.Contains(l, "蓄電池温度") {
			old = l
		}
	}
	if !strings.Contains(gone, "? 62.0 %") || !strings.Contains(gone, "機器の一覧に無い") {
		t.Errorf("vanished point: %q", gone)
	}
	if !strings.Contains(old, "? 24.5 C") || strings.Contains(old, "機器の一覧に無い") {
		t.Errorf("old point: %q", old)
	}
}

func TestOverviewFire(t *testing.T) {
	panel := func(v float64) live.PointView {
		p := point("fire_panel_alarm_state", v, 6*time.Second, nil, nil, facility.Label{Name: "zone", Value: "Z-1"})
		p.Point.States = []facility.State{{Value: 1, Name: "normal", Severity: facility.SeverityNormal}, {Value: 2, Name: "active", Severity: facility.SeverityCritical}}
		return p
	}
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.show(func(s *live.Snapshot) { s.Devices[3].WithPoints(append(s.Devices[3].Points(), panel(2))...) })
	c.want("?1/6 NOT SEEN", "panel 1/1 abn", "smoke 3/4", "agent min 2.48 MPa") // with its alarm beside it
	c.want("leak sensor zone 12")
	c.show(func(s *live.Snapshot) { s.Standing = nil })
	c.want("FIRE          ?1/5 NOT SEEN")
	c.wantNot("FIRE          no alarm stands")
	c.show(func(s *live.Snapshot) {
		s.Standing = nil
		s.Devices[3].Points()[3].LastGood = facility.TickOf(now)
		s.Devices[3].Points()[0].Vanished = true
	})
	c.want("?1/5 NOT SEEN")
}

func TestOverviewCoolingSpeaksOfRoomsOnly(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	for _, of := range []int{0, 5} { // a UPS and a server
		c.show(func(s *live.Snapshot) {
			s.Devices[of].WithPoints(append(s.Devices[of].Points(), point("temperature_celsius", 71, 5*time.Second, nil, nil))...)
		})
		c.want("warmest room 23.4 C")
		c.wantNot("71.0 C")
	}
}

func TestAClockThatWasSteppedIsToldOnTheOverview(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	c.show(func(s *live.Snapshot) {
		s.ClockSteps, s.LastClockStep, s.ClockStepBy = 2, now.Add(-time.Hour), -90*time.Second
	})
	c.want("2 clock steps, last 21:14:07 by -1m 30s")
}

func TestWithNobodyAtTheKeysTheGravestStandInSight(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	more := func(n int) func(*live.Snapshot) {
		return func(s *live.Snapshot) {
			for i := range n {
				o := s.Standing[0]
				o.ID = fmt.Sprintf("ALM-0002%02d", i)
				o.Name = facility.Text{En: fmt.Sprintf("NEW %d", i)}
				s.Standing = append([]alarm.Occurrence{o}, s.Standing...)
			}
		}
	}
	c.show(more(9))
	c.want("NEW 8", "v ")
	c.press("j", "j") // somebody works here: the cursor holds its alarm
	id := "NEW 6"
	c.show(more(20))
	c.want(id, "^ ")
	c.clk.Add(2 * time.Minute)
	c.show(more(20))
	c.want("NEW 19")
	c.wantNot("^ ")
}

func TestTargetsShowGoodBadAndUnknownAt80ColumnsAndTheWorstBelow(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.press("5", "G")
	c.want("目標: UPS on utility  ", "21d/19m/1m", "最下位 UPS A2")
}

func TestRowsOfADeviceSayQuantityAndPlace(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show(func(s *live.Snapshot) {
		d := s.Devices[4]
		var list []live.PointView
		for _, v := range []string{"A", "B"} {
			p := point("ats_input_voltage_volts", 200, time.Second, nil, nil, facility.Label{Name: "phase", Value: "1"}, facility.Label{Name: "source", Value: v})
			list = append(list, p)
		}
		p := point("ats_input_frequency_hertz", 50, time.Second, nil, nil, facility.Label{Name: "input", Value: "1"})
		p.Point.Name = "utility"
		d.WithPoints(append(list, p)...)
	})
	c.press(":", "text:pdu-dead", "enter")
	c.want("入力電圧 A側 相1", "入力電圧 B側 相1", "入力周波数 utility")
}

func TestABadFilterIsExplainedInTheReadersLanguage(t *testing.T) {
	for _, key := range []string{"2", "5", "6"} {
		c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
		c.press(key, "/", "text:色=赤", "enter")
		c.want("条件が読めません: 色=赤", "状態=unack")
		c.wantNot("unknown key")
	}
}

func TestEscTwiceInAHurryLeavesThePrompt(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.press("2", "a", "text:x")
	c.send(tea.KeyMsg{Type: tea.KeyEsc, Alt: true})
	if c.m.prompt != nil {
		t.Fatal("the prompt is still open after Esc Esc")
	}
	if n := len(c.ops.got()); n != 0 {
		t.Fatalf("%d commands after Esc Esc", n)
	}
}

func TestAPasteOfLinesIsOneComment(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.press("2", "a")
	c.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("現地\n確認\r\n:q\n"), Paste: true})
	if n := len(c.ops.got()); n != 0 {
		t.Fatalf("a pasted line end submitted %d commands", n)
	}
	c.press("enter")
	got := c.ops.got()
	if len(got) != 1 || strings.ContainsAny(got[0].comment, "\r\n") || !strings.HasPrefix(got[0].comment, "現地 確認") {
		t.Fatalf("commands %+v, want one comment on one line", got)
	}
}

func TestWhatADeviceSaysOfItselfIsMarkedAsItsWords(t *testing.T) {
	c := newConsole(t, operator(), "ja", "unicode", termenv.Ascii)
	c.show(func(s *live.Snapshot) { s.Devices[4].Identity.SysName = "ALL NORMAL\x1b[1m" })
	c.press(":", "text:pdu-dead", "enter")
	c.want("自称 ALL NORMAL")
}

func TestTheCounterLineIsNeverCut(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		c := newConsole(t, operator(), lang, "unicode", termenv.Ascii)
		c.show(func(s *live.Snapshot) {
			for p := range 4 {
				for i := range 300 {
					o := s.Standing[0]
					o.ID, o.Priority = fmt.Sprintf("ALM-%d%05d", p, i), facility.Priority(p+1)
					s.Standing = append(s.Standing, o)
				}
			}
			s.RatePer10Min = 1234
			s.Stores.History.State, s.Stores.Records.State = "full", "read_only"
		})
		c.want("301/", c.m.c.T.HistoryDown["full"], c.m.c.T.RecordsDown["read_only"])
		// so much takes a second line
		if l := strings.Split(c.screen(), "\n")[2]; !strings.HasSuffix(l, c.m.c.T.RecordsDown["read_only"]) {
			t.Errorf("%s: the line ends in %q", lang, l)
		}
	}
}

// A device with alarms of its own is not normal, whatever the reading next to them
// says.
func TestADeviceWithAlarmsOfItsOwnIsNotNormal(t *testing.T) {
	c := newConsole(t, operator(), "en", "unicode", termenv.Ascii)
	c.press("1")
	c.want("UPS 1/2 abn")
	own := func(v float64) func(*live.Snapshot) {
		return func(s *live.Snapshot) {
			s.Devices[0] = upsView("ups-a1", "UPS A1", 0.97, true)
			s.Devices[1] = upsView("ups-a2", "UPS A2", 0.97, true)
			p := point("ups_alarms_present", v, 4*time.Second, nil, nil)
			p.Point.Device, p.Point.ID = "ups-a1", "ups-a1/ups_alarms_present"
			s.Devices[0].WithPoints(append(s.Devices[0].Points(), p)...)
		}
	}
	c.show(own(1))
	c.want("UPS 1/2 abn")
	c.show(own(0))
	c.wantNot("UPS 1/2 abn")
	c.want("UPS 2/2")
}
