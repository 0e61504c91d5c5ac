package sim

import (
	"fmt"
	"math"
	"time"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

const (
	swapBytes   = 8 << 30
	storageUnit = 4096.0 // hrStorageAllocationUnits of memory and file systems
	firstCPU    = 196608 // where Net-SNMP numbers processors in hrDeviceTable
	cachedShare = 0.20   // page cache, a share of memory
	bufferShare = 0.02
)

// hostView serves HOST-RESOURCES-MIB (RFC 2790), UCD-SNMP-MIB and IF-MIB as
// Net-SNMP on Linux does.
func hostView(n int) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		s := &d.state.Servers[n]
		hostSystem(t, d, s)
		hostStorage(t, s)
		hostProcessors(t, s)
		hostLoad(t, s)
		hostMemory(t, s)
		hostInterfaces(t, s)
	}
}

func hostSystem(t *agent.Tree, d *device, s *model.Server) {
	hr := mib2(25, 1)
	t.Scalar(hr.Append(1), func() agent.Value { return agent.Ticks(d.uptime()) })
	t.Scalar(hr.Append(2), func() agent.Value { return agent.Str(dateAndTime(d.start.Add(d.state.Now))) })
	t.Scalar(hr.Append(5), func() agent.Value { return agent.Gauge(1) })
	t.Scalar(hr.Append(6), func() agent.Value { return agent.Gauge(210 + 60*s.CPU) })
	t.Scalar(mib2(25, 2, 2), round(1.0/1024, func() float64 { return s.MemTotal }))
}

// dateAndTime is the eight-octet form of SNMPv2-TC DateAndTime, in UTC.
func dateAndTime(t time.Time) string {
	y := t.Year()
	return string([]byte{
		byte(y >> 8), byte(y), byte(t.Month()), byte(t.Day()), byte(t.Hour()), byte(t.Minute()), byte(t.Second()), byte(t.Nanosecond() / 1e8),
	})
}

func hostStorage(t *agent.Tree, s *model.Server) {
	row := mib2(25, 2, 3, 1)
	type store struct {
		index  uint32
		kind   uint32 // hrStorageTypes: ram 2, virtual memory 3, fixed disk 4
		descr  string
		size   func() float64
		inUse  func() float64
		blocks float64
	}
	mem := func() float64 { return s.MemTotal }
	used := func() float64 { return s.MemTotal * (s.MemUsed + cachedShare + bufferShare) }
	constant := func(v float64) func() float64 { return func() float64 { return v } }
	for _, st := range []store{
		{1, 2, "Physical memory", mem, used, 1024},
		{3, 3, "Virtual memory", func() float64 { return s.MemTotal + swapBytes }, used, 1024},
		{10, 3, "Swap space", constant(swapBytes), constant(0), 1024},
		{31, 4, "/", constant(model.RootBytes), func() float64 { return s.DiskRoot * model.RootBytes }, storageUnit},
		{32, 4, "/var", constant(model.VarBytes), func() float64 { return s.DiskVar * model.VarBytes }, storageUnit},
	} {
		t.Cell(row.Append(1), num(int(st.index)), st.index)
		t.Cell(row.Append(2), ref(mib2(25, 2, 1, st.kind)), st.index)
		t.Cell(row.Append(3), str(st.descr), st.index)
		t.Cell(row.Append(4), num(int(st.blocks)), st.index)
		t.Cell(row.Append(5), round(1/st.blocks, st.size), st.index)
		t.Cell(row.Append(6), round(1/st.blocks, st.inUse), st.index)
	}
}

func hostProcessors(t *agent.Tree, s *model.Server) {
	dev, cpu := mib2(25, 3, 2, 1), mib2(25, 3, 3, 1)
	for i := range uint32(model.ServerCores) {
		n := firstCPU + i
		t.Cell(dev.Append(1), num(int(n)), n)
		t.Cell(dev.Append(2), ref(mib2(25, 3, 1, 3)), n) // hrDeviceProcessor
		t.Cell(dev.Append(3), str("x86-64 processor"), n)
		t.Cell(dev.Append(5), num(2), n) // running
		t.Cell(cpu.Append(1), ref(agent.OID{0, 0}), n)
		// The cores differ a little around the server's mean.
		tilt := 1 + 0.1*(float64(i)-1.5)
		t.Cell(cpu.Append(2), round(100, func() float64 { return min(1, s.CPU*tilt) }), n)
	}
}

// hostLoad serves laTable and the processor times of systemStats, UCD-SNMP-MIB.
func hostLoad(t *agent.Tree, s *model.Server) {
	la := enterprise(2021, 10, 1)
	for i, minutes := range []int{1, 5, 15} {
		n := uint32(i + 1)
		load := func() float64 { return s.Load[i] }
		t.Cell(la.Append(1), num(int(n)), n)
		t.Cell(la.Append(2), str(fmt.Sprintf("Load-%d", minutes)), n)
		t.Cell(la.Append(3), func() agent.Value { return agent.Str(fmt.Sprintf("%.2f", load())) }, n)
		t.Cell(la.Append(5), round(100, load), n)
		t.Cell(la.Append(6), func() agent.Value { return agent.Float(float32(load())) }, n)
	}
	stats := enterprise(2021, 11)
	user, system := func() float64 { return 0.75 * s.CPU }, func() float64 { return 0.25 * s.CPU }
	idle := func() float64 { return 1 - s.CPU }
	for i, share := range []func() float64{user, system, idle} { // ssCpuUser, ssCpuSystem, ssCpuIdle
		t.Scalar(stats.Append(uint32(9+i)), round(100, share))
	}
	ticks := func(share float64, seconds func() float64) func() agent.Value { // hundredths of a second
		return func() agent.Value { return agent.Count32(whole(100 * share * seconds())) }
	}
	busy := func() float64 { return s.BusySec }
	for col, get := range map[uint32]func() agent.Value{
		50: ticks(0.75, busy), 51: ticks(0, busy), 52: ticks(0.25, busy),
		53: ticks(1, func() float64 { return s.IdleSec }), 54: ticks(0, busy),
	} {
		t.Scalar(stats.Append(col), get)
	}
}

// hostMemory serves the memory group of UCD-SNMP-MIB, in kB.
func hostMemory(t *agent.Tree, s *model.Server) {
	mem := enterprise(2021, 4)
	kb := func(f func() float64) func() agent.Value {
		return round(1.0/1024, func() float64 { return math.Floor(f()) })
	}
	free := func() float64 { return s.MemTotal * (1 - s.MemUsed - cachedShare - bufferShare) }
	for col, f := range map[uint32]func() float64{
		3: func() float64 { return swapBytes }, 4: func() float64 { return swapBytes },
		5: func() float64 { return s.MemTotal }, 6: func() float64 { return max(0, free()) },
		11: func() float64 { return max(0, free()) + swapBytes }, 13: func() float64 { return 0 },
		14: func() float64 { return bufferShare * s.MemTotal }, 15: func() float64 { return cachedShare * s.MemTotal },
	} {
		t.Scalar(mem.Append(col), kb(f))
	}
}

// hostSince is when the server last started.
func hostSince(n int) func(*model.State) time.Duration {
	return func(s *model.State) time.Duration { return s.Servers[n].Booted }
}
