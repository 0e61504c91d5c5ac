package main

import (
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/collectors/snmp"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

// probed is what `nezuban probe --json` prints.
type probed struct {
	Identity probedIdentity  `json:"identity"`
	Readings []probedReading `json:"readings"`
	Problems []probedProblem `json:"problems"`
}

type probedIdentity struct {
	Vendor      string   `json:"vendor"`
	Model       string   `json:"model"`
	Category    string   `json:"category"`
	Profiles    []string `json:"profiles"`
	SysObjectID string   `json:"sys_object_id"`
	SysDescr    string   `json:"sys_descr"`
}

type probedReading struct {
	Metric   string            `json:"metric"`
	Labels   map[string]string `json:"labels"`
	Name     string            `json:"name"`
	Value    *float64          `json:"value"`
	Unit     string            `json:"unit"`
	State    string            `json:"state"`
	Severity string            `json:"severity"`
	OID      string            `json:"oid"`
}

type probedProblem struct {
	What string `json:"what"`
	OID  string `json:"oid"`
	Hint string `json:"hint"`
}

func probeCommand(f *flags) *cobra.Command {
	var access accessFlags
	var device string
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "probe ADDR[:PORT]",
		Short: "Identify one SNMP device and read everything its profiles know, once",
		Long: `Probe asks a device who it is, shows which profiles fit and every reading with
the OID it came from. It only reads. Bounds on rows, bytes and time hold as in
the daemon.

SNMPv3 pass phrases are taken from NEZUBAN_AUTH_PASS and NEZUBAN_PRIV_PASS or asked
for on the terminal; with --device everything comes from the inventory.`,
		Example: `  nezuban probe 192.0.2.10 --community YOURS
  nezuban probe 192.0.2.10 --community YOURS --v1
  nezuban probe 192.0.2.10:1161 --user nezuban --level authPriv --json
  nezuban probe --device ups-a1 --dir /srv/nezuban`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, lib, err := f.probeTarget(cmd, args, device, &access)
			if err != nil {
				return err
			}
			target.Timeout = timeout
			r, err := snmp.Probe(cmd.Context(), lib, target)
			if err != nil && len(r.Points) == 0 {
				return notProbed(target, err)
			}
			out := probedOf(r)
			if err != nil { // what it has is shown, and what it did not answer is told
				out.Problems = append(out.Problems, probedProblem{What: err.Error(), Hint: "the other readings stand; try again, or with a longer --timeout"})
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), out)
			}
			return printProbed(cmd, out, r.RoundTrip)
		},
	}
	access.register(c)
	c.Flags().StringVar(&device, "device", "", "probe a device of the inventory")
	c.Flags().DurationVar(&timeout, "timeout", 2*time.Second, "longest wait for one request")
	return f.jsonFlag(c)
}

// notProbed says what to try where a device told nothing.
func notProbed(target collectors.Target, err error) error {
	if target.SNMP.Version == "2c" && snmp.KindOf(err) == facility.ErrTimeout {
		return fmt.Errorf("%s: %w; a device is silent to a wrong community or a manager it does not know, and an old one to anything but v1 (--v1)", target.Address, err)
	}
	return fmt.Errorf("%s: %w", target.Address, err)
}

// probeTarget puts together whom to ask and how.
func (f *flags) probeTarget(cmd *cobra.Command, args []string, device string, access *accessFlags) (collectors.Target, *profile.Library, error) {
	if device != "" {
		site, err := loadSite(f.dir, slog.New(slog.DiscardHandler)) // mistakes are named by check
		if err != nil {
			return collectors.Target{}, nil, err
		}
		for _, t := range site.Devices {
			if string(t.Device.ID) == device && t.Device.Engine == "snmp" {
				return t, site.Profiles, nil
			}
		}
		return collectors.Target{}, nil, fmt.Errorf("no SNMP device %s in the inventory of %s", device, f.dir)
	}
	if len(args) == 0 {
		return collectors.Target{}, nil, fmt.Errorf("whom to probe? give an address or --device ID")
	}
	address, err := withPort(args[0], "161")
	if err != nil {
		return collectors.Target{}, nil, err
	}
	lib, err := f.library()
	if err != nil {
		return collectors.Target{}, nil, err
	}
	how, err := access.of(cmd)
	if err != nil {
		return collectors.Target{}, nil, err
	}
	d := facility.Device{ID: "probe", Name: address, Engine: "snmp"}
	return collectors.Target{Device: d, Address: address, SNMP: how}, lib, nil
}

func withPort(address, port string) (string, error) {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address, nil
	}
	if host := strings.Trim(address, "[]"); net.ParseIP(host) != nil || !strings.Contains(host, ":") {
		return net.JoinHostPort(host, port), nil
	}
	return "", fmt.Errorf("address %q: want HOST, HOST:PORT or [IPv6]:PORT", address)
}

func probedOf(r snmp.ProbeResult) probed {
	out := probed{
		Identity: probedIdentity{r.Identity.Vendor, r.Identity.Model, r.Kind, r.Identity.Profiles, r.Identity.SysObjectID, r.Identity.SysDescr},
		Readings: []probedReading{}, Problems: []probedProblem{},
	}
	if out.Identity.Category == "" {
		out.Identity.Category = "other"
	}
	for i, p := range r.Points {
		x := probedReading{Metric: p.Metric, Labels: map[string]string{}, Name: p.Name, OID: p.OID}
		for _, l := range p.Labels {
			x.Labels[l.Name] = l.Value
		}
		if m, ok := facility.LookupMetric(p.Metric); ok {
			x.Unit = string(m.Unit)
		}
		if i < len(r.Readings) && r.Readings[i].Quality == facility.Good {
			v := r.Readings[i].Value
			x.Value = &v
			if s, ok := p.State(v); ok {
				x.State, x.Severity = s.Name, s.Severity.String()
			} else if x.Unit == string(facility.UnitState) {
				x.Severity = facility.SeverityUnknown.String()
			}
		}
		out.Readings = append(out.Readings, x)
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, probedProblem{What: p})
	}
	for cause, n := range r.Refused {
		out.Problems = append(out.Problems, probedProblem{What: fmt.Sprintf("refused: %s, %d times", cause, n)})
	}
	return out
}

func printProbed(cmd *cobra.Command, p probed, roundTrip time.Duration) error {
	w := cmd.OutOrStdout()
	maker := strings.TrimSpace(p.Identity.Vendor + " " + p.Identity.Model)
	if maker == "" {
		maker = "maker and model not told"
	}
	fmt.Fprintf(w, "%s; kind %s; profiles %s; answers in %s\n%s (%s)\n\n", maker, p.Identity.Category,
		strings.Join(p.Identity.Profiles, ", "), roundTrip.Round(100*time.Microsecond), p.Identity.SysDescr, p.Identity.SysObjectID)
	var rows [][]string
	for _, r := range p.Readings {
		m, _ := facility.LookupMetric(r.Metric)
		value := "-"
		switch {
		case r.Value != nil && r.State != "":
			value = r.State + " (" + strconv.FormatInt(int64(*r.Value), 10) + ") " + r.Severity
		case r.Value != nil:
			value = i18n.FormatValue(m, *r.Value, "en")
		}
		var labels []facility.Label
		for k, v := range r.Labels {
			labels = append(labels, facility.Label{Name: k, Value: v})
		}
		rows = append(rows, []string{facility.SeriesName(r.Metric, labels), r.Name, value, r.OID})
	}
	if err := table(w, "POINT NAME VALUE OID", rows); err != nil {
		return err
	}
	for _, x := range p.Problems {
		fmt.Fprintf(w, "problem: %s\n", x.What)
	}
	if len(p.Readings) == 0 {
		fmt.Fprintln(w, "no profile reads anything of this device; docs/profiles.md tells how to add one")
	}
	return nil
}
