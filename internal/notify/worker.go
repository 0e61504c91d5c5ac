package notify

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
)

const (
	pollEvery   = time.Second      // the outbox is asked at least so often
	firstRetry  = time.Second      // doubling …
	lastRetry   = time.Minute      // … up to this
	failingFor  = 2 * time.Minute  // without a success until a channel counts as failing
	digestEvery = 10 * time.Minute // at most, to one target
	digestMost  = 500              // notices in one digest
	leastLimit  = 512              // notices asked for at once
	mostLimit   = 1 << 15
)

// Options of a Worker. Clock and Outbox are required; everything else may be left
// out.
type Options struct {
	Clock    clock.Clock
	Outbox   Outbox
	Settings Settings

	// Failing is called when a channel (or a heartbeat) has had no success for two
	// minutes, and again when it has one: an alarm that goes out on the others.
	Failing   func(channel string, failing bool, since time.Time, reason string)
	Heartbeat func(name string, failing bool, since time.Time, reason string)

	// Active returns the alarms that are active and told, for receivers that must be
	// reminded: neither held back nor consequences of others. It must not lag behind
	// the outbox. nil: none are reminded.
	Active func() []alarm.Occurrence
	Rule   func(id string) *alarm.Rule
	// Healthy is asked before each heartbeat; one that is not well sends none.
	Healthy func() error

	Transport  http.RoundTripper // instead of the network; nil: the network
	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// A Worker sends what is due until its context ends.
type Worker struct {
	o       Options
	metrics *metrics
	wake    chan struct{}
	running sync.WaitGroup

	mu         sync.Mutex // protects the following
	settings   *Settings
	channels   map[string]*channelState
	queues     map[queueKey]*queue
	beats      map[string]*beatState
	unrecorded map[string]time.Time // taken by the receiver, not yet written down
	limit      int
	deaf       bool // the outbox did not answer last time
}

type queueKey struct{ channel, target string }

// New makes a Worker; it does nothing until Run.
func New(o Options) *Worker {
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rule == nil {
		o.Rule = func(string) *alarm.Rule { return nil }
	}
	w := &Worker{
		o: o, metrics: newMetrics(o.Registerer), wake: make(chan struct{}, 1), limit: leastLimit,
		channels: map[string]*channelState{}, queues: map[queueKey]*queue{}, beats: map[string]*beatState{}, unrecorded: map[string]time.Time{},
	}
	w.Apply(o.Settings)
	return w
}

// Apply takes up changed settings. Channels that stay keep what is known of them.
func (w *Worker) Apply(s Settings) {
	for _, end := range w.apply(&s) {
		end() // nothing fails any more that there is no more
	}
}

// apply returns what to tell of ways out that were failing and are gone.
func (w *Worker) apply(s *Settings) (ends []func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settings = s
	old := w.channels
	w.channels = map[string]*channelState{}
	for _, c := range s.Channels {
		st := old[c.Name]
		if st == nil {
			st = &channelState{lastTest: w.testedBefore(s)}
		}
		st.channel = c
		st.sender, st.broken = newSender(c, siteOf(s.Site), zoneOf(s), s.Site.Language, w.o.Transport)
		w.channels[c.Name] = st
	}
	for name, st := range old {
		if w.channels[name] == nil && st.health.announced && w.o.Failing != nil {
			w.metrics.failing.DeleteLabelValues(name)
			ends = append(ends, func() { w.o.Failing(name, false, time.Time{}, "") })
		}
	}
	oldBeats := w.beats
	w.applyBeats(s.Heartbeats)
	for name, b := range oldBeats {
		if w.beats[name] == nil && b.health.announced && w.o.Heartbeat != nil {
			ends = append(ends, func() { w.o.Heartbeat(name, false, time.Time{}, "") })
		}
	}
	return ends
}

// Wake makes the worker look into the outbox at once.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, then waits for what is under way.
func (w *Worker) Run(ctx context.Context) error {
	defer w.running.Wait()
	w.running.Go(func() {
		for w.o.Clock.Sleep(ctx, pollEvery) == nil {
			w.upkeep(ctx)
		}
	})
	for ctx.Err() == nil {
		w.poll(ctx)
		w.pause(ctx, pollEvery)
	}
	return nil
}

// pause waits for d or for Wake.
func (w *Worker) pause(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var woken sync.WaitGroup
	woken.Go(func() {
		select {
		case <-w.wake:
			cancel()
		case <-ctx.Done():
		}
	})
	_ = w.o.Clock.Sleep(ctx, d) // either way it is time to look again
	cancel()
	woken.Wait()
}

// upkeep does what the clock asks for besides the outbox: it must not depend on
// the records.
func (w *Worker) upkeep(ctx context.Context) {
	w.noticeFailing()
	w.dailyTests(ctx)
	w.refreshAlerts(ctx)
	w.beat(ctx)
}

// poll asks the outbox once and starts every queue that may send.
func (w *Worker) poll(ctx context.Context) {
	w.mu.Lock()
	busy := map[queueKey]bool{}
	for k, q := range w.queues {
		busy[k] = q.running // what it has just sent may still look due
	}
	limit := w.limit
	w.mu.Unlock()
	list, err := w.o.Outbox.DueNotices(ctx, w.o.Clock.Now(), limit)
	w.hear(ctx, err)
	if err != nil {
		return
	}
	batches := map[queueKey][]duty.Notice{}
	for _, n := range list {
		k := queueKey{n.Channel, n.Target}
		batches[k] = append(batches[k], n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch most := busiest(list); {
	case most >= limit: // what waits must not hide what could go
		w.limit = min(limit*2, mostLimit)
	case most < limit/4:
		w.limit = max(limit/2, leastLimit)
	}
	w.forget(batches, busy)
	for k, batch := range batches {
		if busy[k] {
			continue
		}
		q := w.queues[k]
		if q == nil {
			q = &queue{key: k}
			w.queues[k] = q
		}
		q.waiting = len(batch)
		if q.running || w.o.Clock.Mono() < q.until {
			continue
		}
		q.running = true
		w.running.Go(func() { w.serve(ctx, q, batch) })
	}
}

// busiest is the greatest number of notices of one channel: an outbox may count
// its limit for each.
func busiest(list []duty.Notice) int {
	n, most := map[string]int{}, 0
	for _, x := range list {
		n[x.Channel]++
		most = max(most, n[x.Channel])
	}
	return most
}

// forget drops queues that have nothing to send and nothing to remember.
func (w *Worker) forget(batches map[queueKey][]duty.Notice, busy map[queueKey]bool) {
	for k, q := range w.queues {
		if busy[k] || q.running || len(batches[k]) > 0 {
			continue
		}
		if q.attempts > 0 && w.o.Clock.Mono() < q.until+2*pollEvery {
			q.waiting = 1 // the one that is tried again later
			continue
		}
		q.waiting, q.attempts = 0, 0
		q.digest = nil // every notice of it was taken back meanwhile
		if w.o.Clock.Mono() > q.bucket.fullAt() {
			delete(w.queues, k)
		}
	}
}

// hear logs the outbox' silence once, and its return.
func (w *Worker) hear(ctx context.Context, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case err != nil && !w.deaf:
		w.o.Log.Error("the outbox does not answer; notices wait in it", "err", err)
		w.deaf = true
	case err == nil && w.deaf:
		w.o.Log.Info("the outbox answers again")
		w.deaf = false
	}
}

// inOrder puts what must not wait first. Notices of one alarm keep their order:
// an earlier one of the same alarm comes along.
func inOrder(batch []duty.Notice) {
	urgent := map[string]bool{}
	for _, n := range batch {
		if !limited(n) && n.AlarmID != "" {
			urgent[n.AlarmID] = true
		}
	}
	rank := func(n duty.Notice) int {
		if urgent[n.AlarmID] || !limited(n) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(batch, func(a, b duty.Notice) int { return cmp.Compare(rank(a), rank(b)) })
}

// Status is how each way out does, by name, channels before heartbeats.
func (w *Worker) Status() []ChannelStatus {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []ChannelStatus
	for _, st := range w.channels {
		s := st.status()
		for k, q := range w.queues {
			if k.channel == s.Name {
				s.Waiting += q.waiting
				if q.nextTry.After(s.NextTry) && w.o.Clock.Mono() < q.until {
					s.NextTry = q.nextTry
				}
			}
		}
		out = append(out, s)
	}
	for _, b := range w.beats {
		out = append(out, b.status())
	}
	slices.SortFunc(out, func(a, b ChannelStatus) int {
		if a.Heartbeat != b.Heartbeat {
			if b.Heartbeat {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}
