package main

import (
	"testing"
	"time"

	"nezuban/internal/live"
	"nezuban/sla"
)

// A window that is over is taken from the records as it was closed; one that runs,
// or was closed under other bounds, is computed.
func TestClosedWindowsAreTakenFromTheRecords(t *testing.T) {
	lo := 18.0
	tg := sla.Target{Name: "inlet", Kind: sla.KindRange, Range: &sla.RangeIndicator{Metric: "temperature_celsius", Min: &lo}, Window: sla.Window{Duration: "1M", Zone: time.UTC}}
	from, to := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	book := sla.NewBook()
	c := sla.Closing{Target: "inlet", From: from.Unix(), To: to.Unix(), Revision: 2, State: sla.StateFinal, Results: []sla.Result{{Name: "inlet", Good: 7, State: sla.StateProvisional}, {Name: "inlet", Entity: "hub-1"}}}
	if err := book.Apply(sla.Entry{Kind: sla.EntryClosed, Object: "window:inlet", Revision: 1, Closing: &c}); err != nil {
		t.Fatal(err)
	}
	g := &targetSource{facts: live.Facts{Book: book}, versions: map[string][]sla.Version{"inlet": {{Revision: 1, Target: &tg}}}}
	october := from.AddDate(0, 0, 20)
	if got := g.closedBy(&tg, october, to); len(got) != 1 || got[0].Good != 7 || got[0].State != sla.StateFinal {
		t.Errorf("October: %+v", got)
	}
	if got := g.closedBy(&tg, october, to.Add(-time.Hour)); got != nil {
		t.Errorf("October while it ran: %+v", got)
	}
	if got := g.closedBy(&tg, to.AddDate(0, 0, 5), to.AddDate(0, 1, 0)); got != nil {
		t.Errorf("November: %+v", got)
	}
	edited := tg
	edited.TargetPPM = 5
	g.versions["inlet"] = append(g.versions["inlet"], sla.Version{Revision: 2, From: october.Unix(), Target: &edited})
	if got := g.closedBy(&tg, october, to); got != nil {
		t.Errorf("closed whole, edited within: %+v", got)
	}
}
