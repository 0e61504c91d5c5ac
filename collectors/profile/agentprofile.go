package profile

import (
	"regexp"

	"nezuban/internal/facility"
)

// An AgentProfile is what one file agent-*.yaml says of one kind of OpenMetrics
// endpoint: which of its families become points of which metrics. It is never
// changed after loading and may be shared.
//
//	profile: agent-node
//	kind: host
//	source: where the families' meaning was read
//	match: node_uname_info               # the endpoint shows this family
//	identity:
//	  sys_name: {family: node_uname_info, text: "{nodename}"}
//	points:
//	  - {metric: load_average, value: node_load1, labels: {minutes: "1"}}
//	  - metric: filesystem_used_ratio
//	    ratio: {of: node_filesystem_avail_bytes, to: node_filesystem_size_bytes}
//	    complement: true
//	    where: {fstype: {not: "tmpfs|ramfs"}}
//	    labels: {mountpoint: "{mountpoint}"}
//
// A point's value is, before complement, scale and offset:
//
//	value: F                          F itself
//	ratio: {of: F, to: G}             F ÷ G, series with equal labels; G of 0 has no value
//	difference: {of: F, minus: G}     F − G, series with equal labels
//	share: {of: F, where: {…}}        increase of the chosen series of F since the last scrape ÷
//	                                  increase of all of F's; none at the first scrape and after a reset
//
// Label texts are templates: {name} stands for the series' label of that name.
// Of several series that make the same point the first counts; share sums them.
type AgentProfile struct {
	Name     string
	File     string
	Kind     string
	Category string
	Source   string
	Vendor   string
	Match    string // a family the endpoint must show
	Identity AgentIdentity
	Points   []AgentPoint
}

// AgentIdentity says from which series' labels the endpoint's own description is
// taken.
type AgentIdentity struct{ SysName, SysDescr, Vendor, Model, Serial AgentText }

// AgentText is a text built from the labels of the first series of a family.
type AgentText struct {
	Family string // "": not known
	Text   Template
}

// AgentForm is how a point's value comes about.
type AgentForm uint8

// The forms; see AgentProfile.
const (
	FormValue AgentForm = iota
	FormRatio
	FormDifference
	FormShare
)

// An AgentPoint is one entry of points: as many points as it finds series for.
type AgentPoint struct {
	Metric        facility.Metric
	Form          AgentForm
	Of, With      string       // families; With is the divisor or what is taken away
	Where         []LabelMatch // which series of Of
	Part          []LabelMatch // share: which of these make the part
	Labels        []LabelText  // sorted by name
	Name          AgentName
	Scale, Offset float64
	Complement    bool
	Range         *[2]float64 // results outside are refused, in the base unit
	States        []facility.State
	Class         facility.Class

	line, column int
}

// AgentName finds what the endpoint calls a point in another family: the label
// Label of the series of Family that agrees in the labels By.
type AgentName struct {
	Family string // "": no name
	By     []string
	Label  string
}

// LabelMatch holds where the label matches the whole of Is and not the whole of
// Not; nil is not asked.
type LabelMatch struct {
	Label   string
	Is, Not *regexp.Regexp
}

// Holds reports whether value passes.
func (m LabelMatch) Holds(value string) bool {
	return (m.Is == nil || m.Is.MatchString(value)) && (m.Not == nil || !m.Not.MatchString(value))
}

// LabelText is one label of a point and how its value is built.
type LabelText struct {
	Name string
	Text Template
}

// A Template is a text with {label} in it.
type Template []part

type part struct{ literal, label string }

// Fill builds the text from a series' labels.
func (t Template) Fill(label func(name string) string) string {
	out := ""
	for _, p := range t {
		out += p.literal
		if p.label != "" {
			out += label(p.label)
		}
	}
	return out
}

// Families lists every family the profile reads, for the engine to skip the
// others.
func (p *AgentProfile) Families() []string {
	out := []string{p.Match}
	for _, t := range []AgentText{p.Identity.SysName, p.Identity.SysDescr, p.Identity.Vendor, p.Identity.Model, p.Identity.Serial} {
		out = append(out, t.Family)
	}
	for i := range p.Points {
		q := &p.Points[i]
		out = append(out, q.Of, q.With, q.Name.Family)
	}
	return out
}
