package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
)

func statusCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "status",
		Short: "Show how the daemon and the facility do",
		Example: `  nezuban status
  nezuban status --json | jq .alarms.unacknowledged`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := f.client().Status(cmd.Context())
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), s)
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "site      %s   nezuban %s, up %s\n", s.Site, s.Version, time.Duration(s.UptimeSeconds)*time.Second)
			fmt.Fprintf(w, "console   %s\n", sshCommand(f.dir, s.SSHAddress))
			fmt.Fprintf(w, "devices   %d: %d up, %d down, %d stale, %d not polled yet, %d stopped\n", s.Devices.Total, s.Devices.Up, s.Devices.Down, s.Devices.Stale, s.Devices.Unknown, s.Devices.Stopped)
			fmt.Fprintf(w, "points    %d, %d readings so far\n", s.Points, s.ReadingsTotal)
			fmt.Fprintf(w, "alarms    %d active, %d unacknowledged   P1 %d  P2 %d  P3 %d  P4 %d\n", s.Alarms.Active, s.Alarms.Unacknowledged,
				s.Alarms.ByPriority["1"], s.Alarms.ByPriority["2"], s.Alarms.ByPriority["3"], s.Alarms.ByPriority["4"])
			fmt.Fprintf(w, "targets   %d met, %d missed, %d with insufficient data, %d not applicable (so far)\n", s.Targets.Met, s.Targets.Missed, s.Targets.InsufficientData, s.Targets.NotApplicable)
			fmt.Fprintf(w, "history   %s%s, %d samples, %d held, %d dropped\n", s.History.State, detail(s.History.Detail), s.History.SamplesTotal, s.History.HeldSamples, s.History.DroppedSamples)
			fmt.Fprintf(w, "records   %s%s, %d events waiting\n", s.Records.State, detail(s.Records.Detail), s.Records.Pending)
			return nil
		},
	})
}

func detail(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// statusLine is what a headless demo prints each second.
func statusLine(s api.Status, now time.Time) string {
	return fmt.Sprintf("%s devices %d/%d up, %d down, %d stale  readings %d  alarms %d active %d unacknowledged  history %s  records %s",
		now.Format("15:04:05"), s.Devices.Up, s.Devices.Total, s.Devices.Down, s.Devices.Stale, s.ReadingsTotal,
		s.Alarms.Active, s.Alarms.Unacknowledged, s.History.State, s.Records.State)
}
