package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"nezuban/internal/facility"
)

// An AgentLibrary is a set of agent profiles by name. It is never changed after
// loading.
type AgentLibrary struct {
	byName map[string]*AgentProfile
	names  []string // sorted
}

// BuiltinAgents returns the agent profiles that come with the program. An error
// means that the program was built with a broken profile.
func BuiltinAgents() (*AgentLibrary, error) {
	l, problems := loadAgents(nil, builtin, "builtin", "builtin")
	if len(problems) > 0 {
		errs := make([]error, len(problems))
		for i, p := range problems {
			errs[i] = p
		}
		return nil, fmt.Errorf("read builtin agent profiles: %w", errors.Join(errs...))
	}
	return l, nil
}

// LoadAgents returns base with the agent-*.yaml of dir on top; one of the same
// name replaces the builtin one. A dir that does not exist adds nothing.
// Profiles with problems are left out.
func LoadAgents(base *AgentLibrary, dir string) (*AgentLibrary, []facility.Problem) {
	if _, err := os.Stat(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return base, nil
		}
		return base, []facility.Problem{{File: dir, What: fmt.Sprintf("read agent profiles: %v", err)}}
	}
	return loadAgents(base, os.DirFS(dir), ".", filepath.Base(dir))
}

func loadAgents(base *AgentLibrary, fsys fs.FS, root, prefix string) (*AgentLibrary, []facility.Problem) {
	l := &AgentLibrary{byName: map[string]*AgentProfile{}}
	if base != nil {
		for name, p := range base.byName {
			l.byName[name] = p
		}
	}
	entries, err := fs.ReadDir(fsys, root)
	if err != nil {
		return l, []facility.Problem{{File: prefix, What: fmt.Sprintf("read agent profiles: %v", err)}}
	}
	var problems []facility.Problem
	fresh := map[string]string{} // name → file
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasPrefix(name, "agent-") || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		file := prefix + "/" + name
		data, err := fs.ReadFile(fsys, path.Join(root, name))
		if err != nil {
			problems = append(problems, facility.Problem{File: file, What: fmt.Sprintf("read agent profile: %v", err)})
			continue
		}
		p, wrong := parseAgent(file, data)
		problems = append(problems, wrong...)
		if p == nil || len(wrong) > 0 {
			continue
		}
		if first, twice := fresh[p.Name]; twice {
			problems = append(problems, facility.Problem{File: file, Line: 1, Column: 1,
				What: fmt.Sprintf("profile %q is already in %s", p.Name, first)})
			continue
		}
		fresh[p.Name] = file
		l.byName[p.Name] = p
	}
	for name := range l.byName {
		l.names = append(l.names, name)
	}
	slices.Sort(l.names)
	return l, problems
}

// Names lists the profiles, sorted.
func (l *AgentLibrary) Names() []string { return slices.Clone(l.names) }

// Get returns a profile by name.
func (l *AgentLibrary) Get(name string) (*AgentProfile, bool) {
	p, ok := l.byName[name]
	return p, ok
}

// All lists the profiles sorted by name.
func (l *AgentLibrary) All() []*AgentProfile {
	out := make([]*AgentProfile, len(l.names))
	for i, n := range l.names {
		out[i] = l.byName[n]
	}
	return out
}
