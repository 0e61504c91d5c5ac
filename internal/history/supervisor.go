package history

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/text"
)

// Real time: they pace processes, not the facility.
const (
	restartMin    = 200 * time.Millisecond
	restartMax    = 5 * time.Second
	restartForget = 30 * time.Second // a child that lived this long starts the back-off afresh
	stopGrace     = 10 * time.Second // between SIGTERM and SIGKILL
	memoryEvery   = 5 * time.Second

	// DefaultAnswerWithin and missedAnswers: a child that is there and answers
	// nothing for some 40 s is frozen, and is killed and restarted.
	DefaultAnswerWithin = 5 * time.Second
	missedAnswers       = 4

	// DefaultMemoryLimit of the child: 100,000 series need 0.2 GB, queries the rest.
	DefaultMemoryLimit = 2 << 30
)

// SupervisorOptions say what to run. Dir and Socket must be set.
type SupervisorOptions struct {
	Exe    string          // "": this program's own file
	Dir    string          // the child's --dir
	Socket string          // the child's --socket
	Extra  func() []string // further arguments, asked before each start; nil none
	Env    []string        // further "NAME=value" for the child

	// MemoryLimit is the child's GOMEMLIMIT in bytes; a child whose own memory
	// (file mappings apart) passes twice that is killed and restarted. 0:
	// DefaultMemoryLimit.
	MemoryLimit uint64
	// AnswerWithin is how long the child may take to say that it lives, and the
	// pause between two such questions. 0: DefaultAnswerWithin.
	AnswerWithin time.Duration

	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// A Supervisor keeps one history child running.
type Supervisor struct {
	o        SupervisorOptions
	done     chan struct{}
	restarts prometheus.Counter

	mu     sync.Mutex // protects the rest
	pid    int        // 0 while none runs
	starts int
	exit   string // how the last one ended
	line   string // the last line it wrote, sanitised
}

// Supervise starts `nezuban history --dir … --socket … --supervised` and starts
// it again whenever it ends or freezes, after 0.2 s growing to 5 s, until ctx
// ends. Then the child gets SIGTERM and, 10 s later, SIGKILL. A child whose parent dies is
// killed by the kernel and also sees the end of its standard input.
func Supervise(ctx context.Context, o SupervisorOptions) *Supervisor {
	if o.MemoryLimit == 0 {
		o.MemoryLimit = DefaultMemoryLimit
	}
	if o.AnswerWithin == 0 {
		o.AnswerWithin = DefaultAnswerWithin
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Supervisor{o: o, done: make(chan struct{}), restarts: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "nezuban_history_child_restarts_total", Help: "Times the history child had to be started again."})}
	if o.Registerer != nil {
		o.Registerer.MustRegister(s.restarts)
	}
	go s.run(ctx)
	return s
}

// Wait returns when the child has ended after ctx has.
func (s *Supervisor) Wait() { <-s.done }

// State tells of the process: StateOK while it runs, StateDown between two runs.
// Whether it takes samples is what Client.Status tells.
func (s *Supervisor) State() (State, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pid != 0 {
		return StateOK, ""
	}
	if s.starts == 0 {
		return StateStarting, "history child not started yet"
	}
	return StateDown, fmt.Sprintf("history child ended (%s) and is being restarted; it last said: %s", s.exit, s.line)
}

// PID of the running child; 0 while none runs.
func (s *Supervisor) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

func (s *Supervisor) run(ctx context.Context) {
	defer close(s.done)
	// The kernel's death signal follows the thread that started the child, so
	// this goroutine keeps its thread for as long as there may be one.
	runtime.LockOSThread()
	wait := restartMin
	for ctx.Err() == nil {
		lived, err := s.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if lived >= restartForget {
			wait = restartMin
		}
		s.o.Log.Error("history child ended", "err", err, "restart_in", wait)
		s.restarts.Inc()
		pause(ctx, wait)
		wait = min(wait*2, restartMax)
	}
}

// once runs one child to its end.
func (s *Supervisor) once(ctx context.Context) (lived time.Duration, err error) {
	cmd, stdin, err := s.command(ctx)
	if err != nil {
		s.ended(err)
		return 0, err
	}
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("start history child: %w", err), stdin.Close())
		s.ended(err)
		return 0, err
	}
	forget := make(chan struct{})
	timer := time.AfterFunc(restartForget, func() { close(forget) })
	defer timer.Stop()
	s.started(cmd.Process.Pid)
	var watches sync.WaitGroup
	watch, stop := context.WithCancel(ctx)
	watches.Go(func() { s.watchMemory(watch, cmd.Process) })
	watches.Go(func() { s.watchAnswers(watch, cmd.Process) })
	s.relay(out)
	err = cmd.Wait()
	stop()
	watches.Wait()
	_ = stdin.Close() // the reader is gone
	s.ended(err)
	select {
	case <-forget:
		return restartForget, err
	default:
		return 0, err
	}
}

func (s *Supervisor) command(ctx context.Context) (*exec.Cmd, io.Closer, error) {
	exe := s.o.Exe
	if exe == "" {
		own, err := os.Executable()
		if err != nil {
			return nil, nil, fmt.Errorf("find own program for the history child: %w", err)
		}
		exe = own
	}
	args := []string{"history", "--dir", s.o.Dir, "--socket", s.o.Socket, "--supervised"}
	if s.o.Extra != nil {
		args = append(args, s.o.Extra()...)
	}
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Env = append(os.Environ(), "GOMEMLIMIT="+strconv.FormatUint(s.o.MemoryLimit, 10))
	cmd.Env = append(cmd.Env, s.o.Env...)
	cmd.SysProcAttr = childAttr()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopGrace
	stdin, err := cmd.StdinPipe() // never written: its end tells the child that we are gone
	if err != nil {
		return nil, nil, fmt.Errorf("prepare history child: %w", err)
	}
	return cmd, stdin, nil
}

// relay logs what the child writes, line by line, until it closes its end.
func (s *Supervisor) relay(from io.Reader) {
	r := bufio.NewReaderSize(from, 4096)
	for {
		raw, more, err := r.ReadLine()
		if err != nil {
			return
		}
		line, _ := text.Clean(string(raw), 1000)
		if line == "" {
			continue
		}
		s.mu.Lock()
		s.line, _ = text.Clean(line, 200)
		s.mu.Unlock()
		s.o.Log.Info("history child", "line", line)
		for more && err == nil { // the rest of an overlong line
			_, more, err = r.ReadLine()
		}
	}
}

func (s *Supervisor) started(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = pid
	s.starts++
	s.o.Log.Info("history child started", "pid", pid)
}

func (s *Supervisor) ended(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid, s.exit = 0, "without an error"
	s.starts = max(s.starts, 1)
	if err != nil {
		s.exit = err.Error()
	}
}

// watchMemory kills a child that has outgrown twice its limit.
func (s *Supervisor) watchMemory(ctx context.Context, p *os.Process) {
	for pause(ctx, memoryEvery) {
		used, err := ownMemory(p.Pid)
		if err != nil || used <= 2*s.o.MemoryLimit {
			continue
		}
		s.o.Log.Error("history child out of memory", "bytes", used, "limit", s.o.MemoryLimit)
		_ = p.Kill() // it may have ended by itself
		return
	}
}

// watchAnswers kills a child that is there and does not answer: stopped, or stuck
// for good. One that has ended by itself is seen by Wait.
func (s *Supervisor) watchAnswers(ctx context.Context, p *os.Process) {
	client := &http.Client{Transport: unixTransport(s.o.Socket)}
	defer client.CloseIdleConnections()
	for missed := 0; pause(ctx, s.o.AnswerWithin); {
		err := s.alive(ctx, client)
		if err == nil || ctx.Err() != nil {
			missed = 0
			continue
		}
		if missed++; missed < missedAnswers {
			continue
		}
		s.o.Log.Error("history child does not answer and is killed", "questions", missed, "err", plainError(err))
		_ = p.Kill() // it may have ended by itself
		return
	}
}

// alive asks the child for any answer at all.
func (s *Supervisor) alive(ctx context.Context, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.AnswerWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://history/-/healthy", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, answerBytes)) // so that the connection is used again
	return resp.Body.Close()
}

// UntilEOF returns a context that ends when in does: for a child whose parent
// holds the other end of its standard input. The reading goroutine lasts until
// then.
func UntilEOF(ctx context.Context, in io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in) // an error ends it like EOF
		cancel()
	}()
	return ctx, cancel
}
