package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	promcollectors "github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"nezuban/collectors"
	"nezuban/internal/alarm"
	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/history"
	"nezuban/internal/live"
	"nezuban/internal/ops"
	"nezuban/internal/records"
	"nezuban/sla"
	"nezuban/tui/sshd"
)

// A daemon is the running product: one owner for every store, engine and server.
type daemon struct {
	dir   string
	clock clock.Clock
	log   *slog.Logger
	reg   *prometheus.Registry

	site    atomic.Pointer[config.Site]
	store   *records.Store
	ops     *ops.Service
	history *history.Client
	table   *live.Table
	control *api.Server
	ssh     *sshd.Server
	metrics net.Listener
	changes map[string]chan collectors.Change
	engines map[string]collectors.Engine
	mode    string  // "LIVE" or "DEMO"
	speed   float64 // of the clock, over 1 in an accelerated demo
	hangup  bool    // SIGHUP reads the site directory again; with a console it ends the program
}

type daemonOptions struct {
	dir   string
	clock clock.Clock
	log   *slog.Logger
	mode  string
	speed float64 // of the clock; 0 and 1 are real time

	hangup bool
}

// openDaemon reads the configuration, opens the stores and listens; nothing
// runs yet. On an error everything opened so far is closed again.
func openDaemon(ctx context.Context, o daemonOptions) (_ *daemon, err error) {
	d := &daemon{dir: o.dir, clock: o.clock, log: o.log, mode: o.mode, hangup: o.hangup, speed: o.speed, reg: prometheus.NewRegistry(), changes: map[string]chan collectors.Change{}}
	d.reg.MustRegister(promcollectors.NewGoCollector(), promcollectors.NewProcessCollector(promcollectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	site, err := loadSite(o.dir, o.log)
	if err != nil {
		return nil, err
	}
	d.site.Store(site)
	if err := os.MkdirAll(site.DataDir, 0o750); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := d.openStores(ctx, site); err != nil {
		return nil, err
	}
	d.noteDevices(ctx, site)
	d.openTable(ctx, site)
	d.engines = engines(site, d.clock, d.reg, d.log)
	for kind := range d.engines {
		d.changes[kind] = make(chan collectors.Change, 16)
	}
	return d, d.listen(site)
}

// loadSite reads the site directory; mistakes are printed all at once.
func loadSite(dir string, log *slog.Logger) (*config.Site, error) {
	site, problems := config.Load(dir, config.LoadOptions{Secrets: secretNames(dir), Now: time.Now()})
	mistakes := 0
	for _, p := range problems {
		if p.Warning {
			log.Warn("configuration", "problem", p.Error())
			continue
		}
		mistakes++
		log.Error("configuration", "problem", p.Error())
	}
	if mistakes > 0 {
		return nil, fmt.Errorf("the site directory %s has %d mistakes; `nezuban check --dir %s` lists them", dir, mistakes, dir)
	}
	return site, nil
}

func (d *daemon) openStores(ctx context.Context, site *config.Site) error {
	var err error
	d.store, err = records.Open(ctx, records.Options{
		Path: filepath.Join(site.DataDir, records.FileName), Node: nodeName, Clock: d.clock, Log: d.log,
		Reserve: site.Records.ReserveBytes, Registerer: d.reg,
	})
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	d.ops, err = ops.New(ctx, ops.Options{Store: d.store, Clock: d.clock, Log: d.log, Registerer: d.reg, Wake: d.wake})
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	d.history, err = history.NewClient(history.ClientOptions{
		Socket: historySocket(site), URL: site.History.URL, Token: site.History.Token.Reveal(), Site: site.Facility.Code,
		Clock: d.clock, Registerer: d.reg, Log: d.log,
	})
	return err
}

func historySocket(site *config.Site) string {
	return filepath.Join(site.DataDir, "run", "history.sock")
}

// wake tells the table that a person or the evaluator changed an alarm.
func (d *daemon) wake() {
	if d.table != nil {
		d.table.Notify()
	}
}

func (d *daemon) openTable(ctx context.Context, site *config.Site) {
	d.table = live.New(live.Options{
		Clock: d.clock, Site: site.Facility, Devices: devicesOf(site), Rules: site.Rules, Targets: site.Targets,
		Committer: d.ops, History: d.history, Checkpoints: d.store, Backfill: d.backfill,
		Registerer: d.reg, Log: d.log, Version: version, Stores: d.stores, ClockRule: ruleByID(site.Rules, clockRule),
	})
	if err := d.table.Restore(ctx); err != nil {
		d.log.Warn("targets begin anew", "err", err)
	}
}

// backfill gives the table the stored samples of a point, for the time it did
// not run.
func (d *daemon) backfill(ctx context.Context, id facility.PointID, from, to time.Time) ([]sla.Sample, error) {
	p, ok := d.pointByID(id)
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

func (d *daemon) pointByID(id facility.PointID) (facility.Point, bool) {
	for _, dev := range d.table.Snapshot().Devices {
		for i := range dev.Points {
			if dev.Points[i].Point.ID == id {
				return *dev.Points[i].Point, true
			}
		}
	}
	return facility.Point{}, false
}

// clockRule is the builtin rule that stands while our own clock was stepped.
const clockRule = "CLOCK-STEPPED"

func ruleByID(rules []*alarm.Rule, id string) *alarm.Rule {
	for _, r := range rules {
		if r.ID == id {
			return r
		}
	}
	return nil
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

func (d *daemon) stores() live.Stores {
	var s live.Stores
	h := &s.History
	var held int
	h.State, h.Detail, h.SamplesTotal, held, h.DroppedSamples = d.history.Status()
	h.HeldSamples = held
	s.Records.State, s.Records.Detail, s.Records.Pending = d.ops.RecordsStatus()
	return s
}

func (d *daemon) listen(site *config.Site) error {
	var err error
	d.control, err = api.Listen(api.Options{
		Socket: socketPath(d.dir), Clock: d.clock, Snapshot: d.table.Snapshot, Operations: d.ops, Journal: journal{d.store},
		Trends: d.history, Person: d.personByUnixName, Console: d.console, Log: d.log,
	})
	if err != nil {
		return err
	}
	if d.metrics, err = net.Listen("tcp", site.HTTP.Listen); err != nil {
		return fmt.Errorf("metrics: %w; choose another http.listen in site.yaml", err)
	}
	d.ssh, err = sshd.Listen(sshd.Options{
		Address: site.SSH.Listen, HostKeyPath: hostKeyPath(d.dir),
		Authorize: d.authorize, NewModel: d.newConsole, Sessions: sessions{d.ops}, Language: site.Facility.Language,
		MaxSessions: site.SSH.MaxSessions, MaxPerPerson: site.SSH.MaxPerPerson, IdleReadOnly: site.SSH.IdleReadOnly,
		Log: d.log, Registerer: d.reg,
	})
	return err
}

func (d *daemon) sshAddress() string { return d.ssh.Addr().String() }

func (d *daemon) console() api.Console {
	return api.Console{Address: d.sshAddress(), HostKey: d.ssh.HostKey()}
}

// run does the work until ctx ends; ready is called once everything runs.
func (d *daemon) run(ctx context.Context, ready func()) error {
	g, ctx := errgroup.WithContext(ctx)
	site := d.site.Load()
	g.Go(func() error { return d.runHistory(ctx, site) })
	g.Go(func() error { return d.ops.Run(ctx) })
	g.Go(func() error { return d.table.Run(ctx) })
	for kind, e := range d.engines {
		d.changes[kind] <- collectors.Change{Set: targetsOf(site, kind)}
		g.Go(func() error { return e.Run(ctx, d.changes[kind], d.table) })
	}
	g.Go(func() error { return d.control.Serve(ctx) })
	g.Go(func() error { return d.ssh.Serve(ctx) })
	g.Go(func() error { return api.ServeMetrics(ctx, d.metrics, d.reg, d.health) })
	if d.hangup {
		g.Go(func() error { return d.reloadOnHangup(ctx) })
	}
	d.log.Info("nezuban runs", "version", version, "site", site.Facility.Code, "devices", len(site.Devices),
		"rules", len(site.Rules), "targets", len(site.Targets), "ssh", d.sshAddress(), "ssh_host_key", d.ssh.Fingerprint(),
		"metrics", d.metrics.Addr().String(), "control", socketPath(d.dir))
	if ready != nil {
		ready()
	}
	return g.Wait()
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

func targetsOf(site *config.Site, engine string) []collectors.Target {
	var out []collectors.Target
	for _, t := range site.Devices {
		if t.Device.Engine == engine {
			out = append(out, t)
		}
	}
	return out
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

// health is nil while alarms are evaluated and recorded.
func (d *daemon) health() error {
	if state, detail, _ := d.ops.RecordsStatus(); state != "ok" {
		return fmt.Errorf("records are %s: %s", state, detail)
	}
	if state, detail, _, _, _ := d.history.Status(); state != "ok" {
		return fmt.Errorf("history is %s: %s", state, detail)
	}
	return nil
}

// close gives back what openDaemon took, also after a half-done open.
func (d *daemon) close() error {
	var errs []error
	for _, c := range []io.Closer{d.metrics} {
		if c != nil {
			if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	return errors.Join(errs...)
}

// journal reads recorded alarms for the control socket and the console.
type journal struct{ *records.Store }

// Occurrences lists the newest first, ended ones too.
func (j journal) Occurrences(ctx context.Context, limit int) ([]alarm.Occurrence, error) {
	return j.Store.Occurrences(ctx, records.Filter{Limit: limit})
}

func (d *daemon) personByUnixName(name string) (duty.Person, bool) {
	for _, p := range d.site.Load().People {
		if p.UnixName != "" && p.UnixName == name {
			return p, true
		}
	}
	return duty.Person{}, false
}
