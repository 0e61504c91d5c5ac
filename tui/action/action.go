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
	"strings"
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
	Acknowledge(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	Reset(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)
	SetLanguage(ctx context.Context, p duty.Person, lang string) error
}

// Limit is how long a command may take before people are told that there is no
// answer.
const Limit = 10 * time.Second

// A Done is the answer to a command.
type Done struct {
	Kind    string // "acknowledge", "reset" or "language"
	IDs     []string
	Changed int   // how many were carried out
	Err     error // of the first that was not
}

// Sentence says in the session's language what came of it.
func (d Done) Sentence(t *i18n.Texts) string {
	if d.Err != nil {
		why := Reason(t, d.Err)
		if len(d.IDs) > 1 {
			return t.Alarms.AckedMany(d.Changed, len(d.IDs)) + "; " + t.Alarms.NotDone(why)
		}
		if errors.Is(d.Err, context.DeadlineExceeded) {
			return why
		}
		return t.Alarms.NotDone(why)
	}
	switch {
	case d.Kind == "language":
		return t.Command.LangSaved
	case len(d.IDs) > 1:
		return t.Alarms.AckedMany(d.Changed, len(d.IDs))
	case d.Kind == "reset":
		return t.Alarms.Reset(d.IDs[0])
	}
	return t.Alarms.Acked(d.IDs[0])
}

// Reason is why a command was not carried out.
func Reason(t *i18n.Texts, err error) string {
	var r *duty.Refusal
	switch {
	case errors.As(err, &r):
		return i18n.Word(t.Refusal, string(r.Code))
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
	case len(rows) == 0:
		return
	case c.ReadOnly != "":
		c.Say(c.ReadOnly.Sentence(c.T))
		return
	case !c.Person.Has(duty.Operator, duty.ShiftLead):
		c.Say(c.T.Alarms.NoAck)
		return
	case len(rows) == 1 && !session.Unacked(rows[0].State()):
		c.Say(c.T.Alarms.AlreadyAcked)
		return
	}
	question := c.T.Alarms.AckMany(len(rows))
	if len(rows) == 1 {
		question = c.T.Alarms.AckQuestion(rows[0].ID, rows[0].Priority.Mark()+" "+c.AlarmName(&rows[0]))
	} else {
		for i := range rows {
			if rows[i].Priority == facility.P1 {
				c.Say(c.T.Alarms.OneByOne)
				return
			}
		}
	}
	ask(c, "acknowledge", question, c.T.Alarms.AckLabel, rows, ops.Acknowledge)
}

// Reset asks what was checked and resets a latched alarm.
func Reset(c *session.Context, ops Operations, o alarm.Occurrence) {
	switch {
	case c.ReadOnly != "":
		c.Say(c.ReadOnly.Sentence(c.T))
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
	question := c.T.Alarms.ResetQuestion(o.ID, o.Priority.Mark()+" "+c.AlarmName(&o))
	ask(c, "reset", question, c.T.Alarms.ResetLabel, []alarm.Occurrence{o}, ops.Reset)
}

type command func(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)

func ask(c *session.Context, kind, question, label string, rows []alarm.Occurrence, do command) {
	type seen struct {
		id       string
		revision int
	}
	var all []seen
	var ids []string
	for i := range rows {
		all = append(all, seen{rows[i].ID, rows[i].Revision})
		ids = append(ids, rows[i].ID)
	}
	person, required := c.Person, c.T.Alarms.CommentRequired
	c.Ask(session.Prompt{
		Question: question,
		Label:    label,
		Submit: func(comment string) (tea.Cmd, string) {
			comment = strings.TrimSpace(comment)
			if comment == "" {
				return nil, required
			}
			return func() tea.Msg {
				ctx, cancel := context.WithTimeout(context.Background(), Limit)
				defer cancel()
				d := Done{Kind: kind, IDs: ids}
				for _, s := range all {
					if _, err := do(ctx, person, s.id, s.revision, comment); err != nil {
						if d.Err == nil {
							d.Err = err
						}
						continue
					}
					d.Changed++
				}
				return d
			}, ""
		},
	})
}

// SetLanguage keeps a person's choice.
func SetLanguage(c *session.Context, ops Operations, lang string) tea.Cmd {
	person := c.Person
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), Limit)
		defer cancel()
		return Done{Kind: "language", IDs: []string{lang}, Changed: 1, Err: ops.SetLanguage(ctx, person, lang)}
	}
}
