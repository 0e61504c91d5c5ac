package records

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/duty"
)

// firstPrev is the sum before the first entry.
var firstPrev = strings.Repeat("0", 2*sha256.Size)

// chain is the end of this node's audit chain. Its tree holds every entry.
type chain struct {
	seq  int64
	sum  string
	tree frontier
}

func (c chain) clone() chain {
	c.tree = c.tree.clone()
	return c
}

// follow checks that e is the next entry and takes it in.
func (c *chain) follow(e duty.AuditEntry) error {
	switch {
	case e.Seq != c.seq+1:
		return fmt.Errorf("audit entry %d of %s follows entry %d: %w", e.Seq, e.Node, c.seq, ErrDamaged)
	case e.PrevSum != c.sum:
		return fmt.Errorf("audit entry %d of %s does not name the sum of the entry before: %w", e.Seq, e.Node, ErrDamaged)
	case e.Sum != Sum(e):
		return fmt.Errorf("audit entry %d of %s has another sum than its contents: %w", e.Seq, e.Node, ErrDamaged)
	}
	c.seq, c.sum = e.Seq, e.Sum
	c.tree.add([]byte(e.Sum))
	return nil
}

// Sum is the sum of an entry over its other fields, hex; see the package
// comment for the encoding.
func Sum(e duty.AuditEntry) string {
	var b bytes.Buffer
	for _, f := range []string{
		"nezuban audit v1", e.Node, strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano),
		e.Actor.Kind, e.Actor.ID, e.Action, e.Object, e.Detail, e.PrevSum,
	} {
		b.WriteString(strconv.Itoa(len(f)))
		b.WriteByte(':')
		b.WriteString(f)
		b.WriteByte(',')
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:])
}

// canonical is v as JSON with sorted keys, without spaces and without escapes
// for HTML.
func canonical(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return "", err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// AppendAudit adds an entry to this node's chain. Detail is written as JSON and
// must hold no secret; nil is "{}".
func (tx *Tx) AppendAudit(actor duty.Actor, action, object string, detail any) (duty.AuditEntry, error) {
	if detail == nil {
		detail = struct{}{}
	}
	text, err := canonical(detail)
	if err != nil {
		return duty.AuditEntry{}, fmt.Errorf("audit %s %s: detail: %w", action, object, err)
	}
	e := duty.AuditEntry{
		Node: tx.store.node, Seq: tx.chain.seq + 1, At: tx.store.clock.Now().UTC(),
		Actor: actor, Action: action, Object: object, Detail: text, PrevSum: tx.chain.sum,
	}
	e.Sum = Sum(e)
	_, err = tx.exec(`INSERT INTO audit (node, seq, at, actor_kind, actor_id, action, object, detail, prev, sum)
		VALUES (?,?,?,?,?,?,?,?,?,?)`,
		e.Node, e.Seq, e.At.UnixNano(), actor.Kind, actor.ID, action, object, text, e.PrevSum, e.Sum)
	if err != nil {
		return duty.AuditEntry{}, fmt.Errorf("audit %s %s: %w", action, object, err)
	}
	if err := tx.chain.follow(e); err != nil {
		return duty.AuditEntry{}, err
	}
	return e, nil
}

const auditColumns = `node, seq, at, actor_kind, actor_id, action, object, detail, prev, sum`

func scanAudit(rows *sql.Rows) (duty.AuditEntry, error) {
	var e duty.AuditEntry
	var at int64
	err := rows.Scan(&e.Node, &e.Seq, &at, &e.Actor.Kind, &e.Actor.ID, &e.Action, &e.Object, &e.Detail, &e.PrevSum, &e.Sum)
	e.At = time.Unix(0, at).UTC()
	return e, err
}

// Audit returns at most limit entries of this node from fromSeq on, the oldest
// first. Every entry read is checked against its sum and its predecessor; at the
// first broken one the entries before it come with an error that is ErrDamaged.
func (s *Store) Audit(ctx context.Context, fromSeq int64, limit int) ([]duty.AuditEntry, error) {
	fromSeq = max(fromSeq, 1)
	rows, err := s.query(ctx, `SELECT `+auditColumns+` FROM audit WHERE node = ? AND seq >= ? ORDER BY seq LIMIT ?`,
		s.node, fromSeq-1, limit+1)
	if err != nil {
		return nil, fmt.Errorf("read audit from %d: %w", fromSeq, err)
	}
	defer rows.Close()
	c := chain{seq: fromSeq - 1, sum: firstPrev}
	var out []duty.AuditEntry
	for rows.Next() {
		e, err := scanAudit(rows)
		if err != nil {
			return out, fmt.Errorf("read audit from %d: %w", fromSeq, err)
		}
		if e.Seq == fromSeq-1 { // the predecessor, for its sum
			c.sum = e.Sum
			continue
		}
		if len(out) == limit {
			break
		}
		if err := c.follow(e); err != nil {
			return out, err
		}
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return out, fmt.Errorf("read audit from %d: %w", fromSeq, err)
	}
	return out, nil
}

// AuditHead is the number and the sum of the newest entry of this node; 0 where
// there is none.
func (s *Store) AuditHead(ctx context.Context) (seq int64, sum string, err error) {
	err = s.queryRow(ctx, `SELECT seq, sum FROM audit WHERE node = ? ORDER BY seq DESC LIMIT 1`, s.node).Scan(&seq, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, firstPrev, nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("read audit head: %w", err)
	}
	return seq, sum, nil
}

// loadChain finds the chain's end: from the newest checkpoint's tree edge on,
// every later entry is read and checked.
func (s *Store) loadChain(ctx context.Context) (chain, error) {
	c := chain{sum: firstPrev}
	var size int64
	var edge []byte
	err := s.queryRow(ctx, `SELECT size, frontier FROM audit_checkpoint WHERE node = ? ORDER BY size DESC LIMIT 1`, s.node).Scan(&size, &edge)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return c, fmt.Errorf("read newest checkpoint: %w", err)
	default:
		if c.tree, err = decodeFrontier(size, edge); err != nil {
			return c, fmt.Errorf("checkpoint at entry %d: %w", size, err)
		}
		c.seq = size
		err := s.queryRow(ctx, `SELECT sum FROM audit WHERE node = ? AND seq = ?`, s.node, size).Scan(&c.sum)
		if errors.Is(err, sql.ErrNoRows) {
			return c, fmt.Errorf("audit entry %d, which a checkpoint covers, is missing: %w", size, ErrDamaged)
		}
		if err != nil {
			return c, fmt.Errorf("read audit entry %d: %w", size, err)
		}
	}
	for {
		entries, err := s.auditAfter(ctx, c.seq, 1000)
		if err != nil {
			return c, err
		}
		for _, e := range entries {
			if err := c.follow(e); err != nil {
				return c, err
			}
		}
		if len(entries) < 1000 {
			return c, nil
		}
	}
}

func (s *Store) auditAfter(ctx context.Context, seq int64, limit int) ([]duty.AuditEntry, error) {
	rows, err := s.query(ctx, `SELECT `+auditColumns+` FROM audit WHERE node = ? AND seq > ? ORDER BY seq LIMIT ?`, s.node, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("read audit after %d: %w", seq, err)
	}
	defer rows.Close()
	var out []duty.AuditEntry
	for rows.Next() {
		e, err := scanAudit(rows)
		if err != nil {
			return nil, fmt.Errorf("read audit after %d: %w", seq, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
