package live

import (
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/sla"
)

const (
	// graceUnpolled is how long a device may be without any batch after it became
	// known to us: 2.5 rounds of the normal poll class.
	graceUnpolled = 75 * time.Second
	// graceSilent is the least time after which an engine that reports nothing of
	// a device counts as the device not answering.
	graceSilent = 30 * time.Second
)

// take puts one reading into its point and asks the rules and targets. It reports
// whether the reading has a value.
func (t *Table) take(d *device, place int32, r *facility.Reading, now time.Time, mono time.Duration) (known bool) {
	m := &d.measured[place]
	known = r.Quality == facility.Good
	if !m.busy {
		m.take(r, now, mono)
		return known
	}
	p := d.points[place]
	if known {
		if p.lastGood == 0 || p.value != r.Value {
			p.setState(r.Value)
		}
		if p.models != 0 && (!p.told || p.value != r.Value) {
			t.move(p)
		}
	}
	m.take(r, now, mono)
	for _, f := range p.of.feeds {
		if t.unaccounted {
			break
		}
		f.add(sla.Sample{At: int64(r.Tick), Value: r.Value, Known: known})
	}
	if !known {
		return false
	}
	s := alarm.Sample{Tick: r.Tick, Value: r.Value, Known: true, State: p.stateOf(), MaxAge: p.maxAge}
	d.stir(p)
	for _, w := range p.of.watches {
		var ch *alarm.Change
		if w.rule.Type == alarm.Rate {
			w.cond, ch = w.rule.NextFrom(w.cond, s, nil)
		} else {
			w.cond, ch = w.rule.Next(w.cond, s)
		}
		if ch != nil {
			ch.Locate(&d.info, p.info)
			t.enqueue(ch, mono)
		}
	}
	return true
}

// reachable says whether a device answers, and whether that can be said at all.
func (t *Table) reachable(d *device, mono time.Duration) (answers, known bool) {
	if !d.hasBatch {
		return false, mono-d.since > graceUnpolled && !t.justWoke(graceUnpolled, mono)
	}
	h := &d.health
	quiet := max(graceSilent, facility.MaxAge(h.Interval))
	if mono-d.batchMono > quiet {
		return false, !t.justWoke(quiet, mono)
	}
	if h.Rounds > 0 && (h.ConsecFailed >= 2 || h.LastAnswer.IsZero()) {
		return false, true
	}
	return h.ConsecFailed == 0, h.Rounds > 0 && h.ConsecFailed == 0
}

// evaluateAges asks the rules that watch for absent data of one device. Of one
// that is not polled nothing can be said: all conditions stay as they are.
func (t *Table) evaluateAges(d *device, now time.Time, mono time.Duration) {
	if d.isStopped() {
		return
	}
	answers, known := t.reachable(d, mono)
	if known {
		if answers && d.silent {
			d.upSince = mono
		}
		d.silent = !answers
		for _, w := range d.watches {
			t.age(d, nil, w, alarm.Age{At: now, Mono: mono, Old: !answers}, mono)
		}
	}
	switch {
	case known:
		t.evaluateBlind(d, answers, now, mono)
	case t.allOld(d, mono): // it has not failed often enough to be called silent, but nothing is seen any more
		t.evaluateBlind(d, false, now, mono)
	}
	blind := d.blind != nil && d.blind.cond.Active       // one alarm speaks for all that protects life
	covered := len(d.watches) > 0 && !(known && answers) // the device's own alarm speaks for its points
	for _, p := range d.aged {
		for _, w := range p.of.ages {
			alone := w.rule.Class == alarm.LifeSafety
			if covered && !alone || blind && alone {
				continue
			}
			if old, known := p.old(d, alone, mono); known && !(old && t.justWoke(p.maxAge, mono)) {
				t.age(d, p.info, w, alarm.Age{At: now, Mono: mono, Old: old}, mono)
			}
		}
	}
}

func (t *Table) age(d *device, p *facility.Point, w *watch, a alarm.Age, mono time.Duration) {
	var ch *alarm.Change
	if w.cond, ch = w.rule.NextAge(w.cond, a); ch != nil {
		ch.Locate(&d.info, p)
		t.enqueue(ch, mono)
		t.outdate(d)
	}
}

// old says whether a point has no reading within its maximum age, and whether
// that can be said. A device that answers again has one maximum age to bring its
// points back; alone: without that grace.
func (p *point) old(d *device, alone bool, mono time.Duration) (old, known bool) {
	if p.fresh(mono) {
		return false, true
	}
	from := p.since
	if p.lastGood != 0 {
		from = p.goodMono
	}
	if !alone {
		from = max(from, d.upSince)
	}
	return true, mono-from > p.maxAge
}

const (
	pauseTolerance = 5 * time.Second
	pauseDistance  = 10 * time.Minute
	pauseTold      = 10 * time.Second // real time: a round of polls is missed; people are told
)

// checkPause notices that this program itself stood still: stopped, or starved of
// its processor. What nobody asked for meanwhile is not absent; everything gets
// its ordinary time to come back. A program that is held up again and again does
// not see what it should, and gets no more such grace than one in ten minutes.
func (t *Table) checkPause(now time.Time, mono time.Duration) {
	gap := mono - t.ranMono
	t.ranMono = mono
	if gap <= pauseTolerance {
		return
	}
	t.metrics.pauses.Inc()
	if t.o.Clock.Real(gap) >= pauseTold {
		t.pauseAlarm(now, mono, gap)
	}
	if t.woke && mono-t.wokeMono <= pauseDistance {
		return
	}
	t.woke, t.wokeMono = true, mono
	t.o.Log.Warn("this program stood still; see that it gets its processor", "seconds", gap.Seconds())
}

// justWoke says whether a pause of our own ended less than d ago.
func (t *Table) justWoke(d, mono time.Duration) bool { return t.woke && mono-t.wokeMono <= d }

func offsetOf(now time.Time, mono time.Duration) time.Duration {
	return time.Duration(now.UnixNano()) - mono
}

const (
	clockTolerance = 5 * time.Second
	clockSettles   = 10 * time.Minute
)

// checkClock notices a step of our own clock: the wall clock moved otherwise
// than the monotonic one. Slow corrections are followed. After a step back the
// last stamps are ahead of time; they are moved to now, so that evaluation goes
// on at once.
func (t *Table) checkClock(now time.Time, mono time.Duration) {
	offset := offsetOf(now, mono)
	by := offset - t.offset
	t.offset = offset
	if by.Abs() <= clockTolerance {
		return
	}
	t.steps++
	t.stepAt, t.stepBy, t.stepMono = now, by, mono
	t.metrics.clockSteps.Inc()
	t.o.Log.Warn("our clock was stepped; check its time source", "by", by)
	if by < 0 {
		tick := facility.TickOf(now)
		for _, d := range t.devices {
			for _, p := range d.points {
				p.lastTick, p.lastGood = min(p.lastTick, tick), min(p.lastGood, tick)
			}
			d.goesOld = 0
			t.outdate(d)
		}
	}
	t.clockAlarm(now, mono, true)
}
