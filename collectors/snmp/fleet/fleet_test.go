package fleet

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/sim/uniform"
)

func TestAddressesLeaveOutTheEnds(t *testing.T) {
	base := netip.MustParseAddr("127.10.0.254")
	got, err := Addresses(base, 3, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"127.10.0.254", "127.10.1.1", "127.10.1.2"}
	for i, a := range got {
		if a.String() != want[i] {
			t.Errorf("address %d is %s, want %s", i, a, want[i])
		}
	}
	if got, _ := Addresses(base, 3, true); got[1].String() != "127.10.0.255" || got[2].String() != "127.10.1.0" {
		t.Errorf("all addresses: %v", got)
	}
	if _, err := Addresses(netip.MustParseAddr("255.255.255.254"), 5, true); err == nil {
		t.Error("more addresses than there are")
	}
}

func TestHistogramIsNeverBelow(t *testing.T) {
	var h Histogram
	for us := range 100_000 {
		h.Add(time.Duration(us) * time.Microsecond)
	}
	for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
		got, want := h.Quantile(q).Seconds(), 0.1*q
		if got < want-1e-6 || got > want*1.035+2e-6 {
			t.Errorf("quantile %v: %v s, want %v or 3 %% more", q, got, want)
		}
	}
	if got := h.Max(); got != 99_999*time.Microsecond {
		t.Errorf("greatest %v", got)
	}
}

// sixty are the instances of a small UPS and its outlets, in tests and figures.
func sixty() []string {
	var out []string
	for i := range 36 {
		out = append(out, "1.3.6.1.2.1.33.1.4.4.1.2."+number(i+1))
	}
	for i := range 24 {
		out = append(out, "1.3.6.1.4.1.318.1.1.12.3.5.1.1.4."+number(i+1))
	}
	return out
}

// kept is a sink that keeps batches.
type kept struct {
	mu      sync.Mutex // protects batches
	batches []facility.Batch
}

func (k *kept) Accept(b facility.Batch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	b.Readings = slices.Clone(b.Readings) // they are lent
	k.batches = append(k.batches, b)
	return nil
}

// Every round that falls due within the time is done, and every reading counts
// once.
func TestFleetCountsEveryReading(t *testing.T) {
	t.Parallel()
	faults := uniform.Faults{Dead: 10}
	s := startSimulator(t, faults)
	addresses, err := Addresses(uniform.Base, 20, false)
	if err != nil {
		t.Fatal(err)
	}
	oids := sixty()
	f, err := New(Options{Addresses: addresses, Port: s.port, Community: "public", OIDs: oids, Interval: time.Second, For: 3 * time.Second,
		Faulty: func(i int) bool { return faults.IsDead(addresses[i]) }})
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dead := 0
	for _, a := range addresses {
		if faults.IsDead(a) {
			dead++
		}
	}
	if dead == 0 {
		t.Fatal("no dead device in the fleet; the test shows nothing")
	}
	if want := uint64((20 - dead) * 60 * 3); r.Readings != want || r.Rounds != 60 || r.Skipped != 0 || r.Silent != 0 {
		t.Errorf("%+v, want %d readings of 60 rounds", r, want)
	}
	if r.LateP99 <= 0 || r.TripMax <= 0 || r.CPU <= 0 || r.RSS == 0 || r.Buffer == 0 {
		t.Errorf("%+v: figures are missing", r)
	}
	// Sized by what was seen: one request a round from the second on.
	if r.Requests > 20*2+40+uint64(dead)*6 {
		t.Errorf("%d requests for 60 rounds", r.Requests)
	}
}

func TestFleetHandsOverBatches(t *testing.T) {
	t.Parallel()
	s, sink := startSimulator(t, uniform.Faults{}), &kept{}
	addresses, _ := Addresses(uniform.Base, 3, false)
	oids := sixty()[:5]
	points := func(i int) []facility.Point {
		var out []facility.Point
		for _, o := range oids {
			out = append(out, facility.Point{ID: facility.PointID(addresses[i].String() + "/" + o), Device: facility.DeviceID(addresses[i].String()), OID: o})
		}
		return out
	}
	f, err := New(Options{Addresses: addresses, Port: s.port, Community: "public", OIDs: oids, Interval: time.Second, For: time.Second, Sink: sink, Points: points})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(sink.batches) != 6 {
		t.Fatalf("%d batches, want points and one round of 3 devices", len(sink.batches))
	}
	for _, b := range sink.batches[3:] {
		for i, r := range b.Readings {
			if r.Quality != facility.Good || r.Value != float64(len(oids[i])) || !strings.HasSuffix(string(r.Point), oids[i]) {
				t.Errorf("%s: %+v, want the value of %s", b.Device, r, oids[i])
			}
		}
	}
}

func TestFleetEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := startSimulator(t, uniform.Faults{})
	addresses, _ := Addresses(uniform.Base, 3, false)
	f, err := New(Options{Addresses: addresses, Port: s.port, Community: "public", OIDs: sixty(), Interval: time.Second, For: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := f.Run(ctx); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("error %v after %v", err, time.Since(began))
	}
}

func TestSplitKeepsAnswersBelowTheBound(t *testing.T) {
	f, err := New(Options{Addresses: []netip.Addr{uniform.Base}, OIDs: slices.Repeat(sixty(), 4), Interval: time.Second, Community: "public"})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, r := range f.plan.Load().requests {
		total += r.Varbinds()
		if size := r.Size() + r.Varbinds()*(valueGuess-2); size > maxReply+replyFixed {
			t.Errorf("a request of %d instances has answers of %d bytes", r.Varbinds(), size)
		}
	}
	if total != 241 {
		t.Errorf("%d instances in all requests, want 240 and sysUpTime", total)
	}
}
