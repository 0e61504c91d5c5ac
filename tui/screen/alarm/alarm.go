// Package alarm is one alarm on a whole screen: what it means, what to do, and
// everything that has happened to it.
package alarm

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/action"
	"nezuban/tui/session"
)

// A Journal gives the recorded events of one alarm, oldest first.
type Journal interface {
	Events(ctx context.Context, alarmID string) ([]alarm.Event, error)
}

// Screen is the detail of one alarm.
type Screen struct {
	c       *session.Context
	ops     action.Operations
	journal Journal
	id      string
	now     alarm.Occurrence // as last seen standing
	known   bool
	gone    bool // it no longer stands
	log     []alarm.Event
	told    []duty.Notice
	logErr  error
	logAt   int       // revision the log was read at; 0 not yet
	askedAt time.Time // when
	reading bool
	top     int // first line shown
	effect  session.Effect
}

// logMsg is the answer of the journal.
type logMsg struct {
	to     *Screen
	events []alarm.Event
	told   []duty.Notice
	err    error
}

// New makes the detail of the alarm with this id.
func New(c *session.Context, ops action.Operations, journal Journal, id string) *Screen {
	return &Screen{c: c, ops: ops, journal: journal, id: id}
}

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Alarms.Title + " > " + s.id }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "a", Hint: k.Ack, Help: k.AckLong, Rank: 1},
		{Key: "s", Hint: k.Shelve, Help: k.ShelveLong, Rank: 3},
		{Key: "z", Hint: k.Service, Help: k.ServiceLong, Rank: 6},
		{Key: "A", Hint: k.Assign, Help: k.AssignLong, Rank: 7},
		{Key: "n", Hint: k.Note, Help: k.NoteLong, Rank: 8},
		{Key: "r", Hint: k.Reset, Help: k.ResetLong, Rank: 5},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 4},
		{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 2},
		{Key: "j", Show: "j k", Help: k.MoveLong},
	}
}

// Update takes snapshots, the journal's answer and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		i := slices.IndexFunc(msg.Standing, func(o alarm.Occurrence) bool { return o.ID == s.id })
		s.gone = i < 0
		if i >= 0 {
			s.now, s.known = msg.Standing[i], true
			s.effect = s.c.EffectOf(&s.now)
		}
		return s.read()
	case logMsg:
		if msg.to != s {
			return nil
		}
		s.reading, s.log, s.told, s.logErr = false, msg.events, msg.told, msg.err
		if s.gone && msg.err == nil {
			s.replay()
		}
		return s.read()
	case tea.KeyMsg:
		s.key(msg.String())
	}
	return nil
}

// read asks the journal when the alarm has moved on since the last answer, or
// somebody may have been told meanwhile.
func (s *Screen) read() tea.Cmd {
	revision := s.now.Revision
	if s.gone {
		revision = -1 // once more after its end
	}
	_, tells := s.journal.(Teller)
	recent := s.gone || !tells || s.c.Now.Sub(s.askedAt) < toldEvery
	if s.reading || s.logAt == revision && s.logAt != 0 && recent || s.journal == nil {
		return nil
	}
	s.reading, s.logAt, s.askedAt = true, revision, s.c.Now
	journal, id := s.journal, s.id
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), action.Limit)
		defer cancel()
		events, told, err := ask(ctx, journal, id)
		return logMsg{s, events, told, err}
	}
}

// replay folds the log: an alarm that has ended is told from its events.
func (s *Screen) replay() {
	var o alarm.Occurrence
	for _, e := range s.log {
		next, err := o.Apply(e)
		if err != nil {
			return
		}
		o = next
	}
	if o.ID == s.id {
		s.now, s.known = o, true
	}
}

func (s *Screen) key(key string) {
	switch key {
	case "esc":
		s.c.Back()
		return
	case "j", "down":
		s.top++
	case "k", "up":
		s.top = max(s.top-1, 0)
	case "ctrl+d", "pgdown":
		s.top += 10
	case "ctrl+u", "pgup":
		s.top = max(s.top-10, 0)
	case "g", "home":
		s.top = 0
	case "G", "end":
		s.top = 1 << 20
	}
	if !s.known {
		return
	}
	switch key {
	case "f":
		s.c.Open("device", string(s.now.Device))
	case "a", "r", "s", "z", "A", "n":
		if s.gone {
			s.c.Say(s.c.T.Alarms.Gone)
			return
		}
		s.change(key)
	}
}

// change asks for a command on the alarm.
func (s *Screen) change(key string) {
	one := []alarm.Occurrence{s.now}
	switch key {
	case "a":
		action.Acknowledge(s.c, s.ops, one)
	case "r":
		action.Reset(s.c, s.ops, s.now)
	case "s":
		action.Shelve(s.c, s.ops, one)
	case "z":
		action.OutOfService(s.c, s.ops, one)
	case "A":
		action.Assign(s.c, s.ops, s.now)
	case "n":
		action.Note(s.c, s.ops, s.now)
	}
}

// Selected is the alarm itself; nil once it no longer stands.
func (s *Screen) Selected() *alarm.Occurrence {
	if !s.known || s.gone {
		return nil
	}
	return &s.now
}

// View draws the alarm; long texts wrap, j and k scroll.
func (s *Screen) View(width, height int) string {
	lines := s.lines(width)
	top := min(s.top, max(len(lines)-height, 0))
	lines = lines[top:min(top+height, len(lines))]
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

func (s *Screen) lines(width int) []string {
	th, t := s.c.Theme, s.c.T
	if !s.known {
		word := t.Frame.NoData
		if s.gone && !s.reading {
			word = t.Alarms.Gone
		}
		return []string{th.Rule(width), " " + th.Normal.Paint(word)}
	}
	o := &s.now
	held := o.IsSuppressed() && !s.gone
	unacked := session.Unacked(o.State()) && !s.gone && !held
	p := page{s: s, width: width, labels: labelWidth(t)}
	name := text.Cut(s.c.AlarmName(o), width-16, th.Glyphs.Tail)
	mark, state := th.Mark(o.Priority, unacked), string(o.Shown())
	if held {
		mark, state = th.Held(o.Priority), string(o.Shown())+" ("+string(o.State())+")"
	}
	p.out = append(p.out, th.Rule(width), " "+mark+" "+th.Alarm(o.Priority, unacked, state)+"  "+th.Strong.Paint(text.Cut(name, width-18, th.Glyphs.Tail)))
	if s.gone {
		p.add("", t.Alarms.Gone)
	}
	if s.c.Unwatched(o) {
		p.add("?", t.Alarms.Unwatched)
	}
	p.cause(o)
	p.line(t.Alarms.Device, session.Join(s.c.DeviceName(o.Device), string(o.Device), o.Place, o.Zone))
	if pt := s.c.AlarmPoint(o); pt != nil {
		name := t.PointName(&s.c.Devices[o.Device].Device, pt)
		if strings.Contains(name, pt.Name) {
			p.line(t.Alarms.Point, session.Join(name))
		} else {
			p.line(t.Alarms.Point, session.Join(name, "("+pt.Name+")"))
		}
	}
	if o.Active || s.gone { // when it returned stands below
		p.add(t.Alarms.Measured, s.c.AlarmValue(o))
	}
	if !s.gone {
		p.add(t.Alarms.ReadsNow, s.c.AlarmReading(o))
	}
	p.add(t.Alarms.Raised, s.c.Clock(o.RaisedAt)+" ("+s.c.Age(o.RaisedAt)+")"+came(o, t))
	p.add(t.Alarms.Returned, s.c.Clock(o.ReturnedAt))
	if !o.AckedAt.IsZero() {
		p.line(t.Alarms.AckedBy, session.Join(s.c.Clock(o.AckedAt), o.AckedBy))
		p.add(t.Alarms.Comment, o.Comment)
	}
	p.add(t.Alarms.Ended, s.c.Clock(o.EndedAt))
	p.guidance(o)
	p.history()
	return p.out
}

func came(o *alarm.Occurrence, t *i18n.Texts) string {
	if o.Count < 2 {
		return ""
	}
	return "   " + t.Alarms.Times + " x" + strconv.Itoa(o.Count)
}

// A page collects labelled lines of one width.
type page struct {
	s      *Screen
	width  int
	labels int
	out    []string
}

func (p *page) add(label, value string) {
	value, _ = text.Clean(value, 2000)
	if value == "" {
		return
	}
	th := p.s.c.Theme
	for i, l := range session.Wrap(value, p.width-p.labels-3) {
		if i > 0 {
			label = ""
		}
		p.out = append(p.out, " "+th.Dim.Paint(text.Fit(label, p.labels, ""))+" "+th.Normal.Paint(l))
	}
}

// line adds one line as it is; its parts are sanitised.
func (p *page) line(label, value string) {
	if value != "" {
		th := p.s.c.Theme
		p.out = append(p.out, " "+th.Dim.Paint(text.Fit(label, p.labels, ""))+" "+th.Normal.Paint(text.Cut(value, p.width-p.labels-3, th.Glyphs.Tail)))
	}
}

// cause is what holds the alarm back, what it follows from and what follows.
func (p *page) cause(o *alarm.Occurrence) {
	c, t := p.s.c, p.s.c.T
	if p.s.gone || c.Snapshot == nil {
		return
	}
	label := ""
	if o.IsSuppressed() {
		label = string(o.Shown())
	}
	for _, l := range c.Suppression(o) {
		p.add(label, l)
		label = ""
	}
	if root := c.Snapshot.Grouping.RootOf[o.ID]; root != "" {
		p.add("", t.Alarms.FollowsFrom(root, c.NameOf(root)))
	}
	if g, ok := c.Snapshot.Grouping.Group(o.ID); ok {
		unacked, p1 := c.Waiting(g)
		p.add("+"+strconv.Itoa(len(g.Members)), t.Alarms.GroupOf(len(g.Members), unacked, p1))
	}
	if e := p.s.effect; e.Known {
		p.add("", t.Alarms.EffectOf(e.Dead, e.Fewer, e.Unknown))
	}
	owner := o.Owner
	if o.Notes > 0 {
		owner = strings.TrimSpace(owner + " (" + t.Alarms.Notes(o.Notes) + ")")
	}
	p.add(t.Alarms.OwnerIs, owner)
}

func (p *page) guidance(o *alarm.Occurrence) {
	t, th := p.s.c.T, p.s.c.Theme
	p.out = append(p.out, th.Rule(p.width))
	var r *alarm.Rule
	if p.s.c.Snapshot != nil {
		r = p.s.c.Snapshot.Rules[o.Rule]
	}
	if r == nil {
		p.add("", t.Alarms.NoGuidance)
		return
	}
	do := t.Alarms.Do
	if by := p.s.c.Deadline(o); by != "" {
		p.add(do, by)
		do = ""
	}
	for i, a := range r.Text.Action {
		p.add(do, strconv.Itoa(i+1)+") "+a.In(t.Lang))
		do = ""
	}
	p.add(t.Alarms.IfNot, r.Text.Consequence.In(t.Lang))
	p.add(t.Alarms.Causes, join(r.Text.Causes, t.Lang))
	p.add(t.Alarms.Confirm, r.Text.Confirm.In(t.Lang))
	p.add(t.Alarms.Procedure, p.s.c.Procedure(r))
	p.add(t.Alarms.Owner, i18n.Word(t.Owner, r.Owner))
}

func (p *page) history() {
	s, t, th := p.s, p.s.c.T, p.s.c.Theme
	p.out = append(p.out, th.Rule(p.width), " "+th.Dim.Paint(t.Alarms.Log))
	switch {
	case s.logErr != nil:
		p.add("", action.Reason(t, s.logErr))
	case s.log == nil && s.reading:
		p.add("", t.Alarms.LogLoading)
	case len(s.log) == 0:
		p.add("", t.Alarms.LogEmpty)
	}
	for _, e := range s.entries() {
		p.out = append(p.out, p.lineOf(e))
	}
}

func labelWidth(t *i18n.Texts) int {
	w := 0
	for _, l := range []string{t.Alarms.Do, t.Alarms.IfNot, t.Alarms.Causes, t.Alarms.Confirm, t.Alarms.Procedure, t.Alarms.Owner, t.Alarms.Raised, t.Alarms.Returned, t.Alarms.AckedBy, t.Alarms.Comment, t.Alarms.Ended, t.Alarms.Device, t.Alarms.Point, t.Alarms.Measured, t.Alarms.OwnerIs, string(alarm.ShownShelved)} {
		w = max(w, text.Width(l))
	}
	return w
}

func join(texts []facility.Text, lang string) string {
	var out []string
	for _, t := range texts {
		out = append(out, t.In(lang))
	}
	if lang == "ja" {
		return strings.Join(out, "、")
	}
	return strings.Join(out, ", ")
}
