package alarm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
)

// suppress does what people do to hold alarms back: "shelve sato for=1h",
// "shelve sato until=06:00 filter=place=1F", "oos lead change=CHG-7 review=48h".
func (s *stage) suppress(t *testing.T, at time.Time, words []string) error {
	t.Helper()
	p := s.part()
	q := alarm.SuppressionRequest{
		ID: fmt.Sprintf("SUP-%06d", len(s.requests)+1), Type: alarm.Shelving, By: words[1], At: at, Reason: "works on it",
		Scope: alarm.Scope{Rule: p.rule.ID, Device: p.device.ID, Point: p.point.ID},
	}
	if words[0] == "oos" {
		q.Type = alarm.OutOfService
	}
	for _, w := range words[2:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "for", "review":
			d, err := time.ParseDuration(v)
			if err != nil {
				t.Fatal(err)
			}
			q.Until = at.Add(d)
		case "until":
			q.Until = s.next(t, at, v)
		case "change":
			q.Change = v
		case "filter":
			q.Scope = alarm.Scope{Filter: v}
		case "silently":
			q.Reason = ""
		default:
			t.Fatalf("unknown word %q", w)
		}
	}
	x, _ := s.held.Get(s.last)
	var e alarm.SuppressionEvent
	var err error
	switch words[0] {
	case "shelve", "oos":
		e, err = s.held.Request(q, s.standing(), s.rules)
	case "approve":
		e, err = x.Approve(words[1], "agreed", at)
	case "decline":
		e, err = x.Decline(words[1], "not now", at)
	default:
		e, err = x.End(words[1], "done", at)
	}
	if err != nil {
		var refused *alarm.SuppressionError
		if !errors.As(err, &refused) {
			t.Fatalf("refused without a SuppressionError: %v", err)
		}
		return err
	}
	s.apply(t, e)
	return nil
}

// next is the next time at which the wall clock of the place shows hh:mm.
func (s *stage) next(t *testing.T, at time.Time, clock string) time.Time {
	t.Helper()
	hm, err := time.Parse("15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	local := at.In(s.begin.Location())
	end := time.Date(local.Year(), local.Month(), local.Day(), hm.Hour(), hm.Minute(), 0, 0, local.Location())
	if !end.After(at) {
		end = time.Date(local.Year(), local.Month(), local.Day()+1, hm.Hour(), hm.Minute(), 0, 0, local.Location())
	}
	return end
}
