package sshd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
	xterm "golang.org/x/term"

	"nezuban/internal/clock"
	"nezuban/internal/i18n"
)

// Times of the client. A daemon that is gone is told within aliveEvery +
// aliveLimit.
const (
	aliveEvery = time.Second
	aliveLimit = 3 * time.Second
	dialLimit  = 4 * time.Second
	retryFirst = 500 * time.Millisecond
	retryMost  = 5 * time.Second
)

// ClientOptions of `nezuban console`.
type ClientOptions struct {
	Address string // host:port of the daemon's SSH server

	// Locate asks anew where the daemon listens before each further try, for one
	// whose port may change with its restart; nil or an error: Address stays.
	Locate func(ctx context.Context) (address string, err error)

	User           string // any name: the key says who one is
	KeyFile        string // private key, unencrypted, mode 0600
	KnownHostKey   string // "ssh-ed25519 AAAA…"; "" to use KnownHostsFile
	KnownHostsFile string
	In, Out        *os.File
	Language       string // of the client's own sentences
	Clock          clock.Clock
	Log            *slog.Logger
}

// Connect shows the console of a daemon until the person leaves it. When the
// daemon is lost it says so within 5 s and connects again by itself; Ctrl-c ends
// the waiting. A wrong host key, a refused key or a console that ends by itself
// is an error.
func Connect(ctx context.Context, o ClientOptions) error {
	config, err := clientConfig(o)
	if err != nil {
		return err
	}
	if !xterm.IsTerminal(int(o.In.Fd())) || !xterm.IsTerminal(int(o.Out.Fd())) {
		return errors.New("console needs a terminal: run it in one, or use the status, alarms and devices commands")
	}
	old, err := xterm.MakeRaw(int(o.In.Fd()))
	if err != nil {
		return fmt.Errorf("prepare terminal: %w", err)
	}
	defer func() { _ = xterm.Restore(int(o.In.Fd()), old) }()
	c := &client{o: o, config: config, t: &i18n.For(o.Language).Session, typed: readAll(o.In)}
	return c.run(ctx)
}

func clientConfig(o ClientOptions) (*gossh.ClientConfig, error) {
	pem, err := os.ReadFile(o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read client key: %w", err)
	}
	signer, err := gossh.ParsePrivateKey(pem)
	if err != nil {
		var locked *gossh.PassphraseMissingError
		if errors.As(err, &locked) {
			return nil, fmt.Errorf("client key %s has a passphrase: use ssh with an agent instead", o.KeyFile)
		}
		return nil, fmt.Errorf("client key %s: %w", o.KeyFile, err)
	}
	config := &gossh.ClientConfig{User: o.User, Auth: []gossh.AuthMethod{gossh.PublicKeys(signer)}, Timeout: dialLimit}
	if o.KnownHostKey != "" {
		key, _, _, _, err := gossh.ParseAuthorizedKey([]byte(o.KnownHostKey))
		if err != nil {
			return nil, fmt.Errorf("known host key: %w", err)
		}
		config.HostKeyCallback = gossh.FixedHostKey(key)
		config.HostKeyAlgorithms = []string{key.Type()}
		return config, nil
	}
	if config.HostKeyCallback, err = knownhosts.New(o.KnownHostsFile); err != nil {
		return nil, fmt.Errorf("known hosts: %w; connect once with ssh, or give the host key", err)
	}
	return config, nil
}

// client is one run of Connect.
type client struct {
	o      ClientOptions
	config *gossh.ClientConfig
	t      *i18n.Session
	typed  <-chan []byte
}

// readAll reads the keyboard for the whole run: one reader, whichever session is
// up. It ends with the process; a terminal's read cannot be taken back.
func readAll(f *os.File) <-chan []byte {
	out := make(chan []byte)
	go func() {
		defer close(out)
		for {
			b := make([]byte, 1024)
			n, err := f.Read(b)
			if n > 0 {
				out <- b[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return out
}

var errLost = errors.New("connection lost")

func (c *client) locate(ctx context.Context) {
	if c.o.Locate == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	if address, err := c.o.Locate(ctx); err == nil && address != "" {
		c.o.Address = address
	}
}

func (c *client) run(ctx context.Context) error {
	wait := retryFirst
	was := false // a session has been up
	for {
		began, err := c.once(ctx)
		if ctx.Err() != nil {
			c.restore()
			return nil
		}
		if err == nil || !errors.Is(err, errLost) || !was && !began {
			c.restore()
			return err
		}
		if began {
			was, wait = true, retryFirst
			c.restore()
			c.say(c.t.Lost(c.o.Clock.Now().Local().Format("15:04:05")))
		}
		if !c.pause(ctx, wait) {
			return nil
		}
		c.locate(ctx)
		wait = min(wait*2, retryMost)
	}
}

// pause waits; false when the person or ctx ends the client.
func (c *client) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case b, ok := <-c.typed:
			if !ok || strings.ContainsRune(string(b), 0x03) {
				return false
			}
		case <-t.C:
			return true
		}
	}
}

// once is one connection; began says that a session was up. An error that is
// errLost means to try again.
func (c *client) once(ctx context.Context) (began bool, err error) {
	conn, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, "tcp", c.o.Address)
	if err != nil {
		return false, fmt.Errorf("connect to %s: %w: %w; is the daemon running?", c.o.Address, errLost, err)
	}
	grace := time.AfterFunc(dialLimit, func() { _ = conn.Close() })
	ssh, chans, reqs, err := gossh.NewClientConn(conn, c.o.Address, c.config)
	if !grace.Stop() || err != nil {
		_ = conn.Close()
		return false, c.refusal(err)
	}
	cl := gossh.NewClient(ssh, chans, reqs)
	defer cl.Close()
	return c.session(ctx, cl)
}

// refusal tells a refused key or a wrong host key, which trying again will not
// change, from a connection that broke.
func (c *client) refusal(err error) error {
	switch {
	case err == nil:
		return fmt.Errorf("connect to %s: %w: no answer in time", c.o.Address, errLost)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return fmt.Errorf("connect to %s: key refused; ask for %s.pub to be added to people.yaml", c.o.Address, c.o.KeyFile)
	case strings.Contains(err.Error(), "host key mismatch"), strings.Contains(err.Error(), "knownhosts"):
		return fmt.Errorf("connect to %s: %w; this is not the daemon you knew: check its fingerprint before you go on", c.o.Address, err)
	}
	return fmt.Errorf("connect to %s: %w: %w", c.o.Address, errLost, err)
}

func (c *client) session(ctx context.Context, cl *gossh.Client) (began bool, err error) {
	sess, err := cl.NewSession()
	if err != nil {
		return false, fmt.Errorf("open console: %w: %w", errLost, err)
	}
	defer sess.Close()
	width, height, err := xterm.GetSize(int(c.o.Out.Fd()))
	if err != nil {
		return false, fmt.Errorf("size of terminal: %w", err)
	}
	for _, name := range []string{"COLORTERM", "NO_COLOR"} {
		if v := os.Getenv(name); v != "" {
			_ = sess.Setenv(name, v) // a server that does not take it is no trouble
		}
	}
	if err := sess.RequestPty(os.Getenv("TERM"), height, width, gossh.TerminalModes{}); err != nil {
		return false, fmt.Errorf("ask for a terminal: %w: %w", errLost, err)
	}
	in, err := sess.StdinPipe()
	if err != nil {
		return false, fmt.Errorf("open console: %w", err)
	}
	sess.Stdout, sess.Stderr = c.o.Out, c.o.Out
	if err := sess.Shell(); err != nil {
		return false, fmt.Errorf("start console: %w: %w", errLost, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- sess.Wait() }()
	return true, c.attend(ctx, cl, sess, in, ended)
}

// attend passes keys and sizes on and watches that the daemon is there.
func (c *client) attend(ctx context.Context, cl *gossh.Client, sess *gossh.Session, in io.Writer, ended <-chan error) error {
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	answers := make(chan error, 1)
	ask := func() {
		_, _, err := cl.SendRequest("keepalive@openssh.com", true, nil)
		answers <- err
	}
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	asking := false
	late := time.NewTimer(aliveLimit)
	defer late.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = cl.Close()
			<-ended
			return nil
		case err := <-ended:
			return c.end(err)
		case b, ok := <-c.typed:
			if !ok {
				_ = cl.Close()
				<-ended
				return nil
			}
			if err := write(in, b, aliveLimit, cl); err != nil {
				<-ended
				return errLost
			}
		case <-resized:
			if w, h, err := xterm.GetSize(int(c.o.Out.Fd())); err == nil {
				_ = sess.WindowChange(h, w)
			}
		case <-tick.C:
			if !asking {
				asking = true
				late.Reset(aliveLimit)
				go ask() // ends with the connection at the latest
			}
		case err := <-answers:
			asking = false
			late.Reset(aliveLimit + aliveEvery)
			if err != nil {
				_ = cl.Close()
				return c.end(<-ended)
			}
		case <-late.C:
			_ = cl.Close()
			<-ended
			return errLost
		}
	}
}

// write passes typed bytes on; a connection that does not take them within limit
// is closed.
func write(in io.Writer, b []byte, limit time.Duration, cl *gossh.Client) error {
	t := time.AfterFunc(limit, func() { _ = cl.Close() })
	defer t.Stop()
	_, err := in.Write(b)
	return err
}

// end reads from the exit what happened: the person left, the daemon is ending
// or gone, or the console refused.
func (c *client) end(err error) error {
	var exit *gossh.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitStatus() == exitDaemonEnds:
		return errLost
	case errors.As(err, &exit):
		return fmt.Errorf("console ended with status %d", exit.ExitStatus())
	}
	return errLost
}

// restore leaves the alternate screen and shows the cursor: a session that broke
// off could not.
func (c *client) restore() {
	_, _ = io.WriteString(c.o.Out, "\x1b[?2026l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m\r")
}

func (c *client) say(sentence string) {
	_, _ = io.WriteString(c.o.Out, sentence+"\r\n")
}
