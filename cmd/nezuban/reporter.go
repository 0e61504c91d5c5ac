package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/config"
	"nezuban/internal/facility"
	"nezuban/internal/history"
	"nezuban/internal/live"
	"nezuban/internal/ops"
	"nezuban/internal/records"
	"nezuban/reports"
	"nezuban/sla"
)

// A reporter gathers what a report is made of: records, history and, where the
// daemon runs, its live figures.
type reporter struct {
	dir      string
	site     *config.Site
	store    *records.Store
	history  *history.Client
	daemon   *api.Client // nil where the daemon does not run
	progress func(done, all int, what string)
	close    func()
}

// openReporter opens the stores for reading. With a stopped daemon it serves the
// time series itself while the report is made.
func openReporter(ctx context.Context, dir string, log *slog.Logger) (*reporter, error) {
	site, err := loadSite(dir, slog.New(slog.DiscardHandler)) // mistakes are named by check
	if err != nil {
		return nil, err
	}
	r := &reporter{dir: dir, site: site, progress: func(int, int, string) {}}
	r.store, err = records.Open(ctx, records.Options{
		Path: filepath.Join(site.DataDir, records.FileName), Node: nodeName, Clock: clock.System(), Log: log, ReadOnly: true,
	})
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	socket, stop := historySocket(site), func() {}
	c := api.NewClient(socketPath(dir))
	if _, err := c.Status(ctx); err == nil {
		r.daemon = c
	} else if !errors.Is(err, api.ErrNoDaemon) {
		return nil, errors.Join(err, r.store.Close())
	} else if site.History.URL == "" {
		if socket, stop, err = serveHistory(ctx, site, log); err != nil {
			return nil, errors.Join(err, r.store.Close())
		}
	}
	r.close = func() { stop(); r.store.Close() }
	r.history, err = history.NewClient(history.ClientOptions{
		Socket: socket, URL: site.History.URL, Token: site.History.Token.Reveal(), Site: site.Facility.Code, Clock: clock.System(), Log: log,
	})
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// serveHistory serves the time series on a socket of its own until stop.
func serveHistory(ctx context.Context, site *config.Site, log *slog.Logger) (socket string, stop func(), err error) {
	tmp, err := os.MkdirTemp("", "nezuban-report-")
	if err != nil {
		return "", nil, fmt.Errorf("history: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	socket = filepath.Join(tmp, "h", "history.sock")
	go func() {
		done <- history.Serve(ctx, history.ServerOptions{Dir: filepath.Join(site.DataDir, "history"), Socket: socket, Log: log})
	}()
	stop = func() {
		cancel()
		<-done
		os.RemoveAll(tmp)
	}
	c, err := history.NewClient(history.ClientOptions{Socket: socket, Clock: clock.System(), Log: log})
	if err != nil {
		stop()
		return "", nil, err
	}
	deadline := time.Now().Add(60 * time.Second)
	for {
		st, err := c.ChildStatus(ctx)
		if err == nil && (st.State == "ok" || st.State == "full") {
			return socket, stop, nil
		}
		select {
		case serveErr := <-done:
			done <- nil
			stop()
			return "", nil, fmt.Errorf("history: %w", serveErr)
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			stop()
			return "", nil, fmt.Errorf("history did not open within a minute: %w", errors.Join(err, ctx.Err()))
		}
	}
}

// daily gathers one day and builds its model.
func (r *reporter) daily(ctx context.Context, period string, now time.Time) (reports.Model, error) {
	from, to, err := reports.Daily(period, r.site.Facility.Zone)
	if err != nil {
		return reports.Model{}, err
	}
	if from.After(now) {
		return reports.Model{}, fmt.Errorf("the day %s has not begun yet", period)
	}
	now = now.Truncate(time.Second)
	asOf := to // of figures that end with the day; what happened to its alarms afterwards is told
	if now.Before(to) {
		asOf = now
	}
	in := reports.DailyInput{
		Site: r.site.Facility, PeriodID: period, From: from, To: to, AsOf: now, Version: version, TZData: zoneData(),
		TargetTitles: map[string]facility.Text{}, TargetRevisions: map[string]string{},
	}
	for _, t := range r.site.Targets {
		in.TargetTitles[t.Name] = t.DisplayName
	}
	if in.Devices, err = r.inService(ctx, asOf); err != nil {
		return reports.Model{}, err
	}
	absent := func(part string, err error) {
		in.Absent = append(in.Absent, reports.Absence{Part: part, Reason: err.Error()})
	}
	if len(in.Devices) == 0 {
		for _, part := range []string{reports.PartAlarms, reports.PartTargets, reports.PartDevices, reports.PartRefused} {
			in.Absent = append(in.Absent, reports.Absence{Part: part, Cause: reports.CauseNotWatched, Reason: "no device was in service yet"})
		}
		return reports.BuildDaily(in)
	}
	if in.Events, err = r.events(ctx, from, to); err != nil {
		return reports.Model{}, err
	}
	memory, err := r.memory(ctx)
	if err != nil {
		absent(reports.PartTargets, err)
		absent(reports.PartDevices, err)
	} else {
		if in.Gaps, err = r.gaps(ctx, memory, in.Devices, from, asOf); err != nil {
			absent(reports.PartDevices, err)
		}
		if in.Targets, err = r.targets(ctx, memory, asOf, now.Before(to)); err != nil {
			absent(reports.PartTargets, err)
		}
	}
	if r.daemon == nil {
		in.Absent = append(in.Absent, reports.Absence{Part: reports.PartRefused, Cause: reports.CauseNoDaemon, Reason: "the daemon does not run"})
	} else if err := r.refused(ctx, &in); err != nil {
		absent(reports.PartRefused, err)
	}
	return reports.BuildDaily(in)
}

// memory is what the daemon last saved of points and accounts.
func (r *reporter) memory(ctx context.Context) (live.Memory, error) {
	data, err := r.store.LoadAccounts(ctx)
	if err != nil {
		return live.Memory{}, err
	}
	m, err := live.ReadMemory(data)
	if err == nil && len(m.Points) == 0 {
		err = errors.New("the daemon has not yet read any device of this site")
	}
	return m, err
}

// events are all events of every alarm that stood in [from, to).
func (r *reporter) events(ctx context.Context, from, to time.Time) ([]alarm.Event, error) {
	list, err := r.store.Occurrences(ctx, records.Filter{From: from, To: to})
	if err != nil {
		return nil, err
	}
	var out []alarm.Event
	for i, o := range list {
		r.progress(i, len(list), "alarms")
		events, err := r.store.Events(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, events...)
	}
	return out, nil
}

// inService are the devices that were watched before the end, each with the
// moment from which it was: what the inventory says, else its first sighting.
func (r *reporter) inService(ctx context.Context, end time.Time) ([]facility.Device, error) {
	seen, err := r.store.Seen(ctx)
	if err != nil {
		return nil, err
	}
	var out []facility.Device
	for _, d := range devicesOf(r.site) {
		if d.Since.IsZero() {
			d.Since = seen[string(d.ID)]
		}
		if d.Since.Before(end) && !d.Since.IsZero() {
			out = append(out, d)
		}
	}
	return out, nil
}

// gaps finds each device's silences in its most often polled point, from the
// moment it came into service.
func (r *reporter) gaps(ctx context.Context, memory live.Memory, devices []facility.Device, from, to time.Time) ([]reports.DeviceGap, error) {
	pulse := map[facility.DeviceID]facility.Point{}
	for _, points := range memory.Points {
		for _, p := range points {
			if old, ok := pulse[p.Device]; !ok || p.Interval < old.Interval {
				pulse[p.Device] = p
			}
		}
	}
	named := map[facility.DeviceID]bool{} // in service by the inventory, not by the first sighting
	for _, t := range r.site.Devices {
		named[t.Device.ID] = !t.Device.Since.IsZero()
	}
	var out []reports.DeviceGap
	for i, d := range devices {
		r.progress(i, len(devices), "devices")
		begin := from
		if d.Since.After(from) {
			begin = d.Since
		}
		p, ok := pulse[d.ID]
		if !ok {
			out = append(out, reports.DeviceGap{Device: d.ID, From: begin, To: to, Never: true})
			continue
		}
		hold := facility.MaxAge(p.Interval)
		readings, err := r.history.Samples(ctx, p, facility.TickOf(begin.Add(-hold)), facility.TickOf(to))
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", p.ID, err)
		}
		silences := reports.Silences(d.ID, readings, hold, begin, to)
		if first := begin.Equal(d.Since) && !named[d.ID]; first && len(silences) > 0 && silences[0].From.Equal(begin) && silences[0].To.Sub(begin) <= hold {
			silences = silences[1:] // the first poll after the first sighting is no silence
		}
		out = append(out, silences...)
	}
	return out, nil
}

// targets are the running daemon's own figures for a day that is not over, and
// are computed from history otherwise, by the same arithmetic.
func (r *reporter) targets(ctx context.Context, memory live.Memory, asOf time.Time, open bool) ([]sla.Result, error) {
	if open && r.daemon != nil {
		return r.daemon.Results(ctx)
	}
	at := asOf.Add(-time.Second) // the window that the day's last second belongs to
	g, err := r.source(ctx, memory, at, asOf)
	if err != nil {
		return nil, err
	}
	var out []sla.Result
	for i := range r.site.Targets {
		r.progress(i, len(r.site.Targets), "targets")
		if closed := g.closedBy(&r.site.Targets[i], at, asOf); len(closed) > 0 {
			out = append(out, closed...)
			continue
		}
		list, err := g.results(ctx, r.site.Targets[i].Name, at, asOf)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// now is the running daemon's clock, which may be faster, or the system's.
func (r *reporter) now(ctx context.Context) time.Time {
	if r.daemon != nil {
		if s, err := r.daemon.Status(ctx); err == nil {
			return s.AsOf
		}
	}
	return time.Now()
}

// source gathers what targets are recomputed from, as known at asOf.
func (r *reporter) source(ctx context.Context, memory live.Memory, at, asOf time.Time) (*targetSource, error) {
	facts, err := recordedFacts(ctx, r.store, r.site, eventsSince(r.site.Targets, at), asOf)
	if err != nil {
		return nil, err
	}
	return &targetSource{site: r.site, memory: memory, facts: facts, versions: ops.VersionsOf(facts.Book, r.site.Targets), samples: r.history.Samples}, nil
}

// zoneData says whose time zone rules were used.
func zoneData() string {
	for _, dir := range []string{"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"} {
		if fileExists(dir) {
			return "the system's (" + dir + ")"
		}
	}
	return "built in, " + runtime.Version()
}

// refused asks the running daemon for its counts since it started.
func (r *reporter) refused(ctx context.Context, in *reports.DailyInput) error {
	s, err := r.daemon.Status(ctx)
	if err != nil {
		return err
	}
	list, err := r.daemon.Devices(ctx, "")
	if err != nil {
		return err
	}
	in.RefusedTo = in.AsOf
	in.RefusedFrom = time.Now().UTC().Add(-time.Duration(s.UptimeSeconds) * time.Second).Truncate(time.Second)
	in.Refused = map[facility.DeviceID]map[string]uint64{}
	for _, d := range list {
		if len(d.Refused) > 0 {
			in.Refused[facility.DeviceID(d.ID)] = d.Refused
		}
	}
	return nil
}
