package reports

import (
	"cmp"
	"maps"
	"slices"
)

// quality fills what the numbers rest on; targets and devices come before it.
func (b *builder) quality(m *Model) {
	q := Quality{Refused: []RefusedLine{}, ByCause: []CauseCount{},
		DeviceSeconds: b.deviceSeconds(m.Period.Elapsed)}
	q.BeforeService = m.Devices.Total*m.Period.Elapsed - q.DeviceSeconds
	for _, row := range m.Devices.Lines {
		q.SilentSeconds += row.Seconds
	}
	for _, t := range m.Targets {
		q.TargetUnknown += t.Unknown
	}
	if !b.absent[PartRefused] {
		q.RefusedFrom, q.RefusedTo = b.at(b.in.RefusedFrom), b.at(b.in.RefusedTo)
		causes := map[string]uint64{}
		for device, counts := range b.in.Refused {
			for cause, n := range counts {
				if n == 0 {
					continue
				}
				cause = line(cause)
				causes[cause] += n
				q.Refused = append(q.Refused, RefusedLine{Device: line(string(device)), Cause: cause, Count: n})
			}
		}
		slices.SortFunc(q.Refused, func(x, y RefusedLine) int {
			return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Device, y.Device), cmp.Compare(x.Cause, y.Cause))
		})
		for _, cause := range slices.Sorted(maps.Keys(causes)) {
			q.ByCause = append(q.ByCause, CauseCount{Cause: cause, Count: causes[cause]})
		}
	}
	m.Quality = q
}

// deviceSeconds adds up, over the devices, the elapsed part of the period in which
// each was in service: nobody knows a device before.
func (b *builder) deviceSeconds(elapsed int64) int64 {
	var sum int64
	for _, d := range b.in.Devices {
		before := int64(0)
		if d.Since.After(b.in.From) {
			before = d.Since.Unix() - b.in.From.Unix()
		}
		sum += max(0, elapsed-before)
	}
	return sum
}
