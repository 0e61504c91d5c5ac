package snmp

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/collectors/snmp/lean"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// loopFigure sums a figure over the engine's loops.
func loopFigure(e *Engine, of func(*lean.Figures) uint64) (n uint64) {
	for _, l := range e.pool.Load().Loops() {
		n += of(&l.Figures)
	}
	return n
}

func answersOf(f *lean.Figures) uint64   { return f.Answers.Load() }
func surprisesOf(f *lean.Figures) uint64 { return f.Surprises.Load() }

func TestSteadyRoundsRunInTheLoop(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	e, _ := running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	for range 4 {
		_, n = box.until(t, "a round", n, good(sourceID, 3))
	}
	if got := loopFigure(e, answersOf); got < 3 {
		t.Errorf("the loops decoded %d answers in 4 rounds", got)
	}
	if got := loopFigure(e, surprisesOf); got > 0 {
		t.Errorf("%d surprises of a plain agent", got)
	}
}

// An instance that is gone is an exception in the answer: the point is missing and
// the device stays in the loop.
func TestExceptionsKeepTheDeviceInTheLoop(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	e, _ := running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(chargeID, 1))
	a.remove("1.3.6.1.2.1.33.1.2.4.0")
	b, n := box.until(t, "the vanished instance missing", n, missing(chargeID))
	if !good(loadID, 0.4)(b) || b.Health.ErrorKind != facility.ErrNone {
		t.Errorf("the rest: %+v, health %+v", b.Readings, b.Health)
	}
	before := loopFigure(e, answersOf)
	box.until(t, "a round after it", n, good(sourceID, 3))
	if got := loopFigure(e, answersOf); got == before || loopFigure(e, surprisesOf) > 0 {
		t.Errorf("%d answers before and %d after, %d surprises: the round did not run in the loop", before, got, loopFigure(e, surprisesOf))
	}
}

// Instances in another order: the library decodes them, the device stays.
func TestSurprisesAreDecodedByTheLibrary(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	e, _ := running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(chargeID, 1))
	a.change(func(a *agent) {
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			if req.PDUType != gosnmp.GetRequest {
				return nil, 0, 0, false
			}
			var out []gosnmp.SnmpPDU
			for _, v := range slices.Backward(req.Variables) {
				out = append(out, a.lookup(strings.TrimPrefix(v.Name, ".")))
			}
			return out, 0, 0, true
		}
	})
	before := loopFigure(e, surprisesOf)
	for range 4 {
		_, n = box.until(t, "a round in another order", n, good(loadID, 0.4))
	}
	if got := loopFigure(e, surprisesOf); got < before+2 {
		t.Errorf("%d surprises in 4 rounds", got-before)
	}
}

// failInstance makes the agent answer genErr for an instance.
func failInstance(a *agent, name string) {
	a.change(func(a *agent) {
		a.answer = func(req *gosnmp.SnmpPacket) ([]gosnmp.SnmpPDU, gosnmp.SNMPError, uint8, bool) {
			for i, v := range req.Variables {
				if v.Name == "."+name {
					return req.Variables, gosnmp.GenErr, uint8(i + 1), true
				}
			}
			return nil, 0, 0, false
		}
	})
}

// An answer with an error status is asked again in another way, within the same
// round. What is polled fast is asked for in every round all the same; a device
// that fails it every time is left to the slow way.
func TestErrorStatusIsDoneTheSlowWay(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	e, _ := running20(t, box, a.target("u"))
	_, n := box.until(t, "the first batch", 0, good(sourceID, 3))
	failInstance(a, "1.3.6.1.2.1.33.1.2.1.0")
	status := "u/ups_battery_status"
	before := facility.Tick(0)
	for range 6 {
		var b facility.Batch
		b, n = box.until(t, "a round without the failing instance", n, func(b facility.Batch) bool { _, ok := readingOf(b, status); return ok && missing(status)(b) })
		if !good(sourceID, 3)(b) {
			t.Errorf("the rest of tick %d: %+v", b.Tick, b.Readings)
		}
		if b.Tick == before {
			t.Errorf("two batches of tick %d", b.Tick)
		}
		before = b.Tick
	}
	if got := loopFigure(e, surprisesOf); got == 0 || got > clumsyRounds+1 {
		t.Errorf("%d surprises, want the device left to the slow way after %d", got, clumsyRounds)
	}
	a.change(func(a *agent) { a.answer = nil })
	if b, _ := box.until(t, "the instance again", n, good(status, 2)); b.Tick > before+20 {
		t.Errorf("seen again at tick %d, failed last at %d: want it in the next rounds", b.Tick, before)
	}
}

// A measured value that fails twice is asked for with the slow points only, so that
// the device stays in the loop, and is back once it can be given.
func TestValueThatFailsIsLeftToTheSlowPoints(t *testing.T) {
	t.Parallel()
	a, box := startAgent(t, ups()...), newMailbox()
	target := a.target("u")
	target.Intervals.Normal, target.Intervals.Slow = 10*time.Second, time.Minute
	e, _ := running20(t, box, target)
	load := `u/ups_output_load_ratio{phase="1"}`
	_, n := box.until(t, "the first batch", 0, good(load, 0.4))
	failInstance(a, "1.3.6.1.2.1.33.1.4.4.1.5.1")
	const rounds = 10
	for range rounds {
		_, n = box.until(t, "a round without the failing value", n, missing(load))
	}
	// Twice until it is known, and with the slow points, which are due every sixth round.
	if got := loopFigure(e, surprisesOf); got < failsBefore || got > failsBefore+rounds/6+2 {
		t.Errorf("%d surprises in %d rounds, want the value left out after %d", got, rounds, failsBefore)
	}
	a.change(func(a *agent) { a.answer = nil })
	box.until(t, "the value again", n, good(load, 0.4))
}

// The steady path from slots to readings allocates next to nothing: the batch that
// is handed over, whatever its size.
func TestSteadyDecodingAllocatesLittle(t *testing.T) {
	const phases = 60
	var objects []gosnmp.SnmpPDU
	objects = append(objects, num("1.3.6.1.2.1.33.1.2.1.0", 2))
	for i := 1; i <= phases; i++ {
		objects = append(objects, num("1.3.6.1.2.1.33.1.4.4.1.5."+strconv.Itoa(i), 40))
	}
	a := startAgent(t, objects...)
	e := New(builtin(t), clock.System(), nil, quiet(), Options{})
	d := newDevice(e, a.target("u"), discard{})
	d.pool = lean.NewPool(lean.Options{Loops: 1})
	if err := d.learn(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	d.hangUp()
	d.deliver(e.clk.Now(), nil) // the points
	d.due = allClasses
	d.carry = 0
	requests := d.Round(lean.Moment{}, false)
	slots := make([][]lean.Slot, len(requests))
	readings := 0
	for i, r := range requests {
		slots[i] = make([]lean.Slot, r.Varbinds())
		for k := range slots[i] {
			slots[i][k] = lean.Slot{Kind: lean.Signed, Bits: 40}
		}
		readings += r.Varbinds()
	}
	round := func() {
		d.due = allClasses
		for i := range d.Round(lean.Moment{}, false) {
			d.Answer(i, slots[i], nil)
		}
		d.at = e.clk.Now().Add(time.Second)
		d.Done(lean.Result{Outcome: lean.Whole, Answered: len(requests)})
	}
	n := testing.AllocsPerRun(50, round)
	if per := n / float64(readings); per > 0.05 {
		t.Errorf("%.0f allocations a round of %d readings: %.3f a reading, want at most 0.05", n, readings, per)
	}
}

// While a whole site is silent its devices are not asked one by one; each counts
// as failed all the same, so that the alarm of the site does not wait.
func TestDevicesOfASilentSiteCountAsFailed(t *testing.T) {
	a, box := startAgent(t, ups()...), newMailbox()
	e := New(builtin(t), clock.System(), nil, quiet(), Options{})
	d := newDevice(e, a.target("u"), box)
	d.pool = lean.NewPool(lean.Options{Loops: 1})
	if err := d.learn(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	d.hangUp()
	d.at, d.due = e.clk.Now(), allClasses
	for range 2 {
		if _, stay := d.Done(lean.Result{Outcome: lean.SiteSilent}); !stay {
			t.Fatal("the device leaves the loop")
		}
	}
	b := last(box.all()).(facility.Batch)
	if h := b.Health; h.ConsecFailed != 2 || h.Reachable || h.ErrorKind != facility.ErrTimeout || !strings.Contains(h.LastError, "not asked") {
		t.Errorf("health %+v", h)
	}
	if !missing(sourceID)(b) || d.shown.SiteSilent != 2 {
		t.Errorf("readings %+v, %d rounds not asked", b.Readings, d.shown.SiteSilent)
	}
}

// discard takes everything and keeps nothing.
type discard struct{}

func (discard) Accept(facility.Batch) error { return nil }

var _ collectors.Sink = discard{}
