package main

import (
	"context"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/ops"
	"nezuban/tui/action"
)

// consoleOps is the service layer in the words of the console.
type consoleOps struct{ *ops.Service }

var _ action.Operations = consoleOps{}

// Shelve holds back one alarm, or all that a filter matches.
func (o consoleOps) Shelve(ctx context.Context, p duty.Person, id string, revision int, filter string, length time.Duration, reason string) (alarm.Suppression, error) {
	return o.Service.Shelve(ctx, p, ops.ShelveRequest{AlarmID: id, Revision: revision, Filter: filter, For: length, Reason: reason})
}

// TakeOutOfService holds back one alarm under a change number.
func (o consoleOps) TakeOutOfService(ctx context.Context, p duty.Person, id string, revision int, change string, review time.Time, reason string) (alarm.Suppression, error) {
	return o.Service.TakeOutOfService(ctx, p, ops.ServiceRequest{AlarmID: id, Revision: revision, Change: change, Review: review, Reason: reason})
}

// shiftEnd is when the shift at an instant ends: the next beginning of one, on
// the clocks of the site. The zero time: the site has no shifts.
func shiftEnd(site *config.Site, now time.Time) time.Time {
	local := now.In(site.Facility.Zone)
	var end time.Time
	for day := range 3 {
		for _, s := range site.Shifts {
			start := time.Date(local.Year(), local.Month(), local.Day()+day, 0, int(s.Start/time.Minute), 0, 0, local.Location())
			if start.After(now) && (end.IsZero() || start.Before(end)) {
				end = start
			}
		}
	}
	return end
}

// assignees are the ids of the people who may own an alarm.
func assignees(site *config.Site) []string {
	var out []string
	for _, p := range site.People {
		if p.Has(duty.Operator, duty.ShiftLead, duty.Manager) {
			out = append(out, p.ID)
		}
	}
	return out
}
