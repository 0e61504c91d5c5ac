package records

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nezuban/internal/duty"
)

// VerifyOptions say what to trust besides the data directory.
type VerifyOptions struct {
	PublicKeys string // contents of an audit.pub kept elsewhere; "" takes the data directory's
	Witness    string // a directory with a checkpoints.txt kept elsewhere; "" none
}

// A Finding is one thing that is not as it was written.
type Finding struct {
	Node string `json:"node,omitempty"`
	Seq  int64  `json:"seq,omitempty"` // audit entry; 0 where another thing is meant
	What string `json:"what"`          // English sentence
}

// A NodeReport tells of one node's chain.
type NodeReport struct {
	Node         string    `json:"node"`
	Entries      int64     `json:"entries"`          // intact, from the first on
	LastSum      string    `json:"last_sum"`         // of the last intact entry
	LastAt       time.Time `json:"last_at,omitzero"` // of the last intact entry
	Checkpoints  int       `json:"checkpoints"`      // whose signature and head were found right
	SignedUpTo   int64     `json:"signed_up_to"`     // entries that a right checkpoint covers
	LastSignedAt time.Time `json:"last_signed_at,omitzero"`
}

// A Report is what Verify found.
type Report struct {
	Nodes  []NodeReport `json:"nodes"`
	Events int64        `json:"events"` // alarm events that agree with the chain
	// Suppressions is how many events of suppressions agree with the chain.
	Suppressions int64     `json:"suppression_events"`
	Targets      int64     // entries about quality targets whose digest the chain holds
	PinnedBy     string    `json:"keys"` // where the public keys came from
	Findings     []Finding `json:"findings"`
}

// OK reports that nothing was found.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// maxFindings is where a report stops: behind the first hundred breaks nothing
// new is learned.
const maxFindings = 100

type verifier struct {
	ctx    context.Context
	db     *sql.DB
	conn   *sql.Tx
	kept   map[string]*evidence // by the first part of the action that tells of them
	report *Report
	signed map[string]map[int64][]Checkpoint // node → size → those to be met on the way
}

// Verify checks the records in a data directory without the daemon, or beside
// it: every entry's sum and place in its chain, every checkpoint's signature and
// tree head, that no signed entry is missing, that every alarm event is the one
// the chain tells of, and that the occurrences follow from their events. It
// returns an error only where it could not look.
func Verify(ctx context.Context, dir string, o VerifyOptions) (Report, error) {
	r := Report{Findings: []Finding{}}
	v := &verifier{ctx: ctx, report: &r, signed: map[string]map[int64][]Checkpoint{}}
	known, err := v.keys(dir, o)
	if err != nil {
		return r, fmt.Errorf("verify %s: %w", dir, err)
	}
	// files first: whatever they tell of is in the database by now
	v.files(known, dir, o.Witness)
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return r, fmt.Errorf("verify: %w", err)
	}
	if v.db, err = sql.Open("sqlite", readDSN(path)); err != nil {
		return r, fmt.Errorf("verify %s: %w", path, err)
	}
	defer v.db.Close()
	if err := quickCheck(ctx, v.db); err != nil {
		if !damaged(err) {
			return r, fmt.Errorf("verify %s: %w", path, err)
		}
		v.find("", 0, "%v", err)
	}
	if err := v.database(known); err != nil {
		if !damaged(err) {
			return r, fmt.Errorf("verify %s: %w", path, err)
		}
		v.find("", 0, "%v", err)
	}
	sort.Slice(r.Nodes, func(i, j int) bool { return r.Nodes[i].Node < r.Nodes[j].Node })
	return r, nil
}

func (v *verifier) find(node string, seq int64, format string, args ...any) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, Finding{Node: node, Seq: seq, What: fmt.Sprintf(format, args...)})
	}
}

func (v *verifier) keys(dir string, o VerifyOptions) (note.Verifiers, error) {
	if o.PublicKeys != "" {
		v.report.PinnedBy = "given"
		return parsePublicKeys("the given public keys", o.PublicKeys)
	}
	v.report.PinnedBy = "data directory"
	return readPublicKeys(filepath.Join(dir, "keys", publicKeyFile))
}

// files collects the checkpoints outside the database.
func (v *verifier) files(known note.Verifiers, dirs ...string) {
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		path := filepath.Join(dir, CheckpointFile)
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && dir == dirs[0] {
			continue // nothing signed yet; the table says whether that is so
		}
		if err != nil {
			v.find("", 0, "%s cannot be read: %v", path, err)
			continue
		}
		for i, n := range splitNotes(string(raw)) {
			v.collect(known, fmt.Sprintf("%s, checkpoint %d", path, i+1), n)
		}
	}
}

func (v *verifier) collect(known note.Verifiers, where, signed string) {
	c, err := openCheckpoint(signed, known)
	if err != nil {
		v.find("", 0, "%s: signature: %v", where, err)
		return
	}
	of := v.signed[c.Node]
	if of == nil {
		of = map[int64][]Checkpoint{}
		v.signed[c.Node] = of
	}
	for _, have := range of[c.Size] {
		if have.Note == c.Note {
			return
		}
	}
	of[c.Size] = append(of[c.Size], c)
}

// database looks at one consistent state of the store.
func (v *verifier) database(known note.Verifiers) error {
	tx, err := v.db.BeginTx(v.ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	v.conn = tx
	if err := v.prepare(); err != nil {
		return err
	}
	for _, k := range v.kept {
		defer k.lookup.Close()
	}
	if err := v.table(known); err != nil {
		return err
	}
	nodes, err := v.nodes()
	if err != nil {
		return err
	}
	for _, node := range nodes {
		if err := v.node(node); err != nil {
			return err
		}
	}
	for _, part := range []string{"alarm", "suppression"} {
		if k := v.kept[part]; k != nil {
			if err := v.folds(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// table collects the checkpoints in the database; each must also be in the file.
func (v *verifier) table(known note.Verifiers) error {
	rows, err := v.conn.QueryContext(v.ctx, `SELECT node, size, note FROM audit_checkpoint ORDER BY node, size`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var node, signed string
		var size int64
		if err := rows.Scan(&node, &size, &signed); err != nil {
			return err
		}
		if len(v.signed[node][size]) == 0 {
			v.find(node, size, "the checkpoint over %d entries is not in %s", size, CheckpointFile)
		}
		v.collect(known, fmt.Sprintf("checkpoint over %d entries of %s", size, node), signed)
	}
	return rows.Err()
}

// nodes are all that have entries or checkpoints.
func (v *verifier) nodes() ([]string, error) {
	seen := map[string]bool{}
	for node := range v.signed {
		seen[node] = true
	}
	rows, err := v.conn.QueryContext(v.ctx, `SELECT DISTINCT node FROM audit`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var node string
		if err := rows.Scan(&node); err != nil {
			return nil, err
		}
		seen[node] = true
	}
	var out []string
	for node := range seen {
		out = append(out, node)
	}
	sort.Strings(out)
	return out, rows.Err()
}

// node walks one chain. It ends at the first break: what follows hangs in the
// air.
func (v *verifier) node(node string) error {
	n := NodeReport{Node: node}
	c := chain{sum: firstPrev}
	n.LastSum = c.sum
	rows, err := v.conn.QueryContext(v.ctx, `SELECT `+auditColumns+` FROM audit WHERE node = ? ORDER BY seq`, node)
	if err != nil {
		return err
	}
	defer rows.Close()
	intact := true
	for rows.Next() {
		e, err := scanAudit(rows)
		if err != nil {
			return err
		}
		if err := c.follow(e); err != nil {
			v.find(node, c.seq+1, "%v", err)
			intact = false
			break
		}
		v.event(e)
		n.Entries, n.LastSum, n.LastAt = e.Seq, e.Sum, e.At
		for _, cp := range v.signed[node][e.Seq] {
			v.head(&n, cp, c.tree.head())
		}
		delete(v.signed[node], e.Seq)
	}
	v.report.Nodes = append(v.report.Nodes, n)
	if err := rows.Err(); err != nil {
		return err
	}
	if intact {
		v.cutTail(node, c.seq)
	}
	return nil
}

func (v *verifier) head(n *NodeReport, cp Checkpoint, head tlog.Hash) {
	if cp.Head != head {
		v.find(n.Node, cp.Size, "the checkpoint of %s over %d entries was signed for other entries: the chain was rewritten",
			cp.At.Format(time.RFC3339), cp.Size)
		return
	}
	n.Checkpoints++
	n.SignedUpTo, n.LastSignedAt = cp.Size, cp.At
}

func (v *verifier) cutTail(node string, have int64) {
	var longest Checkpoint
	for size, list := range v.signed[node] {
		if size > longest.Size {
			longest = list[0]
		}
	}
	if longest.Size > have {
		v.find(node, have+1, "the chain ends at entry %d, but %d entries were signed at %s: entries %d to %d are missing",
			have, longest.Size, longest.At.Format(time.RFC3339), have+1, longest.Size)
	}
}

// event compares the event that an entry tells of.
func (v *verifier) event(e duty.AuditEntry) {
	part, _, _ := strings.Cut(e.Action, ".")
	k := v.kept[part]
	if k == nil {
		return
	}
	var d struct {
		Digest   string `json:"event"`
		Revision int    `json:"revision"`
	}
	if json.Unmarshal([]byte(e.Detail), &d) != nil || d.Digest == "" {
		return
	}
	var body string
	err := k.lookup.QueryRowContext(v.ctx, e.Object, d.Revision).Scan(&body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		v.find(e.Node, e.Seq, "event %s revision %d is missing", e.Object, d.Revision)
	case err != nil:
		v.find(e.Node, e.Seq, "event %s revision %d cannot be read: %v", e.Object, d.Revision, err)
	case digest(body) != d.Digest:
		v.find(e.Node, e.Seq, "event %s revision %d was changed", e.Object, d.Revision)
	default:
		*k.right++
	}
}
