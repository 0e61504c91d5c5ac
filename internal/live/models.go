package live

import (
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
)

// modelInterval is how often the results of the models become readings although
// nothing changed: the interval of their points, as if they were polled.
const modelInterval = 10 * time.Second

// A modelKind is one of the facility's models, or several.
type modelKind uint8

const (
	powerKind modelKind = 1 << iota
	fireKind
	coolingKind
)

// modelDevices are the devices under which the results stand, in the order in
// which they are handed over.
var modelDevices = []struct {
	kind modelKind
	id   facility.DeviceID
}{{powerKind, facility.PowerModel}, {fireKind, facility.FireModel}, {coolingKind, facility.CoolingModel}}

// A modelSet is the facility's models as of one configuration, with the points
// that tell about them and those that they result in. It never changes.
type modelSet struct {
	lang    string // of the site
	set     Models
	kinds   modelKind                      // that the site has
	bound   map[facility.PointID]modelKind // what a point tells about
	results map[facility.DeviceID][]facility.Point
	power   *powerPoints
}

// facts are the latest results of the models; nil where there is no model.
type facts struct {
	power   *topology.Result
	graph   *topology.Graph
	inputs  topology.Inputs
	fire    *fire.Status
	cooling *cooling.Status
}

func newModelSet(m Models, lang string) *modelSet {
	s := &modelSet{set: m, lang: lang, bound: map[facility.PointID]modelKind{}, results: map[facility.DeviceID][]facility.Point{}}
	if m.OneLine != nil {
		s.kinds |= powerKind
		s.power = newPowerPoints(m.OneLine, lang)
		s.results[facility.PowerModel] = s.power.list
		s.bind(powerKind, s.power.bound)
	}
	if len(m.Fire) > 0 {
		s.kinds |= fireKind
		s.results[facility.FireModel] = fireResults(m.Fire, lang)
		for i := range m.Fire {
			s.bind(fireKind, pointsIn(m.Fire[i]))
		}
	}
	if len(m.Cooling) > 0 {
		s.kinds |= coolingKind
		s.results[facility.CoolingModel] = coolingResults(m.Cooling, lang)
		for i := range m.Cooling {
			s.bind(coolingKind, pointsIn(m.Cooling[i]))
		}
	}
	return s
}

func (s *modelSet) bind(kind modelKind, points []facility.PointID) {
	for _, id := range points {
		s.bound[id] |= kind
	}
}

// devices under which the results of the models stand.
func (s *modelSet) devices() []facility.Device {
	var out []facility.Device
	for _, m := range modelDevices {
		if d, ok := facility.ModelDevice(m.id, s.lang); ok && s.kinds&m.kind != 0 {
			out = append(out, d)
		}
	}
	return out
}

// resultPoint describes a point that a model results in.
func resultPoint(device facility.DeviceID, metric, name string, labels ...facility.Label) facility.Point {
	m, _ := facility.LookupMetric(metric)
	return facility.Point{
		ID: facility.MakePointID(device, metric, labels), Device: device, Metric: metric, Labels: labels, Name: name,
		Class: m.Class, Interval: modelInterval, States: facility.ModelStates(metric),
	}
}

// readings makes the readings of results in the order of points; what is not
// known is Missing, never a number.
type readings struct {
	points []facility.Point
	tick   facility.Tick
	list   []facility.Reading
}

func newReadings(points []facility.Point, tick facility.Tick) *readings {
	return &readings{points: points, tick: tick, list: make([]facility.Reading, 0, len(points))}
}

func (r *readings) add(value float64, known bool) {
	reading := facility.Reading{Point: r.points[len(r.list)].ID, Tick: r.tick}
	if known {
		reading.Value, reading.Quality = value, facility.Good
	}
	r.list = append(r.list, reading)
}

func (r *readings) addTri(v topology.Tri) {
	value := 0.0
	if v == topology.Yes {
		value = 1
	}
	r.add(value, v != topology.Unknown)
}
