package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
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
