package session

import (
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// Unacked reports whether a state waits for an acknowledgement.
func Unacked(s alarm.BaseState) bool {
	return s == alarm.Unack || s == alarm.RtnUn || s == alarm.LatUn
}

// Calls reports whether the alarm waits for somebody: unacknowledged and not
// held back.
func Calls(o *alarm.Occurrence) bool { return Unacked(o.State()) && !o.IsSuppressed() }

// Standing is the alarm with this id; nil where it does not stand.
func (c *Context) Standing(id string) *alarm.Occurrence {
	if c.Snapshot == nil || id == "" {
		return nil
	}
	for i := range c.Snapshot.Standing {
		if c.Snapshot.Standing[i].ID == id {
			return &c.Snapshot.Standing[i]
		}
	}
	return nil
}

// NameOf is the line for the alarm with this id; "" where it does not stand.
func (c *Context) NameOf(id string) string {
	if o := c.Standing(id); o != nil {
		return c.AlarmName(o)
	}
	return ""
}

// Waiting counts the consequences in a group that wait for somebody, and those of
// priority 1 among them.
func (c *Context) Waiting(g alarm.Group) (unacked, p1 int) {
	for i := range c.Snapshot.Standing {
		if o := &c.Snapshot.Standing[i]; Calls(o) && c.Snapshot.Grouping.RootOf[o.ID] == g.Root {
			unacked++
			if o.Priority == facility.P1 {
				p1++
			}
		}
	}
	return unacked, p1
}

// Suppression says in sentences what holds an alarm back: every one of the three
// ways, who, until when and why, and the request that waits.
func (c *Context) Suppression(o *alarm.Occurrence) []string {
	var out []string
	t := &c.T.Suppress
	if s := o.Service; s != nil {
		out = append(out, t.ServiceLine(s.By, c.Day(s.Until), s.Change+" "+s.Reason))
	}
	if o.Design != "" {
		rule := ""
		if cause := c.Standing(o.Design); cause != nil {
			rule = cause.Rule
		}
		out = append(out, t.DesignLine(rule, c.Minute(o.DesignAt), o.Design+" "+c.NameOf(o.Design)))
	}
	if s := o.Shelve; s != nil {
		out = append(out, t.ShelvedLine(s.By, c.Minute(s.Until), s.Reason))
	}
	if len(out) > 0 && o.HeldBack > 0 {
		out[len(out)-1] += "; " + t.HeldBack(o.HeldBack)
	}
	if w := c.WaitingFor(o); w != nil {
		out = append(out, t.Waits+" "+w.ID+" "+w.By+": "+w.Reason)
	}
	return out
}

// WaitingFor is the request to hold an alarm back that waits for its second
// person; nil where none does.
func (c *Context) WaitingFor(o *alarm.Occurrence) *alarm.Suppression {
	if c.Snapshot == nil || o.Rule == "" {
		return nil
	}
	for i := range c.Snapshot.Suppressions {
		s := &c.Snapshot.Suppressions[i]
		if s.State == alarm.Waiting && s.Scope.Rule == o.Rule && s.Scope.Device == o.Device && s.Scope.Point == o.Point {
			return s
		}
	}
	return nil
}

// Unwatched reports whether nothing evaluates the alarm any more.
func (c *Context) Unwatched(o *alarm.Occurrence) bool {
	return c.Snapshot != nil && c.Snapshot.Unwatched[o.ID]
}

// AlarmPoint is the point an occurrence is about; nil for an alarm of a whole
// device and where the point is gone.
func (c *Context) AlarmPoint(o *alarm.Occurrence) *facility.Point {
	if d, ok := c.Devices[o.Device]; ok && o.Point != "" {
		points := d.Points()
		for i := range points {
			if points[i].Point.ID == o.Point {
				return points[i].Point
			}
		}
	}
	return nil
}

// AlarmAttributes are what a filter may ask of an occurrence.
func (c *Context) AlarmAttributes(o *alarm.Occurrence) facility.Attributes {
	device := &facility.Device{ID: o.Device, Place: o.Place, Category: o.Category}
	if d, ok := c.Devices[o.Device]; ok {
		device = &d.Device
	}
	of := facility.DeviceAttributes(device)
	return o.Attributes(func(key string) []string {
		if key != "metric" {
			return of(key)
		}
		if p := c.AlarmPoint(o); p != nil {
			return []string{p.Metric}
		}
		return nil
	})
}

// Procedure of a rule, "none" in the reader's language.
func (c *Context) Procedure(r *alarm.Rule) string {
	if r.Procedure == alarm.NoProcedure {
		return c.T.Alarms.NoProcedure
	}
	return clean(r.Procedure)
}

// Join sanitises the parts and joins those that are not empty by three spaces.
func Join(parts ...string) string {
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		if p = clean(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "   ")
}

func clean(s string) string {
	out, _ := text.Clean(s, 200)
	return out
}
