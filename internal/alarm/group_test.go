package alarm_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// A site of the size that hurts: feeds, each with panels, each with racks. Rack
// "f0/p3/r7" lies behind panel "f0/p3" and that behind feed "f0".
type tree struct{ calls int }

func (s *tree) Behind(e, cause facility.Element) alarm.Relation {
	s.calls++
	a, b := e.Device, cause.Device
	switch {
	case a == b:
		return alarm.Same
	case len(a) > len(b) && a[:len(b)] == b && a[len(b)] == '/':
		return alarm.Fed
	}
	return alarm.Unrelated
}

func (s *tree) Carries(facility.DeviceID) bool { return false }

func outage(racks, panels int) ([]alarm.Occurrence, map[string]*alarm.Rule) {
	rules := map[string]*alarm.Rule{
		"FEED":  {ID: "FEED", Effect: alarm.Loss, Type: alarm.State},
		"PANEL": {ID: "PANEL", Effect: alarm.Loss, Type: alarm.State},
		"RACK":  {ID: "RACK", Type: alarm.State},
		"GONE":  {ID: "GONE", Type: alarm.NoData},
	}
	var list []alarm.Occurrence
	add := func(rule, device string, after time.Duration, p facility.Priority) {
		list = append(list, alarm.Occurrence{
			ID: fmt.Sprintf("ALM-%06d", len(list)), Revision: 1, Rule: rule, Device: facility.DeviceID(device), Active: true,
			Priority: p, RaisedAt: epoch.Add(after), OnAt: epoch.Add(after),
		})
	}
	for i := range racks { // the racks are polled first
		rule := []string{"RACK", "GONE"}[i%2]
		add(rule, fmt.Sprintf("f%d/p%d/r%d", i%2, i%panels, i), time.Duration(i%9)*time.Second, 3)
	}
	for i := range panels {
		add("PANEL", fmt.Sprintf("f%d/p%d", i%2, i), 3*time.Second, 2)
	}
	add("FEED", "f0", 8*time.Second, 1)
	add("RACK", "elsewhere", 4*time.Second, 1)
	return list, rules
}

// A supply as the table's: all that is polled is reached through the program.
type ours struct{}

func (ours) Behind(e, cause facility.Element) alarm.Relation {
	if cause.Device == facility.SelfDevice && cause.Point == "" {
		return alarm.Reached
	}
	return alarm.Unrelated
}

// What the program has lost of itself explains no silence and hides behind none:
// nobody is paged while the channel fails, whatever else does not answer.
func TestOurOwnTroublesStandAlone(t *testing.T) {
	rules, standing := map[string]*alarm.Rule{}, []alarm.Occurrence(nil)
	for i, x := range [][3]string{
		{"CLOCK-STEPPED", "nezuban", ""}, {"RECORDS-NOT-WRITTEN", "nezuban", ""}, {"NOTIFY-CHANNEL-FAILING", "nezuban", "nezuban/mail"},
		{alarm.SiteUnreachable, "nezuban", ""}, {"NO-ANSWER", "ups-a1", ""},
	} {
		rules[x[0]] = &alarm.Rule{ID: x[0], Type: alarm.NoData}
		standing = append(standing, alarm.Occurrence{ID: fmt.Sprint("ALM-", i), Revision: 1, Rule: x[0], Device: facility.DeviceID(x[1]),
			Point: facility.PointID(x[2]), Active: true, Level: alarm.LevelNoData, Priority: 3, RaisedAt: epoch, OnAt: epoch})
	}
	for _, list := range [][]alarm.Occurrence{standing, standing[:3], append(slices.Clone(standing[:3]), standing[4])} {
		g := alarm.GroupByCause(list, rules, ours{})
		for _, o := range list {
			want := ""
			if o.Rule == "NO-ANSWER" && len(list) == len(standing) {
				want = "ALM-3"
			}
			if got := g.RootOf[o.ID]; got != want {
				t.Errorf("of %d: %s follows from %q, want %q", len(list), o.Rule, got, want)
			}
		}
	}
}

func TestOneRootOfTenThousand(t *testing.T) {
	standing, rules := outage(10_000, 40)
	supply := &tree{}
	g := alarm.GroupByCause(standing, rules, supply)
	feed := standing[len(standing)-2].ID
	group, ok := g.Group(feed)
	if !ok || group.Priority != facility.P1 || len(group.Members) != 5_020 {
		t.Fatalf("the feed has %d consequences, P%d, want 5020, P1", len(group.Members), group.Priority)
	}
	if len(g.Groups) != 21 { // the feed, and the twenty panels of the other one
		t.Errorf("%d groups, want 21", len(g.Groups))
	}
	if _, ok := g.RootOf[standing[len(standing)-1].ID]; ok {
		t.Error("what lies elsewhere is a consequence")
	}
	if supply.calls > 500_000 {
		t.Errorf("the supply was asked %d times", supply.calls)
	}
}

// However many roots there are, the work is bounded, and nobody is in two groups.
func TestTooManyRoots(t *testing.T) {
	standing, rules := outage(4_000, 2_000)
	supply := &tree{}
	g := alarm.GroupByCause(standing, rules, supply)
	if supply.calls > 6_000*3*256 {
		t.Errorf("the supply was asked %d times", supply.calls)
	}
	if group, _ := g.Group(standing[len(standing)-2].ID); len(group.Members) != 3_000 {
		t.Errorf("the feed, noticed last, has %d consequences, want 3000", len(group.Members))
	}
	seen := map[string]bool{}
	for _, group := range g.Groups {
		for _, id := range append(slices.Clone(group.Members), group.Root) {
			if seen[id] {
				t.Fatalf("%s is in two groups", id)
			}
			seen[id] = true
		}
	}
}

func TestGroupGrew(t *testing.T) {
	before := alarm.Grouping{RootOf: map[string]string{"x": "A", "y": "B"}}
	after := alarm.Grouping{
		Groups: []alarm.Group{{Root: "A", Members: []string{"x"}}, {Root: "B", Members: []string{"y", "z"}}, {Root: "C", Members: []string{"v"}}},
		RootOf: map[string]string{"x": "A", "y": "B", "z": "B", "v": "C"},
	}
	if got := alarm.GroupGrew(before, after); !slices.Equal(got, []string{"B", "C"}) {
		t.Errorf("grew: %v, want B and C", got)
	}
	if got := alarm.GroupGrew(after, after); got != nil {
		t.Errorf("nothing changed, and %v grew", got)
	}
}

// A lead's word closes no circle, whatever was set.
func TestCausesInACircle(t *testing.T) {
	var standing []alarm.Occurrence
	for _, pair := range [][2]string{{"A", "B"}, {"B", "C"}, {"C", "A"}, {"D", "D"}, {"E", "gone"}} {
		standing = append(standing, alarm.Occurrence{ID: pair[0], Revision: 1, CauseSet: pair[1], Active: true, RaisedAt: epoch})
	}
	g := alarm.GroupByCause(standing, nil, nil)
	if len(g.Groups) != 1 || g.Groups[0].Root != "C" || !slices.Equal(g.Groups[0].Members, []string{"A", "B"}) {
		t.Errorf("groups: %+v, want A and B under C", g.Groups)
	}
}

func BenchmarkGroupByCause(b *testing.B) {
	for name, shape := range map[string][2]int{"one feed of 10000": {10_000, 40}, "many roots": {9_000, 1_000}} {
		b.Run(name, func(b *testing.B) {
			standing, rules := outage(shape[0], shape[1])
			for b.Loop() {
				alarm.GroupByCause(standing, rules, &tree{})
			}
		})
	}
}

func BenchmarkCalculatedRule(b *testing.B) {
	e, err := alarm.CompileExpression(`is("source", "battery") and not is("test", "in_progress")`, "")
	if err != nil {
		b.Fatal(err)
	}
	r := &alarm.Rule{ID: "R", Type: alarm.Calculated, Expression: e}
	src := asked{"source": "battery", "test": "in_progress"}
	for b.Loop() {
		r.NextFrom(alarm.Condition{}, alarm.Sample{Known: true}, src)
	}
}

func BenchmarkDesignCauses(b *testing.B) {
	standing, rules := outage(10_000, 40)
	rules["RACK"].SuppressWhen = []string{"PANEL"}
	for b.Loop() {
		alarm.DesignCauses(standing, rules, &tree{})
	}
}
