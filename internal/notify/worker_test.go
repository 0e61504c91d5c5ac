package notify

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

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
