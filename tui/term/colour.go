package term

import (
	"strings"

	"github.com/muesli/termenv"
)

// Profile chooses the colours of a session from what its client says of itself:
// NO_COLOR first, then COLORTERM, then TERM. environ holds NAME=value.
func Profile(name string, environ []string) termenv.Profile {
	env := map[string]string{}
	for _, e := range environ {
		if k, v, ok := strings.Cut(e, "="); ok {
			env[k] = v
		}
	}
	if name == "" {
		name = env["TERM"]
	}
	switch {
	case env["NO_COLOR"] != "", name == "", name == "dumb", strings.HasPrefix(name, "vt1"), strings.HasPrefix(name, "vt2"):
		return termenv.Ascii
	case env["COLORTERM"] == "truecolor", env["COLORTERM"] == "24bit":
		return termenv.TrueColor
	case strings.Contains(name, "256color"), strings.HasPrefix(name, "tmux"), strings.HasPrefix(name, "alacritty"), strings.HasPrefix(name, "xterm-kitty"), strings.HasPrefix(name, "foot"):
		return termenv.ANSI256
	}
	return termenv.ANSI
}
