// Package session is what the screens of one console session share: who looks,
// in which language, at what moment, at which snapshot, and how to ask the frame
// for a prompt, a notice or another view.
//
// The frame (package tui) owns the Context and changes it in its Update only;
// screens read it in Update and View. Requests are taken by the frame right
// after the screen's Update, so that the next key already meets the prompt.
package session

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/internal/text"
	"nezuban/tui/theme"
)

// Context of one session.
type Context struct {
	Person   duty.Person
	ReadOnly Reason // why the session only watches; "" it does not
	T        *i18n.Texts
	Theme    *theme.Theme
	Now      time.Time      // whole seconds, UTC; moves on with the frame's tick
	Snapshot *live.Snapshot // nil before the first
	Devices  map[facility.DeviceID]*live.DeviceView

	cleaned map[string]string // what Clean made of what
	names   map[named]string  // lines of alarms
	effect  remembered

	// ShiftEnd is when the shift at an instant ends; nil where no shifts are known.
	ShiftEnd func(time.Time) time.Time
	// People are the ids that an alarm may be assigned to; nil where unknown.
	People func() []string

	HelpKeys []Key // of the view from which help was asked for

	prompt *Prompt
	notice string
	open   *Place
	back   bool
	run    string
}

// Reason why a session only watches.
type Reason string

const (
	Idle       Reason = "idle"       // no key for long
	Unrecorded Reason = "unrecorded" // the login could not be recorded
)

// Sentence says it to people.
func (r Reason) Sentence(t *i18n.Texts) string {
	if r == Unrecorded {
		return t.Session.NotRecorded
	}
	return t.Session.IdleNow
}

// A Place is a view: a screen's name and what it shows there.
type Place struct {
	Screen string // as in the table of screens
	Arg    string // alarm id, device id, filter; "" none
}

// A Prompt is a question on the last lines. Enter submits, Esc cancels.
type Prompt struct {
	Question string // line above the entry; "" none
	Label    string // before the entry
	Initial  string
	Confirm  bool // nothing is typed: Enter says yes
	// Submit is called with what was typed. A sentence as second result keeps
	// the prompt open and is shown; otherwise the command runs.
	Submit func(text string) (tea.Cmd, string)
	// Complete offers words for what was typed so far; nil none.
	Complete func(text string) []string
}

// Ask opens a prompt.
func (c *Context) Ask(p Prompt) { c.prompt = &p }

// Say shows a sentence until the next key.
func (c *Context) Say(s string) { c.notice = s }

// Open goes to another view.
func (c *Context) Open(screen, arg string) { c.open = &Place{screen, arg} }

// Back leaves the present view.
func (c *Context) Back() { c.back = true }

// Run leaves the present view and presses a key in the one before it.
func (c *Context) Run(key string) { c.back, c.run = true, key }

// Requests of a screen, made during one Update.
type Requests struct {
	Prompt *Prompt
	Notice string
	Open   *Place
	Back   bool
	Run    string // key
}

// Take hands the requests over and forgets them.
func (c *Context) Take() Requests {
	r := Requests{c.prompt, c.notice, c.open, c.back, c.run}
	c.prompt, c.notice, c.open, c.back, c.run = nil, "", nil, false, ""
	return r
}

// Show takes a new snapshot.
func (c *Context) Show(s *live.Snapshot) {
	c.Snapshot = s
	c.Devices = make(map[facility.DeviceID]*live.DeviceView, len(s.Devices))
	for _, d := range s.Devices {
		c.Devices[d.Device.ID] = d
	}
}

// Zone is the site's time zone; UTC before it is known.
func (c *Context) Zone() *time.Location {
	if c.Snapshot == nil || c.Snapshot.Site.Zone == nil {
		return time.UTC
	}
	return c.Snapshot.Site.Zone
}

// Clock prints an instant in the site's zone: the time alone within the present
// day, with its date otherwise, "" for none.
func (c *Context) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	local, now := t.In(c.Zone()), c.Now.In(c.Zone())
	if local.Year() == now.Year() && local.YearDay() == now.YearDay() {
		return local.Format("15:04:05")
	}
	return local.Format("01-02 15:04:05")
}

// Minute prints an instant without its seconds: the time alone within the
// present day, with its date otherwise, "" for none.
func (c *Context) Minute(t time.Time) string {
	if s := c.Clock(t); s != "" {
		return s[:len(s)-len(":00")]
	}
	return ""
}

// Short prints an instant in five cells: the time within the present day, the
// date otherwise, "" for none.
func (c *Context) Short(t time.Time) string {
	s := c.Clock(t)
	return s[:min(len(s), len("15:04"))]
}

// Day prints the date of an instant in the site's zone, "" for none.
func (c *Context) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.Zone()).Format(time.DateOnly)
}

// Age prints how long ago t was; "" for none.
func (c *Context) Age(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return i18n.FormatAge(c.Now.Sub(t))
}

// CoarseAge is Age without seconds, for columns that would otherwise change with
// every tick.
func (c *Context) CoarseAge(t time.Time) string {
	if d := c.Now.Sub(t); !t.IsZero() && d < time.Minute {
		return "<1m"
	}
	return c.Age(t)
}

// DeviceName is what people call a device. The facility's own models and the
// program itself are no devices of the site: they have a word in each language.
func (c *Context) DeviceName(id facility.DeviceID) string {
	if w, ok := c.T.OwnDevice[string(id)]; ok {
		return w
	}
	if d, ok := c.Devices[id]; ok && d.Device.Name != "" {
		return c.Clean(d.Device.Name)
	}
	return c.Clean(string(id))
}

// maxCleaned bounds what Clean remembers.
const maxCleaned = 4096

// Clean sanitises one cell of text. It remembers what it did: long lists ask for
// the same names in every frame, and Japanese ones are costly.
func (c *Context) Clean(s string) string {
	if out, ok := c.cleaned[s]; ok {
		return out
	}
	if c.cleaned == nil || len(c.cleaned) >= maxCleaned {
		c.cleaned = map[string]string{}
	}
	out, _ := text.Clean(s, 300)
	c.cleaned[s] = out
	return out
}

// Point as of the present snapshot; nil where there is no such point.
func (c *Context) Point(id facility.PointID) *live.PointView {
	d, ok := c.Devices[id.Device()]
	if !ok {
		return nil
	}
	points := d.Points()
	for i := range points {
		if points[i].Point.ID == id {
			return &points[i]
		}
	}
	return nil
}

// Alarms of a device, the gravest first.
func (c *Context) Alarms(id facility.DeviceID) []alarm.Occurrence {
	var out []alarm.Occurrence
	if c.Snapshot == nil {
		return nil
	}
	for i := range c.Snapshot.Standing {
		if c.Snapshot.Standing[i].Device == id {
			out = append(out, c.Snapshot.Standing[i])
		}
	}
	return out
}

// A Key is one entry of the key hints and of the help.
type Key struct {
	Key  string // what is pressed, as bubbletea names it: "a", "enter", "ctrl+d"
	Show string // how it is written, "Enter"; "" as Key
	Hint string // one word for the last line; "" not shown there
	Help string // a sentence
	Rank int    // the greater, the earlier it is dropped from a narrow line
}

// ReadOnlyMsg makes the session watch only. Its writer belongs to the session.
type ReadOnlyMsg struct{ Why Reason }
