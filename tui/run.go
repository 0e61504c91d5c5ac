package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	xterm "golang.org/x/term"

	"nezuban/tui/term"
)

// framesPerSecond of the renderer: enough for people, thrifty on the processor.
const framesPerSecond = 15

// Run shows the console in the foreground of this process until the person
// leaves or ctx ends; both are no error.
func Run(ctx context.Context, in *os.File, out *os.File, o Options) error {
	if !xterm.IsTerminal(int(in.Fd())) || !xterm.IsTerminal(int(out.Fd())) {
		return errNoTerminal
	}
	if o.Renderer == nil {
		o.Renderer = lipgloss.NewRenderer(out)
		o.Renderer.SetColorProfile(term.Profile(os.Getenv("TERM"), os.Environ()))
		o.Renderer.SetHasDarkBackground(true)
	}
	if o.Glyphs == "auto" || o.Glyphs == "" {
		g, err := probe(in, out)
		if err != nil {
			return fmt.Errorf("probe terminal: %w", err)
		}
		o.Glyphs = g
	}
	m := newModel(o)
	w := foreground{File: out, w: term.Writer{Out: out, Caret: m.Caret()}}
	p := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(w),
		tea.WithAltScreen(), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond))
	if _, err := p.Run(); err != nil && ctx.Err() == nil && !errors.Is(err, tea.ErrInterrupted) {
		return fmt.Errorf("run console: %w", err)
	}
	return nil
}

// foreground is the terminal's file, so that bubbletea still finds its size,
// with the writes passed through the caret's writer.
type foreground struct {
	*os.File
	w io.Writer
}

func (f foreground) Write(p []byte) (int, error) { return f.w.Write(p) }

// probe asks the terminal how wide it draws ─. The read has a deadline where the
// system allows it; a terminal that does not answer is taken for a good one.
func probe(in, out *os.File) (string, error) {
	old, err := xterm.MakeRaw(int(in.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = xterm.Restore(int(in.Fd()), old) }()
	return probeRaw(in, out, term.ProbeLimit)
}

func probeRaw(in, out *os.File, limit time.Duration) (string, error) {
	if _, err := io.WriteString(out, term.Probe); err != nil {
		return "", err
	}
	var got []byte
	buf := make([]byte, 64)
	for waitReadable(in, limit) {
		n, err := in.Read(buf)
		if err != nil || n == 0 {
			break
		}
		got = append(got, buf[:n]...)
		if g, _, ok := term.Answer(got); ok {
			return g, nil
		}
	}
	return "unicode", nil
}
