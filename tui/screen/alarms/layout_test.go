package alarms

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/live"
	"nezuban/tui/session"
	"nezuban/tui/theme"
)

var start = time.Date(2026, 11, 22, 13, 14, 7, 0, time.UTC)

// crowd is any set of standing alarms with any grouping over it.
func crowd(r *rand.Rand) *live.Snapshot {
	s := &live.Snapshot{Grouping: alarm.Grouping{RootOf: map[string]string{}}}
	n := r.IntN(40)
	for i := range n {
		o := alarm.Occurrence{ID: fmt.Sprintf("ALM-%03d", i), Revision: 1, Rule: "R", Device: "d", Priority: facility.Priority(1 + r.IntN(4)), Active: true, IsAcked: r.IntN(2) == 0, RaisedAt: start,
			Class: []alarm.Class{alarm.LifeSafety, alarm.Redundancy, alarm.Environment}[r.IntN(3)]}
		switch r.IntN(6) {
		case 0:
			o.Shelve = &alarm.Suppression{Until: start.Add(time.Hour)}
		case 1:
			o.Design = "ALM-000"
		case 2:
			o.Service = &alarm.Suppression{}
		}
		s.Standing = append(s.Standing, o)
	}
	for i := range s.Standing {
		o := &s.Standing[i]
		if o.Class == alarm.LifeSafety || i < n/3 || n < 3 { // the first third are roots
			continue
		}
		root := s.Standing[r.IntN(n/3)]
		if root.Class == alarm.LifeSafety || r.IntN(3) == 0 {
			continue
		}
		s.Grouping.RootOf[o.ID] = root.ID
		at := slices.IndexFunc(s.Grouping.Groups, func(g alarm.Group) bool { return g.Root == root.ID })
		if at < 0 {
			s.Grouping.Groups = append(s.Grouping.Groups, alarm.Group{Root: root.ID, Priority: root.Priority})
			at = len(s.Grouping.Groups) - 1
		}
		g := &s.Grouping.Groups[at]
		g.Members, g.Priority = append(g.Members, o.ID), min(g.Priority, o.Priority)
		if !o.IsAcked && o.Priority < root.Priority {
			g.Alone = append(g.Alone, o.ID)
		}
	}
	slices.SortFunc(s.Grouping.Groups, func(a, b alarm.Group) int { return len(a.Root) - len(b.Root) })
	slices.SortFunc(s.Grouping.Groups, func(a, b alarm.Group) int {
		if a.Root < b.Root {
			return -1
		}
		return 1
	})
	s.Floods = []live.Flood{{Position: "all", Active: r.IntN(2) == 0}}
	return s
}

// TestEveryStandingAlarmIsInExactlyOnePlace: on one line, behind the closed line
// of its root, or behind the line of the flood; whatever is opened, none twice
// and none nowhere. Life safety and P1 and P2 are never behind the flood.
func TestEveryStandingAlarmIsInExactlyOnePlace(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 11))
		snap := crowd(r)
		c := &session.Context{T: i18n.For("en"), Now: start}
		c.Show(snap)
		s := New(c, nil, nil, "")
		for i := range snap.Standing {
			if r.IntN(3) == 0 {
				s.opened[snap.Standing[i].ID] = true
			}
		}
		s.opened[floodLine] = r.IntN(2) == 0
		s.Update(snap)

		on, deferred := map[string]int{}, 0
		for _, l := range s.layout.lines {
			if l.o == nil {
				if !l.open {
					deferred = l.held
				}
				continue
			}
			on[l.o.ID]++
		}
		behind := 0
		for i := range snap.Standing {
			o := &snap.Standing[i]
			switch on[o.ID] {
			case 1:
				continue
			case 0:
			default:
				t.Fatalf("seed %d: %s stands on %d lines", seed, o.ID, on[o.ID])
			}
			root, flood := snap.Grouping.RootOf[o.ID], snap.Floods[0].Active
			if place := alarm.Place(*o, snap.Grouping, flood); on[root] == 1 && !s.opened[root] &&
				(place == alarm.InGroup || place == alarm.Deferred && alarm.Place(*c.Standing(root), snap.Grouping, flood) == alarm.Deferred) {
				continue
			}
			if o.Class == alarm.LifeSafety || o.Priority <= facility.P2 {
				t.Fatalf("seed %d: %s (P%d, %s) is not on the list", seed, o.ID, o.Priority, o.Class)
			}
			behind++
		}
		if behind != deferred {
			t.Fatalf("seed %d: %d alarms are on no line, and the flood's line tells of %d", seed, behind, deferred)
		}
	}
}

func TestASuppressedRootStandsForItsConsequences(t *testing.T) {
	snap := &live.Snapshot{Standing: []alarm.Occurrence{
		{ID: "A", Revision: 1, Priority: facility.P2, Active: true, RaisedAt: start, Shelve: &alarm.Suppression{}},
		{ID: "B", Revision: 1, Priority: facility.P2, Active: true, RaisedAt: start},
	}}
	snap.Grouping = alarm.Grouping{Groups: []alarm.Group{{Root: "A", Members: []string{"B"}, Priority: facility.P2}}, RootOf: map[string]string{"B": "A"}}
	c := &session.Context{T: i18n.For("en"), Now: start}
	c.Show(snap)
	s := New(c, nil, nil, "")
	s.Update(snap)
	if len(s.layout.lines) != 1 || s.layout.lines[0].o.ID != "A" || s.layout.lines[0].members != 1 {
		t.Fatalf("lines %+v, want the shelved root with its consequence behind it", s.layout.lines)
	}
}

func TestAnAcknowledgedRootTellsOfThoseBehindItThatWait(t *testing.T) {
	snap := &live.Snapshot{Standing: []alarm.Occurrence{
		{ID: "A", Revision: 1, Priority: facility.P1, Active: true, IsAcked: true, RaisedAt: start},
		{ID: "B", Revision: 1, Priority: facility.P1, Active: true, RaisedAt: start},
		{ID: "C", Revision: 1, Priority: facility.P3, Active: true, RaisedAt: start},
		{ID: "D", Revision: 1, Priority: facility.P3, Active: true, IsAcked: true, RaisedAt: start},
	}}
	snap.Grouping = alarm.Grouping{Groups: []alarm.Group{{Root: "A", Members: []string{"B", "C", "D"}, Priority: facility.P1}}, RootOf: map[string]string{"B": "A", "C": "A", "D": "A"}}
	c := &session.Context{T: i18n.For("en"), Now: start, Theme: theme.New(lipgloss.NewRenderer(io.Discard), "unicode")}
	c.Show(snap)
	s := New(c, nil, nil, "")
	s.Update(snap)
	if tag, _ := s.times(s.layout.lines[0]); tag != "+3/2" {
		t.Errorf("behind an acknowledged root: %q, want +3/2", tag)
	}
	snap.Standing[0].IsAcked = false
	s.Update(snap)
	if tag, _ := s.times(s.layout.lines[0]); tag != "+3" {
		t.Errorf("behind a root that waits itself: %q, want +3", tag)
	}
}

func TestAFilterNeverHidesAConsequenceWhoseRootItHides(t *testing.T) {
	snap := &live.Snapshot{Standing: []alarm.Occurrence{
		{ID: "A", Revision: 1, Priority: facility.P2, Active: true, RaisedAt: start, Name: facility.Text{En: "source"}},
		{ID: "B", Revision: 1, Priority: facility.P3, Active: true, RaisedAt: start, Name: facility.Text{En: "rack"}},
	}}
	snap.Grouping = alarm.Grouping{Groups: []alarm.Group{{Root: "A", Members: []string{"B"}, Priority: facility.P2}}, RootOf: map[string]string{"B": "A"}}
	c := &session.Context{T: i18n.For("en"), Now: start}
	c.Show(snap)
	s := New(c, nil, nil, "rack")
	s.Update(snap)
	if len(s.layout.lines) != 1 || s.layout.lines[0].o.ID != "B" {
		t.Fatalf("lines %+v, want the consequence on a line of its own", s.layout.lines)
	}
}
