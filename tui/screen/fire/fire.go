// Package fire is screen 4: the fire zones as their panel and detectors say,
// alarm, pre-alarm, supervisory, trouble, disabled and test kept apart, whether
// the suppression of a zone would work, and the permits under which somebody
// works there.
//
// nezuban watches fire systems, it is not one: the sentence that says so stands
// on the screen at all times. A zone of which nothing is seen is never normal.
package fire

import (
	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/topology"
	"nezuban/internal/topology/fire"
	"nezuban/tui/action"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the list of zones with the detail of one.
type Screen struct {
	c      *session.Context
	ops    action.Operations
	zones  []*fire.Zone
	ids    []string
	cursor list.Cursor
	only   bool                // zones that are not normal only
	alarms []*alarm.Occurrence // of the selected zone
	grave  map[string]*alarm.Occurrence
}

// New makes the screen.
func New(c *session.Context, ops action.Operations) *Screen { return &Screen{c: c, ops: ops} }

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Fire.Title }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "a", Hint: k.Ack, Help: k.AckLong, Rank: 1},
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 2},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 3},
		{Key: "ctrl+z", Show: "Ctrl-z", Hint: k.Abnormal, Help: k.AbnormalLong, Rank: 4},
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
	s.alarms = s.alarmsOf(s.zone())
	return nil
}

func (s *Screen) status() *fire.Status {
	if s.c.Snapshot == nil {
		return nil
	}
	return s.c.Snapshot.Fire
}

func (s *Screen) refresh() {
	s.zones, s.ids, s.grave = s.zones[:0], s.ids[:0], map[string]*alarm.Occurrence{}
	st := s.status()
	if st == nil {
		return
	}
	for i := range st.Zones {
		z := &st.Zones[i]
		if s.only && z.State == fire.Normal && z.NotSeen == 0 && !busy(z) && z.Ready != fire.NotReady {
			continue
		}
		s.zones = append(s.zones, z)
		s.ids = append(s.ids, z.Model.ID)
		if all := s.alarmsOf(z); len(all) > 0 {
			s.grave[z.Model.ID] = all[0]
		}
	}
	s.cursor.Sync(s.ids)
}

// busy reports whether a permit holds in the zone or is overdue.
func busy(z *fire.Zone) bool {
	for _, i := range z.Isolations {
		if i.Active || i.Overdue > 0 {
			return true
		}
	}
	return false
}

// zone under the cursor; nil where there is none.
func (s *Screen) zone() *fire.Zone {
	if i := s.cursor.Index(); i < len(s.zones) {
		return s.zones[i]
	}
	return nil
}

// alarmsOf are the standing alarms of a zone: those that name it, and those of
// the points that its model binds.
func (s *Screen) alarmsOf(z *fire.Zone) []*alarm.Occurrence {
	if z == nil || s.c.Snapshot == nil {
		return nil
	}
	points := bound(z.Model)
	var out []*alarm.Occurrence
	for i := range s.c.Snapshot.Standing {
		o := &s.c.Snapshot.Standing[i]
		if o.Zone == z.Model.ID || o.Point != "" && points[o.Point] {
			out = append(out, o)
		}
	}
	return out
}

// bound are the points that tell of a zone.
func bound(m *fire.ZoneModel) map[facility.PointID]bool {
	out := map[facility.PointID]bool{}
	for _, bindings := range [][]topology.StateBinding{m.Alarm, m.Supervisory, m.Trouble, m.Disabled, m.Test, m.Discharge} {
		for _, b := range bindings {
			out[b.Point] = true
		}
	}
	for _, d := range m.Detectors {
		out[d.State], out[d.Level] = true, true
	}
	if x := m.Suppression; x != nil {
		for _, c := range x.Cylinders {
			out[c.Pressure] = true
		}
		for _, b := range []*topology.StateBinding{x.Automatic, x.Isolated} {
			if b != nil {
				out[b.Point] = true
			}
		}
	}
	delete(out, "")
	return out
}

func (s *Screen) key(key string) {
	if s.cursor.Key(s.ids, key) {
		return
	}
	switch key {
	case "esc":
		if s.only {
			s.only = false
			s.refresh()
			return
		}
		s.c.Back()
		return
	case "ctrl+z":
		s.only = !s.only
		s.refresh()
		return
	}
	z := s.zone()
	if z == nil {
		return
	}
	all := s.alarmsOf(z)
	switch {
	case len(all) == 0 && (key == "enter" || key == "a" || key == "f"):
		s.c.Say(s.c.T.Fire.NoAlarms)
	case key == "enter":
		s.c.Open("alarm", all[0].ID)
	case key == "f":
		s.c.Open("device", string(all[0].Device))
	case key == "a":
		for _, o := range all { // one by one, the gravest that nobody has acknowledged
			if session.Unacked(o.State()) {
				action.Acknowledge(s.c, s.ops, []alarm.Occurrence{*o})
				return
			}
		}
		s.c.Say(s.c.T.Alarms.AlreadyAcked)
	}
}

// Selected is the gravest alarm of the zone under the cursor; nil none.
func (s *Screen) Selected() *alarm.Occurrence {
	if len(s.alarms) == 0 {
		return nil
	}
	return s.alarms[0]
}
