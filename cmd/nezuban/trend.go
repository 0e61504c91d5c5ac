package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

func trendCommand(f *flags) *cobra.Command {
	var span, step time.Duration
	var until string
	c := &cobra.Command{
		Use:   "trend POINT",
		Short: "Print one point's trend from history; minimum and maximum of each step are kept",
		Example: `  nezuban trend 'ups-a1/ups_battery_charge_ratio' --for 1h --step 1m
  nezuban trend 'ups-a1/ups_output_load_ratio{phase="1"}' --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: f.completePoints,
		RunE: func(cmd *cobra.Command, args []string) error {
			var to time.Time
			if until != "" {
				var err error
				if to, err = time.Parse(time.RFC3339, until); err != nil {
					return fmt.Errorf("--until: want a time like 2026-11-22T21:00:00Z: %w", err)
				}
			}
			t, err := f.client().Trend(cmd.Context(), args[0], span, step, to)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), t)
			}
			m, _ := facility.LookupMetric(metricOf(args[0]))
			show := func(v *float64) string {
				if v == nil {
					return "-"
				}
				return i18n.FormatValue(m, *v, "en")
			}
			zone := siteZone(f.dir)
			var rows [][]string
			for i := 0; i < len(t.Steps); i++ {
				s, empty := t.Steps[i], 0
				for i+empty < len(t.Steps) && t.Steps[i+empty].Mean == nil {
					empty++
				}
				if empty > 2 {
					rows = append(rows, []string{stamp(s.At, zone), "-", "-", "-", fmt.Sprintf("no reading in %d steps", empty)})
					i += empty - 1
					continue
				}
				rows = append(rows, []string{stamp(s.At, zone), show(s.Min), show(s.Mean), show(s.Max), ""})
			}
			return table(cmd.OutOrStdout(), "STEP_FROM MIN MEAN MAX NOTE", rows)
		},
	}
	c.Flags().DurationVar(&span, "for", time.Hour, "how far back")
	c.Flags().DurationVar(&step, "step", time.Minute, "length of a step")
	c.Flags().StringVar(&until, "until", "", "end, RFC 3339; default now")
	return f.jsonFlag(c)
}

// metricOf cuts the metric's name out of a point id typed by a person.
func metricOf(point string) string {
	for i, r := range point {
		if r == '/' {
			point = point[i+1:]
			break
		}
	}
	for i, r := range point {
		if r == '{' {
			return point[:i]
		}
	}
	return point
}

// completePoints offers devices, then the points of the one typed.
func (f *flags) completePoints(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	device, _, found := strings.Cut(typed, "/")
	var out []string
	if !found {
		list, _ := f.client().Devices(cmd.Context(), "")
		for _, d := range list {
			out = append(out, d.ID+"/\t"+d.Name)
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	d, _ := f.client().Device(cmd.Context(), device)
	for _, r := range d.Readings {
		out = append(out, r.Point+"\t"+r.Name)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
