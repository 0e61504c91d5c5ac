// Package action asks for and carries out what changes the record. A question
// is asked once, names the object and the number of them, and holds the id and
// revision that were on the screen; the answer comes back as a [Done] and
// nothing is drawn as done before.
//
// Who may do what is decided by the service. The checks here only spare people
// typing a comment that would be refused.
package action

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// Operations are the commands of the service layer. Every one checks the
// person's role and answers a *duty.Refusal where it was not carried out.
type Operations interface {
	Alarms
	Suppressions
	SetLanguage(ctx context.Context, p duty.Person, lang string) error
}

// Alarms are the commands that change one occurrence, as the person saw it.
type Alarms interface {
	Acknowledge(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	Reset(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	SetCause(ctx context.Context, p duty.Person, id string, revision int, cause, comment string) (alarm.Occurrence, error)
	Assign(ctx context.Context, p duty.Person, id string, revision int, owner, comment string) (alarm.Occurrence, error)
	Note(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	CloseUnwatched(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
}

// Suppressions are the commands that hold alarms back and end that.
type Suppressions interface {
	// Shelve covers the alarm with this id, or, where filter is not empty, all that
	// the filter matches.
	Shelve(ctx context.Context, p duty.Person, id string, revision int, filter string, length time.Duration, reason string) (alarm.Suppression, error)
	TakeOutOfService(ctx context.Context, p duty.Person, id string, revision int, change string, review time.Time, reason string) (alarm.Suppression, error)
	Unshelve(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error)
	ReturnToService(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error)
	ResumePolling(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error)
	Approve(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error)
	Decline(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error)
}

// Limit is how long a command may take before people are told that there is no
// answer.
const Limit = 10 * time.Second

// Kind is which command was given.
type Kind uint8

const (
	acknowledge Kind = iota
	reset
	language
	shelve
	service
	unshelve
	approve
	decline
	assign
	note
	cause
	closed
)

// A Done is the answer to a command.
type Done struct {
	Kind    Kind
	IDs     []string
	Changed int   // how many were carried out
	Waiting bool  // a second person must approve first
	Err     error // of the first that was not
}

// Sentence says in the session's language what came of it.
func (d Done) Sentence(t *i18n.Texts) string {
	many := t.Suppress.DoneMany
	if d.Kind == acknowledge {
		many = t.Alarms.AckedMany
	}
	if d.Err != nil {
		why := Reason(t, d.Err)
		if len(d.IDs) > 1 {
			return many(d.Changed, len(d.IDs)) + "; " + t.Alarms.NotDone(why)
		}
		if errors.Is(d.Err, context.DeadlineExceeded) {
			return why
		}
		return t.Alarms.NotDone(why)
	}
	switch {
	case d.Kind == language:
		return t.Command.LangSaved
	case len(d.IDs) > 1:
		return many(d.Changed, len(d.IDs))
	case d.Waiting:
		return t.Suppress.DoneWaiting(d.IDs[0])
	}
	s := &t.Suppress
	return map[Kind]func(string) string{
		acknowledge: t.Alarms.Acked, reset: t.Alarms.Reset, shelve: s.DoneShelved, service: s.DoneService, unshelve: s.DoneOver,
		approve: s.DoneApproved, decline: s.DoneDeclined, assign: s.DoneAssigned, note: s.DoneNoted, cause: s.DoneCause, closed: s.DoneClosed,
	}[d.Kind](d.IDs[0])
}

// Reason is why a command was not carried out.
func Reason(t *i18n.Texts, err error) string {
	var r *duty.Refusal
	switch {
	case errors.As(err, &r):
		arg, _ := text.Clean(r.Arg, 60)
		detail, _ := text.Clean(r.Detail, 200)
		return t.RefusalOf(string(r.Code), string(r.Why), arg, detail)
	case errors.Is(err, context.DeadlineExceeded):
		return t.Alarms.NoAnswer
	}
	s, _ := text.Clean(err.Error(), 200)
	return s
}

// Acknowledge asks for a comment and acknowledges the rows: one of any
// priority, or several that are not priority 1.
func Acknowledge(c *session.Context, ops Operations, rows []alarm.Occurrence) {
	switch {
	case len(rows) == 0 || readOnly(c):
		return
	case !c.Person.Has(duty.Operator, duty.ShiftLead):
		c.Say(c.T.Alarms.NoAck)
		return
	case len(rows) == 1 && !session.Unacked(rows[0].State()):
		c.Say(c.T.Alarms.AlreadyAcked)
		return
	case len(rows) > 1 && anyP1(rows):
		c.Say(c.T.Alarms.OneByOne)
		return
	}
	question := c.T.Alarms.AckMany(len(rows))
	if len(rows) == 1 {
		question = c.T.Alarms.AckQuestion(rows[0].ID, title(c, &rows[0]))
	}
	ask(c, question, []field{{label: c.T.Alarms.AckLabel, required: c.T.Alarms.CommentRequired}}, func(in []string) tea.Cmd {
		return each(acknowledge, seen(rows), func(ctx context.Context, s sight) (bool, error) {
			_, err := ops.Acknowledge(ctx, c.Person, s.id, s.revision, in[0])
			return false, err
		})
	})
}

// Reset asks what was checked and resets a latched alarm.
func Reset(c *session.Context, ops Operations, o alarm.Occurrence) {
	switch {
	case readOnly(c):
		return
	case !c.Person.Has(duty.ShiftLead):
		c.Say(c.T.Alarms.NoReset)
		return
	case !o.Latching:
		c.Say(c.T.Alarms.NotLatched)
		return
	case o.Active:
		c.Say(c.T.Alarms.StillActive)
		return
	}
	one(c, reset, c.T.Alarms.ResetQuestion(o.ID, title(c, &o)), field{label: c.T.Alarms.ResetLabel, required: c.T.Alarms.CommentRequired}, &o, ops.Reset)
}

// SetLanguage keeps a person's choice.
func SetLanguage(c *session.Context, ops Operations, lang string) tea.Cmd {
	person := c.Person
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), Limit)
		defer cancel()
		return Done{Kind: language, IDs: []string{lang}, Changed: 1, Err: ops.SetLanguage(ctx, person, lang)}
	}
}

// readOnly says why where the session only watches.
func readOnly(c *session.Context) bool {
	if c.ReadOnly != "" {
		c.Say(c.ReadOnly.Sentence(c.T))
	}
	return c.ReadOnly != ""
}

func anyP1(rows []alarm.Occurrence) bool {
	return slices.ContainsFunc(rows, func(o alarm.Occurrence) bool { return o.Priority == facility.P1 })
}

// title is an alarm in a question.
func title(c *session.Context, o *alarm.Occurrence) string {
	return o.Priority.Mark() + " " + c.AlarmName(o)
}
