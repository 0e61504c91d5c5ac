package profile

import (
	"os"
	"path/filepath"

	"nezuban/internal/facility"
)

// CheckFile reads one file the way a site's profiles are read, on top of the
// builtin profiles and of those of the file's own directory that it may extend.
// It returns the name of the profile, "" where it is not usable, and all that is
// wrong with the file.
func CheckFile(file string) (name string, problems []facility.Problem) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", []facility.Problem{{File: file, What: err.Error(), Hint: "name a profile, a file NAME.yaml"}}
	}
	if isAgentFile(filepath.Base(file)) {
		p, problems := parseAgent(file, data)
		if len(problems) > 0 {
			return "", problems
		}
		return p.Name, nil
	}
	p, problems := parse(file, data)
	if len(problems) > 0 {
		return "", problems
	}
	return p.Name, unextended(p, file)
}

// unextended reports that what a profile extends is nowhere.
func unextended(p *Profile, file string) []facility.Problem {
	if p.Extends == "" {
		return nil
	}
	base, err := Builtin()
	if err != nil {
		return []facility.Problem{{File: file, What: err.Error()}}
	}
	around, _ := Load(base, filepath.Dir(file))
	if _, there := around.Get(p.Extends); there {
		return nil
	}
	return []facility.Problem{{File: file, Line: 1, Column: 1, What: "extends: no usable profile \"" + p.Extends + "\"",
		Hint: "`nezuban profile list` prints those there are"}}
}
