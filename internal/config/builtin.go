package config

import (
	"embed"
	"io/fs"
	"strings"
	"sync"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

//go:embed builtin/alarms/*.yaml builtin/targets/*.yaml
var builtinFiles embed.FS

// builtinDocuments are the embedded files of one folder. A problem in them is a
// fault of the program and found by its tests; it is reported all the same.
func (l *loader) builtinDocuments(folder string) []strict.Document {
	docs, problems := parsedBuiltin[folder]()
	l.probs.Append(problems...)
	out := make([]strict.Document, len(docs))
	for i, d := range docs {
		out[i] = d.Reporting(&l.probs)
	}
	return out
}

// parsedBuiltin are the documents of each folder, parsed once in a process: every
// reload reads them again.
var parsedBuiltin = map[string]func() ([]strict.Document, []facility.Problem){
	"alarms":  sync.OnceValues(func() ([]strict.Document, []facility.Problem) { return parseBuiltin("alarms") }),
	"targets": sync.OnceValues(func() ([]strict.Document, []facility.Problem) { return parseBuiltin("targets") }),
}

func parseBuiltin(folder string) (out []strict.Document, problems []facility.Problem) {
	const hint = "this is a fault of the program"
	var probs strict.Problems
	dir := "builtin/" + folder
	entries, err := fs.ReadDir(builtinFiles, dir)
	if err != nil {
		probs.Add(strict.Place{File: dir}, reason(err), hint)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".yaml") {
			continue
		}
		src, err := builtinFiles.ReadFile(dir + "/" + e.Name())
		if err != nil {
			probs.Add(strict.Place{File: dir}, reason(err), hint)
			continue
		}
		out = append(out, strict.Parse(dir+"/"+e.Name(), src, &probs)...)
	}
	return out, probs.Sorted()
}
