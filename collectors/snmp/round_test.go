package snmp

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestARoundWeBrokeOffSaysNothingAboutTheDevice(t *testing.T) {
	var log strings.Builder
	d := &device{log: slog.New(slog.NewTextHandler(&log, nil))}
	d.health.Reachable = true
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.noAnswer(ended, time.Unix(0, 0), context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the error itself", err)
	}
	if d.health.ConsecFailed != 0 || !d.health.Reachable || d.health.LastError != "" || log.Len() > 0 {
		t.Errorf("health %+v, log %q; want nothing noted", d.health, log.String())
	}
}
