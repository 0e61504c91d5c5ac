package live

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

func TestSilentDeviceIsOneAlarmAndItsFirePoints(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(10 * time.Second)
	b.fail(1)
	b.want("one lost round")
	b.pass(10 * time.Second)
	b.fail(2)
	b.want("two lost rounds", "DEVICE-SILENT UNACK")
	b.pass(6 * time.Second) // smoke is older than 25 s
	b.want("the fire point is unseen", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
	for n := 3; n < 20; n++ {
		b.pass(10 * time.Second)
		b.fail(n)
	}
	b.want("temperature is long stale, but the device speaks for it", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
	b.pass(10 * time.Second)
	b.poll(b.smoke(0)) // the fast class first
	b.want("answers again", "DEVICE-SILENT RTNUN", "FIRE-UNSEEN RTNUN")
	for range 7 {
		b.pass(10 * time.Second)
		b.poll(b.smoke(0))
	}
	b.want("the temperature has its grace", "DEVICE-SILENT RTNUN", "FIRE-UNSEEN RTNUN")
	b.pass(6 * time.Second)
	b.want("and did not use it", "DEVICE-SILENT RTNUN", "FIRE-UNSEEN RTNUN", "POINT-STALE UNACK")
	b.poll(b.temp(25), b.smoke(0))
	b.want("it is back", "DEVICE-SILENT RTNUN", "FIRE-UNSEEN RTNUN", "POINT-STALE RTNUN")
}

func TestDeviceThatIsNeverPolledIsNoticed(t *testing.T) {
	b := newBench(t, nil)
	b.pass(70 * time.Second)
	b.want("it may still come")
	b.pass(6 * time.Second)
	b.want("no batch in 75 s", "DEVICE-SILENT UNACK")
	b.poll(b.temp(25), b.smoke(0))
	b.want("it came", "DEVICE-SILENT RTNUN")
	b.pass(31 * time.Second)
	b.want("the engine brings nothing any more", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
}

func TestRestartGoesOnWithWhatStands(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(30), b.smoke(0))
	b.rec.acknowledge(t, "ALM-000001", b.clk.Now())
	b.fail(2)
	b.want("before", "HOT ACKED", "DEVICE-SILENT UNACK")
	b.clk.pass(20 * time.Second)
	b.restart(nil)
	b.pass(time.Second)
	b.want("nothing is known yet", "HOT ACKED", "DEVICE-SILENT UNACK")
	b.poll(b.smoke(0))
	b.want("the device answers, the temperature is not known yet", "HOT ACKED", "DEVICE-SILENT RTNUN")
	b.pass(10 * time.Second)
	b.poll(b.temp(26.7))
	b.want("the deadband still holds it", "HOT ACKED", "DEVICE-SILENT RTNUN")
	b.pass(10 * time.Second)
	b.poll(b.temp(26.4))
	b.want("first sample beyond the deadband", "DEVICE-SILENT RTNUN")
	if n := len(b.rec.events); n != 4 { // without the acknowledgement, which went past Commit
		t.Errorf("%d events of the evaluator, want 4: no second raise", n)
	}
}

func TestAlarmOfWhatIsGoneStandsAndIsMarked(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(30), b.smoke(0))
	b.want("hot", "HOT UNACK")
	b.table.Reload(Config{Rules: allRules})
	b.pass(10 * time.Minute)
	b.table.publish()
	b.want("the device is gone", "HOT UNACK")
	if !b.table.Snapshot().Unwatched["ALM-000001"] {
		t.Error("the alarm of a device that left the inventory is not marked")
	}
	b.table.Reload(Config{Rules: allRules, Devices: []facility.Device{hub}})
	b.rounds = 0
	b.poll(b.temp(25), b.smoke(0))
	b.table.publish()
	b.want("the device is back", "HOT RTNUN")
	if len(b.table.Snapshot().Unwatched) != 0 {
		t.Errorf("still marked: %v", b.table.Snapshot().Unwatched)
	}
}

func TestPointThatVanishesGoesStale(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(10 * time.Second)
	b.accept(facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Points: hubPoints()[:1], Readings: []facility.Reading{b.temp(25)},
		Health: facility.Health{Rounds: 2, LastAnswer: b.clk.Now(), Interval: 10 * time.Second}})
	b.pass(16 * time.Second)
	b.want("the smoke detector is not listed any more", "FIRE-UNSEEN UNACK")
	if v := b.view(smokeID); !v.Vanished {
		t.Error("the point is not marked as vanished")
	}
	b.table.Reload(Config{Rules: allRules, Devices: []facility.Device{hub}})
	b.table.publish()
	if n := b.table.Snapshot().Devices[0].NumPoints(); n != 1 {
		t.Errorf("%d points after the reload, want 1", n)
	}
}

// A point that comes and goes: its alarm was raised, the device stopped listing
// the point, and lists it again with a normal value.
func TestPointThatComesBackReturnsItsAlarm(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Rules = []*alarm.Rule{hotRule} })
	list := func(points []facility.Point, readings ...facility.Reading) {
		b.clk.pass(10 * time.Second)
		b.accept(facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Points: points, Readings: readings,
			Health: facility.Health{Rounds: 2, LastAnswer: b.clk.Now(), Interval: 10 * time.Second}})
	}
	list(hubPoints(), b.temp(30))
	b.want("hot", "HOT UNACK")
	list(hubPoints()[1:])
	b.table.publish()
	if !b.table.Snapshot().Unwatched["ALM-000001"] {
		t.Error("the alarm of a point that is not listed any more is not marked")
	}
	b.want("nothing clears by absence", "HOT UNACK")
	list(hubPoints(), b.temp(25))
	b.want("back and cool", "HOT RTNUN")
	list(hubPoints()[1:])
	list(hubPoints(), b.temp(25))
	b.want("and again: it does not return twice", "HOT RTNUN")
}

// After a restart nothing is known of a point for a while: that is no reason to
// let the alarm about its absence return.
func TestAbsenceAlarmWaitsForDataAfterARestart(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	for range 3 {
		b.pass(10 * time.Second)
		b.poll(b.temp(25))
	}
	b.want("the detector brings nothing", "FIRE-UNSEEN UNACK")
	b.restart(nil)
	for range 2 {
		b.pass(10 * time.Second)
		b.poll(b.temp(25))
	}
	b.want("still nothing", "FIRE-UNSEEN UNACK")
	b.pass(10 * time.Second)
	b.poll(b.temp(25), b.smoke(0))
	b.want("it is seen", "FIRE-UNSEEN RTNUN")
}

func TestHealthOfASnapshotIsNotTheEnginesOwn(t *testing.T) {
	b := newBench(t, nil)
	counts := map[string]uint64{facility.RefusedRange: 1}
	b.accept(facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Points: hubPoints(), Health: facility.Health{Rounds: 1, Refused: counts}})
	b.table.publish()
	counts[facility.RefusedRange] = 7 // the engine goes on counting
	if got := b.table.Snapshot().Devices[0].Health.Refused[facility.RefusedRange]; got != 1 {
		t.Errorf("the snapshot shows %d refused, want the 1 of its batch", got)
	}
	b.accept(facility.Batch{Device: "hub-1", Tick: facility.TickOf(b.clk.Now()), Health: facility.Health{Rounds: 2, Refused: counts}})
	b.table.publish()
	if got := b.table.Snapshot().Devices[0].Health.Refused[facility.RefusedRange]; got != 7 {
		t.Errorf("the next snapshot shows %d refused, want 7", got)
	}
}

// A program that was stopped and wakes has asked nobody meanwhile: that is no
// silence of the plant. What really is gone is still seen, one maximum age later.
func TestAPauseOfOurOwnIsNotTheSilenceOfThePlant(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	b.pass(5 * time.Second)
	b.clk.pass(2 * time.Minute) // stopped
	b.table.tick()
	b.pass(2 * time.Second)
	b.want("awake again")
	b.poll(b.smoke(0))
	b.pass(10 * time.Second)
	b.poll(b.temp(25), b.smoke(0))
	b.want("everything is back")
	if got := testutil.ToFloat64(b.table.metrics.pauses); got != 1 {
		t.Errorf("%v pauses counted", got)
	}
}

func TestWhatIsGoneAfterAPauseIsSeen(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	b.clk.pass(2 * time.Minute) // stopped; the device dies meanwhile
	b.table.tick()
	b.pass(24 * time.Second)
	b.want("it may still answer")
	b.pass(8 * time.Second)
	b.want("it does not", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
	b.clk.pass(2 * time.Minute) // and again
	b.table.tick()
	b.pass(time.Second)
	b.want("no alarm returns for a pause", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
}

// Grace without end would hide everything on a machine that is starved.
func TestPausesWithoutEndAreNoExcuse(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(0))
	for range 5 {
		b.clk.pass(20 * time.Second)
		b.table.tick()
	}
	b.pass(time.Second)
	b.want("five pauses in a row", "DEVICE-SILENT UNACK", "FIRE-UNSEEN UNACK")
}

// What nobody saw meanwhile is told: a program that stands still is a degraded watch.
func TestAPauseOfOurOwnIsAnAlarm(t *testing.T) {
	paused := &alarm.Rule{ID: RulePaused, Revision: 1, Select: selector("device=nezuban"), Type: alarm.NoData,
		Class: alarm.Compliance, Severity: alarm.Major, TimeToRespond: time.Hour, Text: alarm.Guidance{Name: facility.Text{En: "Stood still", Ja: "停止"}}}
	b := newBench(t, func(o *Options) { o.Devices, o.Rules = nil, []*alarm.Rule{paused} })
	pause := func(d time.Duration) {
		b.clk.pass(d)
		b.table.tick()
		b.table.commitAll(t.Context())
	}
	b.pass(2 * time.Second)
	pause(9 * time.Second)
	b.want("nine seconds")
	pause(95 * time.Second)
	b.want("a minute and a half", RulePaused+" UNACK")
	if o := b.rec.Standing()[0]; o.Device != SelfDevice || o.Value != 95 || o.Unit != facility.UnitSeconds {
		t.Errorf("occurrence %+v, want 95 s", o)
	}
	b.pass(9*time.Minute + 58*time.Second)
	b.want("within ten minutes", RulePaused+" UNACK")
	b.pass(3 * time.Second)
	b.want("ten minutes without another", RulePaused+" RTNUN")
}

// No edit of the configuration takes a fire alarm away: not its rule's removal,
// not its detector's, not another name of its zone.
func TestAFireAlarmOutlivesTheConfiguration(t *testing.T) {
	b := newBench(t, nil)
	b.poll(b.temp(25), b.smoke(1))
	b.want("fire", "SMOKE UNACK")
	var without []*alarm.Rule
	for _, r := range allRules {
		if r.ID != "SMOKE" {
			without = append(without, r)
		}
	}
	b.table.Reload(Config{Rules: without, Devices: []facility.Device{hub}})
	b.poll(b.temp(25), b.smoke(0))
	b.want("the rule is gone", "SMOKE UNACK")
	b.table.Reload(Config{Rules: without})
	b.pass(time.Minute)
	b.want("the detector is gone", "SMOKE UNACK")
	renamed := hub
	renamed.Place = "1F/hall-9"
	b.table.Reload(Config{Rules: allRules, Devices: []facility.Device{renamed}})
	b.rounds = 0
	b.poll(b.temp(25), b.smoke(0))
	b.want("all is back, under another name, and normal", "SMOKE LATUN")
}
