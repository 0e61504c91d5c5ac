package main

import (
	"strconv"

	"github.com/spf13/cobra"
)

func targetsCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "targets",
		Short: "Show the quality targets in their open windows: good, bad, unknown, budget, verdict so far",
		Example: `  nezuban targets
  nezuban targets --json | jq '.[] | select(.verdict == "missed")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := f.client().Targets(cmd.Context())
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			var rows [][]string
			for _, t := range list {
				sli := "-"
				if t.SLI != nil {
					sli = *t.SLI
				}
				verdict := t.Verdict
				if t.Basis == "by_policy" {
					verdict += " (by policy)"
				}
				n := func(v int64) string { return strconv.FormatInt(v, 10) }
				rows = append(rows, []string{t.Name, t.Target, sli, n(t.GoodSeconds), n(t.BadSeconds), n(t.UnknownSeconds), t.BudgetLeft.String(), verdict})
			}
			return table(cmd.OutOrStdout(), "TARGET GOAL SLI GOOD_S BAD_S UNKNOWN_S BUDGET_LEFT_S VERDICT_SO_FAR", rows)
		},
	})
}
