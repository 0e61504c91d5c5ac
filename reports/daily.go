package reports

import (
	"fmt"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/text"
	"nezuban/sla"
)

// DailyInput is everything a daily report is made of. The order of its lists
// does not matter.
type DailyInput struct {
	Site     facility.Site
	PeriodID string // "2026-11-22"
	From, To time.Time
	AsOf     time.Time // nothing later is looked at; before To: the day is not over
	Version  string    // of the program
	TZData   string    // where the zone rules came from, e.g. "system 2026b"; "" not recorded

	// Devices in the inventory, for names and for the total.
	Devices []facility.Device

	// Events: every event, from its first, of every occurrence that was raised
	// or stood in the period. Occurrences that did neither are left out.
	Events []alarm.Event

	// Targets are results as of AsOf or of the end of their window, whichever is
	// earlier. TargetTitles and TargetRevisions go by the target's name; both may
	// be incomplete.
	Targets         []sla.Result
	TargetTitles    map[string]facility.Text
	TargetRevisions map[string]string

	// Gaps are stretches without any data of a device; they are cut to the
	// period and united.
	Gaps []DeviceGap

	// Refused counts readings and answers by device and cause (the Refused
	// constants of facility) from RefusedFrom to RefusedTo; zero: not recorded.
	Refused                map[facility.DeviceID]map[string]uint64
	RefusedFrom, RefusedTo time.Time

	// Absent says which parts could not be obtained. Their lists above are
	// ignored.
	Absent []Absence
}

// A DeviceGap is a stretch [From, To) in which a device gave no data; a zero To
// is "until now". Never: it has not answered once since it is in the inventory.
type DeviceGap struct {
	Device   facility.DeviceID
	From, To time.Time
	Never    bool
}

// BuildDaily makes the model of one day. It fails where the input contradicts
// itself: a report of such numbers would be worse than none.
func BuildDaily(in DailyInput) (Model, error) {
	if in.Site.Zone == nil {
		return Model{}, fmt.Errorf("daily report %s: the site has no time zone", in.PeriodID)
	}
	if !in.From.Before(in.To) || in.AsOf.Before(in.From) {
		return Model{}, fmt.Errorf("daily report %s: as of %s lies before the period %s to %s; choose a day that has begun", in.PeriodID,
			in.AsOf.Format(time.RFC3339), in.From.Format(time.RFC3339), in.To.Format(time.RFC3339))
	}
	b := &builder{in: in, zone: in.Site.Zone, end: in.To, absent: map[string]bool{}, ids: map[string]bool{}}
	if in.AsOf.Before(in.To) {
		b.end = in.AsOf
	}
	m := Model{
		SchemaVersion: SchemaVersion, Kind: KindDaily, State: StateProvisional,
		Site:   Site{Code: line(in.Site.Code), Name: bothOf(in.Site.Name)},
		Period: b.period(), AsOf: b.at(in.AsOf), Absent: b.absences(),
	}
	if err := b.alarms(&m); err != nil {
		return Model{}, err
	}
	if err := b.targets(&m); err != nil {
		return Model{}, err
	}
	b.devices(&m)
	b.quality(&m)
	if err := b.provenance(&m); err != nil {
		return Model{}, err
	}
	return m, nil
}

// builder carries the input and what all parts need of it.
type builder struct {
	in     DailyInput
	zone   *time.Location
	end    time.Time // the period's end, or the as-of moment while it is open
	absent map[string]bool
	ids    map[string]bool // evidence ids in use
}

func (b *builder) at(t time.Time) Moment { return At(t, b.zone) }

func (b *builder) period() Period {
	in := b.in
	return Period{
		ID: line(in.PeriodID), From: b.at(in.From), To: b.at(in.To), Zone: b.zone.String(),
		Seconds: in.To.Unix() - in.From.Unix(), Elapsed: b.end.Unix() - in.From.Unix(),
		Open: in.AsOf.Before(in.To), Ticks: ticksOf(in.From, in.To, b.zone),
	}
}

func (b *builder) absences() []Absence {
	list := []Absence{}
	for _, part := range []string{PartAlarms, PartTargets, PartDevices, PartRefused} {
		for _, a := range b.in.Absent {
			if a.Part == part && !b.absent[part] {
				b.absent[part] = true
				list = append(list, Absence{Part: part, Cause: line(a.Cause), Reason: long(a.Reason)})
			}
		}
	}
	return list
}

// Bounds on outside text in a report, in bytes.
const (
	maxLine = 200
	maxLong = 2000
)

// line cleans a name or code.
func line(s string) string {
	s, _ = text.Clean(s, maxLine)
	return s
}

// long cleans a comment or reason.
func long(s string) string {
	s, _ = text.Clean(s, maxLong)
	return s
}

func bothOf(t facility.Text) Bilingual { return Bilingual{En: line(t.En), Ja: line(t.Ja)} }
