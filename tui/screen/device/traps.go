package device

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"nezuban/internal/facility"
	"nezuban/internal/text"
	"nezuban/tui/session"
)

// Traps reads what SNMP traps of a device said, the newest first.
type Traps interface {
	Traps(ctx context.Context, device facility.DeviceID, limit int) ([]facility.Trap, error)
}

const (
	// trapsRefresh is how often they are read again.
	trapsRefresh = 5 * time.Second
	trapsShown   = 50
)

// evidence is the last answer about traps.
type evidence struct {
	list []facility.Trap
	err  error
	at   time.Time // when it was asked for; zero: not yet
}

type evidenceMsg struct {
	to *Screen
	evidence
}

// readTraps asks for the device's traps when what is there is old.
func (s *Screen) readTraps() tea.Cmd {
	if s.traps == nil || s.view == nil || s.asking || !s.said.at.IsZero() && s.c.Now.Sub(s.said.at) < trapsRefresh {
		return nil
	}
	s.asking = true
	traps, id, at := s.traps, s.id, s.c.Now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), trendLimit)
		defer cancel()
		list, err := traps.Traps(ctx, id, trapsShown)
		return evidenceMsg{s, evidence{list, err, at}}
	}
}

// lastTrap is a line about the newest trap; "" where there is none.
func (s *Screen) lastTrap() string {
	if len(s.said.list) == 0 {
		return ""
	}
	t := &s.said.list[0]
	return session.Join(s.c.T.Device.LastTrap+" "+s.c.Clock(t.At), trapName(t), s.trapKind(t))
}

func trapName(t *facility.Trap) string {
	if t.Name != "" {
		return t.Name
	}
	return t.OID
}

// trapKind says how the trap came and whether anybody signed it.
func (s *Screen) trapKind(t *facility.Trap) string {
	kind := t.Version
	if t.Inform {
		kind += " " + s.c.T.Device.Inform
	}
	if t.User == "" {
		return kind + " " + s.c.T.Device.Unsigned
	}
	return kind + " " + t.User
}

// evidenceView draws what traps said: it is evidence, and the values above are
// what the device answers.
func (s *Screen) evidenceView(width, height int) []string {
	th, t := s.c.Theme, &s.c.T.Device
	out := []string{th.Rule(width), " " + th.Strong.Paint(text.Cut(t.Traps, width-2, th.Glyphs.Tail))}
	say := func(word string) []string { return append(out, "", "   "+th.Normal.Paint(word)) }
	switch {
	case s.said.err != nil:
		why, _ := text.Clean(s.said.err.Error(), width)
		return say(t.TrapsFailed + " " + why)
	case s.said.at.IsZero() && s.traps != nil:
		return say(t.TrendLoading)
	case len(s.said.list) == 0:
		return say(t.NoTraps)
	}
	for i := range s.said.list {
		if len(out) >= height {
			break
		}
		x := &s.said.list[i]
		var vars []string
		for _, v := range x.Varbinds {
			vars = append(vars, v.OID+"="+v.Value)
		}
		line, _ := text.Clean(session.Join(s.c.Short(x.At), trapName(x), s.trapKind(x), strings.Join(vars, " ")), 4*width)
		out = append(out, " "+th.Normal.Paint(text.Cut(line, width-2, th.Glyphs.Tail)))
	}
	return out
}

// shares names the devices with the same SNMPv3 engine id; "" none.
func (s *Screen) shares() string {
	if s.view == nil || s.view.Identity.EngineID == "" {
		return ""
	}
	var ids []string
	for id, d := range s.c.Devices {
		if id != s.id && d.Identity.EngineID == s.view.Identity.EngineID {
			ids = append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return s.c.T.Device.SharesEngine(strings.Join(slices.Sorted(slices.Values(ids)), ", "))
}
