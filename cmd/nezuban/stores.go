package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/history"
	"nezuban/internal/notify"
	"nezuban/internal/ops"
	"nezuban/internal/records"
)

func (d *daemon) openStores(ctx context.Context, site *config.Site) error {
	var err error
	d.store, err = records.Open(ctx, records.Options{
		Path: filepath.Join(site.DataDir, records.FileName), Node: nodeName, Clock: d.clock, Log: d.log,
		Reserve: site.Records.ReserveBytes, Witness: site.Records.Witness, Registerer: d.reg,
	})
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	settings, err := notifySettings(site)
	if err != nil {
		return err
	}
	d.notices.planner = notify.NewPlanner(settings, d.rule, d.log)
	d.ops, err = ops.New(ctx, ops.Options{
		Store: d.store, Clock: d.clock, Log: d.log, Registerer: d.reg, Wake: d.wake, Current: d.personByID,
		Planner: d.notices.planner, Rules: d.rules, Supply: d.supply, Grouping: d.grouping, Unwatched: d.unwatched,
		Positions: func() []duty.Position { return d.site.Load().Positions }, Attributes: d.attributes, Sight: d.sight,
	})
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	socket := "" // a cluster is reached by its URL alone
	if site.History.URL == "" {
		socket = historySocket(site)
	}
	d.history, err = history.NewClient(history.ClientOptions{
		Socket: socket, URL: site.History.URL, Token: site.History.Token.Reveal(), Site: site.Facility.Code,
		Clock: d.clock, Registerer: d.reg, Log: d.log,
	})
	return err
}

func historySocket(site *config.Site) string {
	return filepath.Join(site.DataDir, "run", "history.sock")
}

// runHistory keeps the child and delivers readings to it. The child outlives the
// client's last delivery.
func (d *daemon) runHistory(ctx context.Context, site *config.Site) error {
	if site.History.URL != "" {
		return d.history.Run(ctx)
	}
	childCtx, end := context.WithCancel(context.WithoutCancel(ctx))
	child := history.Supervise(childCtx, history.SupervisorOptions{
		Dir: historyDir(site, d.speed), Socket: historySocket(site), Extra: d.historyFlags, Registerer: d.reg, Log: d.log,
	})
	err := d.history.Run(ctx)
	end()
	child.Wait()
	return err
}

// historyDir is where the time series lie. A demo that runs faster than time
// begins anew in a directory of its own: its stamps are nobody else's.
func historyDir(site *config.Site, speed float64) string {
	if speed > 1 {
		return filepath.Join(site.DataDir, "history-accelerated")
	}
	return filepath.Join(site.DataDir, "history")
}

// historyFlags are the child's flags from the site's settings.
func (d *daemon) historyFlags() []string {
	h := d.site.Load().History
	var args []string
	if h.Listen != "" {
		args = append(args, "--listen", h.Listen)
	}
	if h.Retention > 0 {
		args = append(args, "--retention", h.Retention.String())
	}
	if h.MinFreeBytes > 0 {
		args = append(args, "--min-free-bytes", strconv.FormatUint(uint64(h.MinFreeBytes), 10))
	}
	if h.MinFreePercent > 0 {
		args = append(args, "--min-free-ratio", strconv.FormatFloat(float64(h.MinFreePercent)/100, 'f', -1, 64))
	}
	if d.speed > 1 {
		args = append(args, "--epoch", d.clock.Now().Format(time.RFC3339Nano), "--speed", strconv.FormatFloat(d.speed, 'g', -1, 64))
	}
	return args
}
