// Package facility holds the nouns that every other package speaks of: devices,
// points, readings, ticks, units, places, priorities and selectors.
//
// # Units
//
// A Reading is in the base unit of its metric (celsius, ratio, volts, seconds …);
// collectors scale at the edge. Times inside the program are UTC; a Tick is a
// whole second.
//
// # Absence
//
// No answer, stale and zero are three different things. A poll without an answer
// is a Reading with quality Missing. A point whose last good reading is older
// than MaxAge of its interval is stale: its state is unknown, never normal. Zero
// is a value like any other.
//
// # What this package does not do
//
// It reads no clock, opens no file and imports nothing of ours except text.
package facility
