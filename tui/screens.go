package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/i18n"
	"nezuban/tui/screen/alarm"
	"nezuban/tui/screen/alarms"
	"nezuban/tui/screen/approvals"
	"nezuban/tui/screen/badactors"
	"nezuban/tui/screen/device"
	"nezuban/tui/screen/devices"
	"nezuban/tui/screen/fire"
	"nezuban/tui/screen/help"
	"nezuban/tui/screen/overview"
	"nezuban/tui/screen/power"
	"nezuban/tui/screen/target"
	"nezuban/tui/screen/targets"
	"nezuban/tui/session"
)

// A Screen is one component of the console. Update changes it and returns
// commands; View draws its fields in a size and does nothing else.
type Screen interface {
	Update(msg tea.Msg) tea.Cmd
	View(width, height int) string
	Title() string
	Keys() []session.Key
}

// A screenEntry is one line of the table of screens.
type screenEntry struct {
	name string                                          // of a session.Place and of the English command
	key  string                                          // number key; "" none
	word func(*i18n.Texts) (hint string, command string) // nil: not reachable by key or command
	make func(c *session.Context, o Options, arg string) Screen
}

// screens is the one list of them all.
var screens = []screenEntry{
	{"overview", "1", func(t *i18n.Texts) (string, string) { return t.Keys.Overview, t.Command.Overview }, func(c *session.Context, o Options, _ string) Screen { return overview.New(c, o.Operations) }},
	{"alarms", "2", func(t *i18n.Texts) (string, string) { return t.Keys.Alarms, t.Command.Alarms }, func(c *session.Context, o Options, arg string) Screen {
		return alarms.New(c, o.Operations, o.Journal, arg)
	}},
	{"power", "3", func(t *i18n.Texts) (string, string) { return t.Keys.Power, t.Command.Power }, func(c *session.Context, _ Options, _ string) Screen { return power.New(c) }},
	{"fire", "4", func(t *i18n.Texts) (string, string) { return t.Keys.Fire, t.Command.Fire }, func(c *session.Context, o Options, _ string) Screen { return fire.New(c, o.Operations) }},
	{"targets", "5", func(t *i18n.Texts) (string, string) { return t.Keys.Targets, t.Command.Targets }, func(c *session.Context, _ Options, _ string) Screen { return targets.New(c) }},
	{"devices", "6", func(t *i18n.Texts) (string, string) { return t.Keys.Devices, t.Command.Devices }, func(c *session.Context, _ Options, arg string) Screen { return devices.New(c, arg) }},
	{"approvals", "", func(t *i18n.Texts) (string, string) { return t.Keys.Approve, t.Command.Approvals }, func(c *session.Context, o Options, arg string) Screen { return approvals.New(c, o.Operations, arg) }},
	{"badactors", "", func(t *i18n.Texts) (string, string) { return t.Nuisance.Title, t.Command.BadActors }, func(c *session.Context, _ Options, _ string) Screen { return badactors.New(c) }},
	{"alarm", "", nil, func(c *session.Context, o Options, arg string) Screen {
		return alarm.New(c, o.Operations, o.Journal, arg)
	}},
	{"device", "", nil, func(c *session.Context, o Options, arg string) Screen { return device.New(c, o.Trends, o.Traps, arg) }},
	{"target", "", nil, func(c *session.Context, o Options, arg string) Screen { return target.New(c, o.Evidence, arg) }},
	{"help", "", nil, func(c *session.Context, _ Options, _ string) Screen { return help.New(c) }},
}

func screenNamed(name string) *screenEntry {
	for i := range screens {
		if screens[i].name == name {
			return &screens[i]
		}
	}
	return nil
}

func screenOnKey(key string) *screenEntry {
	for i := range screens {
		if screens[i].key == key && key != "" {
			return &screens[i]
		}
	}
	return nil
}
