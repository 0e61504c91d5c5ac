package lean

import (
	"math/bits"
	"time"
)

// slotTime is how finely the wheel tells times apart. Waking up costs more than
// asking: with 10,000 devices every 10 s, slots of 20 ms took over half as much
// processor time again as these.
const slotTime = 50 * time.Millisecond

// wheelSlots is one turn of the wheel, about 51 s; what is due later is met on
// the way and left.
const wheelSlots = 1024

const nobody = int32(-1)

// A wheel keeps for each device the one moment when something is due for it. Its
// lists run through the links of the devices.
type wheel struct {
	heads [wheelSlots]int32
	used  [wheelSlots / 64]uint64 // slots that are not empty
	links []link
	slot  int64 // the next one to be fired
}

// link is a device's place in the wheel.
type link struct {
	next, prev int32
	slot       int64 // when it is due; notSet: not in the wheel
}

const notSet = int64(-1)

func newWheel(now time.Duration) *wheel {
	w := &wheel{slot: int64(now / slotTime)}
	for i := range w.heads {
		w.heads[i] = nobody
	}
	return w
}

// set makes the device due at a moment, and at no other. The wheel fires when
// the moment has passed, never before.
func (w *wheel) set(dev int32, at time.Duration) {
	w.clear(dev)
	slot := max(int64((at+slotTime-1)/slotTime), w.slot)
	i := slot % wheelSlots
	head := w.heads[i]
	w.links[dev] = link{next: head, prev: nobody, slot: slot}
	if head != nobody {
		w.links[head].prev = dev
	}
	w.heads[i] = dev
	w.used[i/64] |= 1 << (i % 64)
}

// clear takes the device out of the wheel.
func (w *wheel) clear(dev int32) {
	l := w.links[dev]
	if l.slot == notSet {
		return
	}
	i := l.slot % wheelSlots
	if l.prev == nobody {
		w.heads[i] = l.next
	} else {
		w.links[l.prev].next = l.next
	}
	if l.next != nobody {
		w.links[l.next].prev = l.prev
	}
	if w.heads[i] == nobody {
		w.used[i/64] &^= 1 << (i % 64)
	}
	w.links[dev] = link{next: nobody, prev: nobody, slot: notSet}
}

// grow makes room for n devices.
func (w *wheel) grow(n int) {
	for len(w.links) < n {
		w.links = append(w.links, link{next: nobody, prev: nobody, slot: notSet})
	}
}

// due appends all devices whose moment is not after now, and takes them out.
func (w *wheel) due(now time.Duration, list []int32) []int32 {
	last := int64(now / slotTime)
	for w.slot <= last {
		next, ok := w.next()
		if !ok || next > last {
			w.slot = last + 1
			return list
		}
		w.slot = next
		for dev := w.heads[next%wheelSlots]; dev != nobody; {
			following := w.links[dev].next
			if w.links[dev].slot <= next {
				w.clear(dev)
				list = append(list, dev)
			}
			dev = following
		}
		w.slot++
	}
	return list
}

// next returns the first slot from now on that is not empty, within one turn.
func (w *wheel) next() (slot int64, ok bool) {
	at := w.slot % wheelSlots
	word, first := at/64, w.used[at/64]>>(at%64)
	if first != 0 {
		return w.slot + int64(bits.TrailingZeros64(first)), true
	}
	slot = w.slot + 64 - at%64
	for i := range int64(len(w.used)) {
		if u := w.used[(word+1+i)%int64(len(w.used))]; u != 0 {
			return slot + int64(bits.TrailingZeros64(u)), true
		}
		slot += 64
	}
	return 0, false
}

// wake is when the wheel wants to be asked again, within one turn.
func (w *wheel) wake() (time.Duration, bool) {
	slot, ok := w.next()
	return time.Duration(slot) * slotTime, ok
}
