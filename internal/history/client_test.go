package history

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/prompb"

	"nezuban/internal/facility"
)

func pointOf(dev, metric string, labels ...facility.Label) *facility.Point {
	p := &facility.Point{Device: facility.DeviceID(dev), Metric: metric, Labels: labels, Interval: 30 * time.Second}
	p.ID = facility.MakePointID(p.Device, metric, labels)
	return p
}

// one makes a batch of one reading.
func one(p *facility.Point, at facility.Tick, v float64, q facility.Quality) (facility.Batch, map[facility.PointID]*facility.Point) {
	return facility.Batch{Device: p.Device, Tick: at, Readings: []facility.Reading{{Point: p.ID, Tick: at, Value: v, Quality: q}}},
		map[facility.PointID]*facility.Point{p.ID: p}
}

// startClient runs a client until the test ends.
func startClient(t *testing.T, o ClientOptions) *Client {
	t.Helper()
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return c
}

func TestGapsComeBackAsGaps(t *testing.T) {
	socket, ask := serve(t, nil)
	waitReady(t, ask)
	c := startClient(t, ClientOptions{Socket: socket, Site: "DC-E1", Registerer: prometheus.NewRegistry()})
	p := pointOf("hub-1", "temperature_celsius", facility.Label{Name: "sensor", Value: `a"\b`}, facility.Label{Name: "site", Value: "theirs"})
	longer := pointOf("hub-1", "temperature_celsius", facility.Label{Name: "sensor", Value: `a"\b`}, facility.Label{Name: "site", Value: "theirs"}, facility.Label{Name: "zone", Value: "z"})
	from := facility.TickOf(time.Now()) - 600
	for i, r := range []struct {
		v float64
		q facility.Quality
	}{{20, facility.Good}, {0, facility.Missing}, {0, facility.Good}, {21.123456789012345, facility.Good}} {
		c.Write(one(p, from+facility.Tick(30*i), r.v, r.q))
	}
	c.Write(one(longer, from, 99, facility.Good))
	c.Write(one(p, from+300, math.NaN(), facility.Good))
	c.Write(facility.Batch{Device: "hub-1", Readings: []facility.Reading{{Point: "hub-1/unheard_of", Tick: from, Quality: facility.Good}}}, nil)
	eventually(t, 10*time.Second, "five samples are accepted", func() bool { _, _, n, _, _ := c.Status(); return n == 5 })

	rs, err := c.Samples(t.Context(), *p, from, from+600)
	if err != nil {
		t.Fatal(err)
	}
	want := []facility.Reading{
		{Point: p.ID, Tick: from, Value: 20, Quality: facility.Good},
		{Point: p.ID, Tick: from + 30, Quality: facility.Missing},
		{Point: p.ID, Tick: from + 60, Value: 0, Quality: facility.Good},
		{Point: p.ID, Tick: from + 90, Value: 21.123456789012345, Quality: facility.Good},
	}
	if len(rs) != len(want) {
		t.Fatalf("samples %v, want %v", rs, want)
	}
	for i := range want {
		if rs[i] != want[i] {
			t.Errorf("sample %d: %+v, want %+v", i, rs[i], want[i])
		}
	}
	if half, err := c.Samples(t.Context(), *p, from+30, from+90); err != nil || len(half) != 2 || half[0].Tick != from+30 {
		t.Errorf("samples in [from+30, from+90): %v, %v", half, err)
	}
	tr, err := c.Trend(t.Context(), *p, from, from+120, 30*time.Second)
	if err != nil || len(tr) != 4 || !tr[0].Known || tr[1].Known || !tr[2].Known || tr[2].Max != 0 {
		t.Errorf("trend %+v, %v", tr, err)
	}
	if state, detail, _, held, dropped := c.Status(); state != StateOK || detail != "" || held != 0 || dropped != 2 {
		t.Errorf("status %s %q, held %d, dropped %d; want ok, 0, 2 (a NaN, an unknown point)", state, detail, held, dropped)
	}
	if nothing, err := c.Samples(t.Context(), *pointOf("hub-9", "temperature_celsius"), from, from+600); err != nil || len(nothing) != 0 {
		t.Errorf("samples of a point nobody wrote: %v, %v", nothing, err)
	}
}

func TestBucket(t *testing.T) {
	good := func(at facility.Tick, v float64) facility.Reading {
		return facility.Reading{Tick: at, Value: v, Quality: facility.Good}
	}
	missing := func(at facility.Tick) facility.Reading { return facility.Reading{Tick: at} }
	gap := func(at facility.Tick) facility.TrendPoint { return facility.TrendPoint{At: at} }
	flat := func(at facility.Tick, v float64) facility.TrendPoint {
		return facility.TrendPoint{At: at, Min: v, Max: v, Mean: v, Known: true}
	}
	tests := []struct {
		name           string
		rs             []facility.Reading
		from, to, step facility.Tick
		want           []facility.TrendPoint
	}{
		{"nothing is a gap, not zero", nil, 0, 20, 10, []facility.TrendPoint{gap(0), gap(10)}},
		{"a spike inside a step is kept", []facility.Reading{good(0, 1), good(4, 100), good(8, 1)}, 0, 10, 10,
			[]facility.TrendPoint{{At: 0, Min: 1, Max: 100, Mean: 34, Known: true}}},
		{"steps are half open", []facility.Reading{good(9, 1), good(10, 2)}, 0, 20, 10, []facility.TrendPoint{flat(0, 1), flat(10, 2)}},
		{"a slow point holds until its age", []facility.Reading{good(0, 5)}, 0, 50, 10,
			[]facility.TrendPoint{flat(0, 5), flat(10, 5), flat(20, 5), gap(30), gap(40)}},
		{"what was before the range holds into it, up to its age", []facility.Reading{good(-6, 5)}, 0, 30, 10,
			[]facility.TrendPoint{flat(0, 5), flat(10, 5), gap(20)}},
		{"a missing reading ends the hold", []facility.Reading{good(0, 5), missing(12), good(32, 6)}, 0, 40, 10,
			[]facility.TrendPoint{flat(0, 5), gap(10), gap(20), flat(30, 6)}},
		{"a missing reading beside a good one is no gap", []facility.Reading{good(0, 5), missing(5)}, 0, 20, 10,
			[]facility.TrendPoint{flat(0, 5), gap(10)}},
		{"the last step may be short", []facility.Reading{good(12, 3), good(15, 9)}, 0, 15, 10,
			[]facility.TrendPoint{gap(0), flat(10, 3)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := bucket(tt.rs, tt.from, tt.to, tt.step, 25)
			if len(got) != len(tt.want) {
				t.Fatalf("got %+v, want %+v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("step %d: %+v, want %+v", i, got[i], tt.want[i])
				}
			}
		})
	}
}

// cluster is a receiver as others build them: it refuses a request as a whole.
type cluster struct {
	mu    sync.Mutex // protects the rest
	down  bool
	posts int
	got   map[string][]int64 // stamps by device, in order of arrival
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posts++
	if c.down {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if r.Header.Get("Authorization") != "Bearer t0ken" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	body, _ := io.ReadAll(r.Body)
	plain, err := snappy.Decode(nil, body)
	var req prompb.WriteRequest
	if err != nil || req.Unmarshal(plain) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	devices := map[string][]int64{}
	for _, ts := range req.Timeseries {
		for _, l := range ts.Labels {
			if l.Name == "device" && l.Value == "poison" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			if l.Name == "device" {
				for _, s := range ts.Samples {
					devices[l.Value] = append(devices[l.Value], s.Timestamp)
				}
			}
		}
	}
	for d, s := range devices {
		c.got[d] = append(c.got[d], s...)
	}
	w.WriteHeader(http.StatusOK)
}

func (c *cluster) set(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

func TestARefusedBatchIsSplitAndOnlyTheBadPartLost(t *testing.T) {
	cl := &cluster{got: map[string][]int64{}}
	s := httptest.NewServer(cl)
	t.Cleanup(s.Close)
	c, err := NewClient(ClientOptions{URL: s.URL + "/", Token: "t0ken"})
	if err != nil {
		t.Fatal(err)
	}
	good, bad := pointOf("fine", "m"), pointOf("poison", "m")
	for i := range facility.Tick(200) {
		c.Write(one(good, 1000+i, 1, facility.Good))
		if i == 77 || i == 150 {
			c.Write(one(bad, 1000+i, 1, facility.Good))
		}
	}
	c.deliver(t.Context(), c.queue.take(batchMax))
	if _, _, accepted, held, dropped := c.Status(); accepted != 200 || dropped != 2 || held != 0 {
		t.Errorf("accepted %d, dropped %d, held %d; want 200, 2, 0", accepted, dropped, held)
	}
	if cl.posts > splitPosts {
		t.Errorf("%d requests to find two bad samples, want at most %d", cl.posts, splitPosts)
	}
	inOrder(t, cl.got["fine"], 1000, 200)
}

// inOrder checks that every stamp came once, in order.
func inOrder(t *testing.T, stamps []int64, from facility.Tick, n int) {
	t.Helper()
	if len(stamps) != n {
		t.Fatalf("%d stamps, want %d", len(stamps), n)
	}
	for i, s := range stamps {
		if s != (int64(from)+int64(i))*1000 {
			t.Fatalf("stamp %d is %d, want %d", i, s, (int64(from)+int64(i))*1000)
		}
	}
}

func TestABatchAllBadEndsInBoundedRequests(t *testing.T) {
	cl := &cluster{got: map[string][]int64{}}
	s := httptest.NewServer(cl)
	t.Cleanup(s.Close)
	c, err := NewClient(ClientOptions{URL: s.URL, Token: "t0ken"})
	if err != nil {
		t.Fatal(err)
	}
	bad := pointOf("poison", "m")
	for i := range facility.Tick(5000) {
		c.Write(one(bad, i, 1, facility.Good))
	}
	c.deliver(t.Context(), c.queue.take(batchMax))
	if _, _, accepted, held, dropped := c.Status(); accepted != 0 || dropped != 5000 || held != 0 {
		t.Errorf("accepted %d, dropped %d, held %d; want 0, 5000, 0", accepted, dropped, held)
	}
	if cl.posts > splitPosts+20 {
		t.Errorf("%d requests for a batch that is bad throughout", cl.posts)
	}
}

func TestWhatIsHeldGoesOutInOrderWhenHistoryIsBack(t *testing.T) {
	cl := &cluster{got: map[string][]int64{}, down: true}
	s := httptest.NewServer(cl)
	t.Cleanup(s.Close)
	c := startClient(t, ClientOptions{URL: s.URL, Token: "t0ken"})
	p := pointOf("fine", "m")
	for i := range facility.Tick(300) {
		c.Write(one(p, 1000+i, 1, facility.Good))
	}
	eventually(t, 10*time.Second, "the client says down", func() bool { st, _, _, held, _ := c.Status(); return st == StateDown && held == 300 })
	for i := range facility.Tick(300) {
		c.Write(one(p, 1300+i, 1, facility.Good))
	}
	cl.set(false)
	eventually(t, 20*time.Second, "all are accepted", func() bool { _, _, n, held, _ := c.Status(); return n == 600 && held == 0 })
	cl.mu.Lock()
	defer cl.mu.Unlock()
	inOrder(t, cl.got["fine"], 1000, 600)
}

func TestAWrongTokenLosesNothing(t *testing.T) {
	cl := &cluster{got: map[string][]int64{}}
	s := httptest.NewServer(cl)
	t.Cleanup(s.Close)
	c, err := NewClient(ClientOptions{URL: s.URL, Token: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	c.Write(one(pointOf("fine", "m"), 1, 1, facility.Good))
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	c.deliver(ctx, c.queue.take(batchMax))
	if state, _, _, held, dropped := c.Status(); state != StateDown || held != 1 || dropped != 0 {
		t.Errorf("state %s, held %d, dropped %d; want down, 1, 0", state, held, dropped)
	}
}

func TestQueueKeepsOrderAndLimit(t *testing.T) {
	q := newQueue(10)
	stamps := func(from, n int64) []sample {
		out := make([]sample, n)
		for i := range out {
			out[i].at = from + int64(i)
		}
		return out
	}
	if lost := q.push(stamps(0, 8)); lost != 0 {
		t.Fatalf("lost %d of 8 in a queue of 10", lost)
	}
	flying := q.take(3)                          // 0 1 2
	if lost := q.push(stamps(8, 4)); lost != 2 { // 3 4 go
		t.Fatalf("lost %d, want 2", lost)
	}
	if q.held() != 10 {
		t.Fatalf("held %d, want 10", q.held())
	}
	q.giveBack(flying)
	want := []int64{0, 1, 2, 5, 6, 7, 8, 9, 10, 11}
	got := q.take(100)
	if len(got) != len(want) {
		t.Fatalf("%d samples, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].at != want[i] {
			t.Errorf("sample %d: %d, want %d", i, got[i].at, want[i])
		}
	}
	q.settle(10)
	if q.held() != 0 {
		t.Errorf("held %d after all is settled", q.held())
	}
	if lost := q.push(stamps(0, 25)); lost != 15 || q.take(1)[0].at != 15 {
		t.Errorf("a push past the limit: lost %d, want 15 and the newest kept", lost)
	}
}
