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
