package facility

import "slices"

// catalogue is every quantity nezuban knows. `nezuban metrics` prints it. A
// quantity has one name over all makers: that is what makes one alarm rule work
// for all of them.
var catalogue = slices.Concat(upsMetrics, dcPowerMetrics, pduMetrics, plantMetrics, environmentMetrics, computedMetrics, networkMetrics, equipmentMetrics)

var catalogueIndex = func() map[string]Metric {
	m := make(map[string]Metric, len(catalogue))
	for _, e := range catalogue {
		m[e.Name] = e
	}
	return m
}()

// Metrics returns the catalogue in its own order, which groups by subject.
func Metrics() []Metric { return append([]Metric(nil), catalogue...) }
