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
	mu  sync.Mutex // protects what follows
	of  map[facility.DeviceID]string
	who map[string]map[facility.DeviceID]bool // by engine id
}

// note keeps a device's engine id and returns another device that names the same.
func (e *engineIDs) note(device facility.DeviceID, id string) (other facility.DeviceID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(device)
	if id == "" {
		return ""
	}
	if e.of == nil {
		e.of, e.who = map[facility.DeviceID]string{}, map[string]map[facility.DeviceID]bool{}
	}
	for d := range e.who[id] {
		other = d
	}
	if e.who[id] == nil {
		e.who[id] = map[facility.DeviceID]bool{}
	}
	e.of[device], e.who[id][device] = id, true
	return other
}

// drop forgets a device; the caller holds mu.
func (e *engineIDs) drop(device facility.DeviceID) {
	id, ok := e.of[device]
	if !ok {
		return
	}
	delete(e.of, device)
	if delete(e.who[id], device); len(e.who[id]) == 0 {
		delete(e.who, id)
	}
}

func (e *engineIDs) forget(device facility.DeviceID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(device)
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
