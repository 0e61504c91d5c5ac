package i18n

import (
	"math"
	"testing"
	"time"

	"nezuban/internal/facility"
)

func TestFormatUnit(t *testing.T) {
	tests := []struct {
		unit facility.Unit
		v    float64
		want string
	}{
		{facility.UnitRatio, 0.9731, "97.3 %"},
		{facility.UnitRatio, 0, "0.0 %"},
		{facility.UnitCelsius, -0.04, "0.0 C"},
		{facility.UnitCelsius, 28.14, "28.1 C"},
		{facility.UnitWatts, 812, "812 W"},
		{facility.UnitWatts, 4812345, "4.81 MW"},
		{facility.UnitWatts, 48123, "48.1 kW"},
		{facility.UnitPascals, 2_480_000, "2.48 MPa"},
		{facility.UnitPascals, 310_000, "310.0 kPa"},
		{facility.UnitSeconds, 90, "90 s"},
		{facility.UnitSeconds, 1800, "30 min"},
		{facility.UnitSeconds, 3 * 86400, "3.0 d"},
		{facility.UnitJoules, 3.6e6, "1.0 kWh"},
		{facility.UnitCount, 3, "3"},
		{facility.UnitCount, 0.25, "0.25"},
		{facility.UnitState, 2, "2"},
		{facility.UnitBits, 1e9, "1.0 Gbit/s"},
		{facility.UnitVolts, math.NaN(), NoValue},
		{facility.UnitAmperes, 0, "0.0 A"},
		{facility.UnitAmperes, 12.34, "12.3 A"},
		{facility.UnitAmperes, 0.0062, "6.2 mA"},
		{facility.UnitDBm, -2.345, "-2.35 dBm"},
		{facility.UnitCoulombs, 36000, "10.0 Ah"},
		{facility.UnitOhms, 0.0032, "3.20 mohm"},
		{facility.UnitMetersPerSecond, 1.5, "1.50 m/s"},
		{facility.UnitCelsius, math.Inf(1), NoValue},
	}
	for _, tt := range tests {
		if got := FormatUnit(tt.unit, tt.v, "en"); got != tt.want {
			t.Errorf("%s %v: got %q, want %q", tt.unit, tt.v, got, tt.want)
		}
	}
}

func TestFormatShareTruncates(t *testing.T) {
	tests := []struct {
		num, den int64
		want     string
	}{
		{999499, 1000000, "99.9499 %"},
		{9999999999, 10000000000, "99.9999 %"}, // not 100: one second is missing
		{5, 5, "100 %"},
		{0, 7, "0.0000 %"},
		{1, 3, "33.3333 %"},
		{0, 0, NoValue},
		{math.MaxInt64 - 1, math.MaxInt64, "99.9999 %"},
	}
	for _, tt := range tests {
		if got := FormatShare(tt.num, tt.den); got != tt.want {
			t.Errorf("%d/%d: got %q, want %q", tt.num, tt.den, got, tt.want)
		}
	}
}

func TestFormatPPM(t *testing.T) {
	for ppm, want := range map[int64]string{999500: "99.95 %", 1000000: "100 %", 999999: "99.9999 %", 0: "0 %", 950000: "95 %"} {
		if got := FormatPPM(ppm); got != want {
			t.Errorf("%d ppm: got %q, want %q", ppm, got, want)
		}
	}
}

func TestFormatTimes(t *testing.T) {
	durations := map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", 725 * time.Second: "12m 5s", 76 * time.Hour: "3d 4h",
		24 * time.Hour: "1d", -90 * time.Second: "-1m 30s",
	}
	for d, want := range durations {
		if got := FormatDuration(d); got != want {
			t.Errorf("duration %v: got %q, want %q", d, got, want)
		}
	}
	ages := map[time.Duration]string{
		-time.Second: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m", 119 * time.Minute: "119m", 2 * time.Hour: "2h", 50 * time.Hour: "2d",
	}
	for d, want := range ages {
		if got := FormatAge(d); got != want {
			t.Errorf("age %v: got %q, want %q", d, got, want)
		}
	}
}

func TestBeside(t *testing.T) {
	for _, tt := range []struct {
		unit          facility.Unit
		value, beside float64
		want          string
	}{
		{facility.UnitSeconds, 61_560, 600, "10 min"},
		{facility.UnitSeconds, 61_560, 36_000, "10.0"},
		{facility.UnitRatio, 1, 0.5, "50.0"},
		{facility.UnitPascals, 4.2e6, 3.78e6, "3.78"},
		{facility.UnitPascals, 900, 1500, "1.5 kPa"},
		{facility.UnitCount, 0, 2, "2"},
	} {
		if got := ScaleOf(tt.unit, tt.value).Beside(tt.unit, tt.beside); got != tt.want {
			t.Errorf("%s: %v beside %v is %q, want %q", tt.unit, tt.beside, tt.value, got, tt.want)
		}
	}
}
