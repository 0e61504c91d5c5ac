package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is a line of `go test -json` (go doc test2json).
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// name is a test; the package itself where the test is empty.
type name struct{ pkg, test string }

func (n name) String() string { return strings.TrimSpace(n.pkg + " " + n.test) }

// A summary is what has been read so far.
type summary struct {
	w       io.Writer
	output  map[name][]string // of what runs, and of failed packages
	running []name            // in the order of their starts
	skips   []skip
	passed  int
	failed  int // tests
	broken  int // packages: failed, not built, never ended
}

type skip struct {
	who    name
	reason string
}

// longest is how many lines of one failed test are shown from each end: a time-out
// brings the stack of every goroutine.
const longest = 200

// report reads events to their end, writes what a person wants to know and
// returns the exit code.
func report(r io.Reader, w io.Writer, missing func(string) (absent, known bool)) int {
	s := summary{w: w, output: map[name][]string{}}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 1<<20), 64<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Fprintln(w, in.Text())
			continue
		}
		s.take(e)
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(w, "reading the tests' output:", err)
		s.broken++
	}
	for _, n := range s.running {
		if n.test == "" {
			s.broken++
			fmt.Fprintf(w, "FAIL  %s never came to its end\n", n.pkg)
			s.unfinished(n.pkg)
		}
	}
	return s.close(missing)
}

func (s *summary) take(e event) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "start", "run":
		s.running = append(s.running, n)
	case "output":
		s.output[n] = append(s.output[n], e.Output)
	case "build-output":
		fmt.Fprint(s.w, e.Output)
	case "build-fail":
		s.broken++
	case "pass", "fail", "skip":
		s.end(n, e)
		delete(s.output, n)
	}
}

// end takes the end of a test or a package.
func (s *summary) end(n name, e event) {
	s.running = slices.DeleteFunc(s.running, func(r name) bool { return r == n })
	switch {
	case e.Action == "pass" && n.test == "":
		fmt.Fprintf(s.w, "ok    %7.1fs  %s\n", e.Elapsed, n.pkg)
	case e.Action == "pass":
		s.passed++
	case e.Action == "fail" && n.test == "":
		s.broken++
		s.unfinished(n.pkg)
		fmt.Fprintf(s.w, "FAIL  %7.1fs  %s\n", e.Elapsed, n.pkg)
		s.show(s.output[n])
	case e.Action == "fail":
		s.failed++
		fmt.Fprintf(s.w, "--- FAIL: %s\n", n)
		s.show(s.output[n])
	case n.test != "":
		s.skips = append(s.skips, skip{n, reason(s.output[n])})
	}
}

// unfinished shows the tests of a package that have neither passed nor failed: a
// panic, a time-out or an early exit ended them, and what they said says which.
func (s *summary) unfinished(pkg string) {
	for _, n := range s.running {
		if n.pkg == pkg && n.test != "" {
			s.failed++
			fmt.Fprintf(s.w, "--- UNFINISHED: %s\n", n)
			s.show(s.output[n])
			delete(s.output, n)
		}
	}
	s.running = slices.DeleteFunc(s.running, func(r name) bool { return r.pkg == pkg && r.test != "" })
}

func (s *summary) show(lines []string) {
	if more := len(lines) - 2*longest; more > 0 {
		lines = slices.Concat(lines[:longest], []string{fmt.Sprintf("... %d lines ...\n", more)}, lines[len(lines)-longest:])
	}
	fmt.Fprint(s.w, strings.Join(lines, ""))
}

// close writes the skips and the counts.
func (s *summary) close(missing func(string) (absent, known bool)) int {
	slices.SortFunc(s.skips, func(a, b skip) int { return strings.Compare(a.who.String(), b.who.String()) })
	needless := 0
	for _, k := range s.skips {
		mark := "skip"
		switch absent, known := missing(k.reason); {
		case !known:
			mark = "SKIP for an unknown reason"
			needless++
		case !absent:
			mark = "SKIP without need"
			needless++
		}
		fmt.Fprintf(s.w, "%s  %s: %s\n", mark, k.who, k.reason)
	}
	fmt.Fprintf(s.w, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, len(s.skips))
	switch {
	case s.failed > 0 || s.broken > 0:
		if s.broken > 0 {
			fmt.Fprintf(s.w, "%d packages failed\n", s.broken)
		}
		return 1
	case s.passed == 0:
		fmt.Fprintln(s.w, "no test ran")
		return 1
	case needless > 0:
		fmt.Fprintf(s.w, "%d tests skipped although what they need is there\n", needless)
		return 1
	}
	return 0
}

// reason is the first line a skipped test wrote itself.
func reason(lines []string) string {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "=== ") && !strings.HasPrefix(l, "--- ") {
			if _, said, ok := strings.Cut(l, ".go:"); ok { // FILE.go:LINE: what it says
				if _, said, ok = strings.Cut(said, ": "); ok {
					return said
				}
			}
			return l
		}
	}
	return "no reason given"
}
