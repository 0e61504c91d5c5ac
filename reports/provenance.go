package reports

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/sla"
)

// provenance digests the input part by part, in an order of its own.
func (b *builder) provenance(m *Model) error {
	p := Provenance{Build: line(b.in.Version), Schema: SchemaVersion, TZData: line(b.in.TZData), Rules: rulesOf(m.Stories), Inputs: []Digest{}}
	for _, part := range b.inputs() {
		hash, err := sum(part.value)
		if err != nil {
			return err
		}
		p.Inputs = append(p.Inputs, Digest{Part: part.name, Items: part.items, SHA256: hash})
	}
	var err error
	if p.Digest, err = sum(p.Inputs); err != nil {
		return err
	}
	m.Provenance = p
	return nil
}

type inputPart struct {
	name  string
	items int
	value any
}

func (b *builder) inputs() []inputPart {
	in := b.in
	events := slices.Clone(in.Events)
	for i := range events { // a number that JSON cannot write is no value
		if decimal(events[i].Value, true) == "" {
			events[i].Value, events[i].HasValue = 0, false
		}
		if decimal(events[i].Limit, true) == "" {
			events[i].Limit, events[i].HasLimit = 0, false
		}
		events[i].At = events[i].At.UTC()
	}
	slices.SortFunc(events, func(x, y alarm.Event) int {
		return cmp.Or(cmp.Compare(x.AlarmID, y.AlarmID), cmp.Compare(x.Revision, y.Revision))
	})
	targets := slices.Clone(in.Targets)
	for i := range targets {
		t := &targets[i]
		t.WindowStart, t.WindowEnd, t.AsOf = t.WindowStart.UTC(), t.WindowEnd.UTC(), t.AsOf.UTC()
	}
	slices.SortFunc(targets, func(x, y sla.Result) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Entity, y.Entity), x.WindowStart.Compare(y.WindowStart))
	})
	gaps := slices.Clone(in.Gaps)
	for i := range gaps {
		gaps[i].From, gaps[i].To = gaps[i].From.UTC(), gaps[i].To.UTC()
	}
	slices.SortFunc(gaps, func(x, y DeviceGap) int {
		return cmp.Or(cmp.Compare(x.Device, y.Device), x.From.Compare(y.From), x.To.Compare(y.To))
	})
	devices := slices.Clone(in.Devices)
	for i := range devices {
		devices[i].Since = devices[i].Since.UTC()
	}
	slices.SortFunc(devices, func(x, y facility.Device) int { return cmp.Compare(x.ID, y.ID) })
	head := struct {
		Site, Period, Zone string
		From, To, AsOf     time.Time
	}{in.Site.Code, in.PeriodID, b.zone.String(), in.From.UTC(), in.To.UTC(), in.AsOf.UTC()}
	return []inputPart{
		{"period", 1, head},
		{PartAlarms, len(events), events},
		{PartTargets, len(targets), targets},
		{PartDevices, len(gaps), struct {
			Devices []facility.Device
			Gaps    []DeviceGap
		}{devices, gaps}},
		{PartRefused, len(in.Refused), in.Refused},
	}
}

// rulesOf lists the rule revisions that raised what the report tells.
func rulesOf(stories []Story) []Revision {
	seen := map[Revision]bool{}
	for _, s := range stories {
		seen[Revision{s.Rule, s.RuleRev}] = true
	}
	list := slices.SortedFunc(maps.Keys(seen), func(x, y Revision) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Revision, y.Revision))
	})
	if list == nil {
		list = []Revision{}
	}
	return list
}
