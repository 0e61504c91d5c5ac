// Package devices is screen 6: every device with whether it answers, when it
// last did, and its gravest alarm.
package devices

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/filter"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Screen is the list of devices, by id.
type Screen struct {
	c      *session.Context
	filter filter.Filter
	only   bool // abnormal only
	rows   []*live.DeviceView
	ids    []string
	cursor list.Cursor
	grave  map[facility.DeviceID]*alarm.Occurrence // gravest standing alarm
	counts [6]int                                  // total, up, down, stale, unknown, stopped
}

// New makes the list; arg is a filter, "" none.
func New(c *session.Context, arg string) *Screen {
	s := &Screen{c: c}
	f, err := filter.Parse(arg)
	if err != nil {
		c.Say(filter.Problem(c.T, err))
		return s
	}
	s.filter = f
	return s
}

// Title of the view.
func (s *Screen) Title() string {
	if f := s.filter.String(); f != "" {
		return s.c.T.Devices.Title + " > " + f
	}
	return s.c.T.Devices.Title
}

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "enter", Show: "Enter", Hint: k.Open, Help: k.OpenLong, Rank: 1},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 4},
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
	case key == "enter" && s.cursor.ID() != "":
		s.c.Open("device", s.cursor.ID())
	case key == "f" && s.cursor.ID() != "":
		s.c.Open("alarms", "device="+s.cursor.ID())
	case key == "ctrl+z":
		s.only = !s.only
		s.refresh()
	case key == "/":
		s.ask()
	case key == "esc" && (s.only || s.filter.String() != ""):
		s.only, s.filter = false, filter.Filter{}
		s.refresh()
	case key == "esc":
		s.c.Back()
	}
}

func (s *Screen) ask() {
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
}

// refresh applies the filter. What can be asked: device attributes, priority of
// the gravest alarm, and state=up, down, stale, unknown or stopped.
func (s *Screen) refresh() {
	s.rows, s.ids, s.grave = s.rows[:0], s.ids[:0], map[facility.DeviceID]*alarm.Occurrence{}
	s.counts = [6]int{}
	snap := s.c.Snapshot
	if snap == nil {
		return
	}
	for i := range snap.Standing {
		o := &snap.Standing[i]
		if s.grave[o.Device] == nil {
			s.grave[o.Device] = o
		}
	}
	for _, d := range snap.Devices {
		reach := d.Reach(s.c.Now)
		if d.Device.Engine == "model" { // computed here, polled by nobody
			reach = live.Up
		} else {
			s.count(reach)
		}
		worst := s.grave[d.Device.ID]
		if s.only && reach == live.Up && worst == nil {
			continue
		}
		if !s.filter.Match(attributes(d, reach, worst), string(d.Device.ID), d.Device.Name, d.Device.Kind, d.Device.Place, d.Identity.Vendor, d.Identity.Model) {
			continue
		}
		s.rows = append(s.rows, d)
		s.ids = append(s.ids, string(d.Device.ID))
	}
	s.cursor.Sync(s.ids)
}

func (s *Screen) count(r live.Reach) {
	s.counts[0]++
	switch r {
	case live.Up:
		s.counts[1]++
	case live.Down:
		s.counts[2]++
	case live.Late:
		s.counts[3]++
	case live.Stopped:
		s.counts[5]++
	default:
		s.counts[4]++
	}
}

func attributes(d *live.DeviceView, reach live.Reach, worst *alarm.Occurrence) facility.Attributes {
	of := facility.DeviceAttributes(&d.Device)
	return func(key string) []string {
		switch key {
		case "state":
			return []string{string(reach)}
		case "priority":
			if worst == nil {
				return nil
			}
			return []string{string(rune('0' + worst.Priority))}
		}
		return of(key)
	}
}

// widest are the columns' widths as the listed devices need them, bounded, so
// that what is left goes to the name.
func (s *Screen) widest(width int) (id, kind, place int) {
	t := &s.c.T.Devices
	id, kind, place = text.Width(t.ID), text.Width(t.Kind), text.Width(t.Place)
	for _, d := range s.rows {
		id = max(id, len(d.Device.ID))
		kind = max(kind, text.Width(i18n.Word(s.c.T.Kind, d.Device.Kind)))
		place = max(place, text.Width(d.Device.Place))
	}
	return min(id, width/5), min(kind, 12), min(place, width/6)
}

// View draws the list.
func (s *Screen) View(width, height int) string {
	th, t := s.c.Theme, &s.c.T.Devices
	idW, kindW, placeW := s.widest(width)
	reachW, ageW := 8, 8
	nameW := width - 2 - 4 - idW - kindW - placeW - reachW - ageW - 5
	counts := t.Counts(s.counts[0], s.counts[1], s.counts[2], s.counts[3], s.counts[4])
	if n := s.counts[5]; n > 0 {
		counts += "   " + t.Stopped(n)
	}
	if f := s.filter.String(); f != "" || s.only {
		counts = s.c.T.Frame.Shown(len(s.rows), s.counts[0]) + "   " + counts
		if s.only {
			counts = t.OnlyAbnormal + "   " + counts
		}
		if f != "" {
			counts = session.Join(s.c.T.Frame.Filter+": "+f, counts)
		}
	}
	lines := []string{
		" " + th.Dim.Paint(text.Cut(counts, width-2, th.Glyphs.Tail)),
		th.Dim.Paint("  " + text.Fit("", 4, "") + text.Fit(t.ID, idW, "") + " " + text.Fit(t.Name, nameW, "") + " " + text.Fit(t.Kind, kindW, "") + " " + text.Fit(t.Place, placeW, "") + " " + text.Fit(t.Reach, reachW, "") + " " + text.PadLeft(t.Answer, ageW)),
	}
	from, to := s.cursor.Window(len(s.rows), height-2)
	for i := from; i < to; i++ {
		d := s.rows[i]
		lead := "  "
		if i == s.cursor.Index() {
			lead = th.Cursor.Paint(th.Glyphs.Cursor) + " "
		}
		mark := "    "
		if o := s.grave[d.Device.ID]; o != nil {
			mark = th.Mark(o.Priority, session.Calls(o)) + " "
		}
		body := th.Cut(string(d.Device.ID), idW) + " " + th.Cut(clean(d.Device.Name), nameW) + " " + th.Cut(i18n.Word(s.c.T.Kind, d.Device.Kind), kindW) + " " + th.Cut(clean(d.Device.Place), placeW) + " "
		lines = append(lines, lead+mark+th.Normal.Paint(body)+s.answers(d, reachW, ageW))
	}
	if len(s.rows) == 0 {
		word := s.c.T.Frame.Nothing
		if s.c.Snapshot == nil {
			word = s.c.T.Frame.NoData
		}
		lines = append(lines, "  "+th.Normal.Paint(word))
	}
	return strings.Join(lines, "\n")
}

// answers are reach and last answer of a device. Of one whose polling is stopped
// it says more when it is polled again.
func (s *Screen) answers(d *live.DeviceView, reachW, ageW int) string {
	th, t := s.c.Theme, &s.c.T.Devices
	if d.Stop != nil {
		return th.Old.Paint(text.Fit(t.StoppedTo(d.Stop.Until.In(s.c.Zone()).Format("15:04")), reachW+1+ageW, ""))
	}
	reach, answer := s.reach(d.Reach(s.c.Now), reachW), t.Never
	if d.Device.Engine == "model" {
		reach, answer = strings.Repeat(" ", reachW), th.Glyphs.None
	}
	if !d.Health.LastAnswer.IsZero() {
		answer = s.c.CoarseAge(d.Health.LastAnswer)
	}
	return reach + " " + th.Normal.Paint(text.PadLeft(answer, ageW))
}

// reach is a word; a device that does not answer is set off by reverse, one
// whose values are old by the mark of old data.
func (s *Screen) reach(r live.Reach, cells int) string {
	w := i18n.Word(s.c.T.Reach, string(r))
	pad := strings.Repeat(" ", max(cells-text.Width(w), 0))
	switch r {
	case live.Down:
		return s.c.Theme.Bar.Paint(w) + pad
	case live.Late, live.Unknown:
		return s.c.Theme.Old.Paint(text.Fit("? "+w, cells, ""))
	}
	return s.c.Theme.Normal.Paint(w) + pad
}

func clean(s string) string {
	out, _ := text.Clean(s, 200)
	return out
}
