package facility

// Unit is the base unit of a metric. People see display units (%, °C, min);
// inside there are only base units.
type Unit string

const (
	UnitCelsius         Unit = "celsius"
	UnitRatio           Unit = "ratio"
	UnitVolts           Unit = "volts"
	UnitAmperes         Unit = "amperes"
	UnitWatts           Unit = "watts"
	UnitVoltAmperes     Unit = "volt_amperes"
	UnitVar             Unit = "volt_amperes_reactive"
	UnitHertz           Unit = "hertz"
	UnitSeconds         Unit = "seconds"
	UnitRPM             Unit = "rpm"
	UnitJoules          Unit = "joules"
	UnitPascals         Unit = "pascals"
	UnitCubicMeters     Unit = "cubic_meters_per_second"
	UnitDBm             Unit = "decibel_milliwatts"
	UnitMetersPerSecond Unit = "meters_per_second"
	UnitLux             Unit = "lux"
	UnitDecibels        Unit = "decibels"
	UnitOhms            Unit = "ohms"
	UnitCoulombs        Unit = "coulombs" // 3,600 to the ampere-hour
	UnitBytes           Unit = "bytes"
	UnitBits            Unit = "bits_per_second"
	UnitCount           Unit = "count"
	UnitState           Unit = "state" // an enumeration; the value is the device's own integer
)

// Possible reports whether a value can have been measured in a facility: nothing is
// colder there than -200 °C or hotter than 2,000, and nothing turns slower than not at
// all. Agents whose numbers overflow, or that have no probe, say so.
func (u Unit) Possible(v float64) bool {
	switch u {
	case UnitCelsius:
		return v > -200 && v < 2000
	case UnitRPM:
		return v >= 0
	}
	return true
}

// A Metric is one quantity, named once across makers, after Prometheus' naming
// rules with the base unit as suffix.
type Metric struct {
	Name    string
	Help    string
	HelpJa  string // what an operator reads on the device screen in Japanese
	Short   string // the same in English, at most 24 cells
	Unit    Unit
	Class   Class // default poll class
	Counter bool  // monotone; shown as a rate
}

// LookupMetric returns the catalogue's entry.
func LookupMetric(name string) (Metric, bool) {
	m, ok := catalogueIndex[name]
	return m, ok
}
