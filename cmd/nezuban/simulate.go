package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/clock"
	"nezuban/internal/sim"
)

func simSocket(dir string) string { return filepath.Join(dataDir(dir), "sim.sock") }

func simulateCommand(f *flags) *cobra.Command {
	var o sim.Options
	var speed float64
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Run the simulated facility alone: about 60 devices that speak real SNMP on loopback addresses",
		Long: `Simulate serves the devices of the demo without a daemon and prints, for each, its
address, its SNMP version and what a manager must know to read it: the community, or
user and pass phrases (SHA-256, AES-128). Faults are started and ended through a
socket under --dir, which may be an empty directory.`,
		Example: `  nezuban simulate --base 127.77.0.1 --port 1161
  nezuban simulate inject utility-a-loss --dir demo
  nezuban simulate clear utility-a-loss --dir demo
  nezuban simulate faults --dir demo`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Clock = clock.Scaled(time.Now(), speed)
			o.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			o.ControlSocket = simSocket(f.dir)
			if err := os.MkdirAll(filepath.Dir(o.ControlSocket), 0o750); err != nil {
				return fmt.Errorf("control socket: %w", err)
			}
			facility, err := sim.Start(cmd.Context(), o)
			if err != nil {
				return err
			}
			for _, d := range facility.Devices() {
				fmt.Fprintf(cmd.OutOrStdout(), "%-14s %-10s %-2s %-22s %s\n", d.ID, d.Kind, d.Version, d.Address, simulatedAccess(d))
			}
			return facility.Wait()
		},
	}
	c.Flags().StringVar(&o.BaseIP, "base", "127.77.0.1", "address of the first device; the others follow")
	c.Flags().IntVar(&o.Port, "port", 1161, "UDP port of every device")
	c.Flags().Int64Var(&o.Seed, "seed", 1, "seed of all that is random: the same seed, the same run")
	c.Flags().Float64Var(&speed, "speed", 1, "how many times faster than real time, up to 20")
	act := func(use, short string, do func(socket, name string) error) *cobra.Command {
		return &cobra.Command{
			Use: use + " NAME[:DEVICE]", Short: short, Args: cobra.ExactArgs(1), ValidArgsFunction: f.completeFaults, Example: "  nezuban simulate " + use + " utility-a-loss --dir demo",
			RunE: func(cmd *cobra.Command, args []string) error {
				if err := do(simSocket(f.dir), args[0]); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", use, args[0])
				return nil
			},
		}
	}
	c.AddCommand(act("inject", "Start a fault in a running simulation", sim.InjectAt),
		act("clear", "End a fault in a running simulation", sim.ClearAt),
		f.jsonFlag(&cobra.Command{
			Use: "faults", Short: "List the faults and which are active", Args: cobra.NoArgs, Example: "  nezuban simulate faults --dir demo",
			RunE: func(cmd *cobra.Command, _ []string) error {
				list, err := sim.ListAt(simSocket(f.dir))
				if err != nil {
					return err
				}
				if f.json {
					return printJSON(cmd.OutOrStdout(), list)
				}
				for _, x := range list {
					mark := " "
					if x.Active {
						mark = "*"
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s %-20s %s\n", mark, x.Name, x.Text.En)
				}
				return nil
			},
		}))
	return c
}

// simulatedAccess is what a manager must know to read a simulated device.
func simulatedAccess(d sim.Device) string {
	switch {
	case d.User != "":
		return fmt.Sprintf("user=%s auth=%s priv=%s", d.User, d.AuthPass, d.PrivPass)
	case d.Community != "":
		return "community=" + d.Community
	}
	return ""
}

// planned is a fault a demo starts by itself: NAME@20s.
type planned struct {
	name  string
	after time.Duration
}

func parsePlanned(specs []string) ([]planned, error) {
	var out []planned
	for _, s := range specs {
		name, at, found := strings.Cut(s, "@")
		p := planned{name: name}
		if found {
			d, err := time.ParseDuration(at)
			if err != nil {
				return nil, fmt.Errorf("--fault %s: want NAME@20s: %w", s, err)
			}
			p.after = d
		}
		out = append(out, p)
	}
	return out, nil
}

// completeFaults offers the faults of a running simulation.
func (f *flags) completeFaults(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	list, _ := sim.ListAt(simSocket(f.dir))
	var names []string
	for _, x := range list {
		names = append(names, x.Name+"\t"+x.Text.En)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
