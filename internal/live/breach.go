package live

import "time"

// breachStands is how long a target of 100 % is an alarm after its last bad
// second: it tells at once that it is missed, and does not stand until the window
// ends. A month that is missed is a figure, not an alarm.
const breachStands = 10 * time.Minute

// A breach is what a target of 100 % lost.
type breach struct {
	seen bool          // lost is known
	lost int64         // bad seconds or occurrences of the windows that run
	last time.Duration // monotonic: when they grew
}

// tellBreaches raises an alarm for each target of 100 % that is being missed.
func (t *Table) tellBreaches(now time.Time, mono time.Duration) {
	missed := map[string]bool{}
	t.mu.Lock()
	for _, tg := range t.targets {
		if tg.current(now).Target.ZeroBudget() {
			missed[tg.name] = t.missed(tg, now, mono)
		}
	}
	t.mu.Unlock()
	names := make([]string, 0, len(missed))
	for name, on := range missed {
		names = append(names, name)
		t.SetSelf(RuleTargetBreach, name, on, "missed", 0, false)
	}
	t.KeepSelf(RuleTargetBreach, names)
}

// missed reports whether a target lost something within breachStands. What it had
// lost before we looked for the first time was told then. The caller holds mu.
func (t *Table) missed(tg *target, now time.Time, mono time.Duration) bool {
	b := &tg.breach
	if tg.awaitsPast(now) {
		return t.isOn(RuleTargetBreach, tg.name)
	}
	lost := int64(0)
	for i := range tg.results {
		if r := &tg.results[i]; r.Open {
			lost += r.Bad
		}
	}
	if b.seen && lost > b.lost || !b.seen && t.isOn(RuleTargetBreach, tg.name) {
		b.last = mono
	}
	news := b.last != 0 && mono-b.last < breachStands
	b.seen, b.lost = true, lost
	return news
}

// awaitsPast reports whether an account still waits for the time before we
// started: what it lost then is no news.
func (tg *target) awaitsPast(now time.Time) bool {
	p := tg.part(tg.current(now).Revision)
	if p == nil {
		return false
	}
	for _, e := range p.all() {
		if e.waits || e.dirty != 0 {
			return true
		}
	}
	return false
}
