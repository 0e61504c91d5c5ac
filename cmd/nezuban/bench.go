package main

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/collectors/profile"
	"nezuban/collectors/snmp/fleet"
)

func benchCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure what nezuban costs on this machine",
		Args:  cobra.NoArgs,
	}
	c.AddCommand(benchPollCommand(f), benchFleetCommand())
	return c
}

// benchPoll is what `nezuban bench poll` was asked for.
type benchPoll struct {
	base, oids, community string
	port                  uint16
	devices               int
	interval, length      time.Duration
	all, pipeline         bool
	history               bool // of the pipeline
}

func benchPollCommand(f *flags) *cobra.Command {
	var o benchPoll
	c := &cobra.Command{
		Use:   "poll",
		Short: "Poll a fleet of SNMP v2c devices at consecutive addresses and count readings, lateness and CPU",
		Long: `Poll reads the same instances of every device: the lean loop that the daemon
polls v1 and v2c with, and nothing behind it. --pipeline puts the live table, two
rules and a target for every device and the hand-over to a history child behind it;
the child's processor time is counted apart. With --history=false nothing is handed
over: the difference is what the hand-over costs.

Devices stand at consecutive addresses from --base on; those ending in 0 or 255 are
left out unless --all-addresses is given. --oids names a file with one numeric OID a
line; empty lines and lines that begin with # are passed over. sysUpTime is asked
for as well and is no reading.

Lateness is the start of a round after its scheduled moment, in seconds. CPU seconds
are those of this process. Only use it against devices that are yours.`,
		Example: `  nezuban bench poll --base 127.10.0.1 --port 1161 --devices 1000 --oids oids.txt --interval 10s --for 60s
  nezuban bench poll --base 127.10.0.1 --port 1161 --devices 10000 --oids oids.txt --interval 10s --for 60s --pipeline --json
  nezuban bench poll --base 127.10.0.1 --port 1161 --devices 10000 --oids oids.txt --pipeline --history=false`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options, err := o.options()
			if err != nil {
				return err
			}
			options.Log = quietLog(cmd)
			r, err := o.run(cmd.Context(), options)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), r)
			}
			return r.print(cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.base, "base", "127.10.0.1", "address of the first device")
	c.Flags().Uint16Var(&o.port, "port", 161, "their port")
	c.Flags().IntVar(&o.devices, "devices", 0, "how many devices")
	c.Flags().StringVar(&o.oids, "oids", "", "file with one numeric OID a line; - is standard input")
	c.Flags().StringVar(&o.community, "community", "public", "community of SNMP v2c")
	c.Flags().DurationVar(&o.interval, "interval", 10*time.Second, "between two rounds of a device")
	c.Flags().DurationVar(&o.length, "for", time.Minute, "do the rounds that fall due within this time")
	c.Flags().BoolVar(&o.all, "all-addresses", false, "also use addresses that end in 0 or 255")
	c.Flags().BoolVar(&o.pipeline, "pipeline", false, "add live table, rules, targets and hand-over to history")
	c.Flags().BoolVar(&o.history, "history", true, "hand over to history in --pipeline")
	for _, needed := range []string{"devices", "oids"} {
		_ = c.MarkFlagRequired(needed)
	}
	return f.jsonFlag(c)
}

// options reads and checks what was asked for.
func (o *benchPoll) options() (fleet.Options, error) {
	base, err := netip.ParseAddr(o.base)
	if err != nil {
		return fleet.Options{}, fmt.Errorf("--base %q: want an IP address: %w", o.base, err)
	}
	if o.devices < 1 || o.interval < time.Second || o.length <= 0 || o.port == 0 {
		return fleet.Options{}, fmt.Errorf("want at least one device, an interval of 1s or more, a port and a time to run: got %d, %v, %d and %v", o.devices, o.interval, o.port, o.length)
	}
	addresses, err := fleet.Addresses(base, o.devices, o.all)
	if err != nil {
		return fleet.Options{}, fmt.Errorf("--devices: %w", err)
	}
	oids, err := readOIDs(o.oids)
	return fleet.Options{Addresses: addresses, Port: o.port, Community: o.community, OIDs: oids, Interval: o.interval, For: o.length}, err
}

// readOIDs reads a file of one OID a line.
func readOIDs(path string) ([]string, error) {
	in := io.Reader(os.Stdin)
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("--oids: %w", err)
		}
		defer file.Close()
		in = file
	}
	var out []string
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		oid := strings.TrimPrefix(strings.TrimSpace(lines.Text()), ".")
		switch {
		case oid == "" || oid[0] == '#':
		case !profile.ValidOID(oid):
			return nil, fmt.Errorf("%s:%d: %q is no numeric OID", path, n, oid)
		default:
			out = append(out, oid)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("--oids: %w", err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no OID in it", path)
	}
	return out, nil
}

// benchResult is what `nezuban bench poll --json` prints.
type benchResult struct {
	fleet.Result
	Pipeline *pipelineResult `json:"pipeline,omitempty"`
}

func (r benchResult) print(w io.Writer) error {
	ms := func(seconds float64) string { return fmt.Sprintf("%.1fms", seconds*1000) }
	fmt.Fprintf(w, "readings=%d lateness_p99=%s lateness_p50=%s lateness_max=%s skipped=%d late=%d shortened=%d silent=%d unasked=%d timeouts=%d drops=%d stray=%d surprises=%d refused=%d ",
		r.Readings, ms(r.LateP99), ms(r.LateP50), ms(r.LateMax), r.Skipped, r.Late, r.Shortened, r.Silent, r.Unasked, r.Timeouts, r.Drops, r.Stray, r.Surprises, r.Refused)
	_, err := fmt.Fprintf(w, "devices=%d rounds=%d requests=%d seconds=%.1f cpu_seconds=%.2f cpu_s_per_million=%.3f roundtrip_p50=%s roundtrip_p99=%s roundtrip_max=%s rss_mb=%.1f rss_peak_mb=%.1f window=%d receive_buffer=%d",
		r.Devices, r.Rounds, r.Requests, r.Seconds, r.CPU, r.CPUPerM, ms(r.TripP50), ms(r.TripP99), ms(r.TripMax), float64(r.RSS)/1e6, float64(r.PeakRSS)/1e6, r.Window, r.Buffer)
	if err != nil {
		return err
	}
	if p := r.Pipeline; p != nil {
		fmt.Fprintf(w, " rules=%d targets=%d history_samples=%d history_dropped=%d history_cpu_seconds=%.2f", p.Rules, p.Targets, p.Samples, p.Dropped, p.HistoryCPU)
	}
	_, err = fmt.Fprintln(w)
	return err
}
