package profile

import (
	"fmt"

	"nezuban/internal/facility"
)

// An AgentLibrary is a set of agent profiles by name. It is never changed after
// loading.
type AgentLibrary struct{ shelf[*AgentProfile] }

func (p *AgentProfile) name() string { return p.Name }
func (p *AgentProfile) file() string { return p.File }

// BuiltinAgents returns the agent profiles that come with the program. An error
// means that the program was built with a broken profile.
func BuiltinAgents() (*AgentLibrary, error) {
	s, _, problems := read(nil, builtin, "builtin", "builtin", isAgentFile, parseAgent)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read builtin agent profiles: %w", broken(problems))
	}
	return &AgentLibrary{s}, nil
}

// LoadAgents returns base with the agent-*.yaml of dir on top; one of the same
// name replaces the builtin one. A dir that does not exist adds nothing.
// Profiles with problems are left out.
func LoadAgents(base *AgentLibrary, dir string) (*AgentLibrary, []facility.Problem) {
	fsys, prefix, problems := directory(dir)
	if fsys == nil {
		return base, problems
	}
	s, _, problems := read(&base.shelf, fsys, ".", prefix, isAgentFile, parseAgent)
	return &AgentLibrary{s}, problems
}
