package snmp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/clock"
)

// grid is a table of columns 1 to columns and rows 1 to rows, and one object
// behind it.
func grid(columns, rows int) []gosnmp.SnmpPDU {
	var out []gosnmp.SnmpPDU
	for c := 1; c <= columns; c++ {
		for r := 1; r <= rows; r++ {
			out = append(out, num(fmt.Sprintf("1.3.6.1.4.1.9.9.1.%d.%d", c, r), 100*c+r))
		}
	}
	return append(out, num("1.3.6.1.4.1.9.9.2.0", 1))
}

// walkGrid walks the columns abreast and counts the agent's answers.
func walkGrid(t *testing.T, a *agent, columns int) (rows map[string][]variable, whole map[string]bool, asked int) {
	t.Helper()
	s, err := dial(t.Context(), a.target("g"), time.Second, realTime{clock.System()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	w := &walker{s: s, turn: func(ctx context.Context) error { return ctx.Err() },
		refuse: func(string) {}, problem: func(string, ...any) {}}
	var oids []string
	for c := columns; c >= 1; c-- { // whatever the order in the profile
		oids = append(oids, fmt.Sprintf("1.3.6.1.4.1.9.9.1.%d", c))
	}
	var n int
	a.change(func(a *agent) {
		inner := a.answer
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			n++
			if inner != nil {
				return inner(req)
			}
			return nil, 0, 0, false
		}
	})
	rows, whole, err = w.abreast(t.Context(), oids)
	if err != nil {
		t.Fatal(err)
	}
	a.change(func(*agent) { asked = n })
	return rows, whole, asked
}

func TestColumnsAreWalkedAbreast(t *testing.T) {
	t.Parallel()
	rows, whole, asked := walkGrid(t, startAgent(t, grid(12, 7)...), 12)
	for c := 1; c <= 12; c++ {
		column := fmt.Sprintf("1.3.6.1.4.1.9.9.1.%d", c)
		if len(rows[column]) != 7 || !whole[column] || rows[column][6].signed != int64(100*c+7) {
			t.Errorf("column %d: %d rows, whole %v", c, len(rows[column]), whole[column])
		}
	}
	if asked > 5 {
		t.Errorf("%d requests for 84 variables in two groups", asked)
	}
}

// An agent that answers a GETBULK for its first variable only must not make
// empty columns of the others.
func TestAnAgentThatWalksOneColumnOnly(t *testing.T) {
	t.Parallel()
	a := startAgent(t, grid(3, 4)...)
	a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
		if req.PDUType != gosnmp.GetBulkRequest {
			return nil, 0, 0, false
		}
		var out []gosnmp.SnmpPDU
		at := strings.TrimPrefix(req.Variables[0].Name, ".")
		for range req.MaxRepetitions {
			v := a.after(at)
			at, out = v.Name, append(out, v)
		}
		return out, 0, 0, true
	}
	rows, whole, _ := walkGrid(t, a, 3)
	for c := 1; c <= 3; c++ {
		column := fmt.Sprintf("1.3.6.1.4.1.9.9.1.%d", c)
		if whole[column] && len(rows[column]) != 4 {
			t.Errorf("column %d passes for whole with %d of 4 rows", c, len(rows[column]))
		}
	}
}

// A column whose OIDs do not rise does not pass for whole.
func TestAbreastEndsWhereOIDsFall(t *testing.T) {
	t.Parallel()
	a := startAgent(t, grid(2, 3)...)
	a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
		if req.PDUType != gosnmp.GetBulkRequest {
			return nil, 0, 0, false
		}
		return slices.Repeat([]gosnmp.SnmpPDU{num("1.3.6.1.4.1.9.9.1.1.1", 101), num("1.3.6.1.4.1.9.9.1.2.1", 201)}, 3), 0, 0, true
	}
	rows, whole, asked := walkGrid(t, a, 2)
	if first := "1.3.6.1.4.1.9.9.1.1"; whole[first] || asked > 10 {
		t.Errorf("whole %v with %d of 3 rows, %d requests", whole[first], len(rows[first]), asked)
	}
}
