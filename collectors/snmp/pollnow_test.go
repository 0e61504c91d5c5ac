package snmp

import (
	"testing"
	"time"

	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

func TestPollNow(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	target := a.target("u")
	target.Intervals.Fast, target.Intervals.Normal = time.Hour, time.Hour
	e, _ := start(t, clock.System(), nil, box, target)
	first, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	a.set(num("1.3.6.1.2.1.33.1.4.1.0", 5))
	asked := time.Now()
	for range 2 { // as one
		if !e.PollNow("u") {
			t.Fatal("PollNow does not know the device")
		}
	}
	second, n := box.until(t, "the round asked for", n, good(sourceID, 5))
	if took := time.Since(asked); took > 2*time.Second {
		t.Errorf("the round asked for took %v", took)
	}
	if second.Tick <= first.Tick {
		t.Errorf("ticks %d then %d: two rounds of a device have one stamp", first.Tick, second.Tick)
	}
	if second.Health.Rounds != first.Health.Rounds {
		t.Errorf("rounds %d then %d: only scheduled rounds count", first.Health.Rounds, second.Health.Rounds)
	}
	if e.PollNow("other") {
		t.Error("PollNow polls a device that is not in the inventory")
	}

	a.change(func(a *agent) { a.dead = true })
	if !e.PollNow("u") {
		t.Fatal("PollNow does not know the device")
	}
	a.set(num("1.3.6.1.2.1.33.1.4.1.0", 3))
	waitFor(t, "the request that is not answered", func() bool {
		var asked int
		a.change(func(a *agent) { asked = len(a.requests) })
		return asked > 0
	})
	a.change(func(a *agent) { a.dead = false })
	for range 3 {
		e.PollNow("u")
	}
	b, _ := box.until(t, "the answer after a silence", n, good(sourceID, 3))
	if b.Health.ConsecFailed != 0 || !b.Health.Reachable {
		t.Errorf("health %+v: a round out of schedule without an answer is held against the device", b.Health)
	}
	for _, x := range box.all() {
		for _, r := range x.Readings {
			if r.Quality != facility.Good {
				t.Errorf("%s is missing at %d: only a scheduled round may say that", r.Point, x.Tick)
			}
		}
	}
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	each := time.NewTicker(5 * time.Millisecond)
	defer each.Stop()
	for !is() {
		select {
		case <-each.C:
		case <-limit.C:
			t.Fatalf("%s: not seen in 20 s", what)
		}
	}
}
