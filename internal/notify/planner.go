package notify

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

// GroupingWindow is how long the first notice of a P2 to P4 alarm waits: within
// it the alarm may turn out to be the consequence of another. P1 and life safety
// never wait.
const GroupingWindow = 15 * time.Second

// A Planner says who is told of a transition and when the next step of its
// escalation falls due. It is pure but for its settings, which Apply replaces,
// and safe for concurrent use.
type Planner struct {
	settings atomic.Pointer[Settings]
	rule     func(id string) *alarm.Rule
	log      *slog.Logger
}

// NewPlanner makes a Planner. rule finds an alarm's definition, nil where it is
// gone.
func NewPlanner(s Settings, rule func(id string) *alarm.Rule, log *slog.Logger) *Planner {
	p := &Planner{rule: rule, log: log}
	p.Apply(s)
	return p
}

// Apply takes up changed settings.
func (p *Planner) Apply(s Settings) { p.settings.Store(&s) }

// Transition returns the notices that an event brings at once, and the moment at
// which step 1 falls due where nobody acts; zero: the event begins no escalation.
// o is the occurrence after the event.
//
// Nothing is told of an alarm that is shelved, suppressed or out of service. An
// alarm that comes on unacknowledged again is told like a new one.
func (p *Planner) Transition(o alarm.Occurrence, e alarm.Event, now time.Time) ([]duty.Notice, time.Time) {
	if held(o) || e.Held != "" && o.Class != alarm.LifeSafety {
		return nil, time.Time{}
	}
	kind, tells := kindOf(o, e)
	if !tells {
		return nil, time.Time{}
	}
	pl := p.plan(o, &e, kind, 0, now)
	pl.everybody()
	first, later := p.steps(o)
	switch kind {
	case duty.NoticeRaised, duty.NoticeRealarmed:
		told := pl.people(first.To)
		if len(later) == 0 {
			return pl.notices, time.Time{}
		}
		if len(first.To) > 0 && !told {
			return pl.notices, now // nobody to tell: the next one at once
		}
		return pl.notices, now.Add(later[0].After)
	case duty.NoticeReturned, duty.NoticeEnded:
		if e.Kind == alarm.Returned && o.Priority <= facility.P2 {
			pl.people(first.To)
		}
	}
	return pl.notices, time.Time{}
}

// Step returns the notices of an escalation step that has fallen due, and the
// moment of the next one; zero: it was the last. The distance to the next one
// counts from now: who is told late because the program was down still gets the
// time that the policy gives him. Where a step has nobody to tell, the next is due
// at once.
func (p *Planner) Step(o alarm.Occurrence, step int, now time.Time) ([]duty.Notice, time.Time) {
	over := o.IsAcked || !o.EndedAt.IsZero() || !o.Active && o.Priority != facility.P1
	_, later := p.steps(o)
	if over || held(o) || step < 1 || len(later) == 0 {
		return nil, time.Time{}
	}
	i := step - 1
	if i >= len(later) {
		i = len(later) - 1
		if later[i].Repeat <= 0 {
			return nil, time.Time{}
		}
	}
	pl := p.plan(o, nil, duty.NoticeEscalated, step, now)
	pl.everybody()
	told := pl.people(later[i].To)
	switch {
	case i+1 < len(later) && !told:
		return pl.notices, now
	case i+1 < len(later):
		return pl.notices, now.Add(later[i+1].After - later[i].After)
	case later[i].Repeat > 0:
		return pl.notices, now.Add(later[i].Repeat)
	}
	return pl.notices, time.Time{}
}

// held reports whether people or design keep the alarm from being told; nothing
// keeps life safety.
func held(o alarm.Occurrence) bool {
	return o.Class != alarm.LifeSafety && (o.Shelve != nil || o.Service != nil || o.Design != "")
}

// kindOf is what an event tells; false: nothing.
func kindOf(o alarm.Occurrence, e alarm.Event) (duty.NoticeKind, bool) {
	switch e.Kind {
	case alarm.Raised:
		return duty.NoticeRaised, true
	case alarm.CameBack, alarm.Realarmed:
		return duty.NoticeRealarmed, true
	case alarm.Acknowledged, alarm.Returned, alarm.ResetDone, alarm.Closed:
		switch {
		case !o.EndedAt.IsZero():
			return duty.NoticeEnded, true
		case e.Kind == alarm.Returned:
			return duty.NoticeReturned, true
		case e.Kind == alarm.Acknowledged:
			return duty.NoticeAcked, true
		}
	}
	return "", false
}

// steps are the alarm's escalation: what is done at once, and the later steps in
// order. Steps with the same After are one.
func (p *Planner) steps(o alarm.Occurrence) (first duty.Step, later []duty.Step) {
	name := ""
	if r := p.rule(o.Rule); r != nil {
		name = r.Escalation
	}
	policy := p.settings.Load().escalation(name)
	if policy == nil {
		return first, nil
	}
	list := slices.Clone(policy.Steps[o.Priority])
	slices.SortStableFunc(list, func(a, b duty.Step) int { return cmp.Compare(a.After, b.After) })
	for _, s := range list {
		switch n := len(later); {
		case s.After <= 0:
			first.To = append(slices.Clip(first.To), s.To...)
		case n > 0 && later[n-1].After == s.After:
			later[n-1].To = append(slices.Clip(later[n-1].To), s.To...)
			later[n-1].Repeat = max(later[n-1].Repeat, s.Repeat)
		default:
			later = append(later, s)
		}
	}
	return first, later
}

// A plan gathers the notices of one event or step.
type plan struct {
	p       *Planner
	s       *Settings
	o       alarm.Occurrence
	kind    duty.NoticeKind
	step    int
	now     time.Time
	due     time.Time
	body    message.Message
	notices []duty.Notice
}

func (p *Planner) plan(o alarm.Occurrence, e *alarm.Event, kind duty.NoticeKind, step int, now time.Time) *plan {
	s := p.settings.Load()
	due := now
	if step == 0 && o.Priority != facility.P1 && o.Class != alarm.LifeSafety {
		due = now.Add(GroupingWindow) // also of a return: it must not overtake the beginning
	}
	return &plan{p: p, s: s, o: o, kind: kind, step: step, now: now, due: due, body: compose(s.Site, o, e, p.rule(o.Rule), now)}
}

// everybody tells the channels that get every notice. An Alertmanager knows
// alerts and no escalation.
func (pl *plan) everybody() {
	for i := range pl.s.Channels {
		c := &pl.s.Channels[i]
		if c.All && c.takes(pl.o.Priority) && !(c.Kind == Alertmanager && pl.kind == duty.NoticeEscalated) {
			pl.add(c, duty.Person{}, "")
		}
	}
}

// people tells the receivers of a step and reports whether there was anybody.
func (pl *plan) people(to []string) (told bool) {
	for _, t := range to {
		if name, ok := strings.CutPrefix(t, "channel:"); ok {
			c, found := pl.s.Channel(name)
			if found && c.takes(pl.o.Priority) {
				pl.add(c, duty.Person{}, "")
				told = true
			}
			continue
		}
		persons, err := pl.s.Roster.Resolve(t, pl.now)
		if err != nil {
			pl.p.log.Warn("an escalation has nobody to tell", "alarm", pl.o.ID, "step", pl.step, "err", err)
		}
		for _, person := range persons {
			if pl.person(person) {
				told = true
			}
		}
	}
	return told
}

// person tells one person on every channel on which he has an address.
func (pl *plan) person(person duty.Person) (told bool) {
	addresses := pl.s.Contacts[person.ID]
	for i := range pl.s.Channels {
		c := &pl.s.Channels[i]
		if address := addresses[c.Name]; address != "" && c.takes(pl.o.Priority) {
			pl.add(c, person, address)
			told = true
		}
	}
	if !told {
		pl.p.log.Warn("a person of an escalation has no address on any channel", "alarm", pl.o.ID, "step", pl.step, "person", person.ID)
	}
	return told
}

// add tells one receiver, once.
func (pl *plan) add(c *Channel, person duty.Person, address string) {
	if slices.ContainsFunc(pl.notices, func(n duty.Notice) bool { return n.Channel == c.Name && n.Target == person.ID }) {
		return
	}
	n := duty.Notice{
		ID:      noticeID(pl.o.ID, pl.o.Revision, pl.step, pl.kind, c.Name, person.ID),
		AlarmID: pl.o.ID, Transition: pl.o.Revision, Step: pl.step, Kind: pl.kind, Priority: pl.o.Priority,
		Channel: c.Name, Target: person.ID, Fire: pl.o.Class == alarm.LifeSafety,
		State: duty.NoticeDue, Due: pl.due, Next: pl.due,
	}
	pl.notices = append(pl.notices, seal(n, pl.body, message.Receiver{Channel: c.Name, Person: person.ID, Name: line(person.Name, maxName), Address: line(address, maxName)}))
}
