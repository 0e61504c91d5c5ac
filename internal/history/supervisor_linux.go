package history

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// childAttr: the child dies with us, and a Ctrl-C on our terminal is ours to
// pass on.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// ownMemory is a process' anonymous resident memory in bytes (proc(5), RssAnon):
// without the mapped blocks, which the kernel takes back as it likes.
func ownMemory(pid int) (uint64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read memory of the history child: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		f := bytes.Fields(lines.Bytes())
		if len(f) >= 2 && string(f[0]) == "RssAnon:" {
			kb, err := strconv.ParseUint(string(f[1]), 10, 54)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("read memory of the history child: no RssAnon in status")
}
