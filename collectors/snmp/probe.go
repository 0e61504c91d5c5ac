package snmp

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// ProbeResult is what one look at a device brought.
type ProbeResult struct {
	Identity  facility.Identity
	Kind      string // of the first profile that names one, network where none does and the device says so; else ""
	Category  string
	Points    []facility.Point
	Readings  []facility.Reading // parallel to Points, stamped with the moment of the probe
	Problems  []string           // what discovery found wrong, for people
	Refused   map[string]uint64  // by cause, see facility.Refused constants
	RoundTrip time.Duration
}

// Probe identifies one device, discovers its points and reads each of them once.
// The error is a *PollError where the device did not answer; KindOf names its
// cause. Readings that are not whole come with both a result and an error.
func Probe(ctx context.Context, lib *profile.Library, target collectors.Target) (ProbeResult, error) {
	if target.Device.ID == "" {
		target.Device.ID = "probed"
	}
	clk, quiet := clock.System(), slog.New(slog.DiscardHandler)
	d := newDevice(New(lib, clk, nil, quiet, Options{}), target, nil)
	d.registers = true
	defer d.hangUp()
	err := d.learn(ctx, nil)
	if errors.Is(err, errNoAnswer) && ctx.Err() == nil {
		// The daemon asks again in the next round. Here two lost datagrams would be the
		// last word, which one device in a hundred has on a network that loses a tenth.
		err = d.learn(ctx, nil)
	}
	if err != nil {
		return ProbeResult{}, err
	}
	now := clk.Now()
	out := ProbeResult{Identity: d.identity, Points: d.plan.points, Problems: d.plan.problems}
	out.Kind, out.Category = d.plan.kind, d.plan.category
	readings, err := d.read(ctx, allClasses)
	if err != nil && isTimeout(err) && ctx.Err() == nil {
		if more, again := d.read(ctx, allClasses); more != nil {
			readings, err = more, again
		}
	}
	if readings == nil {
		readings = d.missing(allClasses)
	}
	for i := range readings {
		readings[i].Tick = facility.TickOf(now)
	}
	out.Readings, out.Refused, out.RoundTrip = readings, maps.Clone(d.refusedByNow), d.health.RoundTrip
	return out, err
}
