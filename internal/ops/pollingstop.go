package ops

import (
	"context"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// A StopRequest asks for one device not to be polled for a while, because
// somebody works on it.
type StopRequest struct {
	Device facility.DeviceID
	For    time.Duration // at most alarm.MaxPollingStop
	Reason string
}

// StopPolling keeps the collectors from asking one device anything, until its end
// or until somebody resumes it. What stands goes on standing; the device's absence
// raises nothing meanwhile. It needs the shift lead's role and a reason. Where a P1
// rule watches the device, or nobody knows yet what it has, a second person must
// approve. A device that protects life is refused. A stop of the same device that
// is in force ends in its favour.
func (s *Service) StopPolling(ctx context.Context, p duty.Person, r StopRequest) (alarm.Suppression, error) {
	now := s.clock.Now()
	return s.begin(ctx, beginning{
		name: "stop_polling", person: p, roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead", device: r.Device,
		request: alarm.SuppressionRequest{Type: alarm.PollingStop, By: p.ID, Reason: r.Reason, Until: now.Add(r.For), At: now},
	})
}

// ResumePolling ends a polling stop before its time, or takes its request back. It
// needs the shift lead's role and a reason.
func (s *Service) ResumePolling(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return s.change(ctx, changing{
		name: "resume_polling", person: p, roles: []duty.Role{duty.ShiftLead}, needs: "shift-lead",
		id: id, revision: revision, reason: reason, kind: alarm.PollingStop,
		decide: func(u alarm.Suppression, reason string, now time.Time) (alarm.SuppressionEvent, error) {
			return u.End(p.ID, reason, now)
		},
	})
}

// Stops are the polling stops in force, one a device.
func (s *Service) Stops() []alarm.Suppression {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sups.Stops()
}

// sight is what the rules see of the device of a request, where it needs that.
func (s *Service) sight(b *beginning) error {
	if b.request.Type != alarm.PollingStop {
		return nil
	}
	x, ok := s.o.Sight(b.device)
	if !ok {
		return duty.Refuse(duty.NotFound, "%s: nobody polls a device %q; `nezuban devices` lists them", b.name, b.device)
	}
	b.request.Sight = x
	return nil
}

// outgrown says, by id, why polling stops cannot go on or be approved: the device
// has other rules or points than when they were asked for.
func (s *Service) outgrown() map[string]string {
	s.mu.Lock()
	list := s.sups.PollingStops()
	s.mu.Unlock()
	var out map[string]string
	for _, u := range list {
		x, ok := s.o.Sight(u.Scope.Device)
		if !ok {
			continue // not in the inventory now: it ends by itself
		}
		if why := u.Outgrown(x); why != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[u.ID] = why
		}
	}
	return out
}
