package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestScaled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Date(2026, 11, 22, 3, 0, 0, 0, time.FixedZone("JST", 9*3600))
		c := Scaled(epoch, 20)
		start := time.Now()
		if err := c.Sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if real := time.Since(start); real != 3*time.Second {
			t.Errorf("a minute at speed 20 took %v, want 3s", real)
		}
		if got := c.Now(); !got.Equal(epoch.Add(time.Minute)) || got.Location() != time.UTC {
			t.Errorf("now %v, want %v in UTC", got, epoch.Add(time.Minute))
		}
		if got := c.Mono(); got != time.Minute {
			t.Errorf("mono %v, want 1m", got)
		}
		if got := c.Real(time.Minute); got != 3*time.Second {
			t.Errorf("Real(1m) = %v, want 3s", got)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := System().Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v, want 1s", took)
		}
		if err := System().Sleep(t.Context(), -time.Second); err != nil {
			t.Errorf("a wait of nothing: %v", err)
		}
	})
}
