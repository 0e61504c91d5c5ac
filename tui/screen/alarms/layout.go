package alarms

import (
	"slices"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/tui/session"
)

// floodLine is the id of the line behind which a flood keeps P3 and P4.
const floodLine = "flood"

// A line of the list: an alarm, or, with o nil, the line of a flood.
type line struct {
	o       *alarm.Occurrence // of the snapshot, never changed
	depth   int               // 1: a consequence under its root
	members int               // consequences of a root
	calling int               // of them unacknowledged and not held back
	gravest facility.Priority // of those; 0 none
	open    bool
	held    int // alarms behind the line of a flood
}

// A layout is the list as it stands. It keeps its memory: a list of thousands is
// made anew with every snapshot.
type layout struct {
	lines    []line
	ids      []string
	all      int               // standing
	shown    int               // on lines and behind them
	deferred int               // behind the line of a flood
	show     []bool            // of those standing: view and filter have it
	places   []alarm.Placement // of those standing
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
	l.placeAll(s, snap)
	for i := range snap.Standing {
		if !l.show[i] {
			continue
		}
		o := &snap.Standing[i]
		group := l.group(snap, o.ID)
		switch l.places[i] {
		case alarm.Deferred:
			l.deferred++
			if s.opened[floodLine] && !l.behind(snap, i) {
				l.root(s, snap, i, group)
			}
		case alarm.InListing:
			if !l.leads(group) {
				l.held = append(l.held, o)
				continue
			}
			l.root(s, snap, i, group)
		default:
			if !l.behind(snap, i) {
				l.root(s, snap, i, group)
			}
		}
	}
	if l.deferred > 0 {
		l.add(line{held: l.deferred, open: s.opened[floodLine]})
	}
	for _, o := range l.held {
		l.add(line{o: o})
	}
}

// placeAll says of every alarm where it is to be found. Whether a consequence is
// in a flood is decided by its root: both are then in the same place.
func (l *layout) placeAll(s *Screen, snap *live.Snapshot) {
	floods := flooded(s)
	l.places = l.places[:0]
	for i := range snap.Standing {
		o := &snap.Standing[i]
		flood := false
		if floods != nil {
			of := o
			if r, ok := l.index[snap.Grouping.RootOf[o.ID]]; ok {
				of = &snap.Standing[r]
			}
			flood = floods(of)
		}
		place := alarm.Line // cheap where nothing is grouped and nothing floods
		if len(l.index) > 0 || flood || o.Shelve != nil || o.Service != nil || o.Design != "" {
			place = alarm.Place(*o, snap.Grouping, flood)
		}
		l.places = append(l.places, place)
	}
}

// behind reports whether an alarm stands behind the line of its root: that is on
// the list, and the alarm is not one of those that stand alone.
func (l *layout) behind(snap *live.Snapshot, i int) bool {
	id := snap.Standing[i].ID
	root := snap.Grouping.RootOf[id]
	r, ok := l.index[root]
	switch {
	case !ok || !l.show[r] || l.places[i] != alarm.InGroup && l.places[i] != alarm.Deferred:
		return false
	case l.places[i] == alarm.Deferred && l.places[r] != alarm.Deferred:
		return false
	}
	return !slices.Contains(l.group(snap, root).Alone, id)
}

// root adds a line of its own and, where it is opened, the consequences behind
// it.
func (l *layout) root(s *Screen, snap *live.Snapshot, i int, g alarm.Group) {
	o := &snap.Standing[i]
	open := s.opened[o.ID] && len(g.Members) > 0
	x := line{o: o, members: len(g.Members), open: open}
	for _, id := range g.Members {
		if m, ok := l.index[id]; ok && session.Calls(&snap.Standing[m]) {
			x.calling++
			if p := snap.Standing[m].Priority; x.gravest == 0 || p < x.gravest {
				x.gravest = p
			}
		}
	}
	l.add(x)
	if !open {
		return
	}
	for _, id := range g.Members {
		if m, ok := l.index[id]; ok && l.show[m] && l.behind(snap, m) {
			l.add(line{o: &snap.Standing[m], depth: 1})
		}
	}
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

// group of which an alarm is the root; the zero Group where it is none.
func (l *layout) group(snap *live.Snapshot, id string) alarm.Group {
	if len(l.index) == 0 {
		return alarm.Group{}
	}
	g, _ := snap.Grouping.Group(id)
	return g
}

// leads reports whether a root that is held back has consequences that are not:
// its line then stands among the others, for them.
func (l *layout) leads(g alarm.Group) bool {
	return slices.ContainsFunc(g.Members, func(id string) bool {
		i, ok := l.index[id]
		return ok && l.show[i] && l.places[i] == alarm.InGroup
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
