package snmp

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
)

// A relay stands between a session and an agent and may change what is answered.
type relay struct {
	address string

	mu     sync.Mutex                       // protects change
	change func(answer []byte) (out []byte) // nil: sent on as it is
	asked  chan struct{}                    // after each request
}

func (r *relay) set(f func([]byte) []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.change = f
}

func startRelay(t *testing.T, to string) *relay {
	t.Helper()
	front, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	back, err := net.Dial("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: front.LocalAddr().String(), asked: make(chan struct{}, 100)}
	client := make(chan net.Addr, 100)
	var both sync.WaitGroup
	both.Go(func() {
		b := make([]byte, 65535)
		for {
			n, from, err := front.ReadFrom(b)
			if err != nil {
				return
			}
			client <- from
			_, _ = back.Write(b[:n])
			r.asked <- struct{}{}
		}
	})
	both.Go(func() {
		b := make([]byte, 65535)
		for {
			n, err := back.Read(b)
			if err != nil {
				return
			}
			out := slices.Clone(b[:n])
			r.mu.Lock()
			if r.change != nil {
				out = r.change(out)
			}
			r.mu.Unlock()
			if to := <-client; out != nil {
				_, _ = front.WriteTo(out, to)
			}
		}
	})
	t.Cleanup(func() {
		_, _ = front.Close(), back.Close()
		both.Wait()
	})
	return r
}

// quickSession has asked once, so that the next request goes the quick way. long
// counts the requests that the library answered in its own.
func quickSession(t *testing.T, address string) (g *gosnmpSession, long *int) {
	t.Helper()
	target := collectors.Target{Address: address, SNMP: collectors.SNMPAccess{Version: "3", User: "full", AuthPass: "correct-auth-pass", PrivPass: "correct-priv-pass"}}
	s, err := dial(t.Context(), target, DefaultTimeout, testTime())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	g = s.(*gosnmpSession)
	long = new(int)
	g.x.OnFinish = func(*gosnmp.GoSNMP) { *long++ }
	wantName(t, g)
	*long = 0
	return g, long
}

func wantName(t *testing.T, s session) {
	t.Helper()
	got, err := s.get(t.Context(), []string{oidSysName})
	if err != nil || len(got) != 1 || string(got[0].bytes) != "peer.example" {
		t.Errorf("got %+v, %v; want the peer's name", got, err)
	}
}

func TestQuickWay(t *testing.T) {
	r := startRelay(t, startSnmpd(t))
	g, long := quickSession(t, r.address)
	usm := g.x.SecurityParameters.(*gosnmp.UsmSecurityParameters)

	wantName(t, g)
	rows, err := g.bulk(t.Context(), []string{"1.3.6.1.2.1.1"}, 3)
	if err != nil || len(rows) != 3 {
		t.Errorf("GETBULK brought %+v, %v", rows, err)
	}
	one, err := g.next(t.Context(), []string{"1.3.6.1.2.1.1.5"})
	if err != nil || len(one) != 1 || one[0].oid != oidSysName {
		t.Errorf("GETNEXT brought %+v, %v", one, err)
	}
	if *long != 0 || len(g.sent) != 1 || g.rtt <= 0 {
		t.Errorf("%d requests the long way, %d datagrams for the last, round trip %v; want the quick way, one, a time", *long, len(g.sent), g.rtt)
	}

	usm.AuthoritativeEngineBoots++ // as a device that was set back: it reports that this is out of its time window
	wantName(t, g)
	if *long == 0 {
		t.Error("a request out of the time window was not asked the long way")
	}
	*long = 0
	wantName(t, g)
	if *long != 0 {
		t.Error("the engine's clock was not taken over from the long way")
	}

	usm.AuthoritativeEngineTime += 100 // within the window: ours must not go back by an answer
	wantName(t, g)
	if *long == 0 {
		t.Error("an answer with an earlier time than the last was taken the quick way")
	}
}

// What is not authentic is no answer, and one to an earlier request is not taken for
// that to this one.
func TestQuickWayRefuses(t *testing.T) {
	r := startRelay(t, startSnmpd(t))
	g, long := quickSession(t, r.address)
	g.setTimeout(300 * time.Millisecond)

	r.set(func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
	if got, err := g.get(t.Context(), []string{oidSysName}); err == nil {
		t.Errorf("a changed answer was taken: %+v", got)
	}
	r.set(nil)
	wantName(t, g)
	*long = 0

	var earlier []byte
	r.set(func(b []byte) []byte {
		earlier, b = slices.Clone(b), earlier
		return b // nothing for the first request, then each time the answer to the one before
	})
	// The second try is answered with the answer to the first, which is this request's.
	wantName(t, g)
	lost := g.timeouts()
	if lost == 0 || *long != 0 {
		t.Errorf("%d lost, %d the long way; want the first try lost and its answer taken for it", lost, *long)
	}
	if got, err := g.get(t.Context(), []string{"1.3.6.1.2.1.1.6.0"}); err != nil || got[0].oid != "1.3.6.1.2.1.1.6.0" {
		t.Errorf("got %+v, %v; want the place, whatever was answered to the request before", got, err)
	}

	r.set(func([]byte) []byte { return nil })
	before := g.timeouts()
	if _, err := g.get(t.Context(), []string{oidSysName}); !errors.Is(err, errNoAnswer) || g.timeouts() != before+2 {
		t.Errorf("%v, %d time-outs more; want no answer, and both tries counted", err, g.timeouts()-before)
	}
	if *long != 0 {
		t.Errorf("%d requests the long way; silence is no reason", *long)
	}
}

func TestQuickWayEndsWithItsContext(t *testing.T) {
	r := startRelay(t, startSnmpd(t))
	g, _ := quickSession(t, r.address)
	g.setTimeout(time.Hour)
	r.set(func([]byte) []byte { return nil })
	for len(r.asked) > 0 {
		<-r.asked
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-r.asked
		cancel()
	}()
	if _, err := g.get(ctx, []string{oidSysName}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}
