package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var notInstalled = regexp.MustCompile(`([\w-]+) is not installed`)

// missing says whether what a skip's reason names is absent on this machine. known
// is false for a reason that names nothing that could be looked for: such a skip
// would never be found out.
func missing(reason string) (absent, known bool) {
	if m := notInstalled.FindStringSubmatch(reason); m != nil {
		return !installed(m[1]), true
	}
	switch {
	case strings.Contains(reason, "../shared"):
		return !exists("../shared"), true
	case strings.Contains(reason, "cannot mount"):
		return !mounts(), true
	case strings.Contains(reason, "no /proc"):
		return !exists("/proc/self/stat"), true
	case strings.Contains(reason, "not in -short"):
		return slices.Contains(os.Args[1:], "-short"), true // make test hands over its TESTFLAGS
	case strings.Contains(reason, "a benchmark: make bench"):
		return os.Getenv("NEZUBAN_BENCH") == "", true
	case strings.Contains(reason, "not on this machine's loopback"):
		return !loopbackNet(), true
	}
	return false, false
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// loopbackNet tries what tests of a whole network of agents need: any address of
// 127.0.0.0/8, which Linux has and others have not.
func loopbackNet() bool {
	c, err := net.ListenPacket("udp", "127.77.0.3:0")
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// installed looks where an ordinary user's PATH does not, too: snmpd is in sbin.
func installed(tool string) bool {
	if _, err := exec.LookPath(tool); err == nil {
		return true
	}
	return exists(filepath.Join("/usr/sbin", tool))
}

// mounts tries what the tests of full disks need.
func mounts() bool {
	dir, err := os.MkdirTemp("", "nezuban-mount-")
	if err != nil {
		return false
	}
	defer func() { _ = os.Remove(dir) }()
	if exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "nezuban-test", dir).Run() != nil {
		return false
	}
	return exec.Command("umount", dir).Run() == nil
}
