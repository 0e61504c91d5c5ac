package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"

	"nezuban/internal/duty"
)

// screen collects the last of what a session writes.
type screen struct {
	mu  sync.Mutex // protects buf
	buf bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buf.Len() > 1<<18 {
		s.buf.Next(s.buf.Len() - 1<<16)
	}
	return s.buf.Write(p)
}

func (s *screen) has(part string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.buf.String(), part)
}

// dial connects as a person; wrap may replace the connection.
func (b *bench) dial(person string, wrap func(net.Conn) net.Conn) *gossh.Client {
	b.t.Helper()
	pem, err := os.ReadFile(b.keys[person])
	if err != nil {
		b.t.Fatal(err)
	}
	signer, err := gossh.ParsePrivateKey(pem)
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := net.Dial("tcp", b.srv.Addr().String())
	if err != nil {
		b.t.Fatal(err)
	}
	if wrap != nil {
		c = wrap(c)
	}
	conn, chans, reqs, err := gossh.NewClientConn(c, "", &gossh.ClientConfig{User: "x", Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, HostKeyCallback: gossh.FixedHostKey(b.srv.signer.PublicKey())})
	if err != nil {
		b.t.Fatal(err)
	}
	cl := gossh.NewClient(conn, chans, reqs)
	b.t.Cleanup(func() { _ = cl.Close() })
	return cl
}

// open starts a console of the size; what it writes is collected.
func (b *bench) open(cl *gossh.Client, width, height int) (*gossh.Session, io.Writer, *screen) {
	b.t.Helper()
	sess, err := cl.NewSession()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := sess.RequestPty("xterm-256color", height, width, nil); err != nil {
		b.t.Fatal(err)
	}
	in, err := sess.StdinPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	out := &screen{}
	sess.Stdout, sess.Stderr = out, out
	if err := sess.Shell(); err != nil {
		b.t.Fatal(err)
	}
	return sess, in, out
}

// stallingConn stops reading for good once it is told to.
type stallingConn struct {
	net.Conn
	stalled atomic.Bool
	ended   chan struct{}
	once    sync.Once
}

func (c *stallingConn) Read(p []byte) (int, error) {
	if c.stalled.Load() {
		<-c.ended
		return 0, io.EOF
	}
	return c.Conn.Read(p)
}

func (c *stallingConn) Close() error {
	c.once.Do(func() { close(c.ended) })
	return c.Conn.Close()
}

// flood draws a new screen of 300 kB at every message: what the client's window
// and the sockets hold is full within seconds.
type flood struct{ n int }

type again struct{}

func (f flood) Init() tea.Cmd { return func() tea.Msg { return again{} } }

func (f flood) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	f.n++
	return f, tea.Tick(10*time.Millisecond, func(time.Time) tea.Msg { return again{} })
}

func (f flood) View() string {
	line := strings.Repeat(fmt.Sprint(f.n%10), 1000)
	return strings.Repeat(line+"\n", 300)
}

func TestAStalledClientDelaysNobodyAndIsClosed(t *testing.T) {
	const limit = 2 * time.Second
	b := newBench(t, func(o *Options) {
		o.WriteLimit = limit
		normal := o.NewModel
		o.NewModel = func(p duty.Person, r *lipgloss.Renderer, glyphs string) tea.Model {
			if p.ID == "mori" {
				return flood{}
			}
			return normal(p, r, glyphs)
		}
	})
	_, _, watched := b.open(b.dial("sato", nil), 100, 30)
	eventually(t, "first screen", func() bool { return watched.has("first alarm") })

	var stalled *stallingConn
	cl := b.dial("mori", func(c net.Conn) net.Conn {
		stalled = &stallingConn{Conn: c, ended: make(chan struct{})}
		return stalled
	})
	_, _, flooded := b.open(cl, 1000, 300)
	eventually(t, "the other screen", func() bool { return flooded.has("1111") })
	stalled.stalled.Store(true)

	for i := 0; !b.book.has("mori stalled"); i++ {
		name := fmt.Sprintf("alarm number %d.", i)
		begin := time.Now()
		b.feed.publish(name)
		eventually(t, name, func() bool { return watched.has(name) })
		if took := time.Since(begin); took > time.Second {
			t.Fatalf("%q took %v to the other console while one was stalled", name, took)
		}
		if i > 1000 {
			t.Fatal("the stalled session was never closed")
		}
	}
}

func TestForwardingIsRefused(t *testing.T) {
	b := newBench(t, nil)
	cl := b.dial("sato", nil)
	if c, err := cl.Dial("tcp", b.srv.Addr().String()); err == nil {
		_ = c.Close()
		t.Error("local forwarding was allowed")
	}
	if l, err := cl.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("remote forwarding was allowed")
	}
}

func TestSessionsAreLimited(t *testing.T) {
	b := newBench(t, func(o *Options) { o.MaxPerPerson, o.MaxSessions = 1, 2 })
	_, in, out := b.open(b.dial("sato", nil), 80, 24)
	eventually(t, "first session", func() bool { return out.has("first alarm") })
	second, _, refused := b.open(b.dial("sato", nil), 80, 24)
	var exit *gossh.ExitError
	if err := second.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 1 {
		t.Fatalf("second session of one person ended with %v, want status 1", err)
	}
	if !refused.has("too many console sessions") {
		t.Fatalf("said %q", refused.buf.String())
	}
	_, _ = io.WriteString(in, ":q\r")
	eventually(t, "logout", func() bool { return b.book.has("sato left") })
	_, _, third := b.open(b.dial("sato", nil), 80, 24)
	eventually(t, "a place is free again", func() bool { return third.has("first alarm") })
}

func TestASessionEndsAtItsMaximumAge(t *testing.T) {
	b := newBench(t, func(o *Options) { o.MaxAge = 300 * time.Millisecond })
	sess, _, out := b.open(b.dial("sato", nil), 80, 24)
	if err := sess.Wait(); err == nil {
		t.Fatal("session ended with status 0")
	}
	if !out.has("maximum age") {
		t.Fatalf("said %q", out.buf.String())
	}
	eventually(t, "record", func() bool { return b.book.has("sato too_old") })
}

func TestAnIdleSessionOnlyWatches(t *testing.T) {
	b := newBench(t, func(o *Options) { o.IdleReadOnly = 400 * time.Millisecond })
	_, in, out := b.open(b.dial("sato", nil), 100, 30)
	eventually(t, "read only", func() bool { return out.has("READ ONLY") })
	b.feed.publish("still watching")
	eventually(t, "watching goes on", func() bool { return out.has("still watching") })
	_, _ = io.WriteString(in, "2a")
	b.feed.publish("second")
	eventually(t, "the key was taken", func() bool { return out.has("comment") || out.has("only watches now") })
	if out.has("comment (required)") {
		t.Fatal("an idle session was asked for a comment")
	}
}

func TestALoginThatCannotBeRecordedOnlyWatches(t *testing.T) {
	b := newBench(t, nil)
	b.book.fail = errors.New("disk full")
	_, _, out := b.open(b.dial("sato", nil), 100, 30)
	eventually(t, "screen", func() bool { return out.has("first alarm") && out.has("READ ONLY") })
}

func TestTheEndOfTheDaemonIsToldAndRecorded(t *testing.T) {
	b := newBench(t, nil)
	sess, _, out := b.open(b.dial("sato", nil), 80, 24)
	eventually(t, "screen", func() bool { return out.has("first alarm") })
	b.stop()
	var exit *gossh.ExitError
	if err := sess.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != exitDaemonEnds {
		t.Fatalf("ended with %v, want status %d", err, exitDaemonEnds)
	}
	if !b.book.has("sato daemon") {
		t.Fatalf("logouts %v when Serve had returned", b.book.out)
	}
}

func TestAKeyTakenAwayAfterTheHandshakeIsRefused(t *testing.T) {
	var gone atomic.Bool
	b := newBench(t, func(o *Options) {
		known := o.Authorize
		o.Authorize = func(k ssh.PublicKey) (duty.Person, error) {
			if gone.Load() {
				return duty.Person{}, errors.New("left the company")
			}
			return known(k)
		}
	})
	cl := b.dial("sato", nil)
	gone.Store(true)
	sess, _, _ := b.open(cl, 80, 24)
	if err := sess.Wait(); err == nil {
		t.Fatal("a key that was taken away opened a console")
	}
}

func TestHostKeyIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	b := newBench(t, nil)
	path := b.srv.o.HostKeyPath
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("host key: %v, %v", info, err)
	}
	again, err := hostKey(path)
	if err != nil || gossh.FingerprintSHA256(again.PublicKey()) != b.srv.Fingerprint() {
		t.Fatalf("second start has another key: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := hostKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Fatalf("a key that others may read: %v", err)
	}
	if err := os.WriteFile(path, []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(path, 0o600)
	if _, err := hostKey(path); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Fatalf("a broken key: %v", err)
	}
}

// TestServeThatEndsAsItBegins: a daemon told to stop while it starts.
func TestServeThatEndsAsItBegins(t *testing.T) {
	b := newBench(t, nil)
	for range 50 {
		b.stop()
		b.start(b.srv.o)
	}
}

func TestClientRefusesAnotherHostAndAnUnknownKey(t *testing.T) {
	b := newBench(t, nil)
	other := b.makeKey("other")
	for _, tt := range []struct{ name, key, host, want string }{
		{"another host", "sato", string(gossh.MarshalAuthorizedKey(other.PublicKey())), "not the daemon you knew"},
		{"an unknown key", "stranger", b.known, "key refused"},
	} {
		o := ClientOptions{Address: b.srv.Addr().String(), User: "x", KeyFile: b.keys[tt.key], KnownHostKey: tt.host}
		config, err := clientConfig(o)
		if err != nil {
			t.Fatal(err)
		}
		c := &client{o: o, config: config}
		if _, err := c.once(context.Background()); err == nil || errors.Is(err, errLost) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want an end that says %q", tt.name, err, tt.want)
		}
	}
}
