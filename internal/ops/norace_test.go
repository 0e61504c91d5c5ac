//go:build !race

package ops

// stormSize is how many alarms come at once.
const stormSize = 10_000
