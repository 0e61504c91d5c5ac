package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/internal/facility"
	"nezuban/internal/sim/uniform"
)

// A row of the table: one poller, one fleet, one process of its own.
type row struct {
	Name    string
	Poller  string // "lean", "library": the lean loop with the library's decoder, "gosnmp": a goroutine and a socket a device
	Devices int
	Burst   bool
	Faulty  int // percent that are dead, and as many that are slow
	Rounds  int
	Port    uint16
}

const pacedInterval = 10 * time.Second

var table = []row{
	{Name: "lean, burst", Poller: "lean", Devices: 1000, Burst: true, Rounds: 20},
	{Name: "lean, burst", Poller: "lean", Devices: 10_000, Burst: true, Rounds: 6},
	{Name: "lean loop + library's decoder, burst", Poller: "library", Devices: 10_000, Burst: true, Rounds: 6},
	{Name: "gosnmp, goroutine + socket each, burst", Poller: "gosnmp", Devices: 1000, Burst: true, Rounds: 20},
	{Name: "lean, every 10 s", Poller: "lean", Devices: 1000, Rounds: 2},
	{Name: "lean, every 10 s", Poller: "lean", Devices: 10_000, Rounds: 3},
	{Name: "lean, every 10 s, 10 % dead, 10 % slow", Poller: "lean", Devices: 10_000, Rounds: 3, Faulty: 10},
	{Name: "gosnmp, goroutine + socket each, every 10 s", Poller: "gosnmp", Devices: 1000, Rounds: 2},
	{Name: "gosnmp, goroutine + socket each, every 10 s", Poller: "gosnmp", Devices: 10_000, Rounds: 3},
}

// TestPollTable prints what polling costs, for `make bench`. Figures are of one
// run on one machine; nothing is asserted about them.
func TestPollTable(t *testing.T) {
	if os.Getenv("NEZUBAN_BENCH") == "" {
		t.Skip("takes four minutes, a benchmark: make bench")
	}
	fmt.Printf("%-46s %8s %12s %8s %9s %9s %10s %9s %8s %6s\n", "60 readings a device", "devices", "CPU-s/1M", "allocs", "sweep s", "RSS MB", "late p99", "trip p99", "skipped", "drops")
	for _, r := range table {
		s := startSimulator(t, uniform.Faults{Dead: r.Faulty, Slow: r.Faulty})
		r.Port = s.port
		got, err := inChild(r)
		if err != nil {
			t.Errorf("%s, %d devices: %v", r.Name, r.Devices, err)
			continue
		}
		sweep := "-"
		if got.Sweep > 0 {
			sweep = fmt.Sprintf("%.3f", got.Sweep)
		}
		fmt.Printf("%-46s %8d %12.3f %8.3f %9s %9.1f %8.1fms %7.1fms %8d %6d\n", r.Name, r.Devices, got.CPUPerM, got.Allocs, sweep, float64(got.PeakRSS)/1e6,
			got.LateP99*1000, got.TripP99*1000, got.Skipped, got.Drops)
	}
}

// inChild runs a row in a process of its own.
func inChild(r row) (out Result, err error) {
	arg, err := json.Marshal(r)
	if err != nil {
		return out, err
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envRow+"="+string(arg))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%w: %s", err, stderr.String())
	}
	return out, json.Unmarshal(b, &out)
}

// runRow is the child.
func runRow(arg string) int {
	var r row
	err := json.Unmarshal([]byte(arg), &r)
	var out Result
	if err == nil {
		out, err = r.run()
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (r row) run() (Result, error) {
	addresses, err := Addresses(uniform.Base, r.Devices, false)
	if err != nil {
		return Result{}, err
	}
	faults := uniform.Faults{Dead: r.Faulty, Slow: r.Faulty}
	o := Options{Addresses: addresses, Port: r.Port, Community: "public", OIDs: sixty(), Interval: pacedInterval, AtOnce: r.Burst,
		Faulty: func(i int) bool {
			return faults.IsDead(addresses[i]) || faults.IsSlow(addresses[i])
		}}
	if r.Burst {
		o.Interval = time.Second
	}
	o.For = time.Duration(r.Rounds) * o.Interval
	f, err := New(o)
	if err != nil {
		return Result{}, err
	}
	if r.Poller == "gosnmp" {
		return f.runPeer()
	}
	f.library = r.Poller == "library"
	return f.Run(context.Background())
}

// runPeer polls the same fleet the usual way: a goroutine with a session and a
// socket for each device.
func (f *Fleet) runPeer() (Result, error) {
	f.sweeps = make([]atomic.Uint64, f.o.For/f.o.Interval+1)
	before, began := begin(), time.Now()
	f.started, f.end = f.pool.Now(), f.pool.Now()+f.o.For
	var wg sync.WaitGroup
	for _, a := range f.o.Addresses {
		wg.Go(func() { f.peer(a) })
	}
	wg.Wait()
	return f.result(before, time.Since(began)), nil
}

func (f *Fleet) peer(a netip.Addr) {
	x := &gosnmp.GoSNMP{Target: a.String(), Port: f.o.Port, Transport: "udp", Community: f.o.Community, Version: gosnmp.Version2c,
		Timeout: 2 * time.Second, Retries: 1, MaxOids: 100}
	if x.Connect() != nil {
		f.count.skipped.Add(1)
		return
	}
	defer x.Close()
	due := f.started
	if !f.o.AtOnce {
		due += collectors.Phase(facility.DeviceID(a.String()), f.o.Interval)
	}
	for ; due < f.end; due += f.o.Interval {
		<-time.After(due - f.pool.Now())
		sent := f.pool.Now()
		f.count.rounds.Add(1)
		f.count.lateness.Add(sent - due)
		got, err := x.Get(f.oids)
		if err != nil {
			f.count.silent.Add(1)
			continue
		}
		f.count.trip.Add(f.pool.Now() - sent)
		for _, v := range got.Variables[f.first:] {
			if _, ok := v.Value.(int); ok {
				f.count.readings.Add(1)
			}
		}
		if f.o.AtOnce {
			f.swept(due)
		}
	}
}
