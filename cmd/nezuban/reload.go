package main

import (
	"context"
	"os"
	"os/signal"
	"reflect"
	"syscall"

	"nezuban/collectors"
	"nezuban/internal/config"
	"nezuban/internal/facility"
)

// reloadOnHangup reads the site directory again on SIGHUP. A directory with
// mistakes changes nothing.
func (d *daemon) reloadOnHangup(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
		}
		site, err := loadSite(d.dir, d.log)
		if err != nil {
			d.log.Error("reload refused; the old configuration stays", "err", err)
			continue
		}
		d.apply(ctx, site)
	}
}

// apply takes a new configuration up without losing state: only devices that
// changed are told to their engines.
func (d *daemon) apply(ctx context.Context, site *config.Site) {
	old := d.site.Swap(site)
	d.noteDevices(ctx, site)
	d.table.Reload(site.Rules, site.Targets, devicesOf(site))
	for kind, ch := range d.changes {
		c := difference(targetsOf(old, kind), targetsOf(site, kind))
		if len(c.Set)+len(c.Remove) == 0 {
			continue
		}
		select {
		case ch <- c:
		case <-ctx.Done():
			return
		}
		for _, id := range c.Remove {
			d.history.Forget(id)
		}
	}
	d.log.Info("reloaded", "devices", len(site.Devices), "rules", len(site.Rules), "targets", len(site.Targets))
}

func difference(old, now []collectors.Target) collectors.Change {
	var c collectors.Change
	before := map[facility.DeviceID]collectors.Target{}
	for _, t := range old {
		before[t.Device.ID] = t
	}
	for _, t := range now {
		if o, ok := before[t.Device.ID]; !ok || !reflect.DeepEqual(o, t) {
			c.Set = append(c.Set, t)
		}
		delete(before, t.Device.ID)
	}
	for _, t := range old {
		if _, gone := before[t.Device.ID]; gone {
			c.Remove = append(c.Remove, t.Device.ID)
		}
	}
	return c
}
