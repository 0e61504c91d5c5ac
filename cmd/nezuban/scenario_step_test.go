package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/live"
	"nezuban/internal/ops"
)

func (s *scene) step(words []string) error {
	switch words[0] {
	case "fault":
		s.since = s.clock.Now()
		return s.facility.Inject(words[1])
	case "clear":
		s.since = s.clock.Now()
		return s.facility.Clear(words[1])
	case "within", "hold":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			return err
		}
		check, err := s.check(words[2:])
		if err != nil {
			return err
		}
		if words[0] == "hold" {
			return s.hold(d, check)
		}
		return s.wait(d, check)
	case "shelve":
		_, err := s.daemon.ops.Shelve(s.Context(), s.person, ops.ShelveRequest{Filter: strings.Join(words[1:], " "), For: time.Hour, Reason: "the scene says so"})
		return err
	case "acknowledge":
		return s.each(func(o alarm.Occurrence) bool { return !o.IsAcked }, s.daemon.ops.Acknowledge)
	case "reset":
		return s.each(func(o alarm.Occurrence) bool { return o.State() == alarm.Latched }, s.daemon.ops.Reset)
	case "console":
		return s.console(words[1])
	}
	return fmt.Errorf("no such step")
}

type commandOf func(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error)

// each carries out a command on every standing alarm that it is for. One that
// changes meanwhile is no failure: the next line of the scene says what must be.
func (s *scene) each(of func(alarm.Occurrence) bool, do commandOf) error {
	for _, o := range s.daemon.ops.Standing() {
		if !of(o) {
			continue
		}
		if _, err := do(s.Context(), s.person, o.ID, 0, "as the scene says"); err != nil {
			return err
		}
	}
	return nil
}

func (s *scene) check(words []string) (func() error, error) {
	need := map[string]int{"root": 3, "life": 3, "no": 2, "event": 2, "nuisance": 3, "state": 3}
	if len(words) == 0 || len(words) < need[words[0]] {
		return nil, fmt.Errorf("what must be?")
	}
	switch words[0] {
	case "root":
		if name := words[1] + " " + words[2]; !slices.Contains(s.roots, name) {
			s.roots = append(s.roots, name)
		}
		return func() error { return s.root(words[1], words[2], words[3:]) }, nil
	case "only":
		return s.only, nil
	case "life":
		return func() error { return s.life(words[1], words[2], words[3:]) }, nil
	case "no":
		return func() error {
			return s.all(func(o *alarm.Occurrence) bool { return o.Rule != words[1] }, "stands")
		}, nil
	case "none":
		return func() error {
			return s.all(func(o *alarm.Occurrence) bool { return !o.Active }, "is active")
		}, nil
	case "normal":
		s.roots = nil
		return func() error { return s.all(func(*alarm.Occurrence) bool { return false }, "stands") }, nil
	case "event":
		return func() error { return s.event(words[1]) }, nil
	case "nuisance":
		return func() error { return s.nuisance(words[1], words[2]) }, nil
	case "state":
		return func() error { return s.state(words[1], words[2]) }, nil
	}
	return nil, fmt.Errorf("%s: no such thing can be checked", words[0])
}

func (s *scene) all(of func(*alarm.Occurrence) bool, what string) error {
	snap := s.daemon.table.Snapshot()
	for i := range snap.Standing {
		if o := &snap.Standing[i]; !of(o) && !aboutTargets(o) {
			return fmt.Errorf("%s on %s %s", o.Rule, o.Device, what)
		}
	}
	return nil
}

// aboutTargets reports whether an alarm says that a target is missed or its budget
// going. How long a machine takes to play a scene decides whether it stands, so it
// is no part of any scene.
func aboutTargets(o *alarm.Occurrence) bool {
	return o.Rule == live.RuleTargetBurn || o.Rule == live.RuleTargetBreach
}

// lines are the standing alarms that an operator reads as lines of their own.
func lines(snap *live.Snapshot) (out []*alarm.Occurrence) {
	for i := range snap.Standing {
		if o := &snap.Standing[i]; !aboutTargets(o) && alarm.Place(*o, snap.Grouping, false) == alarm.Line {
			out = append(out, o)
		}
	}
	return out
}

func ruleOf(snap *live.Snapshot, id string) string {
	for i := range snap.Standing {
		if snap.Standing[i].ID == id {
			return snap.Standing[i].Rule + " " + string(snap.Standing[i].Device)
		}
	}
	return id
}

func (s *scene) root(rule, device string, more []string) error {
	snap := s.daemon.table.Snapshot()
	var root *alarm.Occurrence
	for _, o := range lines(snap) {
		if o.Rule == rule && string(o.Device) == device {
			root = o
		}
	}
	if root == nil {
		return fmt.Errorf("no line %s on %s", rule, device)
	}
	for _, w := range more {
		n, err := strconv.Atoi(strings.TrimPrefix(w, "members>="))
		if err != nil {
			return fmt.Errorf("%s: want members>=N", w)
		}
		if group, _ := snap.Grouping.Group(root.ID); len(group.Members) < n {
			return fmt.Errorf("%s on %s has %d consequences behind it", rule, device, len(group.Members))
		}
	}
	return nil
}

func (s *scene) only() error {
	for _, o := range lines(s.daemon.table.Snapshot()) {
		if o.Class != alarm.LifeSafety && !slices.Contains(s.roots, o.Rule+" "+string(o.Device)) {
			return fmt.Errorf("%s on %s stands as a line of its own", o.Rule, o.Device)
		}
	}
	return nil
}

func (s *scene) life(rule, device string, more []string) error {
	snap := s.daemon.table.Snapshot()
	for _, o := range lines(snap) {
		if o.Rule != rule || string(o.Device) != device {
			continue
		}
		for _, w := range more {
			if z := strings.TrimPrefix(w, "zone="); !strings.Contains(o.Zone, z) {
				return fmt.Errorf("%s on %s names the zone %q, not %s", rule, device, o.Zone, z)
			}
		}
		switch {
		case o.Class != alarm.LifeSafety:
			return fmt.Errorf("%s is of class %s", rule, o.Class)
		case snap.Grouping.RootOf[o.ID] != "" || o.IsSuppressed():
			return fmt.Errorf("%s on %s is held back or grouped: %s", rule, device, o.Shown())
		}
		return nil
	}
	return fmt.Errorf("no line %s on %s", rule, device)
}

func (s *scene) event(rule string) error {
	snap := s.daemon.table.Snapshot()
	if err := s.all(func(o *alarm.Occurrence) bool { return o.Rule != rule }, "stands as an alarm"); err != nil {
		return err
	}
	for _, h := range snap.Happenings {
		if h.Rule == rule {
			return nil
		}
	}
	return fmt.Errorf("%s was not noted", rule)
}

func (s *scene) nuisance(kind, rule string) error {
	for _, n := range s.daemon.table.Snapshot().Nuisances {
		if n.Kind == kind && n.Rule == rule {
			return nil
		}
	}
	return fmt.Errorf("%s is not listed as %s", rule, kind)
}

func (s *scene) state(rule, word string) error {
	snap := s.daemon.table.Snapshot()
	shown := "nothing"
	for i := range snap.Standing {
		if o := &snap.Standing[i]; o.Rule == rule {
			if shown = string(o.Shown()); shown == word {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is shown as %s", rule, shown)
}

// console looks at every root over SSH, as an operator would, and wants to read
// cause, consequence, action and time allowed of each in the language.
func (s *scene) console(language string) error {
	if err := s.daemon.ops.SetLanguage(s.Context(), s.person, language); err != nil {
		return err
	}
	screen, err := join(s.daemon.dir, s.daemon.sshAddress(), 200, 60)
	if err != nil {
		return err
	}
	defer screen.close()
	snap := s.daemon.table.Snapshot()
	for _, o := range lines(snap) {
		if !slices.Contains(s.roots, o.Rule+" "+string(o.Device)) && o.Class != alarm.LifeSafety {
			continue
		}
		rule := snap.Rules[o.Rule]
		g := rule.Text
		want := []string{o.ID, g.Consequence.In(language), g.Action[0].In(language), g.Causes[0].In(language), strconv.Itoa(int(rule.TimeToRespond.Minutes()))}
		if err := screen.find(want); err != nil {
			return fmt.Errorf("console %s, %s: %w", language, o.Rule, err)
		}
	}
	return nil
}

// logTo gives a scene's log to its test: it is shown where the scene fails.
func logTo(t *testing.T) io.Writer {
	file, err := os.Create(filepath.Join(t.TempDir(), "nezuban.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		file.Close()
		if t.Failed() {
			if b, err := os.ReadFile(file.Name()); err == nil {
				t.Logf("log:\n%s", b[max(0, len(b)-8000):])
			}
		}
	})
	return file
}
