package snmp

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// What a profile wants to see below an object is asked for several at a time; a
// device that refuses such a request is asked one by one and is recognised alike.
func TestRecognisedByWhatLiesBelow(t *testing.T) {
	const onBoard = "1.3.6.1.4.1.46651.1.1.1.0"
	for _, refuses := range []bool{false, true} {
		a := startAgent(t, num(onBoard, 34))
		var asked atomic.Int64
		a.change(func(a *agent) {
			a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
				if req.PDUType != gosnmp.GetNextRequest {
					return nil, 0, 0, false
				}
				asked.Add(1)
				if refuses && len(req.Variables) > 1 {
					return req.Variables, gosnmp.GenErr, 0, true
				}
				return nil, 0, 0, false
			}
		})
		got, err := Probe(t.Context(), builtin(t), a.target("d"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(got.Identity.Profiles, "dantherm-cooling") {
			t.Errorf("refuses %v: recognised as %v, want dantherm-cooling among them", refuses, got.Identity.Profiles)
		}
		if several := asked.Load() < 5; several == refuses {
			t.Errorf("refuses %v: %d requests", refuses, asked.Load())
		}
	}
}
