package records

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/prometheus/client_golang/prometheus"

	"nezuban/internal/clock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DefaultReserve is the usual size of the reserve file, in bytes.
const DefaultReserve = 256 << 20

// FileName is the store's file in the data directory.
const FileName = "records.db"

// Options of a Store.
type Options struct {
	Path       string // of the SQLite file; keys, checkpoints and reserve lie beside it
	Node       string // name of the writing node in the audit chain: letters, digits, '.', '_', '-'
	Clock      clock.Clock
	Log        *slog.Logger
	Reserve    int64  // bytes held back for a full disk; 0 none
	Witness    string // a second directory that gets the signed checkpoints; "" none
	ReadOnly   bool   // read beside a running daemon, or after it
	Registerer prometheus.Registerer
}

// A Store is the records of one node. It is safe for concurrent use.
type Store struct {
	path, dir, node, witness string
	clock                    clock.Clock
	log                      *slog.Logger
	reader                   *sql.DB
	readOnly                 bool
	lock                     *os.File
	reserve                  *reserve
	keys                     *keyring
	metrics                  *metrics

	mu          sync.Mutex // protects everything below: one writer at a time
	writer      *sql.DB
	chain       chain
	signedSize  int64 // entries the newest checkpoint covers
	signedMono  time.Duration
	checkedMono time.Duration
	unpublished map[string][]string // signed notes that could not be written, by directory
	missedMono  time.Duration       // since when there are any

	statusMu      sync.Mutex // protects state, detail and cause
	state, detail string
	cause         error // why the state will stay as it is until a restart; nil where it may recover
}

var nodeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Open opens the store, creating or migrating it as needed, and checks it. A
// damaged file is no error: the store then answers what it can, refuses writes
// and says so in Status, since alarms must go on without it.
func Open(ctx context.Context, o Options) (*Store, error) {
	if !nodeName.MatchString(o.Node) {
		return nil, fmt.Errorf("open records: node name %q: use letters, digits, '.', '_' and '-'", o.Node)
	}
	dir := filepath.Dir(o.Path)
	s := &Store{
		path: o.Path, dir: dir, node: o.Node, witness: o.Witness, clock: o.Clock, log: o.Log,
		readOnly: o.ReadOnly, state: StateOK,
		metrics: newMetrics(o.Registerer), chain: chain{sum: firstPrev},
	}
	var err error
	if o.ReadOnly {
		err = s.openReader(ctx)
	} else {
		err = s.openWriter(ctx, o.Reserve)
	}
	if err != nil {
		s.closeFiles()
		return nil, fmt.Errorf("open records %s: %w", o.Path, err)
	}
	return s, nil
}

func (s *Store) openReader(ctx context.Context) error {
	if _, err := os.Stat(s.path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w; start the daemon once, or name another site directory with --dir", err)
		}
		return err
	}
	var err error
	if s.reader, err = sql.Open("sqlite", readDSN(s.path)); err != nil {
		return err
	}
	s.setState(StateReadOnly, "opened for reading", ErrReadOnly)
	return s.checkSchema(ctx)
}

func (s *Store) openWriter(ctx context.Context, reserveBytes int64) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if s.lock, err = lockFile(s.path + ".lock"); err != nil {
		return err
	}
	s.reserve = openReserve(filepath.Join(s.dir, "records.reserve"), reserveBytes, s.log)
	if s.writer, err = sql.Open("sqlite", writeDSN(s.path)); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	s.writer.SetMaxIdleConns(1)
	if s.reader, err = sql.Open("sqlite", readDSN(s.path)); err != nil {
		return err
	}
	s.reader.SetMaxOpenConns(4)
	if s.keys, err = openKeys(filepath.Join(s.dir, "keys"), s.node); err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		if !damaged(err) {
			return err
		}
		s.markDamaged(ctx, err)
	}
	return nil
}

// start checks, migrates and reads the ends of the chain.
func (s *Store) start(ctx context.Context) error {
	if err := quickCheck(ctx, s.writer); err != nil {
		return err
	}
	if err := s.checkSchema(ctx); err != nil {
		return err
	}
	if s.cause == nil {
		if err := s.migrate(ctx); err != nil {
			return err
		}
	}
	if err := os.Chmod(s.path, 0o600); err != nil {
		return err
	}
	var err error
	if s.chain, err = s.loadChain(ctx); err != nil {
		return err
	}
	if s.cause == nil {
		if err := s.refold(ctx); err != nil {
			return err
		}
		s.refill()
		return s.loadCheckpoints(ctx)
	}
	return nil
}

func (s *Store) migrate(ctx context.Context) error {
	for {
		p, err := provider(s.writer)
		if err != nil {
			return err
		}
		_, err = p.Up(ctx)
		if err == nil {
			return nil
		}
		if full(err) && s.reserve.release() {
			continue
		}
		return fmt.Errorf("migrate: %w", err)
	}
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
}

// schemaVersion is what this program writes.
const schemaVersion = 4

// checkSchema refuses to write, but not to read, what a newer release wrote.
func (s *Store) checkSchema(ctx context.Context) error {
	var tables, have int
	if err := s.queryRow(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`).Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		if s.readOnly {
			return errors.New("the file holds no records yet; start the daemon once")
		}
		return nil
	}
	if err := s.queryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&have); err != nil {
		return err
	}
	if have > schemaVersion {
		s.setState(StateReadOnly, fmt.Sprintf("records have schema %d, this release writes %d: start the newer release, or restore a backup of this one", have, schemaVersion), ErrReadOnly)
	}
	return nil
}

func quickCheck(ctx context.Context, db *sql.DB) error {
	var first string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&first); err != nil {
		return fmt.Errorf("quick_check: %w", err)
	}
	if first != "ok" {
		return fmt.Errorf("quick_check: %s: %w", first, ErrDamaged)
	}
	return nil
}

// markDamaged turns the store read-only for good. Where not even reading works
// it is down.
func (s *Store) markDamaged(ctx context.Context, err error) {
	state := StateReadOnly
	var n int
	if s.reader.QueryRowContext(ctx, `SELECT count(*) FROM alarm_occurrence`).Scan(&n) != nil {
		state = StateDown
	}
	s.log.Error("records are damaged", "path", s.path, "err", err)
	s.setState(state, fmt.Sprintf("%v; stop the daemon and run nezuban restore with the newest backup", err), errors.Join(ErrDamaged, err))
}

// Status says how the store does: one of the states, and for people what is
// wrong and what to do.
func (s *Store) Status() (state, detail string) {
	s.statusMu.Lock()
	defer s.statusMu.Unlock()
	return s.state, s.detail
}

func (s *Store) setState(state, detail string, cause error) {
	s.statusMu.Lock()
	defer s.statusMu.Unlock()
	s.state, s.detail, s.cause = state, detail, cause
	s.metrics.setState(state)
}

func (s *Store) stuck() error {
	s.statusMu.Lock()
	defer s.statusMu.Unlock()
	return s.cause
}

// Node is the name under which this store writes its audit chain.
func (s *Store) Node() string { return s.node }

// Close signs what is not signed yet and closes the store. Nobody may use it
// after that.
func (s *Store) Close() error {
	var err error
	if !s.readOnly && s.stuck() == nil {
		err = s.Checkpoint(context.Background())
	}
	return errors.Join(err, s.closeFiles())
}

func (s *Store) closeFiles() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} { // the writer last: it folds the log into the file
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

func (s *Store) query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return s.reader.QueryContext(ctx, q, args...)
}

func (s *Store) queryRow(ctx context.Context, q string, args ...any) *sql.Row {
	return s.reader.QueryRowContext(ctx, q, args...)
}

func writeDSN(path string) string {
	return dsn(path, "rwc", "journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)", "journal_size_limit(67108864)") + "&_txlock=immediate"
}

func readDSN(path string) string {
	return dsn(path, "ro", "busy_timeout(5000)", "query_only(1)")
}

func dsn(path, mode string, pragmas ...string) string {
	v := url.Values{"mode": {mode}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: v.Encode()}).String()
}
