package records

import (
	"errors"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Why a change was not kept. Code asks errors.Is; the message names the file and
// the next step.
var (
	// ErrReadOnly: the store was opened for reading, or by a newer release.
	ErrReadOnly = errors.New("records are read-only")
	// ErrNoSpace: the disk is full and the reserve is used up. Try again.
	ErrNoSpace = errors.New("no space for records")
	// ErrDamaged: the file, or the chain in it, is not what was written.
	ErrDamaged = errors.New("records are damaged")
	// ErrInUse: another process writes this store.
	ErrInUse = errors.New("records are in use by another process")
	// ErrExists: exactly this event is kept already.
	ErrExists = errors.New("event is kept already")
	// ErrConflict: another event has this revision, or it does not follow from
	// the events before it. Trying again does not help.
	ErrConflict = errors.New("event contradicts the records")
	// ErrNoNotice: the outbox has no notice of that id.
	ErrNoNotice = errors.New("no such notice")
)

// The states of a store, as consoles show them.
const (
	StateOK       = "ok"
	StateReadOnly = "read_only" // reads answer, writes do not
	StateDown     = "down"      // not even reads answer
)

func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// full reports that err is a lack of disk space. SQLITE_IOERR_SHMSIZE comes
// when the shared-memory file of the write-ahead log cannot grow.
func full(err error) bool {
	code := resultCode(err)
	return code&0xff == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_SHMSIZE || errors.Is(err, syscall.ENOSPC)
}

func damaged(err error) bool {
	code := resultCode(err) & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB || errors.Is(err, ErrDamaged)
}
