package reports

import (
	"slices"
	"time"

	"nezuban/internal/facility"
)

// Silences finds the stretches of [from, to) in which a device gave no data,
// from the readings of one or several of its points. A good reading holds for
// hold (facility.MaxAge of its interval), as on the console and in targets; the
// caller passes readings from from−hold on. The order of the readings does not
// matter, and those of quality Missing are evidence of nothing but silence.
//
// Whether the device has ever answered cannot be seen in one day: the caller
// sets Never.
func Silences(device facility.DeviceID, readings []facility.Reading, hold time.Duration, from, to time.Time) []DeviceGap {
	var good []facility.Tick
	for _, r := range readings {
		if r.Quality == facility.Good {
			good = append(good, r.Tick)
		}
	}
	slices.Sort(good)
	var gaps []DeviceGap
	known := from // everything before it is accounted for
	for _, tick := range good {
		at := tick.Time()
		if !at.Before(to) {
			break
		}
		if at.After(known) {
			gaps = append(gaps, DeviceGap{Device: device, From: known, To: at})
		}
		if until := at.Add(hold); until.After(known) {
			known = until
		}
	}
	if known.Before(to) {
		gaps = append(gaps, DeviceGap{Device: device, From: known, To: to})
	}
	return gaps
}
