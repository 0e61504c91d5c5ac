package fleet

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A Result is what a run was like. Durations are seconds in JSON.
type Result struct {
	Readings  uint64  `json:"readings"`  // good ones, each counted once
	Devices   int     `json:"devices"`   // polled
	Rounds    uint64  `json:"rounds"`    // that fell due
	Faulty    uint64  `json:"faulty"`    // those of devices known to be dead or slow; not in what follows
	Skipped   uint64  `json:"skipped"`   // not begun because the one before took too long
	Unasked   uint64  `json:"unasked"`   // not begun because device or site is silent
	Silent    uint64  `json:"silent"`    // asked and not answered at all
	Shortened uint64  `json:"shortened"` // answered in part
	Late      uint64  `json:"late"`      // begun later than a tenth of the interval
	Timeouts  uint64  `json:"timeouts"`  // tries without an answer in time
	Surprises uint64  `json:"surprises"` // answers that went to the slow decoder
	Refused   uint64  `json:"refused"`   // batches that the sink did not take
	Drops     uint64  `json:"drops"`     // answers that the kernel threw away
	Stray     uint64  `json:"stray"`     // late, double, foreign or unreadable datagrams
	Requests  uint64  `json:"requests"`  // datagrams sent
	Seconds   float64 `json:"seconds"`
	CPU       float64 `json:"cpu_seconds"`       // of this process and its children, user and system
	CPUPerM   float64 `json:"cpu_s_per_million"` // readings
	Allocs    float64 `json:"allocs_per_reading"`
	Sweep     float64 `json:"sweep_seconds"` // from the moment to the last device, the middle of all sweeps; 0: spread
	LateP50   float64 `json:"lateness_p50"`  // start of rounds after their moment
	LateP99   float64 `json:"lateness_p99"`
	LateMax   float64 `json:"lateness_max"`
	TripP50   float64 `json:"roundtrip_p50"`
	TripP99   float64 `json:"roundtrip_p99"`
	TripMax   float64 `json:"roundtrip_max"`
	RSS       uint64  `json:"rss_bytes"`
	PeakRSS   uint64  `json:"rss_peak_bytes"`
	Window    uint64  `json:"window"` // young requests a socket at most
	Buffer    uint64  `json:"receive_buffer_bytes"`
}

func (f *Fleet) result(before spent, took time.Duration) Result {
	c := &f.count
	r := Result{Readings: c.readings.Load(), Devices: len(f.o.Addresses), Rounds: c.rounds.Load(), Skipped: c.skipped.Load(),
		Unasked: c.unasked.Load(), Silent: c.silent.Load(), Shortened: c.shortened.Load(), Late: c.late.Load(), Timeouts: c.timeouts.Load(),
		Surprises: c.surprises.Load(), Refused: c.refused.Load(), Seconds: took.Seconds(), Faulty: c.faulty.Load()}
	now := begin()
	r.CPU = (now.cpu - before.cpu).Seconds()
	for _, l := range f.pool.Loops() {
		x := &l.Figures
		r.Drops += x.Dropped.Load()
		r.Requests += x.Sent.Load()
		r.Stray += x.Late.Load() + x.Duplicates.Load() + x.UnknownID.Load() + x.WrongSource.Load()
		r.Window, r.Buffer = x.Window.Load(), x.Buffer.Load()
	}
	if r.Readings > 0 {
		r.CPUPerM = r.CPU / float64(r.Readings) * 1e6
		r.Allocs = float64(now.mallocs-before.mallocs) / float64(r.Readings)
	}
	quantiles := func(h *Histogram) (p50, p99, most float64) {
		return h.Quantile(0.5).Seconds(), h.Quantile(0.99).Seconds(), h.Max().Seconds()
	}
	r.LateP50, r.LateP99, r.LateMax = quantiles(&c.lateness)
	r.TripP50, r.TripP99, r.TripMax = quantiles(&c.trip)
	r.RSS, r.PeakRSS = memory()
	var sweeps []float64
	for i := range f.sweeps {
		if took := f.sweeps[i].Load(); took > 0 {
			sweeps = append(sweeps, time.Duration(took).Seconds())
		}
	}
	if slices.Sort(sweeps); len(sweeps) > 0 {
		r.Sweep = sweeps[len(sweeps)/2]
	}
	return r
}

// spent is what this process has used so far.
type spent struct {
	cpu     time.Duration
	mallocs uint64
}

func begin() spent {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return spent{cpu: usage(), mallocs: m.Mallocs}
}

// usage is the processor time of this process and of its children that ended.
func usage() (total time.Duration) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if unix.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}

// memory reads the resident set, now and at its peak, from proc_pid_status(5).
func memory() (now, peak uint64) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	field := func(name string) uint64 {
		_, rest, _ := bytes.Cut(b, []byte(name))
		f := bytes.Fields(rest)
		if len(f) == 0 {
			return 0
		}
		kb, _ := strconv.ParseUint(string(f[0]), 10, 64)
		return kb << 10
	}
	return field("VmRSS:"), field("VmHWM:")
}
