package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// beatState is what is known of one heartbeat.
type beatState struct {
	beat    Heartbeat
	client  *http.Client
	broken  error
	health  health
	next    time.Duration // monotonic
	running bool
}

func (b *beatState) status() ChannelStatus {
	return ChannelStatus{Name: b.beat.Name, Failing: b.health.announced, Since: b.health.since,
		LastSent: b.health.lastSent, LastError: b.health.lastError, Heartbeat: true}
}

// applyBeats takes up the heartbeats of new settings; mu is held.
func (w *Worker) applyBeats(list []Heartbeat) {
	old := w.beats
	w.beats = map[string]*beatState{}
	for _, h := range list {
		b := old[h.Name]
		if b == nil {
			b = &beatState{}
		}
		b.beat = h
		b.client, b.broken = newHTTPClient(h.CAFile, w.o.Transport)
		w.beats[h.Name] = b
	}
}

// beat sends the heartbeats that are due, each on its own.
func (w *Worker) beat(ctx context.Context) {
	mono := w.o.Clock.Mono()
	w.mu.Lock()
	defer w.mu.Unlock()
	site := w.settings.Site.Code
	for _, b := range w.beats {
		if b.running || mono < b.next {
			continue
		}
		b.running, b.next = true, mono+b.beat.Every
		beat, client, broken := b.beat, b.client, b.broken
		w.running.Go(func() {
			err := broken
			if err == nil {
				err = w.sendBeat(ctx, client, beat, site)
			}
			w.beaten(ctx, b, err)
		})
	}
}

// sendBeat says that the program lives, if it is well: one that watches nothing
// must look dead.
func (w *Worker) sendBeat(ctx context.Context, client *http.Client, h Heartbeat, site string) error {
	if w.o.Healthy != nil {
		if err := w.o.Healthy(); err != nil {
			return fmt.Errorf("not sent, because this program is not well: %w", err)
		}
	}
	now := w.o.Clock.Now()
	method, body := http.MethodGet, []byte(nil)
	if h.Post {
		method = http.MethodPost
		var err error
		if body, err = json.Marshal(map[string]any{"site": site, "at": now.UTC().Truncate(time.Second), "status": "ok"}); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, h.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("heartbeat %s: its url is no web address", h.Name)
	}
	if h.Post {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("User-Agent", "nezuban")
	if h.Token != "" {
		req.Header.Set("Authorization", "Bearer "+string(h.Token))
	}
	return deliver(client, req, now)
}

// beaten notes what became of a heartbeat.
func (w *Worker) beaten(ctx context.Context, b *beatState, err error) {
	if err != nil && ctx.Err() != nil {
		return
	}
	now, mono, was := w.o.Clock.Now(), w.o.Clock.Mono(), false
	w.mu.Lock()
	b.running = false
	if err != nil {
		b.health.failed(now, mono, reasonOf(err))
		w.metrics.beats.WithLabelValues(b.beat.Name, "failed").Inc()
	} else {
		was = b.health.worked(now)
		w.metrics.beats.WithLabelValues(b.beat.Name, "taken").Inc()
	}
	name := b.beat.Name
	w.mu.Unlock()
	if was && w.o.Heartbeat != nil {
		w.o.Heartbeat(name, false, time.Time{}, "")
	}
}
