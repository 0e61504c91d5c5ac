package lean

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// Options of a Pool; zero fields are the defaults.
type Options struct {
	Loops  int // of each address family in use; as many as there are cores
	Window int // young requests of one socket; 256, less where the receive buffer is small
	Buffer int // receive buffer to ask the kernel for, in bytes; 8 MiB
	Log    *slog.Logger
}

// A Pool is the loops of one program.
type Pool struct {
	o     Options
	start time.Time
	seed  maphash.Seed

	mu      sync.Mutex // protects the rest
	loops   map[bool][]*Loop
	running context.Context
	wg      sync.WaitGroup
	closed  bool
}

// NewPool makes a pool without loops; Join opens them as they are needed.
func NewPool(o Options) *Pool {
	if o.Loops <= 0 {
		o.Loops = runtime.GOMAXPROCS(0)
	}
	if o.Window <= 0 {
		o.Window = defaultWindow
	}
	if o.Buffer <= 0 {
		o.Buffer = 8 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Pool{o: o, start: time.Now(), seed: maphash.MakeSeed(), loops: map[bool][]*Loop{}}
}

// Now is the pool's time: real time since the pool was made.
func (p *Pool) Now() time.Duration { return time.Since(p.start) }

// errEnded is Join's error after the end.
var errEnded = errors.New("the poller has ended")

// Run runs the loops until ctx ends and all clients are gone.
func (p *Pool) Run(ctx context.Context) {
	p.mu.Lock()
	p.running = ctx
	for _, list := range p.loops {
		for _, l := range list {
			p.wg.Go(func() { l.run(ctx) })
		}
	}
	p.mu.Unlock()
	<-ctx.Done()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.wg.Wait()
}

// Join gives a device to its loop; its first round is due at `at`. key spreads
// devices over loops: the same key, the same loop.
func (p *Pool) Join(key string, c Client, cfg Config, at time.Duration) (*Loop, error) {
	cfg.fill()
	l, err := p.loopOf(key, cfg.Address.Addr())
	if err != nil {
		return nil, err
	}
	return l, l.post(order{client: c, cfg: cfg, at: at})
}

// Loops returns the loops that are open, for their figures.
func (p *Pool) Loops() []*Loop {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(append([]*Loop(nil), p.loops[false]...), p.loops[true]...)
}

func (p *Pool) loopOf(key string, a netip.Addr) (*Loop, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errEnded
	}
	six := a.Is6()
	for len(p.loops[six]) < p.o.Loops {
		l, err := newLoop(p, six)
		if err != nil {
			return nil, fmt.Errorf("open polling socket: %w", err)
		}
		p.loops[six] = append(p.loops[six], l)
		if ctx := p.running; ctx != nil {
			p.wg.Go(func() { l.run(ctx) })
		}
	}
	list := p.loops[six]
	return list[maphash.String(p.seed, key)%uint64(len(list))], nil
}
