package api

import "testing"

func TestRatioTruncates(t *testing.T) {
	tests := []struct {
		num, den int64
		want     string
	}{
		{999_499_999, 1_000_000_000, "0.999499"}, {1, 1, "1.000000"}, {0, 5, "0.000000"},
		{9_999_999, 10_000_000, "0.999999"}, {1 << 60, 1<<60 + 1, "0.999999"},
	}
	for _, tt := range tests {
		if got := ratio(tt.num, tt.den); got != tt.want {
			t.Errorf("ratio(%d, %d) = %s, want %s", tt.num, tt.den, got, tt.want)
		}
	}
}

func TestMicros(t *testing.T) {
	tests := map[int64]string{1_339_200_000: "1339.2", -500_000: "-0.5", 0: "0", 1: "0.000001", 60_000_000: "60", -1_000_001: "-1.000001"}
	for in, want := range tests {
		if got := micros(in); string(got) != want {
			t.Errorf("micros(%d) = %s, want %s", in, got, want)
		}
	}
}
