// Package term is what the console needs to know of the terminal it writes to:
// where the caret stands, how wide ambiguous characters are, which colours it
// has.
package term

import (
	"fmt"
	"io"
	"sync/atomic"
)

// A Caret is the place on the screen where typing goes, shared by a session's
// model, which moves it, and its writer, which parks the real cursor there: a
// Japanese input method opens its window at the real cursor. The zero value is
// no caret.
type Caret struct{ pos atomic.Uint64 }

// Put moves the caret; row and column count from 1. Row 0 hides it.
func (c *Caret) Put(row, col int) {
	if row <= 0 || col <= 0 {
		c.pos.Store(0)
		return
	}
	c.pos.Store(uint64(row)<<32 | uint64(col))
}

// At is where the caret stands; zeros when there is none.
func (c *Caret) At() (row, col int) {
	v := c.pos.Load()
	return int(v >> 32), int(v & 0xffffffff)
}

// Synchronised output (DEC private mode 2026): a terminal that knows it shows
// the frame at once, any other ignores it.
const (
	syncBegin = "\x1b[?2026h"
	syncEnd   = "\x1b[?2026l"
)

// A Writer passes whole writes on, each one wrapped for synchronised output and
// followed by the real cursor's new place. It is meant for the alternate screen,
// where every frame begins with the cursor at home.
type Writer struct {
	Out   io.Writer
	Caret *Caret
}

// Write implements io.Writer.
func (w Writer) Write(p []byte) (int, error) {
	tail := "\x1b[?25l"
	if row, col := w.Caret.At(); row > 0 {
		tail = fmt.Sprintf("\x1b[%d;%dH\x1b[?25h", row, col)
	}
	b := make([]byte, 0, len(p)+len(tail)+len(syncBegin)+len(syncEnd))
	b = append(b, syncBegin...)
	b = append(b, p...)
	b = append(b, tail...)
	b = append(b, syncEnd...)
	if _, err := w.Out.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}
