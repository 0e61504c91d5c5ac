package profile

import (
	"embed"
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

//go:embed builtin/*.yaml
var builtin embed.FS

// A Library is a set of profiles by name. It is never changed after loading.
type Library struct {
	byName map[string]*Profile
	names  []string // sorted
}

// Builtin returns the profiles that come with the program. An error means that
// the program was built with a broken profile.
func Builtin() (*Library, error) {
	l, problems := load(nil, builtin, "builtin", "builtin")
	if len(problems) > 0 {
		errs := make([]error, len(problems))
		for i, p := range problems {
			errs[i] = p
		}
		return nil, fmt.Errorf("read builtin profiles: %w", errors.Join(errs...))
	}
	return l, nil
}

// Load returns base with the profiles of dir on top; one of the same name
// replaces the builtin one. A dir that does not exist adds nothing. Profiles
// with problems are left out.
func Load(base *Library, dir string) (*Library, []facility.Problem) {
	if _, err := os.Stat(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return base, nil
		}
		return base, []facility.Problem{{File: dir, What: fmt.Sprintf("read profiles: %v", err)}}
	}
	return load(base, os.DirFS(dir), ".", filepath.Base(dir))
}

// load reads every profile under root of fsys; prefix is how the directory is
// called in problems.
func load(base *Library, fsys fs.FS, root, prefix string) (*Library, []facility.Problem) {
	l := &Library{byName: map[string]*Profile{}}
	if base != nil {
		for name, p := range base.byName {
			l.byName[name] = p
		}
	}
	entries, err := fs.ReadDir(fsys, root)
	if err != nil {
		return l, []facility.Problem{{File: prefix, What: fmt.Sprintf("read profiles: %v", err)}}
	}
	var problems []facility.Problem
	fresh := map[string]*Profile{}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") || strings.HasPrefix(name, "agent-") {
			continue
		}
		file := prefix + "/" + name
		data, err := fs.ReadFile(fsys, path.Join(root, name))
		if err != nil {
			problems = append(problems, facility.Problem{File: file, What: fmt.Sprintf("read profile: %v", err)})
			continue
		}
		p, wrong := parse(file, data)
		problems = append(problems, wrong...)
		if p == nil || len(wrong) > 0 {
			continue
		}
		if first, twice := fresh[p.Name]; twice {
			problems = append(problems, facility.Problem{File: file, Line: 1, Column: 1,
				What: fmt.Sprintf("profile %q is already in %s", p.Name, first.File)})
			continue
		}
		fresh[p.Name] = p
	}
	for name, p := range fresh {
		l.byName[name] = p
	}
	problems = append(problems, l.extend(fresh)...)
	for name := range l.byName {
		l.names = append(l.names, name)
	}
	slices.Sort(l.names)
	return l, problems
}

// extend resolves `extends` of the fresh profiles: what the child does not say
// is the parent's, and points of the same id are the child's.
func (l *Library) extend(fresh map[string]*Profile) []facility.Problem {
	var problems []facility.Problem
	done := map[string]bool{}
	var resolve func(name string, path []string)
	resolve = func(name string, path []string) {
		p := l.byName[name]
		if done[name] || p == nil || fresh[name] == nil || p.Extends == "" {
			return
		}
		if slices.Contains(path, name) {
			problems = append(problems, facility.Problem{File: p.File, Line: 1, Column: 1,
				What: "profiles extend each other in a circle: " + strings.Join(append(path, name), " → ")})
			delete(l.byName, name)
			return
		}
		resolve(p.Extends, append(path, name))
		parent := l.byName[p.Extends]
		if parent == nil {
			problems = append(problems, facility.Problem{File: p.File, Line: 1, Column: 1,
				What: fmt.Sprintf("extends: no usable profile %q", p.Extends)})
			delete(l.byName, name)
			return
		}
		inherit(p, parent)
		done[name] = true
	}
	for _, name := range sortedKeys(fresh) {
		resolve(name, nil)
	}
	return problems
}

func sortedKeys(m map[string]*Profile) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func inherit(p, parent *Profile) {
	if p.Kind == "" {
		p.Kind, p.Category = parent.Kind, parent.Category
	}
	if p.Vendor == "" {
		p.Vendor = parent.Vendor
	}
	for _, f := range []struct{ own, theirs *string }{
		{&p.Identity.Vendor, &parent.Identity.Vendor}, {&p.Identity.Model, &parent.Identity.Model},
		{&p.Identity.Serial, &parent.Identity.Serial},
	} {
		if *f.own == "" {
			*f.own = *f.theirs
		}
	}
	if p.Limits == (Limits{}) {
		p.Limits = parent.Limits
	}
	// The child's come first: the engine keeps the first quantity of a point.
	p.Points = slices.Concat(p.Points, parent.Points)
	p.Tables = slices.Concat(p.Tables, parent.Tables)
}

// Names lists the profiles, sorted.
func (l *Library) Names() []string { return slices.Clone(l.names) }

// Get returns a profile by name.
func (l *Library) Get(name string) (*Profile, bool) {
	p, ok := l.byName[name]
	return p, ok
}

// All lists the profiles sorted by name.
func (l *Library) All() []*Profile {
	out := make([]*Profile, len(l.names))
	for i, n := range l.names {
		out[i] = l.byName[n]
	}
	return out
}

// Probes lists the instances that profiles ask for to recognise a device, sorted.
func (l *Library) Probes() []string {
	var out []string
	for _, p := range l.byName {
		for _, m := range p.Match {
			if m.Answers != "" {
				out = append(out, m.Answers)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Identify returns the profiles that recognise the device, the most specific
// first; several may apply, as a maker's own beside IF-MIB. answers tells
// whether an instance exists. A profile that another one found extends is left
// out, since that one holds it.
func (l *Library) Identify(id facility.Identity, answers func(oid string) bool) []*Profile {
	type found struct {
		p     *Profile
		score int
	}
	var hits []found
	for _, name := range l.names {
		p, best := l.byName[name], 0
		for i := range p.Match {
			best = max(best, p.Match[i].score(id, answers))
		}
		if best > 0 {
			hits = append(hits, found{p, best})
		}
	}
	slices.SortStableFunc(hits, func(a, b found) int { return b.score - a.score })
	var out []*Profile
	for _, h := range hits {
		held := slices.ContainsFunc(hits, func(o found) bool { return l.extends(o.p, h.p.Name) })
		if !held {
			out = append(out, h.p)
		}
	}
	return out
}

func (l *Library) extends(p *Profile, name string) bool {
	for i := 0; p != nil && p.Extends != "" && i < len(l.byName); i++ {
		if p.Extends == name {
			return true
		}
		p = l.byName[p.Extends]
	}
	return false
}

// score is how closely the match fits: 0 not at all; a longer prefix of
// sysObjectID beats a shorter one, any of them beats sysDescr, and that beats an
// instance that exists.
func (m *Match) score(id facility.Identity, answers func(string) bool) int {
	score := 0
	if m.SysObjectID != nil {
		best := 0
		for _, prefix := range m.SysObjectID {
			if id.SysObjectID == prefix || strings.HasPrefix(id.SysObjectID, prefix+".") {
				best = max(best, 1000+10*strings.Count(prefix, "."))
			}
		}
		if best == 0 {
			return 0
		}
		score += best
	}
	if m.SysDescr != nil {
		if !m.SysDescr.MatchString(id.SysDescr) {
			return 0
		}
		score += 100
	}
	if m.Answers != "" {
		if answers == nil || !answers(m.Answers) {
			return 0
		}
		score++
	}
	return score
}
