// Command testreport reads `go test -json` and prints what a person wants to
// know: one line a package, failures whole, skipped tests with their reasons and
// a closing count. It fails where a test failed, where none ran, and where a test
// skipped for want of something that is there.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// excuses are words in a skip's reason and what must then be absent.
var excuses = map[string]func() bool{
	"../shared":     func() bool { return exists("../shared") },
	"snmpd":         func() bool { return exists("/usr/sbin/snmpd") },
	"snmpget":       func() bool { return found("snmpget") },
	"node-exporter": func() bool { return found("prometheus-node-exporter") },
	"node_exporter": func() bool { return found("prometheus-node-exporter") },
	"tmux":          func() bool { return found("tmux") },
	"ssh client":    func() bool { return found("ssh") },
	"OpenSSH":       func() bool { return found("ssh") },
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
func found(name string) bool  { _, err := exec.LookPath(name); return err == nil }

func main() { os.Exit(run()) }

func run() int {
	output := map[string][]string{}
	var failed, skipped []string
	passed, bad := 0, 0
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 64<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			output[key] = append(output[key], e.Output)
		case "build-output":
			fmt.Print(e.Output)
		case "build-fail":
			bad++
		case "pass":
			if e.Test == "" {
				fmt.Printf("ok    %7.1fs  %s\n", e.Elapsed, e.Package)
			} else {
				passed++
			}
		case "fail":
			if e.Test == "" {
				fmt.Printf("FAIL  %7.1fs  %s\n%s", e.Elapsed, e.Package, strings.Join(output[key], ""))
				bad++
			} else {
				failed = append(failed, key)
				fmt.Printf("--- FAIL: %s\n%s", key, strings.Join(output[key], ""))
			}
		case "skip":
			if e.Test != "" {
				skipped = append(skipped, key+": "+reason(output[key]))
			}
		}
		if e.Action == "pass" || e.Action == "skip" {
			delete(output, key)
		}
	}
	sort.Strings(skipped)
	unexcused := 0
	for _, s := range skipped {
		mark := "skip "
		for word, there := range excuses {
			if strings.Contains(s, word) && there() {
				mark = "SKIP without need "
				unexcused++
				break
			}
		}
		fmt.Println(mark, s)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, len(failed), len(skipped))
	switch {
	case len(failed) > 0 || bad > 0:
		return 1
	case passed == 0:
		fmt.Println("no test ran")
		return 1
	case unexcused > 0:
		fmt.Printf("%d tests skipped although what they need is installed\n", unexcused)
		return 1
	}
	return 0
}

func reason(lines []string) string {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "=== ") && !strings.HasPrefix(l, "--- ") {
			return l
		}
	}
	return "no reason given"
}
