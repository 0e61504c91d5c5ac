package profile

import "testing"

// BenchmarkReadBuiltin reads all builtin profiles, as every command does once.
func BenchmarkReadBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := readBuiltin(); err != nil {
			b.Fatal(err)
		}
	}
}
