package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"

	"nezuban/internal/duty"
	"nezuban/sla"
)

// ErrNoDaemon means that nothing answers on the control socket.
var ErrNoDaemon = errors.New("the daemon does not run")

// A Client speaks to the daemon over its control socket.
type Client struct {
	socket string
	http   *http.Client
}

// NewClient makes a client; nothing is dialled yet.
func NewClient(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", socket)
	}
	return &Client{socket, &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{DialContext: dial}}}
}

// Status asks for the daemon's state.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	return s, c.do(ctx, http.MethodGet, "/v1/status", nil, &s)
}

// Whoami asks whom the daemon takes the caller for.
func (c *Client) Whoami(ctx context.Context) (w Who, err error) {
	return w, c.do(ctx, http.MethodGet, "/v1/whoami", nil, &w)
}

// Alarms lists the standing alarms that match the selector; ended ones too with all.
func (c *Client) Alarms(ctx context.Context, filter string, all bool) (list []Alarm, err error) {
	q := url.Values{"filter": {filter}}
	if all {
		q.Set("all", "1")
	}
	return list, c.do(ctx, http.MethodGet, "/v1/alarms?"+q.Encode(), nil, &list)
}

// Alarm fetches one alarm.
func (c *Client) Alarm(ctx context.Context, id string) (a Alarm, err error) {
	return a, c.do(ctx, http.MethodGet, "/v1/alarms/"+url.PathEscape(id), nil, &a)
}

// Events fetches one alarm's events.
func (c *Client) Events(ctx context.Context, id string) (list []Event, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/alarms/"+url.PathEscape(id)+"/events", nil, &list)
}

// Acknowledge acknowledges one alarm as the calling user.
func (c *Client) Acknowledge(ctx context.Context, id string, cmd Command) (a Alarm, err error) {
	return a, c.do(ctx, http.MethodPost, "/v1/alarms/"+url.PathEscape(id)+"/acknowledge", cmd, &a)
}

// Reset resets one latched alarm as the calling user.
func (c *Client) Reset(ctx context.Context, id string, cmd Command) (a Alarm, err error) {
	return a, c.do(ctx, http.MethodPost, "/v1/alarms/"+url.PathEscape(id)+"/reset", cmd, &a)
}

// Devices lists the devices that match the selector.
func (c *Client) Devices(ctx context.Context, filter string) (list []Device, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/devices?"+url.Values{"filter": {filter}}.Encode(), nil, &list)
}

// Device fetches one device with its readings.
func (c *Client) Device(ctx context.Context, id string) (d Device, err error) {
	return d, c.do(ctx, http.MethodGet, "/v1/devices/"+url.PathEscape(id), nil, &d)
}

// Targets lists the targets' figures in their open windows.
func (c *Client) Targets(ctx context.Context) (list []Target, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/targets", nil, &list)
}

// Trend fetches one point's trend over span, up to until; the zero time is the
// daemon's now.
func (c *Client) Trend(ctx context.Context, point string, span, step time.Duration, until time.Time) (t Trend, err error) {
	q := url.Values{"point": {point}, "for": {span.String()}, "step": {step.String()}}
	if !until.IsZero() {
		q.Set("to", until.Format(time.RFC3339))
	}
	return t, c.do(ctx, http.MethodGet, "/v1/trend?"+q.Encode(), nil, &t)
}

func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://nezuban"+path, in)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: nothing answers on %s; start it with `nezuban serve`", ErrNoDaemon, c.socket)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("control socket %s: permission denied; join the group nezuban or use the daemon's user", c.socket)
	case err != nil:
		return fmt.Errorf("control socket: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		var f Failure
		if err := json.NewDecoder(io.LimitReader(res.Body, maxBody)).Decode(&f); err != nil {
			return fmt.Errorf("control socket: answer %s", res.Status)
		}
		return &duty.Refusal{Code: f.Code, Detail: f.Message}
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 256<<20)).Decode(into); err != nil {
		return fmt.Errorf("control socket: answer: %w", err)
	}
	return nil
}

// Results fetches the targets' results as the program itself computes with them.
func (c *Client) Results(ctx context.Context) (list []sla.Result, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/results", nil, &list)
}
