package alarm

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// A Teller is a Journal that also knows who was told of an alarm.
type Teller interface {
	Notices(ctx context.Context, alarmID string, limit int) ([]duty.Notice, error)
}

const (
	mostNotices = 100
	// toldEvery is how old the list of who was told may get: an escalation goes on
	// while the alarm itself stays as it is.
	toldEvery = 5 * time.Second
)

// An entry is one line of the log: an event, or that somebody was told.
type entry struct {
	at         time.Time
	word, rest string
}

// entries are events and notices in the order of time. Where both are of one
// moment the event comes first.
func (s *Screen) entries() []entry {
	out := make([]entry, 0, len(s.log)+len(s.told))
	for _, e := range s.log {
		out = append(out, entry{e.At, i18n.Word(s.c.T.Event, string(e.Kind)), session.Join(e.Actor, e.Comment)})
	}
	for i := range s.told {
		out = append(out, s.toldEntry(&s.told[i]))
	}
	slices.SortStableFunc(out, func(a, b entry) int { return a.at.Compare(b.at) })
	return out
}

// toldEntry is what became of one notice: when it was taken, or when it is or
// was due.
func (s *Screen) toldEntry(n *duty.Notice) entry {
	at, why := n.Due, ""
	switch n.State {
	case duty.NoticeSent:
		at = n.SentAt
	case duty.NoticeCancelled:
		if root, grouped := strings.CutPrefix(n.LastError, "grouped under "); grouped {
			why = s.c.T.Alarms.FollowsFrom(root, "")
		}
	default:
		why = n.LastError
	}
	what := i18n.Word(s.c.T.Event, string(n.Kind))
	if n.Step > 0 {
		what = s.c.T.Alarms.EscalationStep(n.Step)
	}
	return entry{at, i18n.Word(s.c.T.Told, string(n.State)), session.Join(cmp.Or(n.Target, "-"), n.Channel, what, why)}
}

// ask reads the events of an alarm and, where the journal knows, who was told.
func ask(ctx context.Context, journal Journal, id string) (events []alarm.Event, told []duty.Notice, err error) {
	if events, err = journal.Events(ctx, id); err != nil {
		return nil, nil, err
	}
	if t, ok := journal.(Teller); ok {
		told, err = t.Notices(ctx, id, mostNotices)
	}
	return events, told, err
}

// lineOf is one entry in at most so many cells.
func (p *page) lineOf(e entry) string {
	line := text.Pad(p.s.c.Clock(e.at), 14) + " " + text.Pad(e.word, 16) + " " + e.rest
	return " " + p.s.c.Theme.Normal.Paint(text.Cut(line, p.width-2, p.s.c.Theme.Glyphs.Tail))
}
