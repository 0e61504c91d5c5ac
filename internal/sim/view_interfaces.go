package sim

import (
	"fmt"
	"time"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// An iface is one row of IF-MIB's ifTable and ifXTable (RFC 2863).
type iface struct {
	name, alias    string
	kind           int // IANAifType: ethernetCsmacd 6, softwareLoopback 24
	speed          float64
	admin, oper    func() bool
	in, out, inErr func() float64 // octets, octets, packets
}

// meanFrame is how many octets a packet has, to derive packet counts.
const meanFrame = 700

func interfaces(t *agent.Tree, rows []iface, booted func() time.Duration) {
	t.Scalar(mib2(2, 1), num(len(rows)))
	entry, x := mib2(2, 2, 1), mib2(31, 1, 1, 1)
	for i, r := range rows {
		n := uint32(i + 1)
		status := func(up func() bool) func() agent.Value { return enum(func() int { return pick(up(), 1, 2) }) }
		zero := func() agent.Value { return agent.Count32(0) }
		c32 := func(f func() float64, div float64) func() agent.Value {
			return func() agent.Value { return agent.Count32(whole(f() / div)) }
		}
		c64 := func(f func() float64, div float64) func() agent.Value {
			return func() agent.Value { return agent.Count64(whole(f() / div)) }
		}
		gauge := func(v float64) func() agent.Value { return func() agent.Value { return agent.Gauge(v) } }
		for col, get := range map[uint32]func() agent.Value{
			1: num(int(n)), 2: str(r.name), 3: num(r.kind), 4: num(1500), 5: gauge(min(r.speed, 4294967295)),
			6: str(string([]byte{0x02, 0, 0x5e, 0, byte(i >> 8), byte(i)})),
			7: status(r.admin), 8: status(r.oper), 9: func() agent.Value { return agent.Ticks(booted()) },
			10: c32(r.in, 1), 11: c32(r.in, meanFrame), 13: zero, 14: c32(r.inErr, 1),
			16: c32(r.out, 1), 17: c32(r.out, meanFrame), 19: zero, 20: zero,
		} {
			t.Cell(entry.Append(col), get, n)
		}
		for col, get := range map[uint32]func() agent.Value{
			1: str(r.name), 6: c64(r.in, 1), 7: c64(r.in, meanFrame), 8: c64(zeroOctets, 1), 9: c64(zeroOctets, 1),
			10: c64(r.out, 1), 11: c64(r.out, meanFrame), 12: c64(zeroOctets, 1), 13: c64(zeroOctets, 1),
			15: gauge(r.speed / 1e6), 18: str(r.alias),
		} {
			t.Cell(x.Append(col), get, n)
		}
	}
}

func zeroOctets() float64 { return 0 }

// switchView serves the interfaces of an access switch.
func switchView(hall int) func(*agent.Tree, *device) {
	return func(t *agent.Tree, d *device) {
		sw := &d.state.Switches[hall]
		rows := make([]iface, len(sw.Ports))
		for i := range sw.Ports {
			p := &sw.Ports[i]
			rows[i] = iface{
				name: fmt.Sprintf("swp%d", i+1), kind: 6, speed: 1e9,
				admin: func() bool { return p.AdminUp }, oper: func() bool { return p.OperUp },
				in: func() float64 { return p.InOctets }, out: func() float64 { return p.OutOctets },
				inErr: func() float64 { return p.InErrors },
			}
			if i >= len(sw.Ports)-2 {
				rows[i].speed, rows[i].alias = 10e9, fmt.Sprintf("uplink to core %d", i-len(sw.Ports)+3)
			}
			d.linkHerald(uint32(i+1), rows[i])
		}
		interfaces(t, rows, func() time.Duration { return 12 * time.Second })
	}
}

// hostInterfaces are lo and eth0 of a server.
func hostInterfaces(t *agent.Tree, s *model.Server) {
	up := func() bool { return true }
	interfaces(t, []iface{
		{"lo", "", 24, 1e7, up, up, zeroOctets, zeroOctets, zeroOctets},
		{"eth0", "", 6, 1e9, up, up, func() float64 { return s.InOctets }, func() float64 { return s.OutOctets }, zeroOctets},
	}, func() time.Duration { return 9 * time.Second })
}
