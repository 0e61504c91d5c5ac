package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/tsdb"

	"nezuban/internal/clock"
)

const (
	spaceEvery = time.Second      // how often free space is looked at besides each write
	syncEvery  = time.Second      // how often the newest log segment is flushed
	outOfOrder = 10 * time.Minute // how late a sample of a series may come after a newer one
	futureMax  = time.Minute      // how far a stamp may lie ahead of our clock

	// blockSegment bounds what compaction reserves at a time (the library's own
	// 512 MiB is half the watermark).
	blockSegment = 128 << 20
)

// store is the library's database behind the watermark.
type store struct {
	dir       string
	retention time.Duration
	mark      Watermark
	freeSpace func(dir string) (free, total uint64, err error)
	clk       clock.Clock
	log       *slog.Logger
	reg       *prometheus.Registry

	db      atomic.Pointer[tsdb.DB] // nil until opened
	samples atomic.Uint64
	refused atomic.Uint64

	mu      sync.Mutex // protects the rest
	last    space
	isFull  bool
	detail  string // why it is not open or not whole, besides space
	stopped bool   // compaction is stopped for want of space
}

// look asks for free space and moves the state; true means nothing is taken.
func (s *store) look() (bool, error) {
	free, total, err := s.freeSpace(s.dir)
	if err != nil {
		return true, err
	}
	now := space{free: free, limit: s.mark.Limit(total)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = now
	was := s.isFull
	s.isFull = now.full(was)
	s.react(was)
	return s.isFull, nil
}

// react writes finished chunks out while there still is space when the disk
// becomes full, and stops compaction, which needs space before it frees any,
// when half of the watermark is gone too. Called with mu held.
func (s *store) react(was bool) {
	db := s.db.Load()
	if s.isFull != was {
		s.log.Warn("history space", "full", s.isFull, "free_bytes", s.last.free, "limit_bytes", s.last.limit)
	}
	if db == nil {
		return
	}
	if s.isFull && !was {
		go db.ForceHeadMMap()
	}
	if tight := s.last.free < s.last.limit/2; tight != s.stopped {
		s.stopped = tight
		if tight {
			db.DisableCompactions()
		} else {
			db.EnableCompactions()
		}
	}
}

// markFull notes that the library itself met a full disk.
func (s *store) markFull() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isFull = true
}

// run opens the data as soon as there is space and watches space until ctx ends.
// An error means this process cannot go on.
func (s *store) run(ctx context.Context) error {
	tick := time.NewTicker(spaceEvery)
	defer tick.Stop()
	for {
		full, err := s.look()
		if err != nil {
			return err
		}
		if !full && s.db.Load() == nil {
			if err := s.open(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *store) open() error {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = s.retention.Milliseconds()
	o.MaxBlockDuration = max(s.retention/10, 2*time.Hour).Milliseconds()
	o.OutOfOrderTimeWindow = outOfOrder.Milliseconds()
	o.EnableMemorySnapshotOnShutdown = true
	o.MaxBlockChunkSegmentSize = blockSegment
	start := s.clk.Mono()
	db, err := tsdb.Open(s.dir, s.log, s.reg, o, nil)
	if errors.Is(err, syscall.ENOSPC) {
		s.markFull()
		return nil
	}
	if err != nil {
		return fmt.Errorf("open history in %s: %w", s.dir, err)
	}
	s.db.Store(db)
	s.log.Info("history open", "dir", s.dir, "series", db.Head().NumSeries(), "took", s.clk.Mono()-start)
	return nil
}

// syncLog flushes the newest log segment each second until ctx ends.
func (s *store) syncLog(ctx context.Context) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	wal := filepath.Join(s.dir, "wal")
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.db.Load() == nil {
			continue
		}
		err := syncNewestSegment(wal)
		s.mu.Lock()
		if err != nil && s.detail == "" {
			s.log.Error("history flush", "err", err)
		}
		s.detail = ""
		if err != nil {
			s.detail = err.Error()
		}
		s.mu.Unlock()
	}
}

func (s *store) close() error {
	db := s.db.Swap(nil)
	if db == nil {
		return nil
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("close history: %w", err)
	}
	return nil
}

func (s *store) state() (State, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.isFull:
		return StateFull, s.last.detail()
	case s.db.Load() == nil:
		return StateStarting, "opening the stored data"
	}
	return StateOK, s.detail
}

func (s *store) status() ChildStatus {
	state, detail := s.state()
	st := ChildStatus{State: state, Detail: detail, SamplesTotal: s.samples.Load(), RefusedTotal: s.refused.Load()}
	s.mu.Lock()
	st.FreeBytes, st.WatermarkBytes = s.last.free, s.last.limit
	s.mu.Unlock()
	if db := s.db.Load(); db != nil {
		st.Series = db.Head().NumSeries()
		if t, err := db.StartTime(); err == nil && t < s.clk.Now().UnixMilli()+futureMax.Milliseconds() {
			st.OldestSeconds = t / 1000
		}
		st.Corruptions = s.corruptions()
	}
	return st
}

// corruptions reads the library's own counters of damaged places.
func (s *store) corruptions() uint64 {
	families, err := s.reg.Gather()
	if err != nil {
		return 0
	}
	var n float64
	for _, f := range families {
		switch f.GetName() {
		case "prometheus_tsdb_wal_corruptions_total", "prometheus_tsdb_mmap_chunk_corruptions_total":
			for _, m := range f.GetMetric() {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return uint64(n)
}

// makeDir makes the directory of the data, for its owner only.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make history directory: %w", err)
	}
	return nil
}
