package ops

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/records"
)

// A pager tells one person and one system of every beginning and of every
// end, and escalates three times, five minutes apart.
type pager struct{ filler string }

func (p pager) notices(o alarm.Occurrence, kind duty.NoticeKind, step int, due time.Time) (list []duty.Notice) {
	for _, to := range [][2]string{{"mail", "sato"}, {"hook", ""}} {
		body, _ := json.Marshal(map[string]any{"alarm": o.ID, "name": o.Name, "filler": p.filler})
		list = append(list, duty.Notice{
			Kind: kind, Step: step, Priority: o.Priority, Channel: to[0], Target: to[1], Fire: o.Class == alarm.LifeSafety, Due: due, Body: body,
		})
	}
	return list
}

func (p pager) Transition(o alarm.Occurrence, e alarm.Event, now time.Time) ([]duty.Notice, time.Time) {
	if e.Held != "" {
		return nil, time.Time{}
	}
	window := now
	if o.Priority > facility.P1 && o.Class != alarm.LifeSafety {
		window = now.Add(15 * time.Second)
	}
	switch {
	case e.Kind == alarm.Raised:
		return p.notices(o, duty.NoticeRaised, 0, window), now.Add(5 * time.Minute)
	case annunciates(e):
		return p.notices(o, duty.NoticeRealarmed, 0, window), now.Add(5 * time.Minute)
	case e.Kind == alarm.Returned:
		return p.notices(o, duty.NoticeReturned, 0, window), time.Time{}
	}
	return nil, time.Time{}
}

func (p pager) Step(o alarm.Occurrence, step int, now time.Time) ([]duty.Notice, time.Time) {
	next := now.Add(5 * time.Minute)
	if step >= 3 {
		next = time.Time{}
	}
	return p.notices(o, duty.NoticeEscalated, step, now), next
}

var pdu = &alarm.Rule{ID: "PDU-DEAD", Revision: 1, Class: alarm.Redundancy, Severity: alarm.Major, TimeToRespond: 5 * time.Minute}

func storm(from, n int) (changes []alarm.Change) {
	for i := from; i < from+n; i++ {
		changes = append(changes, change(pdu, fmt.Sprintf("pdu-%05d", i), true, 0))
	}
	return changes
}

// Ten thousand alarms at once: none is lost, nor any notice, and a person's
// command does not wait for all of them to be written.
func TestStormOfTenThousand(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: clock.System(), Planner: pager{}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	const n = stormSize
	first := s.on(t, onBattery, "ups-a1")
	var work sync.WaitGroup
	work.Go(func() {
		s.Commit(ctx, storm(0, n/2))
		for i := n / 2; i < n; i += 100 {
			s.Commit(ctx, storm(i, 100))
		}
	})
	work.Go(func() {
		if _, err := s.Acknowledge(ctx, sato, first, 0, "seen"); err != nil {
			t.Error(err)
		}
	})
	work.Wait()
	ids := s.Standing()
	if len(ids) != n+1 {
		t.Fatalf("%d alarms stand, want %d", len(ids), n+1)
	}
	behind := s.Pending()
	newest := ids[0]
	if _, err := s.Acknowledge(ctx, sato, newest.ID, 0, "seen"); err != nil {
		t.Error(err)
	}
	t.Logf("%d changes waited when the storm was over, %d after an acknowledgement", behind, s.Pending())
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t); r.Events != n+3 {
		t.Errorf("%d events were kept, want %d", r.Events, n+3)
	}
	count := map[duty.NoticeState]int{}
	for _, n := range s.notices(t, "") {
		count[n.State]++
	}
	if count[duty.NoticeDue] != 2*(n-1) || count[duty.NoticeCancelled] != 4 {
		t.Errorf("notices %v, want %d due and 4 cancelled", count, 2*(n-1))
	}
	deadlines, err := s.store.Escalations(t.Context())
	if err != nil || len(deadlines) != n-1 {
		t.Errorf("%d escalations go on (%v), want %d", len(deadlines), err, n-1)
	}
}

// What one transaction holds is bounded, whatever one Commit brings.
func TestChunksAreBounded(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: clock.System()})
	s.mu.Lock()
	s.running = true // nobody writes but this test
	s.mu.Unlock()
	s.Commit(t.Context(), storm(0, 3*maxTogether+1))
	for want := 3*maxTogether + 1; want > 0; {
		s.writing.Lock()
		more, err := s.writeChunk(t.Context())
		s.writing.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		left := s.Pending()
		if written := want - left; written > maxTogether || written == 0 {
			t.Fatalf("one transaction held %d items, at most %d", written, maxTogether)
		}
		if want = left; more != (left > 0) {
			t.Errorf("more = %v with %d left", more, left)
		}
	}
}

// A command writes what waits of its own alarm and nothing else.
func TestACommandOvertakesWhatWaits(t *testing.T) {
	s := startWith(t, t.TempDir(), Options{Clock: clock.System()})
	s.mu.Lock()
	s.running = true
	s.mu.Unlock()
	s.Commit(t.Context(), storm(0, 1000))
	id := s.Standing()[500].ID
	if _, err := s.Acknowledge(t.Context(), sato, id, 1, "seen"); err != nil {
		t.Fatal(err)
	}
	if got := s.Pending(); got != 999 {
		t.Errorf("%d changes wait behind the acknowledgement, want 999", got)
	}
	if got, want := s.actions(t), []string{"rule:PDU-DEAD alarm.raise " + id, "person:sato alarm.acknowledge " + id}; !slices.Equal(got, want) {
		t.Errorf("the chain begins with %q, want %q", got, want)
	}
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t); r.Events != 1001 {
		t.Errorf("%d events kept, want 1001", r.Events)
	}
}

// BenchmarkAcknowledgeInAStorm is how long a person waits while 1,000 alarms a
// second come in, each with two notices and an escalation.
func BenchmarkAcknowledgeInAStorm(b *testing.B) {
	for _, batch := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("%d at once", batch), func(b *testing.B) {
			store, err := records.Open(b.Context(), records.Options{
				Path: b.TempDir() + "/" + records.FileName, Node: "site-1", Clock: clock.System(), Log: quiet(),
			})
			if err != nil {
				b.Fatal(err)
			}
			s, err := New(b.Context(), Options{Store: store, Clock: clock.System(), Log: quiet(), Planner: pager{filler: string(make([]byte, 300))}})
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(b.Context())
			done, storming := make(chan error, 1), make(chan struct{})
			go func() { done <- s.Run(ctx) }()
			s.Commit(ctx, storm(0, 1000))
			go func() {
				defer close(storming)
				for i := 1000; i < 11_000; i += batch {
					s.Commit(ctx, storm(i, batch))
					s.clock.Sleep(ctx, time.Duration(batch)*time.Millisecond)
				}
			}()
			var took []time.Duration
			for i := 0; b.Loop() && i < 1000; i++ {
				id := fmt.Sprintf("ALM-%06d", i+1)
				t := time.Now()
				if _, err := s.Acknowledge(ctx, sato, id, 0, "seen"); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(t))
				s.Standing()
				s.clock.Sleep(ctx, 10*time.Millisecond)
			}
			<-storming
			cancel()
			<-done
			if err := store.Close(); err != nil {
				b.Fatal(err)
			}
			quantiles(b, took)
		})
	}
}

// BenchmarkDueNotices asks for what is due with 20,000 notices waiting.
func BenchmarkDueNotices(b *testing.B) {
	store, err := records.Open(b.Context(), records.Options{
		Path: b.TempDir() + "/" + records.FileName, Node: "site-1", Clock: clock.System(), Log: quiet(),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	s, err := New(b.Context(), Options{Store: store, Clock: clock.System(), Log: quiet(), Planner: pager{}})
	if err != nil {
		b.Fatal(err)
	}
	s.Commit(b.Context(), storm(0, 10_000))
	for b.Loop() {
		list, err := s.DueNotices(b.Context(), s.clock.Now().Add(time.Minute), 100)
		if err != nil || len(list) != 200 {
			b.Fatalf("%d notices, %v", len(list), err)
		}
	}
}

// BenchmarkFigures draws the figures and a second's housekeeping with 10,000
// alarms standing.
func BenchmarkFigures(b *testing.B) {
	store, err := records.Open(b.Context(), records.Options{
		Path: b.TempDir() + "/" + records.FileName, Node: "site-1", Clock: clock.System(), Log: quiet(),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	s, err := New(b.Context(), Options{Store: store, Clock: clock.System(), Log: quiet(), Planner: pager{}, Rules: rules})
	if err != nil {
		b.Fatal(err)
	}
	s.Commit(b.Context(), storm(0, 10_000))
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			s.Figures()
		}
	})
	b.Run("tick", func(b *testing.B) {
		for b.Loop() {
			s.Tick(b.Context())
		}
	})
}
