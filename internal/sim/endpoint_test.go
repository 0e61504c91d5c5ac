package sim

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func fetch(t *testing.T, address, accept string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	must(t, err)
	req.Header.Set("Accept", accept)
	resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
	must(t, err)
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func TestAgentsServeTheNodeExportersNames(t *testing.T) {
	f := start(t, "127.91.0.1")
	resp := fetch(t, f.find(t, "srv-h1-07").Address, "text/plain")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(resp.Body)
	must(t, err)
	for _, name := range []string{
		"node_cpu_seconds_total", "node_load1", "node_load5", "node_load15", "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes",
		"node_filesystem_size_bytes", "node_filesystem_avail_bytes", "node_boot_time_seconds", "node_hwmon_temp_celsius",
		"node_network_receive_bytes_total", "node_scrape_collector_success",
	} {
		if families[name] == nil {
			t.Errorf("no family %s", name)
		}
	}
	if n := len(families["node_cpu_seconds_total"].GetMetric()); n != 32 {
		t.Errorf("%d processor times, want 4 cores of 8 modes", n)
	}
	// The facility stood at this time when it was made; the server ran for weeks before.
	boot := families["node_boot_time_seconds"].GetMetric()[0].GetGauge().GetValue()
	if want := float64(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).Unix()); boot >= want || boot < want-60*24*3600 {
		t.Errorf("boot time %.0f", boot)
	}
}

func TestOpenMetricsWhereItIsAskedFor(t *testing.T) {
	f := start(t, "127.92.0.1")
	resp := fetch(t, f.find(t, "srv-h1-08").Address, "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	page := string(body)
	if ct := resp.Header.Get("Content-Type"); ct != contentOpenMetrics {
		t.Errorf("content type %q", ct)
	}
	if !strings.HasSuffix(page, "# EOF\n") || !strings.Contains(page, "# TYPE node_cpu_seconds counter\n") || !strings.Contains(page, "\nnode_cpu_seconds_total{") {
		t.Errorf("page begins %q and ends %q", page[:80], page[len(page)-80:])
	}
}

func TestGarbageOverHTTP(t *testing.T) {
	f := start(t, "127.93.0.1")
	must(t, f.Inject("sensor-garbage"))
	resp := fetch(t, f.find(t, "srv-h2-08").Address, "text/plain")
	total, longest := 0, 0
	r := bufio.NewReader(resp.Body)
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		total, longest = total+len(line), max(longest, len(line))
		if head.Len() < 2000 && len(line) < 300 {
			head.WriteString(line)
		}
		if err != nil {
			break
		}
	}
	if longest < garbageLine {
		t.Errorf("%d octets, the longest line %d", total, longest)
	}
	for _, want := range []string{"node_load1 NaN", "\x1b]52;", "99999"} {
		if !strings.Contains(head.String(), want) {
			t.Errorf("no %q in the page", want)
		}
	}
	// Another agent is well.
	if resp := fetch(t, f.find(t, "srv-h2-07").Address, "text/plain"); resp.StatusCode != http.StatusOK || resp.ContentLength > 1<<20 {
		t.Errorf("the next agent answers %s, %d octets", resp.Status, resp.ContentLength)
	}
}
