package power

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/internal/topology"
	"nezuban/tui/session"
)

// labels are the cells of the first column, the words of a level.
const labels = 12

// detailLines are those of the pane that tells about the selected node.
const detailLines = 5

// View draws the summary, the grid and what is known of the selected node.
func (s *Screen) View(width, height int) string {
	th, t := s.c.Theme, &s.c.T.Power
	r := s.drawn
	switch {
	case s.c.Snapshot == nil:
		return " " + th.Normal.Paint(s.c.T.Frame.NoData)
	case r == nil:
		return strings.Join([]string{th.Rule(width), " " + th.Strong.Paint(text.Cut(t.NoModel, width-2, th.Glyphs.Tail)), " " + th.Normal.Paint(text.Cut(t.HowTo, width-2, th.Glyphs.Tail))}, "\n")
	}
	out := s.summary(r, width)
	rows := height - len(out) - 1 - detailLines
	out = append(out, s.heading(width))
	out = append(out, s.body(width, rows)...)
	for len(out) < height-detailLines {
		out = append(out, "")
	}
	return strings.Join(append(out, s.detail(width)...), "\n")
}

// summary says how it stands with everything together; a what-if says first
// that it is one.
func (s *Screen) summary(r *topology.Result, width int) []string {
	th, t := s.c.Theme, &s.c.T.Power
	var out []string
	if len(s.lost) > 0 {
		bar := " " + t.WhatIf(s.names(s.lost)) + "   " + t.WhatIfNotNow
		out = append(out, th.Bar.Paint(text.Fit(bar, width, th.Glyphs.Tail)))
		if s.whatIf == nil {
			return append(out, " "+th.Normal.Paint(t.WhatIfComputing))
		}
	}
	out = append(out, s.wrap(s.redundancy(r), width)...)
	if len(s.lost) > 0 {
		return append(out, s.outcome(r, width)...)
	}
	var sides []string
	for i := range r.Sides {
		sides = append(sides, s.side(&r.Sides[i]))
	}
	return append(out, s.wrap(append(sides, s.supply(r)...), width)...)
}

// wrap writes facts on as many lines as they take: none is cut off.
func (s *Screen) wrap(facts []string, width int) []string {
	var out []string
	line := ""
	flush := func() {
		if line != "" {
			out = append(out, " "+s.c.Theme.Normal.Paint(text.Cut(line, width-2, s.c.Theme.Glyphs.Tail)))
		}
		line = ""
	}
	for _, f := range facts {
		if line != "" && text.Width(line)+3+text.Width(f) > width-2 {
			flush()
		}
		if line != "" {
			line += "   "
		}
		line += f
	}
	flush()
	return out
}

// redundancy counts the loads by what they have left.
func (s *Screen) redundancy(r *topology.Result) []string {
	t := &s.c.T.Power
	var n [6]int
	asDesigned := 0
	for i := range r.Loads {
		l := &r.Loads[i]
		n[min(int(l.Redundancy), 5)]++
		if l.Redundancy != topology.RedundancyUnknown && !session.BelowDesign(l) {
			asDesigned++
		}
	}
	var parts []string
	if s.only {
		parts = append(parts, t.OnlyAbnormal)
	}
	parts = append(parts, t.Designed+" "+strconv.Itoa(asDesigned)+"/"+strconv.Itoa(len(r.Loads)))
	for _, x := range []topology.Redundancy{topology.Dead, topology.AtRisk, topology.RedundancyUnknown, topology.SinglePath, topology.NPlusOne, topology.TwoN} {
		parts = append(parts, s.c.RedundancyWord(x)+" "+strconv.Itoa(n[x]))
	}
	return parts
}

func (s *Screen) side(x *topology.Side) string {
	t := &s.c.T.Power
	name, ratio := s.name(x.Worst), i18n.FormatUnit(facility.UnitRatio, x.WorstRatio, s.c.T.Lang)
	if x.Worst == "" {
		name, ratio = s.c.Theme.Glyphs.None, ""
	}
	side := s.c.Clean(x.Name)
	switch x.Carries {
	case topology.Yes:
		return t.Carries(side, name, ratio)
	case topology.No:
		if dead := s.without(x.Name); dead > 0 && x.WorstRatio <= 1 {
			return t.CannotFeed(side, dead) // a path is missing, no rating
		}
		return t.CannotCarry(side, name, ratio)
	}
	return t.CarryUnknown(side, name, ratio)
}

// without counts the loads that would be dead with this side alone.
func (s *Screen) without(side string) int {
	n := 0
	for i := range s.drawn.Loads {
		l := &s.drawn.Loads[i]
		if side == "A" && l.WithoutB == topology.No || side == "B" && l.WithoutA == topology.No {
			n++
		}
	}
	return n
}

// supply is what else stands behind the redundancy: single points, batteries
// against the start of a generator, fuel.
func (s *Screen) supply(r *topology.Result) []string {
	t := &s.c.T.Power
	parts := []string{t.SinglePoints + " " + strconv.Itoa(len(r.SinglePoints))}
	times := " " + short(r.ShortestRun) + "/" + short(r.SlowestGen)
	switch r.Bridging {
	case topology.Yes:
		parts = append(parts, t.Bridging+times)
	case topology.No:
		parts = append(parts, t.BridgingNot+times)
	default:
		parts = append(parts, t.Bridging+" ?")
	}
	fuel := t.Fuel + " ?"
	if r.HasFuel {
		fuel = t.Fuel + " " + strconv.FormatFloat(math.Floor(r.FuelHours), 'f', 0, 64) + " h"
	}
	return append(parts, fuel)
}

func short(d time.Duration) string {
	if d <= 0 {
		return "?"
	}
	return i18n.FormatDuration(d)
}

// outcome of a what-if: what falls, what loses redundancy, what is overloaded.
func (s *Screen) outcome(r *topology.Result, width int) []string {
	th, t := s.c.Theme, &s.c.T.Power
	var out []string
	for _, x := range []struct {
		word string
		list []topology.NodeID
	}{{t.WhatIfFalls, r.Falls}, {t.WhatIfLoses, r.Loses}, {t.WhatIfOver, r.Overloaded}} {
		if len(x.list) > 0 {
			l := x.word + " " + strconv.Itoa(len(x.list)) + ": " + s.names(x.list)
			out = append(out, " "+th.Strong.Paint(text.Cut(l, width-2, th.Glyphs.Tail)))
		}
	}
	unknown := 0
	for i := range r.Loads {
		if r.Loads[i].Redundancy == topology.RedundancyUnknown {
			unknown++
		}
	}
	switch {
	case unknown > 0:
		out = append(out, " "+th.Strong.Paint(t.UnknownOutcome+" "+strconv.Itoa(unknown)))
	case len(out) == 0:
		out = append(out, " "+th.Normal.Paint(text.Cut(t.WhatIfNone, width-2, th.Glyphs.Tail)))
	}
	return out
}

// heading names the columns: the sides, or those of the single points.
func (s *Screen) heading(width int) string {
	t := &s.c.T.Power
	if s.singles {
		return s.c.Theme.Dim.Paint("   " + text.Cut(t.SinglePoints, width-4, ""))
	}
	line := "  " + text.Fit(t.Level, labels, "") + " "
	from, cells := s.columns(width)
	for i := from; i < len(s.grid.sides) && text.Width(line)+cells <= width; i++ {
		name := s.c.Clean(s.grid.sides[i])
		if name == "" {
			name = t.Shared
		}
		line += text.Fit(name, cells-1, "") + " "
	}
	return s.c.Theme.Dim.Paint(strings.TrimRight(line, " "))
}

// columns are the first side shown and the width of each: all of them where
// there is room, else those around the cursor.
func (s *Screen) columns(width int) (from, cells int) {
	const least = 16
	room := width - labels - 4
	fit := max(min(len(s.grid.sides), room/least), 1)
	return min(max(s.column-fit+1, 0), max(len(s.grid.sides)-fit, 0)), room / fit
}

// body draws the rows around the cursor.
func (s *Screen) body(width, height int) []string {
	th, t := s.c.Theme, &s.c.T.Power
	if len(s.grid.rows) == 0 {
		return []string{"   " + th.Normal.Paint(t.NoSingles)}
	}
	from := min(max(s.row-height/2, 0), max(len(s.grid.rows)-height+1, 0))
	var out []string
	for y := from; y < len(s.grid.rows) && len(out) < height; y++ {
		r := &s.grid.rows[y]
		if r.load == nil {
			out = append(out, s.level(y, r, width))
			continue
		}
		if r.first || y == from {
			out = append(out, s.loadHead(width))
		}
		if len(out) < height || y == s.row {
			out = append(out, s.load(y, r.load, width))
		}
	}
	return out[max(len(out)-height, 0):]
}

func (s *Screen) level(y int, r *row, width int) string {
	th := s.c.Theme
	label := ""
	if r.first {
		label = i18n.Word(s.c.T.NodeKind, string(r.kind))
	}
	line := "  " + th.Dim.Paint(text.Fit(label, labels, "")) + " "
	from, cells := s.columns(width)
	used := labels + 3
	for x := from; x < len(r.cells) && used+cells <= width; x, used = x+1, used+cells {
		if r.cells[x] == nil {
			line += strings.Repeat(" ", cells)
			continue
		}
		line += s.cell(r.cells[x], y == s.row && x == s.column, cells)
	}
	return line
}

// cell is one node: cursor, what it does, its name, its load, its alarm.
func (s *Screen) cell(n *topology.NodeState, selected bool, cells int) string {
	th := s.c.Theme
	sign, word := s.state(n)
	tail := word
	if n.HasRatio && tail == "" {
		tail = strconv.FormatFloat(n.Ratio*100, 'f', 0, 64) + "%"
	}
	if s.singles {
		tail = strings.TrimSpace(tail + " " + s.c.T.Power.Drops(n.Drops))
	}
	if slices.Contains(s.lost, n.Node.ID) {
		tail = strings.ToUpper(s.c.T.Keys.WhatIf)
	}
	mark := ""
	if o := s.grave[n.Node.Device]; o != nil && n.Node.Device != "" {
		mark = " " + th.Mark(o.Priority, session.Calls(o))
	}
	lead := " "
	if selected {
		lead = th.Cursor.Paint(th.Glyphs.Cursor)
	}
	room := cells - 4 - text.Width(mark)
	name := text.Cut(s.label(n.Node), max(room-text.Width(tail)-1, 3), th.Glyphs.Tail)
	if tail != "" {
		name += " " + tail
	}
	name = text.Fit(name, room, th.Glyphs.Tail)
	switch {
	case word == s.c.T.Power.Dead || word == s.c.T.Power.NotReady:
		name = th.Strong.Paint(name)
	case n.Energised == topology.Unknown:
		name = th.Old.Paint(name)
	default:
		name = th.Normal.Paint(name)
	}
	return lead + th.Normal.Paint(sign) + " " + name + mark + " "
}

// state is a sign and, where it is not simply live, a word.
func (s *Screen) state(n *topology.NodeState) (sign, word string) {
	t, g := &s.c.T.Power, &s.c.Theme.Glyphs
	in := s.c.Snapshot.Inputs[n.Node.ID]
	standby := n.Node.Kind == topology.Generator && in.Energised != topology.Yes // a what-if counts on it as if it ran
	switch {
	case standby && n.Energised == topology.Yes:
		return g.Dead, t.Ready
	case (n.Node.Kind == topology.Tie || n.Node.Kind == topology.Breaker) && in.Position == 2:
		return "X", t.Open
	case n.Energised == topology.Yes:
		return g.Live, ""
	case n.Energised == topology.Unknown:
		return "?", t.NotSeen
	case n.Node.Kind == topology.Generator && in.Ready == topology.Yes:
		return g.Dead, t.Ready
	case n.Node.Kind == topology.Generator && in.Ready == topology.No:
		return g.Dead, t.NotReady
	case n.Node.Kind == topology.Generator:
		return g.Dead, t.Ready + " ?"
	}
	return g.Dead, t.Dead
}

// name of a node for people; its id where it has none.
func (s *Screen) name(id topology.NodeID) string {
	if i, ok := s.grid.index[id]; ok && s.drawn != nil {
		return s.label(s.drawn.Nodes[i].Node)
	}
	return s.c.Clean(string(id))
}

func (s *Screen) label(n *topology.Node) string {
	if name := n.Name.In(s.c.T.Lang); name != "" {
		return s.c.Clean(name)
	}
	return s.c.Clean(string(n.ID))
}

func (s *Screen) names(ids []topology.NodeID) string {
	var out []string
	for i, id := range ids {
		if i == 20 {
			out = append(out, "+"+strconv.Itoa(len(ids)-i))
			break
		}
		out = append(out, s.name(id))
	}
	return strings.Join(out, ", ")
}
