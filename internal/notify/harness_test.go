package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

// memory is an outbox that forgets nothing.
type memory struct {
	mu     sync.Mutex // protects the following
	rows   []duty.Notice
	broken error // of NoticeSent; nil: it works
}

func (m *memory) breakdown(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

func (m *memory) put(list ...duty.Notice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = append(m.rows, list...)
}

func (m *memory) DueNotices(_ context.Context, now time.Time, limit int) (out []duty.Notice, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.rows {
		if n.State == duty.NoticeDue && !n.Due.After(now) && !n.Next.After(now) && len(out) < limit {
			out = append(out, n)
		}
	}
	return out, nil
}

func (m *memory) change(id string, f func(*duty.Notice)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.rows, func(n duty.Notice) bool { return n.ID == id })
	if i < 0 {
		return fmt.Errorf("no notice %s", id)
	}
	f(&m.rows[i])
	return nil
}

func (m *memory) NoticeSent(_ context.Context, id string, at time.Time) error {
	m.mu.Lock()
	err := m.broken
	m.mu.Unlock()
	if err != nil {
		return err
	}
	return m.change(id, func(n *duty.Notice) { n.State, n.SentAt, n.Attempts = duty.NoticeSent, at, n.Attempts+1 })
}

func (m *memory) NoticeFailed(_ context.Context, id, reason string, next time.Time) error {
	return m.change(id, func(n *duty.Notice) {
		n.LastError, n.Next, n.Attempts = reason, next, n.Attempts+1
		if next.IsZero() {
			n.State = duty.NoticeFailed
		}
	})
}

func (m *memory) row(i int) duty.Notice {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rows[i]
}

func (m *memory) count(state duty.NoticeState) (k int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.rows {
		if n.State == state {
			k++
		}
	}
	return k
}

// receiver is the world outside: a handler for each host.
type receiver struct {
	mu    sync.Mutex // protects the following
	hosts map[string]http.HandlerFunc
	got   []string // "host id" of what was taken, in order
	at    []time.Time
}

// RoundTrip asks the host's handler; one that panics has lost the reply.
func (r *receiver) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	defer func() {
		if recover() != nil {
			resp, err = nil, errors.New("connection reset by peer")
		}
	}()
	r.mu.Lock()
	h := r.hosts[req.URL.Host]
	r.mu.Unlock()
	if h == nil {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	h(w, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// take notes what a host took.
func (r *receiver) take(req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got, r.at = append(r.got, req.URL.Host+" "+req.Header.Get(HeaderNotice)), append(r.at, time.Now())
}

func (r *receiver) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func hooks(names ...string) Settings {
	s := Settings{Site: facility.Site{Code: "DC-E1"}, TestAt: -1}
	for _, n := range names {
		s.Channels = append(s.Channels, Channel{Name: n, Kind: Webhook, URL: "http://" + n + ".test/in"})
	}
	return s
}

func note(i int, channel, target string, p facility.Priority) duty.Notice {
	id := fmt.Sprintf("ALM-%06d", i)
	m := message.Message{Version: 1, Kind: "raised", Alarm: &message.Alarm{ID: id, Name: message.Text{En: "N", Ja: "N"}, Device: "d", RaisedAt: time.Now()}}
	n := duty.Notice{ID: fmt.Sprintf("NTC-%06d", i), AlarmID: id, Kind: duty.NoticeRaised, Priority: p, Channel: channel, Target: target,
		State: duty.NoticeDue, Due: time.Now()}
	return seal(n, m, message.Receiver{Channel: channel, Person: target})
}

// A ledger is a list that the worker's goroutines write and a test reads.
type ledger[T any] struct {
	mu   sync.Mutex // protects list
	list []T
}

func (l *ledger[T]) add(x T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, x)
}

func (l *ledger[T]) all() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// news is what the worker said of its channels.
type news struct {
	mu   sync.Mutex // protects list
	list []string
}

func (n *news) tell(name string, failing bool, _ time.Time, _ string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, fmt.Sprintf("%s %v", name, failing))
}

func (n *news) said() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.list, ", ")
}

// inTime runs a worker in time that tests pass as they like.
func inTime(t *testing.T, o Options, story func(w *Worker)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Clock = clock.System()
		if o.Outbox == nil {
			o.Outbox = &memory{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		w := New(o)
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		story(w)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the worker ended with %v", err)
		}
	})
}

// pass lets time go by.
func pass(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

func bodyOf(r *http.Request) string {
	b, _ := io.ReadAll(r.Body) // a test's own body
	return string(b)
}
