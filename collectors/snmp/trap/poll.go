package trap

import (
	"sync"
	"time"

	"nezuban/internal/facility"
)

// pollDistance is the least real time between two polls of a device that traps
// bring.
const pollDistance = 2 * time.Second

// polls asks for polls, and not too often.
type polls struct {
	now  func(facility.DeviceID) bool
	did  func()
	real func() time.Duration // since an arbitrary start

	mu      sync.Mutex // protects what follows
	last    map[facility.DeviceID]time.Duration
	waiting map[facility.DeviceID]*time.Timer
	closed  bool
}

// want asks for a poll at once, or at the end of the distance from the one before;
// those wanted meanwhile are one. It reports whether one is to come.
func (p *polls) want(id facility.DeviceID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if p.waiting[id] != nil {
		return true
	}
	last, before := p.last[id]
	if left := last + pollDistance - p.real(); before && left > 0 {
		p.waiting[id] = time.AfterFunc(left, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if delete(p.waiting, id); !p.closed {
				p.ask(id)
			}
		})
		return true
	}
	return p.ask(id)
}

func (p *polls) ask(id facility.DeviceID) bool {
	if !p.now(id) {
		return false
	}
	p.last[id] = p.real()
	p.did()
	return true
}

// close lets nothing more happen.
func (p *polls) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, t := range p.waiting {
		t.Stop()
	}
}
