package history

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"nezuban/internal/facility"
)

const gib = 1 << 30

// plenty is a disk that never fills.
func plenty(string) (free, total uint64, err error) { return 500 * gib, 1000 * gib, nil }

// serve runs a server in this process until the test ends and returns the way
// to it. fill sets options.
func serve(t *testing.T, fill func(*ServerOptions)) (socket string, ask *http.Client) {
	t.Helper()
	socket = filepath.Join(shortDir(t), "h.sock")
	o := ServerOptions{Dir: filepath.Join(t.TempDir(), "data"), Socket: socket, FreeSpace: plenty}
	if fill != nil {
		fill(&o)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, o) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return socket, &http.Client{Transport: unixTransport(socket)}
}

// shortDir is a directory whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nzh")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "run")
}

// eventually waits for cond, asked every 20 ms, and fails the test after limit.
func eventually(t *testing.T, limit time.Duration, what string, cond func() bool) {
	t.Helper()
	end := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

func waitReady(t *testing.T, ask *http.Client) {
	t.Helper()
	eventually(t, 20*time.Second, "history is ready", func() bool {
		resp, err := ask.Get("http://history/-/ready")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// getData asks a JSON call and decodes its data.
func getData(t *testing.T, ask *http.Client, path string, form url.Values, into any) {
	t.Helper()
	resp, err := ask.Get("http://history" + path + "?" + form.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var r struct {
		Status string
		Data   json.RawMessage
		Error  string
	}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil || r.Status != "success" {
		t.Fatalf("%s: status %q, error %q, %v", path, r.Status, r.Error, err)
	}
	if err := json.Unmarshal(r.Data, into); err != nil {
		t.Fatalf("%s: %v in %s", path, err, r.Data)
	}
}

type pair struct{ name, value string }

func ts(samples []prompb.Sample, labels ...pair) prompb.TimeSeries {
	out := prompb.TimeSeries{Samples: samples}
	for _, l := range labels {
		out.Labels = append(out.Labels, prompb.Label{Name: l.name, Value: l.value})
	}
	return out
}

// post sends a remote-write request.
func post(t *testing.T, ask *http.Client, all ...prompb.TimeSeries) (code int, written, body string) {
	t.Helper()
	plain, err := (&prompb.WriteRequest{Timeseries: all}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return postRaw(t, ask, snappy.Encode(nil, plain))
}

func postRaw(t *testing.T, ask *http.Client, body []byte) (code int, written, answer string) {
	t.Helper()
	resp, err := ask.Post("http://history/api/v1/write", "application/x-protobuf", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get(writtenHeader), string(raw)
}

func TestQueryAPI(t *testing.T) {
	_, ask := serve(t, nil)
	waitReady(t, ask)
	now := time.Now().Truncate(time.Second)
	at := func(secs int) int64 { return now.Add(time.Duration(secs) * time.Second).UnixMilli() }
	up := []prompb.Sample{{Timestamp: at(-60), Value: 1}, {Timestamp: at(-30), Value: 2}, {Timestamp: at(0), Value: 3}}
	code, written, body := post(t, ask,
		ts(up, pair{"__name__", "temperature_celsius"}, pair{"device", "hub-1"}, pair{"sensor", "a"}),
		ts(up[:1], pair{"__name__", "temperature_celsius"}, pair{"device", "hub-2"}))
	if code != http.StatusNoContent || written != "4" {
		t.Fatalf("write: %d, written %q: %s", code, written, body)
	}

	var vector struct {
		ResultType string
		Result     []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	sec := func(s int) string { return fmt.Sprint(now.Unix() + int64(s)) }
	getData(t, ask, "/api/v1/query", url.Values{"query": {`temperature_celsius{device="hub-1"}`}, "time": {sec(0)}}, &vector)
	if vector.ResultType != "vector" || len(vector.Result) != 1 || vector.Result[0].Value[1] != "3" || vector.Result[0].Metric["sensor"] != "a" {
		t.Errorf("query: %+v", vector)
	}
	var matrix struct {
		ResultType string
		Result     []struct{ Values [][2]any }
	}
	getData(t, ask, "/api/v1/query_range", url.Values{"query": {"max(temperature_celsius)"}, "start": {sec(-60)}, "end": {sec(0)}, "step": {"30"}}, &matrix)
	if matrix.ResultType != "matrix" || len(matrix.Result) != 1 || len(matrix.Result[0].Values) != 3 || matrix.Result[0].Values[1][1] != "2" {
		t.Errorf("query_range: %+v", matrix)
	}
	var series []map[string]string
	getData(t, ask, "/api/v1/series", url.Values{"match[]": {"temperature_celsius"}}, &series)
	if len(series) != 2 || series[0]["device"] != "hub-1" {
		t.Errorf("series: %v", series)
	}
	var names []string
	getData(t, ask, "/api/v1/labels", nil, &names)
	if strings.Join(names, " ") != "__name__ device sensor" {
		t.Errorf("labels: %v", names)
	}
	getData(t, ask, "/api/v1/label/device/values", url.Values{"match[]": {`{sensor="a"}`}}, &names)
	if strings.Join(names, " ") != "hub-1" {
		t.Errorf("values of device: %v", names)
	}
}

func TestQueryAPIRefusesWhatMakesNoSense(t *testing.T) {
	_, ask := serve(t, nil)
	waitReady(t, ask)
	for _, path := range []string{
		"/api/v1/query?query=sum(", "/api/v1/query?query=up&time=never", "/api/v1/query?query=up&time=1e300",
		"/api/v1/query_range?query=up&start=1&end=0&step=1", "/api/v1/query_range?query=up&start=0&end=1&step=0",
		"/api/v1/query_range?query=up&start=0&end=100000&step=1", "/api/v1/series", "/api/v1/raw?match[]=%7B", "/api/v1/raw",
	} {
		resp, err := ask.Get("http://history" + path)
		if err != nil {
			t.Fatal(err)
		}
		var r reply
		if err := json.NewDecoder(resp.Body).Decode(&r); err != nil || resp.StatusCode != 400 || r.ErrorType != errBadData || r.Error == "" {
			t.Errorf("%s: %d, %+v, %v; want 400 bad_data with a reason", path, resp.StatusCode, r, err)
		}
		_ = resp.Body.Close()
	}
}

func TestSocketIsForItsOwnerOnly(t *testing.T) {
	socket, ask := serve(t, nil)
	waitReady(t, ask)
	for path, want := range map[string]os.FileMode{socket: 0o600, filepath.Dir(socket): 0o700} {
		st, err := os.Stat(path)
		if err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, st.Mode().Perm(), err, want)
		}
	}
	if err := Serve(t.Context(), ServerOptions{Dir: t.TempDir(), Socket: socket, FreeSpace: plenty}); err == nil {
		t.Error("a second server took the socket of a living one")
	}
}

func TestListenAddressIsReadOnly(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, ask := serve(t, func(o *ServerOptions) { o.Listen = addr })
	waitReady(t, ask)
	resp, err := http.Post("http://"+addr+"/api/v1/write", "application/x-protobuf", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("write on the query address: %d, want 404", resp.StatusCode)
	}
	resp, err = http.Get("http://" + addr + "/api/v1/query?query=vector(1)")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("query on the query address: %d, want 200", resp.StatusCode)
	}
}

func TestFullDiskIsRefusedAndRecovers(t *testing.T) {
	var free atomic.Uint64
	free.Store(100 << 20) // below the watermark from the start
	_, ask := serve(t, func(o *ServerOptions) {
		o.FreeSpace = func(string) (uint64, uint64, error) { return free.Load(), 100 * gib, nil }
	})
	status := func() (st ChildStatus) {
		getData(t, ask, "/api/v1/status", nil, &st)
		return st
	}
	reachable := func() bool {
		resp, err := ask.Get("http://history/-/healthy")
		if err == nil {
			_ = resp.Body.Close()
		}
		return err == nil
	}
	eventually(t, 10*time.Second, "the server listens", reachable)
	eventually(t, 10*time.Second, "it says full", func() bool { return status().State == StateFull })
	one := ts([]prompb.Sample{{Timestamp: time.Now().UnixMilli(), Value: 1}}, pair{"__name__", "m"})
	if code, _, body := post(t, ask, one); code != http.StatusInsufficientStorage || !strings.Contains(body, "1024 MiB") {
		t.Errorf("write on a full disk at the start: %d: %s", code, body)
	}
	if resp, err := ask.Get("http://history/-/ready"); err != nil || resp.StatusCode != 503 {
		t.Errorf("ready though nothing is open: %v, %v", resp, err)
	}

	free.Store(50 * gib) // space comes back
	waitReady(t, ask)
	if code, _, body := post(t, ask, one); code != 204 {
		t.Fatalf("write with space: %d: %s", code, body)
	}
	free.Store(900 << 20) // and goes again
	if code, _, _ := post(t, ask, one); code != http.StatusInsufficientStorage {
		t.Errorf("write below the watermark: %d, want 507", code)
	}
	var vector struct{ Result []any }
	getData(t, ask, "/api/v1/query", url.Values{"query": {"m"}}, &vector)
	if len(vector.Result) != 1 {
		t.Errorf("reading while full: %v", vector)
	}
	free.Store(gib + 10<<20) // at the edge, inside the hysteresis
	if code, _, _ := post(t, ask, one); code != http.StatusInsufficientStorage {
		t.Errorf("write at the edge: %d, want 507", code)
	}
	free.Store(2 * gib)
	if code, _, body := post(t, ask, one); code != 204 {
		t.Errorf("write after recovery: %d: %s", code, body)
	}
	if st := status(); st.State != StateOK || st.Detail != "" || st.SamplesTotal != 2 || st.WatermarkBytes != gib {
		t.Errorf("status after recovery: %+v", st)
	}
}

func TestWatermarkIsTheSmallerOfTwo(t *testing.T) {
	tests := []struct {
		mark  Watermark
		total uint64
		want  uint64
	}{
		{Watermark{}, 1000 * gib, gib},
		{Watermark{}, 10 * gib, gib / 2},
		{Watermark{Bytes: 5 << 20}, 1000 * gib, 5 << 20},
		{Watermark{Ratio: 0.25}, 2 * gib, gib / 2},
	}
	for _, tt := range tests {
		if got := tt.mark.Limit(tt.total); got != tt.want {
			t.Errorf("%+v of %d: %d, want %d", tt.mark, tt.total, got, tt.want)
		}
	}
}

func TestSamplesOutliveARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	run := func(f func(ask *http.Client)) {
		socket := filepath.Join(shortDir(t), "h.sock")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- Serve(ctx, ServerOptions{Dir: dir, Socket: socket, FreeSpace: plenty}) }()
		ask := &http.Client{Transport: unixTransport(socket)}
		waitReady(t, ask)
		f(ask)
		cancel()
		if err := <-done; err != nil {
			t.Fatalf("Serve: %v", err)
		}
	}
	now := facility.TickOf(time.Now())
	run(func(ask *http.Client) {
		if code, _, body := post(t, ask, ts([]prompb.Sample{{Timestamp: int64(now) * 1000, Value: 7}}, pair{"__name__", "m"})); code != 204 {
			t.Fatalf("write: %d: %s", code, body)
		}
	})
	run(func(ask *http.Client) {
		var vector struct{ Result []struct{ Value [2]any } }
		getData(t, ask, "/api/v1/query", url.Values{"query": {"m"}, "time": {fmt.Sprint(int64(now))}}, &vector)
		if len(vector.Result) != 1 || vector.Result[0].Value[1] != "7" {
			t.Errorf("after a restart: %+v", vector)
		}
	})
}
