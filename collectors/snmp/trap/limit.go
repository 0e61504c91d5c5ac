package trap

import (
	"net/netip"
	"time"

	"nezuban/internal/facility"
)

// Limits, in real time; doc.go tells what they are for.
const (
	nodeRate    = 1000 // traps a second of all senders together
	deviceRate  = 100  // of one device
	deviceBurst = 200
	unknownRate = 50 // of all unknown senders together
	sampleEvery = 100
	readRate    = 20_000 // datagrams a second that are looked at, at most
	keepRate    = 5      // traps a second and device that are kept as evidence
	keepBurst   = 50
)

// bucket is a token bucket. Its zero value is full.
type bucket struct {
	used float64 // tokens taken and not grown back
	at   time.Duration
}

func (b *bucket) take(now time.Duration, rate, burst float64) bool {
	b.used = max(0, b.used-(now-b.at).Seconds()*rate)
	b.at = now
	if b.used+1 > burst {
		return false
	}
	b.used++
	return true
}

// limits decides which datagrams are read. One goroutine uses it.
type limits struct {
	node, unknown bucket
	devices       map[netip.Addr]*bucket
	kept          map[facility.DeviceID]*bucket
	beyond        uint64 // over some limit, for the sampling

	second time.Duration // begin of the second that counts looked
	looked int
}

// admit reports whether a datagram is read. Senders beyond their limit do not use
// up what all share.
func (l *limits) admit(now time.Duration, from netip.Addr, known bool) bool {
	ok := false
	if known {
		ok = l.device(from).take(now, deviceRate, deviceBurst) && l.node.take(now, nodeRate, nodeRate)
	} else {
		ok = l.unknown.take(now, unknownRate, unknownRate) && l.node.take(now, nodeRate, nodeRate)
	}
	if ok {
		return true
	}
	l.beyond++
	return l.beyond%sampleEvery == 0
}

// device is the bucket of a known address; there are no more than the inventory has.
func (l *limits) device(a netip.Addr) *bucket {
	if l.devices == nil {
		l.devices = map[netip.Addr]*bucket{}
	}
	b := l.devices[a]
	if b == nil {
		b = &bucket{}
		l.devices[a] = b
	}
	return b
}

// keep reports whether a device's trap is kept as evidence.
func (l *limits) keep(now time.Duration, id facility.DeviceID) bool {
	if l.kept == nil {
		l.kept = map[facility.DeviceID]*bucket{}
	}
	b := l.kept[id]
	if b == nil {
		b = &bucket{}
		l.kept[id] = b
	}
	return b.take(now, keepRate, keepBurst)
}

// rest is how long nobody is to read, because this second brought enough.
func (l *limits) rest(now time.Duration) time.Duration {
	if now-l.second >= time.Second {
		l.second, l.looked = now, 0
	}
	if l.looked++; l.looked < readRate {
		return 0
	}
	return l.second + time.Second - now
}
