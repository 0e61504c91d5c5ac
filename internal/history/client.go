package history

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/value"

	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// DefaultHoldLimit is how many samples a client holds while history is away: 48
// MB, half an hour at 1,000 samples a second.
const DefaultHoldLimit = 2_000_000

// ClientOptions say where history is. One of Socket and URL must be set.
type ClientOptions struct {
	Socket     string       // of the child
	URL        string       // base of a Prometheus-compatible store, e.g. https://metrics.example/prom
	Token      string       // bearer token for URL; "" none
	HTTP       *http.Client // for URL: TLS settings; nil the default. Its Timeout is ignored
	Site       string       // value of the label site; "" leaves it out
	HoldLimit  int          // samples; 0: DefaultHoldLimit
	Clock      clock.Clock  // nil: the machine's
	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// A Client writes readings to history and asks it. Write may be called from any
// goroutine; Run must be running for anything to be sent.
type Client struct {
	base  string
	token string
	own   bool // the other end is our child: it has /api/v1/status and /api/v1/raw
	http  *http.Client
	site  string
	clk   clock.Clock
	born  time.Duration // monotonic
	log   *slog.Logger
	queue *queue
	count *clientMetrics

	requests uint64 // encoded; of the goroutine of Run

	accepted atomic.Uint64
	dropped  atomic.Uint64
	oldest   atomic.Int64 // ms stamp of the oldest sample in flight; 0 none

	mu     sync.Mutex // protects the rest
	state  State
	detail string
	known  map[facility.DeviceID]map[facility.PointID]*series
}

// startGrace is the real time in which a child that has not answered yet is
// starting, not down.
const startGrace = 5 * time.Second

// NewClient prepares a client; it opens no connection.
func NewClient(o ClientOptions) (*Client, error) {
	if (o.Socket == "") == (o.URL == "") {
		return nil, errors.New("history client needs either a socket or a URL")
	}
	if o.HoldLimit <= 0 {
		o.HoldLimit = DefaultHoldLimit
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{
		base: strings.TrimRight(o.URL, "/"), token: o.Token, own: o.Socket != "", site: o.Site,
		clk: o.Clock, log: o.Log, queue: newQueue(o.HoldLimit),
		state: StateStarting, detail: "not asked yet", born: o.Clock.Mono(),
		known: map[facility.DeviceID]map[facility.PointID]*series{},
	}
	c.http = &http.Client{}
	if o.HTTP != nil {
		c.http.Transport = o.HTTP.Transport
	}
	if c.own {
		c.base = "http://history"
		c.http.Transport = unixTransport(o.Socket)
	}
	c.count = newClientMetrics(o.Registerer, c)
	return c, nil
}

func unixTransport(path string) *http.Transport {
	var d net.Dialer
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "unix", path)
		},
		MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, DisableCompression: true,
	}
}

// Write queues the readings of a batch and never blocks. points describes the
// batch's points; a reading of a point it does not hold, or a Good one that is
// no finite number, is counted as dropped.
func (c *Client) Write(b facility.Batch, points map[facility.PointID]*facility.Point) {
	if len(b.Readings) == 0 && b.Points == nil {
		return
	}
	out := make([]sample, 0, len(b.Readings))
	var unknown, odd int
	c.mu.Lock()
	of := c.known[b.Device]
	if of == nil || b.Points != nil { // labels may have gone: start afresh
		of = make(map[facility.PointID]*series, len(b.Readings))
		c.known[b.Device] = of
	}
	for _, r := range b.Readings {
		s := of[r.Point]
		if s == nil {
			p := points[r.Point]
			if p == nil {
				unknown++
				continue
			}
			s = newSeries(p, c.site)
			of[r.Point] = s
		}
		v := r.Value
		switch {
		case r.Quality != facility.Good:
			v = math.Float64frombits(value.StaleNaN)
		case math.IsNaN(v) || math.IsInf(v, 0):
			odd++
			continue
		}
		out = append(out, sample{of: s, at: int64(r.Tick) * 1000, v: v})
	}
	c.mu.Unlock()
	c.drop(dropUnknown, unknown)
	c.drop(dropNotNumber, odd)
	if len(out) > 0 {
		c.drop(dropOverflow, c.queue.push(out))
	}
}

// Forget drops what is remembered of a device that has left the inventory.
func (c *Client) Forget(id facility.DeviceID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, id)
}

// Status tells how history does from here: one of the State constants, a
// sentence for people ("" when ok), samples accepted by history and given up
// since the start, and samples held.
func (c *Client) Status() (state State, detail string, accepted uint64, held int, dropped uint64) {
	c.mu.Lock()
	state, detail = c.state, c.detail
	c.mu.Unlock()
	return state, detail, c.accepted.Load(), c.queue.held(), c.dropped.Load()
}

func (c *Client) setState(state State, detail string) {
	c.mu.Lock()
	if c.own && state == StateDown && c.state == StateStarting && c.clk.Real(c.clk.Mono()-c.born) < startGrace {
		state = StateStarting // our child has not opened its socket yet
	}
	was := c.state
	c.state, c.detail = state, detail
	c.mu.Unlock()
	if was != state {
		c.log.Info("history state", "state", state, "was", was, "detail", detail)
	}
}

func (c *Client) drop(cause string, n int) {
	if n == 0 {
		return
	}
	c.dropped.Add(uint64(n))
	c.count.dropped.WithLabelValues(cause).Add(float64(n))
}
