package profile

import (
	"regexp"
	"strconv"

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
	Generic  bool    // a standard many makers speak: a maker's own profile goes before it
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
	Has         string         // OID below which there must be an instance; "": not asked
	ValueOID    string         // OID of an instance whose text must match Value; "": not asked
	Value       *regexp.Regexp
}

// Identity says where the device tells maker, model and serial number.
type Identity struct{ Vendor, Model, Serial Source }

// A Source is a text of the device, or a part of it. The zero value is none.
type Source struct {
	OID     string         // an instance; "" with Pattern: sysDescr
	Pattern *regexp.Regexp // its one group is meant; nil: all of it
}

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
	DivideBy      []string   // the sum of these: used and free make what there is
	Powers        []Exponent // exponents of ten, summed
	ScaleBy       *ScaleBy   // a factor that depends on another object
	Complement    bool       // 1 - value

	Fahrenheit   bool
	FahrenheitIf *Condition     // the device says which scale it uses
	InString     bool           // the number is written in a string
	Pattern      *regexp.Regexp // its one group is the number or word; nil: all of the text
	Pick         *Pick          // one bit or character; nil: all of the answer

	States        []facility.State
	Words         map[string]float64  // states by the word the device tells them with, see Word
	StateIf       *StateIf            // a state that goes before what the device says; nil none
	NotFitted     []float64           // raw values that mean "no such part"
	NotFittedText []string            // texts that do
	Rows          map[string][]string // columns only: index label → the values of it that the entry is about; nil all
	Range         *[2]float64         // raw values outside are refused
	Where         []Condition         // where these do not hold at discovery there is no such point
	ValidIf       []Condition         // where these do not hold at a poll the reading is missing
	Aggregate     string              // columns only: "mean", "sum", "max", "min" or "count" of all rows as one point
	Alternate     bool                // used only where an earlier quantity gave no such point

	line, column int
}

// A Table is one conceptual table whose rows become points.
type Table struct {
	Name        string
	Index       []string            // label by index component; one that begins with "_" is not in the labels
	Rows        map[string][]string // index label → the values of it that the table is about; nil all
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

// An Exponent is an object that says by which power of ten a value is scaled:
// (raw + Plus) × Times.
type Exponent struct {
	OID         string
	Plus, Times float64
}

// A ScaleBy is a factor by the raw value of another object. A value that is not
// listed means that there is no reading: its unit is not known.
type ScaleBy struct {
	OID     string
	Factors map[string]float64
}

// A Condition compares the value of an object: with integers in decimal, OIDs
// numeric without leading dot, strings as they are. Either one of Equals, Not,
// Matches and Unlike is given, or one or both of Above and Below.
type Condition struct {
	OID     string
	Equals  []string
	Not     []string
	Matches *regexp.Regexp // what a text must match: a sensor's purpose often stands only in its name; nil not asked
	Unlike  *regexp.Regexp // what it must not match; nil not asked
	Above   *float64       // the number must be greater; nil not asked
	Below   *float64       // the number must be less; nil not asked
}

// A StateIf makes the reading Value while its condition holds, whatever the
// device says: a port that is shut is not down.
type StateIf struct {
	Condition
	Value float64
}

// Holds reports whether the object's value satisfies the condition.
func (c *Condition) Holds(value string) bool {
	switch {
	case c.Matches != nil:
		return c.Matches.MatchString(value)
	case c.Unlike != nil:
		return !c.Unlike.MatchString(value)
	case c.Above != nil || c.Below != nil:
		f, err := strconv.ParseFloat(value, 64)
		return err == nil && (c.Above == nil || f > *c.Above) && (c.Below == nil || f < *c.Below)
	}
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

// OIDs lists every object that reading q takes besides q.OID, as references.
func (q *Quantity) OIDs() []string {
	out := q.Operands()
	for i := range q.ValidIf {
		out = append(out, q.ValidIf[i].OID)
	}
	return out
}

// Operands lists every object that the formula of q takes besides q.OID, as
// references.
func (q *Quantity) Operands() []string {
	var out []string
	out = append(out, q.Add...)
	if q.MultiplyBy != "" {
		out = append(out, q.MultiplyBy)
	}
	out = append(out, q.DivideBy...)
	for i := range q.Powers {
		out = append(out, q.Powers[i].OID)
	}
	if q.ScaleBy != nil {
		out = append(out, q.ScaleBy.OID)
	}
	if q.FahrenheitIf != nil {
		out = append(out, q.FahrenheitIf.OID)
	}
	if q.StateIf != nil {
		out = append(out, q.StateIf.OID)
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
	case "smoke_state", "leak_state", "fire_panel_alarm_state", "fire_panel_discharge_state", "suppression_abort_state":
		severity = facility.SeverityCritical
	}
	return []facility.State{
		{Value: 0, Name: "normal", Severity: facility.SeverityNormal},
		{Value: 1, Name: "active", Severity: severity},
	}
}
