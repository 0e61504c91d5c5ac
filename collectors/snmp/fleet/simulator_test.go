package fleet

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"nezuban/internal/sim/uniform"
)

// A simulator is a fleet in a process of its own, so that its processor time is
// not the poller's.
type simulator struct{ port uint16 }

func number(i int) string { return strconv.Itoa(i) }

// Environment of the children of this test binary.
const (
	envSimulator = "NEZUBAN_TEST_SIMULATOR" // "DEAD,SLOW"
	envRow       = "NEZUBAN_TEST_ROW"       // a row of the table, see table_test.go
)

func TestMain(m *testing.M) {
	if v, ok := os.LookupEnv(envSimulator); ok {
		os.Exit(simulate(v))
	}
	if v, ok := os.LookupEnv(envRow); ok {
		os.Exit(runRow(v))
	}
	os.Exit(m.Run())
}

// startSimulator runs a fleet in a child process until the test ends.
func startSimulator(t testing.TB, f uniform.Faults) *simulator {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%d", envSimulator, f.Dead, f.Slow))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("simulator: %v", err)
	}
	port, err := strconv.ParseUint(strings.TrimSpace(line), 10, 16)
	if err != nil {
		t.Fatalf("simulator says %q", line)
	}
	return &simulator{port: uint16(port)}
}

// simulate is the child.
func simulate(arg string) int {
	var faults uniform.Faults
	fmt.Sscanf(arg, "%d,%d", &faults.Dead, &faults.Slow)
	f, err := uniform.Listen(0, faults)
	if err == nil {
		fmt.Println(f.Port())
		err = f.Run(context.Background())
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
