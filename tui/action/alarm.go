package action

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/tui/session"
)

// Assign asks for a person and a comment.
func Assign(c *session.Context, ops Operations, o alarm.Occurrence) {
	if !mayChange(c, &o, c.T.Suppress.NoNote, duty.Operator, duty.ShiftLead) {
		return
	}
	t, person, what := &c.T.Suppress, c.Person, []sight{{o.ID, o.Revision}}
	var people []string
	if c.People != nil {
		people = c.People()
	}
	fields := []field{
		{label: t.AssignLabel, initial: person.ID, required: t.NoSuchPerson("?"), check: func(id string) string {
			if people != nil && !slices.Contains(people, id) {
				return t.NoSuchPerson(id)
			}
			return ""
		}},
		{label: c.T.Alarms.AckLabel, required: c.T.Alarms.CommentRequired},
	}
	ask(c, t.AssignQuestion(o.ID, title(c, &o)), fields, func(in []string) tea.Cmd {
		return each(assign, what, func(ctx context.Context, s sight) (bool, error) {
			_, err := ops.Assign(ctx, person, s.id, s.revision, in[0], in[1])
			return false, err
		})
	})
}

// Note asks for a remark and writes it into the alarm's log.
func Note(c *session.Context, ops Operations, o alarm.Occurrence) {
	if mayChange(c, &o, c.T.Suppress.NoNote, duty.Operator, duty.ShiftLead, duty.Manager) {
		one(c, note, c.T.Suppress.NoteQuestion(o.ID, title(c, &o)), field{label: c.T.Suppress.NoteLabel, required: c.T.Alarms.CommentRequired}, &o, ops.Note)
	}
}

// SetCause asks why and puts an alarm under another cause; "" takes that back.
func SetCause(c *session.Context, ops Operations, o alarm.Occurrence, root string) {
	t := &c.T.Suppress
	if !mayChange(c, &o, t.NoCause, duty.ShiftLead) {
		return
	}
	question := t.CauseBack(o.ID)
	if root != "" {
		question = t.CauseQuestion(o.ID, root)
	}
	one(c, cause, question, field{label: t.ReasonLabel, required: t.ReasonRequired}, &o,
		func(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
			return ops.SetCause(ctx, p, id, revision, root, comment)
		})
}

// Close asks why and ends an alarm that nothing watches any more.
func Close(c *session.Context, ops Operations, o alarm.Occurrence) {
	t := &c.T.Suppress
	if !mayChange(c, &o, t.NoClose, duty.ShiftLead) {
		return
	}
	if !c.Unwatched(&o) {
		c.Say(t.StillWatched)
		return
	}
	one(c, closed, t.CloseQuestion(o.ID, title(c, &o)), field{label: t.ReasonLabel, required: t.ReasonRequired}, &o, ops.CloseUnwatched)
}

// mayChange spares people whose roles do not permit it the typing.
func mayChange(c *session.Context, o *alarm.Occurrence, sentence string, roles ...duty.Role) bool {
	if o.ID == "" || readOnly(c) {
		return false
	}
	if !c.Person.Has(roles...) {
		c.Say(sentence)
		return false
	}
	return true
}
