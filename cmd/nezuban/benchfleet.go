package main

import (
	"fmt"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"nezuban/internal/sim/uniform"
)

// benchFleetCommand serves what benchPollCommand polls.
func benchFleetCommand() *cobra.Command {
	var faults uniform.Faults
	var port uint16
	c := &cobra.Command{
		Use:   "fleet",
		Short: "Answer as a fleet of equal SNMP v2c devices on loopback, to measure against",
		Long: `Fleet answers at every address of 127.0.0.0/8 on one port, to any community, until
it is interrupted: each instance that is asked for has a number. Nobody outside this
machine gets an answer. Run it beside "nezuban bench poll", on another core.`,
		Example: `  nezuban bench fleet --port 1161
  nezuban bench fleet --port 1161 --dead 10 --slow 10`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fleet, err := uniform.Listen(port, faults)
			if err != nil {
				return fmt.Errorf("%w; choose another --port", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "answering on port %d of 127.0.0.0/8\n", fleet.Port())
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return fleet.Run(ctx)
		},
	}
	c.Flags().Uint16Var(&port, "port", 1161, "UDP port; 0: one that is free")
	c.Flags().IntVar(&faults.Dead, "dead", 0, "percent of the devices that never answer")
	c.Flags().IntVar(&faults.Slow, "slow", 0, fmt.Sprintf("percent of the devices that answer after %v", uniform.SlowBy))
	return c
}
