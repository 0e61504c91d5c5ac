package ops

import (
	"context"
	"fmt"

	"nezuban/internal/records"
)

// numbers are the alarm numbers set aside: next … end-1. Past the end they go on
// all the same; the sequence follows when records can be written again.
type numbers struct{ next, end int64 }

// beyond is the next number where it lies past what was set aside, 0 otherwise.
func (n numbers) beyond() int64 {
	if n.next > n.end {
		return n.next
	}
	return 0
}

// numberBlock is how many are set aside at once, and numberLow when the next
// block is due: far more than a site raises while a disk is full.
const (
	numberBlock = 1000
	numberLow   = 500
)

// newID gives a new alarm its id. The caller holds mu.
func (s *Service) newID() string {
	n := s.numbers.next
	s.numbers.next++
	return fmt.Sprintf("ALM-%06d", n)
}

// reserveNumbers sets a block aside where the one at hand runs low.
func (s *Service) reserveNumbers(ctx context.Context) error {
	s.mu.Lock()
	have := s.numbers
	s.mu.Unlock()
	if have.next > 0 && have.end-have.next > numberLow {
		return nil
	}
	var first int64
	err := s.store.Tx(ctx, func(tx *records.Tx) (err error) {
		if have.end > 0 {
			if err := tx.UsedAlarmNumbers(have.next); err != nil {
				return err
			}
		}
		first, err = tx.ReserveAlarmNumbers(numberBlock)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.numbers.next == 0 || s.numbers.next > s.numbers.end {
		s.numbers.next = max(s.numbers.next, first)
	}
	s.numbers.end = first + numberBlock
	return nil
}

func (s *Service) freeNumbers(ctx context.Context) {
	s.mu.Lock()
	n := s.numbers
	s.mu.Unlock()
	if n.end == 0 || n.next >= n.end {
		return
	}
	err := s.store.Tx(ctx, func(tx *records.Tx) error { return tx.FreeAlarmNumbers(n.next, n.end) })
	if err != nil {
		s.log.Warn("give alarm numbers back", "err", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers.end = n.next // set aside anew should anybody go on
}

// numbersWithout are the numbers to begin with where none can be set aside: the
// sequence as it can be read, or else seconds since 1970, which no sequence has
// reached.
func (s *Service) numbersWithout(ctx context.Context) numbers {
	next, err := s.store.NextFreeAlarmNumber(ctx)
	if err != nil {
		next = s.clock.Now().Unix()
	}
	return numbers{next: next, end: next}
}
