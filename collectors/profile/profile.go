package profile

import (
	"regexp"

	"nezuban/internal/facility"
)

// A Profile is what one file says of one family of devices. It is never changed
// after loading and may be shared.
type Profile struct {
	Name     string
	File     string // where it was read from; "builtin/NAME.yaml" for our own
	Kind     string // facility.Kinds; "" where the profile is about a part that any kind may have
	Category string // facility.Categories; "" with Kind ""
	Source   string // module and objects it was written from
	Vendor   string // the maker's name where the profile knows it
	Extends  string
	Match    []Match // any one of them recognises the device; none: only by name
	Identity Identity
	Limits   Limits
	Points   []Quantity
	Tables   []Table
}

// A Match recognises a device when everything it names holds.
type Match struct {
	SysObjectID []string       // OID prefixes, any of them
	SysDescr    *regexp.Regexp // nil: not asked
	Answers     string         // OID of an instance that must exist; "": not asked
}

// Identity names the scalars in which the device tells maker, model and serial
// number; "" where it does not.
type Identity struct{ Vendor, Model, Serial string }

// Limits is how gently the family must be asked.
type Limits struct {
	MaxVarbinds   int  // in one request; 0: the engine's default
	MaxPackets    int  // requests a second; 0: the engine's default
	NoGetBulk     bool // the agent mishandles GETBULK
	MaxRepetition int  // GETBULK rows in one answer; 0: the engine's default
}

// A Quantity is one scalar or column and how it becomes readings of a metric.
type Quantity struct {
	Metric facility.Metric
	OID    string // scalar: the instance; column: without index
	Labels []facility.Label
	Name   string // what people call it; "" where the metric says enough
	Class  facility.Class

	Scale, Offset float64
	Add           []string // OIDs summed to the raw value
	MultiplyBy    string
	DivideBy      string
	Power         string // OID of an exponent of ten
	PowerNegate   bool   // the exponent counts decimals: 10^-n
	Complement    bool   // 1 - value

	Fahrenheit   bool
	FahrenheitIf *Condition // the device says which scale it uses
	InString     bool       // the number is written in a string

	States    []facility.State
	StateIf   *StateIf    // a state that goes before what the device says; nil none
	NotFitted []float64   // raw values that mean "no such part"
	Range     *[2]float64 // raw values outside are refused
	Where     []Condition // where these do not hold at discovery there is no such point
	ValidIf   []Condition // where these do not hold at a poll the reading is missing
	Aggregate string      // columns only: "mean", "sum", "max", "min" or "count" of all rows as one point
	Alternate bool        // used only where an earlier quantity gave no such point

	line, column int
}

// A Table is one conceptual table whose rows become points.
type Table struct {
	Name        string
	Index       []string // label by index component; "_" leaves it out of the labels
	Labels      []ColumnLabel
	LabelValues map[string]map[string]string // label → raw text → what we call it
	NameOID     string                       // column with the row's name
	Where       []Condition                  // rows for which these do not hold at discovery make no point
	ValidIf     []Condition
	Input       string // "contact" or "analogue": a binding may give the row a meaning; "sensor": a name and labels
	Contact     *Contact
	Columns     []Quantity
}

// A ColumnLabel is a label whose value is read from a column of the row, the
// first of OIDs that is not empty. Where all are, or two rows have the same text,
// the row's index stands in its place or behind it, so that two rows never share
// a point.
type ColumnLabel struct {
	Name string
	OIDs []string
}

// A Condition compares the value of an object: with integers in decimal, OIDs
// numeric without leading dot, strings as they are. Exactly one of Equals and
// Not is given.
type Condition struct {
	OID    string
	Equals []string
	Not    []string
}

// A StateIf makes the reading Value while its condition holds, whatever the
// device says: a port that is shut is not down.
type StateIf struct {
	Condition
	Value float64
}

// Holds reports whether the object's value satisfies the condition.
func (c *Condition) Holds(value string) bool {
	for _, v := range c.Equals {
		if v == value {
			return true
		}
	}
	if c.Equals != nil {
		return false
	}
	for _, v := range c.Not {
		if v == value {
			return false
		}
	}
	return true
}

// A Contact tells how a row says whether its contact is open or closed. A value
// listed nowhere says neither: the reading is missing.
type Contact struct {
	OID          string // column with the state
	Open, Closed []int64
	Normal       []int64 // the contact is in the state that NormalOID calls normal
	Alarm        []int64 // it is in the other one
	NormalOID    string  // column that says which state is normal on the device; "" none
	NormalOpen   []int64
	NormalClosed []int64
}

// OIDs lists every object a condition-free evaluation of q reads besides q.OID.
func (q *Quantity) OIDs() []string {
	var out []string
	out = append(out, q.Add...)
	for _, o := range []string{q.MultiplyBy, q.DivideBy, q.Power} {
		if o != "" {
			out = append(out, o)
		}
	}
	if q.FahrenheitIf != nil {
		out = append(out, q.FahrenheitIf.OID)
	}
	if q.StateIf != nil {
		out = append(out, q.StateIf.OID)
	}
	for i := range q.ValidIf {
		out = append(out, q.ValidIf[i].OID)
	}
	return out
}

// InputLabel is the index label that tells the table's inputs apart: `input`, or
// `sensor`; "" where no binding can name a row.
func (t *Table) InputLabel() string {
	for _, name := range t.Index {
		if name == "input" || name == "sensor" {
			return name
		}
	}
	return ""
}

// HoldsSensors reports whether a binding of kind sensor may name the table's rows:
// they measure by themselves what a metric says.
func (t *Table) HoldsSensors() bool { return t.Input == "sensor" || t.Input == "analogue" }

// ContactStates is the enumeration of a bound contact: 0 normal, 1 active. The
// active state is critical for fire and water, a warning for the rest.
func ContactStates(metric string) []facility.State {
	severity := facility.SeverityWarning
	switch metric {
	case "smoke_state", "leak_state", "fire_panel_alarm_state", "fire_panel_discharge_state":
		severity = facility.SeverityCritical
	}
	return []facility.State{
		{Value: 0, Name: "normal", Severity: facility.SeverityNormal},
		{Value: 1, Name: "active", Severity: severity},
	}
}
