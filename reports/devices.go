package reports

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"nezuban/internal/facility"
)

// devices fills the table of devices without data.
func (b *builder) devices(m *Model) {
	m.Devices = DeviceSummary{Total: int64(len(b.in.Devices)), Lines: []SilentRow{}, All: []Gap{},
		Never:  Figure{ID: b.anchor("n", "never-answered"), Evidence: []string{}},
		Silent: Figure{ID: b.anchor("n", "silent"), Evidence: []string{}}}
	for _, d := range b.in.Devices {
		from := d.Since
		if from.Before(b.in.From) {
			from = b.in.From
		}
		if m.Devices.From.IsZero() || from.Unix() < m.Devices.From.Unix() {
			m.Devices.From = b.at(from)
		}
	}
	if b.absent[PartDevices] {
		return
	}
	known := map[facility.DeviceID]facility.Device{}
	for _, d := range b.in.Devices {
		known[d.ID] = d
	}
	byDevice := map[facility.DeviceID][]DeviceGap{}
	for _, g := range b.in.Gaps {
		byDevice[g.Device] = append(byDevice[g.Device], g)
	}
	for id, gaps := range byDevice {
		row := SilentRow{Device: line(string(id)), Name: line(known[id].Name), Kind: line(known[id].Kind), Place: line(known[id].Place)}
		row.Gaps, row.Seconds = b.unite(gaps)
		row.Never = slices.ContainsFunc(gaps, func(g DeviceGap) bool { return g.Never })
		if row.Seconds > 0 {
			m.Devices.Lines = append(m.Devices.Lines, row)
		}
	}
	slices.SortFunc(m.Devices.Lines, func(x, y SilentRow) int {
		if x.Never != y.Never {
			if x.Never {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.Seconds, x.Seconds), cmp.Compare(x.Device, y.Device))
	})
	for i := range m.Devices.Lines {
		row := &m.Devices.Lines[i]
		row.Evidence = b.anchor("device", row.Device)
		f := &m.Devices.Silent
		if row.Never {
			f = &m.Devices.Never
		}
		f.Value++
		f.Evidence = append(f.Evidence, row.Evidence)
	}
	m.Devices.All = b.allSilent(m.Devices.Lines)
}

// allSilent finds the stretches in which all devices in service were silent.
func (b *builder) allSilent(rows []SilentRow) []Gap {
	list := []Gap{}
	if len(b.in.Devices) < 2 {
		return list
	}
	answering := map[int64]int{} // by second: how many more answer from then on
	inService := map[string]bool{}
	for _, d := range b.in.Devices {
		inService[line(string(d.ID))] = true
		answering[max(d.Since.Unix(), b.in.From.Unix())]++
	}
	for i := range rows {
		if !inService[rows[i].Device] {
			continue
		}
		for _, g := range rows[i].Gaps {
			answering[g.From.Unix()]--
			answering[g.To.Unix()]++
		}
	}
	n, from := 0, int64(-1)
	for _, at := range slices.Sorted(maps.Keys(answering)) {
		n += answering[at]
		switch {
		case at >= b.end.Unix():
		case n == 0 && from < 0:
			from = at
		case n > 0 && from >= 0:
			list = append(list, b.gap(from, at))
			from = -1
		}
	}
	if from >= 0 {
		list = append(list, b.gap(from, b.end.Unix()))
	}
	return list
}

func (b *builder) gap(from, to int64) Gap {
	return Gap{From: b.at(time.Unix(from, 0)), To: b.at(time.Unix(to, 0)), Seconds: to - from, Ongoing: to == b.end.Unix()}
}

// unite cuts gaps to the period and merges those that overlap or touch.
func (b *builder) unite(gaps []DeviceGap) (list []Gap, total int64) {
	list = []Gap{}
	gaps = slices.Clone(gaps)
	slices.SortFunc(gaps, func(x, y DeviceGap) int { return x.From.Compare(y.From) })
	var last time.Time // end of the last one in list
	for _, g := range gaps {
		from, to := g.From, g.To
		if from.Before(b.in.From) {
			from = b.in.From
		}
		if to.IsZero() || to.After(b.end) {
			to = b.end
		}
		if from.Unix() >= to.Unix() {
			continue
		}
		if n := len(list); n > 0 && from.Unix() <= last.Unix() {
			if to.After(last) {
				last = to
				list[n-1].To = b.at(to)
			}
			continue
		}
		last = to
		list = append(list, Gap{From: b.at(from), To: b.at(to)})
	}
	for i := range list {
		list[i].Seconds = list[i].To.Unix() - list[i].From.Unix()
		list[i].Ongoing = list[i].To.Unix() == b.end.Unix()
		total += list[i].Seconds
	}
	return list, total
}
