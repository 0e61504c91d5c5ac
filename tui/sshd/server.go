package sshd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/gliderlabs/ssh"
	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"

	"nezuban/internal/duty"
)

// Defaults of Options.
const (
	DefaultMaxSessions  = 50
	DefaultMaxPerPerson = 5
	DefaultMaxAge       = 24 * time.Hour
	DefaultWriteLimit   = 30 * time.Second
	DefaultAskAgain     = 10 * time.Second
	// loginGrace is how long a connection may take to become a session.
	loginGrace = 30 * time.Second
	// spareConns are connections beyond the sessions: handshakes under way.
	spareConns = 64
)

// Sessions records logins and logouts.
type Sessions interface {
	Login(ctx context.Context, p duty.Person, fingerprint, addr string) (string, error)
	Logout(ctx context.Context, id, reason string) error
}

// Options of a server. Zero limits mean the defaults; IdleReadOnly 0 means
// never.
type Options struct {
	Address     string       // "127.0.0.1:7322"; port 0 picks one
	Listener    net.Listener // instead of an Address, where its port is held already; the server closes it
	HostKeyPath string
	Authorize   func(key ssh.PublicKey) (duty.Person, error)
	NewModel    func(p duty.Person, r *lipgloss.Renderer, glyphs string) tea.Model
	Sessions    Sessions
	Language    string // of sentences before the person is known: "ja" or "en"

	MaxSessions, MaxPerPerson int
	MaxAge, IdleReadOnly      time.Duration
	WriteLimit                time.Duration // a write that takes longer ends the connection
	AskAgain                  time.Duration // how often Authorize is asked whether an open session may go on

	Log        *slog.Logger
	Registerer prometheus.Registerer // nil: metrics are kept and not shown
}

// A Server serves consoles on one address.
type Server struct {
	o        Options
	listener net.Listener
	signer   gossh.Signer
	ssh      *ssh.Server
	metrics  metrics

	mu      sync.Mutex // protects the fields below
	conns   int
	waiting map[string]int // connections without a session, by address
	people  map[string]int
	total   int
	ending  context.Context
}

// Listen opens the address and reads or makes the host key. Serve does the rest.
func Listen(o Options) (*Server, error) {
	if o.Authorize == nil || o.NewModel == nil || o.Sessions == nil || o.Log == nil {
		return nil, errors.New("console server: Authorize, NewModel, Sessions and Log are required")
	}
	orElse(&o.MaxSessions, DefaultMaxSessions)
	orElse(&o.MaxPerPerson, DefaultMaxPerPerson)
	orElse(&o.MaxAge, DefaultMaxAge)
	orElse(&o.WriteLimit, DefaultWriteLimit)
	orElse(&o.AskAgain, DefaultAskAgain)
	signer, err := hostKey(o.HostKeyPath)
	if err != nil {
		return nil, err
	}
	l := o.Listener
	if l == nil {
		if l, err = net.Listen("tcp", o.Address); err != nil {
			return nil, fmt.Errorf("listen for consoles: %w; choose another ssh address or end what holds it", err)
		}
	}
	s := &Server{o: o, listener: l, signer: signer, people: map[string]int{}, waiting: map[string]int{}, ending: context.Background(), metrics: newMetrics(o.Registerer)}
	s.ssh = &ssh.Server{
		Handler:                  s.handle,
		PublicKeyHandler:         s.authenticate,
		ConnCallback:             s.connected,
		ConnectionFailedCallback: s.failed,
		HostSigners:              []ssh.Signer{signer},
		Version:                  "nezuban",
		ChannelHandlers:          map[string]ssh.ChannelHandler{"session": serveChannel},
	}
	return s, nil
}

func orElse[T int | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Fingerprint of the host key, as ssh prints it: "SHA256:…".
func (s *Server) Fingerprint() string { return gossh.FingerprintSHA256(s.signer.PublicKey()) }

// HostKey is the public host key as a line of known_hosts without its address:
// "ssh-ed25519 AAAA…".
func (s *Server) HostKey() string {
	return string(trimNewline(gossh.MarshalAuthorizedKey(s.signer.PublicKey())))
}

func trimNewline(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		return b[:n-1]
	}
	return b
}

// Serve serves until ctx ends; then every session is told and ended. It returns
// nil once ctx has ended.
func (s *Server) Serve(ctx context.Context) error {
	s.mu.Lock()
	s.ending = ctx
	s.mu.Unlock()
	l := &announced{Listener: s.listener, accepting: make(chan struct{})}
	served := make(chan error, 1)
	go func() { served <- s.ssh.Serve(l) }()
	for _, awaited := range []<-chan struct{}{ctx.Done(), l.accepting} {
		select {
		case err := <-served:
			return fmt.Errorf("serve consoles: %w", err)
		case <-awaited:
		}
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.ssh.Shutdown(grace); err != nil {
		_ = s.ssh.Close() // what has not ended by itself by now
	}
	<-served
	return nil
}

// announced says that it is being accepted from. Shutdown before that would find
// no listener to close, and Serve would then accept for ever.
type announced struct {
	net.Listener
	once      sync.Once
	accepting chan struct{}
}

func (l *announced) Accept() (net.Conn, error) {
	l.once.Do(func() { close(l.accepting) })
	return l.Listener.Accept()
}

// authenticate decides about a key during the handshake.
func (s *Server) authenticate(ctx ssh.Context, key ssh.PublicKey) bool {
	if _, err := s.o.Authorize(key); err != nil {
		s.metrics.refused.WithLabelValues("key").Inc()
		s.o.Log.Info("console key refused", "fingerprint", gossh.FingerprintSHA256(key), "address", ctx.RemoteAddr().String(), "err", err)
		return false
	}
	return true
}

func (s *Server) failed(conn net.Conn, err error) {
	s.o.Log.Debug("console handshake ended", "address", conn.RemoteAddr().String(), "err", err)
}

// connected bounds the connections and the time a handshake may take.
func (s *Server) connected(ctx ssh.Context, c net.Conn) net.Conn {
	v := s.admit(c)
	if v == nil {
		return nil
	}
	ctx.SetValue(visitKey{}, v)
	return &countedConn{Conn: c, done: v.left}
}

// countedConn calls done once, when it is closed.
type countedConn struct {
	net.Conn
	once sync.Once
	done func()
}

func (c *countedConn) Close() error {
	c.once.Do(c.done)
	return c.Conn.Close()
}

// enter takes a place for a person; the second result names the limit that is
// reached.
func (s *Server) enter(p duty.Person) (leave func(), limit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.total >= s.o.MaxSessions:
		return nil, "sessions"
	case s.people[p.ID] >= s.o.MaxPerPerson:
		return nil, "person"
	}
	s.total++
	s.people[p.ID]++
	s.metrics.sessions.Set(float64(s.total))
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.total--
		if s.people[p.ID]--; s.people[p.ID] == 0 {
			delete(s.people, p.ID)
		}
		s.metrics.sessions.Set(float64(s.total))
	}, ""
}

// metrics of the server.
type metrics struct {
	sessions prometheus.Gauge
	ended    *prometheus.CounterVec
	refused  *prometheus.CounterVec
	written  prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) metrics {
	m := metrics{
		sessions: prometheus.NewGauge(prometheus.GaugeOpts{Name: "nezuban_console_sessions", Help: "Console sessions open now."}),
		ended:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "nezuban_console_sessions_ended_total", Help: "Console sessions that ended, by reason."}, []string{"reason"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "nezuban_console_refused_total", Help: "Console connections and sessions refused, by reason."}, []string{"reason"}),
		written:  prometheus.NewCounter(prometheus.CounterOpts{Name: "nezuban_console_written_bytes_total", Help: "Bytes written to consoles."}),
	}
	if reg != nil {
		reg.MustRegister(m.sessions, m.ended, m.refused, m.written)
	}
	return m
}
