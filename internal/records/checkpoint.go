package records

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// CheckpointFile is the file of signed checkpoints in the data directory and in
// the witness directory.
const CheckpointFile = "checkpoints.txt"

// checkpointEvery is how long entries may stay unsigned; a checkpoint later than
// twice that is a loss of evidence.
const checkpointEvery = time.Hour

// A Checkpoint is a signed statement: this was the chain's head at that time.
type Checkpoint struct {
	Node string
	Size int64     // entries covered
	Head tlog.Hash // of the Merkle tree over their sums
	At   time.Time
	Note string // the signed note as written
}

func (c Checkpoint) text() string {
	return fmt.Sprintf("nezuban/%s/audit\n%d\n%s\nat %s\n", c.Node, c.Size,
		base64.StdEncoding.EncodeToString(c.Head[:]), c.At.UTC().Format(time.RFC3339))
}

// openCheckpoint checks the signature of a note and reads it.
func openCheckpoint(signed string, known note.Verifiers) (Checkpoint, error) {
	n, err := note.Open([]byte(signed), known)
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Note: signed}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 {
		return c, errors.New("malformed checkpoint")
	}
	origin := strings.Split(lines[0], "/")
	if len(origin) != 3 || origin[0] != "nezuban" || origin[2] != "audit" {
		return c, fmt.Errorf("checkpoint of %q, not of an audit chain", lines[0])
	}
	c.Node = origin[1]
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return c, fmt.Errorf("checkpoint size: %w", err)
	}
	if c.Head, err = tlog.ParseHash(lines[2]); err != nil {
		return c, fmt.Errorf("checkpoint head: %w", err)
	}
	if c.At, err = time.Parse("at "+time.RFC3339, lines[3]); err != nil {
		return c, fmt.Errorf("checkpoint time: %w", err)
	}
	return c, nil
}

// Checkpoint signs the chain's head where anything was added since the last
// time, and writes it to the table, the file and the witness directory.
func (s *Store) Checkpoint(ctx context.Context) error {
	var made Checkpoint
	err := s.Tx(ctx, func(tx *Tx) error {
		made = Checkpoint{}
		if tx.chain.seq == s.signedSize {
			return nil
		}
		c := Checkpoint{Node: s.node, Size: tx.chain.seq, Head: tx.chain.tree.head(), At: s.clock.Now().UTC()}
		signed, err := note.Sign(&note.Note{Text: c.text()}, s.keys.signer)
		if err != nil {
			return err
		}
		c.Note = string(signed)
		_, err = tx.exec(`INSERT INTO audit_checkpoint (node, size, at, note, frontier) VALUES (?,?,?,?,?)`,
			c.Node, c.Size, c.At.UnixNano(), c.Note, tx.chain.tree.encode())
		made = c
		return err
	})
	if err != nil {
		return fmt.Errorf("sign audit chain: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signedMono = s.clock.Mono()
	if made.Size == 0 {
		return nil
	}
	s.signedSize = made.Size
	s.metrics.checkpoint.Set(float64(made.At.Unix()))
	return s.publish(made.Note)
}

// publish adds a note to the files outside the database, after what they still
// lack. What cannot be written waits for the next attempt. The caller holds mu.
func (s *Store) publish(signed ...string) error {
	var errs []error
	lacking := map[string][]string{}
	for _, dir := range s.checkpointDirs() {
		notes := append(s.unpublished[dir], signed...)
		for i, n := range notes {
			if err := appendNote(filepath.Join(dir, CheckpointFile), n); err != nil {
				errs = append(errs, fmt.Errorf("write checkpoint to %s: %w", dir, err))
				lacking[dir] = notes[i:]
				break
			}
		}
	}
	if len(s.unpublished) == 0 {
		s.missedMono = s.clock.Mono()
	}
	s.unpublished = lacking
	return errors.Join(errs...)
}

// Unsigned is how long the audit chain has not been secured: how long ago a
// checkpoint covered all of it, where entries have come since, or since when a
// directory lacks a checkpoint; zero where neither is so.
func (s *Store) Unsigned() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	mono, age := s.clock.Mono(), time.Duration(0)
	if s.chain.seq > s.signedSize {
		age = mono - s.signedMono
	}
	if len(s.unpublished) > 0 {
		age = max(age, mono-s.missedMono)
	}
	return age
}

func (s *Store) checkpointDirs() []string {
	if s.witness == "" {
		return []string{s.dir}
	}
	return []string{s.dir, s.witness}
}

// appendNote adds a note that is not there yet. It begins on a line of its own even
// where a crash left half a note.
func appendNote(path, signed string) error {
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if strings.Contains(string(raw), signed) {
		return nil
	}
	if len(raw) > 0 && raw[len(raw)-1] != '\n' {
		signed = "\n" + signed
	}
	return appendDurably(path, []byte(signed+"\n"), 0o644)
}

// loadCheckpoints finds what was signed last, and writes to the files what a
// crash kept from them.
func (s *Store) loadCheckpoints(ctx context.Context) error {
	var order []string
	rows, err := s.query(ctx, `SELECT size, at, note FROM audit_checkpoint WHERE node = ? ORDER BY size DESC LIMIT 48`, s.node)
	if err != nil {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var size, at int64
		var signed string
		if err := rows.Scan(&size, &at, &signed); err != nil {
			return fmt.Errorf("read checkpoints: %w", err)
		}
		if size > s.signedSize {
			s.signedSize = size
			s.metrics.checkpoint.Set(float64(time.Unix(0, at).Unix()))
		}
		order = append([]string{signed}, order...)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	s.signedMono = s.clock.Mono()
	if s.chain.seq > s.signedSize { // the last end was not an orderly one: sign at once
		s.signedMono -= checkpointEvery
	}
	if err := s.publish(order...); err != nil { // a witness out of reach keeps no watch from starting
		s.log.Error("checkpoints wait to be written", "err", err)
	}
	return nil
}

// splitNotes takes a checkpoint file apart. A note begins at a line with its
// origin; what a crash left of a note is dropped where the whole note follows.
func splitNotes(raw string) []string {
	var notes []string
	for _, line := range strings.SplitAfter(raw, "\n") {
		if strings.HasPrefix(line, "nezuban/") {
			notes = append(notes, "")
		}
		if len(notes) == 0 {
			if strings.TrimSpace(line) == "" {
				continue
			}
			notes = append(notes, "")
		}
		notes[len(notes)-1] += line
	}
	var out []string
	for i, n := range notes {
		n = strings.TrimRight(n, "\n")
		if i+1 < len(notes) && n != strings.TrimRight(notes[i+1], "\n") && strings.HasPrefix(notes[i+1], n) {
			continue
		}
		out = append(out, n+"\n")
	}
	return out
}

// Maintain does what is due: trying whether a full disk has space again, the
// hourly checkpoint, building the reserve up. The daemon calls it each second.
func (s *Store) Maintain(ctx context.Context) error {
	if s.readOnly || s.stuck() != nil {
		return nil
	}
	s.mu.Lock()
	now := s.clock.Mono()
	sign := now-s.signedMono >= checkpointEvery || s.signedSize == 0 // what was never signed is at once
	if now-s.checkedMono >= 30*time.Second {
		s.checkedMono = now
		s.refill()
		if len(s.unpublished) > 0 {
			if err := s.publish(); err != nil {
				s.log.Warn("checkpoints wait to be written", "err", err)
			}
		}
	}
	s.mu.Unlock()
	if state, _ := s.Status(); state != StateOK {
		if err := s.probe(ctx); err != nil {
			return err
		}
	}
	if !sign {
		return nil
	}
	return s.Checkpoint(ctx)
}

// probe writes something that changes nothing, once there is space for more
// than that.
func (s *Store) probe(ctx context.Context) error {
	free, err := freeBytes(s.dir)
	if err != nil {
		return fmt.Errorf("free space of %s: %w", s.dir, err)
	}
	if free < enoughSpace {
		return fmt.Errorf("%s has %d bytes free: %w", s.dir, free, ErrNoSpace)
	}
	return s.Tx(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE alarm_sequence SET next = next WHERE id = 1`)
		return err
	})
}

func (s *Store) refill() {
	if err := s.reserve.refill(); err != nil {
		s.log.Warn("build up the records' reserve", "path", s.reserve.path, "err", err)
	}
	s.metrics.reserve.Set(float64(s.reserve.size()))
}
