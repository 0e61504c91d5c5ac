// Package device is one device on a whole screen: who it is, how polling it
// goes, every point with its limits and how fresh it is, and the trend of the
// selected point from history.
package device

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/tui/list"
	"nezuban/tui/session"
)

// Trends reads history: one TrendPoint a step, extremes kept, gaps not known.
type Trends interface {
	Trend(ctx context.Context, p facility.Point, from, to facility.Tick, step time.Duration) ([]facility.TrendPoint, error)
}

// ranges of a trend, in hours.
var ranges = []int{1, 6, 24}

const (
	// trendSteps is how finely a range is asked for: two pixels a column of a
	// wide terminal.
	trendSteps = 240
	// trendRefresh is how often a shown trend is read again.
	trendRefresh = 15 * time.Second
	// trendLimit is how long history may take.
	trendLimit = 8 * time.Second
)

// Screen is the detail of one device.
type Screen struct {
	c      *session.Context
	trends Trends
	id     facility.DeviceID
	view   *live.DeviceView // nil: no such device in the present inventory
	ids    []string
	names  map[string]int // how many points have this name in the session's language
	cursor list.Cursor

	shown   bool // t was pressed: the trend has most of a small screen
	hours   int  // index into ranges
	trend   trend
	reading bool

	traps    Traps
	evidence bool // e was pressed: what traps said stands below the points
	said     evidence
	asking   bool
}

// A trend is the last answer of history.
type trend struct {
	point  facility.PointID
	hours  int
	from   facility.Tick
	to     facility.Tick
	step   time.Duration
	points []facility.TrendPoint
	err    error
	at     time.Time // when it was asked for
}

type trendMsg struct {
	to *Screen
	trend
}

// New makes the detail of the device with this id.
func New(c *session.Context, trends Trends, traps Traps, id string) *Screen {
	return &Screen{c: c, trends: trends, traps: traps, id: facility.DeviceID(id)}
}

// Title of the view.
func (s *Screen) Title() string { return s.c.T.Devices.Title + " > " + string(s.id) }

// Keys that work here.
func (s *Screen) Keys() []session.Key {
	k := &s.c.T.Keys
	return []session.Key{
		{Key: "t", Hint: k.Trend, Help: k.TrendLong, Rank: 1},
		{Key: "]", Show: "[ ]", Hint: k.Range, Help: k.RangeLong, Rank: 2},
		{Key: "[", Show: "[", Help: k.RangeLong},
		{Key: "f", Hint: k.Follow, Help: k.FollowLong, Rank: 4},
		{Key: "e", Hint: k.Evidence, Help: k.EvidenceLong, Rank: 5},
		{Key: "esc", Show: "Esc", Hint: k.Back, Help: k.BackLong, Rank: 3},
		{Key: "j", Show: "j k g G", Help: k.MoveLong},
	}
}

// Update takes snapshots, history's answers and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *live.Snapshot:
		s.view = s.c.Devices[s.id]
		s.ids, s.names = s.ids[:0], map[string]int{}
		if s.view != nil {
			points := s.view.Points()
			for i := range points {
				s.ids = append(s.ids, string(points[i].Point.ID))
				s.names[s.c.T.PointName(&s.view.Device, points[i].Point)]++
			}
		}
		s.cursor.Sync(s.ids)
		return tea.Batch(s.read(), s.readTraps())
	case evidenceMsg:
		if msg.to == s {
			s.asking, s.said = false, msg.evidence
		}
	case trendMsg:
		if msg.to == s {
			s.reading, s.trend = false, msg.trend
			return s.read()
		}
	case tea.KeyMsg:
		return s.key(msg.String())
	}
	return nil
}

func (s *Screen) key(key string) tea.Cmd {
	if s.cursor.Key(s.ids, key) {
		return s.read()
	}
	switch key {
	case "t", "enter":
		s.shown, s.evidence = !s.shown, false
	case "e":
		s.evidence, s.shown = !s.evidence, false
	case "[":
		s.hours = max(s.hours-1, 0)
	case "]":
		s.hours = min(s.hours+1, len(ranges)-1)
	case "f":
		s.c.Open("alarms", "device="+string(s.id))
	case "esc":
		if s.shown || s.evidence {
			s.shown, s.evidence = false, false
			return nil
		}
		s.c.Back()
	}
	return s.read()
}

// point under the cursor; nil where there is none.
func (s *Screen) point() *live.PointView {
	if s.view == nil || s.cursor.Index() >= s.view.NumPoints() {
		return nil
	}
	return &s.view.Points()[s.cursor.Index()]
}

// read asks history for the selected point, one question at a time, when what
// is there is another's, another range's or old.
func (s *Screen) read() tea.Cmd {
	p := s.point()
	if p == nil || s.reading || s.trends == nil {
		return nil
	}
	hours := ranges[s.hours]
	if s.trend.point == p.Point.ID && s.trend.hours == hours && s.c.Now.Sub(s.trend.at) < trendRefresh {
		return nil
	}
	span := time.Duration(hours) * time.Hour
	t := trend{point: p.Point.ID, hours: hours, at: s.c.Now, step: max(span/trendSteps, p.Point.Interval).Round(time.Second)}
	if t.step < time.Second {
		t.step = time.Second
	}
	t.to = facility.TickOf(s.c.Now)
	t.from = t.to - facility.Tick(span/time.Second)
	s.reading = true
	trends, point := s.trends, *p.Point
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), trendLimit)
		defer cancel()
		t.points, t.err = trends.Trend(ctx, point, t.from, t.to, t.step)
		return trendMsg{s, t}
	}
}
