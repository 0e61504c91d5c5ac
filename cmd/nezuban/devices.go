package main

import (
	"cmp"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

func devicesCommand(f *flags) *cobra.Command {
	var filter string
	c := &cobra.Command{
		Use:   "devices [ID]",
		Short: "List the devices, show one with its readings, or stop the polling of one",
		Example: `  nezuban devices
  nezuban devices --filter "kind=ups feed=A"
  nezuban devices ups-a1 --json
  nezuban devices stop-polling ups-a1 --for 2h --reason "card firmware"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return f.showDevice(cmd, args[0])
			}
			list, err := f.client().Devices(cmd.Context(), filter)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			var rows [][]string
			for _, d := range list {
				rows = append(rows, []string{d.ID, d.Kind, d.Reach, strconv.Itoa(d.Points), cmp.Or(d.Protocol, "-"), age(d.AsOf, d.LastAnswer), d.Place, cmp.Or(f.stopLine(d), d.Error)})
			}
			return table(cmd.OutOrStdout(), "DEVICE KIND REACH POINTS SNMP ANSWERED PLACE ERROR", rows)
		},
	}
	c.Flags().StringVar(&filter, "filter", "", "selector: kind= category= device= place= rack= feed= group=")
	c.ValidArgsFunction = f.completeDevices(func(api.Device) bool { return true })
	f.jsonFlag(c)
	c.AddCommand(stopPollingCommand(f), resumePollingCommand(f))
	return c
}

// age of a moment by the daemon's clock, coarse; "never" where there is none.
func age(now time.Time, t *time.Time) string {
	if t == nil {
		return "never"
	}
	d := max(now.Sub(*t), 0)
	if d < time.Minute {
		return d.Truncate(time.Second).String() + " ago"
	}
	return d.Truncate(time.Minute).String() + " ago"
}

func (f *flags) showDevice(cmd *cobra.Command, id string) error {
	d, err := f.client().Device(cmd.Context(), id)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if f.json {
		return printJSON(w, d)
	}
	fmt.Fprintf(w, "%s  %s  %s %s  %s\n", d.ID, d.Name, d.Vendor, d.Model, d.Place)
	fmt.Fprintf(w, "%s, last answer %s, round trip %.1f ms, lateness %.1f ms, %d timeouts in %d rounds\n",
		d.Reach, age(d.AsOf, d.LastAnswer), d.RoundTrip*1000, d.Lateness*1000, d.Timeouts, d.Rounds)
	if stop := f.stopLine(d); stop != "" {
		fmt.Fprintln(w, stop)
	}
	if d.Protocol == "v1" || d.Protocol == "v2c" {
		fmt.Fprintf(w, "SNMP %s: not signed, anybody on the network can read and forge its answers\n", d.Protocol)
	}
	if len(d.SharesEngineID) > 0 {
		fmt.Fprintf(w, "SNMPv3 engine id %s is also that of %s: a cloned image? give each device its own\n", d.EngineID, strings.Join(d.SharesEngineID, ", "))
	}
	if d.Error != "" {
		fmt.Fprintf(w, "%s: %s\n", d.ErrorKind, d.Error)
	}
	causes := make([]string, 0, len(d.Refused))
	for cause, n := range d.Refused {
		causes = append(causes, fmt.Sprintf("%s %d", cause, n))
	}
	if sort.Strings(causes); len(causes) > 0 {
		fmt.Fprintf(w, "refused: %s\n", strings.Join(causes, ", "))
	}
	fmt.Fprintln(w)
	var rows [][]string
	for _, r := range d.Readings {
		rows = append(rows, []string{strings.TrimPrefix(r.Point, d.ID+"/"), r.Name, shown(r), r.Freshness, age(d.AsOf, r.At)})
	}
	return table(w, "POINT NAME VALUE FRESHNESS AT", rows)
}

// shown is a reading's value as people read it; a dash where none is known.
func shown(r api.Reading) string {
	if r.Value == nil {
		return "-"
	}
	if r.State != "" {
		return fmt.Sprintf("%s (%d)", r.State, int64(*r.Value))
	}
	m, _ := facility.LookupMetric(r.Metric)
	return i18n.FormatValue(m, *r.Value, "en")
}
