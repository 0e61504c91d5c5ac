package trap

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"nezuban/internal/facility"
)

// maxSenders are listed; of others there is only the count.
const maxSenders = 256

// senders lists once each who sends what is not taken, by cause.
type senders struct {
	mu   sync.Mutex // protects list
	list map[senderKey]*facility.TrapSender
}

type senderKey struct {
	source, cause string
}

// note counts one; it reports whether the sender is new to the list.
func (s *senders) note(source string, device facility.DeviceID, cause, version, oid string, at time.Time) (listed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil {
		s.list = map[senderKey]*facility.TrapSender{}
	}
	key := senderKey{source, cause}
	x := s.list[key]
	if x == nil {
		if len(s.list) >= maxSenders && !s.forget(at) {
			return false
		}
		x = &facility.TrapSender{Source: source, Cause: cause, First: at}
		s.list[key], listed = x, true
	}
	x.Device, x.Last = device, at
	x.Count++
	if version != "" {
		x.Version, x.OID = version, oid
	}
	return listed
}

// forget makes room: the sender that was silent for longest goes, if that is an
// hour. A flood of invented addresses cannot push out who really sends.
func (s *senders) forget(now time.Time) bool {
	var oldest senderKey
	var last time.Time
	for k, x := range s.list {
		if last.IsZero() || x.Last.Before(last) {
			oldest, last = k, x.Last
		}
	}
	if now.Sub(last) < time.Hour {
		return false
	}
	delete(s.list, oldest)
	return true
}

// all lists them, those of the inventory and the latest first.
func (s *senders) all() []facility.TrapSender {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]facility.TrapSender, 0, len(s.list))
	for _, x := range s.list {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b facility.TrapSender) int {
		if (a.Device == "") != (b.Device == "") {
			return cmp.Compare(b.Device, a.Device)
		}
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Cause, b.Cause))
	})
	return out
}
