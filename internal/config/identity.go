package config

import (
	"path/filepath"

	"nezuban/internal/config/strict"
)

// Identity is the identity file that site.yaml names, "" where it names none. It
// answers even when the rest of the directory has mistakes, since whoever sets a
// secret may be about to correct them.
func Identity(dir string) string { return peek(dir, "secrets", "identity") }

// DataDir is where the site's data lie: what site.yaml names under data, else
// data below the site directory. Like Identity it answers whatever else is wrong.
func DataDir(dir string) string {
	if named := peek(dir, "data"); named != "" {
		return named
	}
	return filepath.Join(dir, "data")
}

// peek reads one path from site.yaml without judging the rest of the file.
func peek(dir string, keys ...string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	src, err := strict.ReadFile(filepath.Join(abs, "site.yaml"))
	if err != nil {
		return ""
	}
	var ignored strict.Problems
	for _, doc := range strict.Parse("site.yaml", src, &ignored) {
		if value := doc.Peek(keys...); value != "" {
			l := loader{dir: abs}
			return l.path(value)
		}
	}
	return ""
}
