package main

import (
	"github.com/spf13/cobra"

	"nezuban/internal/facility"
)

func metricsCommand(f *flags) *cobra.Command {
	type row struct {
		Name   string `json:"name"`
		Unit   string `json:"unit"`
		Class  string `json:"class"`
		Help   string `json:"help"`
		HelpJa string `json:"help_ja"`
	}
	return f.jsonFlag(&cobra.Command{
		Use:     "metrics",
		Short:   "Print the catalogue of metrics: every quantity nezuban knows, its base unit and poll class",
		Example: "  nezuban metrics\n  nezuban metrics --json | jq -r '.[] | .name'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var out []row
			var rows [][]string
			for _, m := range facility.Metrics() {
				out = append(out, row{m.Name, string(m.Unit), m.Class.String(), m.Help, m.HelpJa})
				rows = append(rows, []string{m.Name, string(m.Unit), m.Class.String(), m.Help})
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), out)
			}
			return table(cmd.OutOrStdout(), "METRIC UNIT CLASS MEANING", rows)
		},
	})
}
