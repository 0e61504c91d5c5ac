package main

import "testing"

// Two demos started at one moment each have a port: the first holds what it found
// free, so the second cannot be told the same.
func TestDemosShareNoConsolePort(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 3 {
		l, err := listenForDemo()
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if a := l.Addr().String(); seen[a] {
			t.Errorf("%s was given twice", a)
		}
		seen[l.Addr().String()] = true
	}
}
