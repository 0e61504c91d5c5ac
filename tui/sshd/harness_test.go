package sshd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/tui"
	"nezuban/tui/action"
)

// clientEnv makes the test binary run as the client of `nezuban console`:
// address, key file and host key, one a line.
const clientEnv = "NEZUBAN_TEST_CLIENT"

func TestMain(m *testing.M) {
	tui.FixWidths()
	if args := os.Getenv(clientEnv); args != "" {
		p := strings.Split(args, "|")
		err := Connect(context.Background(), ClientOptions{
			Address: p[0], User: "console", KeyFile: p[1], KnownHostKey: p[2], In: os.Stdin, Out: os.Stdout,
			Clock: clock.System(), Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			fmt.Println("nezuban:", err)
			os.Exit(1)
		}
		fmt.Println("client ended")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// feed holds one snapshot.
type feed struct {
	mu   sync.Mutex // protects the fields below
	snap *live.Snapshot
	subs map[chan struct{}]bool
}

func (f *feed) Snapshot() *live.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *feed) Subscribe() (<-chan struct{}, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan struct{}, 1)
	f.subs[ch] = true
	return ch, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subs, ch)
	}
}

// publish shows a facility with one alarm of this name.
func (f *feed) publish(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now().UTC()
	next := &live.Snapshot{Number: f.snap.Number + 1, At: now, Started: now, Site: facility.Site{Code: "DC-T", Zone: time.UTC, Language: "en"}}
	next.Stores.History.State, next.Stores.Records.State = "ok", "ok"
	next.Standing = []alarm.Occurrence{{ID: "ALM-000001", Revision: 1, Priority: facility.P1, Active: true, RaisedAt: now, Name: facility.Text{En: name, Ja: name}}}
	f.snap = next
	for ch := range f.subs {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// ops acknowledges by publishing.
type ops struct {
	action.Operations // the others are not called
	f                 *feed
}

func (o ops) Acknowledge(_ context.Context, p duty.Person, id string, _ int, comment string) (alarm.Occurrence, error) {
	o.f.publish("by " + p.ID + ": " + comment)
	return alarm.Occurrence{ID: id}, nil
}

func (o ops) Reset(context.Context, duty.Person, string, int, string) (alarm.Occurrence, error) {
	return alarm.Occurrence{}, duty.Refuse(duty.WrongState, "not latched")
}

func (o ops) SetLanguage(context.Context, duty.Person, string) error { return nil }

// book records logins and logouts.
type book struct {
	mu   sync.Mutex // protects the fields below
	in   []string
	out  []string
	fail error
}

func (b *book) Login(_ context.Context, p duty.Person, fingerprint, _ string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return "", b.fail
	}
	b.in = append(b.in, p.ID+" "+fingerprint)
	return p.ID, nil
}

func (b *book) Logout(_ context.Context, id, reason string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.out = append(b.out, id+" "+reason)
	return nil
}

func (b *book) has(out string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.out {
		if o == out {
			return true
		}
	}
	return false
}

// bench is a running server with two people.
type bench struct {
	t     *testing.T
	dir   string
	feed  *feed
	book  *book
	keys  map[string]string // person to private key file
	known string            // public host key
	srv   *Server
	stop  func() // ends the server and waits
}

// person names of the bench. stranger has a key that nobody knows.
var persons = []string{"sato", "mori", "stranger"}

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), feed: &feed{snap: &live.Snapshot{}, subs: map[chan struct{}]bool{}}, book: &book{}, keys: map[string]string{}}
	b.feed.publish("first alarm")
	people := map[string]duty.Person{}
	for _, id := range persons {
		signer := b.makeKey(id)
		if id != "stranger" {
			people[gossh.FingerprintSHA256(signer.PublicKey())] = duty.Person{ID: id, Name: id, Roles: []duty.Role{duty.Operator}}
		}
	}
	o := Options{
		Address: "127.0.0.1:0", HostKeyPath: filepath.Join(b.dir, "keys", "host"), Sessions: b.book, Log: slog.New(slog.DiscardHandler),
		Authorize: func(key ssh.PublicKey) (duty.Person, error) {
			p, ok := people[gossh.FingerprintSHA256(key)]
			if !ok {
				return duty.Person{}, errors.New("unknown key")
			}
			return p, nil
		},
		NewModel: func(p duty.Person, r *lipgloss.Renderer, glyphs string) tea.Model {
			return tui.New(tui.Options{Feed: b.feed, Operations: ops{f: b.feed}, Clock: clock.System(), Person: p, Renderer: r, Glyphs: glyphs})
		},
	}
	if change != nil {
		change(&o)
	}
	b.start(o)
	t.Cleanup(func() { b.stop() })
	return b
}

// start runs a server; again after stop, on the address and key it had.
func (b *bench) start(o Options) {
	b.t.Helper()
	if b.srv != nil {
		o.Address = b.srv.Addr().String()
	}
	srv, err := Listen(o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.srv, b.known = srv, srv.HostKey()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx) }()
	var once sync.Once
	b.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-served; err != nil {
				b.t.Errorf("serve: %v", err)
			}
		})
	}
}

func (b *bench) makeKey(id string) gossh.Signer {
	b.t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, id)
	if err != nil {
		b.t.Fatal(err)
	}
	b.keys[id] = filepath.Join(b.dir, id)
	if err := os.WriteFile(b.keys[id], pem.EncodeToMemory(block), 0o600); err != nil {
		b.t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		b.t.Fatal(err)
	}
	return signer
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(15 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("did not happen within 15 s: %s", what)
		case <-tick.C:
		}
	}
}

// need skips where a Debian tool is absent.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

// pane is a command in a tmux of its own.
type pane struct {
	t      *testing.T
	socket string
}

func newPane(t *testing.T, width, height int, env []string, command ...string) *pane {
	t.Helper()
	dir, err := os.MkdirTemp("", "nztmux") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &pane{t: t, socket: filepath.Join(dir, "s")}
	args := []string{"-f", "/dev/null", "-u", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height)}
	for _, e := range env {
		args = append(args, "-e", e)
	}
	quoted := make([]string, len(command))
	for i, c := range command {
		quoted[i] = "'" + c + "'"
	}
	p.tmux(append(args, strings.Join(quoted, " ")+"; echo exit $?; exec sleep 60")...)
	p.tmux("set-option", "-g", "status", "off")
	t.Cleanup(func() { p.tmux("kill-server") })
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		p.t.Fatalf("tmux %v: %v: %s", args, err, out.String())
	}
	return out.String()
}

func (p *pane) keys(keys ...string) { p.tmux(append([]string{"send-keys"}, keys...)...) }

func (p *pane) screen() string { return p.tmux("capture-pane", "-p") }

// shows waits until the pane holds all the parts.
func (p *pane) shows(parts ...string) {
	p.t.Helper()
	for _, part := range parts {
		last := ""
		deadline := time.NewTimer(15 * time.Second)
		for {
			if last = p.screen(); strings.Contains(last, part) {
				break
			}
			tick := time.NewTimer(50 * time.Millisecond)
			select {
			case <-deadline.C:
				p.t.Fatalf("pane never showed %q:\n%s", part, last)
			case <-tick.C:
			}
		}
		deadline.Stop()
	}
}
