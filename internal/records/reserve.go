package records

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// A reserve is a file that holds disk space back. It is given up in steps, so
// that others who fill the disk do not get all of it at once.
type reserve struct {
	path string
	want int64
	step int64
	log  *slog.Logger

	mu   sync.Mutex // protects have
	have int64
}

// openReserve takes over the file that is there; it allocates nothing yet.
func openReserve(path string, want int64, log *slog.Logger) *reserve {
	r := &reserve{path: path, want: want, step: max(want/16, 1<<20), log: log}
	if info, err := os.Stat(path); err == nil {
		r.have = info.Size()
	}
	if r.have > want { // made smaller by configuration
		r.shrink(want)
	}
	return r
}

func (r *reserve) size() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.have
}

// release gives one step back to the file system and reports whether there was
// anything to give.
func (r *reserve) release() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.have <= 0 {
		return false
	}
	return r.shrink(max(r.have-r.step, 0))
}

func (r *reserve) shrink(to int64) bool {
	var err error
	if to == 0 {
		err = os.Remove(r.path)
	} else {
		err = os.Truncate(r.path, to)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.log.Error("release records reserve", "path", r.path, "err", err)
		return false
	}
	if err != nil {
		to = 0
	}
	r.have = to
	return true
}

// refill builds the reserve up to its full size where the disk has at least as
// much again.
func (r *reserve) refill() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	missing := r.want - r.have
	if missing <= 0 {
		return nil
	}
	free, err := freeBytes(filepath.Dir(r.path))
	if err != nil || free < missing+r.want {
		return err
	}
	f, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = allocate(f, r.want)
	if info, statErr := f.Stat(); statErr == nil {
		r.have = info.Size()
	}
	return errors.Join(err, f.Close())
}

// allocate makes f size bytes long with blocks behind every byte, also where the
// file system cannot preallocate.
func allocate(f *os.File, size int64) error {
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if err == nil || !errors.Is(err, unix.EOPNOTSUPP) {
		return err
	}
	block := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(block)) {
		if _, err := f.WriteAt(block[:min(int64(len(block)), size-at)], at); err != nil {
			return err
		}
	}
	return f.Sync()
}

// enoughSpace is what must be free before a store that ran out of space counts
// as able to write again: some hundred changes.
const enoughSpace = 1 << 20

func freeBytes(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}
