package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"nezuban/internal/text"
)

// All of these are real time: they pace a socket, not the facility.
const (
	coalesce    = 250 * time.Millisecond // longest wait for a fuller request
	batchMax    = 20_000                 // samples of one request, about 1 MB
	writeLimit  = 30 * time.Second       // for one request
	backoffMin  = 200 * time.Millisecond
	backoffMax  = 5 * time.Second
	probeEvery  = 5 * time.Second // how often the child is asked how it does
	probeLimit  = 3 * time.Second
	finalLimit  = 3 * time.Second // for what is held when Run ends
	splitPosts  = 64              // requests spent on finding the bad samples of one batch
	answerBytes = 512             // of an error answer kept for people
)

// outcome of one request.
type outcome uint8

const (
	stored  outcome = iota // all of it, or all that will ever be
	refused                // a 4xx that concerns what was sent
	later                  // anything else: hold and try again
)

// Run delivers what is queued until ctx ends, then tries once more for a few
// seconds. It always returns nil; what could not be delivered stays counted as
// held.
func (c *Client) Run(ctx context.Context) error {
	var probing sync.WaitGroup
	probing.Go(func() { c.probeLoop(ctx) })
	defer probing.Wait()
	for {
		select {
		case <-ctx.Done():
			c.finish(ctx)
			return nil
		case <-c.queue.wake:
			if c.queue.waiting() < batchMax {
				pause(ctx, coalesce)
			}
			for c.queue.waiting() > 0 && ctx.Err() == nil {
				c.deliver(ctx, c.queue.take(batchMax))
			}
		}
	}
}

// probeLoop keeps the state true while nothing is sent, and while a request is
// under way that a frozen child does not answer.
func (c *Client) probeLoop(ctx context.Context) {
	for {
		c.probe(ctx)
		if !pause(ctx, probeEvery) {
			return
		}
	}
}

// finish spends a bounded time on what is still queued.
func (c *Client) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalLimit)
	defer cancel()
	for c.queue.waiting() > 0 && ctx.Err() == nil {
		c.deliver(ctx, c.queue.take(batchMax))
	}
}

// deliver sends one batch, in order, until it is settled or ctx ends; then the
// rest goes back to the front of the queue.
func (c *Client) deliver(ctx context.Context, batch []sample) {
	c.oldest.Store(batch[0].at)
	defer c.oldest.Store(0)
	parts, posts, wait := [][]sample{batch}, 0, backoffMin
	for len(parts) > 0 {
		part := parts[0]
		how, n := c.post(ctx, part)
		posts++
		switch {
		case how == stored:
			c.settle(n, len(part))
			parts, wait = parts[1:], backoffMin
		case how == refused && len(part) > 1 && posts < splitPosts:
			parts = append([][]sample{part[:len(part)/2], part[len(part)/2:]}, parts[1:]...)
		case how == refused:
			c.settle(0, len(part))
			parts = parts[1:]
		default:
			if posts--; !pause(ctx, wait) {
				c.giveBack(parts)
				return
			}
			wait = min(wait*2, backoffMax)
		}
	}
}

// settle counts n of total as stored, the others as refused.
func (c *Client) settle(n, total int) {
	c.accepted.Add(uint64(n))
	c.count.accepted.Add(float64(n))
	c.drop(dropRefused, total-n)
	c.queue.settle(total)
}

func (c *Client) giveBack(parts [][]sample) {
	var all []sample
	for _, p := range parts {
		all = append(all, p...)
	}
	c.queue.giveBack(all)
}

// post sends one request. For stored, n is how many of the samples were kept.
func (c *Client) post(ctx context.Context, batch []sample) (how outcome, n int) {
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	req, err := c.request(ctx, http.MethodPost, "/api/v1/write", bytes.NewReader(c.encode(batch)))
	if err != nil {
		c.setState(StateDown, err.Error())
		return later, 0
	}
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	resp, err := c.http.Do(req)
	if err != nil {
		c.count.requests.WithLabelValues("unreachable").Inc()
		c.setState(StateDown, plainError(err))
		return later, 0
	}
	defer func() { _ = resp.Body.Close() }() // read as far as wanted
	why, _ := io.ReadAll(io.LimitReader(resp.Body, answerBytes))
	c.count.requests.WithLabelValues(strconv.Itoa(resp.StatusCode)).Inc()
	return c.judge(resp, string(why), len(batch))
}

// judge turns an answer into what to do.
func (c *Client) judge(resp *http.Response, why string, total int) (how outcome, n int) {
	why, _ = text.Clean(why, 200)
	code := resp.StatusCode
	switch {
	case code/100 == 2:
		c.setState(StateOK, "")
		return stored, total
	case code == http.StatusInsufficientStorage:
		c.setState(StateFull, why)
	case code == http.StatusServiceUnavailable:
		c.setState(StateStarting, why)
	case code == http.StatusBadRequest, code == http.StatusConflict,
		code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		c.log.Warn("history refused samples", "status", code, "answer", why)
		if w, err := strconv.Atoi(resp.Header.Get(writtenHeader)); err == nil && w >= 0 && w <= total {
			c.setState(StateOK, "")
			return stored, w // the others are refused for good
		}
		return refused, 0
	default:
		c.setState(StateDown, fmt.Sprintf("history answers %d: %s", code, why))
	}
	return later, 0
}

// probe asks our child how it does, so that the state is true without traffic.
func (c *Client) probe(ctx context.Context) {
	if !c.own {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	st, err := c.ChildStatus(ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			c.setState(StateDown, plainError(err))
		}
		return
	}
	c.setState(st.State, st.Detail)
}

// ChildStatus asks the child for its own account.
func (c *Client) ChildStatus(ctx context.Context) (ChildStatus, error) {
	var st ChildStatus
	err := c.get(ctx, "/api/v1/status", nil, &st)
	return st, err
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask history: %w", err)
	}
	req.Header.Set("User-Agent", "nezuban")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// maxAnswer bounds what a query may answer.
const maxAnswer = 128 << 20

// statusError is an answer that is not 2xx.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return fmt.Sprintf("history answers %d: %s", e.code, e.text) }

// get asks one of the JSON calls and decodes its data.
func (c *Client) get(ctx context.Context, path string, form map[string]string, into any) error {
	req, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	q := req.URL.Query()
	for k, v := range form {
		q.Set(k, v)
	}
	req.URL.RawQuery = q.Encode()
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask history: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end or given up
	body := io.LimitReader(resp.Body, maxAnswer)
	var r struct {
		Data  json.RawMessage `json:"data"`
		Error string          `json:"error"`
	}
	if resp.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(body, 8*answerBytes))
		if json.Unmarshal(raw, &r) != nil {
			r.Error = string(raw)
		}
		why, _ := text.Clean(r.Error, 200)
		return &statusError{code: resp.StatusCode, text: why}
	}
	if err := json.NewDecoder(body).Decode(&r); err != nil {
		return fmt.Errorf("decode history's answer: %w", err)
	}
	if err := json.Unmarshal(r.Data, into); err != nil {
		return fmt.Errorf("decode history's answer: %w", err)
	}
	return nil
}

// plainError is an error's text without the URL, which names nothing real for a
// socket.
func plainError(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, "history\": "); i >= 0 {
		s = s[i+len("history\": "):]
	}
	out, _ := text.Clean("history does not answer: "+s, 200)
	return out
}

// pause waits for d; false means ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
