package agent

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

const (
	maxBody = 16 << 20 // bytes of one answer, decompressed

	accept = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.6,*/*;q=0.1"
)

// scraper asks one endpoint. It is used by one goroutine.
type scraper struct {
	target collectors.Target
	client *http.Client // nil: to be made, with its files read afresh
}

func newScraper(t collectors.Target) *scraper { return &scraper{target: t} }

// fetch returns the answer's body and type. Every error is a *scrapeError.
func (s *scraper) fetch(ctx context.Context) (body []byte, contentType string, err *scrapeError) {
	if s.client == nil {
		c, cerr := newHTTPClient(s.target.Agent)
		if cerr != nil {
			return nil, "", &scrapeError{facility.ErrTransport, "", cerr}
		}
		s.client = c
	}
	req, rerr := http.NewRequestWithContext(ctx, http.MethodGet, s.target.Address, nil)
	if rerr != nil {
		return nil, "", &scrapeError{facility.ErrTransport, "", fmt.Errorf("scrape: %w", rerr)}
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "nezuban")
	if t := s.target.Agent.Token; t != "" {
		req.Header.Set("Authorization", "Bearer "+t.Reveal())
	}
	resp, derr := s.client.Do(req)
	if derr != nil {
		return nil, "", s.failed(derr)
	}
	defer func() { _ = resp.Body.Close() }() // read as far as wanted
	if err := refusedBy(resp); err != nil {
		return nil, "", err
	}
	body, derr = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if derr != nil {
		return nil, "", s.failed(derr)
	}
	if len(body) > maxBody {
		return nil, "", &scrapeError{facility.ErrLimit, facility.RefusedWalkBound, fmt.Errorf("scrape: the answer is longer than %d MiB", maxBody>>20)}
	}
	return body, resp.Header.Get("Content-Type"), nil
}

func refusedBy(resp *http.Response) *scrapeError {
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return &scrapeError{facility.ErrAuthentication, "", fmt.Errorf("scrape: authentication refused (HTTP %d): check the agent's token or client certificate", code)}
	case code/100 == 3:
		return &scrapeError{facility.ErrProtocol, "", fmt.Errorf("scrape: redirected (HTTP %d), which is not followed: give the final address", code)}
	default:
		return &scrapeError{facility.ErrProtocol, "", fmt.Errorf("scrape: HTTP %d", code)}
	}
}

// failed sorts a transport's error. After it the next round starts with a new
// client, so that renewed certificates are read.
func (s *scraper) failed(err error) *scrapeError {
	s.close()
	var (
		timeout net.Error
		cert    *tls.CertificateVerificationError
		op      *net.OpError
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &scrapeError{facility.ErrTimeout, "", errors.New("scrape: no whole answer in time")}
	case errors.As(err, &cert):
		return &scrapeError{facility.ErrAuthentication, "", fmt.Errorf("scrape: the agent's certificate is not trusted: %w", cert.Err)}
	case errors.As(err, &op) && op.Op == "remote error": // a TLS alert of the other side
		return &scrapeError{facility.ErrAuthentication, "", fmt.Errorf("scrape: the agent refuses our TLS handshake: %w", op.Err)}
	}
	return &scrapeError{facility.ErrTransport, "", fmt.Errorf("scrape: %w", bare(err))}
}

// bare strips the URL, which the operator knows.
func bare(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	return err
}

func (s *scraper) close() {
	if s.client != nil {
		s.client.CloseIdleConnections()
		s.client = nil
	}
}

func newHTTPClient(a collectors.AgentAccess) (*http.Client, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.CAFile != "" {
		pem, err := os.ReadFile(a.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read agent CA: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read agent CA %s: no certificate in it", a.CAFile)
		}
	}
	if a.CertFile != "" || a.KeyFile != "" {
		cert, err := tls.LoadX509KeyPair(a.CertFile, a.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read agent client certificate: %w", err)
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: cfg, MaxIdleConns: 1, MaxConnsPerHost: 1, IdleConnTimeout: 5 * time.Minute,
			MaxResponseHeaderBytes: 64 << 10, Proxy: nil, // devices are reached directly
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}
