package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/config"
)

func obligationsCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:     "obligations",
		Short:   "List what is to be done by a day: inspections, tests, reviews",
		Example: "  nezuban targets obligations --json | jq '.[] | select(.overdue)'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listing[api.Obligation]{
				fetch: f.client().Obligations, none: "none; docs/targets.md says how targets/ names entities and their first due dates",
				head: "OBLIGATION TARGET DUE DONE BY EVIDENCE",
				row: func(o api.Obligation, zone *time.Location) []string {
					done := "-"
					switch {
					case o.Done != nil:
						done = stamp(*o.Done, zone)
					case o.Overdue:
						done = "OVERDUE"
					}
					return []string{o.ID, o.Target, o.Due, done, o.By, o.Evidence}
				},
			}.print(f, cmd)
		},
	})
}

func doneCommand(f *flags) *cobra.Command {
	var n api.NewDone
	var at string
	c := f.jsonFlag(&cobra.Command{
		Use:     "done OBLIGATION",
		Short:   "Record that an obligation was completed, with its evidence",
		Example: `  nezuban targets done inspection/kiki/fire-1/2026-12-15 --evidence "report 2026-12.pdf sha256:ab12…" --comment "inspector Kato"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Obligation = args[0]
			if at != "" {
				t, err := config.ParseInstant(at, siteZone(f.dir))
				if err != nil {
					return fmt.Errorf("--at: %w", err)
				}
				n.At = t
			}
			if err := f.client().Done(cmd.Context(), n); err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), n)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is recorded as done\n", n.Obligation)
			return nil
		},
	})
	c.Flags().StringVar(&at, "at", "", "when it was done; left out: now")
	c.Flags().StringVar(&n.Evidence, "evidence", "", "report, file or number that proves it")
	c.Flags().StringVar(&n.Comment, "comment", "", "who and what (required)")
	return c
}

func eventCommand(f *flags) *cobra.Command {
	var n api.NewEvent
	var at string
	var attrs []string
	c := f.jsonFlag(&cobra.Command{
		Use:   "event NAME",
		Short: "Record an event that targets count: a backup completed, a notice published",
		Long: `Event records something that happened and that no collector sees. Targets of kind
freshness, latency, count and zero name such events. Those of alarms (alarm.raised,
alarm.acknowledged, alarm.returned, alarm.ended) nezuban makes itself.`,
		Example: `  nezuban targets event backup.completed --entity area-0001 --attribute verified=true --comment "job 4411"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Name, n.Attrs = args[0], map[string]string{}
			for _, a := range attrs {
				k, v, ok := strings.Cut(a, "=")
				if !ok {
					return fmt.Errorf("--attribute %q: want name=value", a)
				}
				n.Attrs[k] = v
			}
			if at != "" {
				t, err := config.ParseInstant(at, siteZone(f.dir))
				if err != nil {
					return fmt.Errorf("--at: %w", err)
				}
				n.At = t
			}
			r, err := f.client().ReportEvent(cmd.Context(), n)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), r)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s recorded\n", r.ID)
			return nil
		},
	})
	c.Flags().StringVar(&n.Entity, "entity", "", "of what: an entity of targets/, or a device")
	c.Flags().StringVar(&n.Key, "key", "", "what pairs it with another event, such as an incident's number")
	c.Flags().StringVar(&at, "at", "", "when it happened; left out: now")
	c.Flags().StringArrayVar(&attrs, "attribute", nil, "name=value, may stand several times")
	c.Flags().StringVar(&n.Comment, "comment", "", "who and what (required)")
	return c
}
