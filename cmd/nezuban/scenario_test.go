package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/sim"
)

// The scenarios of testdata/scenarios are stories of the simulated facility:
// faults in, alarms out, through everything in between (SNMP, guard, rules,
// records). Times are the facility's; the clock runs sceneSpeed times as fast.
//
//	fault NAME                 starts a fault; the times of what follows count from here
//	clear NAME                 ends it; so do these
//	within 60s WHAT …          must come true until then
//	hold 20s WHAT …            must be true now and stay so
//	shelve FILTER              an operator shelves what the filter matches, for an hour
//	acknowledge                everything, alarm by alarm
//	reset                      everything that is latched and has returned
//	console ja                 the console over SSH names cause, consequence, action and time allowed of each root
//
// WHAT is:
//
//	root RULE DEVICE [members>=N]   stands as a line of its own, with its consequences behind it
//	only                       no other line stands than the roots named before and life safety
//	life RULE DEVICE [zone=Z]  a life-safety alarm, on its own and nobody's consequence
//	no RULE                    nothing of the rule stands
//	none                       nothing is active at all
//	normal                     nothing stands
//	event RULE                 was noted, and is no alarm
//	nuisance KIND RULE         is listed as chattering, fleeting or stale
//	state RULE WORD            the alarm is shown as WORD
const sceneSpeed = 8

// scenePlants is how many facilities play at a time: two cores carry three under the
// race detector before rounds come late.
const scenePlants = 3

func TestFacilityScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("plays minutes of the facility; not in -short")
	}
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	queue := make(chan string, len(files))
	for _, f := range files {
		queue <- f
	}
	close(queue)
	var all sync.WaitGroup
	var again []string
	var mu sync.Mutex // protects again
	for n := range scenePlants {
		all.Go(func() {
			for f := range queue {
				t.Run(sceneName(f), func(t *testing.T) {
					stall := watchStalls(t)
					err := playScene(t, f, network(180+n))
					switch worst := stall(); {
					case err != nil && worst > sceneStall:
						t.Logf("%v\nthis process stood still for %v meanwhile, so the scene is played again by itself", err, worst)
						mu.Lock()
						again = append(again, f)
						mu.Unlock()
					case err != nil:
						t.Error(err)
					}
				})
			}
		})
	}
	all.Wait()
	for _, f := range again {
		t.Run(sceneName(f)+"-alone", func(t *testing.T) {
			if err := playScene(t, f, network(180)); err != nil {
				t.Error(err)
			}
		})
	}
}

func sceneName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txt") }

// sceneStall is what a scene bears: a request of the facility waits two seconds for
// its answer, a quarter of one at sceneSpeed.
const sceneStall = 100 * time.Millisecond

// watchStalls returns a function that tells for how long at most this process did
// not get its processor until then.
func watchStalls(t *testing.T) (worst func() time.Duration) {
	const step = 10 * time.Millisecond
	var longest atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(step)
		defer tick.Stop()
		for last := time.Now(); ; {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			now := time.Now()
			longest.Store(max(longest.Load(), int64(now.Sub(last)-step)))
			last = now
		}
	}()
	return func() time.Duration {
		stop()
		<-done
		return time.Duration(longest.Load())
	}
}

// A scene is one facility with the daemon that watches it.
type scene struct {
	*testing.T
	clock    clock.Clock
	facility *sim.Facility
	daemon   *daemon
	person   duty.Person
	roots    []string // "RULE DEVICE" named so far
	since    time.Time
}

// playScene returns what did not come as the scene says.
func playScene(t *testing.T, file, on string) error {
	s, err := openScene(t, on)
	if err != nil {
		return err
	}
	src, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	lines := bufio.NewScanner(src)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if err := s.step(words); err != nil {
			return fmt.Errorf("%s:%d: %s: %w\n%s", file, n, strings.TrimSpace(line), err, s.picture())
		}
	}
	return lines.Err()
}

// openScene starts a facility and a daemon that has polled everything.
func openScene(t *testing.T, on string) (*scene, error) {
	t.Helper()
	dir := t.TempDir()
	clk := clock.Scaled(time.Now(), sceneSpeed)
	ctx, stop := context.WithCancel(context.Background())
	facility, err := sim.Start(ctx, sim.Options{BaseIP: on + ".1", Port: sim.DefaultPort, Seed: 7, Clock: clk})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	s := &scene{T: t, clock: clk, facility: facility, since: clk.Now()}
	var running chan error
	t.Cleanup(func() {
		stop()
		if running != nil {
			if err := <-running; err != nil {
				t.Error(err)
			}
		}
		if s.daemon != nil {
			if err := s.daemon.close(); err != nil {
				t.Error(err)
			}
		}
		if err := facility.Wait(); err != nil {
			t.Error(err)
		}
	})
	if err := writeDemoSite(dir, "en", "127.0.0.1:0", facility.Devices()); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "site.yaml"), fmt.Sprintf(`code: DC-SCENE
zone: Asia/Tokyo
ssh: {listen: "127.0.0.1:0"}
http: {listen: "127.0.0.1:0"}
history: {url: %q}
records: {reserve_bytes: 1MiB}
secrets: {identity: %q}
`, takesAll(t), demoIdentity()))
	log := slog.New(slog.NewTextHandler(logTo(t), nil))
	s.daemon, err = openDaemon(ctx, daemonOptions{dir: dir, clock: clk, log: log, mode: "DEMO", speed: sceneSpeed})
	if err != nil {
		t.Fatal(err)
	}
	s.person = s.daemon.site.Load().People[0]
	running = make(chan error, 1)
	go func() { running <- s.daemon.run(ctx, nil) }()
	if err := s.wait(5*time.Minute, s.polled); err != nil { // a busy machine starts slowly
		return nil, fmt.Errorf("the facility was not polled: %w", err)
	}
	return s, nil
}

// takesAll is a history that takes everything and keeps nothing.
func takesAll(t *testing.T) (url string) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(srv.Close)
	return srv.URL
}

// polled reports whether every device has answered and every model speaks.
func (s *scene) polled() error {
	snap := s.daemon.table.Snapshot()
	for _, d := range snap.Devices {
		if d.Device.Engine != "model" && (!d.Health.Reachable || d.NumPoints() == 0) {
			return fmt.Errorf("%s has not answered: %s", d.Device.ID, d.Health.LastError)
		}
	}
	if snap.Power == nil || snap.Fire == nil || snap.Cooling == nil {
		return fmt.Errorf("a model is missing")
	}
	for i := range snap.Power.Loads {
		if l := &snap.Power.Loads[i]; l.Redundancy == 0 {
			return fmt.Errorf("load %s is not known yet", l.Node.ID)
		}
	}
	if len(snap.Standing) > 0 {
		return fmt.Errorf("alarms stand in a healthy facility:\n%s", s.picture())
	}
	return nil
}

// wait asks again and again until there is no error, for at most d of the
// scene's time since the last fault.
func (s *scene) wait(d time.Duration, check func() error) error {
	for {
		err := check()
		if err == nil {
			return nil
		}
		if s.clock.Now().Sub(s.since) > d {
			return fmt.Errorf("after %v: %w", d, err)
		}
		if err := s.clock.Sleep(s.Context(), 250*time.Millisecond); err != nil {
			return err
		}
	}
}

func (s *scene) hold(d time.Duration, check func() error) error {
	for end := s.clock.Now().Add(d); s.clock.Now().Before(end); {
		if err := check(); err != nil {
			return err
		}
		if err := s.clock.Sleep(s.Context(), 250*time.Millisecond); err != nil {
			return err
		}
	}
	return check()
}

// picture is what stands, for a failure.
func (s *scene) picture() string {
	var b strings.Builder
	snap := s.daemon.table.Snapshot()
	for i := range snap.Standing {
		o := &snap.Standing[i]
		fmt.Fprintf(&b, "  P%d %-5s %s %s %s raised %s", o.Priority, o.Shown(), o.Rule, o.Device, o.Point, o.RaisedAt.Sub(s.since).Round(time.Second))
		if root := snap.Grouping.RootOf[o.ID]; root != "" {
			fmt.Fprintf(&b, " follows %s", ruleOf(snap, root))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
