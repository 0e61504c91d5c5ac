package snmp

import (
	"time"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// A counter adds up what a device's register has counted since we first saw it.
// The sum is what history receives: the register itself wraps, is reset, and loses
// counts as a float beyond 2^53. Everything is exact until the sum is handed on.
type counter struct {
	known    bool
	register uint64
	mono     time.Duration // of the answer, on our monotonic clock
	sum      uint64
}

// wrap32 is where a 32-bit register begins anew.
const wrap32 = 1 << 32

// add takes the register's value. It is false where nobody knows what was counted
// since the last one; cause says what is to be counted as refused, "" where the
// device restarted and nothing is wrong.
func (c *counter) add(register uint64, wide bool, mono time.Duration, restarted bool, perSecond float64) (ok bool, cause string) {
	before := *c
	c.known, c.register, c.mono = true, register, mono
	switch {
	case !before.known:
		return true, ""
	case restarted:
		return false, ""
	case register >= before.register:
		c.sum += register - before.register
		return true, ""
	case wide || before.register >= wrap32:
		// 64 bits do not wrap within a device's life: somebody has reset it.
		return false, facility.RefusedCounter
	}
	delta := register + wrap32 - before.register
	if float64(delta) > perSecond*(mono-before.mono).Seconds() {
		return false, facility.RefusedCounter
	}
	c.sum += delta
	return true, ""
}

// Most that a 32-bit register can count in a second and still be told from one
// that was reset: a line of 1 Gbit/s, of bytes and of frames of 64 bytes with
// preamble and gap (IEEE 802.3). Faster lines have registers of 64 bits.
const (
	mostBytes = 1e9 / 8
	mostCount = 1e9 / (8 * (64 + 20))
)

func mostPerSecond(q *profile.Quantity) float64 {
	if q.Metric.Unit == facility.UnitBytes {
		return mostBytes
	}
	return mostCount
}

// summed reports whether the item is a register that is added up: one object, and
// nothing done to it but scaling.
func (it *item) summed() bool {
	q := it.q
	return q != nil && q.Metric.Counter && len(it.sources) == 1 && it.contact == nil && q.Aggregate == "" && len(q.OIDs()) == len(q.ValidIf)
}

// count adds an item's register up; done is false where the item is none, and is
// read as any other.
func (d *device) count(i int, values map[string]variable) (value float64, ok bool, cause string, done bool) {
	it := &d.plan.items[i]
	if d.registers || !it.summed() {
		return 0, false, "", false
	}
	v, there := values[it.sources[0]]
	if _, readable, _ := it.read(values); !there || !readable || v.kind != kindUnsigned {
		return 0, false, "", false
	}
	id := d.plan.points[i].ID
	c := d.counters[id]
	if c == nil {
		if d.counters == nil {
			d.counters = map[facility.PointID]*counter{}
		}
		c = &counter{}
		d.counters[id] = c
	}
	ok, cause = c.add(v.unsigned, v.wide, d.e.clk.Mono(), c.known && c.mono < d.restarted, mostPerSecond(it.q))
	return times(float64(c.sum), it.q.Scale), ok, cause, true
}
