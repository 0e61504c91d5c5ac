// Package notify sends what stands in the outbox to people and systems: mail
// (RFC 5321), webhooks, receivers of Alertmanager's API; and says who is to be
// told of what.
//
// # At least once
//
// A notice is written by the service layer in the transaction of the transition
// that caused it. The worker here sends it until the receiver has taken it or
// refused it for good; a crash between the two means a second message with the
// same notice id, never none.
//
// # What this package does not do
//
// It decides nothing about alarms and writes nothing itself: it asks its Outbox
// for what is due and tells it what became of it.
package notify

import (
	"context"
	"time"

	"nezuban/internal/duty"
)

// An Outbox holds notices; internal/ops is one.
type Outbox interface {
	// DueNotices returns notices to be tried now, the oldest first, for each channel
	// and target in order.
	DueNotices(ctx context.Context, now time.Time, limit int) ([]duty.Notice, error)
	NoticeSent(ctx context.Context, id string, at time.Time) error
	// NoticeFailed keeps the reason; a zero next means for good.
	NoticeFailed(ctx context.Context, id, reason string, next time.Time) error
}
