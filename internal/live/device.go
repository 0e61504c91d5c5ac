package live

import (
	"slices"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// defaultInterval stands in where a point does not say how often it is polled.
const defaultInterval = 30 * time.Second

// A device as the table knows it.
type device struct {
	info     facility.Device
	identity facility.Identity
	health   facility.Health
	refused  map[string]uint64

	points    []*point   // in the profile's order; vanished ones at the end
	measured  []measured // of points
	shows     []shown    // of points, for views
	byID      map[facility.PointID]*point
	described map[facility.PointID]*facility.Point // for history; never modified
	ids       []facility.PointID                   // of points
	aged      []*point                             // those that a rule about absent data watches
	life      []*point                             // those that protect life
	next      int                                  // place in points of the reading that is expected next
	listed    bool                                 // it said itself which points it has
	capped    bool                                 // it listed more points than we take
	newcomers int                                  // points first listed since newSince
	newSince  time.Duration                        // monotonic

	since     time.Duration // monotonic: known to us
	hasBatch  bool
	batchMono time.Duration       // of the last batch
	silent    bool                // unreachable when last looked at
	upSince   time.Duration       // monotonic: answers again
	watches   []*watch            // no_data of the whole device
	computed  []*watch            // calculated, of the whole device
	grouped   []*watch            // computed from a group, at the device or its points
	dirty     []*watch            // to be computed at the end of the batch
	byMetric  map[string][]*point // nil: no rule asks
	blind     *watch              // FIRE-NOT-SEEN; nil: no point of it protects life
	zones     []string            // that it watches over, sorted
	bound     []*point            // those that tell about a model
	model     bool                // its points are the results of a model of ours
	stop      *alarm.Suppression  // its polling is stopped; nil: it is not
	view      *DeviceView         // nil: changed
	shown     bool                // a snapshot has the last view
	outdated  bool                // it stands in the table's list of those
	row       int                 // in the table's order

	oldest  facility.Tick // last good stamp among the points that are not stale; 0 none
	goesOld time.Duration // monotonic: when oldest is to be found anew
}

// A point as the table knows it. What a reading moves lies with its neighbours'.
type point struct {
	*measured
	info  *facility.Point // never modified
	of    *around         // never nil
	state *facility.State // of value; nil: of no state that it may have

	place    int32         // in the device's points
	models   modelKind     // that it tells about
	told     bool          // the models have it as known
	moved    bool          // it waits to be told
	vanished bool          // the device does not list it any more
	dropped  bool          // it is no point of its device any more
	since    time.Duration // monotonic: known to us
}

// around is what the rules and targets make of a point.
type around struct {
	watches   []*watch // limit, state, rate and event
	feeds     []feed   // of targets' accounts
	low, high *float64 // limits nearest to normal
	ages      []*watch // no_data
	computed  []*watch // deviation and calculated
	reacts    []*watch // computed after each reading of it
	groups    []*groupIndex
}

// nothingAround is of all points that nothing watches.
var nothingAround = &around{}

// own is the point's own, to be written to.
func (p *point) own() *around {
	if p.of == nothingAround {
		p.of = &around{}
	}
	p.busy = true
	return p.of
}

// setState takes the state that a value is.
func (p *point) setState(value float64) {
	p.state = nil
	for i := range p.info.States {
		if s := &p.info.States[i]; float64(s.Value) == value {
			p.state = s
			return
		}
	}
}

// stateOf is the state of the last good value.
func (p *point) stateOf() facility.State {
	if p.state == nil {
		return facility.State{}
	}
	return *p.state
}

// A watch is one rule at one point, or at a whole device.
type watch struct {
	rule *alarm.Rule
	cond alarm.Condition

	point  *point        // where it is computed; nil: the device
	maxAge time.Duration // of what it is computed from
	dirty  bool          // it is to be computed
}

func newDevice(info facility.Device, mono time.Duration) *device {
	return &device{
		info: info, refused: map[string]uint64{}, since: mono, newSince: mono,
		byID: map[facility.PointID]*point{}, described: map[facility.PointID]*facility.Point{},
	}
}

// setPoints takes a device's complete point list. A point that it no longer
// lists stays where an alarm about absent data or a target needs it.
func (t *Table) setPoints(d *device, list []facility.Point, mono time.Duration) {
	before := d.points
	most := maxPoints
	if d.model { // bounded by what the site wrote down
		most = len(list)
	}
	d.points, d.capped = make([]*point, 0, min(len(list), most)), false
	byID := make(map[facility.PointID]*point, len(list))
	for i := range list {
		info := &list[i]
		if byID[info.ID] != nil || info.ID == "" {
			t.refuse(d, facility.RefusedMalformed, 1)
			continue
		}
		if len(d.points) == most {
			d.capped = true
			t.refuse(d, facility.RefusedPoints, len(list)-i)
			break
		}
		p := d.byID[info.ID]
		if p == nil {
			if !d.model && !d.mayGrow(mono) {
				d.capped = true
				t.refuse(d, facility.RefusedPoints, 1)
				continue
			}
			p = &point{measured: &measured{}, since: mono, of: nothingAround}
		}
		p.describe(info)
		byID[info.ID] = p
		d.points = append(d.points, p)
		t.watchPoint(d, p)
	}
	for _, p := range before {
		if byID[p.info.ID] == nil && len(p.of.ages)+len(p.of.feeds) > 0 && len(d.points) < max(most, maxPoints) {
			p.vanished = true
			byID[p.info.ID] = p
			d.points = append(d.points, p)
		}
	}
	d.byID = byID
	d.described = make(map[facility.PointID]*facility.Point, len(byID))
	for id, p := range byID {
		d.described[id] = p.info
	}
	for _, p := range before {
		if byID[p.info.ID] != p && p.models != 0 {
			p.dropped = true
			t.move(p)
		}
	}
	t.indexPoints(d)
	t.watched++
	t.points += len(d.points) - len(before)
}

// indexPoints finds out which points of a device are asked for what, after its
// points or the rules changed.
func (t *Table) indexPoints(d *device) {
	d.ids, d.aged, d.life, d.goesOld = make([]facility.PointID, len(d.points)), nil, nil, 0
	for i, p := range d.points {
		d.ids[i], p.place = p.info.ID, int32(i)
		if len(p.of.ages) > 0 {
			d.aged = append(d.aged, p)
		}
		if p.protects() {
			d.life = append(d.life, p)
		}
	}
	d.line()
	t.bindPoints(d)
	t.indexComputed(d)
	t.setBlind(d)
}

// find is the place of a reading's point, -1 where there is none. Readings mostly
// come in the order of the points, so the one after the last is looked at first.
func (d *device) find(id facility.PointID) int32 {
	if d.next < len(d.ids) && d.ids[d.next] == id {
		d.next++
		return int32(d.next - 1)
	}
	p := d.byID[id]
	if p == nil {
		return -1
	}
	d.next = int(p.place) + 1
	return p.place
}

// mayGrow counts a point that was not listed before. A device that calls its
// points otherwise at every restart would fill history with series that never end,
// at the cost of all others.
func (d *device) mayGrow(mono time.Duration) bool {
	if mono-d.newSince > newcomerWindow {
		d.newcomers, d.newSince = 0, mono
	}
	if d.newcomers >= maxNewcomers {
		return false
	}
	d.newcomers++
	return true
}

func (p *point) describe(info *facility.Point) {
	p.info, p.vanished = info, false
	interval := info.Interval
	if interval <= 0 {
		interval = defaultInterval
	}
	p.maxAge = facility.MaxAge(interval)
	p.busy = p.busy || len(info.States) > 0
	if p.lastGood != 0 {
		p.setState(p.value)
	}
}

// forgetVanished drops the points that the device no longer lists.
func (t *Table) forgetVanished(d *device) {
	d.points = slices.DeleteFunc(d.points, func(p *point) bool {
		if p.vanished {
			delete(d.byID, p.info.ID)
		}
		return p.vanished
	})
}

// count counts the points of all devices.
func (t *Table) count() {
	t.points = 0
	for _, d := range t.devices {
		t.points += len(d.points)
	}
}

// watch makes the watch of a rule at a place. Its condition goes on from old, or
// from what is on there, or begins anew.
func (t *Table) watch(r *alarm.Rule, d facility.DeviceID, p *facility.Point, old []*watch) *watch {
	for _, w := range old {
		if w.rule.ID == r.ID && w.rule.Type == r.Type {
			return &watch{rule: r, cond: w.cond}
		}
	}
	key := standingKey{rule: r.ID, device: d}
	var states []facility.State
	if p != nil {
		key.point, states = p.ID, p.States
	}
	w := &watch{rule: r}
	if level, ok := t.active[key]; ok {
		w.cond = r.Resume(alarm.Occurrence{Active: true, Level: level}, states)
	}
	return w
}

// watchDevice finds the rules that watch a whole device.
func (t *Table) watchDevice(d *device) {
	old, attrs := slices.Concat(d.watches, d.computed), facility.DeviceAttributes(&d.info)
	d.watches, d.computed = nil, nil
	for _, r := range t.ruleSet {
		isAge := r.WholeDevice() && r.ID != RuleFireNotSeen && !d.model // what we compute ourselves cannot be silent
		isComputed := r.Type == alarm.Calculated && !atPoints(r)
		if !isAge && !isComputed || !r.Select.Match(attrs) {
			continue
		}
		w := t.watch(r, d.info.ID, nil, old)
		if isAge {
			d.watches = append(d.watches, w)
		} else {
			d.computed = append(d.computed, w)
		}
	}
}

// watchPoint finds the rules and targets of one point.
func (t *Table) watchPoint(d *device, p *point) {
	old := slices.Concat(p.of.watches, p.of.ages, p.of.computed)
	attrs := facility.PointAttributes(&d.info, p.info)
	p.of = nothingAround
	isState := len(p.info.States) > 0
	for _, r := range t.ruleSet {
		watches, computed := suits(r, isState)
		if !watches || r.ID == RuleFireNotSeen || !r.Select.Match(attrs) {
			continue
		}
		w := t.watch(r, d.info.ID, p.info, old)
		switch {
		case computed:
			w.point = p
			p.own().computed = append(p.of.computed, w)
		case r.Type == alarm.NoData:
			p.own().ages = append(p.of.ages, w)
		default:
			p.own().watches = append(p.of.watches, w)
		}
		if r.Type == alarm.Limit {
			p.narrow(r)
		}
	}
	t.accountPoint(d, p)
}

// narrow keeps the limits nearest to normal.
func (p *point) narrow(r *alarm.Rule) {
	for _, l := range []*float64{r.Low, r.LowLow} {
		if l != nil && (p.of.low == nil || *l > *p.of.low) {
			p.own().low = l
		}
	}
	for _, l := range []*float64{r.High, r.HighHigh} {
		if l != nil && (p.of.high == nil || *l < *p.of.high) {
			p.own().high = l
		}
	}
}

// watchesWhole reports whether a rule watches the device as a whole.
func (d *device) watchesWhole(rule string) bool {
	if d.blind != nil && d.blind.rule.ID == rule {
		return true
	}
	isRule := func(w *watch) bool { return w.rule.ID == rule }
	return slices.ContainsFunc(d.watches, isRule) || slices.ContainsFunc(d.computed, isRule)
}
