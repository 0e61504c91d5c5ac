package history

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/prompb"

	"nezuban/internal/facility"
)

const nameLabel = "__name__"

// series is a point as history knows it, with its labels ready for the wire.
type series struct {
	labels []byte // encoded, sorted by name

	request uint64 // the last that it was put into
	last    int32  // its last place there
}

// newSeries names the series of a point: metric, labels, device and site. Point
// labels that bear one of our two names are kept under exported_.
func newSeries(p *facility.Point, site string) *series {
	ls := make([]prompb.Label, 0, len(p.Labels)+3)
	ls = append(ls, prompb.Label{Name: nameLabel, Value: p.Metric}, prompb.Label{Name: "device", Value: string(p.Device)})
	if site != "" {
		ls = append(ls, prompb.Label{Name: "site", Value: site})
	}
	for _, l := range p.Labels {
		if l.Name == "device" || l.Name == "site" {
			l.Name = "exported_" + l.Name
		}
		if l.Value != "" { // an empty label is an absent one
			ls = append(ls, prompb.Label{Name: l.Name, Value: l.Value})
		}
	}
	slices.SortFunc(ls, func(a, b prompb.Label) int { return strings.Compare(a.Name, b.Name) })
	labels, err := (&prompb.TimeSeries{Labels: ls}).Marshal()
	if err != nil {
		panic("history: marshal of our own labels: " + err.Error()) // no field of them can fail
	}
	return &series{labels: labels}
}

// decoded are the labels, sorted by name.
func (s *series) decoded() []prompb.Label {
	var ts prompb.TimeSeries
	if err := ts.Unmarshal(s.labels); err != nil {
		panic("history: labels that we encoded: " + err.Error())
	}
	return ts.Labels
}

// escapeLabel escapes a label's value as the Prometheus text format does.
var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// selector matches the series and those with further labels; same tells them
// apart.
func (s *series) selector() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, l := range s.decoded() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.Name)
		b.WriteString(`="`)
		b.WriteString(escapeLabel.Replace(l.Value))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

// same reports whether metric is exactly this series.
func (s *series) same(metric map[string]string) bool {
	labels := s.decoded()
	if len(metric) != len(labels) {
		return false
	}
	for _, l := range labels {
		if metric[l.Name] != l.Value {
			return false
		}
	}
	return true
}
