package i18n

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/facility"
)

// NoValue stands where there is no number to print: a NaN, a division by
// nothing, a point that never answered.
const NoValue = "—"

// A Scale turns base units into what people read: one factor, one number of
// decimals and one suffix, so that a value, its limits and the axis of its trend
// agree.
type Scale struct {
	Factor   float64
	Decimals int
	Suffix   string // "%", "C", "kW"; "" where the number says it all
}

// ScaleOf chooses the scale for a base unit; reference is the greatest magnitude
// that will be printed with it.
//
// Degrees Celsius are written C: the one-cell sign ℃ is drawn two cells wide by
// many fonts and overprints its neighbour.
func ScaleOf(u facility.Unit, reference float64) Scale {
	a := math.Abs(reference)
	switch u {
	case facility.UnitCelsius:
		return Scale{1, 1, "C"}
	case facility.UnitRatio:
		return Scale{100, 1, "%"}
	case facility.UnitVolts:
		return steps(a, []step{{1e4, 1e-3, 2, "kV"}, {0, 1, 1, "V"}})
	case facility.UnitAmperes:
		return steps(a, []step{{0.1, 1, 1, "A"}, {1e-9, 1e3, 1, "mA"}, {0, 1, 1, "A"}})
	case facility.UnitWatts:
		return steps(a, []step{{1e6, 1e-6, 2, "MW"}, {1e3, 1e-3, 1, "kW"}, {0, 1, 0, "W"}})
	case facility.UnitVoltAmperes:
		return steps(a, []step{{1e6, 1e-6, 2, "MVA"}, {1e3, 1e-3, 1, "kVA"}, {0, 1, 0, "VA"}})
	case facility.UnitVar:
		return steps(a, []step{{1e6, 1e-6, 2, "Mvar"}, {1e3, 1e-3, 1, "kvar"}, {0, 1, 0, "var"}})
	case facility.UnitHertz:
		return Scale{1, 2, "Hz"}
	case facility.UnitSeconds:
		return steps(a, []step{{48 * 3600, 1.0 / 86400, 1, "d"}, {2 * 3600, 1.0 / 3600, 1, "h"}, {120, 1.0 / 60, 0, "min"}, {0, 1, 0, "s"}})
	case facility.UnitRPM:
		return Scale{1, 0, "rpm"}
	case facility.UnitJoules:
		return steps(a, []step{{3.6e9, 1 / 3.6e9, 2, "MWh"}, {3.6e5, 1 / 3.6e6, 1, "kWh"}, {0, 1.0 / 3600, 1, "Wh"}})
	case facility.UnitPascals:
		return steps(a, []step{{1e6, 1e-6, 2, "MPa"}, {1e3, 1e-3, 1, "kPa"}, {0, 1, 0, "Pa"}})
	case facility.UnitCubicMeters:
		return Scale{1, 3, "m3/s"}
	case facility.UnitMetersPerSecond:
		return Scale{1, 2, "m/s"}
	case facility.UnitDBm:
		return Scale{1, 2, "dBm"}
	case facility.UnitLux:
		return Scale{1, 0, "lx"}
	case facility.UnitDecibels:
		return Scale{1, 1, "dB"}
	case facility.UnitOhms:
		return steps(a, []step{{1e6, 1e-6, 1, "Mohm"}, {1e3, 1e-3, 1, "kohm"}, {1, 1, 1, "ohm"}, {1e-9, 1e3, 2, "mohm"}, {0, 1, 1, "ohm"}})
	case facility.UnitCoulombs:
		return Scale{1.0 / 3600, 1, "Ah"}
	case facility.UnitBytes:
		return steps(a, []step{{1 << 40, 1.0 / (1 << 40), 2, "TiB"}, {1 << 30, 1.0 / (1 << 30), 1, "GiB"}, {1 << 20, 1.0 / (1 << 20), 1, "MiB"}, {1 << 10, 1.0 / (1 << 10), 1, "KiB"}, {0, 1, 0, "B"}})
	case facility.UnitBits:
		return steps(a, []step{{1e9, 1e-9, 1, "Gbit/s"}, {1e6, 1e-6, 1, "Mbit/s"}, {1e3, 1e-3, 1, "kbit/s"}, {0, 1, 0, "bit/s"}})
	case facility.UnitState:
		return Scale{1, 0, ""}
	}
	switch {
	case a == math.Trunc(a):
	case a*10 == math.Trunc(a*10):
		return Scale{1, 1, ""}
	default:
		return Scale{1, 2, ""}
	}
	return Scale{1, 0, ""}
}

// ScaleOfAll is the one scale for several values, so that a value and its limits
// agree: the unit of the greatest and, for counts, the decimals any of them needs.
func ScaleOfAll(u facility.Unit, values ...float64) Scale {
	greatest, decimals := 0.0, 0
	for _, v := range values {
		greatest = math.Max(greatest, math.Abs(v))
		if s := ScaleOf(u, v); s.Suffix == "" && u != facility.UnitState {
			decimals = max(decimals, s.Decimals)
		}
	}
	out := ScaleOf(u, greatest)
	out.Decimals = max(out.Decimals, decimals)
	return out
}

type step struct {
	from     float64 // smallest magnitude, base unit
	factor   float64
	decimals int
	suffix   string
}

func steps(a float64, table []step) Scale {
	for _, s := range table {
		if a >= s.from {
			return Scale{s.factor, s.decimals, s.suffix}
		}
	}
	return Scale{1, 2, ""} // a NaN: Number prints NoValue
}

// Number prints v, given in the base unit, without its suffix.
func (s Scale) Number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return NoValue
	}
	out := strconv.FormatFloat(v*s.Factor, 'f', s.Decimals, 64)
	if strings.Trim(out, "-0.") == "" {
		out = strings.TrimPrefix(out, "-") // no "-0.0"
	}
	return out
}

// Format prints v with its suffix.
func (s Scale) Format(v float64) string {
	n := s.Number(v)
	if s.Suffix == "" || n == NoValue {
		return n
	}
	return n + " " + s.Suffix
}

// FormatValue prints one value of a metric in its display unit. Units are the
// same in both languages; lang is taken so that a language that differs can be
// added. States are printed as the device's integer: whoever knows the point
// prints its name instead.
func FormatValue(m facility.Metric, v float64, lang string) string {
	return FormatUnit(m.Unit, v, lang)
}

// FormatUnit is FormatValue where only the unit is known.
func FormatUnit(u facility.Unit, v float64, _ string) string {
	return ScaleOf(u, v).Format(v)
}

// Beside prints a second number beside one that is printed with the scale: without
// its unit where that is the same, and else with its own. Ten minutes beside
// seventeen hours are not 0.2.
func (s Scale) Beside(u facility.Unit, v float64) string {
	if own := ScaleOf(u, v); own.Suffix != s.Suffix {
		return own.Format(v)
	}
	return s.Number(v)
}

// FormatDuration prints a length of time by its two greatest parts, truncated:
// "3d 4h", "12m 5s", "0s". A negative one has a leading minus.
func FormatDuration(d time.Duration) string {
	if d < 0 {
		return "-" + FormatDuration(-d)
	}
	s := int64(d / time.Second)
	parts := []struct {
		n    int64
		unit string
	}{{s / 86400, "d"}, {s / 3600 % 24, "h"}, {s / 60 % 60, "m"}, {s % 60, "s"}}
	for i, p := range parts {
		if p.n == 0 && i < len(parts)-1 {
			continue
		}
		out := strconv.FormatInt(p.n, 10) + p.unit
		if i+1 < len(parts) && parts[i+1].n > 0 {
			out += " " + strconv.FormatInt(parts[i+1].n, 10) + parts[i+1].unit
		}
		return out
	}
	return "0s"
}

// FormatAge prints how long ago something was, coarsely: seconds in the first
// minute, then minutes, hours, days. It changes seldom, which keeps a screen
// still.
func FormatAge(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < 2*time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + "d"
}

// FormatPPM prints a share given in millionths as a percentage, every digit that
// counts and none that does not: 999500 is "99.95 %".
func FormatPPM(ppm int64) string {
	out := strconv.FormatInt(ppm/10000, 10)
	frac := strings.TrimRight(pad4(ppm%10000), "0")
	if frac != "" {
		out += "." + frac
	}
	return out + " %"
}

// FormatShare prints num/den as a percentage of at most four decimals,
// truncated and never rounded: "100 %" means exactly all. NoValue where den is
// not positive.
func FormatShare(num, den int64) string {
	if den <= 0 || num < 0 {
		return NoValue
	}
	if num == den {
		return "100 %"
	}
	if num > den {
		return NoValue // more than all is a broken count, not a share
	}
	hi, lo := bits.Mul64(uint64(num), 1_000_000)
	quo, _ := bits.Div64(hi, lo, uint64(den)) // hi < den because num < den and 1e6 < 2^64
	ppm := int64(quo)
	return strconv.FormatInt(ppm/10000, 10) + "." + pad4(ppm%10000) + " %"
}

func pad4(n int64) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", 4-len(s)) + s
}
