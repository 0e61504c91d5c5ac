package sim

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// serveMetrics answers for an agent device until ctx ends.
func (f *Facility) serveMetrics(ctx context.Context, d *device, l net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) { f.metricsPage(w, r, d) })
	srv := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && ctx.Err() == nil {
		f.fail(err)
	}
}

func (f *Facility) metricsPage(w http.ResponseWriter, r *http.Request, d *device) {
	e := f.effects.Load()
	if e.all || e.silent[d.ID] || !f.powered(d) {
		<-r.Context().Done() // accepted and never answered: the worst kind of dead
		return
	}
	if e.slow[d.ID] {
		t := time.NewTimer(slowness)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return
		}
	}
	if e.garbage[d.ID] {
		w.Header().Set("Content-Type", contentText)
		writeGarbage(w, f.clk.Now())
		return
	}
	p := &page{openMetrics: strings.Contains(r.Header.Get("Accept"), "application/openmetrics-text"), start: d.start, state: d.state}
	l := f.model.Locker()
	l.Lock()
	p.began = d.began()
	d.metrics(p)
	l.Unlock()
	w.Header().Set("Content-Type", contentText)
	if p.openMetrics {
		w.Header().Set("Content-Type", contentOpenMetrics)
	}
	_, _ = w.Write([]byte(p.end())) // the peer's loss
}
