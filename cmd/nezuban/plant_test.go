package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"nezuban/internal/api"
	"nezuban/internal/sim"
)

// The polling of a plant, faster than a site's so that three rounds take seconds.
const (
	plantFast   = 2 * time.Second
	plantNormal = 4 * time.Second
)

// A plant is the simulated facility in a process of its own and `nezuban serve`
// watching it, as an operator would run it: no demo.
type plant struct {
	t       *testing.T
	dir     string
	metrics string // address of the daemon's own metrics
	daemon  *process
}

// network is the beginning of loopback addresses for one test: n is the test's own,
// the rest keeps two runs on one machine apart.
func network(n int) string { return fmt.Sprintf("127.%d.%d", n, 1+os.Getpid()%250) }

// newPlant writes the site directory of the simulated facility on a network of its
// own and starts the facility. history is the value of that key in site.yaml. The
// daemon is started by serve.
func newPlant(t *testing.T, on, history string) *plant {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the whole product; not in -short")
	}
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	p := &plant{t: t, dir: t.TempDir(), metrics: on + ".250:9187"}
	ctx, stop := context.WithCancel(t.Context())
	facility, err := sim.Start(ctx, sim.Options{BaseIP: on + ".1", Port: sim.DefaultPort})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	err = writeDemoSite(p.dir, "en", on+".250:2222", facility.Devices())
	stop()
	if waitErr := facility.Wait(); err != nil || waitErr != nil {
		t.Fatal(err, waitErr)
	}
	writeFile(t, filepath.Join(p.dir, "site.yaml"), fmt.Sprintf(`code: DC-TEST
zone: Asia/Tokyo
polling: {fast: %v, normal: %v}
ssh: {listen: "%s.250:2222"}
http: {listen: %q}
history: %s
records: {reserve_bytes: 1MiB}
secrets: {identity: %q}
`, plantFast, plantNormal, on, p.metrics, history, demoIdentity()))
	if err := os.MkdirAll(filepath.Join(p.dir, "data"), 0o750); err != nil {
		t.Fatal(err)
	}
	start(t, p.dir, "simulate", "--base", on+".1")
	return p
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve starts the daemon and waits until it has polled everything.
func (p *plant) serve() api.Status {
	p.t.Helper()
	p.daemon = start(p.t, p.dir, "serve")
	return running(p.t, p.dir, 60*time.Second)
}

func (p *plant) inject(fault string) {
	p.t.Helper()
	mustCLI(p.t, p.dir, "simulate", "inject", fault)
}

func (p *plant) status() api.Status {
	p.t.Helper()
	return decode[api.Status](p.t, mustCLI(p.t, p.dir, "status", "--json"))
}

func (p *plant) device(id string) api.Device {
	p.t.Helper()
	return decode[api.Device](p.t, mustCLI(p.t, p.dir, "devices", id, "--json"))
}

// raisesAndAcknowledges starts a fault, waits for an alarm of the rule within one
// poll interval and a second, and acknowledges it from the command line.
func (p *plant) raisesAndAcknowledges(fault, device, rule string) {
	p.t.Helper()
	began := time.Now()
	p.inject(fault)
	var found api.Alarm
	raised := eventually(p.t, 20*time.Second, rule+" on "+device, func() error {
		list := standing(p.t, p.dir, "device="+device)
		for _, a := range list {
			if a.Rule == rule && a.AckedAt == nil {
				found = a
				return nil
			}
		}
		return fmt.Errorf("standing: %+v", list)
	}).Sub(began)
	if limit := plantFast + time.Second + 500*time.Millisecond; raised > limit { // half a second for our own commands
		p.t.Errorf("%s came %v after the fault, want within %v", rule, raised.Round(time.Millisecond), limit)
	}
	mustCLI(p.t, p.dir, "alarms", "ack", found.ID, "--comment", "seen without history")
	a, err := client(p.dir).Alarm(p.t.Context(), found.ID)
	if err != nil || a.AckedBy != "demo" || a.Comment != "seen without history" {
		p.t.Errorf("acknowledged by %q with %q, %v", a.AckedBy, a.Comment, err)
	}
	p.t.Logf("%s raised %v after the fault and acknowledged", rule, raised.Round(10*time.Millisecond))
}

// collected is one of the daemon's own metrics by device, added up over its other
// labels.
func (p *plant) collected(name string) map[string]float64 {
	p.t.Helper()
	res, err := http.Get("http://" + p.metrics + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(body)) {
		rest, ok := strings.CutPrefix(line, name+"{")
		if !ok {
			continue
		}
		labels, value, _ := strings.Cut(strings.TrimSpace(rest), "} ")
		_, device, _ := strings.Cut(labels, `device="`)
		device, _, _ = strings.Cut(device, `"`)
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || device == "" {
			p.t.Fatalf("metric line %q: %v", line, err)
		}
		out[device] += v
	}
	if len(out) == 0 {
		p.t.Fatalf("no metric %s at %s", name, p.metrics)
	}
	return out
}

// A stored is one series as history keeps it.
type stored struct {
	Metric     map[string]string `json:"metric"`
	Timestamps []int64           `json:"timestamps"` // ms
	Values     []*float64        `json:"values"`
}

// raw asks the history child itself for what it has stored since a moment.
func (p *plant) raw(selector string, since time.Time) []stored {
	p.t.Helper()
	socket := filepath.Join(p.dir, "data", "run", "history.sock")
	c := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	defer c.CloseIdleConnections()
	q := url.Values{"match[]": {selector}, "start": {strconv.FormatInt(since.Unix(), 10)}}
	res, err := c.Get("http://history/api/v1/raw?" + q.Encode())
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Data struct{ Result []stored } }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("history answers %s: %v", res.Status, err)
	}
	return answer.Data.Result
}

// historyChild is the process of the daemon's history child; 0 where there is none.
func (p *plant) historyChild() int {
	p.t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		p.t.Skip("no /proc here to find the history child in")
	}
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) < 2 || fields[0] == "Z" || fields[1] != strconv.Itoa(p.daemon.cmd.Process.Pid) {
			continue
		}
		if args, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline")); err == nil && strings.Contains(string(args), "\x00history\x00") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			return pid
		}
	}
	return 0
}

// resident is the memory of a process in bytes, now and at its highest.
func resident(t *testing.T, pid int) (now, peak int64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no /proc here to read memory from: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kib << 10
		case "VmHWM":
			peak = kib << 10
		}
	}
	return now, peak
}

// need skips a test where one of Debian's tools is absent, naming it.
func need(t *testing.T, tools ...string) {
	t.Helper()
	packages := map[string]string{"ssh": "openssh-client", "ssh-keygen": "openssh-client"}
	for _, tool := range tools {
		if tool == "snmpd" && fileExists("/usr/sbin/snmpd") {
			continue
		}
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed (Debian: %s)", tool, cmp.Or(packages[tool], tool))
		}
	}
}
