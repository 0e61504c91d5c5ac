package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/config"
)

func targetsCommand(f *flags) *cobra.Command {
	var each string
	c := f.jsonFlag(&cobra.Command{
		Use:   "targets",
		Short: "Show the quality targets in their open windows: good, bad, unknown, budget, verdict so far",
		Long: `Targets shows what was promised and what holds so far in each window. Seconds and
counts are whole numbers; kinds that count occurrences have counts instead of
seconds. Percentages are cut off, never rounded up. docs/targets.md says how each
figure comes about; ` + "`targets explain NAME`" + ` shows it for one.`,
		Example: `  nezuban targets
  nezuban targets --each ups-on-line
  nezuban targets --json | jq '.[] | select(.verdict == "missed")'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []api.Target
			var err error
			if each != "" {
				list, err = f.client().TargetEntities(cmd.Context(), each)
			} else {
				list, err = f.client().Targets(cmd.Context())
			}
			if err != nil {
				return err
			}
			return f.printTargets(cmd, list)
		},
	})
	c.Flags().StringVar(&each, "each", "", "every entity of one target instead of all targets")
	c.AddCommand(targetsCheckCommand(f), explainCommand(f), recomputeCommand(f), exclusionsCommand(f), obligationsCommand(f), doneCommand(f), eventCommand(f), windowsCommand(f), signCommand(f))
	return c
}

func (f *flags) printTargets(cmd *cobra.Command, list []api.Target) error {
	if f.json {
		return printJSON(cmd.OutOrStdout(), list)
	}
	var rows [][]string
	for _, t := range list {
		rows = append(rows, targetRow(t))
	}
	return table(cmd.OutOrStdout(), "TARGET ENTITY GOAL SLI GOOD BAD UNKNOWN EXCLUDED BUDGET_LEFT VERDICT_SO_FAR", rows)
}

func targetRow(t api.Target) []string {
	sli, left := "-", t.BudgetLeft.String()
	if t.SLI != nil && !t.Few {
		sli = *t.SLI
	}
	verdict := t.Verdict
	if t.Basis == "by_policy" {
		verdict += " (by policy)"
	}
	if t.Few {
		verdict += " (few)"
	}
	if t.Split {
		verdict += " (definition " + strconv.Itoa(t.Definition) + ")"
	}
	good, bad, unknown, excluded, goal := t.GoodSeconds, t.BadSeconds, t.UnknownSeconds, t.ExcludedSeconds, t.Target
	switch t.Unit {
	case "occurrences":
		good, bad, unknown, excluded, left = t.GoodCount, t.BadCount, t.UnknownCount, t.ExcludedCount, t.BudgetLeftCount.String()
	case "value":
		goal, left = t.Limit.String(), "-"
		if sli = "-"; t.Value != nil {
			sli = t.Value.String()
		}
	}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return []string{t.Name, t.Entity, goal, sli, n(good), n(bad), n(unknown), n(excluded), left, verdict}
}

func targetsCheckCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "check [FILE]",
		Short: "Name every mistake in the targets: those of the site, or of one file by itself",
		Long: `Check reads targets/ of the site directory, with the inventory they speak of, and
names every mistake at once as file:line:column. With a FILE it reads that file
alone: metrics need not be known then, and nothing is compared with an inventory.
Exit code 0: none (warnings allowed), 1: mistakes.`,
		Example: "  nezuban targets check --dir /srv/nezuban\n  nezuban targets check draft.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return f.checkSiteTargets(cmd)
			}
			file, problems := config.ReadTargets(args[0], siteZone(f.dir))
			return f.printProblems(cmd, problems, fmt.Sprintf("ok: %d targets", len(file.Targets)))
		},
	})
}

func windowsCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:     "windows NAME",
		Short:   "List the closed windows of a target with every revision, digest and difference",
		Example: "  nezuban targets windows ups-on-line --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := f.client().Windows(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), list)
			}
			if len(list) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "no window of this target is closed yet")
				return nil
			}
			zone := siteZone(f.dir)
			var rows [][]string
			for _, w := range list {
				verdict := ""
				if len(w.Figures) > 0 {
					verdict = w.Figures[0].Verdict
				}
				rows = append(rows, []string{stamp(w.Start, zone), stamp(w.End, zone), strconv.Itoa(w.Revision), w.State, verdict, w.Digest[:12], w.SignedBy, strconv.Itoa(len(w.Difference))})
			}
			return table(cmd.OutOrStdout(), "FROM TO REVISION STATE VERDICT DIGEST SIGNED_BY DIFFERENCES", rows)
		},
	})
}

func signCommand(f *flags) *cobra.Command {
	var at, comment string
	c := f.jsonFlag(&cobra.Command{
		Use:   "sign NAME",
		Short: "Make a closed window's figures final, as a manager",
		Long: `Sign makes the newest revision of a closed window final. Nothing is overwritten
afterwards: data that come later make another revision with its difference, and
exclusions that reach into the window are refused.`,
		Example: `  nezuban targets sign ups-on-line --window 2026-10 --comment "seen in the quality meeting"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := config.ParseInstant(at, siteZone(f.dir))
			if err != nil {
				return fmt.Errorf("--window: %w", err)
			}
			list, err := f.client().Windows(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			for i := len(list) - 1; i >= 0; i-- {
				if w := list[i]; !in.Before(w.Start) && in.Before(w.End) {
					signed, err := f.client().Sign(cmd.Context(), args[0], w.Start.Unix(), comment)
					if err != nil {
						return err
					}
					if f.json {
						return printJSON(cmd.OutOrStdout(), signed)
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%s from %s is final, revision %d, digest %s\n", signed.Target, stamp(signed.Start, siteZone(f.dir)), signed.Revision, signed.Digest)
					return nil
				}
			}
			return fmt.Errorf("no closed window of %s contains %s; `nezuban targets windows %s` lists them", args[0], in.In(siteZone(f.dir)).Format(time.DateTime), args[0])
		},
	})
	c.Flags().StringVar(&at, "window", "", "any instant in the window: 2026-10, 2026-10-05 … (required)")
	c.Flags().StringVar(&comment, "comment", "", "why (required)")
	return c
}
