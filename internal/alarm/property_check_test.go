package alarm_test

import (
	"reflect"
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func (w *world) verify() {
	standing := w.standing()
	grouping := alarm.GroupByCause(standing, w.rules, w.supply)
	if w.rnd.Intn(4) == 0 {
		w.verifyOrder(standing, grouping)
	}
	for _, x := range w.held.List(standing, w.now.Add(-48*time.Hour)) {
		if x.Type == alarm.Shelving && x.State == alarm.InForce && (!w.now.Before(x.Until) || x.Until.Sub(x.Since) > 24*time.Hour) {
			w.fail("%s outlives its end: %+v", x.ID, x) // 3
		}
		if x.State == alarm.InForce && x.Approver == x.By {
			w.fail("%s was approved by who asked", x.ID) // 6
		}
	}
	byID := map[string]alarm.Occurrence{}
	for _, o := range standing {
		byID[o.ID] = o
	}
	for _, o := range standing {
		w.verifyOne(o)
		for _, flood := range []bool{false, true} {
			w.verifyPlace(o, byID, grouping, flood)
		}
	}
}

func (w *world) verifyOne(o alarm.Occurrence) {
	if on, known := w.on[o.Rule+"@"+string(o.Device)]; known && on != o.Active {
		w.fail("%s is active %v while its condition is %v", o.ID, o.Active, on) // 4
	}
	if o.Count != w.ons[o.ID] || o.HeldBack != w.withheld[o.ID] {
		w.fail("%s counts %d on and %d held back, want %d and %d", o.ID, o.Count, o.HeldBack, w.ons[o.ID], w.withheld[o.ID]) // 4
	}
	if o.Class == alarm.LifeSafety && (o.IsSuppressed() || o.Design != "" || o.HeldBack > 0 || o.CauseSet != "" || o.Shelve != nil || o.Service != nil) {
		w.fail("%s of class life safety is held back: %+v", o.ID, o) // 5
	}
	if o.Priority == facility.P1 { // 6
		for _, x := range []*alarm.Suppression{o.Shelve, o.Service} {
			if x != nil && (x.Approver == "" || x.Approver == x.By) {
				w.fail("one person alone holds back the P1 %s by %s", o.ID, x.ID)
			}
		}
		if o.Design != "" && o.Rule == "ONE" {
			w.fail("a rule with one approver suppresses the P1 %s", o.ID)
		}
	}
	if o.Shelve != nil && o.Rule == "COLD" && o.Shelve.Until.Sub(o.Shelve.Since) > 2*time.Hour {
		w.fail("%s is shelved for longer than its definition allows", o.ID)
	}
	if o.Design != "" {
		parent, _ := w.book.Get(o.Design)
		if !parent.Active {
			w.fail("%s is suppressed by %s, which is not active", o.ID, o.Design)
		}
		for range len(w.rules) {
			parent, _ = w.book.Get(parent.Design)
		}
		if parent.ID != "" {
			w.fail("%s is suppressed in a circle: %s", o.ID, o.Design)
		}
	}
}

// verifyPlace: an active alarm is in exactly one place, and that place exists.
func (w *world) verifyPlace(o alarm.Occurrence, byID map[string]alarm.Occurrence, g alarm.Grouping, flood bool) {
	rootID, isMember := g.RootOf[o.ID]
	root := byID[rootID]
	group, _ := g.Group(rootID)
	if isMember && (root.ID == "" || o.Class == alarm.LifeSafety || o.Active && !root.Active || !slices.Contains(group.Members, o.ID)) {
		w.fail("%s is behind %s, which cannot be: %+v", o.ID, rootID, root) // 5, 10
	}
	alone := !isMember || slices.Contains(group.Alone, o.ID)
	switch place := alarm.Place(o, g, flood); place { // 9
	case alarm.Line:
		if o.IsSuppressed() || !alone {
			w.fail("%s has a line, though suppressed %v, member %v", o.ID, o.IsSuppressed(), isMember)
		}
	case alarm.InGroup:
		if o.IsSuppressed() || alone || o.Priority < root.Priority && !o.IsAcked {
			w.fail("%s is in a group, though graver than %s or alone", o.ID, rootID)
		}
	case alarm.Deferred:
		if !flood || o.IsSuppressed() || o.Priority <= facility.P2 || o.Class == alarm.LifeSafety {
			w.fail("%s is behind the flood counter, P%d, flood %v", o.ID, o.Priority, flood)
		}
	case alarm.InListing:
		if !o.IsSuppressed() {
			w.fail("%s is listed as suppressed by nothing", o.ID)
		}
	default:
		w.fail("%s is nowhere: %q", o.ID, place)
	}
}

// verifyOrder: no order of reading changes what follows from the records.
func (w *world) verifyOrder(standing []alarm.Occurrence, want alarm.Grouping) {
	causes := alarm.DesignCauses(standing, w.rules, w.supply)
	other := slices.Clone(standing)
	w.rnd.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	if got := alarm.GroupByCause(other, w.rules, w.supply); !reflect.DeepEqual(got, want) { // 8
		w.fail("another order groups\n%+v\nnot\n%+v", got, want)
	}
	if got := alarm.DesignCauses(other, w.rules, w.supply); !reflect.DeepEqual(got, causes) {
		w.fail("another order suppresses %v, not %v", got, causes)
	}
}
