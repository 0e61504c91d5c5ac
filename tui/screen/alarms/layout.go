package alarms

import (
	"slices"

	"nezuban/internal/alarm"
	"nezuban/internal/live"
)

// floodLine is the id of the line behind which a flood keeps P3 and P4.
const floodLine = "flood"

// A line of the list: an alarm, or, with o nil, the line of a flood.
type line struct {
	o       *alarm.Occurrence // of the snapshot, never changed
	depth   int               // 1: a consequence under its root
	members int               // consequences of a root
	open    bool
	held    int // alarms behind the line of a flood
}

// A layout is the list as it stands. It keeps its memory: a list of thousands is
// made anew with every snapshot.
type layout struct {
	lines    []line
	ids      []string
	all      int // standing
	shown    int // on lines and behind them
	deferred int // behind the line of a flood
	show     []bool
	held     []*alarm.Occurrence
	index    map[string]int // id to place in Standing; empty while nothing is grouped
}

func (l *layout) add(x line) {
	l.lines = append(l.lines, x)
	if x.o == nil {
		l.ids = append(l.ids, floodLine)
		return
	}
	l.ids = append(l.ids, x.o.ID)
}

// make lays out the present snapshot under the screen's view and filter.
func (l *layout) make(s *Screen) {
	l.lines, l.ids, l.show, l.held = l.lines[:0], l.ids[:0], l.show[:0], l.held[:0]
	l.all, l.shown, l.deferred = 0, 0, 0
	snap := s.c.Snapshot
	if snap == nil {
		return
	}
	l.all = len(snap.Standing)
	for i := range snap.Standing {
		o := &snap.Standing[i]
		show := s.view.has(o, s.c.Now) && s.shows(o)
		l.show = append(l.show, show)
		if show {
			l.shown++
		}
	}
	if s.view != All {
		l.flat(snap, s.view)
		return
	}
	l.grouped(s, snap)
}

// flat is a saved view: what it has, one after the other.
func (l *layout) flat(snap *live.Snapshot, v View) {
	for i := range snap.Standing {
		if l.show[i] {
			l.held = append(l.held, &snap.Standing[i])
		}
	}
	if v == Forgotten {
		slices.SortStableFunc(l.held, func(a, b *alarm.Occurrence) int { return a.AckedAt.Compare(b.AckedAt) })
	}
	for _, o := range l.held {
		l.add(line{o: o})
	}
}

// grouped puts consequences behind their roots, P3 and P4 of a flood behind its
// line, and what is held back last.
func (l *layout) grouped(s *Screen, snap *live.Snapshot) {
	l.reindex(snap)
	floods := flooded(s)
	for i := range snap.Standing {
		if !l.show[i] {
			continue
		}
		o := &snap.Standing[i]
		group, isRoot := l.group(snap, o.ID)
		switch place := l.place(snap, o, floods != nil && floods(o)); {
		case place == alarm.Deferred:
			l.deferred++
			if !s.opened[floodLine] {
				continue
			}
			l.root(s, snap, o, group)
		case place == alarm.InGroup:
			if r, ok := l.index[snap.Grouping.RootOf[o.ID]]; !ok || !l.show[r] {
				l.add(line{o: o}) // its root is not on the list
			}
		case place == alarm.InListing && !(isRoot && l.leads(snap, group)):
			l.held = append(l.held, o)
		default:
			l.root(s, snap, o, group)
		}
	}
	if l.deferred > 0 {
		l.add(line{held: l.deferred, open: s.opened[floodLine]})
	}
	for _, o := range l.held {
		l.add(line{o: o})
	}
}

// root adds a line of its own and, where it is opened, the consequences that
// have none.
func (l *layout) root(s *Screen, snap *live.Snapshot, o *alarm.Occurrence, g alarm.Group) {
	open := s.opened[o.ID] && len(g.Members) > 0
	l.add(line{o: o, members: len(g.Members), open: open})
	if !open {
		return
	}
	for _, id := range g.Members {
		i, ok := l.index[id]
		if ok && l.show[i] && l.place(snap, &snap.Standing[i], false) == alarm.InGroup {
			l.add(line{o: &snap.Standing[i], depth: 1})
		}
	}
}

// place is alarm.Place, cheap where nothing is grouped and nothing floods.
func (l *layout) place(snap *live.Snapshot, o *alarm.Occurrence, flood bool) alarm.Placement {
	if len(l.index) == 0 && !flood && o.Shelve == nil && o.Service == nil && o.Design == "" {
		return alarm.Line
	}
	return alarm.Place(*o, snap.Grouping, flood)
}

func (l *layout) reindex(snap *live.Snapshot) {
	clear(l.index)
	if len(snap.Grouping.Groups) == 0 {
		return
	}
	if l.index == nil {
		l.index = make(map[string]int, len(snap.Standing))
	}
	for i := range snap.Standing {
		l.index[snap.Standing[i].ID] = i
	}
}

func (l *layout) group(snap *live.Snapshot, id string) (alarm.Group, bool) {
	if len(l.index) == 0 {
		return alarm.Group{}, false
	}
	return snap.Grouping.Group(id)
}

// leads reports whether a root that is held back has consequences that are not:
// its line then stands among the others, for them.
func (l *layout) leads(snap *live.Snapshot, g alarm.Group) bool {
	return slices.ContainsFunc(g.Members, func(id string) bool {
		i, ok := l.index[id]
		return ok && l.place(snap, &snap.Standing[i], false) == alarm.InGroup
	})
}

// flooded tells which alarms belong to an operator position in a flood; nil
// while there is none.
func flooded(s *Screen) func(*alarm.Occurrence) bool {
	var selectors []func(*alarm.Occurrence) bool
	for _, f := range s.c.Snapshot.Floods {
		if !f.Active {
			continue
		}
		match := func(*alarm.Occurrence) bool { return true } // a position nobody describes has them all
		for i := range s.c.Snapshot.Positions {
			if p := &s.c.Snapshot.Positions[i]; p.ID == f.Position {
				match = func(o *alarm.Occurrence) bool { return p.Filter.Match(s.c.AlarmAttributes(o)) }
			}
		}
		selectors = append(selectors, match)
	}
	if len(selectors) == 0 {
		return nil
	}
	return func(o *alarm.Occurrence) bool {
		return slices.ContainsFunc(selectors, func(m func(*alarm.Occurrence) bool) bool { return m(o) })
	}
}
