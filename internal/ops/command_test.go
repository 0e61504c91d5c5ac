package ops

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

func TestCommandsAreRefusedWithACode(t *testing.T) {
	s := start(t, t.TempDir())
	standing, fire := s.on(t, onBattery, "ups-a1"), s.on(t, smoke, "hub-1")
	ended := s.on(t, onBattery, "ups-a2")
	if _, err := s.Acknowledge(t.Context(), sato, ended, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	s.Commit(t.Context(), []alarm.Change{change(onBattery, "ups-a2", false, 1)})
	before := s.actions(t)
	tests := []struct {
		name string
		do   func() (alarm.Occurrence, error)
		want duty.Code
		why  duty.Why
	}{
		{"no such alarm", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, "ALM-999999", 0, "x") }, duty.NotFound, ""},
		{"an empty id", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, "", 0, "x") }, duty.NotFound, ""},
		{"no comment", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, standing, 0, " \t\x1b[0m") }, duty.Incomplete, duty.NoComment},
		{"a comment without end", func() (alarm.Occurrence, error) {
			return s.Acknowledge(t.Context(), sato, standing, 0, strings.Repeat("漏", 400))
		}, duty.Invalid, duty.CommentTooLong},
		{"a negative revision", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, standing, -1, "x") }, duty.Invalid, ""},
		{"a revision not there yet", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, standing, 2, "x") }, duty.Outdated, ""},
		{"an old revision", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, ended, 1, "x") }, duty.Outdated, ""},
		{"one that ended", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), sato, ended, 0, "x") }, duty.WrongState, duty.HasEnded},
		{"reset of one that does not latch", func() (alarm.Occurrence, error) { return s.Reset(t.Context(), mori, standing, 0, "x") }, duty.WrongState, duty.NotLatched},
		{"reset of a fire alarm that still is", func() (alarm.Occurrence, error) { return s.Reset(t.Context(), mori, fire, 0, "x") }, duty.WrongState, duty.StillActive},
		{"reset by an operator", func() (alarm.Occurrence, error) { return s.Reset(t.Context(), sato, fire, 0, "x") }, duty.NotAllowed, ""},
		{"nobody", func() (alarm.Occurrence, error) { return s.Acknowledge(t.Context(), duty.Nobody, standing, 0, "x") }, duty.NotAllowed, ""},
		{"nobody, with a role", func() (alarm.Occurrence, error) {
			return s.Acknowledge(t.Context(), duty.Person{Roles: []duty.Role{duty.Operator}}, standing, 0, "x")
		}, duty.NotAllowed, ""},
	}
	for _, tt := range tests {
		if _, err := tt.do(); code(err) != tt.want || why(err) != tt.why {
			t.Errorf("%s: %v (%s), want %s %s", tt.name, err, why(err), tt.want, tt.why)
		}
	}
	if got := s.actions(t); !slices.Equal(got, before) {
		t.Errorf("refused commands left entries: %q", got[len(before):])
	}
}

// Every operation with every role, against the table in the package comment.
func TestWhoMayDoWhat(t *testing.T) {
	may := map[string][]duty.Role{
		"acknowledge":  {duty.Operator, duty.ShiftLead},
		"reset":        {duty.ShiftLead},
		"set language": {duty.Viewer, duty.Operator, duty.ShiftLead, duty.Manager, duty.Auditor, duty.Admin},
		"log in":       {duty.Viewer, duty.Operator, duty.ShiftLead, duty.Manager, duty.Auditor, duty.Admin},
		"read audit":   {duty.Auditor, duty.Manager, duty.Admin},

		"shelve":              {duty.Operator, duty.ShiftLead},
		"unshelve":            {duty.Operator, duty.ShiftLead},
		"take out of service": {duty.ShiftLead},
		"return to service":   {duty.ShiftLead},
		"stop polling":        {duty.ShiftLead},
		"resume polling":      {duty.ShiftLead},
		"approve":             {duty.Operator, duty.ShiftLead},
		"decline":             {duty.Operator, duty.ShiftLead},
		"set cause":           {duty.ShiftLead},
		"assign":              {duty.Operator, duty.ShiftLead},
		"note":                {duty.Operator, duty.ShiftLead, duty.Manager},
		"close":               {duty.ShiftLead},
		"test notice":         {duty.ShiftLead, duty.Manager, duty.Admin},
	}
	s := startWith(t, t.TempDir(), withSights(Options{Clock: clock.System(), Unwatched: func(string) bool { return true }, Rules: rules,
		Positions: func() []duty.Position { return nil }}))
	ctx := t.Context()
	operations := map[string]func(p duty.Person, device string) error{
		"acknowledge": func(p duty.Person, device string) error {
			_, err := s.Acknowledge(ctx, p, s.on(t, onBattery, device), 0, "seen")
			return err
		},
		"reset": func(p duty.Person, device string) error {
			id := s.on(t, smoke, device)
			s.Commit(ctx, []alarm.Change{change(smoke, device, false, 1)})
			if _, err := s.Acknowledge(ctx, sato, id, 0, "seen"); err != nil {
				t.Fatal(err)
			}
			_, err := s.Reset(ctx, p, id, 0, "panel reset")
			return err
		},
		"set language": func(p duty.Person, _ string) error { return s.SetLanguage(ctx, p, "ja") },
		"log in": func(p duty.Person, _ string) error {
			_, err := s.Login(ctx, p, "SHA256:x", "192.0.2.1")
			return err
		},
		"read audit": func(p duty.Person, _ string) error {
			_, err := s.Audit(ctx, p, 1, 10)
			return err
		},
		"shelve": func(p duty.Person, device string) error {
			_, err := s.Shelve(ctx, p, ShelveRequest{AlarmID: s.on(t, onBattery, device), For: time.Hour, Reason: "known"})
			return err
		},
		"unshelve": func(p duty.Person, device string) error {
			_, err := s.Unshelve(ctx, p, s.shelve(t, sato, s.on(t, onBattery, device), time.Hour).ID, 0, "mended")
			return err
		},
		"take out of service": func(p duty.Person, device string) error {
			_, err := s.TakeOutOfService(ctx, p, outOfService(s.on(t, onBattery, device)))
			return err
		},
		"return to service": func(p duty.Person, device string) error {
			u, err := s.TakeOutOfService(ctx, mori, outOfService(s.on(t, onBattery, device)))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.ReturnToService(ctx, p, u.ID, 1, "mended")
			return err
		},
		"stop polling": func(p duty.Person, device string) error {
			_, err := s.StopPolling(ctx, p, StopRequest{Device: facility.DeviceID(device), For: time.Hour, Reason: "firmware"})
			return err
		},
		"resume polling": func(p duty.Person, device string) error {
			_, err := s.ResumePolling(ctx, p, s.stop(t, facility.DeviceID(device), time.Hour).ID, 1, "done")
			return err
		},
		"approve": func(p duty.Person, device string) error {
			_, err := s.Approve(ctx, p, s.shelve(t, sato, s.on(t, hallHot, device), time.Minute).ID, 1, "agreed")
			return err
		},
		"decline": func(p duty.Person, device string) error {
			_, err := s.Decline(ctx, p, s.shelve(t, sato, s.on(t, hallHot, device), time.Minute).ID, 1, "no")
			return err
		},
		"set cause": func(p duty.Person, device string) error {
			_, err := s.SetCause(ctx, p, s.on(t, onBattery, device), 0, s.on(t, hallHot, device), "the same")
			return err
		},
		"assign": func(p duty.Person, device string) error {
			_, err := s.Assign(ctx, p, s.on(t, onBattery, device), 0, "mori", "yours")
			return err
		},
		"note": func(p duty.Person, device string) error {
			_, err := s.Note(ctx, p, s.on(t, onBattery, device), 0, "vendor called")
			return err
		},
		"close": func(p duty.Person, device string) error {
			_, err := s.CloseUnwatched(ctx, p, s.on(t, onBattery, device), 0, "device is gone")
			return err
		},
		"test notice": func(p duty.Person, _ string) error {
			_, err := s.EnqueueNotice(ctx, p, duty.Notice{Channel: "mail"})
			return err
		},
	}
	if len(operations) != len(may) {
		t.Fatal("an operation is not in the table")
	}
	for name, do := range operations {
		for _, role := range append([]duty.Role{"", "root"}, duty.Roles...) {
			p := duty.Person{ID: "p", Roles: []duty.Role{role}}
			want := duty.NotAllowed
			if slices.Contains(may[name], role) {
				want = ""
			}
			if got := code(do(p, fmt.Sprintf("%s-%s", name, role))); got != want {
				t.Errorf("%s as %q: %q, want %q", name, role, got, want)
			}
			p.ID = ""
			if got := code(do(p, fmt.Sprintf("%s-%s-nobody", name, role))); got != duty.NotAllowed {
				t.Errorf("%s as nobody with role %q: %q, want not_allowed", name, role, got)
			}
		}
	}
}

// A console lasts for hours: what people.yaml says now counts, not what it said
// when the person came in.
func TestRolesTakenAwayAreGoneAtOnce(t *testing.T) {
	s := start(t, t.TempDir())
	ctx := t.Context()
	now := map[string]duty.Person{sato.ID: sato, mori.ID: mori}
	s.current = func(id string) (duty.Person, bool) { p, ok := now[id]; return p, ok }
	first, second := s.on(t, onBattery, "ups-a1"), s.on(t, onBattery, "ups-a2")
	if _, err := s.Acknowledge(ctx, sato, first, 0, "seen"); err != nil {
		t.Fatal(err)
	}
	now[sato.ID] = duty.Person{ID: sato.ID, Roles: []duty.Role{duty.Viewer}}
	if _, err := s.Acknowledge(ctx, sato, second, 0, "seen"); code(err) != duty.NotAllowed {
		t.Errorf("acknowledged by a former operator: %v", err)
	}
	if err := s.SetLanguage(ctx, sato, "ja"); err != nil {
		t.Errorf("a viewer's language: %v", err)
	}
	delete(now, sato.ID)
	if err := s.SetLanguage(ctx, sato, "en"); code(err) != duty.NotAllowed {
		t.Errorf("language of somebody who left: %v", err)
	}
	if _, err := s.Login(ctx, sato, "SHA256:x", "192.0.2.1"); code(err) != duty.NotAllowed {
		t.Errorf("log-in of somebody who left: %v", err)
	}
	if _, err := s.Acknowledge(ctx, mori, second, 0, "seen"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	viewer := duty.Person{ID: mori.ID, Roles: []duty.Role{duty.Viewer}}
	if _, err := s.Acknowledge(ctx, viewer, first, 0, "seen"); code(err) != duty.NotAllowed {
		t.Errorf("roles given since came to a session that does not have them: %v", err)
	}
}
