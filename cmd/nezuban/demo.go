package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/records"
	"nezuban/internal/sim"
)

type demoOptions struct {
	headless bool
	forTime  time.Duration
	faults   []string
	seed     int64
	speed    float64
	lang     string
	glyphs   string
	base     string
}

func demoCommand(f *flags) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole product against a simulated facility",
		Long: `Demo starts about 60 simulated devices that speak real SNMP on loopback
addresses, the daemon that polls them, and the console in this terminal. It
writes an ordinary site directory into --dir, with a client key, so that a second
console can join over ssh; data stays there from one demo to the next.

--fault starts a fault script after a time: utility-a-loss@20s; most can be aimed at
another device of the same kind: ups-a2-fail:ups-b1@20s. List them with
` + "`nezuban simulate faults --dir DIR`" + ` and start more with
` + "`nezuban simulate inject NAME --dir DIR`" + ` while the demo runs.

--headless draws no console and prints a status line a second.`,
		Example: `  nezuban demo --dir demo
  nezuban demo --dir demo --lang ja --fault crac-fail@10s --speed 10
  nezuban demo --dir demo --headless --for 90s --fault utility-a-loss@20s`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if o.forTime > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, o.forTime)
				defer cancel()
			}
			return demo(ctx, f.dir, o, cmd.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&o.headless, "headless", false, "no console: print a status line a second")
	c.Flags().DurationVar(&o.forTime, "for", 0, "end after this time; 0 runs until left")
	c.Flags().StringArrayVar(&o.faults, "fault", nil, "start a fault: NAME or NAME@20s; may be repeated")
	c.Flags().Int64Var(&o.seed, "seed", 1, "seed of all that is random")
	c.Flags().Float64Var(&o.speed, "speed", 1, "how many times faster than real time, 1 to 20")
	c.Flags().StringVar(&o.lang, "lang", "en", "language of the console: en or ja")
	c.Flags().StringVar(&o.glyphs, "glyphs", "auto", "unicode, ascii or auto")
	c.Flags().StringVar(&o.base, "base", "127.77.0.1", "loopback address of the first simulated device")
	return c
}

// demo runs the simulated facility and the daemon that watches it.
func demo(ctx context.Context, dir string, o demoOptions, out io.Writer) (err error) {
	plan, err := parsePlanned(o.faults)
	if err != nil {
		return err
	}
	if o.speed < 1 || o.speed > 20 {
		return fmt.Errorf("--speed %g: want 1 to 20", o.speed)
	}
	if o.lang != "en" && o.lang != "ja" {
		return fmt.Errorf("--lang %s: want en or ja", o.lang)
	}
	logFile, err := openLog(dir)
	if err != nil {
		return err
	}
	defer logFile.Close()
	log := slog.New(slog.NewTextHandler(logFile, nil))
	epoch, err := demoEpoch(ctx, dir, o.speed)
	if err != nil {
		return err
	}
	clk := clock.Scaled(epoch, o.speed)

	ctx, stopSim := context.WithCancel(ctx)
	facility, err := sim.Start(ctx, sim.Options{BaseIP: o.base, Port: 1161, Seed: o.seed, Clock: clk, Log: log.With("process", "sim"), ControlSocket: simSocket(dir)})
	if err != nil {
		stopSim()
		return fmt.Errorf("simulated facility (--base): %w", err)
	}
	defer func() {
		stopSim()
		err = errors.Join(err, facility.Wait())
	}()
	if err := knownFaults(facility, plan); err != nil {
		return err
	}
	consoles, err := listenForDemo()
	if err != nil {
		return err
	}
	defer consoles.Close() // where the daemon did not come to it; closing twice does no harm
	if err := writeDemoSite(dir, o.lang, consoles.Addr().String(), facility.Devices()); err != nil {
		return err
	}
	err = serve(ctx, serveOptions{
		daemonOptions: daemonOptions{dir: dir, clock: clk, log: log, mode: "DEMO", speed: o.speed, consoles: consoles},
		console:       !o.headless, glyphs: o.glyphs,
		before: func(d *daemon) {
			if err := writeKnownHosts(dir, d.console()); err != nil {
				log.Warn("ssh will ask about the host key", "err", err)
			}
			sendTraps(facility, d, log)
			fmt.Fprintf(out, "demo of %d devices in %s\njoin: %s\n", len(facility.Devices()), dir, sshCommand(dir, d.sshAddress()))
		},
		ready: func(ctx context.Context, d *daemon) {
			if o.headless {
				go printStatus(ctx, d, out)
			}
			injectPlanned(ctx, facility, plan, clk, log)
		},
	})
	if !o.headless {
		fmt.Fprintf(out, "The demo's data stays in %s. See its day: nezuban report daily --dir %s\n", dir, dir)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// sendTraps has the simulated devices send their traps to the daemon.
func sendTraps(f *sim.Facility, d *daemon, log *slog.Logger) {
	if d.traps == nil {
		return
	}
	if err := f.TrapsTo(d.traps.Addr()); err != nil {
		log.Warn("the simulated devices send no traps", "err", err)
	}
}

// demoEpoch is what the clock shows at the start. A demo that runs faster than
// time leaves records that are ahead of it: the next fast one goes on from there,
// and its time series begin anew; one in real time is refused.
func demoEpoch(ctx context.Context, dir string, speed float64) (time.Time, error) {
	now := time.Now()
	if err := os.RemoveAll(filepath.Join(dataDir(dir), "history-accelerated")); err != nil {
		return now, fmt.Errorf("demo: %w", err)
	}
	last, err := lastRecord(ctx, dir)
	if err != nil || !last.After(now) {
		return now, err
	}
	if speed == 1 {
		return now, fmt.Errorf("the records in %s are ahead of the clock, up to %s: a demo with --speed made them; choose another --dir or remove %s",
			dir, last.Local().Format(time.DateTime), dataDir(dir))
	}
	return last.Add(time.Second), nil
}

// lastRecord is the stamp of the newest entry of the audit; zero where there are
// no records yet.
func lastRecord(ctx context.Context, dir string) (time.Time, error) {
	if !fileExists(filepath.Join(dataDir(dir), records.FileName)) {
		return time.Time{}, nil
	}
	store, err := openRecords(ctx, dir)
	if err != nil {
		return time.Time{}, fmt.Errorf("demo: %w", err)
	}
	defer store.Close()
	seq, _, err := store.AuditHead(ctx)
	if err != nil || seq == 0 {
		return time.Time{}, err
	}
	entries, err := store.Audit(ctx, seq, 1)
	if err != nil || len(entries) == 0 {
		return time.Time{}, err
	}
	return entries[0].At, nil
}

// listenForDemo holds 127.0.0.1:2222, or a port the system chooses where that is
// taken: a port only looked at could go to another demo before the daemon has it.
func listenForDemo() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:2222")
	if err == nil {
		return l, nil
	}
	if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen for consoles: %w", err)
	}
	return l, nil
}

func demoKnownHosts(dir string) string { return filepath.Join(dir, "known_hosts") }

// writeKnownHosts tells ssh the daemon's host key, so that joining asks nothing.
func writeKnownHosts(dir string, c api.Console) error {
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return fmt.Errorf("known hosts: %w", err)
	}
	line := fmt.Sprintf("[%s]:%s %s\n", host, port, c.HostKey)
	if port == "22" {
		line = fmt.Sprintf("%s %s\n", host, c.HostKey)
	}
	return replaceFile(demoKnownHosts(dir), []byte(line), 0o644)
}

// sshCommand joins the console of a daemon; the demo's brings its own key.
func sshCommand(dir, address string) string {
	host, port, _ := net.SplitHostPort(address)
	if key := filepath.Join(dir, demoKeyFile); fileExists(key) {
		return fmt.Sprintf("ssh -i %s -p %s -o IdentitiesOnly=yes -o UserKnownHostsFile=%s %s", key, port, demoKnownHosts(dir), host)
	}
	return fmt.Sprintf("ssh -t -p %s %s", port, host)
}

// knownFaults refuses a misspelt --fault at once rather than in the log.
func knownFaults(f *sim.Facility, plan []planned) error {
	var names []string
	for _, x := range f.Faults() {
		names = append(names, x.Name)
	}
	for _, p := range plan {
		if base, _, _ := strings.Cut(p.name, ":"); !slices.Contains(names, base) {
			return fmt.Errorf("--fault %s is not known; there are %s", base, strings.Join(names, " "))
		}
	}
	return nil
}

func injectPlanned(ctx context.Context, f *sim.Facility, plan []planned, clk clock.Clock, log *slog.Logger) {
	for _, p := range plan {
		go func() {
			if clk.Sleep(ctx, p.after) != nil {
				return
			}
			if err := f.Inject(p.name); err != nil {
				log.Error("fault not started", "fault", p.name, "err", err)
			}
		}()
	}
}

func printStatus(ctx context.Context, d *daemon, out io.Writer) {
	each := time.NewTicker(time.Second)
	defer each.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-each.C:
		}
		s := api.StatusOf(d.table.Snapshot(), d.ops.Standing(), d.clock.Now(), d.console())
		fmt.Fprintln(out, statusLine(s, d.clock.Now().In(d.site.Load().Facility.Zone)))
	}
}

func unixName() (string, error) {
	me, err := user.Current()
	if err != nil {
		return "", fmt.Errorf("who runs this: %w", err)
	}
	return me.Username, nil
}
