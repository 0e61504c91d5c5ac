package sshd

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"

	"nezuban/internal/duty"
)

// A terminal of any size a client can say costs no more than a large real one.
func TestATerminalWithoutEndIsCut(t *testing.T) {
	b := newBench(t, nil)
	sess, _, out := b.open(b.dial("sato", nil), 4_000_000_000, 4_000_000_000)
	eventually(t, "a screen", func() bool { return out.has("first alarm") })
	for _, size := range [][2]int{{4_000_000_000, 1}, {1, 4_000_000_000}, {0, 0}, {80, 24}} {
		if err := sess.WindowChange(size[1], size[0]); err != nil {
			t.Fatal(err)
		}
	}
	b.feed.publish("second alarm")
	eventually(t, "it goes on", func() bool { return out.has("second alarm") })
}

func TestSizesAreCutInPlace(t *testing.T) {
	r := &gossh.Request{Type: "window-change", Payload: gossh.Marshal(struct{ W, H, X, Y uint32 }{1 << 31, 1 << 31, 0, 0})}
	var got struct{ W, H, X, Y uint32 }
	if !bound(r) || gossh.Unmarshal(r.Payload, &got) != nil || got.W != maxColumns || got.H != maxRows {
		t.Errorf("became %+v", got)
	}
	for _, bad := range []*gossh.Request{
		{Type: "window-change", Payload: []byte{0, 0, 0, 1}},
		{Type: "pty-req", Payload: []byte{255, 255, 255, 255, 1}},
		{Type: "pty-req", Payload: gossh.Marshal(struct {
			T    string
			W, H uint32
		}{strings.Repeat("x", maxTermName+1), 1, 1})},
		{Type: "env", Payload: gossh.Marshal(struct{ N, V string }{"LD_PRELOAD", "x"})},
		{Type: "env", Payload: gossh.Marshal(struct{ N, V string }{"COLORTERM", strings.Repeat("x", 2*maxEnvBytes)})},
		{Type: "auth-agent-req@openssh.com"}, {Type: "x11-req"}, {Type: "signal"},
	} {
		if bound(bad) {
			t.Errorf("%s %q was passed on", bad.Type, bad.Payload)
		}
	}
}

func TestChannelsOfAConnectionAreLimited(t *testing.T) {
	b := newBench(t, nil)
	cl := b.dial("sato", nil)
	var open []*gossh.Session
	for range maxChannels {
		s, err := cl.NewSession()
		if err != nil {
			t.Fatalf("channel %d: %v", len(open)+1, err)
		}
		open = append(open, s)
	}
	if _, err := cl.NewSession(); err == nil {
		t.Fatal("one channel too many was opened")
	}
	_ = open[0].Close()
	eventually(t, "a channel is free again", func() bool { _, err := cl.NewSession(); return err == nil })
}

// One address that holds connections open takes no other's place.
func TestAnAddressThatOnlyWaitsShutsNobodyOut(t *testing.T) {
	b := newBench(t, func(o *Options) { o.MaxSessions = 2 })
	_, _, sitting := b.open(b.dial("mori", nil), 80, 24)
	eventually(t, "a session", func() bool { return sitting.has("first alarm") })
	local := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 77)}}
	refused := 0
	for range maxWaiting + 10 {
		c, err := local.Dial("tcp", b.srv.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := c.Read(make([]byte, 1)); err != nil { // the banner, or the end
			refused++
		}
	}
	if refused != 10 {
		t.Errorf("%d connections of one address refused, want 10", refused)
	}
	_, _, out := b.open(b.dial("sato", nil), 80, 24)
	eventually(t, "somebody else comes in", func() bool { return out.has("first alarm") })
}

func TestASessionEndsWhenItsKeyIsTakenAway(t *testing.T) {
	var gone atomic.Bool
	b := newBench(t, func(o *Options) {
		known := o.Authorize
		o.AskAgain = 50 * time.Millisecond
		o.Authorize = func(k ssh.PublicKey) (duty.Person, error) {
			if gone.Load() {
				return duty.Person{}, errors.New("left the company")
			}
			return known(k)
		}
	})
	sess, in, out := b.open(b.dial("sato", nil), 80, 24)
	eventually(t, "screen", func() bool { return out.has("first alarm") })
	gone.Store(true)
	var exit *gossh.ExitError
	if err := sess.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 1 {
		t.Fatalf("ended with %v, want status 1", err)
	}
	eventually(t, "record", func() bool { return b.book.has("sato key") })
	if _, err := io.WriteString(in, "2"); err == nil {
		t.Log("typed into a session that is over: taken by the client alone")
	}
}
