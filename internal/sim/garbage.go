package sim

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"nezuban/internal/clock"
	"nezuban/internal/sim/agent"
)

// nastyText is a name as no honest device has: it sets the terminal's title and
// clipboard, clears the screen, turns the writing direction, uses C1 codes and is
// no UTF-8.
const nastyText = "\x1b]0;owned\x07\x1b]52;c;cm0gLXJm\x07\x1b[2J\x1b[31mALL NORMAL\x9b1m\u202egnp.\xff\xfe\r\n"

// hugeText is how long the sysName of a device that sends garbage is, in octets:
// about what one datagram holds.
const hugeText = 60000

// A garbageView is a device gone mad. Its names are nasty and huge, its
// measurements are no numbers or impossible ones, and some columns of its tables
// never end. States and flags stay honest. Its uptime starts anew, so that whoever
// watches looks at all of it again.
type garbageView struct {
	*agent.Tree
	clk   clock.Clock
	began atomic.Int64 // clock's Mono when it began; 0: sane
}

func (g *garbageView) begin()  { g.began.CompareAndSwap(0, max(1, int64(g.clk.Mono()))) }
func (g *garbageView) finish() { g.began.Store(0) }

// Get implements agent.View.
func (g *garbageView) Get(o agent.OID) agent.Value {
	return g.spoil(o, g.Tree.Get(o))
}

// Next implements agent.View.
func (g *garbageView) Next(o agent.OID) (agent.OID, agent.Value, bool) {
	next, v, ok := g.Tree.Next(o)
	if g.endless(o) && (!ok || !next.HasPrefix(o[:len(o)-1])) {
		// The column should end here.
		if o[len(o)-2] != 1 {
			return o, agent.Int(1), true // says again what it said before
		}
		next = o.Append()
		next[len(next)-1]++
		return next, agent.Str(nastyText), next[len(next)-1] != 0
	}
	return next, g.spoil(next, v), ok
}

// endless tells whether o lies in a column that has no end. In tables whose own
// number leaves a remainder of 1 by 3 the first column, the names, counts up for
// ever; in those with a remainder of 2 the third repeats its last row. The rest of
// the device can still be read.
func (g *garbageView) endless(o agent.OID) bool {
	n := len(o)
	if n <= 10 || o[n-3] != 1 || o[n-1] == 0 || g.Tree.Get(o).Kind == agent.NoSuchObject {
		return false
	}
	return o[n-4]%3 == 1 && o[n-2] == 1 || o[n-4]%3 == 2 && o[n-2] == 3
}

// spoil turns an honest value into garbage, always the same for the same
// instance.
func (g *garbageView) spoil(o agent.OID, v agent.Value) agent.Value {
	if o.HasPrefix(mib2(1)) && len(o) == 9 {
		switch o[7] {
		case 3:
			return agent.Ticks(g.clk.Mono() - time.Duration(g.began.Load()))
		case 5:
			return agent.Str(nastyText + strings.Repeat("A", hugeText))
		case 6:
			return agent.Str(nastyText)
		}
		return v // what it is can still be known
	}
	if v.Kind == agent.OctetString {
		return agent.Str(nastyText)
	}
	if v.Kind != agent.Integer && v.Kind != agent.Gauge32 || v.Int < 10 && v.Uint < 10 {
		return v // small numbers are states, flags and indices
	}
	switch o[len(o)-1] % 6 {
	case 0:
		return agent.Float(float32(math.NaN()))
	case 1:
		return double(math.Inf(1))
	case 2:
		return agent.Int(99999)
	case 3:
		return agent.Int(-32768)
	case 4:
		return agent.Str("\x1b[31m999")
	}
	return agent.Value{Kind: agent.Counter64, Uint: math.MaxUint64}
}

// double is an Opaque that holds a 64-bit float, as NET-SNMP-TC's Double does.
func double(v float64) agent.Value {
	b := binary.BigEndian.AppendUint64([]byte{0x9f, 0x79, 8}, math.Float64bits(v))
	return agent.Value{Kind: agent.Opaque, Bytes: b}
}

// garbageLine is the length of the longest line of a metrics page that sends
// garbage, in octets.
const garbageLine = 10 << 20

// writeGarbage is a metrics page of nonsense, above ten megabytes.
func writeGarbage(w io.Writer, now time.Time) {
	_, err := fmt.Fprintf(w, `# TYPE node_load1 gauge
node_load1 NaN
# TYPE node_load5 gauge
node_load5 3.2 %d
# TYPE node_load15 gauge
node_load15 +Inf
# TYPE node_memory_MemTotal_bytes gauge
node_memory_MemTotal_bytes -1
# TYPE node_memory_MemAvailable_bytes gauge
node_memory_MemAvailable_bytes 1e300
# TYPE node_hwmon_temp_celsius gauge
node_hwmon_temp_celsius{chip="%s",sensor="temp1"} 99999
`, now.Add(time.Hour).UnixMilli(), strings.NewReplacer("\n", "", "\r", "").Replace(nastyText))
	chunk := strings.Repeat("x", 64<<10)
	if err == nil {
		_, err = io.WriteString(w, `node_uname_info{nodename="`)
	}
	for n := 0; n < garbageLine && err == nil; n += len(chunk) {
		_, err = io.WriteString(w, chunk)
	}
	if err == nil {
		_, _ = io.WriteString(w, "\"} 1\nthis is no metric at all {{{\n")
	}
}
