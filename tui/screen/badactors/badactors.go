// Package badactors is the list of alarms that tell too often (chattering), too
// briefly (fleeting) or for too long (stale), the worst first, each with what
// would have kept it quiet. A proposal is never applied by the program.
package badactors

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the list.
type Screen struct {
	c      *session.Context
	rows   []live.Nuisance
	ids    []string
	cursor list.Cursor
}

// New makes the list.
func New(c *session.Context) *Screen { return &Screen{c: c} }

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Nuisance.Title }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 1},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 2},
		{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 3},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.rows, s.ids = msg.Nuisances, s.ids[:0]
		for i := range s.rows {
			n := &s.rows[i]
			s.ids = append(s.ids, n.Kind+" "+n.Rule+" "+string(n.Device)+" "+string(n.Point))
		}
		s.cursor.Sync(s.ids)
	case tea.KeyMsg:
		s.key(msg.String())
	}
	return nil
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
	n := &s.rows[s.cursor.Index()]
	switch key {
	case "enter":
		s.c.Open("alarms", "rule="+n.Rule+" device="+string(n.Device))
	case "f":
		s.c.Open("device", string(n.Device))
	}
}

// View draws the list.
func (s *Screen) View(width, height int) string {
	th, t := s.c.Theme, &s.c.T.Nuisance
	const detail = 4
	w := [6]int{11, 0, 6, 12, 12, 18}
	if width < 100 { // where it is narrow the lines below say the rest
		w[3], w[4] = 0, 11
	}
	rest := width - 3
	for _, cells := range w {
		if cells > 0 {
			rest -= cells + 1
		}
	}
	w[1] = rest
	line := func(cells [6]string, tail string) string {
		var out []string
		for i, c := range cells {
			if w[i] > 0 {
				out = append(out, text.Fit(c, w[i], tail))
			}
		}
		return strings.Join(out, " ")
	}
	out := []string{
		" " + th.Dim.Paint(text.Cut(t.Never, width-2, th.Glyphs.Tail)),
		th.Dim.Paint("   " + line([6]string{t.Kind, t.Name, t.Count, t.Since, t.Last, t.Proposal}, "")),
	}
	from, to := s.cursor.Window(len(s.rows), height-2-detail)
	for i := from; i < to; i++ {
		n := &s.rows[i]
		lead := "   "
		if i == s.cursor.Index() {
			lead = th.Cursor.Paint(th.Glyphs.Cursor) + "  "
		}
		out = append(out, lead+th.Normal.Paint(line([6]string{
			i18n.Word(s.c.T.NuisanceKind, n.Kind), s.name(n), strconv.Itoa(n.Count), s.c.Minute(n.Since), s.c.Minute(n.Last), s.proposal(n),
		}, th.Glyphs.Tail)))
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
	out = append(out, th.Rule(width))
	if len(s.rows) > 0 {
		n := &s.rows[s.cursor.Index()]
		out = append(out, " "+th.Strong.Paint(text.Cut(session.Join(s.name(n), n.Rule, string(n.Device)), width-2, th.Glyphs.Tail)),
			" "+th.Normal.Paint(text.Cut(session.Join(t.Count+" "+strconv.Itoa(n.Count), t.Since+" "+s.c.Minute(n.Since), t.Last+" "+s.c.Minute(n.Last)), width-2, th.Glyphs.Tail)),
			" "+th.Normal.Paint(text.Cut(t.Proposal+": "+s.proposal(n), width-2, th.Glyphs.Tail)))
	}
	return strings.Join(out, "\n")
}

func (s *Screen) name(n *live.Nuisance) string {
	name, device := n.Name.In(s.c.T.Lang), s.c.DeviceName(n.Device)
	if name == "" {
		name = n.Rule
	}
	name = s.c.Clean(name)
	if device == "" || strings.Contains(name, device) {
		return name
	}
	return name + " - " + device
}

// proposal is what would have kept it quiet: delays and a deadband in the unit
// of the point.
func (s *Screen) proposal(n *live.Nuisance) string {
	t := &s.c.T.Nuisance
	var out []string
	if n.Proposal.OffDelay > 0 {
		out = append(out, t.OffDelay(i18n.FormatDuration(n.Proposal.OffDelay)))
	}
	if n.Proposal.OnDelay > 0 {
		out = append(out, t.OnDelay(i18n.FormatDuration(n.Proposal.OnDelay)))
	}
	if n.Proposal.Deadband > 0 {
		value := strconv.FormatFloat(n.Proposal.Deadband, 'g', 3, 64)
		if p := s.c.Point(n.Point); p != nil {
			if m, ok := facility.LookupMetric(p.Point.Metric); ok {
				value = i18n.FormatUnit(m.Unit, n.Proposal.Deadband, s.c.T.Lang)
			}
		}
		out = append(out, t.Deadband(value))
	}
	if len(out) == 0 {
		return t.NoProposal
	}
	return strings.Join(out, ", ")
}
