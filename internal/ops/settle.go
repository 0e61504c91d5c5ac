package ops

import (
	"context"
	"fmt"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

// The two rules of this file are about levels, not edges, so that a stop of the
// program between any two writes loses nothing:
//
//   - a standing alarm is suppressed by design exactly while alarm.DesignCauses
//     says so;
//   - an active, unacknowledged alarm that was held back, and is not any more, is
//     owed an annunciation.

// settle brings both into force. It reports whether anything changed.
func (s *Service) settle(ctx context.Context, rules map[string]*alarm.Rule, supply alarm.Supply, now time.Time) bool {
	s.mu.Lock()
	s.parents = parentsOf(rules)
	standing := s.standing()
	design := s.anyHeld || len(s.parents) > 0
	s.mu.Unlock()
	var causes map[string]string
	if design { // may take long: the list is nobody's to change
		causes = alarm.DesignCauses(standing, rules, supply)
	}
	s.mu.Lock()
	var items []*item
	if design {
		items = s.suppressByDesign(standing, causes, rules, now)
	}
	s.markHeld()
	items = append(items, s.hush(now)...)
	items = append(items, s.annunciate(now)...)
	s.mu.Unlock()
	s.enqueue(ctx, items...)
	return len(items) > 0
}

func parentsOf(rules map[string]*alarm.Rule) map[string]bool {
	parents := map[string]bool{}
	for _, r := range rules {
		for _, p := range r.SuppressWhen {
			parents[p] = true
		}
	}
	return parents
}

// suppressByDesign writes what differs from causes. The caller holds mu.
func (s *Service) suppressByDesign(standing []alarm.Occurrence, causes map[string]string, rules map[string]*alarm.Rule, now time.Time) (items []*item) {
	for i := range standing {
		o, ok := s.book.Get(standing[i].ID)
		want := causes[standing[i].ID]
		if !ok || o.State() == alarm.Norm || o.Design == want || s.inFlight[o.ID] {
			continue
		}
		if o.Design != "" {
			s.markHeld()
			e, err := o.EndSuppression(now)
			items = s.decided(items, e, err, now)
			if o, ok = s.book.Get(o.ID); !ok || err != nil {
				continue
			}
		}
		if cause, ok := s.book.Get(want); ok && cause.Active {
			e, err := o.Suppress(rules[o.Rule], cause, now)
			items = s.decided(items, e, err, now)
		}
	}
	return items
}

// decided applies an event that the program itself decided and adds what is to
// be written. The caller holds mu.
func (s *Service) decided(items []*item, e alarm.Event, err error, now time.Time) []*item {
	if err == nil {
		var it *item
		if it, err = s.take(e, now); err == nil {
			return append(items, it)
		}
	}
	s.log.Error("decide an event", "alarm", e.AlarmID, "kind", e.Kind, "err", err)
	return items
}

// markHeld remembers which active, unacknowledged alarms are held back now: when
// that ends they are owed an annunciation. Called before anything that may end
// it. The caller holds mu.
func (s *Service) markHeld() {
	standing := s.standing()
	if !s.anyHeld {
		return
	}
	for i := range standing {
		if o := &standing[i]; o.State() == alarm.Unack && o.IsSuppressed() {
			s.silent[o.ID] = true
		}
	}
}

// hush cancels what waits to be sent about alarms that are held back by now. The
// caller holds mu.
func (s *Service) hush(now time.Time) (items []*item) {
	standing := s.standing()
	if !s.anyHeld {
		clear(s.hushed)
		return nil
	}
	held := map[string]bool{}
	for i := range standing {
		o := &standing[i]
		if !o.IsSuppressed() {
			continue
		}
		held[o.ID] = true
		if !s.hushed[o.ID] {
			items = append(items, &item{object: o.ID, cancel: "held back: " + holder(o), at: now})
		}
	}
	s.hushed = held
	return items
}

// holder names what holds an alarm back.
func holder(o *alarm.Occurrence) string {
	switch {
	case o.Service != nil:
		return o.Service.ID
	case o.Design != "":
		return "suppressed by design while " + o.Design + " stands"
	case o.Shelve != nil:
		return o.Shelve.ID
	}
	return ""
}

// annunciate makes up for what was held back and is not any more. The caller
// holds mu.
func (s *Service) annunciate(now time.Time) (items []*item) {
	for id := range s.silent {
		o, ok := s.covered(id)
		switch {
		case s.inFlight[id]:
		case !ok || o.State() != alarm.Unack:
			delete(s.silent, id)
		case !o.IsSuppressed():
			delete(s.silent, id)
			items = s.again(items, o, "held back until now", now)
		}
	}
	return items
}

// again annunciates an alarm once more that is active and unacknowledged, or,
// where a group grew, acknowledged. The caller holds mu.
func (s *Service) again(items []*item, o alarm.Occurrence, why string, now time.Time) []*item {
	e, err := o.Realarm("system:ops", why, now)
	return s.decided(items, s.sups.Hold(e), err, now)
}

// grouped is a grouping, what it was made of, and how long that took.
type grouped struct {
	of   []alarm.Occurrence
	at   time.Duration
	took time.Duration
	was  alarm.Grouping
}

// regroupEvery is how old a grouping may get while the alarms stay as they are:
// the supply may change by itself.
const regroupEvery = 5 * time.Second

// groupingAge is how old a grouping that Options.Grouping returns may be.
const groupingAge = 2 * time.Second

// grouping is who is whose consequence now.
func (s *Service) grouping() alarm.Grouping {
	if s.o.Grouping != nil {
		return s.o.Grouping()
	}
	return s.groupNow()
}

// groupNow makes the grouping of what stands at this moment, or returns the last
// one where nothing is new. Of many alarms it takes long: it then rests three
// times as long as it worked.
func (s *Service) groupNow() alarm.Grouping {
	s.mu.Lock()
	standing, last := s.standing(), s.computed
	s.mu.Unlock()
	mono := s.clock.Mono()
	same := len(last.of) == len(standing) && (len(standing) == 0 || &last.of[0] == &standing[0])
	if last.of != nil && (same && mono-last.at < regroupEvery || mono-last.at < 3*last.took) {
		return last.was
	}
	g := alarm.GroupByCause(standing, s.o.Rules(), s.o.Supply())
	now := s.clock.Mono()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.computed = grouped{standing, now, now - mono, g}
	return g
}

// groupingOf is who is whose consequence, for notices that are due: where one is
// so young that the last grouping cannot know its alarm, a new one.
func (s *Service) groupingOf(due []duty.Notice, now time.Time) alarm.Grouping {
	g := s.grouping()
	if s.o.Grouping == nil || s.o.Supply() == nil {
		return g
	}
	for _, n := range due {
		if young := now.Sub(n.Due) < groupingAge; young && n.Kind == duty.NoticeRaised && !n.Fire && g.RootOf[n.AlarmID] == "" {
			return s.groupNow()
		}
	}
	return g
}

// regroup annunciates alarms that were quiet as consequences and stand for
// themselves now, and acknowledged roots that have a new consequence. The caller
// holds mu.
func (s *Service) regroup(g alarm.Grouping, now time.Time) (items []*item) {
	for id := range s.quieted {
		o, ok := s.covered(id)
		switch {
		case s.inFlight[id]:
		case !ok || o.State() != alarm.Unack || o.IsSuppressed(): // held back: silent sees to it
			delete(s.quieted, id)
		case !s.behind(g, o):
			delete(s.quieted, id)
			items = s.again(items, o, "stands for itself now", now)
		}
	}
	before := s.grouped
	s.grouped = &g
	if before == nil {
		return items
	}
	for _, root := range alarm.GroupGrew(*before, g) {
		if o, ok := s.covered(root); ok && o.State() == alarm.Acked && !s.inFlight[root] && s.news(g, *before, root) {
			items = s.again(items, o, fmt.Sprintf("%d consequences now", members(g, root)), now)
		}
	}
	return items
}

// news reports whether a consequence that a root has anew still waits for
// somebody.
func (s *Service) news(g, before alarm.Grouping, root string) bool {
	group, _ := g.Group(root)
	for _, id := range group.Members {
		if before.RootOf[id] == root {
			continue
		}
		if o, ok := s.book.Get(id); ok && o.State() == alarm.Unack {
			return true
		}
	}
	return false
}

func members(g alarm.Grouping, root string) int {
	group, _ := g.Group(root)
	return len(group.Members)
}
