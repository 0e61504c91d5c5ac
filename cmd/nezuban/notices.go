package main

import (
	"context"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/live"
	"nezuban/internal/notify"
)

// notices are who is told and how it gets out.
type notices struct {
	planner *notify.Planner
	worker  *notify.Worker
}

// Rules about the ways out themselves, raised for the program's own device.
const (
	ruleChannel   = "NOTIFY-CHANNEL-FAILING"
	ruleHeartbeat = "HEARTBEAT-FAILING"
)

// openNotices makes the worker. It also runs without a channel: a reload may
// bring one.
func (d *daemon) openNotices(site *config.Site) error {
	settings, err := notifySettings(site)
	if err != nil {
		return err
	}
	d.notices.worker = notify.New(notify.Options{
		Clock: d.clock, Outbox: d.ops, Settings: settings, Active: d.told, Rule: d.rule, Healthy: d.health,
		Failing: func(name string, failing bool, since time.Time, _ string) {
			d.wayOut(ruleChannel, name, failing, since)
		},
		Heartbeat: func(name string, failing bool, since time.Time, _ string) {
			d.wayOut(ruleHeartbeat, name, failing, since)
		},
		Registerer: d.reg, Log: d.log,
	})
	return nil
}

// wayOut raises the alarm that a channel or a heartbeat fails, or lets it return.
func (d *daemon) wayOut(rule, name string, failing bool, since time.Time) {
	seconds := max(d.clock.Now().Sub(since), 0).Truncate(time.Second).Seconds()
	d.table.SetSelf(rule, name, failing, "failing", seconds, failing)
}

// applyNotices takes up changed settings. Ways out that are gone fail no more.
func (d *daemon) applyNotices(site *config.Site) {
	settings, err := notifySettings(site)
	if err != nil {
		d.log.Error("notices go on as before", "err", err)
		return
	}
	d.notices.planner.Apply(settings)
	d.notices.worker.Apply(settings)
	d.keepWaysOut(settings)
}

func (d *daemon) keepWaysOut(s notify.Settings) {
	var channels, beats []string
	for _, c := range s.Channels {
		channels = append(channels, c.Name)
	}
	for _, h := range s.Heartbeats {
		beats = append(beats, h.Name)
	}
	d.table.KeepSelf(ruleChannel, channels)
	d.table.KeepSelf(ruleHeartbeat, beats)
}

const channelInterval = 10 * time.Second

// watchChannels ends alarms about ways out that were raised before a restart:
// the worker begins anew and does not know of them.
func (d *daemon) watchChannels(ctx context.Context) error {
	if settings, err := notifySettings(d.site.Load()); err == nil {
		d.keepWaysOut(settings)
	}
	for d.clock.Sleep(ctx, channelInterval) == nil {
		for _, c := range d.notices.worker.Status() {
			if c.Failing || c.LastSent.IsZero() {
				continue
			}
			rule := ruleChannel
			if c.Heartbeat {
				rule = ruleHeartbeat
			}
			d.wayOut(rule, c.Name, false, c.LastSent)
		}
	}
	return nil
}

// told are the alarms of which receivers that forget are reminded: active,
// neither held back nor somebody's consequence.
func (d *daemon) told() []alarm.Occurrence {
	standing, grouping := d.ops.Standing(), d.grouping()
	alone := map[string]bool{}
	for _, g := range grouping.Groups {
		for _, id := range g.Alone {
			alone[id] = true
		}
	}
	var out []alarm.Occurrence
	for i := range standing {
		o := &standing[i]
		if _, member := grouping.RootOf[o.ID]; o.Active && !o.IsSuppressed() && (!member || alone[o.ID]) {
			out = append(out, *o)
		}
	}
	return out
}

// figures are what ops counts, and how the channels do.
func (d *daemon) figures() live.Figures {
	f := d.ops.Figures()
	f.Notify.Configured = len(d.site.Load().Notify.Channels) > 0
	if d.notices.worker != nil {
		waiting := map[string]int{}
		for _, c := range f.Notify.Channels {
			waiting[c.Name] = c.Waiting
		}
		f.Notify.Channels = channelStatus(d.notices.worker.Status())
		for i := range f.Notify.Channels {
			f.Notify.Channels[i].Waiting = waiting[f.Notify.Channels[i].Name]
		}
	}
	return f
}
