package sshd

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"

	"nezuban/internal/duty"
	"nezuban/internal/i18n"
	"nezuban/tui/session"
	"nezuban/tui/term"
)

// recordLimit is how long recording a login or logout, or a client that does not
// close its side, may hold a session up.
const recordLimit = 5 * time.Second

// Reasons of an end, in the record and the metrics.
const (
	endLeft    = "left"    // the person left
	endLost    = "lost"    // the connection went away
	endStalled = "stalled" // a write did not return in time
	endTooOld  = "too_old"
	endDaemon  = "daemon" // the daemon ended
	endFailed  = "failed" // the console itself
	endKey     = "key"    // the key is nobody's any more, or somebody else's
)

// handle is one session from its shell request to its exit.
func (s *Server) handle(sess ssh.Session) {
	defer func() {
		if r := recover(); r != nil { // one session's mistake must not end the daemon
			s.o.Log.Error("console session broke", "cause", r)
			_ = sess.Exit(1)
		}
	}()
	person, err := s.o.Authorize(sess.PublicKey())
	if err != nil {
		s.refuse(sess, "key", "permission denied")
		return
	}
	lang := person.Language
	if lang == "" {
		lang = s.o.Language
	}
	t := &i18n.For(lang).Session
	pty, windows, isTerminal := sess.Pty()
	switch {
	case sess.RawCommand() != "":
		s.refuse(sess, "command", t.NoCommand)
		return
	case !isTerminal:
		s.refuse(sess, "no_terminal", t.NoTerminal)
		return
	}
	leave, limit := s.enter(person)
	switch limit {
	case "sessions":
		s.refuse(sess, limit, t.TooMany)
		return
	case "person":
		s.refuse(sess, limit, t.TooManyOwn)
		return
	}
	defer leave()
	if v := visitOf(sess.Context()); v != nil {
		v.begin()
		defer v.end()
	}
	c := &console{server: s, sess: sess, person: person, texts: t, pty: pty, windows: windows}
	c.run()
}

// refuse says why and ends the session with a non-zero exit.
func (s *Server) refuse(sess ssh.Session, reason, sentence string) {
	s.metrics.refused.WithLabelValues(reason).Inc()
	s.o.Log.Info("console session refused", "reason", reason, "address", sess.RemoteAddr().String())
	_, _ = io.WriteString(sess.Stderr(), sentence+"\r\n")
	_ = sess.Exit(1)
}

// A console is one running session.
type console struct {
	server  *Server
	sess    ssh.Session
	person  duty.Person
	texts   *i18n.Session
	pty     ssh.Pty
	windows <-chan ssh.Window
}

// careted is a model that says where the caret stands; tui's does.
type careted interface{ Caret() *term.Caret }

func (c *console) run() {
	s := c.server
	fingerprint := gossh.FingerprintSHA256(c.sess.PublicKey())
	log := s.o.Log.With("person", c.person.ID, "address", c.sess.RemoteAddr().String())
	id, err := c.login(fingerprint)
	recorded := err == nil
	if recorded {
		log.Info("console session begins", "fingerprint", fingerprint)
	} else {
		log.Error("console login not recorded: the session only watches", "fingerprint", fingerprint, "err", err)
	}

	s.mu.Lock()
	ending := s.ending
	s.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(c.sess.Context(), s.o.MaxAge, errTooOld)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	stop := context.AfterFunc(ending, func() { end(errDaemonEnds) })
	defer stop()

	in := newPump(c.sess)
	out := &guardedWriter{out: c.sess, limit: s.o.WriteLimit, written: s.metrics.written.Add, stalled: func() {
		end(errStalled)
		c.closeConn()
	}}
	asking := make(chan struct{})
	go func() { defer close(asking); c.stillAllowed(ctx, end) }()
	reason := c.show(ctx, in, out, recorded)
	cut := time.AfterFunc(recordLimit, c.closeConn) // a client that does not close its side
	c.farewell(out, reason)
	in.wait()
	end(nil)
	<-asking
	cut.Stop()
	s.metrics.ended.WithLabelValues(reason).Inc()
	log.Info("console session ended", "reason", reason)
	if recorded {
		c.logout(id, reason)
	}
}

var (
	errTooOld     = errors.New("session reached its maximum age")
	errDaemonEnds = errors.New("daemon ends")
	errStalled    = errors.New("write did not return in time")
	errKeyGone    = errors.New("key taken away")
)

// stillAllowed ends the session once its key is not that person's any more: a
// session lasts for a day, and reading needs a right too.
func (c *console) stillAllowed(ctx context.Context, end context.CancelCauseFunc) {
	tick := time.NewTicker(c.server.o.AskAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if p, err := c.server.o.Authorize(c.sess.PublicKey()); err != nil || p.ID != c.person.ID {
			end(errKeyGone)
			return
		}
	}
}

func (c *console) login(fingerprint string) (string, error) {
	ctx, cancel := context.WithTimeout(c.sess.Context(), recordLimit)
	defer cancel()
	return c.server.o.Sessions.Login(ctx, c.person, fingerprint, c.sess.RemoteAddr().String())
}

func (c *console) logout(id, reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), recordLimit) // the session's own is over
	defer cancel()
	if err := c.server.o.Sessions.Logout(ctx, id, reason); err != nil {
		c.server.o.Log.Error("console logout not recorded", "person", c.person.ID, "err", err)
	}
}

// closeConn cuts the connection itself: a channel that does not drain could not
// even be told.
func (c *console) closeConn() {
	if conn, ok := c.sess.Context().Value(ssh.ContextKeyConn).(*gossh.ServerConn); ok {
		_ = conn.Close()
	}
}

// show runs the program and says why it ended.
func (c *console) show(ctx context.Context, in *pump, out *guardedWriter, recorded bool) string {
	environ := c.sess.Environ()
	r := lipgloss.NewRenderer(c.sess)
	r.SetColorProfile(term.Profile(c.pty.Term, environ))
	r.SetHasDarkBackground(true)
	model := c.server.o.NewModel(c.person, r, c.glyphs(ctx, in, out))
	w := term.Writer{Out: out, Caret: &term.Caret{}}
	if m, ok := model.(careted); ok {
		w.Caret = m.Caret()
	}
	p := tea.NewProgram(model,
		tea.WithInput(in), tea.WithOutput(w), tea.WithAltScreen(), tea.WithContext(ctx),
		tea.WithoutSignalHandler(), tea.WithFPS(15), tea.WithEnvironment(append(environ, "TERM="+c.pty.Term)))
	resized := make(chan struct{})
	go func() { // ends with the channel's requests; it belongs to this session alone
		defer close(resized)
		for win := range c.windows {
			p.Send(tea.WindowSizeMsg{Width: win.Width, Height: win.Height})
		}
	}()
	in.closed = resized
	if !recorded {
		go p.Send(session.ReadOnlyMsg{Why: session.Unrecorded}) // Send waits for Run
	} else if d := c.server.o.IdleReadOnly; d > 0 {
		idle := time.AfterFunc(d, func() { p.Send(session.ReadOnlyMsg{Why: session.Idle}) })
		defer idle.Stop()
		in.onInput(func() { idle.Reset(d) })
	}
	_, err := p.Run()
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errStalled):
		return endStalled
	case errors.Is(cause, errTooOld):
		return endTooOld
	case errors.Is(cause, errDaemonEnds):
		return endDaemon
	case errors.Is(cause, errKeyGone):
		return endKey
	case cause != nil:
		return endLost
	case err != nil:
		c.server.o.Log.Error("console program ended", "person", c.person.ID, "err", err)
		return endFailed
	}
	return endLeft
}

// glyphs asks the terminal how wide it draws box characters.
func (c *console) glyphs(ctx context.Context, in *pump, out io.Writer) string {
	ctx, cancel := context.WithTimeout(ctx, term.ProbeLimit)
	defer cancel()
	g, rest := term.Ask(out, in.chunks, ctx.Done())
	in.unread(rest)
	return g
}

// farewell says why the session ends where the person did not ask for it.
func (c *console) farewell(out io.Writer, reason string) {
	code := 0
	switch reason {
	case endTooOld:
		_, _ = io.WriteString(out, c.texts.TooOld+"\r\n")
		code = 1
	case endDaemon:
		_, _ = io.WriteString(out, c.texts.Ending+"\r\n")
		code = exitDaemonEnds
	case endFailed, endKey:
		code = 1
	case endStalled, endLost:
		c.closeConn()
	}
	_ = c.sess.Exit(code)
}

// exitDaemonEnds is the exit status that makes our own client reconnect:
// EX_TEMPFAIL of sysexits.h.
const exitDaemonEnds = 75

// A guardedWriter ends a connection that does not drain.
type guardedWriter struct {
	out     io.Writer
	limit   time.Duration
	written func(float64)
	stalled func()
}

func (w *guardedWriter) Write(p []byte) (int, error) {
	t := time.AfterFunc(w.limit, w.stalled)
	defer t.Stop()
	n, err := w.out.Write(p)
	w.written(float64(n))
	return n, err
}

// A pump reads a session's input ahead, so that an answer of the terminal can be
// waited for and input can be noticed while the program is busy.
type pump struct {
	chunks chan []byte
	left   []byte
	done   chan struct{}
	closed <-chan struct{} // the window changes have ended
	stop   chan struct{}
	input  atomic.Pointer[func()]
}

func newPump(r io.Reader) *pump {
	p := &pump{chunks: make(chan []byte), done: make(chan struct{}), stop: make(chan struct{})}
	go func() {
		defer close(p.done)
		defer close(p.chunks)
		for {
			buf := make([]byte, 1024)
			n, err := r.Read(buf)
			if n > 0 {
				if f := p.input.Load(); f != nil {
					(*f)()
				}
				select {
				case p.chunks <- buf[:n]:
				case <-p.stop:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// onInput calls f, from the pump's goroutine, whenever something was typed.
func (p *pump) onInput(f func()) { p.input.Store(&f) }

// unread gives bytes back to the next Read. Only before the program runs.
func (p *pump) unread(b []byte) { p.left = append(b, p.left...) }

// Read implements io.Reader for the program.
func (p *pump) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		chunk, ok := <-p.chunks
		if !ok {
			return 0, io.EOF
		}
		p.left = chunk
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

// wait returns when everything that read the session has ended; the session
// must have been closed.
func (p *pump) wait() {
	close(p.stop)
	<-p.done
	if p.closed != nil {
		<-p.closed
	}
}
