package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
)

func alarmsCommand(f *flags) *cobra.Command {
	var filter string
	var all, grouped bool
	c := &cobra.Command{
		Use:   "alarms",
		Short: "List the standing alarms; acknowledge, shelve, group them; how the alarm system does",
		Example: `  nezuban alarms
  nezuban alarms --filter "priority<=2 category=power" --json
  nezuban alarms --grouped
  nezuban alarms shelve ALM-000077 --for 1h --reason "door repair"
  nezuban alarms performance --period 2026-11
  nezuban alarms ack ALM-000012 --comment "on my way to electrical room A"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := f.client().Alarms(cmd.Context(), filter, all)
			if errors.Is(err, api.ErrNoDaemon) {
				fmt.Fprintln(cmd.ErrOrStderr(), recordsNote)
				list, err = recordedAlarms(cmd.Context(), f.dir, filter, all)
				if grouped {
					fmt.Fprintln(cmd.ErrOrStderr(), "nezuban: the records keep no groups; every alarm is listed")
				}
			}
			if err != nil {
				return err
			}
			if grouped {
				list = slices.DeleteFunc(list, func(a api.Alarm) bool { return a.Group != "" && a.Group != a.ID })
			}
			return f.printAlarms(cmd, list)
		},
	}
	c.Flags().BoolVar(&grouped, "grouped", false, "without the consequences: one line for each cause, +N counts what follows from it")
	c.Flags().StringVar(&filter, "filter", "", `selector: priority= state= device= place= category= zone= rule= kind= group=; also != ~ !~, priority<=2`)
	c.Flags().BoolVar(&all, "all", false, "ended ones too, newest first")
	c.AddCommand(suppressionCommands(f)...)
	c.AddCommand(performanceCommand(f))
	c.AddCommand(f.changeCommand("ack", "Acknowledge one alarm", (*api.Client).Acknowledge),
		f.changeCommand("reset", "Reset one latched alarm whose condition has gone", (*api.Client).Reset), alarmEventsCommand(f), rationaliseCommand(f))
	return f.jsonFlag(c)
}

func (f *flags) printAlarms(cmd *cobra.Command, list []api.Alarm) error {
	if f.json {
		return printJSON(cmd.OutOrStdout(), list)
	}
	if len(list) == 0 {
		fmt.Fprintln(cmd.OutOrStdout(), "no alarms")
		return nil
	}
	zone := siteZone(f.dir)
	var rows [][]string
	for _, a := range list {
		rows = append(rows, []string{a.ID, fmt.Sprintf("P%d", a.Priority), a.State, stamp(a.RaisedAt, zone), a.Device, a.Name, follows(a), a.AckedBy, a.Comment})
	}
	return table(cmd.OutOrStdout(), "ALARM PRIO STATE RAISED DEVICE NAME CAUSE ACKED_BY COMMENT", rows)
}

// follows says what an alarm is a consequence of, or how many it has.
func follows(a api.Alarm) string {
	switch {
	case len(a.Members) > 0:
		return fmt.Sprintf("+%d", len(a.Members))
	case a.Group != "" && a.Group != a.ID:
		return a.Group
	}
	return ""
}

type changeCall func(*api.Client, context.Context, string, api.Command) (api.Alarm, error)

func (f *flags) changeCommand(use, short string, call changeCall) *cobra.Command {
	var body api.Command
	c := &cobra.Command{
		Use:   use + " ID",
		Short: short,
		Long: short + `.

The daemon knows the caller by the user the kernel names (SO_PEERCRED) and maps
it to a person through people.yaml; that person's name stands in the audit. With
--revision the command is refused when the alarm has changed since.`,
		Example: "  nezuban alarms " + use + ` ALM-000012 --comment "checked on site"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := call(f.client(), cmd.Context(), args[0], body)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), a)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is now %s, revision %d\n", a.ID, a.State, a.Revision)
			return nil
		},
		ValidArgsFunction: f.completeAlarms,
	}
	c.Flags().IntVar(&body.Revision, "revision", 0, "the revision you saw; 0 the newest")
	c.Flags().StringVar(&body.Comment, "comment", "", "what you know or do about it (required)")
	return f.jsonFlag(c)
}

func alarmEventsCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:     "events ID",
		Short:   "Show everything that happened to one alarm",
		Example: "  nezuban alarms events ALM-000012",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			events, err := f.client().Events(cmd.Context(), args[0])
			if errors.Is(err, api.ErrNoDaemon) {
				fmt.Fprintln(cmd.ErrOrStderr(), recordsNote)
				events, err = recordedEvents(cmd.Context(), f.dir, args[0])
			}
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), events)
			}
			zone := siteZone(f.dir)
			var rows [][]string
			for _, e := range events {
				rows = append(rows, []string{stamp(e.At, zone), string(e.Kind), e.Actor, e.Level, e.Comment})
			}
			return table(cmd.OutOrStdout(), "AT EVENT ACTOR LEVEL COMMENT", rows)
		},
	})
}
