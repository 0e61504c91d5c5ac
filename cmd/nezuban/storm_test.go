package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/api"
)

const (
	stormHosts   = 100
	stormSensors = 100 // of each host: 10,000 alarms
	stormGrave   = 20  // sensors of one host more, whose alarms are P1
)

// stormRules watch the storm's sensors: P3, and P1 for those of the host "grave".
const stormRules = `id: STORM
revision: 1
select: "kind=host, metric=temperature_celsius, device!=grave"
type: limit
high: 80
range: [0, 150]
deadband: 1
class: environment
consequence_severity: major
time_to_respond: 30m
owner: test
procedure: {id: T-1, revision: 1}
reviewed: %[1]s
text: &text
  en: {name: Hot, causes: [load], consequence: It throttles, action: [Look at it], confirm: It is cool}
  ja: {name: 高温, causes: [負荷], consequence: 性能が落ちる, action: [確認する], confirm: 温度が下がっている}
---
id: STORM-GRAVE
revision: 1
select: "metric=temperature_celsius, device=grave"
type: limit
high: 80
range: [0, 150]
deadband: 1
class: environment
consequence_severity: severe
time_to_respond: 5m
owner: test
procedure: {id: T-2, revision: 1}
reviewed: %[1]s
text:
  en: {name: Very hot, causes: [load], consequence: It stops, action: [Look at it], confirm: It is cool}
  ja: {name: 過熱, causes: [負荷], consequence: 停止する, action: [確認する], confirm: 温度が下がっている}
`

// A swarm is many hosts behind one endpoint, all hot at once.
type swarm struct{ hot atomic.Bool }

func (s *swarm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sensors, celsius := stormSensors, 40
	if strings.Contains(r.URL.Path, "grave") {
		sensors = stormGrave
	}
	if s.hot.Load() {
		celsius = 95
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintf(w, "# TYPE node_uname_info gauge\nnode_uname_info{sysname=\"Linux\",nodename=%q} 1\n", filepath.Base(r.URL.Path))
	fmt.Fprint(w, "# TYPE node_hwmon_temp_celsius gauge\n")
	for i := range sensors {
		fmt.Fprintf(w, "node_hwmon_temp_celsius{chip=\"c\",sensor=\"temp%d\"} %d\n", i, celsius)
	}
}

// newStorm starts a daemon that has seen every sensor cool.
func newStorm(t *testing.T) (dir string, s *swarm) {
	t.Helper()
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	on := network(170)
	s = &swarm{}
	l, err := net.Listen("tcp", on+".1:9100")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-served })

	dir = t.TempDir()
	if err := writeDemoPeople(dir, "en"); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "site.yaml"), fmt.Sprintf(`code: DC-STORM
zone: Asia/Tokyo
polling: {fast: 5s, normal: 10s}
ssh: {listen: "%[1]s.1:2222"}
http: {listen: "%[1]s.1:9187"}
records: {reserve_bytes: 1MiB}
`, on))
	var inventory strings.Builder
	inventory.WriteString("devices:\n")
	for i := range stormHosts {
		fmt.Fprintf(&inventory, "  - {id: host-%03d, kind: host, place: 1F/hall-%d, agent: {url: \"http://%s.1:9100/host-%03d\"}}\n", i, i/25, on, i)
	}
	fmt.Fprintf(&inventory, "  - {id: grave, kind: host, place: 2F/hall-9, agent: {url: \"http://%s.1:9100/grave\"}}\n", on)
	writeFile(t, filepath.Join(dir, "inventory", "hosts.yaml"), inventory.String())
	writeFile(t, filepath.Join(dir, "alarms", "storm.yaml"), strings.ReplaceAll(fmt.Sprintf(stormRules, time.Now().Format(time.DateOnly)), " &text", ""))
	start(t, dir, "serve")
	running(t, dir, 90*time.Second)
	eventually(t, 60*time.Second, "every sensor was read", func() error {
		st, err := client(dir).Status(t.Context())
		if err == nil && st.Points < stormHosts*stormSensors+stormGrave {
			return fmt.Errorf("%d points", st.Points)
		}
		return err
	})
	return dir, s
}

// TestStorm: 10,000 alarms within ten seconds through the ordinary entrance, with
// three consoles over SSH and people who acknowledge. What must hold is counted;
// how fast it was is printed (go test -v, or make storm), never a verdict.
func TestStorm(t *testing.T) {
	dir, s := newStorm(t)
	st, err := client(dir).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var consoles []*screenReader
	for range 3 {
		c, err := join(dir, st.SSHAddress, 120, 36)
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		if missing := c.press("2", []string{"Alarms"}, 10*time.Second); len(missing) > 0 {
			t.Fatalf("a console does not show the alarms: %q", c.seen)
		}
		consoles = append(consoles, c)
	}
	const want = stormHosts*stormSensors + stormGrave
	began := time.Now()
	s.hot.Store(true)
	var redraws, acks durations
	var all sync.WaitGroup
	done := make(chan struct{})
	for _, c := range consoles {
		all.Go(func() { c.busy(done, &redraws) })
	}
	acknowledged := acknowledgeAll(t, dir, want, &acks)
	close(done)
	all.Wait()
	for _, c := range consoles {
		c.press("2", []string{"Alarms"}, 10*time.Second) // it may have been left in its help
		if missing := c.press("\x0c", []string{"FLOOD", "of 10020 shown"}, 10*time.Second); len(missing) > 0 {
			t.Errorf("a console does not say %q: %s", missing, strings.Join(strings.Fields(c.seen), " "))
		}
	}
	shown := seenAfterAcknowledgement(t, dir, consoles, acknowledged)
	t.Logf("acknowledgement to its count on each console, 10,000 alarms standing: %s", shown.String())
	t.Logf("%d alarms raised, %d acknowledged meanwhile: %.1f s", want, len(acknowledged), time.Since(began).Seconds())
	t.Logf("acknowledgement: %s", acks.String())
	t.Logf("key to redrawn console, three of them: %s", redraws.String())
	if redraws.missed > 0 {
		t.Errorf("%d times a console did not draw within 30 s", redraws.missed)
	}
	integrity(t, dir, want, acknowledged)
}

// acknowledgeAll acknowledges what is gravest again and again until all alarms
// stand, and then until there were at least 300; it returns their ids.
func acknowledgeAll(t *testing.T, dir string, want int, took *durations) map[string]bool {
	t.Helper()
	api := client(dir)
	done := map[string]bool{}
	for deadline := time.Now().Add(3 * time.Minute); ; {
		list, err := api.Alarms(t.Context(), "state=UNACK", false)
		if err != nil {
			t.Fatal(err)
		}
		if len(list)+len(done) >= want && len(done) >= 300 {
			return done
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d alarms after three minutes, want %d", len(list)+len(done), want)
		}
		for _, a := range list[:min(len(list), 40)] {
			if done[a.ID] {
				continue
			}
			began := time.Now()
			if _, err := api.Acknowledge(t.Context(), a.ID, acknowledgement); err != nil {
				t.Fatalf("acknowledge %s: %v", a.ID, err)
			}
			took.add(time.Since(began))
			done[a.ID] = true
		}
	}
}

// seenAfterAcknowledgement acknowledges some more and measures how long it takes
// from the command until line 2 of every console counts one less.
func seenAfterAcknowledgement(t *testing.T, dir string, consoles []*screenReader, done map[string]bool) *durations {
	t.Helper()
	list, err := client(dir).Alarms(t.Context(), "state=UNACK priority>=3", false)
	if err != nil {
		t.Fatal(err)
	}
	var took durations
	for i, a := range list[:min(20, len(list))] {
		for _, c := range consoles {
			c.missing([]string{"\x00"}, 300*time.Millisecond) // what is under way
			c.seen = ""
		}
		began := time.Now()
		if _, err := client(dir).Acknowledge(t.Context(), a.ID, acknowledgement); err != nil {
			t.Fatal(err)
		}
		done[a.ID] = true
		for _, c := range consoles {
			if missing := c.missing([]string{fmt.Sprintf("unack %d", len(list)-i-1)}, 10*time.Second); len(missing) > 0 {
				t.Errorf("a console does not count %q: %s", missing, c.seen)
			}
			took.add(time.Since(began))
		}
	}
	return &took
}

var acknowledgement = api.Command{Comment: "seen in the storm"}

// integrity: every alarm was raised once and is in the records, the chain holds,
// nobody's acknowledgement is missing and nothing was acknowledged by itself.
func integrity(t *testing.T, dir string, want int, acknowledged map[string]bool) {
	t.Helper()
	store, err := openRecords(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var raised map[string]bool
	eventually(t, 60*time.Second, "everything is written", func() error {
		events, err := store.StandingEvents(t.Context())
		if err != nil {
			return err
		}
		raised = map[string]bool{}
		points := map[string]bool{}
		acks := 0
		for _, e := range events {
			switch e.Kind {
			case alarm.Raised:
				raised[e.AlarmID], points[string(e.Point)] = true, true
			case alarm.Acknowledged:
				acks++
				if !acknowledged[e.AlarmID] || e.Actor != "person:demo" {
					t.Fatalf("%s was acknowledged by %s, and nobody did", e.AlarmID, e.Actor)
				}
			}
		}
		if len(raised) != want || len(points) != want || acks != len(acknowledged) {
			return fmt.Errorf("%d alarms of %d points in the records, %d acknowledged; want %d and %d", len(raised), len(points), acks, want, len(acknowledged))
		}
		return nil
	})
	var st api.Status
	if st, err = client(dir).Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st.Alarms.Unacknowledged != want-len(acknowledged) {
		t.Errorf("%d unacknowledged, want %d", st.Alarms.Unacknowledged, want-len(acknowledged))
	}
	if out := mustCLI(t, dir, "verify"); !strings.Contains(out, "nothing found wrong") {
		t.Errorf("verify: %s", out)
	}
}

// durations are measured by several at once.
type durations struct {
	mu   sync.Mutex
	list []time.Duration // protected by mu

	missed int // protected by mu
}

func (d *durations) add(x time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, x)
}

// miss counts what never came.
func (d *durations) miss() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.missed++
}

func (d *durations) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.list) == 0 {
		return "never"
	}
	slices.Sort(d.list)
	at := func(q float64) time.Duration { return d.list[int(q*float64(len(d.list)-1))].Round(time.Millisecond) }
	return fmt.Sprintf("median %v, p99 %v, longest %v of %d", at(0.5), at(0.99), at(1), len(d.list))
}

// press sends a key and returns which texts were not drawn after it.
func (r *screenReader) press(key string, want []string, within time.Duration) []string {
	r.seen = ""
	if _, err := io.WriteString(r.keys, key); err != nil {
		return want
	}
	return r.missing(want, within)
}

// busy opens and leaves the help until done, and measures how long the console
// takes to draw it.
func (r *screenReader) busy(done <-chan struct{}, took *durations) {
	pause := time.NewTicker(150 * time.Millisecond)
	defer pause.Stop()
	for {
		for _, step := range [][2]string{{"?", "Help"}, {"\x1b", "Alarms"}} {
			began := time.Now()
			if missing := r.press(step[0], []string{"> " + step[1]}, 30*time.Second); len(missing) == 0 {
				took.add(time.Since(began))
			} else {
				took.miss()
			}
			select {
			case <-done:
				return
			case <-pause.C:
			}
		}
	}
}
