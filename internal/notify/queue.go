package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

// A queue is one target of one channel. Only the goroutine that runs it touches
// what is not named as protected.
type queue struct {
	key      queueKey
	running  bool          // protected by Worker.mu
	waiting  int           // protected by Worker.mu
	until    time.Duration // monotonic, protected by Worker.mu: not before
	nextTry  time.Time     // protected by Worker.mu: the same for people
	attempts int           // in a row without success
	bucket   bucket
	digestAt time.Duration // monotonic; 0: nothing is held back
	digest   *digest       // protected by Worker.mu: on its way; fixed, so that a second attempt says the same
}

// serve sends a batch in order until it is done or the receiver must be left
// alone for a while.
func (w *Worker) serve(ctx context.Context, q *queue, batch []duty.Notice) {
	defer func() {
		w.mu.Lock()
		q.running = false
		more := w.o.Clock.Mono() >= q.until && len(batch) >= leastLimit/2
		w.mu.Unlock()
		if more {
			w.Wake()
		}
	}()
	w.mu.Lock()
	st := w.channels[q.key.channel]
	var channel Channel
	if st != nil {
		channel = st.channel
	}
	w.mu.Unlock()
	inOrder(batch)
	q.bucket.perHour = channel.PerHour
	var held []duty.Notice
	for _, n := range batch {
		switch {
		case ctx.Err() != nil:
			return
		case w.settled(ctx, n, st):
		case q.digest != nil && q.digest.has(n.ID):
		case limited(n) && !q.bucket.take(w.o.Clock.Mono()):
			held = append(held, n)
		default:
			if !w.attempt(ctx, q, st, n) {
				return
			}
		}
	}
	w.digests(ctx, q, st, held)
}

// settled deals with notices that need no sending: taken before but not written
// down, of a channel that is gone, of a drill.
func (w *Worker) settled(ctx context.Context, n duty.Notice, st *channelState) bool {
	w.mu.Lock()
	at, taken := w.unrecorded[n.ID]
	w.mu.Unlock()
	switch {
	case taken:
		w.record(ctx, n, at)
	case st == nil:
		w.giveUp(ctx, n, fmt.Sprintf("there is no channel %s in notify.yaml any more", n.Channel))
	case n.Drill:
		w.giveUp(ctx, n, "a drill: nothing is sent")
	default:
		return false
	}
	return true
}

// attempt sends one notice and reports whether the queue may go on.
func (w *Worker) attempt(ctx context.Context, q *queue, st *channelState, n duty.Notice) bool {
	var m message.Message
	if err := json.Unmarshal(n.Body, &m); err != nil {
		w.giveUp(ctx, n, "its body cannot be read: "+reasonOf(err))
		return true
	}
	err := w.transmit(ctx, st, n, &m)
	var final *refusal
	switch {
	case err == nil:
		q.attempts = 0
		w.taken(ctx, n)
		return true
	case ctx.Err() != nil: // we are going down; whether it was taken is unknown, so it stays due
		return false
	case errors.As(err, &final):
		w.giveUp(ctx, n, reasonOf(err))
		return true
	}
	next := w.backOff(q, n.Attempts, err)
	w.note(ctx, w.o.Outbox.NoticeFailed(ctx, n.ID, reasonOf(err), next), n)
	return false
}

// transmit makes one attempt within its time.
func (w *Worker) transmit(ctx context.Context, st *channelState, n duty.Notice, m *message.Message) error {
	w.mu.Lock()
	snd, broken, s := st.sender, st.broken, w.settings
	w.mu.Unlock()
	if broken != nil {
		w.channelFailed(n.Channel, reasonOf(broken))
		return broken
	}
	d := &delivery{notice: n, msg: m, now: w.o.Clock.Now()}
	if p, ok := s.Roster.Person(n.Target); ok {
		d.lang = p.Language
		if a := s.Contacts[p.ID][n.Channel]; a != "" {
			m.To.Address = line(a, maxName) // the newest one
		}
	}
	if n.AlarmID != "" {
		d.first = noticeID(n.AlarmID, 1, 0, duty.NoticeRaised, n.Channel, n.Target)
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout+time.Second)
	defer cancel()
	if _, ok := snd.(*alertmanager); ok {
		st.turn.Lock()
		defer st.turn.Unlock()
	}
	err := snd.send(ctx, d)
	var final *refusal
	switch {
	case err == nil:
		w.metrics.attempts.WithLabelValues(n.Channel, "taken").Inc()
	case errors.As(err, &final):
		w.metrics.attempts.WithLabelValues(n.Channel, "refused").Inc()
		w.channelFailed(n.Channel, reasonOf(err)) // one that refuses everything is as bad as one that is silent
	default:
		w.metrics.attempts.WithLabelValues(n.Channel, "failed").Inc()
		w.channelFailed(n.Channel, reasonOf(err))
	}
	return err
}

// backOff leaves the receiver alone: 1 s, doubling to 60 s, a fifth more or less,
// and at least as long as it asked for. It returns when the notice is due again: a
// little before the queue may go on, so that it is the first again.
func (w *Worker) backOff(q *queue, attempts int, err error) time.Time {
	n := min(max(attempts, q.attempts), 10)
	q.attempts++
	delay := min(firstRetry<<n, lastRetry)
	delay = time.Duration(float64(delay) * (0.8 + 0.4*rand.Float64()))
	var l *later
	if errors.As(err, &l) {
		delay = max(delay, l.after)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	q.until, q.nextTry = w.o.Clock.Mono()+delay, w.o.Clock.Now().Add(delay)
	return q.nextTry.Add(-100 * time.Millisecond)
}

// taken notes that the receiver has a notice.
func (w *Worker) taken(ctx context.Context, n duty.Notice) {
	now := w.o.Clock.Now()
	w.mu.Lock()
	w.unrecorded[n.ID] = now
	w.mu.Unlock()
	w.metrics.sent.WithLabelValues(n.Channel, string(n.Kind)).Inc()
	if n.Due.After(time.Time{}) {
		w.metrics.delay.WithLabelValues(n.Channel).Observe(max(now.Sub(n.Due).Seconds(), 0))
	}
	w.channelWorked(n.Channel)
	w.record(ctx, n, now)
}

// record writes down that a notice was taken, also while the program goes down.
// Where it cannot be, the notice is kept in mind and not sent again.
func (w *Worker) record(ctx context.Context, n duty.Notice, at time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTimeout)
	defer cancel()
	if err := w.o.Outbox.NoticeSent(ctx, n.ID, at); err != nil {
		w.note(ctx, err, n)
		return
	}
	w.mu.Lock()
	delete(w.unrecorded, n.ID)
	w.mu.Unlock()
}

// giveUp notes that a notice will never be taken; it is shown.
func (w *Worker) giveUp(ctx context.Context, n duty.Notice, reason string) {
	w.metrics.refused.WithLabelValues(n.Channel).Inc()
	w.o.Log.Error("a notice cannot be delivered", "notice", n.ID, "alarm", n.AlarmID, "channel", n.Channel, "target", n.Target, "err", reason)
	w.note(ctx, w.o.Outbox.NoticeFailed(ctx, n.ID, reason, time.Time{}), n)
}

func (w *Worker) note(ctx context.Context, err error, n duty.Notice) {
	if err != nil && ctx.Err() == nil {
		w.o.Log.Error("what became of a notice cannot be written down yet", "notice", n.ID, "channel", n.Channel, "err", err)
	}
}

// refreshAlerts reminds Alertmanagers of what is active.
func (w *Worker) refreshAlerts(ctx context.Context) {
	if w.o.Active == nil {
		return
	}
	mono := w.o.Clock.Mono()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, st := range w.channels {
		am, ok := st.sender.(*alertmanager)
		if !ok || st.broken != nil || st.reminds || mono < st.refresh {
			continue
		}
		st.refresh, st.reminds = mono+alertRefresh, true
		w.running.Go(func() {
			err := w.remind(ctx, st, am)
			w.mu.Lock()
			st.reminds = false
			w.mu.Unlock()
			if err != nil && ctx.Err() == nil {
				w.o.Log.Warn("active alerts were not refreshed", "channel", am.channel.Name, "err", reasonOf(err))
				w.channelFailed(am.channel.Name, reasonOf(err))
			}
		})
	}
}

// remind holds the channel's turn from asking what is active until it is told: an
// alert that ends meanwhile is told afterwards.
func (w *Worker) remind(ctx context.Context, st *channelState, am *alertmanager) error {
	st.turn.Lock()
	defer st.turn.Unlock()
	active := w.o.Active()
	w.mu.Lock()
	failing := !st.health.since.IsZero()
	w.mu.Unlock()
	asked, err := am.refresh(ctx, w.o.Clock.Now(), active, w.o.Rule, failing)
	if asked && err == nil {
		w.channelWorked(am.channel.Name)
	}
	return err
}

// limited reports whether the rate limit applies to a notice: never to P1 and
// life safety, and not to tests.
func limited(n duty.Notice) bool {
	return n.Priority != facility.P1 && !n.Fire && n.Kind != duty.NoticeTest
}
