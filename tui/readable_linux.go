package tui

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// waitReadable waits until something can be read, at most limit.
func waitReadable(f *os.File, limit time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, int(limit/time.Millisecond))
	return err == nil && n > 0 && fds[0].Revents&unix.POLLIN != 0
}
