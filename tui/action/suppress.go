package action

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/tui/session"
)

// lengths of a shelving, by the number that people press.
var lengths = map[string]time.Duration{"1": 30 * time.Minute, "2": time.Hour, "3": 8 * time.Hour}

// reviewIn is what is proposed for looking at an alarm out of service again.
const reviewIn = 7 * 24 * time.Hour

// most is how long an alarm may be shelved: the cap of its priority, or what
// its definition allows.
func most(c *session.Context, o *alarm.Occurrence) time.Duration {
	limit := alarm.MaxShelving(o.Priority)
	if c.Snapshot != nil {
		if r := c.Snapshot.Rules[o.Rule]; r != nil && r.MaxShelve > 0 {
			limit = min(limit, r.MaxShelve)
		}
	}
	return limit
}

// Shelve asks for how long and why, and holds the rows back: one alarm of any
// priority, or several that are not priority 1. On one that is shelved it asks
// why that is to end.
func Shelve(c *session.Context, ops Operations, rows []alarm.Occurrence) {
	switch {
	case len(rows) == 0 || readOnly(c):
		return
	case !c.Person.Has(duty.Operator, duty.ShiftLead):
		c.Say(c.T.Suppress.NoShelve)
		return
	case len(rows) == 1 && rows[0].Shelve != nil:
		End(c, ops, *rows[0].Shelve)
		return
	case slices.ContainsFunc(rows, func(o alarm.Occurrence) bool { return o.Class == alarm.LifeSafety }):
		c.Say(c.T.Suppress.LifeSafety)
		return
	case len(rows) > 1 && anyP1(rows):
		c.Say(c.T.Suppress.P1OneByOne)
		return
	}
	limit, question := most(c, &rows[0]), c.T.Suppress.ShelveMany(len(rows))
	for i := range rows {
		limit = min(limit, most(c, &rows[i]))
	}
	if len(rows) == 1 {
		o := &rows[0]
		if w := c.WaitingFor(o); w != nil {
			c.Say(c.T.Suppress.WaitsFor(w.ID))
			return
		}
		question = c.T.Suppress.ShelveQuestion(o.ID, title(c, o))
		if o.Priority == facility.P1 {
			question = c.T.Suppress.SecondPerson + "  " + question
		}
	}
	person, what := c.Person, seen(rows)
	askLength(c, question, limit, func(length time.Duration, reason string) tea.Cmd {
		return each(shelve, what, func(ctx context.Context, s sight) (bool, error) {
			done, err := ops.Shelve(ctx, person, s.id, s.revision, "", length, reason)
			return done.State == alarm.Waiting, err
		})
	})
}

// ShelveFilter asks the same for all that a filter matches now and later; n are
// the standing alarms it matches now, which is told before.
func ShelveFilter(c *session.Context, ops Operations, filter string, n int) {
	switch {
	case readOnly(c):
		return
	case !c.Person.Has(duty.Operator, duty.ShiftLead):
		c.Say(c.T.Suppress.NoShelve)
		return
	}
	person := c.Person
	question := c.T.Suppress.ShelveQuestion(filter, c.T.Suppress.Preview(n))
	askLength(c, question, alarm.MaxShelving(facility.P4), func(length time.Duration, reason string) tea.Cmd {
		return each(shelve, []sight{{filter, 0}}, func(ctx context.Context, s sight) (bool, error) {
			done, err := ops.Shelve(ctx, person, "", 0, filter, length, reason)
			return done.State == alarm.Waiting, err
		})
	})
}

// askLength asks for the number of a length, then for the reason. Who knows the
// numbers types both at once: "2 door is being mended".
func askLength(c *session.Context, question string, limit time.Duration, run func(time.Duration, string) tea.Cmd) {
	t := &c.T.Suppress
	label, end := t.LengthsShort(i18n.FormatDuration(limit)), time.Time{}
	if c.ShiftEnd != nil {
		if end = c.ShiftEnd(c.Now); end.After(c.Now) {
			label = t.Lengths(end.In(c.Zone()).Format("15:04"), i18n.FormatDuration(limit))
		}
	}
	lengthOf := func(number string) (time.Duration, bool) {
		if number == "4" && end.After(c.Now) {
			return end.Sub(c.Now), true
		}
		d, ok := lengths[number]
		return d, ok
	}
	reason := field{label: t.ReasonLabel, required: t.ReasonRequired}
	c.Ask(session.Prompt{
		Question: question, Label: label,
		Submit: func(typed string) (tea.Cmd, string) {
			number, why, _ := strings.Cut(strings.TrimSpace(typed), " ")
			length, ok := lengthOf(number)
			switch {
			case !ok:
				return nil, t.BadLength
			case length > limit:
				return nil, t.TooLong(i18n.FormatDuration(limit))
			case strings.TrimSpace(why) != "":
				return run(length, strings.TrimSpace(why)), ""
			}
			ask(c, question, []field{reason}, func(in []string) tea.Cmd {
				if until, ok := lengthOf(number); ok { // the shift's end has come nearer
					length = until
				}
				return run(length, in[0])
			})
			return nil, ""
		},
	})
}

// OutOfService asks for change number, review date and reason, and takes an
// alarm out of service. On one that is out of service it asks why it returns.
func OutOfService(c *session.Context, ops Operations, rows []alarm.Occurrence) {
	t := &c.T.Suppress
	switch {
	case len(rows) == 0 || readOnly(c):
		return
	case !c.Person.Has(duty.ShiftLead):
		c.Say(t.NoService)
		return
	case len(rows) > 1:
		c.Say(t.NotByMany)
		return
	case rows[0].Service != nil:
		End(c, ops, *rows[0].Service)
		return
	case rows[0].Class == alarm.LifeSafety:
		c.Say(t.LifeSafety)
		return
	}
	o := rows[0]
	if w := c.WaitingFor(&o); w != nil {
		c.Say(t.WaitsFor(w.ID))
		return
	}
	zone, now, person := c.Zone(), c.Now, c.Person
	question := t.ServiceQuestion(o.ID, title(c, &o))
	if o.Priority == facility.P1 {
		question = t.SecondPerson + "  " + question
	}
	day := func(s string) (time.Time, bool) {
		d, err := time.ParseInLocation(time.DateOnly, s, zone)
		return d, err == nil && d.After(now)
	}
	fields := []field{
		{label: t.ChangeLabel, required: t.ChangeRequired},
		{label: t.ReviewLabel, initial: now.In(zone).Add(reviewIn).Format(time.DateOnly), check: func(s string) string {
			if _, ok := day(s); !ok {
				return t.BadReview
			}
			return ""
		}},
		{label: t.ReasonLabel, required: t.ReasonRequired},
	}
	ask(c, question, fields, func(in []string) tea.Cmd {
		review, _ := day(in[1])
		return each(service, seen(rows), func(ctx context.Context, s sight) (bool, error) {
			done, err := ops.TakeOutOfService(ctx, person, s.id, s.revision, in[0], review, in[2])
			return done.State == alarm.Waiting, err
		})
	})
}

// End asks why a suppression in force ends before its time, and ends it.
func End(c *session.Context, ops Operations, s alarm.Suppression) {
	t, do := &c.T.Suppress, ops.Unshelve
	question := t.UnshelveQuestion(s.ID, ScopeName(c, &s))
	switch {
	case readOnly(c):
		return
	case s.Type == alarm.OutOfService && !c.Person.Has(duty.ShiftLead):
		c.Say(t.NoService)
		return
	case s.Type == alarm.PollingStop && !c.Person.Has(duty.ShiftLead):
		c.Say(t.NoResume)
		return
	case s.Type == alarm.PollingStop:
		do, question = ops.ResumePolling, t.ResumeQuestion(s.ID, ScopeName(c, &s))
	case s.Type == alarm.OutOfService:
		do, question = ops.ReturnToService, t.ReturnQuestion(s.ID, ScopeName(c, &s))
	case !c.Person.Has(duty.Operator, duty.ShiftLead):
		c.Say(t.NoShelve)
		return
	}
	decide(c, unshelve, question, &s, do)
}

// Approve and Decline ask for a comment and answer a request that waits for a
// second person.
func Approve(c *session.Context, ops Operations, s alarm.Suppression) {
	if mayDecide(c, &s) {
		decide(c, approve, c.T.Suppress.ApproveQuestion(s.ID, ScopeName(c, &s)), &s, ops.Approve)
	}
}

// Decline is the opposite of Approve.
func Decline(c *session.Context, ops Operations, s alarm.Suppression) {
	if mayDecide(c, &s) {
		decide(c, decline, c.T.Suppress.DeclineQuestion(s.ID, ScopeName(c, &s)), &s, ops.Decline)
	}
}

func mayDecide(c *session.Context, s *alarm.Suppression) bool {
	t := &c.T.Suppress
	switch {
	case readOnly(c):
		return false
	case s.State != alarm.Waiting:
		c.Say(t.NotWaiting)
	case !c.Person.Has(duty.Operator, duty.ShiftLead):
		c.Say(t.NoApprove)
	case s.By == c.Person.ID:
		c.Say(t.OwnRequest)
	default:
		return true
	}
	return false
}

func decide(c *session.Context, kind Kind, question string, s *alarm.Suppression, do func(context.Context, duty.Person, string, int, string) (alarm.Suppression, error)) {
	person, what := c.Person, []sight{{s.ID, s.Revision}}
	ask(c, question, []field{{label: c.T.Suppress.ReasonLabel, required: c.T.Suppress.ReasonRequired}}, func(in []string) tea.Cmd {
		return each(kind, what, func(ctx context.Context, s sight) (bool, error) {
			_, err := do(ctx, person, s.id, s.revision, in[0])
			return false, err
		})
	})
}

// ScopeName is what a suppression covers, in the reader's language.
func ScopeName(c *session.Context, s *alarm.Suppression) string {
	if s.Scope.Filter != "" {
		return c.Clean(s.Scope.Filter)
	}
	name, device := s.Scope.Name.In(c.T.Lang), c.DeviceName(s.Scope.Device)
	if name == "" {
		name = s.Scope.Rule
	}
	name = c.Clean(name)
	if device == "" || strings.Contains(name, device) {
		return name
	}
	return name + " - " + device
}
