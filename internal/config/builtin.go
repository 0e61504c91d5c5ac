package config

import (
	"embed"
	"io/fs"
	"strings"

	"nezuban/internal/config/strict"
)

//go:embed builtin/alarms/*.yaml builtin/targets/*.yaml
var builtinFiles embed.FS

// builtinDocuments reads the embedded files of one folder. A problem in them is
// a fault of the program and found by its tests; it is reported all the same.
func (l *loader) builtinDocuments(folder string) []strict.Document {
	dir := "builtin/" + folder
	entries, err := fs.ReadDir(builtinFiles, dir)
	if err != nil {
		l.add(strict.Place{File: dir}, reason(err), "this is a fault of the program")
		return nil
	}
	var out []strict.Document
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".yaml") {
			continue
		}
		src, err := builtinFiles.ReadFile(dir + "/" + e.Name())
		if err != nil {
			l.add(strict.Place{File: dir}, reason(err), "this is a fault of the program")
			continue
		}
		out = append(out, strict.Parse(dir+"/"+e.Name(), src, &l.probs)...)
	}
	return out
}
