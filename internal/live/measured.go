package live

import (
	"slices"
	"sync"
	"time"

	"nezuban/internal/facility"
)

// measured is what a reading moves of a point. A device's lie side by side and
// hold no pointer, so most readings touch nothing else, a snapshot copies them at
// once, and the garbage collector passes them over. With 600,000 points it is
// memory that takes the time.
type measured struct {
	value    float64
	lastGood facility.Tick
	lastTick facility.Tick
	goodMono time.Duration // where lastGood lies on the monotonic clock
	maxAge   time.Duration
	quality  facility.Quality
	busy     bool // a reading may be more than a number: a rule, target, model or state asks for it
}

// take takes a reading.
func (m *measured) take(r *facility.Reading, now time.Time, mono time.Duration) {
	m.lastTick, m.quality = r.Tick, r.Quality
	if r.Quality == facility.Good {
		m.value, m.lastGood = r.Value, r.Tick
		m.goodMono = mono - max(0, now.Sub(r.Tick.Time()))
	}
}

// fresh reports whether the last good reading is within its maximum age.
func (m *measured) fresh(mono time.Duration) bool {
	return m.lastGood != 0 && mono-m.goodMono <= m.maxAge
}

// line puts what is measured of a device's points side by side, in their order.
func (d *device) line() {
	side := make([]measured, len(d.points))
	d.shows = make([]shown, len(d.points))
	for i, p := range d.points {
		side[i], d.shows[i] = *p.measured, shown{p.info, p.of.low, p.of.high, p.vanished}
		p.measured = &side[i]
	}
	d.measured = side
}

// shown is what a view tells of a point besides what is measured: the same in all
// views until points or rules change.
type shown struct {
	point     *facility.Point
	low, high *float64
	vanished  bool
}

// pointViews are the points of a view, put together when somebody looks at them.
type pointViews struct {
	shows    []shown
	measured []measured

	once sync.Once
	list []PointView
}

func (d *device) pointViews() *pointViews {
	return &pointViews{shows: d.shows, measured: slices.Clone(d.measured)}
}

func (v *pointViews) all() []PointView {
	v.once.Do(func() {
		if v.list != nil {
			return
		}
		v.list = make([]PointView, len(v.shows))
		for i, s := range v.shows {
			m := &v.measured[i]
			v.list[i] = PointView{
				Point: s.point, Value: m.value, LastGood: m.lastGood, LastTick: m.lastTick, LastQuality: m.quality,
				MaxAge: m.maxAge, Low: s.low, High: s.high, Vanished: s.vanished,
			}
		}
	})
	return v.list
}

// Points are the device's points in the profile's order. All who ask get the same
// list.
func (d *DeviceView) Points() []PointView {
	if d.points == nil {
		return nil
	}
	return d.points.all()
}

// NumPoints is how many they are, which needs no list.
func (d *DeviceView) NumPoints() int {
	if d.points == nil {
		return 0
	}
	return max(len(d.points.shows), len(d.points.list))
}

// WithPoints gives a view that no table made its points.
func (d *DeviceView) WithPoints(list ...PointView) *DeviceView {
	d.points = &pointViews{list: slices.Clone(list)}
	return d
}

// anyStale says whether a point has no good reading within its maximum age any
// more, without putting the list together.
func (d *DeviceView) anyStale(now time.Time) bool {
	if d.points == nil {
		return false
	}
	for i := range d.points.measured {
		m := &d.points.measured[i]
		if m.lastGood != 0 && now.Sub(m.lastGood.Time()) > m.maxAge {
			return true
		}
	}
	return slices.ContainsFunc(d.points.list, func(p PointView) bool { return p.Freshness(now) == facility.Stale })
}
