package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"nezuban/internal/duty"
)

// tellingJournal also knows who was told.
type tellingJournal struct {
	fakeJournal
	asked   *int
	notices *[]duty.Notice
}

func (j tellingJournal) Notices(context.Context, string, int) ([]duty.Notice, error) {
	*j.asked++
	return *j.notices, nil
}

// The log of an alarm says who was told and when, between its own events, and goes
// on while only the escalation does.
func TestTheLogSaysWhoWasTold(t *testing.T) {
	for lang, want := range map[string][3]string{
		"en": {"told             sato   pager   raised", "NOT TOLD         mori   mail   step 1   550 no such user", "not told         -   am   raised   follows from ALM-000008"},
		"ja": {"通知済           sato   pager   発生", "通知失敗         mori   mail   段階 1   550 no such user", "通知せず         -   am   発生   原因警報 ALM-000008"},
	} {
		at := now.Add(-9*time.Minute + 5*time.Second)
		asked, notices := 0, []duty.Notice{
			{Kind: duty.NoticeEscalated, Step: 1, State: duty.NoticeFailed, Target: "mori", Channel: "mail", Due: at.Add(time.Hour), LastError: "550 no such user"},
			{Kind: duty.NoticeRaised, State: duty.NoticeSent, Target: "sato", Channel: "pager", Due: at.Add(-time.Second), SentAt: at},
		}
		c := consoleWith(t, facilitySnapshot(), operator(), lang, "unicode", termenv.Ascii, tellingJournal{fakeJournal{}, &asked, &notices})
		c.press("2", "enter", "G")
		c.want(want[0], want[1])
		s := c.m.View()
		if raised, told := strings.Index(s, "rule:UPS-ON-BATTERY"), strings.Index(s, "sato   pager"); raised < 0 || told < raised || told > strings.Index(s, "person:sato") {
			t.Errorf("the notice does not stand between the events:\n%s", s)
		}
		notices = append(notices, duty.Notice{Kind: duty.NoticeRaised, State: duty.NoticeCancelled, Channel: "am", Due: at, LastError: "grouped under ALM-000008"})
		before := asked
		for range 6 {
			c.clk.Add(time.Second)
			c.feed.snap.Number++
			c.pull()
		}
		c.press("G")
		c.want(want[2])
		if n := asked - before; n < 1 || n > 2 {
			t.Errorf("asked %d times in six seconds", n)
		}
	}
}
