package alarm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/facility"
)

// A Span is a stretch of time, half open: [From, To).
type Span struct{ From, To time.Time }

func (s Span) has(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }

// A Period is what the alarm system is measured over: the spans of a shift, of
// all night shifts of a month, of a month; and the alarms of one position.
type Period struct {
	Spans  []Span            // in order, none overlaps another
	Filter facility.Selector // of the position; the zero Selector: all
	// Device gives the attributes of a device for the filter; nil: none known.
	Device func(facility.DeviceID) facility.Attributes
	// Drill says of an alarm that it belongs to a drill; those are left out. nil: none.
	Drill func(alarmID string) bool
}

// A Figure is a count and the occurrences that it was counted from, each once,
// by id.
type Figure struct {
	N   int
	IDs []string
}

// A Ratio is exact. Den 0: there is nothing to say.
type Ratio struct{ Num, Den int64 }

// Decimal writes the ratio with so many places, truncated; "" where Den is 0.
// Neither part may be negative.
func (r Ratio) Decimal(places int) string {
	if r.Den == 0 {
		return ""
	}
	whole, rest := r.Num/r.Den, r.Num%r.Den
	var b strings.Builder
	b.WriteString(strconv.FormatInt(whole, 10))
	for i := range places {
		if i == 0 {
			b.WriteByte('.')
		}
		rest *= 10
		b.WriteByte(byte('0' + rest/r.Den))
		rest %= r.Den
	}
	return b.String()
}

// A Performance is how the alarm system did (ISA-18.2, part monitoring). An
// annunciation is a change to UNACK that nothing held back; what was held back is
// counted apart.
type Performance struct {
	Seconds     int64 // of all spans
	Annunciated Figure
	HeldBack    Figure
	ByPriority  [facility.P4 + 1]Figure // annunciated; index 0 is unused

	TenMinutes  int    // stretches of ten minutes; the last of a span may be shorter
	BusyTen     Figure // stretches with more than 10 annunciations, and their occurrences
	Hours       int
	BusyHours   Figure // hours with more than 30
	MostInTen   Figure // the most in any ten minutes within a span
	FloodTime   time.Duration
	Floods      Figure // floods that touch the spans, and the occurrences annunciated in them
	Frequent    []BadActor
	FrequentSum int // annunciations of Frequent

	Chattering Figure // alarms that went on three times within a minute
	Fleeting   Figure // times that one was gone within 10 s
	Stale      Figure // alarms annunciated for more than a day without a break, at some moment of the spans

	Acks [facility.P4 + 1]AckTimes
}

// A BadActor is an alarm that was annunciated often.
type BadActor struct {
	Rule   string
	Device facility.DeviceID
	Point  facility.PointID
	Name   facility.Text
	Figure
}

// AckTimes is how long annunciated alarms of one priority waited for somebody.
// Only those that were acknowledged count, from the first annunciation that
// nobody had acknowledged.
type AckTimes struct {
	Figure
	Median time.Duration // of an even number the mean of the two in the middle
	Within Figure        // acknowledged within two minutes
}

const ackGoal = 2 * time.Minute

// PerDay is the average number of annunciations per day of 24 hours.
func (p *Performance) PerDay() Ratio { return p.per(24 * 60 * 60) }

// PerHour is the average number of annunciations per hour.
func (p *Performance) PerHour() Ratio { return p.per(60 * 60) }

// PerTen is the average number of annunciations per ten minutes.
func (p *Performance) PerTen() Ratio { return p.per(10 * 60) }

func (p *Performance) per(seconds int64) Ratio {
	return Ratio{int64(p.Annunciated.N) * seconds, p.Seconds}
}

// BusyTenShare is the share of the stretches of ten minutes with more than 10.
func (p *Performance) BusyTenShare() Ratio { return Ratio{int64(p.BusyTen.N), int64(p.TenMinutes)} }

// FloodShare is the share of the time that was spent in flood.
func (p *Performance) FloodShare() Ratio {
	return Ratio{int64(p.FloodTime / time.Second), p.Seconds}
}

// FrequentShare is the share of the ten most frequent alarms.
func (p *Performance) FrequentShare() Ratio {
	return Ratio{int64(p.FrequentSum), int64(p.Annunciated.N)}
}

// PriorityShare is the share of one priority among what was annunciated.
func (p *Performance) PriorityShare(priority facility.Priority) Ratio {
	return Ratio{int64(p.ByPriority[priority].N), int64(p.Annunciated.N)}
}

// A happening is one annunciation.
type happening struct {
	at  time.Time
	id  string
	key standingKey
}

// Measure counts a period from events: all of the occurrences that were
// annunciated or stood in it, from their first on, in any order. For floods that
// begin before a span, the events of the ten minutes before it are needed too.
func Measure(events []Event, p Period) Performance {
	out := Performance{}
	for _, s := range p.Spans {
		out.Seconds += int64(s.To.Sub(s.From) / time.Second)
	}
	c := &counting{period: p, out: &out, ons: map[standingKey][]happening{}, actors: map[standingKey]*BadActor{}}
	for _, life := range lives(events) {
		c.life(life)
	}
	slices.SortFunc(c.heard, func(a, b happening) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	c.busy()
	c.floods()
	c.frequent()
	c.chattering()
	c.acks()
	for _, f := range out.figures() {
		slices.Sort(f.IDs)
		f.IDs = slices.Compact(f.IDs)
	}
	return out
}

func (p *Performance) figures() []*Figure {
	list := []*Figure{&p.Annunciated, &p.HeldBack, &p.BusyTen, &p.BusyHours, &p.MostInTen, &p.Floods, &p.Chattering, &p.Fleeting, &p.Stale}
	for i := range p.ByPriority {
		list = append(list, &p.ByPriority[i], &p.Acks[i].Figure, &p.Acks[i].Within)
	}
	for i := range p.Frequent {
		list = append(list, &p.Frequent[i].Figure)
	}
	return list
}

func (f *Figure) add(id string) {
	f.N++
	f.IDs = append(f.IDs, id)
}

// lives parts events by occurrence, each in its own order, the occurrences by id.
func lives(events []Event) [][]Event {
	sorted := slices.Clone(events)
	slices.SortFunc(sorted, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.AlarmID, b.AlarmID), cmp.Compare(a.Revision, b.Revision))
	})
	var list [][]Event
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j].AlarmID == sorted[i].AlarmID {
			j++
		}
		list = append(list, sorted[i:j])
		i = j
	}
	return list
}
