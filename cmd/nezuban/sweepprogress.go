package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"time"

	"nezuban/collectors/snmp"
)

// progressFile keeps how far a sweep has come: a line of JSON that names the
// sweep, then one for each address that is done. A nil one keeps nothing.
type progressFile struct {
	file  *os.File
	asked map[int]bool
	found []snmp.Swept
	err   error // the first that went wrong in writing
}

type progressLine struct {
	Sweep string      `json:"sweep,omitempty"`
	N     int         `json:"n"`
	Found *snmp.Swept `json:"found,omitempty"`
}

// openProgress opens the file of a sweep or begins one.
func openProgress(path, key string) (*progressFile, error) {
	p := &progressFile{asked: map[int]bool{}}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read progress: %w", err)
	}
	lines := bufio.NewScanner(strings.NewReader(string(data)))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		var l progressLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil && n > 0 {
			continue // the last line of a sweep that was killed
		} else if err != nil || n == 0 && l.Sweep != key {
			return nil, fmt.Errorf("%s is the progress of another sweep or no progress at all; name another file or remove it", path)
		}
		if n > 0 {
			p.asked[l.N] = true
			if l.Found != nil {
				if _, err := netip.ParseAddrPort(l.Found.Address); err != nil {
					return nil, fmt.Errorf("%s:%d: %w; remove the line, and its address is asked again", path, n+1, err)
				}
				p.found = append(p.found, *l.Found)
			}
		}
	}
	if p.file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("keep progress: %w", err)
	}
	if len(data) == 0 {
		p.write(progressLine{Sweep: key})
	} else if data[len(data)-1] != '\n' {
		_, p.err = p.file.WriteString("\n")
	}
	return p, p.err
}

func (p *progressFile) has(n int) bool { return p != nil && p.asked[n] }

func (p *progressFile) done(n int, r snmp.Swept) {
	if p == nil {
		return
	}
	l := progressLine{N: n}
	if r.Answered {
		l.Found = &r
	}
	p.write(l)
}

func (p *progressFile) write(l progressLine) {
	b, err := json.Marshal(l)
	if err == nil {
		_, err = p.file.Write(append(b, '\n'))
	}
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("keep progress: %w", err)
	}
}

func (p *progressFile) problem() error {
	if p == nil {
		return nil
	}
	return p.err
}

func (p *progressFile) close() { _ = p.file.Close() }

// sweepBar shows on a terminal how far a sweep has come.
type sweepBar struct {
	w            io.Writer // nil: nothing is shown
	total, count int
	skipped      int
	started      time.Time
	shown        time.Time
}

func (b *sweepBar) skip() { b.count, b.skipped = b.count+1, b.skipped+1 }

func (b *sweepBar) step(found int) {
	b.count++
	if b.w == nil || time.Since(b.shown) < 100*time.Millisecond && b.count < b.total {
		return
	}
	b.shown = time.Now()
	const width = 30
	full := width * b.count / max(1, b.total)
	left := ""
	if done := b.count - b.skipped; done > 0 {
		d := time.Since(b.started) / time.Duration(done) * time.Duration(b.total-b.count)
		left = fmt.Sprintf(", %s left", d.Round(time.Second))
	}
	fmt.Fprintf(b.w, "\r[%s%s] %d/%d addresses, %d found%s\x1b[K", strings.Repeat("#", full), strings.Repeat(".", width-full), b.count, b.total, found, left)
}

func (b *sweepBar) end() {
	if b.w != nil && !b.shown.IsZero() {
		fmt.Fprintln(b.w)
	}
}
