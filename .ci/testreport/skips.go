package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
		return true, true // somebody asked for it
	}
	return false, false
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

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
