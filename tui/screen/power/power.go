// Package power is screen 3: the one-line with what is energised, the
// redundancy of every load now and as designed, what would fall next, and
// what-if.
//
// Each level of the supply has rows, each side a column. What nobody measures
// and nothing tells is a question mark, never live. A what-if is drawn under a
// bar of its own that says so: nobody takes it for the present.
package power

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/topology"
	"nezuban/tui/session"
)

// mostLost is how many nodes a what-if takes away.
const mostLost = 2

// Screen is the one-line.
type Screen struct {
	c       *session.Context
	grid    grid
	cursor  topology.NodeID
	row     int
	column  int
	wanted  int  // column last gone to sideways: rows without a node there do not change it
	only    bool // loads below their design only
	singles bool // the list of single points instead of the one-line

	drawn *topology.Result // that the grid was made of
	grave map[facility.DeviceID]*alarm.Occurrence

	lost      []topology.NodeID
	whatIf    *topology.Result // of lost; nil while it is computed
	whatIfOf  *topology.Result // the present it was computed from
	computing bool
}

// whatIfMsg is the answer of a what-if.
type whatIfMsg struct {
	to     *Screen
	lost   []topology.NodeID
	of     *topology.Result
	result *topology.Result
}

// New makes the screen.
func New(c *session.Context) *Screen { return &Screen{c: c} }

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Power.Title }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "w", Hint: k.WhatIf, Help: k.WhatIfLong, Rank: 1},
		{Key: "L", Hint: k.Singles, Help: k.SinglesLong, Rank: 3},
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 2},
		{Key: "f", Hint: k.Follow, Help: k.UpstreamLong, Rank: 4},
		{Key: "ctrl+z", Show: "Ctrl-z", Hint: k.Abnormal, Help: k.AbnormalLong, Rank: 5},
		{Key: "j", Show: "h j k l", Help: k.MoveLong},
	}
}

// Update takes snapshots, keys and the answer of a what-if.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		if s.only { // what is quiet may have changed
			s.drawn = nil
		}
		s.grave = map[facility.DeviceID]*alarm.Occurrence{}
		for i := range msg.Standing {
			if o := &msg.Standing[i]; s.grave[o.Device] == nil {
				s.grave[o.Device] = o
			}
		}
	case whatIfMsg:
		if msg.to != s {
			return nil
		}
		s.computing = false
		if slices.Equal(msg.lost, s.lost) {
			s.whatIf, s.whatIfOf = msg.result, msg.of
		}
	case tea.KeyMsg:
		s.key(msg.String())
	default:
		return nil
	}
	s.refresh()
	return s.compute()
}

// result is what is drawn: the present, or the what-if.
func (s *Screen) result() *topology.Result {
	switch {
	case s.c.Snapshot == nil:
		return nil
	case len(s.lost) > 0 && s.whatIf != nil:
		return s.whatIf
	}
	return s.c.Snapshot.Power
}

// compute asks for the what-if anew where the present has moved on or another
// node was taken away. One computation is under way at a time.
func (s *Screen) compute() tea.Cmd {
	snap := s.c.Snapshot
	if len(s.lost) == 0 {
		s.whatIf, s.whatIfOf = nil, nil
		return nil
	}
	if snap == nil || snap.Graph == nil || s.computing || s.whatIf != nil && s.whatIfOf == snap.Power {
		return nil
	}
	s.computing = true
	graph, inputs, lost, of := snap.Graph, snap.Inputs, slices.Clone(s.lost), snap.Power
	return func() tea.Msg { return whatIfMsg{s, lost, of, graph.WhatIf(inputs, lost)} }
}

// refresh makes the grid where what it shows has changed and puts the cursor
// back on its node.
func (s *Screen) refresh() {
	r := s.result()
	if r == nil {
		s.grid, s.drawn = grid{}, nil
		return
	}
	if r != s.drawn {
		s.remake(r)
	}
}

func (s *Screen) remake(r *topology.Result) {
	s.drawn = r
	if s.singles {
		s.grid = singlePoints(r)
	} else {
		s.grid = oneLine(r, s.only, s.quiet)
	}
	row, column, ok := s.grid.find(s.cursor)
	if !ok {
		row, column = s.grid.near(s.row, s.column)
	}
	s.put(row, column)
}

// quiet reports whether a row may be left out where only the abnormal is asked
// for: PDUs and breakers that are live and have no alarm.
func (s *Screen) quiet(r *row) bool {
	if r.kind != topology.PDU && r.kind != topology.Breaker {
		return false
	}
	for _, n := range r.cells {
		if n != nil && (n.Energised != topology.Yes || n.Node.Device != "" && s.grave[n.Node.Device] != nil || slices.Contains(s.lost, n.Node.ID)) {
			return false
		}
	}
	return true
}

func (s *Screen) put(row, column int) {
	s.row, s.column = row, column
	if row < len(s.grid.rows) {
		if n := s.grid.rows[row].at(column); n != nil {
			s.cursor = n.ID
		}
	}
}

func (s *Screen) key(key string) {
	switch key {
	case "esc":
		s.escape()
		return
	case "L":
		s.singles = !s.singles
		s.drawn = nil
		return
	case "ctrl+z":
		s.only = !s.only
		s.drawn = nil
		return
	}
	if len(s.grid.rows) == 0 {
		return
	}
	if s.move(key) {
		return
	}
	n := s.node()
	if n == nil {
		return
	}
	switch key {
	case "enter":
		if n.Device == "" {
			s.c.Say(s.c.T.Power.NoDevice)
			return
		}
		s.c.Open("device", string(n.Device))
	case "f":
		s.follow(n)
	case "w":
		s.lose(n.ID)
	}
}

func (s *Screen) escape() {
	switch {
	case len(s.lost) > 0:
		s.lost, s.whatIf, s.drawn = nil, nil, nil
	case s.singles || s.only:
		s.singles, s.only, s.drawn = false, false, nil
	default:
		s.c.Back()
	}
}

func (s *Screen) move(key string) bool {
	row, column := s.row, s.wanted
	switch key {
	case "j", "down":
		row++
	case "k", "up":
		row--
	case "ctrl+d", "pgdown":
		row += 10
	case "ctrl+u", "pgup":
		row -= 10
	case "g", "home":
		row = 0
	case "G", "end":
		row = len(s.grid.rows) - 1
	case "h", "left":
		column = s.grid.beside(row, s.column, -1)
		s.wanted = column
	case "l", "right":
		column = s.grid.beside(row, s.column, 1)
		s.wanted = column
	default:
		return false
	}
	s.put(s.grid.near(row, column))
	return true
}

// node under the cursor; nil where there is none.
func (s *Screen) node() *topology.Node {
	if s.row < len(s.grid.rows) {
		return s.grid.rows[s.row].at(s.column)
	}
	return nil
}

// lose takes a node away in the what-if, or gives it back.
func (s *Screen) lose(id topology.NodeID) {
	if i := slices.Index(s.lost, id); i >= 0 {
		s.lost = slices.Delete(slices.Clone(s.lost), i, i+1)
	} else if len(s.lost) == mostLost {
		s.c.Say(s.c.T.Power.WhatIfTwo)
		return
	} else {
		s.lost = append(slices.Clone(s.lost), id)
	}
	s.whatIf, s.drawn = nil, nil
}

// follow goes to what feeds a node: for a load to what holds its redundancy
// down, else to the first feeder that is live. From a source it goes to the
// alarms of its device.
func (s *Screen) follow(n *topology.Node) {
	var to topology.NodeID
	if i := s.grid.load(n.ID); i >= 0 && len(s.drawn.Loads[i].Why) > 0 {
		to = s.drawn.Loads[i].Why[0]
	}
	for _, from := range n.From {
		if to == "" && s.energised(from) == topology.Yes {
			to = from
		}
	}
	if to == "" && len(n.From) > 0 {
		to = n.From[0]
	}
	if row, column, ok := s.grid.find(to); ok && to != n.ID {
		s.wanted = column
		s.put(row, column)
		return
	}
	if n.Device != "" {
		s.c.Open("alarms", "device="+string(n.Device))
		return
	}
	s.c.Say(s.c.T.Power.NoDevice)
}

func (s *Screen) energised(id topology.NodeID) topology.Tri {
	if i, ok := s.grid.index[id]; ok {
		return s.drawn.Nodes[i].Energised
	}
	return topology.Unknown
}
