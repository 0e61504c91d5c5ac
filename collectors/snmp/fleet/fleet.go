package fleet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/snmp/lean"
	"nezuban/internal/facility"
)

// Options of a run. Addresses, Port, OIDs, Interval and For are required.
type Options struct {
	Addresses []netip.Addr
	Port      uint16
	Community string
	OIDs      []string // numeric, of scalars or rows
	Interval  time.Duration
	For       time.Duration // rounds that fall due within it are done
	Loops     int           // see lean.Options; 0: one a core

	// At once makes every device due at the same moment, one sweep after the other,
	// instead of spreading them over the interval.
	AtOnce bool

	// Faulty tells which devices are known to be dead or slow: they are counted apart.
	Faulty func(i int) bool

	// Sink takes the readings; nil: they are dropped after they are decoded. Points
	// are those of the i-th device, parallel to OIDs.
	Sink   collectors.Sink
	Points func(i int) []facility.Point

	Log *slog.Logger
}

const oidSysUpTime = "1.3.6.1.2.1.1.3.0"

// A Fleet is one run of polling.
type Fleet struct {
	o     Options
	pool  *lean.Pool
	plan  atomic.Pointer[plan]
	probe []*lean.Request
	oids  []string // what is asked for: sysUpTime before the others
	first int      // where the first reading is: 1 if sysUpTime goes before
	left  sync.WaitGroup
	count counts
	out   handover

	started time.Duration
	end     time.Duration   // rounds due later are not begun
	sweeps  []atomic.Uint64 // nanoseconds from the moment to the last end, by round; AtOnce only
	library bool            // decode with the library, to compare
}

// counts are shared by all loops; each is touched once a round at most.
type counts struct {
	readings, rounds, timeouts, surprises, refused atomic.Uint64
	silent, shortened, skipped, unasked, late      atomic.Uint64
	faulty                                         atomic.Uint64 // rounds of devices that are known to be so
	lateness, trip                                 Histogram
}

// New prepares a run: requests are encoded once and shared.
func New(o Options) (*Fleet, error) {
	if len(o.Addresses) == 0 || len(o.OIDs) == 0 || o.Interval <= 0 {
		return nil, errors.New("poll fleet: needs devices, instances and an interval")
	}
	f := &Fleet{o: o, pool: lean.NewPool(lean.Options{Loops: o.Loops, Log: o.Log})}
	f.out = handover{sink: o.Sink, points: o.Points, epoch: time.Now().Add(-f.pool.Now()), interval: o.Interval}
	f.oids = o.OIDs
	if f.oids[0] != oidSysUpTime {
		f.oids, f.first = append([]string{oidSysUpTime}, f.oids...), 1
	}
	if err := f.replan(maxReply, valueGuess); err != nil {
		return nil, fmt.Errorf("poll fleet: %w", err)
	}
	probe, err := lean.Prepare("2c", o.Community, []string{oidSysUpTime})
	if err != nil {
		return nil, fmt.Errorf("poll fleet: %w", err)
	}
	f.probe = []*lean.Request{probe}
	return f, nil
}

// Run polls until the time is over, the last answers are in, and ctx has not
// ended before.
func (f *Fleet) Run(ctx context.Context) (Result, error) {
	loops, cancel := context.WithCancel(ctx)
	defer cancel()
	members, err := f.introduce(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("poll fleet: %w", err)
	}
	f.sweeps = make([]atomic.Uint64, f.o.For/f.o.Interval+1)
	runtime.GC() // what getting ready left behind is no part of polling
	before := begin()
	started := f.pool.Now()
	f.started = started
	f.end = started + f.o.For
	var running sync.WaitGroup
	running.Go(func() { f.pool.Run(loops) })
	f.left.Add(len(f.o.Addresses))
	for i, a := range f.o.Addresses {
		cfg := lean.Config{Address: netip.AddrPortFrom(a, f.o.Port), Interval: f.o.Interval, Group: "fleet"}
		if _, err := f.pool.Join(a.String(), &members[i], cfg, started+f.phase(a)); err != nil {
			cancel()
			running.Wait()
			return Result{}, fmt.Errorf("poll fleet: %w", err)
		}
	}
	f.left.Wait()
	took := f.pool.Now() - started
	cancel()
	running.Wait()
	return f.result(before, took), ctx.Err()
}

// introduce makes the members known to the sink before anything is measured.
func (f *Fleet) introduce(ctx context.Context) ([]member, error) {
	members := make([]member, len(f.o.Addresses))
	for i := range members {
		members[i] = member{f: f, index: i}
		if err := f.out.introduce(&members[i]); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// phase is where in the interval a device is polled.
func (f *Fleet) phase(a netip.Addr) time.Duration {
	if f.o.AtOnce {
		return 0
	}
	return collectors.Phase(facility.DeviceID(a.String()), f.o.Interval)
}
