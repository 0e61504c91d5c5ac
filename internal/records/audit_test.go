package records

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
)

func TestSumIsOverEveryField(t *testing.T) {
	e := duty.AuditEntry{
		Node: "site-1", Seq: 7, At: time.Date(2026, 11, 22, 12, 0, 0, 5, time.UTC),
		Actor: duty.Actor{Kind: "person", ID: "sato"}, Action: "alarm.acknowledge", Object: "ALM-000001",
		Detail: `{"comment":"見に行く"}`, PrevSum: firstPrev,
	}
	// computed apart from this program, from the encoding in the package comment
	const want = "32fa807697c0329404d389d48475c089804c50aa7012aeb0dfd034f7b4df8b9d"
	if got := Sum(e); got != want {
		t.Errorf("Sum = %s, want %s", got, want)
	}
	changes := map[string]func(*duty.AuditEntry){
		"node":   func(e *duty.AuditEntry) { e.Node = "site-2" },
		"seq":    func(e *duty.AuditEntry) { e.Seq++ },
		"at":     func(e *duty.AuditEntry) { e.At = e.At.Add(1) },
		"kind":   func(e *duty.AuditEntry) { e.Actor.Kind = "rule" },
		"actor":  func(e *duty.AuditEntry) { e.Actor.ID = "ito" },
		"action": func(e *duty.AuditEntry) { e.Action = "alarm.reset" },
		"object": func(e *duty.AuditEntry) { e.Object = "ALM-000002" },
		"detail": func(e *duty.AuditEntry) { e.Detail = "{}" },
		"prev":   func(e *duty.AuditEntry) { e.PrevSum = want },
		"a character moved to the next field": func(e *duty.AuditEntry) {
			e.Actor.ID, e.Action = "satoa", "larm.acknowledge"
		},
	}
	for name, change := range changes {
		c := e
		change(&c)
		if Sum(c) == want {
			t.Errorf("%s changed, and the sum did not", name)
		}
	}
	e.At = e.At.In(time.FixedZone("JST", 9*3600))
	if Sum(e) != want {
		t.Error("the sum depends on the zone the time is written in")
	}
}

func TestDetailIsCanonical(t *testing.T) {
	got, err := canonical(map[string]any{"b": 1.50, "a": "x<y & 漏水", "c": []int{3, 1}})
	if want := `{"a":"x<y & 漏水","b":1.5,"c":[3,1]}`; err != nil || got != want {
		t.Errorf("canonical = %s, %v; want %s", got, err, want)
	}
}

// The head must be what any RFC 6962 implementation computes.
func TestFrontierAgreesWithTlog(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = stored[x]
		}
		return out, nil
	})
	var f frontier
	for n := int64(0); n <= 300; n++ {
		want, err := tlog.TreeHash(n, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.head(); got != want {
			t.Fatalf("head of %d leaves = %v, want %v", n, got, want)
		}
		back, err := decodeFrontier(f.size, f.encode())
		if err != nil || back.head() != want {
			t.Fatalf("the edge of %d leaves does not survive its encoding: %v", n, err)
		}
		leaf := []byte(fmt.Sprint("leaf ", n))
		hashes, err := tlog.StoredHashes(n, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		f.add(leaf)
	}
	if _, err := decodeFrontier(3, make([]byte, 32)); !errors.Is(err, ErrDamaged) {
		t.Errorf("an edge of the wrong length: %v, want ErrDamaged", err)
	}
}

// entries adds n plain audit entries.
func entries(t *testing.T, s *Store, n int) {
	t.Helper()
	err := s.Tx(t.Context(), func(tx *Tx) error {
		for i := range n {
			if _, err := tx.AppendAudit(duty.Actor{Kind: "system", ID: "test"}, "test.note", "", map[string]int{"i": i}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, dir string, o VerifyOptions) Report {
	t.Helper()
	r, err := Verify(t.Context(), dir, o)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return r
}

func TestVerifyOfASoundStore(t *testing.T) {
	dir, witness := t.TempDir(), t.TempDir()
	o := options(dir)
	o.Witness = witness
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	story(t, s)
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries(t, s, 20)
	r := verify(t, dir, VerifyOptions{}) // beside the writing process
	if !r.OK() || r.Nodes[0].Entries != 25 || r.Nodes[0].SignedUpTo != 5 || r.Events != 5 {
		t.Errorf("beside the daemon: %+v", r)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	pub, err := os.ReadFile(filepath.Join(dir, "keys", publicKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	r = verify(t, dir, VerifyOptions{PublicKeys: string(pub), Witness: witness})
	if !r.OK() || r.Nodes[0].SignedUpTo != 25 || r.Nodes[0].Checkpoints != 2 || r.PinnedBy != "given" {
		t.Errorf("after it: %+v", r)
	}
	if info, err := os.Stat(filepath.Join(dir, "keys", privateKeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("private key: %v, %v; want mode 0600", info, err)
	}
}

func TestReadingTheAuditChecksIt(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	story(t, s)
	s.Close()
	tamper(t, dir, "UPDATE audit SET actor_id = 'ito' WHERE seq = 4")
	o := options(dir)
	o.ReadOnly = true
	r, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := r.Audit(t.Context(), 2, 10)
	if !errors.Is(err, ErrDamaged) || len(got) != 2 || got[0].Seq != 2 {
		t.Errorf("Audit from 2 on: %d entries, %v; want 2 and 3, then ErrDamaged", len(got), err)
	}
}

// stepped is a clock that tests set.
type stepped struct {
	clock.Clock
	mono time.Duration
}

func (c *stepped) Now() time.Time { return noon.Add(c.mono) }

func (c *stepped) Mono() time.Duration { return c.mono }

func TestSignedHourlyAndAfterAnUncleanEnd(t *testing.T) {
	dir := t.TempDir()
	c := &stepped{Clock: clock.System()}
	o := options(dir)
	o.Clock = c
	start := func() *Store {
		s, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := start()
	signed := func(what string, want int64) {
		t.Helper()
		if err := s.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := verify(t, dir, VerifyOptions{})
		if !r.OK() || r.Nodes[0].SignedUpTo != want {
			t.Errorf("%s: signed up to %d (%v), want %d", what, r.Nodes[0].SignedUpTo, r.Findings, want)
		}
	}
	entries(t, s, 1)
	signed("what was never signed, at once", 1)
	entries(t, s, 2)
	c.mono += 59 * time.Minute
	signed("after 59 min", 1)
	c.mono += time.Minute
	signed("after an hour", 3)
	entries(t, s, 2)
	signed("just after that", 3)
	s.closeFiles() // as a kill does: nothing is signed
	s = start()
	defer s.Close()
	signed("after an unclean end", 5)
	c.mono += 3 * time.Hour
	signed("nothing new", 5)
}

func TestCheckpointsAfterACrash(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	entries(t, s, 3)
	s.Close()
	s = open(t, dir)
	entries(t, s, 3)
	s.Close()
	path := filepath.Join(dir, CheckpointFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 5, len(raw) / 2, len(raw)/2 + 30, len(raw) - 40, len(raw) - 1} {
		if err := os.WriteFile(path, raw[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := open(t, dir).Close(); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, dir, VerifyOptions{}); !r.OK() || r.Nodes[0].Checkpoints != 2 {
			t.Errorf("file cut to %d of %d bytes: %+v", cut, len(raw), r)
		}
	}
}

// A directory that cannot be written is evidence that may be lost: it is told,
// and made good as soon as it can be written again.
func TestACheckpointThatCannotBeWrittenWaits(t *testing.T) {
	dir, witness := t.TempDir(), filepath.Join(t.TempDir(), "witness")
	c := &stepped{Clock: clock.System()}
	o := options(dir)
	o.Clock, o.Witness = c, witness
	if err := os.WriteFile(witness, nil, 0o600); err != nil { // a file where a directory should be
		t.Fatal(err)
	}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.Unsigned(); got != 0 {
		t.Errorf("an empty store: %v unsigned", got)
	}
	entries(t, s, 3)
	if err := s.Maintain(t.Context()); err == nil {
		t.Error("the witness cannot be written, and nobody is told")
	}
	c.mono = 90 * time.Minute
	if err := s.Maintain(t.Context()); err != nil {
		t.Error(err)
	}
	entries(t, s, 2)
	if got := s.Unsigned(); got != 90*time.Minute {
		t.Errorf("unsigned for %v, want 90 min", got)
	}
	if err := os.Remove(witness); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(witness, 0o700); err != nil {
		t.Fatal(err)
	}
	c.mono += time.Minute
	if err := s.Maintain(t.Context()); err != nil {
		t.Error(err)
	}
	c.mono += 59 * time.Minute
	if err := s.Maintain(t.Context()); err != nil {
		t.Error(err)
	}
	if got := s.Unsigned(); got != 0 {
		t.Errorf("unsigned for %v after both directories took everything", got)
	}
	ours, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(filepath.Join(witness, CheckpointFile))
	if err != nil || string(theirs) != string(ours) || len(splitNotes(string(ours))) != 2 {
		t.Errorf("the witness has\n%s\nours is\n%s\n%v", theirs, ours, err)
	}
}
