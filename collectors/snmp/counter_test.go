package snmp

import (
	"math"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

func TestCountersAddUp(t *testing.T) {
	type step struct {
		at        time.Duration
		register  uint64
		restarted bool
		want      int64 // -1: nobody knows
	}
	const s = time.Second
	tests := []struct {
		name  string
		wide  bool
		steps []step
	}{
		{"counting on", false, []step{{0, 1000, false, 0}, {30 * s, 1500, false, 500}, {60 * s, 1500, false, 500}}},
		{"a wrap of 32 bits", false, []step{{0, wrap32 - 100, false, 0}, {30 * s, 50, false, 150}, {60 * s, 60, false, 160}}},
		{"a wrap faster than the line is none", false, []step{{0, 1 << 20, false, 0}, {30 * s, 50, false, -1}, {60 * s, 60, false, 10}}},
		{"64 bits do not wrap", true, []step{{0, 1 << 20, false, 0}, {30 * s, 50, false, -1}, {60 * s, 60, false, 10}}},
		{"a restart", false, []step{{0, 1 << 20, false, 0}, {30 * s, 2 << 20, false, 1 << 20}, {60 * s, 100, true, -1}, {90 * s, 150, false, 1<<20 + 50}}},
		{"a restart after which the register is higher", true, []step{{0, 100, false, 0}, {time.Hour, 5000, true, -1}, {time.Hour + 30*s, 5001, false, 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c counter
			for i, x := range tt.steps {
				ok, cause := c.add(x.register, tt.wide, x.at, x.restarted, mostBytes)
				switch {
				case ok != (x.want >= 0) || ok && c.sum != uint64(x.want):
					t.Errorf("step %d: sum %d, known %v; want %d", i, c.sum, ok, x.want)
				case !ok && (cause == "") != x.restarted:
					t.Errorf("step %d: cause %q of restarted %v", i, cause, x.restarted)
				}
			}
		})
	}
	var c counter
	for _, register := range []uint64{1<<62 + 1, 1<<62 + 4, math.MaxUint64} {
		c.add(register, true, 0, false, mostBytes)
	}
	if want := uint64(math.MaxUint64 - (1<<62 + 1)); c.sum != want {
		t.Errorf("sum %d, want every count of %d", c.sum, want)
	}
}

// What history receives of an interface: the sum over a wrap, through both ways.
func TestCounterReadingsAreSums(t *testing.T) {
	t.Parallel()
	const octets = "1.3.6.1.2.1.2.2.1.10.1"
	count := func(v uint) gosnmp.SnmpPDU { return gosnmp.SnmpPDU{Name: octets, Type: gosnmp.Counter32, Value: v} }
	a, box := startAgent(t, append(switchLike(), count(math.MaxUint32-9))...), newMailbox()
	e := New(builtin(t), clock.System(), nil, quiet(), Options{})
	d := newDevice(e, a.target("u"), box)
	defer d.hangUp()
	if err := d.learn(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	id := `u/interface_in_bytes_total{interface="1"}`
	read := func() facility.Reading {
		t.Helper()
		list, err := d.read(t.Context(), allClasses)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := readingOf(facility.Batch{Readings: list}, id)
		if !ok {
			t.Fatalf("no point %s among %+v", id, list)
		}
		return r
	}
	if r := read(); r.Quality != facility.Good || r.Value != 0 {
		t.Errorf("first reading %+v, want a sum of 0", r)
	}
	a.set(count(90))
	if r := read(); r.Quality != facility.Good || r.Value != 100 {
		t.Errorf("after the wrap %+v, want 100", r)
	}
	a.change(func(a *agent) { a.uptime = func() uint32 { return 1 } })
	a.set(count(7))
	if r := read(); r.Quality != facility.Missing {
		t.Errorf("in the round of a restart %+v, want it missing", r)
	}
	a.set(count(9))
	if r := read(); r.Quality != facility.Good || r.Value != 102 {
		t.Errorf("after the restart %+v, want 102", r)
	}
	got, err := Probe(t.Context(), builtin(t), a.target("u"))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range got.Points {
		if string(p.ID) == id && got.Readings[i].Value != 9 {
			t.Errorf("probe shows %v, want the register", got.Readings[i].Value)
		}
	}
}
