package ops

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/records"
)

func benchmarked(b *testing.B) (*Service, func()) {
	b.Helper()
	store, err := records.Open(b.Context(), records.Options{
		Path: b.TempDir() + "/" + records.FileName, Node: "site-1", Clock: clock.System(), Log: quiet(),
	})
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(b.Context(), Options{Store: store, Clock: clock.System(), Log: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return s, func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	}
}

func quantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "max-µs")
}

// BenchmarkCommit is how long the evaluation is held up, and how many changes a
// second become durable: each thousand is waited for.
func BenchmarkCommit(b *testing.B) {
	s, stop := benchmarked(b)
	defer stop()
	var took []time.Duration
	started := time.Now()
	for i := 0; b.Loop(); i++ {
		c := []alarm.Change{change(onBattery, fmt.Sprint("ups-", i%1000/2), i%2 == 0, i)}
		t := time.Now()
		s.Commit(b.Context(), c)
		took = append(took, time.Since(t))
		if i%1000 == 999 {
			if err := s.flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(took))/time.Since(started).Seconds(), "durable/s")
	quantiles(b, took)
}

// BenchmarkAcknowledge is how long a person waits until it is on disk.
func BenchmarkAcknowledge(b *testing.B) {
	s, stop := benchmarked(b)
	defer stop()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		s.Commit(b.Context(), []alarm.Change{change(onBattery, fmt.Sprint("ups-", i), true, 0)})
		id := fmt.Sprintf("ALM-%06d", i+1)
		t := time.Now()
		if _, err := s.Acknowledge(b.Context(), sato, id, 0, "seen"); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(t))
	}
	quantiles(b, took)
}
