package main

import (
	"context"
	"fmt"
	"time"

	"nezuban/internal/config"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/sla"
)

// wake tells the table that a person or the evaluator changed an alarm or what
// holds it back.
func (d *daemon) wake() {
	if d.table != nil {
		d.table.Notify()
	}
	if d.notices.worker != nil {
		d.notices.worker.Wake()
	}
	d.polling.wake()
}

func (d *daemon) openTable(ctx context.Context, site *config.Site, versions map[string][]sla.Version) {
	d.table = live.New(live.Options{
		Clock: d.clock, Site: site.Facility, Devices: devicesOf(site), Rules: site.Rules, Targets: site.Targets, Versions: versions, Closed: d.closeWindow,
		Committer: d.ops, History: d.history, Checkpoints: d.store, Backfill: d.backfill,
		Registerer: d.reg, Log: d.log, Version: version, Stores: d.stores, Figures: d.figures,
		Models: modelsOf(site), Expected: expectedPoints(site),
	})
	d.table.SetStops(d.ops.Stops())
	if err := d.table.Restore(ctx); err != nil {
		d.log.Warn("targets begin anew", "err", err)
	}
	if err := d.tellFacts(ctx); err != nil {
		d.log.Warn("what was recorded about targets was not read", "err", err)
	}
}

// closeWindow records the figures of a window that is over.
func (d *daemon) closeWindow(ctx context.Context, c sla.Closing) {
	c.Zones = zoneData()
	if err := d.targets.ops.Close(ctx, c); err != nil {
		d.log.Warn("the figures of a window were not recorded; they are tried again", "target", c.Target, "err", err)
	}
}

// backfill gives the table the stored samples of a point, for the time it did
// not run.
func (d *daemon) backfill(ctx context.Context, id facility.PointID, from, to time.Time) ([]sla.Sample, error) {
	p, ok := d.table.Point(id)
	if !ok {
		return nil, fmt.Errorf("backfill: no point %s", id)
	}
	readings, err := d.history.Samples(ctx, p, facility.TickOf(from), facility.TickOf(to)+1)
	if err != nil {
		return nil, err
	}
	out := make([]sla.Sample, 0, len(readings))
	for _, r := range readings {
		out = append(out, sla.Sample{At: int64(r.Tick), Value: r.Value, Known: r.Quality == facility.Good})
	}
	return out, nil
}

// noteDevices remembers when each device came into the inventory: a report does
// not call it silent before that.
func (d *daemon) noteDevices(ctx context.Context, site *config.Site) {
	ids := make([]string, 0, len(site.Devices))
	for _, t := range site.Devices {
		ids = append(ids, string(t.Device.ID))
	}
	if _, err := d.store.FirstSeen(ctx, ids, d.clock.Now()); err != nil {
		d.log.Warn("first sight of devices not recorded", "err", err)
	}
}

func devicesOf(site *config.Site) []facility.Device {
	out := make([]facility.Device, 0, len(site.Devices))
	for _, t := range site.Devices {
		out = append(out, t.Device)
	}
	return out
}

// accountedOf are the devices whose points targets may speak of: those of the
// inventory and those of the models.
func accountedOf(site *config.Site) []facility.Device {
	out := devicesOf(site)
	for _, m := range []struct {
		id  facility.DeviceID
		has bool
	}{{facility.PowerModel, site.OneLine != nil}, {facility.FireModel, len(site.Fire) > 0}, {facility.CoolingModel, len(site.Cooling) > 0}} {
		if d, ok := facility.ModelDevice(m.id, site.Facility.Language); ok && m.has {
			out = append(out, d)
		}
	}
	return out
}

func (d *daemon) stores() live.Stores {
	var s live.Stores
	h := &s.History
	var held int
	h.State, h.Detail, h.SamplesTotal, held, h.DroppedSamples = d.history.Status()
	h.HeldSamples = held
	s.Records.State, s.Records.Detail, s.Records.Pending = d.ops.RecordsStatus()
	return s
}

func modelsOf(site *config.Site) live.Models {
	return live.Models{OneLine: site.OneLine, Fire: site.Fire, Cooling: site.Cooling}
}

// expectedPoints are what the inventory says hubs have behind their inputs.
func expectedPoints(site *config.Site) map[facility.DeviceID][]facility.Point {
	out := map[facility.DeviceID][]facility.Point{}
	for _, t := range site.Devices {
		for _, b := range t.Bindings {
			p := facility.Point{Device: t.Device.ID, Metric: b.Metric, Name: b.Name}
			for name, value := range b.Labels {
				p.Labels = append(p.Labels, facility.Label{Name: name, Value: value})
			}
			if b.Zone != "" {
				p.Labels = append(p.Labels, facility.Label{Name: "zone", Value: b.Zone})
			}
			p.ID = facility.MakePointID(p.Device, p.Metric, p.Labels)
			out[p.Device] = append(out[p.Device], p)
		}
	}
	return out
}
