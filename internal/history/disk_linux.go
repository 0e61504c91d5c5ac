package history

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// statFree asks the file system of dir; free is what an ordinary user may use.
func statFree(dir string) (free, total uint64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, 0, fmt.Errorf("read free space of %s: %w", dir, err)
	}
	return st.Bavail * uint64(st.Bsize), st.Blocks * uint64(st.Bsize), nil
}

// syncNewestSegment flushes the newest segment of the log in dir; the library
// flushes finished segments itself, but the running one only when it ends.
func syncNewestSegment(dir string) error {
	entries, err := os.ReadDir(dir) // sorted; segments are zero-padded numbers
	if err != nil {
		return fmt.Errorf("list log segments: %w", err)
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].IsDir() {
			continue // checkpoints
		}
		return datasync(filepath.Join(dir, entries[i].Name()))
	}
	return nil
}

func datasync(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if os.IsNotExist(err) {
		return nil // cut between listing and opening; the next second sees its successor
	}
	if err != nil {
		return fmt.Errorf("open log segment: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = e
		}
	}()
	if err := syscall.Fdatasync(int(f.Fd())); err != nil {
		return fmt.Errorf("flush log segment %s: %w", path, err)
	}
	return nil
}
