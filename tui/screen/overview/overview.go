// Package overview is screen 1: one row or box for each area, and the alarms
// that nobody has acknowledged.
//
// Every figure counts what is unknown beside what is normal: a facility that
// does not answer is never drawn as a quiet one.
package overview

import (
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/sla"
	"nezuban/tui/action"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// handsOff is how long after the last key the cursor is let go.
const handsOff = time.Minute

// Screen is the overview.
type Screen struct {
	c       *session.Context
	ops     action.Operations
	unacked []*alarm.Occurrence // of the snapshot, never changed
	ids     []string
	cursor  list.Cursor
	touched time.Time // of the last key; the cursor is let go handsOff later
	tallies []tally
	rolls   map[string]*roll
	counted time.Time
}

// New makes the overview.
func New(c *session.Context, ops action.Operations) *Screen {
	return &Screen{c: c, ops: ops, tallies: make([]tally, len(figures)), rolls: map[string]*roll{"": {}}}
}

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Overview.Title }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "a", Hint: k.Ack, Help: k.AckLong, Rank: 2},
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 3},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.unacked, s.ids = s.unacked[:0], s.ids[:0]
		s.gather(msg)
		if s.c.Now.Sub(s.touched) > handsOff {
			s.cursor = list.Cursor{}
		}
		s.cursor.Sync(s.ids)
		if !s.counted.Equal(s.c.Now) { // once a second at most: it goes through every point
			s.tallies, s.rolls = count(s.c)
			s.counted = s.c.Now
		}
	case tea.KeyMsg:
		s.touched = s.c.Now
		s.key(msg.String())
	}
	return nil
}

// held reports whether somebody works with the cursor: it then stays on its
// alarm. With nobody there the gravest alarms stand in sight, not those that
// were once under a cursor.
func (s *Screen) held() bool { return s.c.Now.Sub(s.touched) <= handsOff }

func (s *Screen) key(key string) {
	if s.cursor.Key(s.ids, key) {
		return
	}
	if len(s.unacked) == 0 {
		if key == "esc" {
			s.c.Back()
		}
		return
	}
	row := s.unacked[s.cursor.Index()]
	switch key {
	case "enter":
		s.c.Open("alarm", row.ID)
	case "a":
		action.Acknowledge(s.c, s.ops, []alarm.Occurrence{*row})
	case "f":
		s.c.Open("device", string(row.Device))
	case "esc":
		s.c.Back()
	}
}

// View draws rows below 110 columns or 30 lines, boxes from there on.
func (s *Screen) View(width, height int) string {
	var lines []string
	if width >= 110 && height >= 30 {
		lines = s.boxes(width)
	} else {
		lines = s.rows(width)
	}
	lines = append(lines, s.list(width, height-len(lines)-1)...)
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	lines = append(lines, " "+s.c.Theme.Dim.Paint(text.Cut(s.c.T.Frame.LifeSafety, width-2, s.c.Theme.Glyphs.Tail)))
	return strings.Join(lines, "\n")
}

// facts of an area, the unknown and the abnormal first.
func (s *Screen) facts(category string) []fact {
	var first []fact
	if blind := s.unseen(category); blind != "" {
		first = append(first, same(blind))
	}
	model, rest := s.model(category)
	first = append(first, model...)
	for i, f := range figures {
		if f.category != category {
			continue
		}
		t := &s.tallies[i]
		l := t.fact(s.c, f)
		switch {
		case l.long == "":
		case t.unknown > 0 || f.kind == states && t.abnormal() > 0:
			first = append(first, l)
		default:
			rest = append(rest, l)
		}
	}
	if category == "equipment" {
		if own := s.own(); s.rolls[""] != nil && s.rolls[""].up < s.rolls[""].total {
			first = append(own, first...)
		} else {
			rest = append(rest, own...)
		}
	}
	return append(first, rest...)
}

// own facts of the monitoring: who answers, how old the oldest sample is, and
// whether our clock was stepped.
func (s *Screen) own() []fact {
	out := []fact{same(s.reach())}
	snap := s.c.Snapshot
	if snap == nil {
		return out
	}
	if snap.ClockSteps > 0 {
		out = append(out, same(s.c.T.Overview.ClockStepped(strconv.FormatUint(snap.ClockSteps, 10), s.c.Clock(snap.LastClockStep), i18n.FormatDuration(snap.ClockStepBy))))
	}
	if !snap.OldestSample.IsZero() {
		out = append(out, same(s.c.T.Overview.Oldest+" "+s.c.Age(snap.OldestSample)))
	}
	return out
}

func same(s string) fact { return fact{s, s} }

// unseen says how many points of fire protection cannot be seen; "" where all
// can. It leads the facts of the area and stands where it would be called quiet.
func (s *Screen) unseen(category string) string {
	if category != "fire" {
		return ""
	}
	all, unknown := 0, 0
	for i, f := range figures {
		if f.category == category {
			all += s.tallies[i].all
			unknown += s.tallies[i].unknown
		}
	}
	if unknown == 0 {
		return ""
	}
	return s.c.T.Overview.FireUnseen(unknown, all)
}

// reach counts all devices of the facility.
func (s *Screen) reach() string {
	r, w := s.rolls[""], s.c.T.Reach
	out := s.c.T.Overview.Devices + " " + strconv.Itoa(r.total)
	for _, p := range []struct {
		word string
		n    int
	}{{w["up"], r.up}, {w["down"], r.down}, {w["stale"], r.stale}, {w["unknown"], r.unknown}, {w["stopped"], r.stopped}} {
		if p.n > 0 {
			out += "  " + p.word + " " + strconv.Itoa(p.n)
		}
	}
	return out
}

// targets are counted by verdict; the least budget left is named.
func (s *Screen) targets() []fact {
	if s.c.Snapshot == nil || len(s.c.Snapshot.Targets) == 0 {
		return []fact{same(s.c.T.Targets.None)}
	}
	o := &s.c.T.Overview
	var met, missed, none int
	var worst *sla.Result
	for i := range s.c.Snapshot.Targets {
		r := &s.c.Snapshot.Targets[i]
		switch r.Verdict {
		case sla.Met:
			met++
		case sla.Missed:
			missed++
		case sla.InsufficientData:
			none++
		}
		if r.BudgetMicros > 0 && (worst == nil || share(r) < share(worst)) {
			worst = r
		}
	}
	out := []fact{same(o.Met + " " + strconv.Itoa(met) + "  " + o.Missed + " " + strconv.Itoa(missed) + "  " + o.Insufficient + " " + strconv.Itoa(none))}
	if worst != nil {
		name := worst.Title.In(s.c.T.Lang)
		if name == "" {
			name = worst.DisplayName
		}
		out = append(out, same(o.Low+" "+strconv.FormatInt(int64(share(worst)), 10)+" % "+session.Join(name)))
	}
	return out
}

// share of the budget that is left, in per cent, truncated towards the worse.
func share(r *sla.Result) float64 {
	v := float64(r.BudgetLeftMicros) / float64(r.BudgetMicros) * 100
	if n := float64(int64(v)); n > v {
		return n - 1
	}
	return float64(int64(v))
}

// rows is the form for 80 columns: each area has a line for its gravest alarm
// and one for its figures.
func (s *Screen) rows(width int) []string {
	th := s.c.Theme
	out := []string{th.Rule(width)}
	const head = 11
	title := func(t string) string { return " " + th.Strong.Paint(text.Fit(t, head-2, "")) + " " }
	indent := strings.Repeat(" ", head+4)
	facts := func(f []fact) string {
		return th.Normal.Paint(joinFitting(f, width-head-5, th.Glyphs.Tail))
	}
	for _, category := range facility.Categories {
		out = append(out, title(s.c.T.Category[category])+s.status(category, width-head-1), indent+facts(s.facts(category)))
	}
	return append(out, title(s.c.T.Overview.Targets)+"    "+facts(s.targets()), th.Rule(width))
}

// joinFitting writes as many facts as fit whole, in short, and the first of them
// at length while there is room. The first is cut rather than left out.
func joinFitting(facts []fact, cells int, tail string) string {
	var shown []string
	used := -2
	for _, f := range facts {
		if w := 2 + text.Width(f.short); used+w <= cells || len(shown) == 0 {
			shown, used = append(shown, f.short), used+w
			facts[len(shown)-1] = f
		}
	}
	for i := range shown {
		if more := text.Width(facts[i].long) - text.Width(shown[i]); used+more <= cells {
			shown[i], used = facts[i].long, used+more
		}
	}
	return text.Cut(strings.Join(shown, "  "), cells, tail)
}

// boxes is the form for large screens.
func (s *Screen) boxes(width int) []string {
	left := width / 2
	right := width - left
	areas := append(append([]string(nil), facility.Categories...), "targets")
	var out []string
	for i := 0; i < len(areas); i += 2 {
		a, b := s.box(areas[i], left), s.box(areas[i+1], right)
		for j := range a {
			out = append(out, a[j]+b[j])
		}
	}
	return out
}

func (s *Screen) box(area string, width int) []string {
	th, g := s.c.Theme, s.c.Theme.Glyphs
	title, facts := s.c.T.Category[area], []fact(nil)
	body := make([]string, 0, 4)
	if area == "targets" {
		title, facts = s.c.T.Overview.Targets, s.targets()
	} else {
		facts = s.facts(area)
		body = append(body, s.status(area, width-4))
	}
	line := ""
	for _, both := range facts {
		f := both.long
		if line != "" && text.Width(line)+3+text.Width(f) > width-4 {
			body = append(body, th.Normal.Paint(text.Fit(line, width-4, g.Tail)))
			line = ""
		}
		if line != "" {
			line += "   "
		}
		line += f
	}
	if line != "" {
		body = append(body, th.Normal.Paint(text.Fit(line, width-4, g.Tail)))
	}
	side := th.Dim.Paint(g.Vertical)
	out := []string{th.Dim.Paint(g.TopLeft+g.Horizontal) + " " + th.Strong.Paint(title) + " " + th.Dim.Paint(strings.Repeat(g.Horizontal, max(0, width-5-text.Width(title)))+g.TopRight)}
	for i := range 4 {
		row := ""
		if i < len(body) {
			row = body[i]
		}
		out = append(out, side+" "+text.Pad(row, width-4)+" "+side)
	}
	return append(out, th.Dim.Paint(g.BottomLeft+strings.Repeat(g.Horizontal, width-2)+g.BottomRight))
}
