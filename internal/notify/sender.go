package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/text"
)

// attemptTimeout is how long one attempt may take, from the first packet to the
// receiver's word.
const attemptTimeout = 10 * time.Second

// maxRetryAfter caps how long a receiver may ask us to wait.
const maxRetryAfter = 5 * time.Minute

// A delivery is one message on its way.
type delivery struct {
	notice duty.Notice
	msg    *message.Message
	lang   string // of the person; "" not chosen
	first  string // id of the first notice of the occurrence to this target: messages refer to it
	now    time.Time
}

// A sender brings messages to the receivers of one channel.
type sender interface {
	// send returns nil once the receiver has taken the message. A *refusal is for
	// good; everything else may be tried again.
	send(ctx context.Context, d *delivery) error
}

// A refusal is a receiver's last word.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// A later asks for a pause before the next attempt.
type later struct {
	err   error
	after time.Duration
}

func (l *later) Error() string { return l.err.Error() }
func (l *later) Unwrap() error { return l.err }

// reasonOf is an error as it may be kept and shown: one line.
func reasonOf(err error) string {
	s, _ := text.Clean(err.Error(), 300)
	return s
}

// newSender makes the sender of a channel. transport replaces the network in
// tests.
func newSender(c Channel, site message.Site, zone *time.Location, language string, transport http.RoundTripper) (sender, error) {
	switch c.Kind {
	case SMTP:
		return newSMTP(c, zone, language)
	case Webhook:
		client, err := newHTTPClient(c.CAFile, transport)
		return &webhook{channel: c, client: client}, err
	case Alertmanager:
		client, err := newHTTPClient(c.CAFile, transport)
		return &alertmanager{channel: c, site: site, client: client, ended: map[string]alert{}}, err
	}
	return nil, fmt.Errorf("channel %s: kind %q is not known", c.Name, c.Kind)
}

// tlsConfig trusts the system, or a file alone.
func tlsConfig(caFile string) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return conf, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificates: %s holds none; it must be PEM", caFile)
	}
	return conf, nil
}

// newHTTPClient follows redirects within one host only: a message and its
// signature are for whom notify.yaml names.
func newHTTPClient(caFile string, transport http.RoundTripper) (*http.Client, error) {
	if transport == nil {
		conf, err := tlsConfig(caFile)
		if err != nil {
			return nil, err
		}
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.TLSClientConfig = conf
		t.MaxIdleConnsPerHost = 2
		transport = t
	}
	return &http.Client{Transport: transport, Timeout: attemptTimeout, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
			return http.ErrUseLastResponse
		}
		return nil
	}}, nil
}

// deliver sends one request and judges the answer: 2xx is done; 408, 429 and 5xx
// may be tried again, after as long as the receiver asks; anything else is for
// good.
func deliver(client *http.Client, req *http.Request, now time.Time) error {
	resp, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a token
		}
		return fmt.Errorf("no answer: %w", err)
	}
	defer drain(resp)
	code := resp.StatusCode
	err = fmt.Errorf("the receiver answered %d %s", code, http.StatusText(code))
	switch {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return &later{err, retryAfter(resp.Header.Get("Retry-After"), now)}
	case code >= 300 && code < 400:
		return &refusal{fmt.Errorf("%w: a redirect to another host is not followed", err)}
	}
	return &refusal{err}
}

// drain reads the rest of a short answer, so that the connection can be used
// again.
func drain(resp *http.Response) {
	buf := make([]byte, 4096)
	for range 4 {
		if _, err := resp.Body.Read(buf); err != nil {
			break
		}
	}
	_ = resp.Body.Close() // nothing of it is needed any more
}

// retryAfter reads the header's seconds or date (RFC 9110, 10.2.3).
func retryAfter(h string, now time.Time) time.Duration {
	h = strings.TrimSpace(h)
	wait := time.Duration(0)
	if n, err := strconv.Atoi(h); err == nil {
		wait = time.Duration(min(n, int(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(h); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
