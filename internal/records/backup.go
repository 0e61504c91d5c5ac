package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"nezuban/internal/duty"
)

// Backup copies the records of a data directory into the new directory dst,
// also while the daemon writes: the store as of one moment, the checkpoints and
// the public keys. The private audit key stays where it is; a restored store
// makes its own. The copy is verified before Backup returns; on any error dst is
// removed again.
func Backup(ctx context.Context, dataDir, dst string) (Report, error) {
	var r Report
	if err := os.Mkdir(dst, 0o700); err != nil {
		return r, fmt.Errorf("backup: %w; name a directory that does not exist yet", err)
	}
	err := copyRecords(ctx, dataDir, dst)
	if err == nil {
		r, err = verifyCopy(ctx, dst)
	}
	if err != nil {
		return r, fmt.Errorf("backup to %s: %w", dst, errors.Join(err, os.RemoveAll(dst)))
	}
	return r, nil
}

// copyRecords copies the checkpoints first: the database then holds every entry
// they cover.
func copyRecords(ctx context.Context, from, to string) error {
	if err := os.Mkdir(filepath.Join(to, "keys"), 0o700); err != nil {
		return err
	}
	for _, name := range []string{CheckpointFile, filepath.Join("keys", publicKeyFile)} {
		raw, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) && name == CheckpointFile {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeDurably(filepath.Join(to, name), raw, 0o600); err != nil {
			return err
		}
	}
	source := filepath.Join(from, FileName)
	if _, err := os.Stat(source); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(source, "ro", "busy_timeout(5000)"))
	if err != nil {
		return err
	}
	defer db.Close()
	path := filepath.Join(to, FileName)
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("copy the store: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Sync(), f.Close(), syncDir(to))
}

// verifyCopy looks at every page and at the whole chain.
func verifyCopy(ctx context.Context, dir string) (Report, error) {
	db, err := sql.Open("sqlite", readDSN(filepath.Join(dir, FileName)))
	if err != nil {
		return Report{}, err
	}
	defer db.Close()
	var first string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&first); err != nil {
		return Report{}, fmt.Errorf("integrity_check: %w", err)
	}
	if first != "ok" {
		return Report{}, fmt.Errorf("integrity_check: %s: %w", first, ErrDamaged)
	}
	r, err := Verify(ctx, dir, VerifyOptions{})
	if err == nil && !r.OK() {
		err = fmt.Errorf("%s: %w", r.Findings[0].What, ErrDamaged)
	}
	return r, err
}

// RestoreOptions say whose store the restored one is.
type RestoreOptions struct {
	Store Options // Path is the file to make; its directory must hold no records
	Actor duty.Actor
}

// Restore makes the store of a data directory from a backup. It verifies the
// backup first, refuses a directory that holds records already or that a daemon
// has open, and notes itself in the audit chain: checkpoints signed after the
// backup was taken tell of entries that are lost, and verify will say so.
func Restore(ctx context.Context, backup string, o RestoreOptions) (Report, error) {
	r, err := verifyCopy(ctx, backup)
	if err != nil {
		return r, fmt.Errorf("restore from %s: the backup is not sound, take another: %w", backup, err)
	}
	dir := filepath.Dir(o.Store.Path)
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	lock, err := lockFile(o.Store.Path + ".lock")
	if err != nil {
		return r, fmt.Errorf("restore to %s: %w", dir, err)
	}
	err = placeCopy(backup, o.Store.Path)
	if err = errors.Join(err, lock.Close()); err != nil {
		return r, fmt.Errorf("restore to %s: %w", dir, err)
	}
	s, err := Open(ctx, o.Store)
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	err = s.Tx(ctx, func(tx *Tx) error {
		_, err := tx.AppendAudit(o.Actor, "records.restore", o.Store.Node, r.Nodes)
		return err
	})
	if err = errors.Join(err, s.Close()); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	return r, nil
}

func placeCopy(backup, path string) error {
	dir := filepath.Dir(path)
	for _, p := range []string{path, path + "-wal"} {
		if _, err := os.Stat(p); err == nil {
			return fmt.Errorf("%s is there already; move it away first", p)
		}
	}
	if raw, err := os.ReadFile(filepath.Join(backup, CheckpointFile)); err == nil {
		if err := keepNotes(filepath.Join(dir, CheckpointFile), raw); err != nil {
			return err
		}
	}
	raw, err := os.ReadFile(filepath.Join(backup, "keys", publicKeyFile))
	if err != nil {
		return err
	}
	if err := appendDurably(filepath.Join(dir, "keys", publicKeyFile), raw, 0o644); err != nil {
		return err
	}
	return copyFile(filepath.Join(backup, FileName), path)
}

// keepNotes never overwrites checkpoints that are there: they are evidence.
func keepNotes(path string, raw []byte) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return writeDurably(path, raw, 0o644)
}

// copyFile copies a store of any size, and puts it in place whole.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	tmp := to + ".new"
	out, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return errors.Join(os.Rename(tmp, to), syncDir(filepath.Dir(to)))
}
