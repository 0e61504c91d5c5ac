package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"nezuban/internal/duty"
	"nezuban/internal/live"
)

// updating reports whether the golden files are to be written anew: -update, a
// flag that teatest brings.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// console is a model under test, driven without a program.
type console struct {
	t    *testing.T
	m    *Model
	feed *fakeFeed
	ops  *fakeOps
	clk  *fixedClock
}

func newConsole(t *testing.T, p duty.Person, lang, glyphs string, profile termenv.Profile) *console {
	t.Helper()
	return consoleOf(t, facilitySnapshot(), p, lang, glyphs, profile)
}

// newModelConsole is a console on the facility with models.
func newModelConsole(t *testing.T, p duty.Person, lang, glyphs string, profile termenv.Profile) *console {
	t.Helper()
	return consoleOf(t, modelSnapshot(), p, lang, glyphs, profile)
}

func consoleOf(t *testing.T, s *live.Snapshot, p duty.Person, lang, glyphs string, profile termenv.Profile) *console {
	t.Helper()
	return consoleWith(t, s, p, lang, glyphs, profile, fakeJournal{})
}

func consoleWith(t *testing.T, s *live.Snapshot, p duty.Person, lang, glyphs string, profile termenv.Profile, journal Journal) *console {
	t.Helper()
	c := &console{t: t, feed: &fakeFeed{snap: s, once: true}, ops: &fakeOps{}, clk: &fixedClock{t: now}}
	c.m = newModel(Options{
		Feed: c.feed, Operations: c.ops, Trends: fakeTrends{}, Traps: fakeTraps{}, Journal: journal, Evidence: fakeEvidence{}, Clock: c.clk,
		Person: p, Language: lang, Glyphs: glyphs, Renderer: renderer(profile),
		ShiftEnd: func(time.Time) time.Time { return now.Add(10*time.Hour + 15*time.Minute + 53*time.Second) },
		People:   func() []string { return []string{"mori", "sato", "tanaka"} },
	})
	c.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	c.pull()
	return c
}

// pull shows the model the feed's snapshot as its own command would.
func (c *console) pull() { c.send(pulled{c.feed.Snapshot(), c.clk.Now()}) }

// send updates the model and runs the commands that answer at once.
func (c *console) send(msg tea.Msg) {
	_, cmd := c.m.Update(msg)
	c.run(cmd)
}

func (c *console) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil, pulled:
	case tea.BatchMsg:
		for _, one := range msg {
			c.run(one)
		}
	case tea.QuitMsg:
		c.t.Log("quit")
	default:
		c.send(msg)
	}
}

// press presses keys by name; "text:…" types.
func (c *console) press(keys ...string) {
	for _, k := range keys {
		if typed, ok := strings.CutPrefix(k, "text:"); ok {
			c.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(typed)})
			continue
		}
		switch k {
		case "ctrl+c":
			c.send(tea.KeyMsg{Type: tea.KeyCtrlC})
		case "backspace":
			c.send(tea.KeyMsg{Type: tea.KeyBackspace})
		default:
			c.send(keyNamed(k))
		}
	}
}

// screen is the view without styles.
func (c *console) screen() string { return ansi.Strip(c.m.View()) }

func (c *console) want(parts ...string) {
	c.t.Helper()
	for _, p := range parts {
		if !strings.Contains(c.screen(), p) {
			c.t.Fatalf("screen does not show %q:\n%s", p, c.screen())
		}
	}
}

func (c *console) wantNot(parts ...string) {
	c.t.Helper()
	for _, p := range parts {
		if strings.Contains(c.screen(), p) {
			c.t.Fatalf("screen shows %q:\n%s", p, c.screen())
		}
	}
}

// fits checks that no line is wider and no frame higher than the terminal.
func fits(t *testing.T, view string, width, height int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) > height {
		t.Fatalf("%d lines in a terminal of %d:\n%s", len(lines), height, view)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w > width {
			t.Fatalf("line %d is %d cells in a terminal of %d: %q", i+1, w, width, l)
		}
	}
}

// golden compares with testdata/<test>/<name>.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(t.Name(), "/", "_"), name+".golden")
	if updating() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -update and look at the file", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it, then -update.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// places are the screens of the goldens and how one gets there.
var places = []struct {
	name string
	keys []string
}{
	{"overview", nil},
	{"alarms", []string{"2"}},
	{"alarm", []string{"2", "enter"}},
	{"acknowledge", []string{"2", "j", "a", "text:現地確認に出動"}},
	{"targets", []string{"5", "j"}},
	{"target", []string{"5", "j", "enter", "j"}},
	{"devices", []string{"6"}},
	{"device", []string{":", "text:ups-a2", "enter"}},
	{"trend", []string{":", "text:ups-a2", "enter", "j", "j", "j", "t"}},
	{"refused", []string{":", "text:crac-3c-03", "enter"}},
	{"dead", []string{":", "text:pdu-dead", "enter"}},
	{"traps", []string{":", "text:hub-1", "enter", "e"}},
	{"help", []string{"2", "?"}},
	{"no-oneline", []string{"3"}},
	{"no-zones", []string{"4"}},
}

// modelPlaces are those on the facility with models, groups and suppressions.
var modelPlaces = []struct {
	name string
	keys []string
}{
	{"model-overview", nil},
	{"groups", []string{"2"}},
	{"group-open", []string{"2", "o", "j"}},
	{"group-root", []string{"2", "enter"}},
	{"views", []string{"2", "v", "j"}},
	{"shelved", []string{":", "text:shelved", "enter"}},
	{"shelve", []string{"2", "j", "j", "s"}},
	{"shelve-reason", []string{"2", "j", "j", "s", "text:2", "enter", "text:扉修理待ち"}},
	{"service", []string{"2", "j", "j", "z", "text:MOC-2240", "enter"}},
	{"approvals", []string{":", "text:approvals", "enter"}},
	{"badactors", []string{":", "text:badactors", "enter"}},
	{"power", []string{"3"}},
	{"power-load", []string{"3", "G"}},
	{"what-if", []string{"3", "j", "j", "j", "l", "w"}},
	{"single-points", []string{"3", "L"}},
	{"fire", []string{"4"}},
	{"fire-permit", []string{"4", "G"}},
}

func TestGolden(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		for _, lang := range []string{"en", "ja"} {
			for _, p := range places {
				name := fmt.Sprintf("%s-%dx%d-%s", p.name, size[0], size[1], lang)
				c := newConsole(t, operator(), lang, "unicode", termenv.Ascii)
				c.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				c.press(p.keys...)
				got := c.m.View()
				fits(t, got, size[0], size[1])
				golden(t, name, got)
			}
			for _, p := range modelPlaces {
				name := fmt.Sprintf("%s-%dx%d-%s", p.name, size[0], size[1], lang)
				c := newModelConsole(t, lead(), lang, "unicode", termenv.Ascii)
				c.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				c.press(p.keys...)
				got := c.m.View()
				fits(t, got, size[0], size[1])
				golden(t, name, got)
			}
		}
	}
}

// TestEverySizeGlyphSetAndProfile holds what the goldens do not cover by
// properties: the frame fits, ASCII is ASCII, no colour means no SGR.
func TestEverySizeGlyphSetAndProfile(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {81, 25}, {100, 30}, {120, 36}, {132, 43}, {200, 60}, {300, 24}, {80, 100}} {
		for _, lang := range []string{"en", "ja"} {
			for _, glyphs := range []string{"unicode", "ascii"} {
				for _, profile := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor} {
					for _, p := range places {
						c := newConsole(t, operator(), lang, glyphs, profile)
						c.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
						c.press(p.keys...)
						view := c.m.View()
						fits(t, view, size[0], size[1])
						if profile == termenv.Ascii && strings.Contains(view, "\x1b") {
							t.Fatalf("%s %v %s: escape sequence without colours: %q", p.name, size, lang, view)
						}
						if glyphs == "ascii" && lang == "en" && p.name != "acknowledge" {
							asciiOnly(t, p.name, ansi.Strip(view))
						}
					}
					for _, p := range modelPlaces {
						c := newModelConsole(t, lead(), lang, glyphs, profile)
						c.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
						c.press(p.keys...)
						view := c.m.View()
						fits(t, view, size[0], size[1])
						if profile == termenv.Ascii && strings.Contains(view, "\x1b") {
							t.Fatalf("%s %v %s: escape sequence without colours: %q", p.name, size, lang, view)
						}
						if glyphs == "ascii" && lang == "en" {
							asciiOnly(t, p.name, ansi.Strip(view))
						}
					}
				}
			}
		}
	}
}

// asciiOnly allows the Japanese names of the facility and nothing else.
func asciiOnly(t *testing.T, name, view string) {
	t.Helper()
	for _, r := range view {
		switch {
		case r < 0x7f:
		case r >= 0x3000 && r <= 0x9fff, r >= 0xff00 && r <= 0xffef:
		default:
			t.Fatalf("%s: %q (%U) in the ASCII glyph set:\n%s", name, r, r, view)
		}
	}
}
