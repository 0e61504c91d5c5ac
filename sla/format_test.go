package sla

import (
	"math"
	"testing"
)

func TestPercentIsTruncatedNeverRounded(t *testing.T) {
	tests := []struct {
		num, den int64
		digits   int
		want     string
	}{
		{999_499, 1_000_000, 2, "99.94"},
		{999_999_999, 1_000_000_000, 2, "99.99"},
		{999_999_999, 1_000_000_000, 3, "99.999"},
		{1, 1, 2, "100.00"},
		{7, 7, 0, "100"},
		{2_678_399, 2_678_400, 3, "99.999"},
		{0, 5, 2, "0.00"},
		{1, 3000, 2, "0.03"},
		{0, 0, 2, "—"},
		{-1, 5, 2, "—"},
		{math.MaxInt64 - 1, math.MaxInt64, 6, "99.999999"},
		{math.MaxInt64, 1, 6, "—"},
	}
	for _, tt := range tests {
		if got := FormatPercentTruncated(tt.num, tt.den, tt.digits); got != tt.want {
			t.Errorf("%d/%d with %d digits: %s, want %s", tt.num, tt.den, tt.digits, got, tt.want)
		}
	}
}

func TestExactFormats(t *testing.T) {
	for ppm, want := range map[int64]string{999_500: "99.95", 1_000_000: "100", 0: "0", 999_999: "99.9999", 500_000: "50"} {
		if got := FormatPPM(ppm); got != want {
			t.Errorf("%d ppm: %s, want %s", ppm, got, want)
		}
	}
	for micros, want := range map[int64]string{1_339_200_000: "1339.2", 0: "0", -500_000: "-0.5", 1: "0.000001", 3_000_000: "3"} {
		if got := FormatMicros(micros); got != want {
			t.Errorf("%d µs: %s, want %s", micros, got, want)
		}
	}
	for micros, want := range map[int64]int64{1_999_999: 1, -1: -1, -1_000_000: -1, 0: 0} {
		if got := FloorSeconds(micros); got != want {
			t.Errorf("%d µs: %d s, want %d", micros, got, want)
		}
	}
}
