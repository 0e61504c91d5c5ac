package sla

import (
	"strconv"
	"strings"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// alarmNames are the events that targets know of an alarm. An alarm that comes
// back is raised again: where nobody has answered yet it goes on as the same
// occurrence.
var alarmNames = map[alarm.EventKind]string{
	alarm.Raised:       AlarmRaised,
	alarm.CameBack:     AlarmRaised,
	alarm.Acknowledged: AlarmAcknowledged,
	alarm.Returned:     AlarmReturned,
	alarm.Closed:       AlarmEnded,
}

// EventOfAlarm makes a target's event of an alarm's; false where targets know
// nothing of it. device gives the device's attributes, nil where it is gone.
func EventOfAlarm(e alarm.Event, device facility.Attributes) (Event, bool) {
	name, ok := alarmNames[e.Kind]
	if !ok {
		return Event{}, false
	}
	out := Event{At: e.At.Unix(), Name: name, Entity: string(e.Device), Key: e.AlarmID,
		Source: e.AlarmID + " revision " + strconv.Itoa(e.Revision) + " by " + e.Actor, Attrs: map[string]string{
			"priority": strconv.Itoa(int(e.Priority)), "rule": e.Rule, "class": string(e.Class), "device": string(e.Device),
			"place": e.Place, "category": e.Category, "zone": e.Zone, "level": e.Level,
		}}
	if e.Level == "test" {
		out.Attrs["test"] = "true"
	}
	if device != nil {
		for _, key := range []string{"kind", "group", "rack", "feed"} {
			out.Attrs[key] = strings.Join(device(key), ";")
		}
	}
	return out, true
}
