package tui

import (
	"time"

	"github.com/charmbracelet/lipgloss"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/live"
	"nezuban/tui/action"
	"nezuban/tui/screen/alarm"
	"nezuban/tui/screen/device"
	"nezuban/tui/screen/target"
	"nezuban/tui/term"
)

// A Feed hands out snapshots. Subscribe's channel has room for one wake-up and
// is never waited for by the sender; the function ends the subscription.
type Feed interface {
	Snapshot() *live.Snapshot
	Subscribe() (<-chan struct{}, func())
}

// Operations are the commands of the service layer.
type Operations = action.Operations

// Trends reads history.
type Trends = device.Trends

// Journal reads the recorded events of an alarm.
type Journal = alarm.Journal

// Traps reads what SNMP traps of a device said.
type Traps = device.Traps

// Evidence says how a target's figure came about.
type Evidence = target.Evidence

// Options of one session.
type Options struct {
	Feed       Feed
	Operations Operations
	Trends     Trends   // nil: no history to show
	Journal    Journal  // nil: no log to show
	Traps      Traps    // nil: no traps to show
	Evidence   Evidence // nil: no evidence to show
	Clock      clock.Clock
	ShiftEnd   func(time.Time) time.Time // when the shift at an instant ends; nil: no shifts
	People     func() []string           // ids that an alarm may be assigned to; nil: any
	Person     duty.Person
	Language   string // "ja" or "en"; "" the person's, then the site's
	Glyphs     string // "unicode", "ascii" or "auto"
	Renderer   *lipgloss.Renderer
	Mode       string // word on the first line, "LIVE" or "DEMO"
}

// FixWidths makes ambiguous characters one cell wide whatever the locale says.
// main and test mains call it first.
func FixWidths() { term.FixWidths() }
