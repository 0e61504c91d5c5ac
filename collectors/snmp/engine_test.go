package snmp

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// running20 starts an engine on a clock that runs 20 times as fast: a fast round
// every half second.
func running20(t *testing.T, box *mailbox, targets ...collectors.Target) (*Engine, chan collectors.Change) {
	t.Helper()
	return start(t, clock.Scaled(time.Now(), 20), nil, box, targets...)
}

func start(t *testing.T, clk clock.Clock, reg prometheus.Registerer, box *mailbox, targets ...collectors.Target) (*Engine, chan collectors.Change) {
	t.Helper()
	e := New(builtin(t), clk, reg, quiet(), Options{})
	changes := make(chan collectors.Change)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, changes, box) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Run does not end with its context")
		}
	})
	changes <- collectors.Change{Set: targets}
	return e, changes
}

// ups is a small UPS.
func ups() []gosnmp.SnmpPDU {
	return []gosnmp.SnmpPDU{
		num("1.3.6.1.2.1.33.1.2.1.0", 2), num("1.3.6.1.2.1.33.1.2.4.0", 100), num("1.3.6.1.2.1.33.1.4.1.0", 3),
		num("1.3.6.1.2.1.33.1.4.4.1.5.1", 40),
	}
}

const (
	loadID   = `u/ups_output_load_ratio{phase="1"}`
	sourceID = "u/ups_output_source"
	chargeID = "u/ups_battery_charge_ratio"
)

func good(point string, value float64) func(facility.Batch) bool {
	return func(b facility.Batch) bool {
		r, ok := readingOf(b, point)
		return ok && r.Quality == facility.Good && math.Abs(r.Value-value) < 1e-9
	}
}

func missing(point string) func(facility.Batch) bool {
	return func(b facility.Batch) bool {
		r, ok := readingOf(b, point)
		return ok && r.Quality == facility.Missing
	}
}

func TestEnginePollsAndFollowsTheDevice(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	first, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	if n != 1 {
		t.Errorf("the first good batch is number %d, want the very first", n)
	}
	if first.Points == nil || first.Identity == nil || first.Identity.SysName != "agent-1" {
		t.Errorf("first batch: %d points, identity %+v; want both", len(first.Points), first.Identity)
	}
	if !good(loadID, 0.4)(first) || !good(chargeID, 1)(first) {
		t.Errorf("first batch has not all classes: %+v", first.Readings)
	}
	if !first.Health.Reachable || first.Health.LastAnswer.IsZero() || first.Health.Interval != 10*time.Second {
		t.Errorf("health %+v", first.Health)
	}
	second, n := box.until(t, "the second round", n, func(facility.Batch) bool { return true })
	if second.Points != nil || second.Identity != nil {
		t.Errorf("second batch repeats points (%d) or identity (%v)", len(second.Points), second.Identity)
	}
	if second.Tick <= first.Tick || second.Tick-first.Tick > 10 {
		t.Errorf("ticks %d then %d, want at most 10 s apart", first.Tick, second.Tick)
	}
	third, _ := box.until(t, "the third round", n, func(facility.Batch) bool { return true })
	if third.Tick-second.Tick != 10 {
		t.Errorf("ticks %d then %d, want 10 s apart", second.Tick, third.Tick)
	}
	for _, r := range third.Readings {
		if r.Tick != third.Tick {
			t.Errorf("%s has tick %d in batch %d", r.Point, r.Tick, third.Tick)
		}
	}
	a.set(num("1.3.6.1.2.1.33.1.4.1.0", 5))
	box.until(t, "the change of source", n, good(sourceID, 5))
}

func TestSilentDeviceIsMissingEveryRoundAndBackAtOnce(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	a.change(func(a *agent) { a.dead = true })
	gone, n := box.until(t, "a missing reading", n, missing(sourceID))
	if gone.Health.ErrorKind != facility.ErrTimeout || gone.Health.Reachable || gone.Health.Timeouts == 0 {
		t.Errorf("health %+v, want an unreachable device with time-outs", gone.Health)
	}
	before := gone.Tick
	for range 6 { // through the back-off
		var b facility.Batch
		b, n = box.until(t, "missing at every tick", n, func(facility.Batch) bool { return true })
		if b.Tick-before != 10 || !missing(sourceID)(b) {
			t.Fatalf("batch of tick %d after %d: %+v; want missing readings every 10 s", b.Tick, before, b.Readings)
		}
		before = b.Tick
	}
	a.change(func(a *agent) { a.dead = false })
	back, _ := box.until(t, "the device back", n, good(sourceID, 3))
	if !good(loadID, 0.4)(back) || !good(chargeID, 1)(back) {
		t.Errorf("first batch after return is not the whole plan: %+v", back.Readings)
	}
	if back.Health.ConsecFailed != 0 || back.Health.ErrorKind != facility.ErrNone || back.Health.LastError != "" {
		t.Errorf("health after return: %+v", back.Health)
	}
}

func TestNeverReachedDeviceReportsHealthOnly(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t), newMailbox()
	a.change(func(a *agent) { a.dead = true })
	running20(t, box, a.target("u"))
	b, _ := box.until(t, "health of a dead device", 0, func(b facility.Batch) bool { return b.Health.ConsecFailed >= 2 })
	if len(b.Readings) != 0 || b.Points != nil || !b.Health.LastAnswer.IsZero() || b.Health.LastError == "" {
		t.Errorf("batch %+v, want health alone", b)
	}
}

func TestVanishedInstanceIsMissingAndKept(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(loadID, 0.4))
	a.remove("1.3.6.1.2.1.33.1.4.4.1.5.1")
	started := time.Now()
	a.change(func(a *agent) {
		a.uptime = func() uint32 { return uint32(time.Since(started) / (10 * time.Millisecond) * 20) }
	})
	b, _ := box.until(t, "a new point list after the restart", n, func(b facility.Batch) bool { return b.Points != nil })
	if !strings.Contains(names(b.Points), loadID) {
		t.Errorf("points after rediscovery: %s; want %s kept", names(b.Points), loadID)
	}
	box.until(t, "the vanished point missing", n, missing(loadID))
}

func TestTargetsComeAndGo(t *testing.T) {
	t.Parallel()
	a, b, box := startAgent(t, ups()...), startAgent(t, ups()...), newMailbox()
	e, changes := running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	changes <- collectors.Change{Set: []collectors.Target{a.target("u"), b.target("v")}}
	_, n = box.until(t, "the added device", n, good("v/ups_output_source", 3))
	for _, x := range box.all()[1:] {
		if x.Device == "u" && x.Points != nil {
			t.Error("an unchanged target was started anew")
		}
	}
	moved := b.target("u")
	b.set(num("1.3.6.1.2.1.33.1.4.1.0", 4))
	changes <- collectors.Change{Set: []collectors.Target{moved}}
	_, n = box.until(t, "the replaced device", n, good(sourceID, 4))
	changes <- collectors.Change{Remove: []facility.DeviceID{"u"}}
	changes <- collectors.Change{} // Run takes it only after the removal
	after := len(box.all())
	box.until(t, "another round of the other device", n, func(x facility.Batch) bool { return x.Device == "v" && len(box.all()) > after+2 })
	for _, x := range box.all()[after:] {
		if x.Device == "u" {
			t.Error("a removed device still hands over batches")
		}
	}
	if _, there := e.metrics.Of("u"); there {
		t.Error("a removed device still has metrics")
	}
}

func TestRefusedBatchIsCountedAndPointsAreSentAgain(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	box.err = errors.New("no room")
	e, _ := running20(t, box, a.target("u"))
	lost := func() uint64 {
		a, _ := e.metrics.Of("u")
		return a.Lost
	}
	for lost() == 0 {
		select {
		case <-t.Context().Done():
			t.Fatal("no refusal counted")
		case <-time.After(20 * time.Millisecond):
		}
	}
	box.mu.Lock()
	box.err = nil
	box.mu.Unlock()
	b, _ := box.until(t, "the first batch taken", 0, func(facility.Batch) bool { return true })
	if b.Points == nil || b.Identity == nil {
		t.Error("points and identity were lost with the refused batch")
	}
}

// One device that answers after 3 s and one that never answers must not move
// the others.
func TestSlowAndDeadDevicesDelayNobody(t *testing.T) {
	t.Parallel()
	slow, dead := startAgent(t, ups()...), startAgent(t, ups()...)
	slow.change(func(a *agent) { a.delay = 3 * time.Second })
	dead.change(func(a *agent) { a.dead = true })
	quick := collectors.Intervals{Fast: time.Second, Normal: time.Second, Slow: time.Second}
	var targets []collectors.Target
	add := func(a *agent, id string) {
		x := a.target(id)
		x.Intervals = quick
		targets = append(targets, x)
	}
	add(slow, "slow")
	add(dead, "dead")
	for _, id := range []string{"h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8"} {
		add(startAgent(t, ups()...), id)
	}
	reg, box := prometheus.NewRegistry(), newMailbox()
	start(t, clock.System(), reg, box, targets...)
	box.until(t, "5 rounds", 0, func(facility.Batch) bool {
		rounds := map[facility.DeviceID]int{}
		for _, b := range box.all() {
			rounds[b.Device]++
		}
		for _, x := range targets {
			if rounds[x.Device.ID] < 5 {
				return false
			}
		}
		return true
	})
	ticks := map[facility.DeviceID]facility.Tick{}
	for _, b := range box.all() {
		if before, ok := ticks[b.Device]; ok && b.Tick != before+1 && b.Health.Rounds > 2 {
			t.Errorf("%s: tick %d after %d, want one every second", b.Device, b.Tick, before)
		}
		ticks[b.Device] = b.Tick
		if b.Device == "slow" || b.Device == "dead" {
			continue
		}
		if b.Health.Lateness > 300*time.Millisecond {
			t.Errorf("%s tick %d began %v late", b.Device, b.Tick, b.Health.Lateness)
		}
		if !b.Health.Reachable {
			t.Errorf("%s is unreachable: %+v", b.Device, b.Health)
		}
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, f := range families {
		if f.GetName() == "nezuban_collector_lateness_seconds" {
			shown = len(f.GetMetric())
		}
	}
	if shown != len(targets) {
		t.Errorf("lateness is shown of %d devices, want %d", shown, len(targets))
	}
}

// Devices that do not answer must not hold up a reload or the end of the program.
func TestRunEndsAtOnceThoughDevicesAreSilent(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	var targets []collectors.Target
	for _, id := range []string{"d1", "d2", "d3", "d4"} {
		a := startAgent(t)
		a.change(func(a *agent) {
			a.answer = func(*gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
				asked <- struct{}{}
				return nil, 0, 0, true
			}
		})
		targets = append(targets, a.target(id))
	}
	e := New(builtin(t), clock.System(), nil, quiet(), Options{Timeout: 30 * time.Second})
	changes := make(chan collectors.Change, 1)
	changes <- collectors.Change{Set: targets}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, changes, newMailbox()) }()
	for range targets {
		<-asked
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Run still waits for silent devices 10 s after its context ended; their time-out is 30 s")
	}
}
