package snmp

import (
	"maps"
	"slices"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// sizing is how much one request of this device may ask for.
type sizing struct {
	varbinds int // 0: defaultVarbinds; halved when the device says tooBig or is silent on large requests
}

const (
	defaultVarbinds = 50
	maxReply        = 1400 // bytes, so that no reply is fragmented on Ethernet
	replyHeader     = 160  // message and USM header with room to spare
)

func (s *sizing) limit() int {
	if s.varbinds == 0 {
		return defaultVarbinds
	}
	return s.varbinds
}

// halve makes later requests half as large as one of n varbinds.
func (s *sizing) halve(n int) { s.varbinds = max(1, min(n, s.limit())/2) }

// requests are the GETs that read all points of the due classes, each with a
// reply of about maxReply bytes at most. The first asks for sysUpTime, and for
// sysName and sysLocation once every normal interval.
func (p *plan) requests(due classes) [][]string {
	if r, ok := p.cached[due]; ok {
		return r
	}
	oids := []string{oidSysUpTime}
	if due.has(facility.Normal) {
		oids = append(oids, oidSysName, oidSysLocation)
	}
	for i := range p.items {
		if due.has(p.items[i].class) {
			oids = append(oids, p.items[i].oids()...)
		}
	}
	oids = withoutDoubles(append(oids, slices.Sorted(maps.Keys(p.lacking))...))
	oids = slices.DeleteFunc(oids, func(o string) bool { return p.lacking[o] && !due.has(p.lookedFor(o)) })
	var out [][]string
	var now []string
	size := replyHeader
	for _, o := range oids {
		n := p.sizeOf(o)
		if len(now) > 0 && (size+n > maxReply || len(now) >= p.size.limit()) {
			out, now, size = append(out, now), nil, replyHeader
		}
		now, size = append(now, shared(o)), size+n
	}
	if len(now) > 0 {
		out = append(out, now)
	}
	p.cached[due] = out
	return out
}

// failsBefore is how often in a row an instance may cost a request of its own
// before it is asked for with the slow points only.
const failsBefore = 2

// lookedFor is the class with which an instance that is not there is asked for
// again: what is polled fast may be a fire contact, and is not left for an hour.
func (p *plan) lookedFor(oid string) facility.Class {
	if p.isFast(oid) {
		return facility.Normal
	}
	return facility.Slow
}

// isFast reports whether a point that is polled fast is read from the instance.
func (p *plan) isFast(oid string) bool {
	return slices.ContainsFunc(p.items, func(it item) bool { return it.class == facility.Fast && slices.Contains(it.oids(), oid) })
}

// fails notes that the device names the instance as what it cannot give (genErr).
// One that is polled fast is asked for in every round all the same.
func (p *plan) fails(oid string) {
	if p.isFast(oid) {
		return
	}
	if p.failing[oid]++; p.failing[oid] >= failsBefore {
		p.lacks(oid)
	}
}

// lacks notes that the device does not have the instance, or cannot give it, so
// that the whole request was in vain.
func (p *plan) lacks(oid string) {
	if !p.lacking[oid] {
		p.lacking[oid] = true
		p.resize()
	}
}

// has notes that the device has the instance after all.
func (p *plan) has(oid string) {
	delete(p.failing, oid)
	if p.lacking[oid] {
		delete(p.lacking, oid)
		p.resize()
	}
}

// resize forgets the cached requests after the sizing changed.
func (p *plan) resize() { clear(p.cached) }

func (p *plan) sizeOf(oid string) int {
	if n, ok := p.values[oid]; ok {
		return n
	}
	return oidSize(oid) + 16
}

// oids lists every instance the item reads.
func (it *item) oids() []string {
	out := slices.Clone(it.sources)
	if it.contact != nil {
		if it.contact.normalOID != "" {
			out = append(out, it.contact.normalOID)
		}
	}
	if it.q != nil {
		for _, o := range it.q.Operands() {
			out = append(out, profile.At(o, it.row))
		}
	}
	for _, v := range it.valid {
		out = append(out, v.oid)
	}
	return out
}

func withoutDoubles(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		twice := seen[s]
		seen[s] = true
		return twice
	})
}
