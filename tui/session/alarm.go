package session

import (
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
)

// Unacked reports whether a state waits for an acknowledgement.
func Unacked(s alarm.BaseState) bool {
	return s == alarm.Unack || s == alarm.RtnUn || s == alarm.LatUn
}

// AlarmName is one line for an occurrence: the device's name and the alarm's.
func (c *Context) AlarmName(o *alarm.Occurrence) string {
	device, name := c.DeviceName(o.Device), o.Name.In(c.T.Lang)
	if name == "" {
		name = o.Rule
	}
	if device != "" && !strings.HasPrefix(name, device) {
		name = device + " " + name
	}
	s, _ := text.Clean(name, 300)
	return s
}

// AlarmValue is the value at the last transition against its limit:
// "28.1>27.0 C", the state's name, or why there is none.
func (c *Context) AlarmValue(o *alarm.Occurrence) string {
	word := i18n.Word(c.T.Level, o.Level)
	switch {
	case !o.HasValue || o.Level == "no_data":
		return clean(word)
	case o.Unit == facility.UnitState:
		return clean(word)
	}
	ref := o.Value
	if o.HasLimit {
		ref = max(abs(o.Value), abs(o.Limit))
	}
	scale := i18n.ScaleOf(o.Unit, ref)
	if !o.HasLimit {
		return scale.Format(o.Value)
	}
	sign := ">"
	if strings.HasPrefix(o.Level, "low") {
		sign = "<"
	}
	return strings.TrimSpace(scale.Number(o.Value) + sign + scale.Number(o.Limit) + " " + scale.Suffix)
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
		if d, ok := c.Devices[o.Device]; ok {
			for i := range d.Points {
				if d.Points[i].Point.ID == o.Point {
					return []string{d.Points[i].Point.Metric}
				}
			}
		}
		return nil
	})
}

// Join sanitises the parts and joins those that are not empty by three spaces.
func Join(parts ...string) string {
	var out []string
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

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}
