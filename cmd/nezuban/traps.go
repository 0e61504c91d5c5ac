package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"nezuban/collectors/snmp"
	"nezuban/collectors/snmp/trap"
	"nezuban/internal/api"
	"nezuban/internal/config"
	"nezuban/internal/facility"
)

func trapsCommand(f *flags) *cobra.Command {
	var device string
	var limit int
	c := &cobra.Command{
		Use:   "traps",
		Short: "Show what SNMP traps and informs said, the newest first",
		Long: `Traps lists what devices of the inventory sent. A trap brings an immediate poll of
its sender and is kept as evidence; it never raises or clears an alarm: what the
device answers does.

traps senders shows how receiving goes, and everybody whose traps were not taken:
unknown senders, malformed messages, SNMPv3 messages that proved nothing.`,
		Example: `  nezuban traps
  nezuban traps --device ups-a1 --limit 20 --json
  nezuban traps senders`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := f.client().Traps(cmd.Context(), device, limit)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			var rows [][]string
			for _, t := range list {
				rows = append(rows, []string{t.At.Local().Format("2006-01-02 15:04:05"), t.Device, trapKind(t), trapName(t), varbinds(t)})
			}
			return table(cmd.OutOrStdout(), "AT DEVICE KIND TRAP VARBINDS", rows)
		},
	}
	c.Flags().StringVar(&device, "device", "", "only those of one device")
	c.Flags().IntVar(&limit, "limit", 100, "at most so many, 1 to 1000")
	c.AddCommand(trapSendersCommand(f))
	return f.jsonFlag(c)
}

func trapSendersCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:     "senders",
		Short:   "Show how receiving goes, and whose traps were not taken",
		Example: "  nezuban traps senders\n  nezuban traps senders --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := f.client().TrapStatus(cmd.Context())
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			if f.json {
				return printJSON(w, s)
			}
			if s.Listen == "" {
				fmt.Fprintln(w, "no traps are received: write traps: {listen: \":162\"} into site.yaml")
				return nil
			}
			versions := make([]string, 0, len(s.Received))
			for v, n := range s.Received {
				versions = append(versions, fmt.Sprintf("%s %d", v, n))
			}
			sort.Strings(versions)
			fmt.Fprintf(w, "listening on %s; received: %s\n", s.Listen, strings.Join(versions, ", "))
			fmt.Fprintf(w, "polls brought %d, informs acknowledged %d, not kept as evidence %d\n", s.Polls, s.Acknowledged, s.NotKept)
			fmt.Fprintf(w, "unknown senders %d, malformed %d, refused %d, beyond the limits %d, dropped by the kernel %d\n", s.Unknown, s.Malformed, s.Refused, s.Sampled, s.Dropped)
			var rows [][]string
			for _, x := range s.Senders {
				rows = append(rows, []string{x.Source, x.Device, x.Cause, strconv.FormatUint(x.Count, 10), x.Last.Local().Format("2006-01-02 15:04:05"), x.Version, x.OID})
			}
			return table(w, "SOURCE DEVICE CAUSE COUNT LAST VERSION TRAP", rows)
		},
	}
	return f.jsonFlag(c)
}

func trapKind(t api.Trap) string {
	kind := t.Version
	if t.Inform {
		kind += " inform"
	}
	if t.User == "" {
		kind += " unsigned"
	}
	return kind
}

func trapName(t api.Trap) string {
	if t.Name != "" {
		return t.Name
	}
	return t.OID
}

func varbinds(t api.Trap) string {
	var out []string
	for _, v := range t.Varbinds {
		out = append(out, v.OID+"="+v.Value)
	}
	return strings.Join(out, " ")
}

// openTraps listens for traps where the site says so.
func (d *daemon) openTraps(site *config.Site) error {
	if site.Traps.Listen == "" {
		return nil
	}
	engine, ok := d.engines["snmp"].(*snmp.Engine)
	if !ok {
		return errors.New("traps: there is no SNMP engine to poll by")
	}
	r, err := trap.Listen(trap.Options{
		Listen: site.Traps.Listen, Clock: d.clock, PollNow: engine.PollNow, Keep: d.store.KeepTraps,
		EngineOf: d.devicesOfEngine, Registerer: d.reg, Log: d.log,
	})
	if err != nil {
		return err
	}
	r.Set(targetsOf(site, "snmp"), site.Traps.Users)
	d.traps = r
	return nil
}

// devicesOfEngine lists the devices that name an SNMPv3 engine.
func (d *daemon) devicesOfEngine(id string) []facility.DeviceID {
	var out []facility.DeviceID
	for _, v := range d.table.Snapshot().Devices {
		if v.Identity.EngineID == id {
			out = append(out, v.Device.ID)
		}
	}
	return out
}

// trapEvidence reads what traps said for the control socket.
type trapEvidence struct{ d *daemon }

// Traps lists the newest of a device, or of all.
func (e trapEvidence) Traps(ctx context.Context, device facility.DeviceID, limit int) ([]facility.Trap, error) {
	return e.d.store.Traps(ctx, device, limit)
}

// TrapStatus is zero where no traps are received.
func (e trapEvidence) TrapStatus() facility.TrapStatus {
	if e.d.traps == nil {
		return facility.TrapStatus{Received: map[string]uint64{}}
	}
	return e.d.traps.Status()
}
