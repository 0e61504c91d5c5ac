package api

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Connections that say nothing take no more than their share, and the next
// caller is served as soon as one of them is gone.
func TestAListenerKeepsToItsConnections(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := atMost(inner, 2)
	accepted := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- c
		}
	}()
	for range 3 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first, second := <-accepted, <-accepted
	select {
	case <-accepted:
		t.Fatal("a third connection was accepted")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // a slot is given back once
	third := <-accepted
	defer third.Close()
	defer second.Close()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("accepting went on after the end")
	}
}

// A caller of /metrics who keeps quiet is not kept for ever.
func TestIdleMetricsConnectionsEnd(t *testing.T) {
	if metricsIdle <= 0 || metricsIdle > 5*time.Minute {
		t.Errorf("idle connections stay %v", metricsIdle)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- ServeMetrics(ctx, l, prometheus.NewRegistry(), func() error { return nil })
	}()
	quiet := make([]net.Conn, maxMetricsConns-1)
	for i := range quiet {
		if quiet[i], err = net.Dial("tcp", l.Addr().String()); err != nil {
			t.Fatal(err)
		}
		defer quiet[i].Close()
	}
	res, err := (&http.Client{Timeout: 5 * time.Second}).Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	one := make([]byte, 1)
	quiet[0].SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := quiet[0].Read(one); err == nil {
		t.Error("an answer to no question")
	} else if n, ok := err.(net.Error); ok && n.Timeout() {
		t.Error("a connection that asked nothing was kept")
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
