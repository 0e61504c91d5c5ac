package chart

import (
	"math"
	"strings"

	"nezuban/internal/i18n"
	"nezuban/internal/text"
)

// Range draws a value between its limits: `[18.0 .....|... 27.0]`, with a star
// where it is outside. With one limit only that limit is told, as alone writes it.
// width is an upper bound in cells; above and below are the words for a single limit.
func Range(v float64, low, high *float64, scale i18n.Scale, alone func(limit float64) string, width int, above, below string) string {
	out := ""
	star := ""
	if low != nil && v < *low || high != nil && v > *high {
		star = "*"
	}
	switch {
	case low == nil && high == nil:
		return ""
	case low == nil:
		out = above + " " + alone(*high)
	case high == nil:
		out = below + " " + alone(*low)
	default:
		lo, hi := scale.Number(*low), scale.Number(*high)
		room := width - text.Width(lo) - text.Width(hi) - 5
		if room < 3 || *high <= *low {
			out = lo + " - " + hi
			break
		}
		at := int(math.Round((v - *low) / (*high - *low) * float64(room-1)))
		at = min(max(at, 0), room-1)
		out = "[" + lo + " " + strings.Repeat(".", at) + "|" + strings.Repeat(".", room-1-at) + " " + hi + "]"
	}
	return out + star
}

// Bar draws a share of 0 … 1 in width cells.
func Bar(share float64, width int, full, empty string) string {
	n := int(math.Floor(share * float64(width)))
	n = min(max(n, 0), width)
	return strings.Repeat(full, n) + strings.Repeat(empty, width-n)
}
