package live

import (
	"time"

	"nezuban/internal/facility"
)

// sources are the points from which a rule computes. Only what is fresh counts:
// data past its maximum age is unknown.
type sources struct {
	byMetric map[string][]*point
	only     []*point // set: these and no others
	mono     time.Duration
}

func (s sources) points(metric string) []*point {
	if s.only != nil {
		return s.only
	}
	return s.byMetric[metric]
}

// find returns the first point of a metric with the labels; nil where there is
// none, or its data is old.
func (s sources) find(metric string, labels []facility.Label) *point {
	for _, p := range s.points(metric) {
		if p.carries(labels) {
			if !p.fresh(s.mono) {
				return nil
			}
			return p
		}
	}
	return nil
}

func (p *point) carries(labels []facility.Label) bool {
	for _, l := range labels {
		if l.Value != "" && p.info.Label(l.Name) != l.Value {
			return false
		}
	}
	return true
}

// Value of the first point of a metric whose labels match.
func (s sources) Value(metric string, labels ...facility.Label) (float64, bool) {
	if p := s.find(metric, labels); p != nil {
		return p.value, true
	}
	return 0, false
}

// State name of the same.
func (s sources) State(metric string, labels ...facility.Label) (string, bool) {
	if p := s.find(metric, labels); p != nil && p.stateOf().Name != "" {
		return p.state.Name, true
	}
	return "", false
}

// Values of all points of a metric that are known, and how many are not.
func (s sources) Values(metric string) (values []float64, unknown int) {
	for _, p := range s.points(metric) {
		if p.fresh(s.mono) {
			values = append(values, p.value)
		} else {
			unknown++
		}
	}
	return values, unknown
}
