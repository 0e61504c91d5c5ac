package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/alarm"
	"nezuban/internal/api"
)

func stopPollingCommand(f *flags) *cobra.Command {
	n := api.NewSuppression{Type: string(alarm.PollingStop)}
	var length string
	c := &cobra.Command{
		Use:   "stop-polling DEVICE",
		Short: "Leave one device alone for a while, because somebody works on it",
		Long: `Stop-polling keeps nezuban from asking one device anything, until its end (24 h at
most) or until resume-polling. What stands goes on standing; that the device is not
heard of raises nothing meanwhile. Its values grow old and are shown as old; targets
count the time as unknown. Traps it sends are kept and bring no poll.

It needs the shift lead's role. Where a P1 definition watches the device, or it has
never answered, it waits for a second person (nezuban alarms approve), at most ten
minutes. A device with points that protect life is refused: isolate the zone with a
permit in fire.yaml instead.`,
		Example: `  nezuban devices stop-polling ups-a1 --for 2h --reason "card firmware, work order 2251"
  nezuban devices stop-polling pdu-h1-r01-a --for shift-end --reason "controller hangs when asked" --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := f.shelveLength(length)
			if err != nil {
				return err
			}
			n.Device, n.ForSeconds = args[0], int64(d/time.Second)
			x, err := f.client().Suppress(cmd.Context(), n)
			if err != nil {
				return err
			}
			return f.printStop(cmd, x)
		},
		ValidArgsFunction: f.completeDevices(func(d api.Device) bool { return d.PollingStop == nil && d.Engine != "model" }),
	}
	c.Flags().StringVar(&length, "for", "", "30m, 2h, 24h … or shift-end; 24h at most (required)")
	c.Flags().StringVar(&n.Reason, "reason", "", "why (required)")
	return f.jsonFlag(c)
}

func resumePollingCommand(f *flags) *cobra.Command {
	var body api.Command
	c := &cobra.Command{
		Use:   "resume-polling DEVICE",
		Short: "End a polling stop before its time, or take its request back",
		Long: `Resume-polling has the device asked again at once. It has the time of a device that
just became known before anything is said about its absence. It needs the shift lead's
role.`,
		Example: `  nezuban devices resume-polling ups-a1 --reason "firmware 2.1 is in, tested"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := f.client().Suppressions(cmd.Context())
			if err != nil {
				return err
			}
			for _, x := range list {
				if x.Type != string(alarm.PollingStop) || x.Device != args[0] || x.State == string(alarm.Over) {
					continue
				}
				if x, err = f.client().ChangeSuppression(cmd.Context(), x.ID, "resume-polling", body); err != nil {
					return err
				}
				return f.printStop(cmd, x)
			}
			return fmt.Errorf("the polling of %q is not stopped; `nezuban devices` shows which are", args[0])
		},
		ValidArgsFunction: f.completeDevices(func(d api.Device) bool { return d.PollingStop != nil }),
	}
	c.Flags().StringVar(&body.Comment, "reason", "", "why (required)")
	c.Flags().IntVar(&body.Revision, "revision", 0, "the revision you saw; 0 the newest")
	return f.jsonFlag(c)
}

func (f *flags) printStop(cmd *cobra.Command, x api.Suppression) error {
	if f.json || x.State == string(alarm.Waiting) {
		return f.printSuppression(cmd, x)
	}
	if x.State == string(alarm.Over) {
		fmt.Fprintf(cmd.OutOrStdout(), "%s is over: %s is polled\n", x.ID, x.Device)
		return nil
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %s is not polled until %s; before that: nezuban devices resume-polling %s --reason …\n",
		x.ID, x.Device, stamp(x.Until, siteZone(f.dir)), x.Device)
	return nil
}

// completeDevices completes the ids of the devices for which fit holds.
func (f *flags) completeDevices(fit func(api.Device) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list, _ := f.client().Devices(cmd.Context(), "")
		var ids []string
		for _, d := range list {
			if fit(d) {
				ids = append(ids, d.ID+"\t"+d.Name)
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}

// stopLine says who stopped the polling of a device, until when and why; "" where
// it is polled.
func (f *flags) stopLine(d api.Device) string {
	x := d.PollingStop
	if x == nil {
		return ""
	}
	return fmt.Sprintf("polling stopped by %s until %s: %s", x.By, stamp(x.Until, siteZone(f.dir)), x.Reason)
}
