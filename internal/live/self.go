package live

import (
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// Rules of which the table itself knows when they are on. They stand at
// SelfDevice, except RuleFireNotSeen, which stands at the device that is not
// seen. Where the site has no rule of the name, nothing is raised.
const (
	RuleClockStepped = "CLOCK-STEPPED"     // our own clock was stepped; returns ten minutes after the last step
	RulePaused       = "MONITORING-PAUSED" // this program stood still; returns ten minutes after the last time
	RuleSite         = "SITE-UNREACHABLE"  // most devices do not answer at once
	RuleFireNotSeen  = "FIRE-NOT-SEEN"     // a device with points that protect life does not answer
)

const (
	siteLeast = 3  // devices that must be unreachable before the site is
	siteOn    = 80 // per cent of the polled devices unreachable: on
	siteOff   = 50 // below it: off
)

// SetSelf says whether something of the program itself is wrong: the rule's
// alarm at SelfDevice goes on or off. part tells several of one rule apart, such
// as a channel's name; "" where there is one only. level is a word of the rule's
// own; value, where has is set, is in seconds. What is so already, and a rule
// that the site does not have, changes nothing.
func (t *Table) SetSelf(rule, part string, on bool, level string, value float64, has bool) {
	now, mono := t.o.Clock.Now(), t.o.Clock.Mono()
	t.mu.Lock()
	defer t.mu.Unlock()
	c := alarm.Change{Active: on, At: now, Level: level, Value: value, HasValue: has}
	if has {
		c.Unit = facility.UnitSeconds
	}
	t.setSelf(rule, part, c, mono)
}

// setSelf hands c over where it is news. Of a return the level is the one that
// was raised.
func (t *Table) setSelf(rule, part string, c alarm.Change, mono time.Duration) {
	r := t.rules[rule]
	point := selfPoint(part)
	was, active := t.active[standingKey{rule, SelfDevice, point}]
	if r == nil || c.Active == active {
		return
	}
	if !c.Active {
		c.Level = was
	}
	c.Rule, c.Device, c.Point, c.Category, c.Name = r, SelfDevice, point, "resources", r.Text.Name
	if part != "" {
		c.Name = facility.Text{En: r.Text.Name.En + " " + part, Ja: r.Text.Name.Ja + " " + part}
	}
	c.At = c.At.UTC()
	t.enqueue(&c, mono)
}

// selfPoint tells the parts of one rule about the program itself apart.
func selfPoint(part string) facility.PointID {
	if part == "" {
		return ""
	}
	return facility.MakePointID(SelfDevice, part, nil)
}

// isOn reports whether the rule's alarm about the program itself is active. The
// caller holds mu.
func (t *Table) isOn(rule, part string) bool {
	_, active := t.active[standingKey{rule, SelfDevice, selfPoint(part)}]
	return active
}

// evaluateSite counts the polled devices that do not answer. Hysteresis keeps a
// site that comes back device by device from being lost twice.
func (t *Table) evaluateSite(now time.Time, mono time.Duration) {
	polled, silent := 0, 0
	for _, d := range t.order {
		if d.model {
			continue
		}
		polled++
		if d.silent {
			silent++
		}
	}
	_, active := t.active[standingKey{rule: RuleSite, device: SelfDevice}]
	on := silent >= siteLeast && silent*100 >= polled*siteOn
	if active && !on && polled > 0 {
		on = silent*100 >= polled*siteOff
	}
	if on != active {
		t.setSelf(RuleSite, "", alarm.Change{Active: on, At: now, Level: alarm.LevelNoData, Value: float64(silent), HasValue: true, Unit: facility.UnitCount}, mono)
	}
}

// clockAlarm raises the alarm about our own clock, or lets it return.
func (t *Table) clockAlarm(now time.Time, mono time.Duration, stepped bool) {
	if !stepped && mono-t.stepMono < clockSettles {
		return
	}
	t.setSelf(RuleClockStepped, "", alarm.Change{
		Active: stepped, At: now, Level: "stepped", Value: t.stepBy.Seconds(), HasValue: true, Unit: facility.UnitSeconds,
	}, mono)
}

// pauseAlarm raises the alarm that this program stood still for gap, or, with
// none, lets it return.
func (t *Table) pauseAlarm(now time.Time, mono, gap time.Duration) {
	if gap > 0 {
		t.pausedMono = mono
	} else if mono-t.pausedMono < pauseDistance {
		return
	}
	t.setSelf(RulePaused, "", alarm.Change{
		Active: gap > 0, At: now, Level: "paused", Value: gap.Truncate(time.Second).Seconds(), HasValue: true, Unit: facility.UnitSeconds,
	}, mono)
}

// KeepSelf ends the rule's alarms at SelfDevice for every part that is not among
// parts: a channel that is gone fails no more.
func (t *Table) KeepSelf(rule string, parts []string) {
	kept := map[facility.PointID]bool{"": true}
	for _, part := range parts {
		kept[facility.MakePointID(SelfDevice, part, nil)] = true
	}
	now, mono := t.o.Clock.Now(), t.o.Clock.Mono()
	t.mu.Lock()
	defer t.mu.Unlock()
	for key := range t.active {
		if key.rule == rule && key.device == SelfDevice && !kept[key.point] {
			part := strings.TrimPrefix(string(key.point), string(SelfDevice)+"/")
			t.setSelf(rule, part, alarm.Change{At: now}, mono)
		}
	}
}
