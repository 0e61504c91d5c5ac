package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	maxMetricsConns = 64
	metricsIdle     = 2 * time.Minute // a scraper's pause between two questions
)

// Health says whether the daemon does its work: nil, or what is wrong.
type Health func() error

// ServeMetrics answers /metrics and /healthz on the listener until ctx ends.
// /healthz is 200 {"status":"ok"} or 503 with the reason.
func ServeMetrics(ctx context.Context, l net.Listener, g prometheus.Gatherer, health Health) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(g, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		out := map[string]string{"status": "ok"}
		if err := health(); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			out = map[string]string{"status": "degraded", "reason": err.Error()}
		}
		json.NewEncoder(w).Encode(out) //nolint:errcheck // the caller went away
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: metricsIdle, MaxHeaderBytes: 64 << 10}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(atMost(l, maxMetricsConns)); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}
