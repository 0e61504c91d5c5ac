package session

import (
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/text"
)

// leastWords are the cells of an alarm's words below which a cut says nothing.
const leastWords = 10

// named are the parts of an alarm's line and the cells it has; 0: as many as it
// takes.
type named struct {
	name, device string
	cells        int
}

// AlarmName is one line for an occurrence: the alarm's own words first, then the
// part and the device.
func (c *Context) AlarmName(o *alarm.Occurrence) string {
	device, name := c.DeviceName(o.Device), c.alarmWords(o)
	if device == "" || strings.Contains(name, device) {
		return name
	}
	return c.remember(named{name, device, 0}, func() string { return name + " - " + device })
}

// AlarmNameIn is AlarmName in at most so many cells. Where they are too few, the
// device's id stands for its name, and the rule's words are cut before what tells
// two alarms of one rule apart: the part and the device. The words of a life-safety
// alarm are cut last of all.
func (c *Context) AlarmNameIn(o *alarm.Occurrence, cells int) string {
	device, name := c.DeviceName(o.Device), c.alarmWords(o)
	if device == "" || strings.Contains(name, device) {
		device = ""
	}
	return c.remember(named{name, device, cells}, func() string { return c.shorten(o, name, device, cells) })
}

func (c *Context) alarmWords(o *alarm.Occurrence) string {
	if name := o.Name.In(c.T.Lang); name != "" {
		return c.Clean(name)
	}
	return c.Clean(o.Rule)
}

func (c *Context) remember(key named, line func() string) string {
	if s, ok := c.names[key]; ok {
		return s
	}
	if c.names == nil || len(c.names) >= maxCleaned {
		c.names = map[named]string{}
	}
	s := line()
	c.names[key] = s
	return s
}

func (c *Context) shorten(o *alarm.Occurrence, name, device string, cells int) string {
	end := ""
	if device != "" {
		if whole := name + " - " + device; text.Width(whole) <= cells {
			return whole
		}
		if end = " - " + c.Clean(string(o.Device)); o.Class == alarm.LifeSafety && text.Width(name+end) > cells && text.Width(name) <= cells {
			return name // it names the zone or the detector
		}
	}
	words := name
	if c.Snapshot != nil {
		if r := c.Snapshot.Rules[o.Rule]; r != nil {
			if w := c.Clean(r.Text.Name.In(c.T.Lang)); w != "" && strings.HasPrefix(name, w) {
				words, end = w, name[len(w):]+end
			}
		}
	}
	room := cells - text.Width(end)
	if text.Width(words) > room && room < leastWords {
		return text.Cut(name, cells, c.Theme.Glyphs.Tail)
	}
	return text.Cut(words, room, c.Theme.Glyphs.Tail) + end
}
