package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"nezuban/internal/sim/model"
)

// A page is a metrics page in the making: the Prometheus text format 0.0.4 or
// OpenMetrics 1.0, which differ in how a counter's family is named and in the
// end mark.
type page struct {
	b           strings.Builder
	openMetrics bool
	start       time.Time // of the facility
	state       *model.State
	began       time.Duration // model time at which the host started
}

// Content types of the two formats.
const (
	contentText        = "text/plain; version=0.0.4; charset=utf-8"
	contentOpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
)

// family opens a metric family.
func (p *page) family(name, kind, help string) {
	if p.openMetrics && kind == "counter" {
		name = strings.TrimSuffix(name, "_total")
	}
	fmt.Fprintf(&p.b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// sample writes one line; labels alternate name and value.
func (p *page) sample(name string, v float64, labels ...string) {
	p.b.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		sep := ","
		if i == 0 {
			sep = "{"
		}
		fmt.Fprintf(&p.b, "%s%s=%q", sep, labels[i], labels[i+1])
	}
	if len(labels) > 0 {
		p.b.WriteByte('}')
	}
	p.b.WriteByte(' ')
	p.b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	p.b.WriteByte('\n')
}

// single is a family of one sample without labels.
func (p *page) single(name, kind, help string, v float64) {
	p.family(name, kind, help)
	p.sample(name, v)
}

// hostMetrics writes what the node exporter would of a server.
func hostMetrics(n int) func(*page) {
	return func(p *page) {
		s := &p.state.Servers[n]
		p.family("node_exporter_build_info", "gauge", "Build of the exporter.")
		p.sample("node_exporter_build_info", 1, "version", "1.9.0", "goos", "linux", "goarch", "amd64")
		p.family("node_uname_info", "gauge", "Labelled system information.")
		p.sample("node_uname_info", 1, "sysname", "Linux", "release", "6.12.0", "machine", "x86_64", "nodename", serverID(n))
		p.cpu(s)
		p.memory(s)
		p.filesystems(s)
		p.sensors(s)
		p.network(s)
		p.family("node_scrape_collector_success", "gauge", "Whether a collector succeeded.")
		for _, c := range []string{"cpu", "filesystem", "hwmon", "loadavg", "meminfo", "netdev"} {
			p.sample("node_scrape_collector_success", 1, "collector", c)
		}
	}
}

func (p *page) cpu(s *model.Server) {
	p.family("node_cpu_seconds_total", "counter", "Seconds the processors spent in each mode.")
	for core := range model.ServerCores {
		c := strconv.Itoa(core)
		for _, m := range []struct {
			mode string
			v    float64
		}{
			{"idle", s.IdleSec}, {"iowait", 0}, {"irq", 0}, {"nice", 0}, {"softirq", 0}, {"steal", 0},
			{"system", 0.25 * s.BusySec}, {"user", 0.75 * s.BusySec},
		} {
			p.sample("node_cpu_seconds_total", m.v/model.ServerCores, "cpu", c, "mode", m.mode)
		}
	}
	for i, name := range []string{"node_load1", "node_load5", "node_load15"} {
		p.single(name, "gauge", "Load average.", s.Load[i])
	}
	p.single("node_procs_running", "gauge", "Processes in runnable state.", 1+float64(int(s.CPU*model.ServerCores)))
	p.single("node_boot_time_seconds", "gauge", "Time of the last start, Unix time.", unixSeconds(p.start.Add(p.began)))
	p.single("node_time_seconds", "gauge", "System time, Unix time.", unixSeconds(p.start.Add(p.state.Now)))
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func (p *page) memory(s *model.Server) {
	free := max(0, 1-s.MemUsed-cachedShare-bufferShare)
	for _, m := range []struct {
		name string
		v    float64
	}{
		{"MemTotal", s.MemTotal}, {"MemFree", free * s.MemTotal}, {"MemAvailable", (1 - s.MemUsed) * s.MemTotal},
		{"Buffers", bufferShare * s.MemTotal}, {"Cached", cachedShare * s.MemTotal}, {"SwapTotal", swapBytes}, {"SwapFree", swapBytes},
	} {
		p.single("node_memory_"+m.name+"_bytes", "gauge", "Memory field "+m.name+".", whole(m.v))
	}
}

func (p *page) filesystems(s *model.Server) {
	for _, f := range []struct {
		name string
		of   func(size, used float64) float64
	}{
		{"node_filesystem_size_bytes", func(size, _ float64) float64 { return size }},
		{"node_filesystem_free_bytes", func(size, used float64) float64 { return whole(size * (1 - used)) }},
		{"node_filesystem_avail_bytes", func(size, used float64) float64 { return whole(size * (0.95 - used)) }},
		{"node_filesystem_readonly", func(float64, float64) float64 { return 0 }},
	} {
		p.family(f.name, "gauge", "File system.")
		p.sample(f.name, f.of(model.RootBytes, s.DiskRoot), "device", "/dev/vda1", "fstype", "ext4", "mountpoint", "/")
		p.sample(f.name, f.of(model.VarBytes, s.DiskVar), "device", "/dev/vdb1", "fstype", "ext4", "mountpoint", "/var")
	}
}

func (p *page) sensors(s *model.Server) {
	const chip = "platform_coretemp_0"
	p.family("node_hwmon_temp_celsius", "gauge", "Temperature.")
	p.sample("node_hwmon_temp_celsius", s.CPUC, "chip", chip, "sensor", "temp1")
	p.family("node_hwmon_fan_rpm", "gauge", "Fan speed.")
	p.sample("node_hwmon_fan_rpm", whole(s.FanRPM), "chip", "platform_bmc_0", "sensor", "fan1")
}

func (p *page) network(s *model.Server) {
	for _, f := range []struct {
		name string
		v    float64
	}{
		{"node_network_receive_bytes_total", whole(s.InOctets)}, {"node_network_transmit_bytes_total", whole(s.OutOctets)},
		{"node_network_receive_errs_total", 0}, {"node_network_transmit_errs_total", 0},
	} {
		p.family(f.name, "counter", "Network device statistic.")
		p.sample(f.name, f.v, "device", "eth0")
	}
	p.family("node_network_up", "gauge", "1 where the interface is up.")
	p.sample("node_network_up", 1, "device", "eth0")
}

func (p *page) end() string {
	if p.openMetrics {
		p.b.WriteString("# EOF\n")
	}
	return p.b.String()
}
