package agent

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

const everyHalfMinute = 30 * time.Second

func nodePlan(t *testing.T) *plan {
	t.Helper()
	lib, err := profile.BuiltinAgents()
	if err != nil {
		t.Fatal(err)
	}
	return newPlan("srv-1", everyHalfMinute, lib.All(), nil)
}

func scrapeText(t *testing.T, p *plan, text string, at time.Duration) map[facility.PointID]facility.Reading {
	t.Helper()
	e, serr := parse([]byte(text), "text/plain; version=0.0.4", p.want)
	if serr != nil {
		t.Fatalf("parse: %v", serr)
	}
	return byPoint(t, p.read(e, facility.Tick(at/time.Second), at))
}

func byPoint(t *testing.T, rs []facility.Reading) map[facility.PointID]facility.Reading {
	t.Helper()
	out := map[facility.PointID]facility.Reading{}
	for _, r := range rs {
		if _, twice := out[r.Point]; twice {
			t.Fatalf("two readings of %s in one round", r.Point)
		}
		out[r.Point] = r
	}
	return out
}

const uname = `node_uname_info{domainname="(none)",machine="x86_64",nodename="web-1",release="6.1.0",sysname="Linux",version="#1 SMP"} 1
`

func TestNodeProfileReadsAHost(t *testing.T) {
	p := nodePlan(t)
	got := scrapeText(t, p, uname+`
# TYPE node_load1 gauge
node_load1 0.25
node_load5 0.5
node_load15 0.75
node_memory_MemTotal_bytes 8e9
node_memory_MemAvailable_bytes 6e9
node_memory_SwapTotal_bytes 0
node_memory_SwapFree_bytes 0
node_filesystem_size_bytes{device="/dev/vda",fstype="ext4",mountpoint="/"} 100
node_filesystem_avail_bytes{device="/dev/vda",fstype="ext4",mountpoint="/"} 25
node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 100
node_filesystem_avail_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 1
node_time_seconds 5000
node_boot_time_seconds 1000
node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 41.5
node_hwmon_sensor_label{chip="platform_coretemp_0",label="Package id 0",sensor="temp1"} 1
node_network_receive_bytes_total{device="eth0"} 12345
node_network_receive_bytes_total{device="lo"} 99
node_scrape_collector_success{collector="cpu"} 1
node_scrape_collector_success{collector="infiniband"} 0
`, 0)
	want := map[facility.PointID]float64{
		`srv-1/load_average{minutes="1"}`:                               0.25,
		`srv-1/load_average{minutes="5"}`:                               0.5,
		`srv-1/load_average{minutes="15"}`:                              0.75,
		`srv-1/memory_used_ratio`:                                       0.25,
		`srv-1/filesystem_used_ratio{mountpoint="/"}`:                   0.75,
		`srv-1/filesystem_size_bytes{mountpoint="/"}`:                   100,
		`srv-1/host_uptime_seconds`:                                     4000,
		`srv-1/temperature_celsius{sensor="platform_coretemp_0/temp1"}`: 41.5,
		`srv-1/interface_in_bytes_total{interface="eth0"}`:              12345,
		`srv-1/agent_scrape_up{collector="cpu"}`:                        1,
	}
	for id, v := range want {
		if r, ok := got[id]; !ok || r.Quality != facility.Good || math.Abs(r.Value-v) > 1e-12 {
			t.Errorf("%s: %+v (there: %v), want %v", id, r, ok, v)
		}
	}
	for id := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("unexpected reading of %s", id)
		}
	}
	if p.ident.SysName != "web-1" || p.ident.SysDescr != "Linux 6.1.0 #1 SMP x86_64" {
		t.Errorf("identity %+v", p.ident)
	}
	for _, one := range p.points {
		if one.point.Metric == "temperature_celsius" && one.point.Name != "Package id 0" {
			t.Errorf("name of the sensor: %q", one.point.Name)
		}
		if one.point.Metric == "agent_scrape_up" && len(one.point.States) != 2 {
			t.Errorf("states of agent_scrape_up: %v", one.point.States)
		}
	}
}

func cpu(idle, user, iowait float64) string {
	return fmt.Sprintf(uname+`
node_cpu_seconds_total{cpu="0",mode="idle"} %g
node_cpu_seconds_total{cpu="0",mode="user"} %g
node_cpu_seconds_total{cpu="0",mode="iowait"} %g
node_cpu_seconds_total{cpu="1",mode="idle"} 0
node_cpu_seconds_total{cpu="1",mode="user"} 0
`, idle, user, iowait)
}

func TestShareOfCounters(t *testing.T) {
	type step struct {
		at   time.Duration
		text string
		want string
	}
	const never, missing = "no reading", "missing"
	tests := []struct {
		name  string
		steps []step
	}{
		{"the first scrape has nothing to compare with", []step{{0, cpu(100, 50, 0), never}}},
		{"the increase counts, not the level", []step{
			{0, cpu(1000, 50, 0), never}, {30 * time.Second, cpu(1015, 65, 0), "0.5"}}},
		{"waiting for a disk is not busy", []step{
			{0, cpu(0, 0, 0), never}, {30 * time.Second, cpu(15, 6, 9), "0.2"}}},
		{"a reset has no value, the scrape after it has", []step{
			{0, cpu(1000, 50, 0), never}, {30 * time.Second, cpu(1030, 50, 0), "0"},
			{60 * time.Second, cpu(5, 1, 0), missing}, {90 * time.Second, cpu(5, 31, 0), "1"}}},
		{"a gap longer than 2.5 intervals is not averaged over", []step{
			{0, cpu(0, 0, 0), never}, {30 * time.Second, cpu(30, 0, 0), "0"},
			{200 * time.Second, cpu(100, 100, 0), missing}}},
		{"counters that stand still have no share", []step{
			{0, cpu(5, 5, 0), never}, {30 * time.Second, cpu(5, 5, 0), never}}},
		{"a counter that is no number has no share", []step{
			{0, cpu(5, 5, 0), never}, {30 * time.Second, cpu(math.NaN(), 6, 0), never}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := nodePlan(t)
			for _, st := range tt.steps {
				got := never
				if r, ok := scrapeText(t, p, st.text, st.at)["srv-1/cpu_utilization_ratio"]; ok {
					got = missing
					if r.Quality == facility.Good {
						got = fmt.Sprintf("%.6g", r.Value)
					}
				}
				if got != st.want {
					t.Fatalf("after %v: %s, want %s", st.at, got, st.want)
				}
			}
		})
	}
}

func TestAPointNoLongerShownIsMissingForADay(t *testing.T) {
	p := nodePlan(t)
	both := uname + "node_load1 1\nnode_load5 2\n"
	one := uname + "node_load1 1\n"
	scrapeText(t, p, both, 0)
	const lost = `srv-1/load_average{minutes="5"}`
	at := everyHalfMinute
	for ; at <= forgetMissing; at += everyHalfMinute {
		if r, ok := scrapeText(t, p, one, at)[lost]; !ok || r.Quality != facility.Missing {
			t.Fatalf("after %v: %+v, there: %v; want a missing reading", at, r, ok)
		}
	}
	p.changed = false
	if _, ok := scrapeText(t, p, one, at)[lost]; ok || !p.changed || len(p.points) != 1 {
		t.Errorf("after a day: still there %v, list changed %v, %d points", ok, p.changed, len(p.points))
	}
}

func TestWhatIsRefused(t *testing.T) {
	var many strings.Builder
	for i := range maxPoints + 5 {
		fmt.Fprintf(&many, "node_network_receive_bytes_total{device=\"e%d\"} 1\n", i)
	}
	tests := []struct {
		name, text string
		points     int
		refused    map[string]uint64
	}{
		{"a NaN", "node_load1 NaN\nnode_load5 1\n", 2, map[string]uint64{facility.RefusedNotANumber: 1}},
		{"an infinite value", "node_load1 +Inf\n", 1, map[string]uint64{facility.RefusedNotANumber: 1}},
		{"a temperature no sensor has", "node_hwmon_temp_celsius{chip=\"c\",sensor=\"t\"} 1e9\n", 1, map[string]uint64{facility.RefusedRange: 1}},
		{"a label of 10 MB", "node_load5 1\nnode_network_receive_bytes_total{device=\"" + strings.Repeat("x", 10<<20) + "\"} 1\n", 1, map[string]uint64{facility.RefusedTooLong: 1}},
		{"an escape sequence", "node_network_receive_bytes_total{device=\"e\x1b[31mth\"} 1\n", 1, map[string]uint64{facility.RefusedControl: 1}},
		{"too many points", many.String(), maxPoints, map[string]uint64{facility.RefusedPoints: 5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := nodePlan(t)
			got := scrapeText(t, p, uname+tt.text, 0)
			if len(p.points) != tt.points || !maps.Equal(p.refused, tt.refused) {
				t.Errorf("%d points, refused %v; want %d, %v", len(p.points), p.refused, tt.points, tt.refused)
			}
			for id, r := range got {
				if strings.ContainsRune(string(id), 0x1b) {
					t.Errorf("control character in %q", id)
				}
				if r.Quality == facility.Good && (math.IsNaN(r.Value) || math.IsInf(r.Value, 0)) {
					t.Errorf("%s: good, yet %v", id, r.Value)
				}
			}
		})
	}
}

func TestParseRefusesGarbage(t *testing.T) {
	tests := []struct {
		name, body, contentType string
		kind                    facility.ErrorKind
	}{
		{"nothing at all", "", "text/plain", facility.ErrProtocol},
		{"a web page", "<html><body>login</body></html>", "text/html", facility.ErrProtocol},
		{"bytes", "\x00\x01\xff\xfe\x1b]0;x\x07", "text/plain", facility.ErrProtocol},
		{"good lines before a bad one", "node_load1 1\nnode_load5 one\n", "text/plain", facility.ErrProtocol},
		{"OpenMetrics without its end mark", "# TYPE node_load1 gauge\nnode_load1 1\n", "application/openmetrics-text; version=1.0.0", facility.ErrProtocol},
		{"a label without a name", "node_load1{\"\"=\"x\"} 1\n", "text/plain", facility.ErrProtocol},
		{"a label twice", "node_load1{a=\"x\",a=\"y\"} 1\n", "text/plain", facility.ErrProtocol},
		{"more series than a host can have", strings.Repeat("node_load1 1\n", maxRows+1), "text/plain", facility.ErrLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse([]byte(tt.body), tt.contentType, nodePlan(t).want)
			if err == nil || err.kind != tt.kind || err.cause == "" {
				t.Errorf("error %+v, want kind %q and a cause to count", err, tt.kind)
			}
		})
	}
}

func TestParseReadsOpenMetrics(t *testing.T) {
	e, err := parse([]byte("# TYPE node_load1 gauge\nnode_load1 1.5\n# EOF\n"), "application/openmetrics-text; version=1.0.0; charset=utf-8", nodePlan(t).want)
	if err != nil || len(e["node_load1"]) != 1 || e["node_load1"][0].value != 1.5 {
		t.Errorf("got %v, error %v", e, err)
	}
}

func FuzzScrape(f *testing.F) {
	for _, s := range []string{uname, cpu(1, 2, 3), "node_load1 NaN 5\n", "{\"node_load1\",x=\"y\"} 1\n", "# EOF\n", "node_load1{a=\"\\\n\"} 1", "a{\xff=\"b\"} 1\n",
		"node_filesystem_avail_bytes{\"\"=\"x\"} 1\nnode_filesystem_size_bytes{\"\"=\"x\"} 1\n", uname + "node_memory_MemTotal_bytes{\"\"=\"x\",Z=\"1\"} 1\nnode_memory_MemAvailable_bytes{\"\"=\"x\"} 1\n"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	lib, err := profile.BuiltinAgents()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, open bool) {
		p := newPlan("d", everyHalfMinute, lib.All(), nil)
		kind := "text/plain"
		if open {
			kind = "application/openmetrics-text"
		}
		for at := time.Duration(0); at < 2*everyHalfMinute; at += everyHalfMinute {
			e, serr := parse(body, kind, p.want)
			if serr != nil {
				return
			}
			for _, r := range p.read(e, facility.Tick(at/time.Second), at) {
				if r.Quality == facility.Good && (math.IsNaN(r.Value) || math.IsInf(r.Value, 0)) {
					t.Fatalf("%s: good, yet %v", r.Point, r.Value)
				}
				if strings.ContainsAny(string(r.Point), "\x00\x1b\x07\n") {
					t.Fatalf("control character in %q", r.Point)
				}
			}
		}
	})
}
