package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"nezuban/collectors/profile"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// vocabulary is what profiles can say at all: the names of states by metric, and
// the metrics by profile.
type vocabulary struct {
	states   map[string][]string
	profiles map[string][]string
	kinds    map[string][]string // metrics by the kind of device that a profile is for
	names    []string
	agents   []string // names of profiles for agents
}

// loadProfiles reads the builtin profiles and those of profiles/.
func (l *loader) loadProfiles() {
	base, err := profile.Builtin()
	if err != nil {
		l.add(strict.Place{File: "builtin/profiles"}, err.Error(), "this is a fault of the program, not of the site")
		return
	}
	l.yamlFiles("profiles")
	lib, problems := profile.Load(base, filepath.Join(l.dir, "profiles"))
	l.probs.Append(problems...)
	l.site.Profiles = lib
	agents, err := profile.BuiltinAgents()
	if err != nil {
		l.add(strict.Place{File: "builtin/profiles"}, err.Error(), "this is a fault of the program, not of the site")
		return
	}
	agents, problems = profile.LoadAgents(agents, filepath.Join(l.dir, "profiles"))
	l.probs.Append(problems...)
	l.site.AgentProfiles = agents
	l.known = vocabularyOf(lib, agents)
}

func vocabularyOf(lib *profile.Library, agents *profile.AgentLibrary) vocabulary {
	v := vocabulary{states: map[string][]string{}, profiles: map[string][]string{}, kinds: map[string][]string{}, names: lib.Names(), agents: agents.Names()}
	learn := func(metric string, states []facility.State) {
		for _, s := range states {
			if !slices.Contains(v.states[metric], s.Name) {
				v.states[metric] = append(v.states[metric], s.Name)
			}
		}
	}
	for _, m := range contactMetrics {
		learn(m, profile.ContactStates(m))
	}
	for _, m := range facility.Metrics() {
		learn(m.Name, facility.ModelStates(m.Name))
	}
	for _, p := range lib.All() {
		quantities := func(list []profile.Quantity) {
			for i := range list {
				q := &list[i]
				learn(q.Metric.Name, q.States)
				if !slices.Contains(v.profiles[p.Name], q.Metric.Name) {
					v.profiles[p.Name] = append(v.profiles[p.Name], q.Metric.Name)
					v.kinds[p.Kind] = append(v.kinds[p.Kind], q.Metric.Name)
				}
			}
		}
		quantities(p.Points)
		for i := range p.Tables {
			quantities(p.Tables[i].Columns)
		}
	}
	for _, p := range agents.All() {
		for _, q := range p.Points {
			learn(q.Metric.Name, q.States)
		}
	}
	return v
}

// profileName checks a profile that the inventory forces.
func (l *loader) profileName(s strict.Str, engine string) {
	known := l.known.names
	if engine == "agent" {
		known = l.known.agents
	}
	if len(known) > 0 && !slices.Contains(known, s.V) {
		l.add(s.Place, fmt.Sprintf("profile %q is not known", s.V), strict.Suggest(s.V, known))
	}
}

func suggestMetric(name string) string {
	var names []string
	for _, m := range facility.Metrics() {
		names = append(names, m.Name)
	}
	if hint := strict.Suggest(name, names); hint != "" {
		return hint
	}
	return "`nezuban metrics` prints them all"
}

// stateNames checks names of states against what any profile can report.
func (l *loader) stateNames(list []strict.Str, metric string) {
	for _, s := range list {
		l.stateName(s.Place, s.V, metric)
	}
	if len(list) > 0 && len(l.known.states[metric]) == 0 && l.site.Profiles != nil {
		l.warn(list[0].Place, "no profile reports "+metric+", so its states are not checked: "+strings.Join(values(list), ", "), "")
	}
}

func (l *loader) stateName(at strict.Place, name, metric string) {
	if known := l.known.states[metric]; len(known) > 0 && !slices.Contains(known, name) {
		l.add(at, fmt.Sprintf("no profile reports the state %q for %s", name, metric), strict.Suggest(name, known))
	}
}
