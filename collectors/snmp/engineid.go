package snmp

import (
	"encoding/hex"
	"sync"

	"github.com/gosnmp/gosnmp"

	"nezuban/internal/facility"
)

// engineIDs are the SNMPv3 engines that devices named. Two devices with one id,
// a cloned image as a rule, work, but their clocks and keys get in each other's
// way.
type engineIDs struct {
	mu sync.Mutex // protects what follows
	of map[facility.DeviceID]string
}

// note keeps a device's engine id and returns another device that names the same.
func (e *engineIDs) note(device facility.DeviceID, id string) (other facility.DeviceID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of == nil {
		e.of = map[facility.DeviceID]string{}
	}
	e.of[device] = id
	for d, x := range e.of {
		if x == id && id != "" && d != device {
			return d
		}
	}
	return ""
}

func (e *engineIDs) forget(device facility.DeviceID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.of, device)
}

// engineIDOf is the id of the engine that answers a session, in hex; "" where
// there is none.
func engineIDOf(s session) string {
	g, ok := s.(*gosnmpSession)
	if !ok {
		return ""
	}
	usm, ok := g.x.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	if !ok {
		return ""
	}
	return hex.EncodeToString([]byte(usm.AuthoritativeEngineID))
}
