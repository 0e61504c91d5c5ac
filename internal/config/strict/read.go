package strict

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrNotAFile is a path that is there and holds no file, such as a pipe, which
// would never end.
var ErrNotAFile = errors.New("not a regular file")

// ReadFile reads a file of at most MaxFile bytes. A link may lead anywhere, but
// only to a regular file.
func ReadFile(path string) ([]byte, error) {
	st, err := os.Stat(path) // before it is opened: a pipe without a writer would hold us
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: path, Err: ErrNotAFile}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(src) > MaxFile {
		err = &os.PathError{Op: "read", Path: path, Err: fmt.Errorf("it has %d bytes; at most %d are read; split it", max(st.Size(), MaxFile+1), MaxFile)}
	}
	if err != nil {
		return nil, err
	}
	return src, nil
}
