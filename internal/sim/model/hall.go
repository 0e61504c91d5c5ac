package model

import (
	"math/rand/v2"
	"time"
)

// Fire protection figures.
const (
	AgentPascals     = 4.20e6           // suppression agent, full, at 20 °C
	AgentLowPascals  = 3.80e6           // the panel's supervisory contact closes below
	agentEmptied     = 3.40e6           // where a leak ends
	agentLeak        = 0.02e6           // pascals a second
	smokeToAlarm     = 15 * time.Second // from pre-alarm to alarm of one detector
	alarmToPanel     = 3 * time.Second  // from a detector's alarm to the panel's contact
	panelReset       = 5 * time.Second  // somebody resets the panel after the cause is gone
	doorChatter      = 3 * time.Second  // a flapping door changes this often
	smokeDetectors   = 2
	doorsPerHall     = 2
	leaksPerHall     = 2
	frontDoor        = 0
	smokingDetector  = 0
	hotAisleRH       = 0.33
	hotAisleRHSpread = 0.01
)

// Hall is one room with what its sensor hub senses. A contact that is true is in
// its abnormal state.
type Hall struct {
	HotC         float64 // hot aisle
	HotRH        float64 // ratio
	PreAlarm     [smokeDetectors]bool
	SmokeAlarm   [smokeDetectors]bool
	Leak         [leaksPerHall]bool
	Door         [doorsPerHall]bool
	PanelAlarm   bool
	Supervisory  bool
	Trouble      bool
	Disabled     bool // the zone is switched off at the panel
	AgentPascals float64

	smokeFor, clearFor, flapFor time.Duration
}

func (h *Hall) step(dt time.Duration, f *Faults, hall int, rng *rand.Rand) {
	h.HotRH = drift(rng, h.HotRH, hotAisleRH, hotAisleRHSpread)
	if f.Smoke[hall] {
		h.smokeFor += dt
		h.clearFor = 0
	} else {
		h.smokeFor = 0
		h.clearFor += dt
	}
	h.PreAlarm[smokingDetector] = f.Smoke[hall]
	h.SmokeAlarm[smokingDetector] = f.Smoke[hall] && h.smokeFor >= smokeToAlarm
	switch {
	case h.smokeFor >= smokeToAlarm+alarmToPanel && !f.ZoneDisabled[hall]:
		h.PanelAlarm = true
	case !f.Smoke[hall] && h.clearFor >= panelReset:
		h.PanelAlarm = false
	}
	h.Trouble, h.Disabled = f.PanelTrouble[hall], f.ZoneDisabled[hall]

	if f.PressureLow[hall] {
		h.AgentPascals = max(agentEmptied, h.AgentPascals-agentLeak*dt.Seconds())
	} else {
		h.AgentPascals = min(AgentPascals, h.AgentPascals+2*agentLeak*dt.Seconds())
	}
	h.Supervisory = h.AgentPascals < AgentLowPascals

	if f.Flapping[hall] {
		if h.flapFor += dt; h.flapFor >= doorChatter {
			h.flapFor = 0
			h.Door[frontDoor] = !h.Door[frontDoor]
		}
	} else {
		h.flapFor, h.Door[frontDoor] = doorChatter, false
	}
}
