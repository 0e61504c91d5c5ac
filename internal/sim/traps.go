package sim

import (
	"fmt"
	"net"
	"time"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// A notice is one trap that a device sends.
type notice struct {
	trap agent.OID
	vars []agent.Variable
}

// A herald sends a device's traps when a value of its changes.
type herald struct {
	now  func() int // read under the model's locker
	tell func(value int) (notice, bool)
	was  int
}

// trapOID is a notification of SNMPv2-MIB (RFC 3418) or IF-MIB (RFC 2863).
func trapOID(n uint32) agent.OID { return agent.OID{1, 3, 6, 1, 6, 3, 1, 1, 5, n} }

const (
	coldStart = 1
	linkDown  = 3
	linkUp    = 4
)

func (d *device) herald(now func() int, tell func(value int) (notice, bool)) {
	d.heralds = append(d.heralds, &herald{now: now, tell: tell})
}

// startHerald tells that the management part started.
func (d *device) startHerald() {
	d.herald(func() int { return int(d.began() / time.Second) }, func(int) (notice, bool) { return notice{trap: trapOID(coldStart)}, true })
}

// heralds of a UPS: RFC 1628, section 4, upsTraps.
func (v upsObjects) heralds() {
	traps := mib2(33, 2)
	object := func(group, n uint32, value agent.Value) agent.Variable {
		return agent.Variable{OID: v.mib.Append(group, n, 0), Value: value}
	}
	u, d := v.u, v.d
	d.herald(func() int { // upsTrapOnBattery is sent again every minute
		if u.Mode != model.UPSBattery {
			return 0
		}
		return 1 + int(u.OnBattery/time.Minute)
	}, func(minutes int) (notice, bool) {
		return notice{traps.Append(1), []agent.Variable{
			object(2, 3, agent.Int(max(1, int(u.Runtime().Minutes())))), object(2, 2, agent.Int(int(u.OnBattery.Seconds()))),
			object(9, 7, agent.Int(int(model.LowRuntime.Minutes()))),
		}}, minutes > 0
	})
	row := v.mib.Append(6, 2, 1)
	for id := range u.Alarms {
		if id == 0 {
			continue
		}
		a := &u.Alarms[id]
		d.herald(func() int { return pick(a.Active, 1, 0) }, func(active int) (notice, bool) {
			return notice{traps.Append(uint32(pick(active == 1, 3, 4))), []agent.Variable{
				{OID: row.Append(1, uint32(id)), Value: agent.Int(id)},
				{OID: row.Append(2, uint32(id)), Value: agent.Ref(v.mib.Append(6, 3, uint32(id)))},
			}}, true
		})
	}
}

// linkHerald tells of an interface's link (RFC 2863, linkDown and linkUp).
func (d *device) linkHerald(index uint32, r iface) {
	entry := mib2(2, 2, 1)
	d.herald(func() int { return pick(r.oper(), 1, 2) }, func(oper int) (notice, bool) {
		return notice{trapOID(uint32(pick(oper == 1, linkUp, linkDown))), []agent.Variable{
			{OID: entry.Append(1, index), Value: agent.Int(int(index))}, {OID: entry.Append(7, index), Value: agent.Int(pick(r.admin(), 1, 2))},
			{OID: entry.Append(8, index), Value: agent.Int(oper)},
		}}, true
	})
}

// TrapsTo has the devices send traps of their changes to a UDP address from now
// on, each from its own address; "" sends none.
func (f *Facility) TrapsTo(address string) error {
	if address == "" {
		f.trapsTo.Store(nil)
		return nil
	}
	to, err := net.ResolveUDPAddr("udp4", address)
	if err != nil {
		return fmt.Errorf("traps to %s: %w", address, err)
	}
	f.trapsTo.Store(to)
	return nil
}

// proclaim sends the traps of what changed since it was called last.
func (f *Facility) proclaim() {
	to := f.trapsTo.Load()
	type message struct {
		d      *device
		uptime time.Duration
		notice
	}
	var out []message
	l := f.model.Locker()
	l.Lock()
	for _, d := range f.devices {
		for _, h := range d.heralds {
			now := h.now()
			if now == h.was {
				continue
			}
			h.was = now
			if n, ok := h.tell(now); ok && to != nil && d.running() {
				out = append(out, message{d, d.uptime(), n})
			}
		}
	}
	l.Unlock()
	for _, m := range out {
		if m.d.server != nil {
			m.d.server.Notify(to, m.trap, m.uptime, m.vars...)
		}
	}
}

// listen takes what is so now as known: it is no news.
func (f *Facility) listen() {
	l := f.model.Locker()
	l.Lock()
	defer l.Unlock()
	for _, d := range f.devices {
		for _, h := range d.heralds {
			h.was = h.now()
		}
	}
}
