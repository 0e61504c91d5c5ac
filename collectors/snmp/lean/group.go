package lean

import "time"

// A group is the devices of one loop behind one gateway or link. When most of
// them fall silent at once, the way to them is what failed: then a sample is
// probed, and the others wait.
type group struct {
	bucket  bucket
	members int
	failing int    // members whose last round brought nothing, since epoch began
	epoch   uint32 // ends when a silent group is heard again: then nobody counts as failing
	sampled int    // probes since `since`
	since   time.Duration
}

const (
	sampleSize  = 16 // probes in one interval of a silent group
	groupMin    = 2 * sampleSize
	silentShare = 0.8 // of the members
)

// silent reports whether the group as a whole does not answer.
func (g *group) silent() bool {
	return g.members >= groupMin && float64(g.failing) >= silentShare*float64(g.members)
}

// isFailing reports whether the device counts as failing.
func (g *group) isFailing(d *device) bool { return d.failing && d.epoch == g.epoch }

// fails counts a device whose round brought nothing.
func (g *group) fails(d *device) {
	if !g.isFailing(d) {
		g.failing++
	}
	d.failing, d.epoch = true, g.epoch
}

// answers takes a device out of the count. If it is the first of a silent group
// that is heard again, all others are given another try.
func (g *group) answers(d *device, heard bool) {
	if g.isFailing(d) {
		if heard && g.silent() {
			g.failing = 0
			g.epoch++
		} else {
			g.failing--
		}
	}
	d.failing = false
}

// mayProbe reports whether one more device of a silent group may be asked.
func (g *group) mayProbe(now, interval time.Duration) bool {
	if now-g.since >= interval {
		g.since, g.sampled = now, 0
	}
	if g.sampled >= sampleSize {
		return false
	}
	g.sampled++
	return true
}
