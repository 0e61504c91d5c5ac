// Package approvals is the list of what holds alarms back: requests that wait
// for a second person first, then what is in force, then what is over for less
// than a day. Each says who, why, until when, what it covers now and how much it
// has held back, also where it covers nothing.
//
// Who asked does not approve: the service refuses it, and the view says so.
package approvals

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/action"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the list.
type Screen struct {
	c      *session.Context
	ops    action.Operations
	only   alarm.SuppressionState // "" all
	rows   []alarm.Suppression
	ids    []string
	counts [3]int // waiting, in force, over
	cursor list.Cursor
}

// New makes the list; arg is a state, "" all.
func New(c *session.Context, ops action.Operations, arg string) *Screen {
	s := &Screen{c: c, ops: ops}
	if state := alarm.SuppressionState(arg); slices.Contains(order, state) {
		s.only = state
	}
	return s
}

// order of the states in the list.
var order = []alarm.SuppressionState{alarm.Waiting, alarm.InForce, alarm.Over}

// Title of the view.
func (s *Screen) Title() string {
	if s.only != "" {
		return s.c.T.Suppress.Title + " > " + i18n.Word(s.c.T.SuppressionState, string(s.only))
	}
	return s.c.T.Suppress.Title
}

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "S", Hint: k.Approve, Help: k.ApproveLong, Rank: 1},
		{Key: "X", Hint: k.Decline, Help: k.DeclineLong, Rank: 2},
		{Key: "s", Hint: k.Shelve, Help: k.EndSuppressionLong, Rank: 3},
		{Key: "z", Hint: k.Service, Help: k.EndSuppressionLong, Rank: 4},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 5},
		{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 6},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.refresh(msg)
	case tea.KeyMsg:
		s.key(msg.String())
	}
	return nil
}

func (s *Screen) refresh(snap *live.Snapshot) {
	s.rows, s.ids, s.counts = s.rows[:0], s.ids[:0], [3]int{}
	for _, x := range snap.Suppressions {
		if i := slices.Index(order, x.State); i >= 0 {
			s.counts[i]++
		}
		if s.only == "" || s.only == x.State {
			s.rows = append(s.rows, x)
		}
	}
	slices.SortStableFunc(s.rows, func(a, b alarm.Suppression) int {
		return cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State))
	})
	for i := range s.rows {
		s.ids = append(s.ids, s.rows[i].ID)
	}
	s.cursor.Sync(s.ids)
}

func (s *Screen) key(key string) {
	if s.cursor.Key(s.ids, key) {
		return
	}
	if key == "esc" {
		s.c.Back()
		return
	}
	if len(s.rows) == 0 {
		return
	}
	row := s.rows[s.cursor.Index()]
	switch key {
	case "S":
		action.Approve(s.c, s.ops, row)
	case "X":
		action.Decline(s.c, s.ops, row)
	case "s", "z":
		if row.State != alarm.InForce || (row.Type == alarm.Shelving) != (key == "s") {
			s.c.Say(s.c.T.Suppress.NotThis)
			return
		}
		action.End(s.c, s.ops, row)
	case "f":
		if row.Scope.Filter != "" {
			s.c.Open("alarms", row.Scope.Filter)
		} else {
			s.c.Open("device", string(row.Scope.Device))
		}
	}
}

// View draws the list and the whole of the selected one.
func (s *Screen) View(width, height int) string {
	const detail = 6
	th, t := s.c.Theme, &s.c.T.Suppress
	out := []string{" " + th.Dim.Paint(text.Cut(t.Counts(s.counts[0], s.counts[1], s.counts[2]), width-2, th.Glyphs.Tail)), s.heading(width)}
	from, to := s.cursor.Window(len(s.rows), height-2-detail)
	for i := from; i < to; i++ {
		out = append(out, s.row(&s.rows[i], i == s.cursor.Index(), width))
	}
	if len(s.rows) == 0 {
		word := t.Empty
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		}
		out = append(out, "   "+th.Normal.Paint(word))
	}
	for len(out) < height-detail {
		out = append(out, "")
	}
	return strings.Join(append(out, s.detail(width, detail)...), "\n")
}

// widths: kind, state, what, by, until, now, held.
func widths(width int) [7]int {
	c := [7]int{5, 9, 0, 9, 11, 5, 5}
	if width >= 110 {
		c[0] = 14
	}
	rest := width - 3
	for _, w := range c {
		rest -= w + 1
	}
	c[2] = max(rest, 8)
	return c
}

func (s *Screen) heading(width int) string {
	t, c := &s.c.T.Suppress, widths(width)
	return s.c.Theme.Dim.Paint("   " + cells(c, [7]string{t.Kind, t.State, t.Scope, t.By, t.Until, t.Matches, t.Held}, ""))
}

func cells(widths [7]int, texts [7]string, tail string) string {
	out := make([]string, 0, len(texts))
	for i, w := range texts {
		out = append(out, text.Fit(w, widths[i], tail))
	}
	return strings.Join(out, " ")
}

// kind is the word, or, where it is narrow, the state that its alarms show.
func (s *Screen) kind(x *alarm.Suppression, width int) string {
	switch {
	case width >= 110:
		return i18n.Word(s.c.T.SuppressionKind, string(x.Type))
	case x.Type == alarm.OutOfService:
		return string(alarm.ShownOutOfService)
	case x.Type == alarm.PollingStop:
		return s.c.T.Frame.StoppedShort
	}
	return string(alarm.ShownShelved)
}

func (s *Screen) row(x *alarm.Suppression, selected bool, width int) string {
	th := s.c.Theme
	lead := "   "
	if selected {
		lead = th.Cursor.Paint(th.Glyphs.Cursor) + "  "
	}
	until := s.c.Minute(x.Until)
	if x.Type == alarm.OutOfService {
		until = s.c.Day(x.Until)
	}
	if x.State == alarm.Over {
		until = s.c.Minute(x.EndedAt)
	}
	body := cells(widths(width), [7]string{
		s.kind(x, width), i18n.Word(s.c.T.SuppressionState, string(x.State)), action.ScopeName(s.c, x),
		s.c.Clean(x.By), until, strconv.Itoa(x.Matches), strconv.Itoa(x.Held),
	}, th.Glyphs.Tail)
	switch x.State {
	case alarm.Waiting:
		return lead + th.Bar.Paint(body)
	case alarm.Over:
		return lead + th.Dim.Paint(body)
	}
	return lead + th.Normal.Paint(body)
}

func (s *Screen) detail(width, height int) []string {
	th, t := s.c.Theme, &s.c.T.Suppress
	out := []string{th.Rule(width)}
	add := func(parts ...string) {
		if l := session.Join(parts...); l != "" && len(out) < height {
			out = append(out, " "+th.Normal.Paint(text.Cut(l, width-2, th.Glyphs.Tail)))
		}
	}
	if len(s.rows) > 0 {
		x := &s.rows[s.cursor.Index()]
		out = append(out, " "+th.Strong.Paint(text.Cut(session.Join(x.ID, action.ScopeName(s.c, x), i18n.Word(s.c.T.SuppressionKind, string(x.Type))), width-2, th.Glyphs.Tail)))
		add(s.c.Clock(x.At), x.By, x.Change, x.Reason)
		switch {
		case x.State == alarm.Waiting && x.By == s.c.Person.ID:
			add(t.Waits + ", " + s.c.T.Suppress.OwnRequest)
		case x.State == alarm.Waiting:
			add(t.Waits)
		case x.Approver != "":
			add(t.ApprovedBy+" "+x.Approver, s.c.Clock(x.Since))
		}
		if x.Type != alarm.PollingStop { // which holds nothing back
			add(t.Preview(x.Matches), t.HeldBack(x.Held))
		}
		if x.State == alarm.Over {
			add(i18n.Word(s.c.T.SuppressionState, string(x.State)), s.c.Clock(x.EndedAt), x.EndedBy, x.EndedFor)
		}
	}
	for len(out) < height {
		out = append(out, "")
	}
	return out
}
