package reports

import (
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
)

func TestMidnightBelongsToTheDayThatBegins(t *testing.T) {
	in := emptyDay()
	in.Events = eventsOf(
		newTale(t, "ALM-first", onBattery, "ups-a1").on(in.From).ack("sato", "x", clockAt(0, 1, 0)).off(clockAt(0, 2, 0)),
		newTale(t, "ALM-ended", inletHigh, "hub-1").on(clockAt(-1, 0, 0)).ack("sato", "x", clockAt(-1, 1, 0)).off(in.From),
		newTale(t, "ALM-next", inletHigh, "ups-a1").on(in.To),
	)
	in.AsOf = clockAt(25, 0, 0)
	m := build(t, in)
	a := m.Alarms
	if got := strings.Join(a.Raised.Evidence, " "); got != "alarm-ALM-first" {
		t.Errorf("raised at 00:00:00 belongs to the day, at 24:00:00 to the next: %s", got)
	}
	if got := strings.Join(a.StandingAtStart.Evidence, " "); got != "alarm-ALM-ended" {
		t.Errorf("what stood until 00:00:00 stood at the start: %s", got)
	}
	if a.StandingAtEnd.Value != 0 || a.Ended.Value != 2 || len(m.Stories) != 2 {
		t.Errorf("standing at the end %d, ended %d, stories %d; want 0, 2, 2", a.StandingAtEnd.Value, a.Ended.Value, len(m.Stories))
	}
}

func TestReturnedAndLatchedWithoutAcknowledgementAreUnacknowledged(t *testing.T) {
	in := emptyDay()
	in.Events = eventsOf(
		newTale(t, "ALM-1", inletHigh, "hub-1").on(clockAt(9, 0, 0)).off(clockAt(9, 1, 0)),
		newTale(t, "ALM-2", fireAlarm, "hub-1").on(clockAt(9, 0, 0)).off(clockAt(9, 1, 0)),
		newTale(t, "ALM-3", fireAlarm, "ups-a1").on(clockAt(9, 0, 0)).off(clockAt(9, 1, 0)).ack("sato", "x", clockAt(9, 2, 0)),
	)
	a := build(t, in).Alarms
	if got := strings.Join(a.UnackedAtEnd.Evidence, " "); got != "alarm-ALM-1 alarm-ALM-2" || a.StandingAtEnd.Value != 3 {
		t.Errorf("RTNUN and LATUN are unacknowledged, LATCH is not: %s of %d standing", got, a.StandingAtEnd.Value)
	}
}

func TestNamesThatLookAlikeKeepTheirOwnAnchors(t *testing.T) {
	in := emptyDay()
	for _, id := range []facility.DeviceID{"a b", "a-b", "a/b"} {
		in.Gaps = append(in.Gaps, DeviceGap{Device: id, From: clockAt(1, 0, 0), To: clockAt(2, 0, 0)})
	}
	seen := map[string]bool{}
	for _, row := range build(t, in).Devices.Lines {
		if seen[row.Evidence] {
			t.Errorf("two devices share the anchor %s", row.Evidence)
		}
		seen[row.Evidence] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d devices told, want 3", len(seen))
	}
}

func TestWhatHappenedInTheSecondOfTheReportIsInIt(t *testing.T) {
	in := emptyDay()
	in.AsOf = clockAt(10, 0, 50)
	in.Events = newTale(t, "ALM-1", onBattery, "ups-a1").on(clockAt(10, 0, 20)).ack("sato", "x", clockAt(10, 0, 50).Add(842*time.Millisecond)).
		off(clockAt(10, 0, 51)).events
	s := build(t, in).Stories[0]
	if s.AtEnd != "ACKED" || s.AckedBy != "sato" || len(s.Events) != 2 {
		t.Errorf("at 10:00:50 it is %s, acknowledged by %q, %d events; want ACKED, sato, 2", s.AtEnd, s.AckedBy, len(s.Events))
	}
}
