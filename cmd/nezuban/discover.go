package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"nezuban/collectors/snmp"
	"nezuban/internal/clock"
	"nezuban/internal/config"
)

// discovery is one call of `nezuban discover`.
type discovery struct {
	sweep    snmp.Sweep
	ranges   []netip.Prefix
	total    int
	known    map[string]string // address → device that has it in the inventory
	progress *progressFile     // nil: not kept
	bar      io.Writer         // nil: no progress shown
}

func discoverCommand(f *flags) *cobra.Command {
	var access accessFlags
	var port uint16
	var rate int
	var timeout time.Duration
	var resume string
	c := &cobra.Command{
		Use:   "discover CIDR…",
		Short: "Ask address ranges who is there, and propose inventory lines",
		Long: `Discover asks every address of the ranges who it is, with the credentials given
and no others, and prints inventory YAML for those that answer: name, kind, place
from sysLocation, and the profiles that will read it. It changes nothing.

It sends at most --rate packets a second over all addresses, and two to an address
that does not answer. With --resume FILE it keeps its progress there; the same
command goes on where it was stopped.`,
		Example: `  nezuban discover 192.0.2.0/24 --community YOURS > inventory/found.yaml
  nezuban discover 192.0.2.0/24 198.51.100.0/25 --user nezuban --resume sweep.state
  nezuban discover 192.0.2.7 --community YOURS --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d := &discovery{known: map[string]string{}}
			var err error
			if d.ranges, d.total, err = parseRanges(args); err != nil {
				return err
			}
			if rate < 1 || rate > 1000 {
				return fmt.Errorf("--rate %d: want 1 to 1000 packets a second", rate)
			}
			if d.sweep.Access, err = access.of(cmd); err != nil {
				return err
			}
			d.sweep.Port, d.sweep.Rate, d.sweep.Timeout = port, rate, timeout
			if resume != "" {
				if d.progress, err = openProgress(resume, d.key()); err != nil {
					return err
				}
				defer d.progress.close()
			}
			if site, _ := config.Load(f.dir, config.LoadOptions{}); site != nil {
				for _, t := range site.Devices {
					d.known[t.Address] = string(t.Device.ID)
				}
			}
			if e, ok := cmd.ErrOrStderr().(*os.File); ok && term.IsTerminal(int(e.Fd())) {
				d.bar = e
			}
			return f.discover(cmd, d)
		},
	}
	access.register(c)
	c.Flags().Uint16Var(&port, "port", 161, "UDP port of the agents")
	c.Flags().IntVar(&rate, "rate", snmp.DefaultSweepRate, "most packets a second over all addresses")
	c.Flags().DurationVar(&timeout, "timeout", time.Second, "longest wait for one answer")
	c.Flags().StringVar(&resume, "resume", "", "file that keeps the progress, to go on after a stop")
	return f.jsonFlag(c)
}

// maxAddresses is the most one sweep asks: at the default rate about three quarters
// of an hour.
const maxAddresses = 1 << 16

// parseRanges reads addresses and prefixes and counts what they hold.
func parseRanges(args []string) (out []netip.Prefix, total int, err error) {
	for _, a := range args {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			addr, single := netip.ParseAddr(a)
			if single != nil {
				return nil, 0, fmt.Errorf("%q is neither an address nor a range such as 192.0.2.0/24", a)
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		p = p.Masked()
		bits := p.Addr().BitLen() - p.Bits()
		if bits > 16 {
			return nil, 0, fmt.Errorf("%s holds more than %d addresses; split it, or name smaller ranges", a, maxAddresses)
		}
		if within(out, p) {
			continue
		}
		out = slices.DeleteFunc(out, func(o netip.Prefix) bool { return within([]netip.Prefix{p}, o) })
		out = append(out, p)
	}
	for _, p := range out {
		total += len(hosts(p))
	}
	if total > maxAddresses {
		return nil, 0, fmt.Errorf("the ranges hold %d addresses, more than %d; sweep them one after the other", total, maxAddresses)
	}
	return out, total, nil
}

// within reports whether one of the ranges holds all of p: it is asked once.
func within(list []netip.Prefix, p netip.Prefix) bool {
	return slices.ContainsFunc(list, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) })
}

// hosts lists the addresses of a range that a host may have: of an IPv4 network
// neither the first nor the last.
func hosts(p netip.Prefix) []netip.Addr {
	var out []netip.Addr
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		out = append(out, a)
	}
	if p.Addr().Is4() && p.Bits() < 31 {
		out = out[1 : len(out)-1]
	}
	return out
}

// key tells one sweep from another: its ranges, port and version.
func (d *discovery) key() string {
	return fmt.Sprintf("%v port %d version %s", d.ranges, d.sweep.Port, d.sweep.Access.Version)
}

func (f *flags) discover(cmd *cobra.Command, d *discovery) error {
	lib, err := f.library()
	if err != nil {
		return err
	}
	var all []netip.Addr
	for _, p := range d.ranges {
		all = append(all, hosts(p)...)
	}
	var found []snmp.Swept
	if d.progress != nil {
		found = slices.Clone(d.progress.found)
	}
	show := &sweepBar{w: d.bar, total: len(all), started: time.Now()}
	at := 0
	err = d.sweep.Run(cmd.Context(), lib, clock.System(), func() (netip.Addr, int, bool) {
		for at < len(all) && d.progress.has(at) {
			at++
			show.skip()
		}
		if at == len(all) {
			return netip.Addr{}, 0, false
		}
		at++
		return all[at-1], at - 1, true
	}, func(n int, r snmp.Swept) {
		if r.Answered {
			found = append(found, r)
		}
		show.step(len(found))
		d.progress.done(n, r)
	})
	show.end()
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if perr := d.progress.problem(); perr != nil {
		return perr
	}
	if out := f.printDiscovered(cmd.OutOrStdout(), d, found); out != nil {
		return out
	}
	if err != nil {
		next := "the same command with --resume FILE keeps what is done"
		if d.progress != nil {
			next = "the same command goes on from here"
		}
		return fmt.Errorf("stopped after %d of %d addresses; %s", show.count, len(all), next)
	}
	return nil
}
