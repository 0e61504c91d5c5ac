// Package profile reads device profiles: data that says how a family of devices
// is recognised and what its SNMP objects mean.
//
// # What a profile says
//
// A profile is one YAML file, written from the maker's MIB. It names the module
// and objects in `source`, tells how the device is recognised (`match`), and
// lists scalars (`points`) and tables (`tables`) whose instances become points.
// Every quantity names a metric of [facility.Metrics] and how the device's
// number becomes that metric's base unit:
//
//	value = ((raw + sum of add) × multiply_by ÷ sum of divide_by) × scale × 10^power × scale_by + offset
//
// with `complement` giving 1 − value and `fahrenheit` converting to °C last.
// The operands named in add, multiply_by, divide_by, scale_power and scale_by are
// OIDs read in the same request; in a table they are columns of the same row, or
// of the row that a part of its index names.
//
// The raw number may be a text's beginning (`in_string`), the group of a `pattern`
// in it, or a word that one of the states lists as its `text`; of a state it may be
// one bit or digit of the answer.
//
// # What is no reading
//
// A raw value listed in `not_fitted` is no reading: a row or scalar that says so
// at discovery makes no point. A raw value outside `range` is refused and
// counted. A row whose `valid_if` does not hold is polled and its readings are
// missing, because the device says that it has none.
//
// # States
//
// A metric of unit state needs `states`, every value with a lower_snake_case name
// and a severity (normal, warning, critical, unknown); a value outside the
// enumeration is kept as it is and is of unknown severity to all who look it up.
// `state_if` names one of them that holds while another object of the row says so,
// whatever the device reports: a port that its administrator shut is not down.
//
// # Inputs
//
// A table with `input: contact` or `input: analogue` holds inputs to which the
// inventory's bindings give a meaning. The rows of one with `input: sensor` have
// theirs already; a binding of kind sensor gives such a row, or an analogue one
// that measures by itself, a name, a zone and further labels.
//
// # Strictness
//
// An unknown key, metric, severity or label, a bad OID, number or expression, a
// point twice, a profile that extends none: each is a [facility.Problem] with
// file, line and column, and all of a directory's are reported at once. A profile
// with a problem is left out of the library.
//
// # What this package does not do
//
// It speaks to no device. The engine in collectors/snmp discovers, plans and
// decodes by what it says here.
package profile
