package notify

import (
	"sync"
	"time"
)

// ChannelStatus is how one way out does.
type ChannelStatus struct {
	Name      string
	Failing   bool      // no success for two minutes
	Since     time.Time // first failure since the last success; zero: none
	LastSent  time.Time
	LastError string // of the last attempt that failed; "" since a success
	NextTry   time.Time
	Waiting   int
	Heartbeat bool // a dead-man heartbeat, not a channel for notices
}

// health counts a way out's failures from its last success on.
type health struct {
	since     time.Time // wall clock of the first failure; zero: none
	mono      time.Duration
	announced bool
	lastSent  time.Time
	lastError string
}

func (h *health) failed(now time.Time, mono time.Duration, reason string) {
	if h.since.IsZero() {
		h.since, h.mono = now, mono
	}
	h.lastError = reason
}

// worked notes a success and reports whether the failure had been announced.
func (h *health) worked(now time.Time) (was bool) {
	was = h.announced
	*h = health{lastSent: now}
	return was
}

// due reports, once, that a failure has lasted.
func (h *health) due(mono time.Duration) bool {
	if h.announced || h.since.IsZero() || mono-h.mono < failingFor {
		return false
	}
	h.announced = true
	return true
}

// channelState is what is known of one channel.
type channelState struct {
	channel Channel
	sender  sender
	broken  error // why there is no sender
	health  health

	turn     sync.Mutex // protects the order of an Alertmanager's alerts
	refresh  time.Duration
	reminds  bool   // a refresh is under way
	lastTest string // local day of the last test message, "" none
	testing  bool
	nextTest time.Duration // not before
}

func (st *channelState) status() ChannelStatus {
	return ChannelStatus{Name: st.channel.Name, Failing: st.health.announced, Since: st.health.since,
		LastSent: st.health.lastSent, LastError: st.health.lastError}
}

// noticeFailing announces channels and heartbeats that have failed for too long.
func (w *Worker) noticeFailing() {
	mono := w.o.Clock.Mono()
	type news struct {
		tell   func(string, bool, time.Time, string)
		name   string
		since  time.Time
		reason string
	}
	var list []news
	w.mu.Lock()
	for name, st := range w.channels {
		if st.health.due(mono) {
			w.metrics.failing.WithLabelValues(name).Set(1)
			list = append(list, news{w.o.Failing, name, st.health.since, st.health.lastError})
		}
	}
	for name, b := range w.beats {
		if b.health.due(mono) {
			list = append(list, news{w.o.Heartbeat, name, b.health.since, b.health.lastError})
		}
	}
	w.mu.Unlock()
	for _, n := range list {
		w.o.Log.Error("a way out fails; what it should tell waits", "channel", n.name, "since", n.since, "err", n.reason)
		if n.tell != nil {
			n.tell(n.name, true, n.since, n.reason)
		}
	}
}

// channelWorked notes that a channel's receiver took something.
func (w *Worker) channelWorked(name string) {
	w.mu.Lock()
	st := w.channels[name]
	was := st != nil && st.health.worked(w.o.Clock.Now())
	w.mu.Unlock()
	w.metrics.failing.WithLabelValues(name).Set(0)
	if was {
		w.o.Log.Info("a way out works again", "channel", name)
		if w.o.Failing != nil {
			w.o.Failing(name, false, time.Time{}, "")
		}
	}
}

// channelFailed notes an attempt that may be made again.
func (w *Worker) channelFailed(name, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st := w.channels[name]; st != nil {
		st.health.failed(w.o.Clock.Now(), w.o.Clock.Mono(), reason)
	}
}
