// Package targets is screen 5: what was promised, what holds so far in the
// window, and how much of the budget is left.
//
// Unknown time has a column of its own and is never part of good. Percentages
// are truncated: 100 % means exactly all.
package targets

import (
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/sla"
	"nezuban/tui/chart"
	"nezuban/tui/filter"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the list of targets.
type Screen struct {
	c      *session.Context
	filter filter.Filter
	only   bool // abnormal only
	rows   []sla.Result
	ids    []string
	all    int
	cursor list.Cursor
}

// New makes the list.
func New(c *session.Context) *Screen { return &Screen{c: c} }

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Targets.Title }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "enter", Show: "Enter", Hint: s.c.T.Explain.Open, Help: s.c.T.Explain.OpenLong, Rank: 1},
		{Key: "/", Hint: k.Filter, Help: k.FilterLong, Rank: 2},
		{Key: "ctrl+z", Show: "Ctrl-z", Hint: k.Abnormal, Help: k.AbnormalLong, Rank: 3},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.refresh()
	case tea.KeyMsg:
		s.key(msg.String())
	}
	return nil
}

func (s *Screen) key(key string) {
	switch {
	case s.cursor.Key(s.ids, key):
	case key == "enter" && len(s.rows) > 0:
		r := &s.rows[s.cursor.Index()]
		s.c.Open("target", strings.TrimSpace(r.Name+" "+r.Entity))
	case key == "ctrl+z":
		s.only = !s.only
		s.refresh()
	case key == "/":
		s.c.Ask(session.Prompt{
			Label: s.c.T.Frame.Filter + " / ", Initial: s.filter.String(),
			Submit: func(typed string) (tea.Cmd, string) {
				f, err := filter.Parse(typed)
				if err != nil {
					return nil, filter.Problem(s.c.T, err)
				}
				s.filter = f
				s.refresh()
				return nil, ""
			},
		})
	case key == "esc" && (s.only || s.filter.String() != ""):
		s.only, s.filter = false, filter.Filter{}
		s.refresh()
	case key == "esc":
		s.c.Back()
	}
}

func (s *Screen) refresh() {
	s.rows, s.ids = s.rows[:0], s.ids[:0]
	if s.c.Snapshot == nil {
		return
	}
	s.all = len(s.c.Snapshot.Targets)
	for _, r := range s.c.Snapshot.Targets {
		if s.only && r.Verdict == sla.Met {
			continue
		}
		attrs := facility.Attributes(func(string) []string { return nil })
		device, _, _ := strings.Cut(r.Entity, "/")
		if d, ok := s.c.Devices[facility.DeviceID(device)]; ok {
			attrs = facility.DeviceAttributes(&d.Device)
		}
		if !s.filter.Match(attrs, r.Name, r.DisplayName, r.Title.En, r.Title.Ja, r.Entity) {
			continue
		}
		s.rows = append(s.rows, r)
		s.ids = append(s.ids, r.Name+"/"+r.WindowStart.String())
	}
	s.cursor.Sync(s.ids)
}

// wide is the width from which good, bad and unknown time have columns of their
// own; below it one column has all three, coarsely.
const wide = 110

// detailLines stand below the list, for the selected target.
const detailLines = 7

// View draws the list and the selected target below it.
func (s *Screen) View(width, height int) string {
	th, t := s.c.Theme, &s.c.T.Targets
	verdictW := 2
	for _, w := range s.c.T.Verdict {
		verdictW = max(verdictW, text.Width(w)+2)
	}
	nameW := width - 2 - 1 - 8 - 1 - 8 - 1 - 5 - 2 - verdictW
	head := text.PadLeft(t.Goal, 8) + " " + text.PadLeft(t.Now, 8) + " " + text.PadLeft(t.Left, 5)
	if width >= wide {
		nameW -= 27
		head += " " + text.PadLeft(t.Good, 8) + " " + text.PadLeft(t.Bad, 8) + " " + text.PadLeft(t.Unknown, 8)
	} else {
		nameW -= 15
		head += " " + text.PadLeft(t.Times, 14)
	}
	lines := []string{s.status(width), th.Dim.Paint("  " + text.Fit(t.Name, nameW, "") + " " + head + "  " + t.Verdict)}
	from, to := s.cursor.Window(len(s.rows), height-2-detailLines)
	for i := from; i < to; i++ {
		lines = append(lines, s.row(&s.rows[i], i == s.cursor.Index(), nameW, width >= wide))
	}
	if len(s.rows) == 0 {
		word := t.None
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		} else if s.all > 0 {
			word = s.c.T.Frame.Nothing
		}
		lines = append(lines, "  "+th.Normal.Paint(word))
	}
	for len(lines) < height-detailLines {
		lines = append(lines, "")
	}
	lines = append(lines, s.detail(width, detailLines)...)
	return strings.Join(lines, "\n")
}

func (s *Screen) status(width int) string {
	out := s.c.T.Frame.Shown(len(s.rows), s.all)
	if f := s.filter.String(); f != "" {
		out = session.Join(s.c.T.Frame.Filter+": "+f, out)
	}
	if s.only {
		out += "   " + s.c.T.Devices.OnlyAbnormal
	}
	return " " + s.c.Theme.Dim.Paint(text.Cut(out, width-2, s.c.Theme.Glyphs.Tail))
}

// name of a target in the session's language.
func (s *Screen) name(r *sla.Result) string {
	n := r.Title.In(s.c.T.Lang)
	if n == "" {
		n = r.DisplayName
	}
	if n == "" {
		n = r.Name
	}
	out, _ := text.Clean(n, 200)
	return out
}

// entity is the worst of those the target is judged for: its device and, where
// it is a point, what people call that.
func (s *Screen) entity(r *sla.Result) string {
	id, _, _ := strings.Cut(r.Entity, "/")
	name := s.c.DeviceName(facility.DeviceID(id))
	if d, ok := s.c.Devices[facility.DeviceID(id)]; ok && id != r.Entity {
		points := d.Points()
		for i := range points {
			if p := points[i].Point; string(p.ID) == r.Entity {
				return session.Join(name, s.c.T.PointName(&d.Device, p))
			}
		}
	}
	return name
}

func (s *Screen) row(r *sla.Result, selected bool, nameW int, good bool) string {
	th := s.c.Theme
	lead := "  "
	if selected {
		lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
	}
	figures := " " + text.PadLeft(s.goal(r), 8) + " " + text.PadLeft(tight(s.share(r)), 8) + " " + text.PadLeft(tight(s.left(r)), 5)
	n, short := span, coarse
	if r.Unit() == sla.UnitOccurrences {
		n = func(v int64) string { return strconv.FormatInt(v, 10) }
		short = n
	}
	if good {
		figures += " " + text.PadLeft(n(r.Good), 8) + " " + text.PadLeft(n(r.Bad), 8) + " " + text.PadLeft(n(r.Unknown), 8) + "  "
	} else {
		figures += " " + text.PadLeft(short(r.Good)+"/"+short(r.Bad)+"/"+short(r.Unknown), 14) + "  "
	}
	return lead + th.Normal.Paint(th.Cut(s.name(r), nameW)+figures) + s.verdict(r)
}

// goal is what was promised: a share, or the limit of a number.
func (s *Screen) goal(r *sla.Result) string {
	if r.Unit() != sla.UnitValue {
		return tight(i18n.FormatPPM(r.TargetPPM))
	}
	if r.AtMost {
		return "<=" + sla.FormatMicros(r.LimitMicros)
	}
	return ">=" + sla.FormatMicros(r.LimitMicros)
}

// share of the time that was good, by the target's policy for unknown time; of a
// number itself. Of too few occurrences there is no percentage.
func (s *Screen) share(r *sla.Result) string {
	switch {
	case r.Unit() == sla.UnitValue && r.HasValue:
		return text.Cut(sla.FormatMicros(r.ValueMicros), 8, "")
	case r.Few:
		return s.c.T.Explain.Few
	}
	out := i18n.FormatShare(r.Numerator, r.Denominator)
	if out == i18n.NoValue {
		return s.c.Theme.Glyphs.None
	}
	return out
}

// verdict is a word; only a missed target is set off, by reverse and not by one
// of the priorities' hues.
func (s *Screen) verdict(r *sla.Result) string {
	w := i18n.Word(s.c.T.Verdict, string(r.Verdict))
	switch r.Verdict {
	case sla.Missed:
		return s.c.Theme.Bar.Paint(w)
	case sla.InsufficientData:
		return s.c.Theme.Old.Paint("? " + w)
	}
	return s.c.Theme.Normal.Paint(w)
}

// left is the remaining budget in per cent, truncated towards the worse.
func (s *Screen) left(r *sla.Result) string {
	if r.BudgetMicros <= 0 {
		return s.c.Theme.Glyphs.None
	}
	return strconv.FormatInt(max(percent(r), -999), 10) + " %"
}

func percent(r *sla.Result) int64 {
	unit := r.BudgetMicros / 100
	if unit <= 0 {
		return 0
	}
	q := r.BudgetLeftMicros / unit
	if r.BudgetLeftMicros%unit < 0 {
		q--
	}
	return min(q, 100)
}

func span(seconds int64) string { return i18n.FormatDuration(time.Duration(seconds) * time.Second) }

// tight is a percentage without its space, for columns.
func tight(s string) string { return strings.Replace(s, " ", "", 1) }

// coarse is a span in one unit, at most four cells below 1,000 days.
func coarse(seconds int64) string { return i18n.FormatAge(time.Duration(seconds) * time.Second) }

func micros(m int64) string { return i18n.FormatDuration(time.Duration(m) * time.Microsecond) }

func (s *Screen) detail(width, height int) []string {
	th, t := s.c.Theme, &s.c.T.Targets
	lines := []string{th.Rule(width)}
	if len(s.rows) > 0 {
		r := &s.rows[s.cursor.Index()]
		zone := s.c.Zone()
		window := r.WindowStart.In(zone).Format("2006-01-02 15:04") + " - " + r.WindowEnd.In(zone).Format("2006-01-02 15:04 MST")
		verdict := i18n.Word(s.c.T.Verdict, string(r.Verdict))
		if r.Open {
			verdict += " (" + t.SoFar + ")"
		}
		if r.Basis != "" {
			verdict += "   " + t.Basis + " " + i18n.Word(s.c.T.Basis, string(r.Basis))
		}
		if r.Entities > 1 {
			verdict += "   " + t.Entities + " " + strconv.Itoa(r.MetEntities) + "/" + strconv.Itoa(r.Entities)
		}
		worst := session.Join(r.Name)
		if r.Entity != "" {
			worst += "   " + t.Worst + " " + s.entity(r)
		}
		for _, l := range []string{
			session.Join(s.name(r), verdict),
			worst,
			t.Window + " " + window + "   " + t.AsOf + " " + s.c.Clock(r.AsOf),
			t.Budget + " " + s.budget(r),
			s.counted(r) + ": " + strings.ToLower(t.Good) + " " + s.amount(r, r.Good) + "   " + strings.ToLower(t.Bad) + " " + s.amount(r, r.Bad) + "   " + strings.ToLower(t.Unknown) + " " + s.amount(r, r.Unknown) + "   " + t.Excluded + " " + s.amount(r, r.Excluded),
		} {
			lines = append(lines, " "+th.Normal.Paint(text.Cut(l, width-2, th.Glyphs.Tail)))
		}
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// budget is what is allowed and what is left of it, in what the kind counts.
func (s *Screen) budget(r *sla.Result) string {
	t, x, g := &s.c.T.Targets, &s.c.T.Explain, s.c.Theme.Glyphs
	if r.BudgetMicros <= 0 && r.TargetPPM < 1_000_000 { // nothing to allow a share of yet
		return g.None
	}
	if r.BudgetMicros <= 0 {
		return t.NoBudget
	}
	out := micros(r.BudgetMicros) + "   " + t.BudgetLeft + " " + micros(r.BudgetLeftMicros) + "  " + chart.Bar(float64(percent(r))/100, 20, g.Full, g.Empty) + " " + s.left(r)
	switch {
	case r.Unit() == sla.UnitOccurrences:
		out = sla.FormatMicros(r.BudgetMicros) + "   " + t.BudgetLeft + " " + sla.FormatMicros(r.BudgetLeftMicros)
	case r.Open && !r.Exhausted && r.ProjectedLeftMicros != 0:
		out += "  " + x.Projected + " " + micros(r.ProjectedLeftMicros)
	}
	if r.Exhausted {
		out += "  " + t.Exhausted
	}
	if len(r.Burning) > 0 {
		out += "  " + x.Burning
	}
	return out
}

// counted is what the figures are numbers of.
func (s *Screen) counted(r *sla.Result) string {
	if r.Unit() == sla.UnitOccurrences {
		return s.c.T.Explain.Counts
	}
	return s.c.T.Targets.Time
}

// amount is a span of time, or a number of occurrences.
func (s *Screen) amount(r *sla.Result, v int64) string {
	if r.Unit() == sla.UnitOccurrences {
		return strconv.FormatInt(v, 10)
	}
	return span(v)
}
