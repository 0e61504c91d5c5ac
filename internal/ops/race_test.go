//go:build race

package ops

// stormSize is smaller under the race detector, which makes SQLite ten times
// slower.
const stormSize = 1000
