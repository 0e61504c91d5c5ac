package profile

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"nezuban/internal/facility"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// A Library is a set of device profiles by name. It is never changed after
// loading.
type Library struct{ shelf[*Profile] }

func (p *Profile) name() string { return p.Name }
func (p *Profile) file() string { return p.File }

func isDeviceFile(name string) bool { return !isAgentFile(name) }

// Builtin returns the profiles that come with the program. An error means that
// the program was built with a broken profile.
func Builtin() (*Library, error) { return readBuiltin() }

// readBuiltin reads them once: they are many, and a library is never changed.
var readBuiltin = sync.OnceValues(func() (*Library, error) {
	s, fresh, problems := read(nil, builtin, "builtin", "builtin", isDeviceFile, parse)
	l := &Library{s}
	if problems = append(problems, l.extend(fresh)...); len(problems) > 0 {
		return nil, fmt.Errorf("read builtin profiles: %w", broken(problems))
	}
	return l, nil
})

// Load returns base with the profiles of dir on top; one of the same name
// replaces the builtin one. A dir that does not exist adds nothing. Profiles
// with problems are left out.
func Load(base *Library, dir string) (*Library, []facility.Problem) {
	fsys, prefix, problems := directory(dir)
	if fsys == nil {
		return base, problems
	}
	s, fresh, problems := read(&base.shelf, fsys, ".", prefix, isDeviceFile, parse)
	l := &Library{s}
	problems = append(problems, l.extend(fresh)...)
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
	for _, name := range slices.Sorted(maps.Keys(fresh)) {
		resolve(name, nil)
	}
	l.sort()
	return problems
}

func inherit(p, parent *Profile) {
	if p.Kind == "" {
		p.Kind, p.Category = parent.Kind, parent.Category
	}
	if p.Vendor == "" {
		p.Vendor = parent.Vendor
	}
	for _, f := range []struct{ own, theirs *Source }{
		{&p.Identity.Vendor, &parent.Identity.Vendor}, {&p.Identity.Model, &parent.Identity.Model},
		{&p.Identity.Serial, &parent.Identity.Serial},
	} {
		if *f.own == (Source{}) {
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

// Probes lists what profiles ask for to recognise a device that shows this
// identity, sorted: instances, and objects below which there must be one.
func (l *Library) Probes(id facility.Identity) (instances, below []string) {
	for _, p := range l.byName {
		for i := range p.Match {
			if m := &p.Match[i]; m.system(id) > 0 || m.SysObjectID == nil && m.SysDescr == nil {
				instances = append(instances, m.Answers, m.ValueOID)
				below = append(below, m.Has)
			}
		}
	}
	clean := func(list []string) []string {
		slices.Sort(list)
		return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
	}
	return clean(instances), clean(below)
}

// Seen is what a device showed of itself when it was asked for Probes.
type Seen struct {
	Identity facility.Identity
	Text     func(oid string) (string, bool) // an instance's value as text; false: there is none
	Below    func(oid string) bool           // whether there is an instance below
}

// Identify returns the profiles that recognise the device, the most specific
// first and generic ones last; several may apply, as a maker's own beside IF-MIB.
// A profile that another one found extends is left out, since that one holds it.
func (l *Library) Identify(seen Seen) []*Profile {
	type found struct {
		p     *Profile
		score int
	}
	var hits []found
	for _, name := range l.names {
		p, best := l.byName[name], 0
		for i := range p.Match {
			best = max(best, p.Match[i].score(seen))
		}
		switch {
		case best > 0 && p.Generic:
			hits = append(hits, found{p, best})
		case best > 0:
			hits = append(hits, found{p, best + 1e6})
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

// system is how closely the match fits what the system group says: 0 where it
// asks nothing of it or does not fit.
func (m *Match) system(id facility.Identity) int {
	score := 0
	if m.SysObjectID != nil {
		best := 0
		for _, prefix := range m.SysObjectID {
			if own := id.SysObjectID; own == prefix || strings.HasPrefix(own, prefix+".") {
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
	return score
}

// score is how closely the match fits: 0 not at all; a longer prefix of
// sysObjectID beats a shorter one, any of them beats sysDescr, and that beats
// what exists.
func (m *Match) score(seen Seen) int {
	score := m.system(seen.Identity)
	if score == 0 && (m.SysObjectID != nil || m.SysDescr != nil) {
		return 0
	}
	if m.ValueOID != "" {
		text, there := seen.text(m.ValueOID)
		if !there || m.Value == nil || !m.Value.MatchString(text) {
			return 0
		}
		score += 50
	}
	if m.Answers != "" {
		if _, there := seen.text(m.Answers); !there {
			return 0
		}
		score++
	}
	if m.Has != "" {
		if seen.Below == nil || !seen.Below(m.Has) {
			return 0
		}
		score++
	}
	return score
}

func (s *Seen) text(oid string) (string, bool) {
	if s.Text == nil {
		return "", false
	}
	return s.Text(oid)
}
