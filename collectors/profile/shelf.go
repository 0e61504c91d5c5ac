package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"nezuban/internal/facility"
)

// entry is a profile of any kind, as a shelf knows it.
type entry interface {
	name() string
	file() string
}

// A shelf is a set of profiles of one kind by name. It is never changed after
// loading.
type shelf[P entry] struct {
	byName map[string]P
	names  []string // sorted
}

// Names lists the profiles, sorted.
func (s *shelf[P]) Names() []string { return slices.Clone(s.names) }

// Get returns a profile by name.
func (s *shelf[P]) Get(name string) (P, bool) {
	p, ok := s.byName[name]
	return p, ok
}

// All lists the profiles sorted by name.
func (s *shelf[P]) All() []P {
	out := make([]P, len(s.names))
	for i, n := range s.names {
		out[i] = s.byName[n]
	}
	return out
}

func (s *shelf[P]) sort() { s.names = slices.Sorted(maps.Keys(s.byName)) }

// isAgentFile tells the two kinds of profile apart by the name of their file.
func isAgentFile(name string) bool { return strings.HasPrefix(name, "agent-") }

// read puts what is under root of fsys on top of base, and returns what it read
// beside the whole; prefix is how the directory is called in problems. Profiles
// with problems are left out.
func read[P entry](base *shelf[P], fsys fs.FS, root, prefix string, mine func(file string) bool,
	parse func(file string, data []byte) (P, []facility.Problem)) (s shelf[P], fresh map[string]P, problems []facility.Problem) {
	s.byName, fresh = map[string]P{}, map[string]P{}
	if base != nil {
		maps.Copy(s.byName, base.byName)
	}
	entries, err := fs.ReadDir(fsys, root)
	if err != nil {
		return s, fresh, []facility.Problem{{File: prefix, What: fmt.Sprintf("read profiles: %v", err)}}
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		ext := path.Ext(e.Name())
		return e.IsDir() || ext != ".yaml" && ext != ".yml" || !mine(e.Name())
	})
	for _, r := range readFiles(fsys, root, prefix, entries, parse) {
		problems = append(problems, r.problems...)
		if len(r.problems) > 0 {
			continue
		}
		if first, twice := fresh[r.profile.name()]; twice {
			problems = append(problems, facility.Problem{File: r.file, Line: 1, Column: 1,
				What: fmt.Sprintf("profile %q is already in %s", r.profile.name(), first.file())})
			continue
		}
		fresh[r.profile.name()] = r.profile
	}
	maps.Copy(s.byName, fresh)
	s.sort()
	return s, fresh, problems
}

// readResult is what one file gave.
type readResult[P entry] struct {
	file     string
	profile  P
	problems []facility.Problem
}

// readFiles parses the files side by side and returns them in their order.
func readFiles[P entry](fsys fs.FS, root, prefix string, entries []fs.DirEntry, parse func(file string, data []byte) (P, []facility.Problem)) []readResult[P] {
	out := make([]readResult[P], len(entries))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(entries)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(entries); i = int(next.Add(1)) - 1 {
				r := &out[i]
				r.file = prefix + "/" + entries[i].Name()
				data, err := fs.ReadFile(fsys, path.Join(root, entries[i].Name()))
				if err != nil {
					r.problems = []facility.Problem{{File: r.file, What: fmt.Sprintf("read profile: %v", err)}}
					continue
				}
				r.profile, r.problems = parse(r.file, data)
			}
		})
	}
	wg.Wait()
	return out
}

// directory opens a folder of profiles; none and no problem where it does not
// exist.
func directory(dir string) (fsys fs.FS, prefix string, problems []facility.Problem) {
	_, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", nil
	case err != nil:
		return nil, "", []facility.Problem{{File: dir, What: fmt.Sprintf("read profiles: %v", err)}}
	}
	return os.DirFS(dir), filepath.Base(dir), nil
}

// broken makes one error of the problems of a profile of our own.
func broken(problems []facility.Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}
