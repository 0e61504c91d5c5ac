package agent

import (
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
)

// chanSink hands every batch to the test.
type chanSink chan facility.Batch

func (c chanSink) Accept(b facility.Batch) error { c <- b; return nil }

// startEngine runs an engine over the targets until the test ends.
func startEngine(t *testing.T, clk clock.Clock, reg prometheus.Registerer, targets ...collectors.Target) (chanSink, chan collectors.Change) {
	t.Helper()
	lib, err := profile.BuiltinAgents()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sink, changes, done := make(chanSink, 1000), make(chan collectors.Change, 4), make(chan error, 1)
	changes <- collectors.Change{Set: targets}
	go func() { done <- New(lib, clk, reg, nil).Run(ctx, changes, sink) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return sink, changes
}

func target(id, url string) collectors.Target {
	return collectors.Target{Device: facility.Device{ID: facility.DeviceID(id)}, Address: url}
}

// next returns the device's next batch, leaving out other devices'.
func (c chanSink) next(t *testing.T, id facility.DeviceID) facility.Batch {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case b := <-c:
			if b.Device == id {
				return b
			}
		case <-limit:
			t.Fatalf("no batch of %s within 20 s", id)
		}
	}
}

func serveText(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func writeText(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = io.WriteString(w, text)
	}
}

func TestFirstBatchCarriesPointsIdentityAndHealth(t *testing.T) {
	url := serveText(t, writeText(uname+"node_load1 0.5\n"))
	sink, _ := startEngine(t, clock.Scaled(time.Now(), 20), nil, target("srv-1", url))
	b := sink.next(t, "srv-1")
	if len(b.Points) != 1 || len(b.Readings) != 1 || b.Readings[0].Value != 0.5 {
		t.Fatalf("points %v, readings %v", b.Points, b.Readings)
	}
	if b.Identity == nil || b.Identity.SysName != "web-1" || len(b.Identity.Profiles) != 1 || b.Identity.Profiles[0] != "agent-node" {
		t.Errorf("identity %+v", b.Identity)
	}
	if !b.Health.Reachable || b.Health.Rounds != 1 || b.Health.LastError != "" {
		t.Errorf("health %+v", b.Health)
	}
	again := sink.next(t, "srv-1")
	if again.Points != nil || again.Identity != nil || again.Tick <= b.Tick {
		t.Errorf("second batch: points %v, identity %v, tick %d after %d", again.Points, again.Identity, again.Tick, b.Tick)
	}
}

func TestSlowAndDeadAgentsDelayNobody(t *testing.T) {
	release := make(chan struct{})
	slow := serveText(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	dead, err := net.Listen("tcp", "127.0.0.1:0") // accepts in the kernel, never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dead.Close() })
	good := serveText(t, writeText(uname+"node_load1 1\n"))
	reg := prometheus.NewRegistry()
	clk := clock.System()
	targets := []collectors.Target{target("slow", slow), target("dead", "http://"+dead.Addr().String()), target("good", good)}
	for i := range targets {
		targets[i].Intervals.Normal = time.Second
		targets[i].Timeout = 900 * time.Millisecond
	}
	sink, _ := startEngine(t, clk, reg, targets...)
	for range 4 {
		b := sink.next(t, "good")
		if b.Health.Lateness > 850*time.Millisecond || b.Health.Lateness < 0 {
			t.Errorf("good device: round %d started %v late", b.Health.Rounds, b.Health.Lateness)
		}
	}
	for _, id := range []facility.DeviceID{"slow", "dead"} {
		b := sink.next(t, id)
		if b.Health.ErrorKind != facility.ErrTimeout || b.Health.Timeouts == 0 || b.Health.Reachable || b.Health.ConsecFailed == 0 {
			t.Errorf("%s: health %+v, want a timeout", id, b.Health)
		}
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range families {
		if f.GetName() == "nezuban_collector_lateness_seconds" {
			found = len(f.GetMetric())
		}
	}
	if found != 3 {
		t.Errorf("%d devices in nezuban_collector_lateness_seconds, want 3", found)
	}
}

func TestAFailedRoundMakesEveryPointMissing(t *testing.T) {
	fail := make(chan bool, 100)
	url := serveText(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-fail:
			http.Error(w, "down", http.StatusServiceUnavailable)
		default:
			writeText(uname+"node_load1 1\nnode_load5 2\n")(w, r)
		}
	})
	sink, _ := startEngine(t, clock.Scaled(time.Now(), 20), nil, target("srv-1", url))
	sink.next(t, "srv-1")
	fail <- true
	for {
		b := sink.next(t, "srv-1")
		if b.Health.ConsecFailed == 0 {
			continue
		}
		if len(b.Readings) != 2 || b.Readings[0].Quality != facility.Missing || b.Readings[1].Quality != facility.Missing {
			t.Errorf("readings %v, want two missing ones", b.Readings)
		}
		if !strings.Contains(b.Health.LastError, "HTTP 503") {
			t.Errorf("last error %q", b.Health.LastError)
		}
		break
	}
	if b := sink.next(t, "srv-1"); !b.Health.Reachable || b.Health.LastError != "" || b.Health.ConsecFailed != 0 {
		t.Errorf("after it answers again: %+v", b.Health)
	}
}

func TestKindsOfFailure(t *testing.T) {
	code := func(c int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(c) }
	}
	over := func(w io.Writer) {
		line := strings.Repeat("x", 1<<20) + " 1\n"
		for range 17 {
			_, _ = io.WriteString(w, line)
		}
	}
	huge := func(w http.ResponseWriter, _ *http.Request) { over(w) }
	bomb := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		over(z)
		_ = z.Close()
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		kind    facility.ErrorKind
		refused string
	}{
		{"401 is authentication", code(401), facility.ErrAuthentication, ""},
		{"403 is authentication", code(403), facility.ErrAuthentication, ""},
		{"a redirect is not followed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, facility.ErrProtocol, ""},
		{"garbage is protocol", writeText("what is this"), facility.ErrProtocol, facility.RefusedMalformed},
		{"over 16 MiB is a limit", huge, facility.ErrLimit, facility.RefusedWalkBound},
		{"over 16 MiB unpacked is a limit", bomb, facility.ErrLimit, facility.RefusedWalkBound},
		{"a family no profile knows", writeText("other_metric 1\n"), facility.ErrProtocol, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tg := target("srv-1", serveText(t, tt.handler))
			tg.Intervals.Normal, tg.Timeout = time.Hour, 400*time.Second // of the fast clock: 20 s
			sink, _ := startEngine(t, clock.Scaled(time.Now(), 20), nil, tg)
			b := sink.next(t, "srv-1")
			if b.Health.ErrorKind != tt.kind || b.Health.LastError == "" {
				t.Errorf("kind %q (%s), want %q", b.Health.ErrorKind, b.Health.LastError, tt.kind)
			}
			if tt.refused != "" && b.Health.Refused[tt.refused] != 1 {
				t.Errorf("refused %v, want %s once", b.Health.Refused, tt.refused)
			}
		})
	}
}

func TestTokenAndCertificates(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer tell-nobody" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		writeText(uname+"node_load1 1\n")(w, r)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	s.StartTLS()
	t.Cleanup(s.Close)
	dir := t.TempDir()
	ca := writePEM(t, dir, "ca.pem", "CERTIFICATE", s.Certificate().Raw)
	cert, key := clientPair(t, dir)
	tests := []struct {
		name   string
		access collectors.AgentAccess
		kind   facility.ErrorKind
	}{
		{"all is right", collectors.AgentAccess{Token: "tell-nobody", CAFile: ca, CertFile: cert, KeyFile: key}, facility.ErrNone},
		{"a wrong token", collectors.AgentAccess{Token: "wrong", CAFile: ca, CertFile: cert, KeyFile: key}, facility.ErrAuthentication},
		{"no client certificate", collectors.AgentAccess{Token: "tell-nobody", CAFile: ca}, facility.ErrAuthentication},
		{"an unknown CA", collectors.AgentAccess{Token: "tell-nobody", CertFile: cert, KeyFile: key}, facility.ErrAuthentication},
		{"a CA file that is not there", collectors.AgentAccess{CAFile: filepath.Join(dir, "none.pem")}, facility.ErrTransport},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tg := target("srv-1", s.URL)
			tg.Agent = tt.access
			tg.Intervals.Normal, tg.Timeout = time.Hour, 400*time.Second // of the fast clock: 20 s
			sink, _ := startEngine(t, clock.Scaled(time.Now(), 20), nil, tg)
			b := sink.next(t, "srv-1")
			if b.Health.ErrorKind != tt.kind {
				t.Errorf("kind %q (%s), want %q", b.Health.ErrorKind, b.Health.LastError, tt.kind)
			}
			if strings.Contains(b.Health.LastError, "tell-nobody") {
				t.Errorf("the token stands in the error: %s", b.Health.LastError)
			}
		})
	}
}

func writePEM(t *testing.T, dir, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// clientPair writes a self-signed client certificate and its key.
func clientPair(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, dir, "client.pem", "CERTIFICATE", der), writePEM(t, dir, "client.key", "PRIVATE KEY", raw)
}

func TestARemovedDeviceIsScrapedNoMore(t *testing.T) {
	url := serveText(t, writeText(uname+"node_load1 1\n"))
	a, b := target("a", url), target("b", url)
	a.Intervals.Normal, b.Intervals.Normal = 4*time.Second, 4*time.Second // 0.2 s on this clock
	sink, changes := startEngine(t, clock.Scaled(time.Now(), 20), nil, a, b)
	sink.next(t, "a")
	changes <- collectors.Change{Remove: []facility.DeviceID{"a", "never-there"}}
	changes <- collectors.Change{} // taken once the removal is done
	for len(changes) > 0 {
		sink.next(t, "b")
	}
	for len(sink) > 0 {
		<-sink
	}
	for range 6 {
		if got := <-sink; got.Device == "a" {
			t.Fatalf("a batch of a removed device, round %d", got.Health.Rounds)
		}
	}
}

// TestRealNodeExporter scrapes Debian's node_exporter twice.
func TestRealNodeExporter(t *testing.T) {
	exe, err := exec.LookPath("prometheus-node-exporter")
	if err != nil {
		t.Skip("prometheus-node-exporter is not installed (Debian package prometheus-node-exporter)")
	}
	addr := freeAddress(t)
	cmd := exec.CommandContext(t.Context(), exe, "--web.listen-address="+addr)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // a panic or a time-out of the tests leaves nothing running
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	tg := target("host", "http://"+addr+"/metrics")
	tg.Intervals.Normal = time.Second
	sink, _ := startEngine(t, clock.System(), nil, tg)
	got := map[string]facility.Reading{}
	for i := 0; i < 15 && got["cpu_utilization_ratio"].Quality != facility.Good; i++ { // the first rounds may come before it listens
		b := sink.next(t, "host")
		for _, r := range b.Readings {
			name, _, _ := strings.Cut(strings.TrimPrefix(string(r.Point), "host/"), "{")
			if r.Quality == facility.Good {
				got[name] = r
			}
		}
	}
	for _, name := range []string{"cpu_utilization_ratio", "memory_used_ratio", "load_average", "host_uptime_seconds", "filesystem_used_ratio", "agent_scrape_up"} {
		r, ok := got[name]
		if !ok {
			t.Errorf("no good reading of %s", name)
			continue
		}
		if strings.HasSuffix(name, "_ratio") && (r.Value < 0 || r.Value > 1) {
			t.Errorf("%s = %v, want a ratio", name, r.Value)
		}
	}
	if up := got["host_uptime_seconds"].Value; up <= 0 || up > 1e9 {
		t.Errorf("uptime %v s", up)
	}
}

// freeAddress is on a loopback address that no outgoing connection takes a port of
// between this and its use.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.86.%d.1:0", 1+os.Getpid()%250))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
