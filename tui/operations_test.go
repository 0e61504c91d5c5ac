package tui

import (
	"context"
	"sync"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
)

// call is one command that reached the service.
type call struct {
	kind, person, id, comment string
	revision                  int
}

// fakeOps records commands and answers with err.
type fakeOps struct {
	mu    sync.Mutex // protects the fields below
	calls []call
	err   error
	done  func(call)
	state alarm.SuppressionState // of what is made
}

func (f *fakeOps) record(c call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, c)
	if f.err == nil && f.done != nil {
		f.done(c)
	}
	return f.err
}

func (f *fakeOps) got() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]call(nil), f.calls...)
}

func (f *fakeOps) Acknowledge(_ context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return alarm.Occurrence{ID: id}, f.record(call{"acknowledge", p.ID, id, comment, revision})
}

func (f *fakeOps) Reset(_ context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return alarm.Occurrence{ID: id}, f.record(call{"reset", p.ID, id, comment, revision})
}

func (f *fakeOps) SetCause(_ context.Context, p duty.Person, id string, revision int, cause, comment string) (alarm.Occurrence, error) {
	return alarm.Occurrence{ID: id}, f.record(call{"cause " + cause, p.ID, id, comment, revision})
}

func (f *fakeOps) Assign(_ context.Context, p duty.Person, id string, revision int, owner, comment string) (alarm.Occurrence, error) {
	return alarm.Occurrence{ID: id}, f.record(call{"assign " + owner, p.ID, id, comment, revision})
}

func (f *fakeOps) Note(_ context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return alarm.Occurrence{ID: id}, f.record(call{"note", p.ID, id, comment, revision})
}

func (f *fakeOps) CloseUnwatched(_ context.Context, p duty.Person, id string, revision int, comment string) (alarm.Occurrence, error) {
	return alarm.Occurrence{ID: id}, f.record(call{"close", p.ID, id, comment, revision})
}

func (f *fakeOps) Shelve(_ context.Context, p duty.Person, id string, revision int, filter string, length time.Duration, reason string) (alarm.Suppression, error) {
	return alarm.Suppression{ID: "SUP-000001", State: f.state}, f.record(call{"shelve " + length.String(), p.ID, id + filter, reason, revision})
}

func (f *fakeOps) TakeOutOfService(_ context.Context, p duty.Person, id string, revision int, change string, review time.Time, reason string) (alarm.Suppression, error) {
	return alarm.Suppression{ID: "SUP-000001", State: f.state}, f.record(call{"service " + change + " " + review.Format(time.DateOnly), p.ID, id, reason, revision})
}

func (f *fakeOps) suppression(kind string) func(context.Context, duty.Person, string, int, string) (alarm.Suppression, error) {
	return func(_ context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
		return alarm.Suppression{ID: id}, f.record(call{kind, p.ID, id, reason, revision})
	}
}

func (f *fakeOps) Unshelve(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return f.suppression("unshelve")(ctx, p, id, revision, reason)
}

func (f *fakeOps) ReturnToService(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return f.suppression("return")(ctx, p, id, revision, reason)
}

func (f *fakeOps) ResumePolling(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return f.suppression("resume")(ctx, p, id, revision, reason)
}

func (f *fakeOps) Approve(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return f.suppression("approve")(ctx, p, id, revision, reason)
}

func (f *fakeOps) Decline(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error) {
	return f.suppression("decline")(ctx, p, id, revision, reason)
}

func (f *fakeOps) SetLanguage(_ context.Context, p duty.Person, lang string) error {
	return f.record(call{"language", p.ID, lang, "", 0})
}
