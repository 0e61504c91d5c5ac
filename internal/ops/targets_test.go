package ops

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/records"
	"nezuban/sla"
)

func number(v float64) *float64 { return &v }

// promises are two targets: one that lets maintenance be left out, and one of fire.
func promises() []sla.Target {
	w := sla.Window{Duration: "1M", Zone: time.UTC}
	return []sla.Target{
		{Name: "inlet", Kind: sla.KindRange, Range: &sla.RangeIndicator{Metric: "temperature_celsius", Max: number(27)}, TargetPPM: 995_000, Window: w,
			Policy: sla.PolicyExclude, Exclude: sla.ExclusionRules{Maintenance: true, MinNotice: time.Hour}, Section: "environment"},
		{Name: "smoke", Kind: sla.KindState, State: &sla.StateIndicator{Metric: "smoke_state"}, TargetPPM: 999_000, Window: w, Policy: sla.PolicyBad,
			Exclude: sla.ExclusionRules{Maintenance: true}, Section: "fire"},
	}
}

func openTargets(t *testing.T, b *site) *Targets {
	t.Helper()
	x, err := NewTargets(t.Context(), b.Service, promises)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func wantCode(t *testing.T, what string, err error, code duty.Code) {
	t.Helper()
	var r *duty.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("%s: %v, want a refusal %s", what, err, code)
	}
}

func TestExclusionsNeedTwoPersonsAndARole(t *testing.T) {
	b := start(t, t.TempDir())
	x := openTargets(t, b)
	ctx := t.Context()
	operator := duty.Person{ID: "sato", Roles: []duty.Role{duty.Operator}}
	lead := duty.Person{ID: "mori", Roles: []duty.Role{duty.ShiftLead}}
	both := duty.Person{ID: "sato", Roles: []duty.Role{duty.Operator, duty.ShiftLead}} // who proposed, with more roles meanwhile
	auditor := duty.Person{ID: "kato", Roles: []duty.Role{duty.Auditor}}
	now := b.clock.Now().Unix()
	ask := sla.Exclusion{Kind: sla.Maintenance, Targets: []string{"inlet"}, From: now + 7200, To: now + 10800, Reason: "chiller"}

	_, err := x.Propose(ctx, auditor, ask)
	wantCode(t, "an auditor proposes", err, duty.NotAllowed)
	without := ask
	without.Reason = ""
	_, err = x.Propose(ctx, operator, without)
	wantCode(t, "without a reason", err, duty.Incomplete)
	fire := ask
	fire.Targets = []string{"smoke"}
	_, err = x.Propose(ctx, operator, fire)
	wantCode(t, "of life safety", err, duty.WrongState)
	nothing := ask
	nothing.Targets = []string{"nothing"}
	_, err = x.Propose(ctx, operator, nothing)
	wantCode(t, "of no target", err, duty.NotFound)
	reversed := ask
	reversed.To = reversed.From - 5
	_, err = x.Propose(ctx, operator, reversed)
	wantCode(t, "reversed", err, duty.Invalid)

	got, err := x.Propose(ctx, operator, ask)
	if err != nil || got.ID != "EXC-000001" || got.ProposedBy != "sato" || got.Approved() {
		t.Fatalf("proposed: %+v, %v", got, err)
	}
	if len(x.Book().Approved()) != 0 {
		t.Error("a proposed exclusion counts")
	}
	_, err = x.Approve(ctx, operator, got.ID, "yes")
	wantCode(t, "an operator approves", err, duty.NotAllowed)
	_, err = x.Approve(ctx, both, got.ID, "yes")
	wantCode(t, "who proposed approves", err, duty.NotAllowed)
	_, err = x.Approve(ctx, lead, got.ID, "")
	wantCode(t, "without a comment", err, duty.Incomplete)
	if got, err = x.Approve(ctx, lead, got.ID, "agreed"); err != nil || !got.Approved() || got.ApprovedBy != "mori" {
		t.Fatalf("approved: %+v, %v", got, err)
	}
	_, err = x.Decline(ctx, lead, got.ID, "no")
	wantCode(t, "decided twice", err, duty.WrongState)
	again, err := NewTargets(ctx, b.Service, promises) // after a restart
	if err != nil || len(again.Book().Approved()) != 1 || again.Book().Entries != x.Book().Entries {
		t.Errorf("read again: %d approved, %v", len(again.Book().Approved()), err)
	}
}

func TestSignedWindowsAreFrozen(t *testing.T) {
	b := start(t, t.TempDir())
	x := openTargets(t, b)
	ctx := t.Context()
	lead, manager := duty.Person{ID: "mori", Roles: []duty.Role{duty.ShiftLead}}, duty.Person{ID: "abe", Roles: []duty.Role{duty.Manager}}
	c := sla.Closing{Target: "inlet", From: 1000, To: 2000, AsOf: 3000, Revision: 1, State: sla.StateProvisional, Digest: "d1", Results: []sla.Result{{Name: "inlet", Good: 5}}}
	_, err := x.Sign(ctx, manager, "inlet", 1000, "seen")
	wantCode(t, "not closed yet", err, duty.NotFound)
	if err := x.Close(ctx, c); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(ctx, c); err != nil || len(x.Book().Closings("inlet")) != 1 {
		t.Errorf("the same figures again: %v, %d closings", err, len(x.Book().Closings("inlet")))
	}
	_, err = x.Sign(ctx, lead, "inlet", 1000, "seen")
	wantCode(t, "a lead signs", err, duty.NotAllowed)
	signed, err := x.Sign(ctx, manager, "inlet", 1000, "seen")
	if err != nil || signed.State != sla.StateFinal || signed.SignedBy != "abe" || signed.Results[0].State != sla.StateFinal {
		t.Fatalf("signed: %+v, %v", signed, err)
	}
	_, err = x.Propose(ctx, lead, sla.Exclusion{Kind: sla.Maintenance, Targets: []string{"inlet"}, From: 1500, To: 1600, Reason: "late"})
	wantCode(t, "into a signed window", err, duty.WrongState)
	late := c
	late.Revision, late.Digest = 2, "d2"
	if err := x.Close(ctx, late); err != nil {
		t.Fatal(err)
	}
	list := x.Book().Closings("inlet")
	if len(list) != 3 || list[1].State != sla.StateFinal || list[2].State != sla.StateProvisional || list[2].Revision != 2 {
		t.Errorf("late data: %+v; the final stays and a revision follows", list)
	}
}

func TestDefinitionsCountFromTheNextWindow(t *testing.T) {
	b := start(t, t.TempDir())
	x := openTargets(t, b)
	ctx := t.Context()
	versions, err := x.Define(ctx, promises())
	if err != nil || len(versions["inlet"]) != 1 || versions["inlet"][0].From != 0 {
		t.Fatalf("first: %+v, %v", versions["inlet"], err)
	}
	words := promises()
	words[0].DisplayName.En = "Other words"
	if versions, err = x.Define(ctx, words); err != nil || len(versions["inlet"]) != 1 || versions["inlet"][0].Target.DisplayName.En != "Other words" {
		t.Errorf("other words: %+v, %v; no definition of their own", versions["inlet"], err)
	}
	edited := promises()
	edited[0].TargetPPM = 999_000
	versions, err = x.Define(ctx, edited)
	_, end := sla.Bounds(edited[0].Window, b.clock.Now())
	if err != nil || len(versions["inlet"]) != 2 || versions["inlet"][1].From != end.Unix() || versions["inlet"][1].Revision != 2 {
		t.Errorf("edited: %+v, %v; want the next month %d", versions["inlet"], err, end.Unix())
	}
	again, err := NewTargets(ctx, b.Service, promises)
	if err != nil {
		t.Fatal(err)
	}
	if list := VersionsOf(again.Book(), edited); len(list["inlet"]) != 2 || list["inlet"][0].Target.TargetPPM != 995_000 || list["inlet"][0].Target.Digest() != versions["inlet"][0].Target.Digest() {
		t.Errorf("read again: %+v", list["inlet"])
	}
}

func TestObligationsAndEventsAreRecorded(t *testing.T) {
	b := start(t, t.TempDir())
	x := openTargets(t, b)
	ctx := t.Context()
	operator := duty.Person{ID: "sato", Roles: []duty.Role{duty.Operator}}
	wantCode(t, "done later than now", x.Done(ctx, operator, sla.Done{Obligation: "o", At: b.clock.Now().Unix() + 60}, "c"), duty.Invalid)
	wantCode(t, "nobody", x.Done(ctx, duty.Nobody, sla.Done{Obligation: "o"}, "c"), duty.NotAllowed)
	if err := x.Done(ctx, operator, sla.Done{Obligation: "o", Evidence: "report"}, "inspector"); err != nil {
		t.Fatal(err)
	}
	if got := x.Book().Recorded([]sla.Obligation{{ID: "o"}}); got[0].Done == 0 || got[0].Evidence != "report" || got[0].Source != "sato" {
		t.Errorf("recorded: %+v", got)
	}
	_, err := x.Report(ctx, operator, sla.Event{Name: sla.AlarmRaised}, "c")
	wantCode(t, "an alarm's event", err, duty.Invalid)
	id, err := x.Report(ctx, operator, sla.Event{Name: "backup.completed", Entity: "area-1"}, "job 7")
	if err != nil || id != "EVT-000001" || len(x.Book().Events()) != 1 || b.clock.Now().Unix()-x.Book().Events()[0].At > 60 {
		t.Errorf("%s, %v, %+v", id, err, x.Book().Events())
	}
}

// What is recorded about targets is evidence like events of alarms: changed or
// taken out, verify names it.
func TestVerifyCoversWhatIsRecordedAboutTargets(t *testing.T) {
	dir := t.TempDir()
	b := start(t, dir)
	x := openTargets(t, b)
	if _, err := x.Define(t.Context(), promises()); err != nil {
		t.Fatal(err)
	}
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := records.Verify(t.Context(), dir, records.VerifyOptions{})
	if err != nil || !r.OK() || r.Targets != 2 {
		t.Fatalf("whole: %+v, %v", r, err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, records.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{`DROP TRIGGER target_event_no_update`, `UPDATE target_event SET body = replace(body, '995000', '990000')`} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err = records.Verify(t.Context(), dir, records.VerifyOptions{}); err != nil || r.OK() {
		t.Errorf("a changed definition is not noticed: %+v, %v", r, err)
	}
}
