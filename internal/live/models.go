package live

import (
	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
)

// A modelSet is the facility's models as of one configuration.
type modelSet struct{ set Models }

func newModelSet(m Models) *modelSet { return &modelSet{set: m} }

// devices under which the results of the models stand.
func (m *modelSet) devices() []facility.Device {
	var out []facility.Device
	add := func(id facility.DeviceID, has bool) {
		if d, ok := facility.ModelDevice(id); ok && has {
			out = append(out, d)
		}
	}
	add(facility.PowerModel, m.set.OneLine != nil)
	add(facility.FireModel, len(m.set.Fire) > 0)
	add(facility.CoolingModel, len(m.set.Cooling) > 0)
	return out
}

func (m *modelSet) points(id facility.DeviceID, lang string) []facility.Point { return nil }

// facts are the latest results of the models; nil where there is no model.
type facts struct {
	power   *topology.Result
	graph   *topology.Graph
	inputs  topology.Inputs
	fire    *fire.Status
	cooling *cooling.Status
}

func firePoints(z *fire.ZoneModel) []facility.PointID { return nil }

func group(standing []alarm.Occurrence, rules map[string]*alarm.Rule, s *supply) alarm.Grouping {
	return alarm.Grouping{}
}
