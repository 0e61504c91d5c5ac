package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"nezuban/internal/alarm"
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

func TestAWebhookThatFailsForFiveMinutesLosesNothing(t *testing.T) {
	out, world, said := &memory{}, &receiver{}, &news{}
	var tried ledger[time.Time]
	var up atomic.Bool
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(w http.ResponseWriter, r *http.Request) {
		tried.add(time.Now())
		if !up.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		world.take(r)
	}}
	inTime(t, Options{Outbox: out, Settings: hooks("hook"), Transport: world, Failing: said.tell}, func(w *Worker) {
		for i := range 20 {
			out.put(note(i, "hook", "", facility.P2))
		}
		pass(110 * time.Second)
		if said.said() != "" {
			t.Errorf("said %q before two minutes were over", said.said())
		}
		pass(190 * time.Second)
		if st := w.Status(); !st[0].Failing || st[0].LastError != "the receiver answered 502 Bad Gateway" || st[0].Waiting < 19 || st[0].NextTry.IsZero() {
			t.Errorf("after five minutes: %+v", st[0])
		}
		if n := len(tried.all()); n < 8 || n > 14 {
			t.Errorf("%d attempts in five minutes; want 1 s doubling to 60 s", n)
		}
		up.Store(true)
		pass(73 * time.Second)
		if got := world.taken(); len(got) != 20 || !slices.IsSorted(got) || len(slices.Compact(got)) != 20 {
			t.Errorf("%d taken: %v; want all twenty once, in order", len(got), got)
		}
		if out.count(duty.NoticeSent) != 20 || said.said() != "hook true, hook false" {
			t.Errorf("%d recorded as sent; said %q", out.count(duty.NoticeSent), said.said())
		}
		for i, tries := 1, tried.all(); i < len(tries); i++ {
			if d := tries[i].Sub(tries[i-1]); d > 74*time.Second {
				t.Errorf("%v between two attempts", d)
			}
		}
	})
}

func TestAReplyThatIsLostMeansASecondMessageWithTheSameID(t *testing.T) {
	out, world := &memory{}, &receiver{}
	var first atomic.Bool
	first.Store(true)
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(_ http.ResponseWriter, r *http.Request) {
		world.take(r)
		if first.Swap(false) {
			panic("reply lost")
		}
	}}
	inTime(t, Options{Outbox: out, Settings: hooks("hook"), Transport: world}, func(*Worker) {
		out.put(note(1, "hook", "", facility.P1), note(2, "hook", "", facility.P1))
		pass(10 * time.Second)
		if got := strings.Join(world.taken(), ", "); got != "hook.test NTC-000001, hook.test NTC-000001, hook.test NTC-000002" {
			t.Errorf("taken: %s", got)
		}
	})
}

func TestWhatWasTakenIsNotSentAgainWhileRecordsAreDown(t *testing.T) {
	out, world := &memory{broken: errors.New("disk full")}, &receiver{}
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(_ http.ResponseWriter, r *http.Request) { world.take(r) }}
	inTime(t, Options{Outbox: out, Settings: hooks("hook"), Transport: world}, func(*Worker) {
		out.put(note(1, "hook", "", facility.P1))
		pass(time.Minute)
		if got := world.taken(); len(got) != 1 {
			t.Errorf("sent %d times, want once", len(got))
		}
		out.breakdown(nil)
		pass(2 * time.Second)
		if out.count(duty.NoticeSent) != 1 {
			t.Error("it was not recorded once the records were back")
		}
	})
}

func TestAStuckTargetHoldsUpNobody(t *testing.T) {
	out, world := &memory{}, &receiver{}
	world.hosts = map[string]http.HandlerFunc{
		"stuck.test": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"hook.test": func(_ http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X") == "" && strings.Contains(bodyOf(r), `"person":"stuck"`) {
				<-r.Context().Done()
				return
			}
			world.take(r)
		},
	}
	inTime(t, Options{Outbox: out, Settings: hooks("stuck", "hook"), Transport: world}, func(*Worker) {
		for i := range 3000 { // more than are asked for at once
			out.put(note(i, "stuck", "", facility.P2))
		}
		out.put(note(5000, "hook", "stuck", facility.P2), note(5001, "hook", "sato", facility.P2), note(5002, "hook", "", facility.P2))
		pass(8 * time.Second)
		got := world.taken()
		slices.Sort(got)
		if strings.Join(got, ", ") != "hook.test NTC-005001, hook.test NTC-005002" {
			t.Errorf("taken: %v", got)
		}
	})
}

func bodyOf(r *http.Request) string {
	b, _ := io.ReadAll(r.Body) // a test's own body
	return string(b)
}

func TestWhatAReceiverMayAnswer(t *testing.T) {
	tests := []struct {
		name, host string
		answer     http.HandlerFunc
		state      duty.NoticeState
		says       string
		quiet      time.Duration // no second attempt before
	}{
		{"not found", "hook.test", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, duty.NoticeFailed, "404 Not Found", 0},
		{"forbidden", "hook.test", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, duty.NoticeFailed, "403 Forbidden", 0},
		{"time out", "hook.test", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(408) }, duty.NoticeDue, "408", 0},
		{"too many", "hook.test", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "30"); w.WriteHeader(429) }, duty.NoticeDue, "429", 30 * time.Second},
		{"wait for ever", "hook.test", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "999999999")
			w.WriteHeader(503)
		}, duty.NoticeDue, "503", 5 * time.Minute},
		{"redirect elsewhere", "hook.test", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://elsewhere.test/")
			w.WriteHeader(307)
		}, duty.NoticeFailed, "a redirect to another host is not followed", 0},
		{"nobody there", "nobody.test", nil, duty.NoticeDue, "no answer: connection refused", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, world := &memory{}, &receiver{}
			var tried ledger[time.Time]
			world.hosts = map[string]http.HandlerFunc{
				"hook.test": func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get(HeaderNotice) == "NTC-000001" {
						tried.add(time.Now())
					}
					tt.answer(w, r)
				},
				"elsewhere.test": func(_ http.ResponseWriter, _ *http.Request) { t.Error("the other host was asked") },
			}
			s := hooks("hook")
			s.Channels[0].URL = "http://" + tt.host + "/secret-token"
			s.Channels[0].Secret = "hmac-key"
			inTime(t, Options{Outbox: out, Settings: s, Transport: world}, func(*Worker) {
				out.put(note(1, "hook", "", facility.P1))
				pass(7 * time.Minute)
				n, tries := out.row(0), tried.all()
				if n.State != tt.state || !strings.Contains(n.LastError, tt.says) || strings.Contains(n.LastError, "secret-token") || strings.Contains(n.LastError, "hmac-key") {
					t.Errorf("state %s, error %q; want %s with %q and no secret", n.State, n.LastError, tt.state, tt.says)
				}
				if tt.state == duty.NoticeFailed && len(tries) != 1 {
					t.Errorf("%d attempts at what was refused for good", len(tries))
				}
				if tt.quiet > 0 && (len(tries) < 2 || tries[1].Sub(tries[0]) < tt.quiet) {
					t.Errorf("attempts at %v; want %v between them", tries, tt.quiet)
				}
			})
		})
	}
}

func TestAReceiverThatRefusesEverythingIsAFailingChannel(t *testing.T) {
	out, world, said := &memory{}, &receiver{}, &news{}
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }}
	inTime(t, Options{Outbox: out, Settings: hooks("hook"), Transport: world, Failing: said.tell}, func(w *Worker) {
		out.put(note(1, "hook", "", facility.P1))
		pass(3 * time.Minute)
		if said.said() != "hook true" {
			t.Errorf("said %q", said.said())
		}
		world.mu.Lock()
		world.hosts["hook.test"] = func(_ http.ResponseWriter, r *http.Request) { world.take(r) }
		world.mu.Unlock()
		pass(2 * time.Minute)
		if said.said() != "hook true, hook false" || len(world.taken()) != 1 {
			t.Errorf("with nothing to send the recovery must show itself by one test message: said %q, taken %v", said.said(), world.taken())
		}
		w.Apply(Settings{TestAt: -1})
		out.put(note(2, "hook", "", facility.P1))
		pass(5 * time.Second)
		if n := out.row(1); n.State != duty.NoticeFailed || !strings.Contains(n.LastError, "no channel hook") {
			t.Errorf("a notice of a channel that is gone: %s, %q", n.State, n.LastError)
		}
	})
}

func TestTheRateLimitMakesADigestAndNeverHoldsWhatIsGrave(t *testing.T) {
	out, world := &memory{}, &receiver{}
	var tried ledger[message.Message]
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(w http.ResponseWriter, r *http.Request) {
		var m message.Message
		if err := json.Unmarshal([]byte(bodyOf(r)), &m); err != nil {
			t.Error(err)
		}
		if m.Kind == "digest" {
			if tried.add(m); len(tried.all()) == 1 {
				w.WriteHeader(500)
				return
			}
		}
		world.take(r)
	}}
	s := hooks("hook")
	s.Channels[0].PerHour = 3
	inTime(t, Options{Outbox: out, Settings: s, Transport: world}, func(*Worker) {
		var list []duty.Notice
		for i := range 10 {
			list = append(list, note(i, "hook", "", facility.P3))
		}
		grave, fire := note(50, "hook", "", facility.P1), note(51, "hook", "", facility.P3)
		fire.Fire = true
		out.put(append(list, grave, fire)...)
		pass(5 * time.Second)
		want := "hook.test NTC-000050, hook.test NTC-000051, hook.test NTC-000000, hook.test NTC-000001, hook.test NTC-000002"
		if got := strings.Join(world.taken(), ", "); got != want {
			t.Fatalf("taken at once: %s; want %s", got, want)
		}
		for i := range 5 {
			out.put(note(60+i, "hook", "", facility.P1))
		}
		pass(5 * time.Second)
		if len(world.taken()) != 10 {
			t.Fatalf("%d taken; a P1 waits for no limit", len(world.taken()))
		}
		pass(11 * time.Minute)
		digests := tried.all()
		if out.count(duty.NoticeSent) != 17 || len(digests) != 2 {
			t.Fatalf("%d of 17 sent, %d digests tried; want 2, the first of which failed", out.count(duty.NoticeSent), len(digests))
		}
		if d := digests[1]; d.Notice != digests[0].Notice || len(d.Members) != 7 || d.Members[0].AlarmID != "ALM-000003" || d.Subject.En != ".3 7 alarms in one message (DC-E1)" {
			t.Errorf("digest %+v after %+v", d, digests[0])
		}
	})
}

func TestTheTestMessageOfTheDay(t *testing.T) {
	world, said := &receiver{}, &news{}
	var down atomic.Bool
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(500)
			return
		}
		world.take(r)
	}}
	s := hooks("hook")
	s.TestAt = 9 * time.Hour
	inTime(t, Options{Settings: s, Transport: world, Failing: said.tell}, func(*Worker) { // the bubble begins at midnight UTC
		pass(8 * time.Hour)
		if len(world.taken()) != 0 {
			t.Error("sent before its time")
		}
		pass(2 * time.Hour)
		if len(world.taken()) != 1 {
			t.Errorf("%d test messages at ten", len(world.taken()))
		}
		pass(24 * time.Hour)
		if got := world.taken(); len(got) != 2 || got[0] == got[1] {
			t.Errorf("after two days: %v", got)
		}
		down.Store(true)
		pass(24 * time.Hour)
		if said.said() != "hook true" {
			t.Errorf("a channel that is silent at its daily test: said %q", said.said())
		}
		down.Store(false)
		pass(2 * time.Minute)
		if got := world.taken(); len(got) != 3 || said.said() != "hook true, hook false" {
			t.Errorf("after its recovery: %v, said %q", got, said.said())
		}
	})
	for start, want := range map[time.Duration]int{8 * time.Hour: 1, 9*time.Hour + 30*time.Minute: 1, 11 * time.Hour: 0} {
		synctest.Test(t, func(t *testing.T) {
			pass(start)
			before := len(world.taken())
			ctx, cancel := context.WithCancel(t.Context())
			w := New(Options{Clock: clock.System(), Outbox: &memory{}, Settings: s, Transport: world})
			done := make(chan error, 1)
			go func() { done <- w.Run(ctx) }()
			pass(3 * time.Hour)
			if got := len(world.taken()) - before; got != want {
				t.Errorf("started at %v: %d test messages that day, want %d", start, got, want)
			}
			cancel()
			<-done
		})
	}
}

func TestHeartbeatsStopWhenTheProgramIsNotWell(t *testing.T) {
	world, said := &receiver{}, &news{}
	var bodies ledger[string]
	world.hosts = map[string]http.HandlerFunc{"beat.test": func(_ http.ResponseWriter, r *http.Request) {
		bodies.add(r.Method + " " + r.Header.Get("Authorization") + " " + bodyOf(r))
		world.take(r)
	}}
	var ill atomic.Pointer[error]
	s := Settings{Site: facility.Site{Code: "DC-E1"}, TestAt: -1, Heartbeats: []Heartbeat{{Name: "outside", URL: "http://beat.test/", Every: 25 * time.Second, Post: true, Token: "tok"}}}
	inTime(t, Options{Settings: s, Transport: world, Heartbeat: said.tell, Healthy: func() error {
		if p := ill.Load(); p != nil {
			return *p
		}
		return nil
	}}, func(w *Worker) {
		pass(101 * time.Second)
		if n := len(world.taken()); n != 4 && n != 5 {
			t.Errorf("%d heartbeats in 100 s, want one each 25 s", n)
		}
		last := bodies.all()[0]
		if !strings.HasPrefix(last, `POST Bearer tok {"at":`) || !strings.Contains(last, `"site":"DC-E1"`) {
			t.Errorf("the heartbeat was %s", last)
		}
		before := len(world.taken())
		down := errors.New("records are down")
		ill.Store(&down)
		pass(4 * time.Minute)
		if len(world.taken()) != before || said.said() != "outside true" {
			t.Errorf("%d more heartbeats of a program that is not well; said %q", len(world.taken())-before, said.said())
		}
		if st := w.Status(); !st[0].Heartbeat || !strings.Contains(st[0].LastError, "records are down") {
			t.Errorf("status %+v", st)
		}
		ill.Store(nil)
		pass(time.Minute)
		if said.said() != "outside true, outside false" {
			t.Errorf("said %q", said.said())
		}
	})
}

func TestActiveAlertsAreRefreshedBeforeTheyAreTakenForOver(t *testing.T) {
	world := &receiver{}
	type post struct {
		at     time.Time
		alerts []alert
	}
	var posted ledger[post]
	world.hosts = map[string]http.HandlerFunc{"am.test": func(_ http.ResponseWriter, r *http.Request) {
		var p post
		if err := json.Unmarshal([]byte(bodyOf(r)), &p.alerts); err != nil || r.URL.Path != "/base/api/v2/alerts" {
			t.Errorf("%s: %v", r.URL, err)
		}
		p.at = time.Now()
		posted.add(p)
	}}
	s := Settings{Site: facility.Site{Code: "DC-E1"}, TestAt: -1, Channels: []Channel{{Name: "am", Kind: Alertmanager, URL: "http://am.test/base", All: true}}}
	var active atomic.Pointer[[]alarm.Occurrence]
	active.Store(&[]alarm.Occurrence{})
	out := &memory{}
	inTime(t, Options{Outbox: out, Settings: s, Transport: world, Active: func() []alarm.Occurrence { return *active.Load() }}, func(*Worker) {
		o, _ := raised(facility.P2, alarm.Environment)
		o.RaisedAt = time.Now()
		shelved := o
		shelved.ID, shelved.Shelve = "ALM-2", &alarm.Suppression{}
		active.Store(&[]alarm.Occurrence{o, shelved})
		pass(5 * time.Minute)
		posts := posted.all()
		if len(posts) < 4 || len(posts) > 6 {
			t.Fatalf("%d refreshes in five minutes", len(posts))
		}
		for i, p := range posts {
			if len(p.alerts) != 1 || p.alerts[0].Labels["alarm_id"] != "ALM-900123" || p.alerts[0].EndsAt.Sub(p.at) < 4*time.Minute {
				t.Fatalf("refresh %d at %v: %+v", i, p.at, p.alerts)
			}
			if i > 0 && p.at.Sub(posts[i-1].at) > 70*time.Second {
				t.Errorf("%v between refreshes", p.at.Sub(posts[i-1].at))
			}
			if fmt.Sprint(p.alerts[0].Labels) != fmt.Sprint(posts[0].alerts[0].Labels) {
				t.Errorf("labels changed: %v", p.alerts[0].Labels)
			}
		}
		active.Store(&[]alarm.Occurrence{})
		n := len(posts)
		pass(5 * time.Minute)
		if got := len(posted.all()); got != n {
			t.Errorf("%d refreshes with nothing active", got-n)
		}
		ended, _ := raised(facility.P1, alarm.Environment)
		ended.RaisedAt, ended.Active, ended.ReturnedAt = time.Now().Add(-time.Hour), false, time.Now().Add(-time.Second)
		m := compose(s.Site, ended, nil, nil, time.Now())
		out.put(seal(duty.Notice{ID: "NTC-END", AlarmID: ended.ID, Kind: duty.NoticeReturned, Priority: facility.P1, Channel: "am", State: duty.NoticeDue, Due: time.Now()},
			m, message.Receiver{Channel: "am"}))
		pass(time.Hour)
		posts = posted.all()[n:]
		if len(posts) < 8 || len(posts) > 14 {
			t.Errorf("an end was told %d times; want again each minute while the receiver may still hold an end that was foretold", len(posts))
		}
		for _, p := range posts {
			if len(p.alerts) != 1 || p.alerts[0].EndsAt.After(p.at) || !p.alerts[0].EndsAt.Equal(posts[0].alerts[0].EndsAt) {
				t.Errorf("end %+v at %v", p.alerts, p.at)
			}
		}
	})
}

func TestTheSignatureCoversTimeAndBody(t *testing.T) {
	out, world := &memory{}, &receiver{}
	s := hooks("hook")
	s.Channels[0].Secret = "key"
	tpl, err := message.ParseTemplate(`{"text":{{json (in "ja" .Subject)}}}`)
	if err != nil {
		t.Fatal(err)
	}
	s.Channels[0].Template = tpl
	var ok atomic.Bool
	world.hosts = map[string]http.HandlerFunc{"hook.test": func(_ http.ResponseWriter, r *http.Request) {
		body, stamp := bodyOf(r), r.Header.Get(HeaderTimestamp)
		ok.Store(r.Header.Get(HeaderSignature) == Sign("key", stamp, []byte(body)) && Sign("key", stamp+"1", []byte(body)) != Sign("key", stamp, []byte(body)) &&
			r.Header.Get("Content-Type") == "application/json" && strings.HasPrefix(body, `{"text":"`))
		world.take(r)
	}}
	inTime(t, Options{Outbox: out, Settings: s, Transport: world}, func(*Worker) {
		out.put(note(1, "hook", "", facility.P1))
		pass(2 * time.Second)
		if !ok.Load() || len(world.taken()) != 1 {
			t.Error("the request was not signed as documented")
		}
	})
	// HMAC-SHA256 of "1700000000.{}" under "key", computed with openssl dgst -hmac.
	if got, want := Sign("key", "1700000000", []byte("{}")), "v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestASecretShowsItselfNowhere(t *testing.T) {
	s := hooks("hook")
	s.Channels[0].Secret = "swordfish"
	b, err := json.Marshal(s.Channels[0].Secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s.Channels[0].Secret), string(b)} {
		if strings.Contains(shown, "swordfish") {
			t.Errorf("a secret in %s", shown)
		}
	}
}
