package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// control listens on the control socket, HTTP over a unix socket of mode 0600:
//
//	GET  /faults                  the list, JSON
//	POST /faults/inject?name=NAME
//	POST /faults/clear?name=NAME
//
// It returns what serves it until ctx ends.
func (f *Facility) control(ctx context.Context, path string) (func(), error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("control socket %s: another simulation answers there; end it or choose another path", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("control socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(f.Faults()) // the peer's loss
	})
	change := func(do func(string) error) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if err := do(r.URL.Query().Get("name")); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
			}
		}
	}
	mux.HandleFunc("POST /faults/inject", change(f.Inject))
	mux.HandleFunc("POST /faults/clear", change(f.Clear))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return func() {
		stop := context.AfterFunc(ctx, func() { srv.Close() })
		defer stop()
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && ctx.Err() == nil {
			f.fail(fmt.Errorf("control socket: %w", err))
		}
	}, nil
}

// InjectAt starts a fault in the simulation whose control socket is at path.
func InjectAt(path, name string) error {
	_, err := ask(path, http.MethodPost, "/faults/inject?name="+url.QueryEscape(name))
	return err
}

// ClearAt ends a fault in the simulation whose control socket is at path.
func ClearAt(path, name string) error {
	_, err := ask(path, http.MethodPost, "/faults/clear?name="+url.QueryEscape(name))
	return err
}

// ListAt lists the faults of the simulation whose control socket is at path.
func ListAt(path string) ([]Fault, error) {
	body, err := ask(path, http.MethodGet, "/faults")
	if err != nil {
		return nil, err
	}
	var out []Fault
	if err := json.Unmarshal(body, &out); err != nil {
		return nil, fmt.Errorf("list faults: %w", err)
	}
	return out, nil
}

func ask(path, method, what string) ([]byte, error) {
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	}}
	req, err := http.NewRequest(method, "http://simulation"+what, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the simulation at %s: %w; is one running with that control socket?", path, errors.Unwrap(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("ask the simulation at %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(strings.TrimSpace(string(body)))
	}
	return body, nil
}
