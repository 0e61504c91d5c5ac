package snmp

import (
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/facility"
)

// ports is IF-MIB of a device: 1 in use, 2 shut by its administrator.
func ports() []gosnmp.SnmpPDU {
	const entry = "1.3.6.1.2.1.2.2.1."
	return []gosnmp.SnmpPDU{num("1.3.6.1.2.1.2.1.0", 2),
		str(entry+"2.1", "e1"), str(entry+"2.2", "e2"), num(entry+"3.1", 6), num(entry+"3.2", 6),
		num(entry+"7.1", 1), num(entry+"7.2", 2), num(entry+"8.1", 1), num(entry+"8.2", 2)}
}

const (
	admin1, admin2 = "1.3.6.1.2.1.2.2.1.7.1", "1.3.6.1.2.1.2.2.1.7.2"
	oper1, oper2   = "1.3.6.1.2.1.2.2.1.8.1", "1.3.6.1.2.1.2.2.1.8.2"
	link1, link2   = `u/interface_oper_state{interface="e1"}`, `u/interface_oper_state{interface="e2"}`
)

func severity(t *testing.T, points []facility.Point, id string, value float64) facility.Severity {
	t.Helper()
	for i := range points {
		if string(points[i].ID) == id {
			s, _ := points[i].State(value)
			return s.Severity
		}
	}
	t.Fatalf("no point %s", id)
	return 0
}

func TestPortShutAfterDiscovery(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ports()...), newMailbox()
	running20(t, box, a.target("u"))
	first, n := box.until(t, "the first batch", 0, good(link1, 1))
	if _, ok := readingOf(first, link2); ok {
		t.Error("a port that was shut at discovery has a link state")
	}
	a.set(num(oper1, 2))
	_, n = box.until(t, "the link is down", n, good(link1, 2))
	if got := severity(t, first.Points, link1, 2); got != facility.SeverityCritical {
		t.Errorf("down is %v", got)
	}
	a.set(num(admin1, 2))
	_, n = box.until(t, "the port is shut", n, good(link1, 0))
	if got := severity(t, first.Points, link1, 0); got != facility.SeverityNormal {
		t.Errorf("shut is %v, want normal", got)
	}
	a.set(num(admin1, 1))
	box.until(t, "opened again, still down", n, good(link1, 2))
}

// A port that is opened is watched soon, not at the next daily discovery.
func TestPortOpenedAfterDiscovery(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ports()...), newMailbox()
	running20(t, box, a.target("u"))
	first, n := box.until(t, "the first batch", 0, good(link1, 1))
	a.set(num(admin2, 1), num(oper2, 1))
	b, _ := box.until(t, "the opened port", n, good(link2, 1))
	if got := time.Duration(b.Tick-first.Tick) * time.Second; got > causeDistance+2*time.Minute {
		t.Errorf("watched %v after it was opened", got)
	}
}
