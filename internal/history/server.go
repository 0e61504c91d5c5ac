package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"nezuban/internal/clock"
)

const (
	// DefaultRetention is how long raw samples are kept.
	DefaultRetention = 35 * 24 * time.Hour
	// DefaultMaxSeries is how many series the head takes at most: ten times what
	// one node of 10,000 devices of 60 points has, at about 1.6 kB each.
	DefaultMaxSeries = 1_000_000

	queryTimeout    = 30 * time.Second
	queryMaxSamples = 10_000_000 // in memory at a time, about 160 MB
	querySlots      = 8          // queries running at a time; further ones wait
	shutdownGrace   = 5 * time.Second
)

// ServerOptions of the child. Dir and Socket must be set; zero values elsewhere
// mean the defaults.
type ServerOptions struct {
	Dir          string        // the time-series data; made when absent
	Socket       string        // unix socket; its directory is made with mode 0700
	Listen       string        // "host:port" of the read-only query API; "" none
	RetentionRaw time.Duration // DefaultRetention
	MinFree      Watermark
	MaxSeries    uint64 // DefaultMaxSeries
	Log          *slog.Logger
	Clock        clock.Clock                                      // the machine's
	FreeSpace    func(dir string) (free, total uint64, err error) // the file system's; tests inject
}

func (o ServerOptions) filled() (ServerOptions, error) {
	if o.Dir == "" || o.Socket == "" {
		return o, errors.New("history needs a data directory and a socket")
	}
	if o.RetentionRaw <= 0 {
		o.RetentionRaw = DefaultRetention
	}
	if o.MaxSeries == 0 {
		o.MaxSeries = DefaultMaxSeries
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.FreeSpace == nil {
		o.FreeSpace = statFree
	}
	return o, nil
}

// server answers the wire.
type server struct {
	store     *store
	engine    *promql.Engine
	parser    parser.Parser
	slots     chan struct{} // one token a running query
	maxSeries uint64
}

// Serve runs the history server until ctx ends, then closes its data. It listens
// at once and answers 503 until its data is open. An error means that this
// process cannot go on: the directory is not usable, the data cannot be opened,
// or the socket belongs to a living server.
func Serve(ctx context.Context, o ServerOptions) (err error) {
	o, err = o.filled()
	if err != nil {
		return err
	}
	if err := makeDir(o.Dir); err != nil {
		return err
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s := newServer(o, reg)
	servers, err := s.listen(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	errs := make(chan error, len(servers))
	for _, hs := range servers {
		wg.Go(func() {
			if err := hs.serve(); !errors.Is(err, http.ErrServerClosed) {
				errs <- fmt.Errorf("serve history: %w", err)
				cancel()
			}
		})
	}
	wg.Go(func() { s.store.syncLog(ctx) })
	err = s.store.run(ctx)
	cancel()
	grace, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer stop()
	for _, hs := range servers {
		_ = hs.Shutdown(grace) // what still runs after the grace is cut off by Close
		_ = hs.Close()
	}
	wg.Wait()
	select {
	case e := <-errs:
		err = errors.Join(err, e)
	default:
	}
	return errors.Join(err, s.store.close())
}

func newServer(o ServerOptions, reg *prometheus.Registry) *server {
	p := parser.NewParser(parser.Options{})
	return &server{
		store: &store{
			dir: o.Dir, retention: o.RetentionRaw, mark: o.MinFree, freeSpace: o.FreeSpace,
			clk: o.Clock, log: o.Log, reg: reg,
		},
		engine: promql.NewEngine(promql.EngineOpts{
			Logger: o.Log, Reg: reg, MaxSamples: queryMaxSamples, Timeout: queryTimeout,
			EnableAtModifier: true, EnableNegativeOffset: true, Parser: p,
			NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
		}),
		parser:    p,
		slots:     make(chan struct{}, querySlots),
		maxSeries: o.MaxSeries,
	}
}

// boundServer is an HTTP server with its listener.
type boundServer struct {
	*http.Server
	l net.Listener
}

func (b boundServer) serve() error { return b.Serve(b.l) }

func (s *server) listen(o ServerOptions) ([]boundServer, error) {
	sock, err := listenUnix(o.Socket)
	if err != nil {
		return nil, err
	}
	all := []boundServer{{httpServer(s.mux(true), o.Log), sock}}
	if o.Listen != "" {
		l, err := net.Listen("tcp", o.Listen)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen for history queries: %w", err), sock.Close())
		}
		all = append(all, boundServer{httpServer(s.mux(false), o.Log), l})
	}
	return all, nil
}

func httpServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// listenUnix binds a socket of mode 0600 in a directory of mode 0700. A socket
// file nobody answers on is a leftover and goes.
func listenUnix(path string) (net.Listener, error) {
	if len(path) > 107 { // sockaddr_un holds 108 bytes with the final zero
		return nil, fmt.Errorf("history socket path of %d bytes is too long for a unix socket (107): choose a shorter data directory", len(path))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make history socket directory: %w", err)
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		_ = c.Close()
		return nil, fmt.Errorf("history socket %s: another history server answers on it", path)
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("remove left-over history socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on history socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protect history socket: %w", err), l.Close())
	}
	return l, nil
}

// mux is the wire; writing only where asked for.
func (s *server) mux(write bool) http.Handler {
	m := http.NewServeMux()
	if write {
		m.HandleFunc("POST /api/v1/write", s.handleWrite)
	}
	for path, h := range map[string]http.HandlerFunc{
		"/api/v1/query": s.handleQuery, "/api/v1/query_range": s.handleQueryRange,
		"/api/v1/series": s.handleSeries, "/api/v1/labels": s.handleLabels, "/api/v1/raw": s.handleRaw,
	} {
		m.HandleFunc("GET "+path, s.slot(h))
		m.HandleFunc("POST "+path, s.slot(h))
	}
	m.HandleFunc("GET /api/v1/label/{name}/values", s.slot(s.handleLabelValues))
	m.HandleFunc("GET /api/v1/status", func(w http.ResponseWriter, _ *http.Request) { sendData(w, s.store.status()) })
	m.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "healthy\n") })
	m.HandleFunc("GET /-/ready", s.handleReady)
	m.Handle("GET /metrics", promhttp.HandlerFor(s.store.reg, promhttp.HandlerOpts{}))
	return m
}

func (s *server) handleReady(w http.ResponseWriter, _ *http.Request) {
	if s.store.db.Load() == nil {
		_, detail := s.store.state()
		http.Error(w, detail, http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}

// slot bounds how many queries run at a time and refuses them until the data is
// open.
func (s *server) slot(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.store.db.Load() == nil {
			_, detail := s.store.state()
			sendError(w, errUnavailable, detail)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), queryTimeout)
		defer cancel()
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		case <-ctx.Done():
			sendError(w, errTimeout, "no free query slot in time")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		h(w, r.WithContext(ctx))
	}
}
