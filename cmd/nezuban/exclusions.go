package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/config"
)

func exclusionsCommand(f *flags) *cobra.Command {
	c := f.jsonFlag(&cobra.Command{
		Use:   "exclusions",
		Short: "List the time that somebody asked to leave out of targets; propose, approve, decline, end",
		Long: `An exclusion is time left out of targets: maintenance, caused by the customer, or
force majeure. One person proposes it, another approves it; before that it counts
for nothing. Life safety and targets of 100 % never leave anything out. Reports
show every figure with and without exclusions.`,
		Example: `  nezuban targets exclusions
  nezuban targets exclusions propose --kind maintenance --target ups-on-line --entity ups-a1 \
      --from "2026-12-10 01:00" --to "2026-12-10 05:00" --reason "battery replacement, MOC-2231"
  nezuban targets exclusions approve EXC-000001 --comment "agreed with the customer"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listing[api.Exclusion]{
				fetch: f.client().Exclusions, none: "none",
				head: "ID KIND STATE FROM TO PROPOSED_BY APPROVED_BY TARGETS ENTITIES REASON",
				row: func(x api.Exclusion, zone *time.Location) []string {
					to := "(running)"
					if x.To != nil {
						to = stamp(*x.To, zone)
					}
					return []string{x.ID, x.Kind, x.State, stamp(x.From, zone), to, x.ProposedBy, x.ApprovedBy,
						strings.Join(x.Targets, " "), strings.Join(x.Entities, " "), x.Reason}
				},
			}.print(f, cmd)
		},
	})
	c.AddCommand(proposeCommand(f), f.decideCommand("approve", "Approve a proposed exclusion, as another person"),
		f.decideCommand("decline", "Decline a proposed exclusion, as another person"), f.decideCommand("end", "End a running exclusion now"))
	return c
}

func proposeCommand(f *flags) *cobra.Command {
	var n api.NewExclusion
	var from, to, noticed string
	c := f.jsonFlag(&cobra.Command{
		Use:   "propose",
		Short: "Ask for time to be left out of targets",
		Example: `  nezuban targets exclusions propose --kind force-majeure --from "2026-12-10 01:00" --reason "earthquake"
  nezuban targets exclusions propose --target ups-on-line --from 2026-12-10T01:00:00+09:00 --to 2026-12-10T05:00:00+09:00 --reason "MOC-2231"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, x := range []struct {
				flag, value string
				into        *time.Time
			}{{"from", from, &n.From}, {"to", to, &n.To}, {"noticed", noticed, &n.NoticedAt}} {
				if x.value == "" {
					continue
				}
				at, err := config.ParseInstant(x.value, siteZone(f.dir))
				if err != nil {
					return fmt.Errorf("--%s: %w", x.flag, err)
				}
				*x.into = at
			}
			if from == "" {
				return fmt.Errorf("--from is missing: when the time begins that is to be left out")
			}
			x, err := f.client().Propose(cmd.Context(), n)
			if err != nil {
				return err
			}
			return f.printExclusion(cmd, x)
		},
	})
	c.Flags().StringVar(&n.Kind, "kind", "maintenance", "maintenance, customer or force-majeure")
	c.Flags().StringSliceVar(&n.Targets, "target", nil, "targets by name; left out: every target that allows the kind")
	c.Flags().StringSliceVar(&n.Entities, "entity", nil, "devices or points; left out: all of the target")
	c.Flags().StringVar(&from, "from", "", "beginning, in the site's zone or with an offset (required)")
	c.Flags().StringVar(&to, "to", "", "end; left out: it goes on until it is ended")
	c.Flags().StringVar(&noticed, "noticed", "", "when those affected were told; left out: now")
	c.Flags().StringVar(&n.Reason, "reason", "", "why (required)")
	return c
}

func (f *flags) decideCommand(verb, short string) *cobra.Command {
	var comment string
	c := f.jsonFlag(&cobra.Command{
		Use: verb + " EXC-ID", Short: short, Args: cobra.ExactArgs(1),
		Example: fmt.Sprintf("  nezuban targets exclusions %s EXC-000001 --comment %q", verb, "seen"),
		RunE: func(cmd *cobra.Command, args []string) error {
			x, err := f.client().DecideExclusion(cmd.Context(), args[0], verb, comment)
			if err != nil {
				return err
			}
			return f.printExclusion(cmd, x)
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			list, _ := f.client().Exclusions(cmd.Context())
			var ids []string
			for _, x := range list {
				ids = append(ids, x.ID+"\t"+x.State+" "+x.Reason)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	})
	c.Flags().StringVar(&comment, "comment", "", "why (required)")
	return c
}

func (f *flags) printExclusion(cmd *cobra.Command, x api.Exclusion) error {
	if f.json {
		return printJSON(cmd.OutOrStdout(), x)
	}
	next := ""
	if x.State == "proposed" {
		next = "; it counts once another person approves it: nezuban targets exclusions approve " + x.ID + " --comment …"
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s is %s%s\n", x.ID, x.State, next)
	return nil
}
