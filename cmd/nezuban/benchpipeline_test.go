package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPipelineTable prints what stands behind the polling costs, for `make bench`:
// the same fleet polled with nothing behind it, with the live table, two rules and a
// target a device, and with the hand-over to history too. Figures are of one run on
// one machine; nothing is asserted about them.
func TestPipelineTable(t *testing.T) {
	if os.Getenv("NEZUBAN_BENCH") == "" {
		t.Skip("takes three minutes, a benchmark: make bench")
	}
	nezuban, err := program()
	if err != nil {
		t.Fatal(err)
	}
	port := simulatedFleet(t, nezuban)
	var oids []string
	for i := range 60 {
		oids = append(oids, fmt.Sprintf("1.3.6.1.2.1.33.1.4.4.1.2.%d", i+1))
	}
	file := filepath.Join(t.TempDir(), "oids.txt")
	writeFile(t, file, strings.Join(oids, "\n")+"\n")
	fmt.Printf("%-46s %8s %12s %9s %9s %8s\n", "60 readings a device, every 10 s", "devices", "CPU-s/1M", "RSS MB", "late p99", "skipped")
	for _, row := range []struct {
		name string
		args []string
	}{
		{"poll and decode", nil},
		{"+ live table, 2 rules, 1 target", []string{"--pipeline", "--history=false"}},
		{"+ hand-over to history", []string{"--pipeline"}},
	} {
		args := append([]string{"bench", "poll", "--json", "--base", "127.20.0.1", "--port", port, "--devices", "10000", "--oids", file, "--for", "60s"}, row.args...)
		cmd := exec.Command(nezuban, args...)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		var r benchResult
		if err == nil {
			err = json.Unmarshal(out, &r)
		}
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		fmt.Printf("%-46s %8d %12.3f %9.1f %8.1fms %8d\n", row.name, r.Devices, r.CPUPerM, float64(r.PeakRSS)/1e6, r.LateP99*1000, r.Skipped)
		if p := r.Pipeline; p != nil && p.Samples > 0 {
			fmt.Printf("%-46s %8s %12.3f\n", "  the history child itself", "", p.HistoryCPU/float64(p.Samples)*1e6)
		}
	}
}

// simulatedFleet answers in a process of its own until the test ends.
func simulatedFleet(t *testing.T, nezuban string) (port string) {
	t.Helper()
	cmd := exec.Command(nezuban, "bench", "fleet", "--port", "0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the fleet ended with %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scanned := fmt.Sscanf(line, "answering on port %s", &port); err != nil || scanned != nil {
		t.Fatalf("the fleet said %q, %v", line, err)
	}
	return port
}

// TestBenchFleet: what the one serves the other reads.
func TestBenchFleet(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs the binary; not in -short")
	}
	nezuban, err := program()
	if err != nil {
		t.Fatal(err)
	}
	port := simulatedFleet(t, nezuban)
	out := mustCLI(t, t.TempDir(), "bench", "poll", "--base", "127.20.0.1", "--port", port, "--devices", "50", "--oids", oidFile(t, "1.3.6.1.2.1.33.1.2.4.0"),
		"--interval", "1s", "--for", "2s", "--pipeline", "--history=false", "--json")
	r := decode[benchResult](t, out)
	if r.Readings != 100 || r.Skipped != 0 || r.Pipeline == nil || r.Pipeline.Targets != 50 || r.Pipeline.Samples != 0 {
		t.Errorf("%+v", r)
	}
}
