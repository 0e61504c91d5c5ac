package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	promcollectors "github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"nezuban/collectors"
	"nezuban/collectors/snmp/trap"
	"nezuban/internal/alarm"
	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/history"
	"nezuban/internal/live"
	"nezuban/internal/ops"
	"nezuban/internal/records"
	"nezuban/internal/secrets"
	"nezuban/tui/sshd"
)

// A daemon is the running product: one owner for every store, engine and server.
type daemon struct {
	dir   string
	clock clock.Clock
	log   *slog.Logger
	reg   *prometheus.Registry

	site    atomic.Pointer[config.Site]
	started *config.Site // as the daemon started with it
	store   *records.Store
	ops     *ops.Service
	history *history.Client
	table   *live.Table
	known   atomic.Pointer[known]
	notices notices
	targets targetRecords
	control *api.Server
	ssh     *sshd.Server
	metrics net.Listener
	changes map[string]chan collectors.Change
	polling *polling
	engines map[string]collectors.Engine
	traps   *trap.Receiver // nil: none are received
	mode    string         // "LIVE" or "DEMO"
	speed   float64        // of the clock, over 1 in an accelerated demo
	hangup  bool           // SIGHUP reads the site directory again; with a console it ends the program
}

type daemonOptions struct {
	dir   string
	clock clock.Clock
	log   *slog.Logger
	mode  string
	speed float64 // of the clock; 0 and 1 are real time

	consoles net.Listener // what consoles join; nil: the address of site.yaml
	hangup   bool
}

// openDaemon reads the configuration, opens the stores and listens; nothing
// runs yet. On an error everything opened so far is closed again.
func openDaemon(ctx context.Context, o daemonOptions) (_ *daemon, err error) {
	d := &daemon{dir: o.dir, clock: o.clock, log: o.log, mode: o.mode, hangup: o.hangup, speed: o.speed, reg: prometheus.NewRegistry(), changes: map[string]chan collectors.Change{}, polling: newPolling()}
	d.reg.MustRegister(promcollectors.NewGoCollector(), promcollectors.NewProcessCollector(promcollectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	site, err := loadLive(o.dir, o.log)
	if err != nil {
		return nil, err
	}
	d.site.Store(site)
	d.known.Store(knownOf(site))
	d.started = site
	if err := os.MkdirAll(site.DataDir, 0o750); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := d.openStores(ctx, site); err != nil {
		return nil, err
	}
	d.noteDevices(ctx, site)
	versions, err := d.openTargetRecords(ctx, site)
	if err != nil {
		return nil, err
	}
	d.openTable(ctx, site, versions)
	if err := d.openNotices(site); err != nil {
		return nil, err
	}
	d.engines = engines(site, d.clock, d.reg, d.log)
	for kind := range d.engines {
		d.changes[kind] = make(chan collectors.Change, 16)
	}
	if err := d.openTraps(site); err != nil {
		return nil, err
	}
	return d, d.listen(site, o.consoles)
}

// loadLive reads the site directory for the daemon, which needs the secrets too:
// devices asked with empty pass phrases would only fall silent.
func loadLive(dir string, log *slog.Logger) (*config.Site, error) {
	if _, err := secrets.Open(dir, identityPath(dir)); err != nil {
		return nil, err
	}
	return loadSite(dir, log)
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

func (d *daemon) listen(site *config.Site, consoles net.Listener) error {
	var err error
	d.control, err = api.Listen(api.Options{
		Socket: socketPath(d.dir), Clock: d.clock, Snapshot: d.table.Snapshot, Operations: d.ops, Targets: targetDesk{d.targets.ops, d}, Journal: journal{d.store},
		Trends: d.history, Traps: trapEvidence{d}, Person: d.personByUnixName, Console: d.console, Log: d.log,
	})
	if err != nil {
		return err
	}
	if d.metrics, err = net.Listen("tcp", site.HTTP.Listen); err != nil {
		return fmt.Errorf("metrics: %w; choose another http.listen in site.yaml", err)
	}
	d.ssh, err = sshd.Listen(sshd.Options{
		Address: site.SSH.Listen, Listener: consoles, HostKeyPath: site.SSH.HostKey,
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
	g.Go(func() error { return d.notices.worker.Run(ctx) })
	g.Go(func() error { return d.watchChannels(ctx) })
	g.Go(func() error { return d.watchSelf(ctx) })
	g.Go(func() error { return d.watchDrops(ctx) })
	g.Go(func() error { return d.runTargetRecords(ctx) })
	d.tellEngines(ctx, site)
	g.Go(func() error { return d.followStops(ctx) })
	for kind, e := range d.engines {
		g.Go(func() error { return e.Run(ctx, d.changes[kind], d.table) })
	}
	if d.traps != nil {
		g.Go(func() error { return d.traps.Run(ctx) })
	}
	g.Go(func() error { return d.control.Serve(ctx) })
	g.Go(func() error { return d.ssh.Serve(ctx) })
	g.Go(func() error { return api.ServeMetrics(ctx, d.metrics, d.reg, d.health) })
	if d.hangup {
		g.Go(func() error { return d.reloadOnHangup(ctx) })
	}
	d.ops.Record(ctx, "daemon", "daemon.start", d.dir, map[string]any{"version": version, "devices": len(site.Devices), "rules": len(site.Rules)})
	d.log.Info("nezuban runs", "version", version, "site", site.Facility.Code, "devices", len(site.Devices),
		"rules", len(site.Rules), "targets", len(site.Targets), "ssh", d.sshAddress(), "ssh_host_key", d.ssh.Fingerprint(),
		"metrics", d.metrics.Addr().String(), "control", socketPath(d.dir))
	if ready != nil {
		ready()
	}
	return g.Wait()
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
	if d.traps != nil {
		errs = append(errs, d.traps.Close())
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

func (d *daemon) personByID(id string) (duty.Person, bool) {
	for _, p := range d.site.Load().People {
		if p.ID == id {
			return p, true
		}
	}
	return duty.Person{}, false
}
