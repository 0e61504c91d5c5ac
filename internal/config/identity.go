package config

import (
	"os"
	"path/filepath"

	"nezuban/internal/config/strict"
)

// Identity is the identity file that site.yaml names, "" where it names none. It
// answers even when the rest of the directory has mistakes, since whoever sets a
// secret may be about to correct them.
func Identity(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	src, err := os.ReadFile(filepath.Join(abs, "site.yaml"))
	if err != nil {
		return ""
	}
	var ignored strict.Problems
	for _, doc := range strict.Parse("site.yaml", src, &ignored) {
		if id := doc.Peek("secrets", "identity"); id != "" {
			l := loader{dir: abs}
			return l.path(id)
		}
	}
	return ""
}
