//go:build !linux

package tui

import (
	"os"
	"time"
)

// waitReadable says no where we do not know how to wait: the terminal is then
// taken for one that draws box characters one cell wide.
func waitReadable(*os.File, time.Duration) bool { return false }
