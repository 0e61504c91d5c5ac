package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/alarm"
	"nezuban/internal/api"
)

// suppressionCommands hold alarms back, and end that.
func suppressionCommands(f *flags) []*cobra.Command {
	return []*cobra.Command{
		shelveCommand(f), outOfServiceCommand(f), suppressionsCommand(f), nuisancesCommand(f),
		f.endCommand("unshelve", "End a shelving before its time", "reason", "door repaired"),
		f.endCommand("return-to-service", "End an out-of-service record", "reason", "sensor replaced, tested"),
		f.endCommand("approve", "Approve, as the second person, what waits", "comment", "seen, agreed"),
		f.endCommand("decline", "Decline, as the second person, what waits", "comment", "not tonight"),
		f.sayCommand("assign", "Say who owns an alarm from now on", "owner"),
		f.sayCommand("cause", "Set another alarm as the cause of one; without --of take it back", "of"),
		f.sayCommand("note", "Add a remark to an alarm; changes nothing else", ""),
		f.sayCommand("close", "End an alarm that nothing evaluates any more", ""),
	}
}

func shelveCommand(f *flags) *cobra.Command {
	var n api.NewSuppression
	var length string
	var preview bool
	c := &cobra.Command{
		Use:   "shelve [ID]",
		Short: "Hold one alarm, or all that a filter matches, back for a while",
		Long: `Shelve holds alarms back for a time that ends by itself; they go on being
evaluated, recorded and counted. What matches a filter later is held back too.
A P1 waits for a second person (approve), at most ten minutes. Alarms of class
life safety cannot be shelved.`,
		Example: `  nezuban alarms shelve ALM-000077 --for 1h --reason "door repair, work order 2240"
  nezuban alarms shelve --filter "place=1F/hall-2 priority>=3" --preview`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if preview {
				list, err := f.client().Preview(cmd.Context(), n.Filter)
				if err != nil {
					return err
				}
				return f.printAlarms(cmd, list)
			}
			n.Type = string(alarm.Shelving)
			if len(args) == 1 {
				n.Alarm = args[0]
			}
			d, err := f.shelveLength(length)
			if err != nil {
				return err
			}
			n.ForSeconds = int64(d / time.Second)
			return f.suppress(cmd, n)
		},
		ValidArgsFunction: f.completeAlarms,
	}
	c.Flags().StringVar(&length, "for", "", "30m, 1h, 8h … or shift-end; the alarm's priority and definition cap it (required)")
	c.Flags().StringVar(&n.Reason, "reason", "", "why (required)")
	c.Flags().StringVar(&n.Filter, "filter", "", "all alarms that match, instead of ID")
	c.Flags().IntVar(&n.Revision, "revision", 0, "the alarm's revision you saw; 0 the newest")
	c.Flags().BoolVar(&preview, "preview", false, "only list what the filter covers now")
	return f.jsonFlag(c)
}

// shelveLength reads --for.
func (f *flags) shelveLength(s string) (time.Duration, error) {
	if s != "shift-end" {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			return 0, fmt.Errorf("--for %q: want a time such as 30m, 1h, 8h, or shift-end", s)
		}
		return d, nil
	}
	site, err := readSite(f.dir)
	if err != nil {
		return 0, err
	}
	now := time.Now()
	end := shiftEnd(site, now)
	if end.IsZero() {
		return 0, fmt.Errorf("--for shift-end: the site has no shifts; write shifts: into site.yaml or name a time")
	}
	return end.Sub(now), nil
}

func outOfServiceCommand(f *flags) *cobra.Command {
	var n api.NewSuppression
	var review string
	c := &cobra.Command{
		Use:   "out-of-service [ID]",
		Short: "Take one alarm, or all that a filter matches, out of service under a change number",
		Long: `Out of service ends by hand only (return-to-service); the review date says when it
is looked at again. It needs the shift lead's role; a P1 waits for a second person.
Alarms of class life safety cannot be taken out of service.`,
		Example: `  nezuban alarms out-of-service ALM-000077 --change MOC-2231 --review 2026-12-24 --reason "sensor on order"`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Type = string(alarm.OutOfService)
			if len(args) == 1 {
				n.Alarm = args[0]
			}
			at, err := time.ParseInLocation(time.DateOnly, review, siteZone(f.dir))
			if err != nil {
				return fmt.Errorf("--review %q: want a day such as 2026-12-24", review)
			}
			n.Review = at
			return f.suppress(cmd, n)
		},
		ValidArgsFunction: f.completeAlarms,
	}
	c.Flags().StringVar(&n.Change, "change", "", "number of the change (required)")
	c.Flags().StringVar(&review, "review", "", "day on which it is looked at again (required)")
	c.Flags().StringVar(&n.Reason, "reason", "", "why (required)")
	c.Flags().StringVar(&n.Filter, "filter", "", "all alarms that match, instead of ID")
	c.Flags().IntVar(&n.Revision, "revision", 0, "the alarm's revision you saw; 0 the newest")
	return f.jsonFlag(c)
}

func (f *flags) suppress(cmd *cobra.Command, n api.NewSuppression) error {
	if (n.Alarm == "") == (n.Filter == "") {
		return fmt.Errorf("name one alarm, or --filter; `nezuban alarms` lists them")
	}
	x, err := f.client().Suppress(cmd.Context(), n)
	if err != nil {
		return err
	}
	return f.printSuppression(cmd, x)
}

func (f *flags) printSuppression(cmd *cobra.Command, x api.Suppression) error {
	if f.json {
		return printJSON(cmd.OutOrStdout(), x)
	}
	out, zone := cmd.OutOrStdout(), siteZone(f.dir)
	switch x.State {
	case string(alarm.Waiting):
		fmt.Fprintf(out, "%s waits for a second person, at most ten minutes: nezuban alarms approve %s --comment …\n", x.ID, x.ID)
	case string(alarm.InForce):
		fmt.Fprintf(out, "%s is in force until %s\n", x.ID, stamp(x.Until, zone))
	default:
		fmt.Fprintf(out, "%s is over\n", x.ID)
	}
	return nil
}

func (f *flags) endCommand(verb, short, flag, example string) *cobra.Command {
	var body api.Command
	c := &cobra.Command{
		Use:     verb + " SUP-ID",
		Short:   short,
		Example: fmt.Sprintf("  nezuban alarms %s SUP-000003 --%s %q", verb, flag, example),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			x, err := f.client().ChangeSuppression(cmd.Context(), args[0], verb, body)
			if err != nil {
				return err
			}
			return f.printSuppression(cmd, x)
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			list, _ := f.client().Suppressions(cmd.Context())
			var ids []string
			for _, x := range list {
				if x.State != string(alarm.Over) {
					ids = append(ids, x.ID+"\t"+x.State+" "+x.Name+x.Filter)
				}
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().StringVar(&body.Comment, flag, "", "why (required)")
	c.Flags().IntVar(&body.Revision, "revision", 0, "the revision you saw; 0 the newest")
	return f.jsonFlag(c)
}

// sayCommand says more of one alarm; flag is the one that it needs besides the
// comment, "" none.
func (f *flags) sayCommand(verb, short, flag string) *cobra.Command {
	var m api.More
	example := "  nezuban alarms " + verb + ` ALM-000012 --comment "what is known"`
	if flag != "" {
		example += " --" + flag + map[string]string{"owner": " sato", "of": " ALM-000003"}[flag]
	}
	c := &cobra.Command{
		Use: verb + " ID", Short: short, Example: example, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := f.client().Say(cmd.Context(), args[0], verb, m)
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
	switch flag {
	case "owner":
		c.Flags().StringVar(&m.Owner, flag, "", "person of people.yaml; empty: nobody")
	case "of":
		c.Flags().StringVar(&m.Cause, flag, "", "the alarm that is the cause")
	}
	c.Flags().StringVar(&m.Comment, "comment", "", "what you know or do about it (required)")
	c.Flags().IntVar(&m.Revision, "revision", 0, "the revision you saw; 0 the newest")
	return f.jsonFlag(c)
}

func (f *flags) completeAlarms(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, _ := f.client().Alarms(cmd.Context(), "", false)
	var ids []string
	for _, a := range list {
		ids = append(ids, a.ID+"\t"+a.State+" "+a.Name)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

func suppressionsCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:     "suppressions",
		Aliases: []string{"approvals"},
		Short:   "List what is shelved, out of service or not polled, what waits for a second person, and what was over in the last 24 h",
		Example: "  nezuban alarms suppressions --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listing[api.Suppression]{
				fetch: f.client().Suppressions, none: "nothing is held back",
				head: "ID TYPE STATE UNTIL BY APPROVER MATCHES HELD WHAT WHY",
				row: func(x api.Suppression, zone *time.Location) []string {
					return []string{x.ID, x.Type, x.State, stamp(x.Until, zone), x.By, x.Approver, fmt.Sprint(x.Matches), fmt.Sprint(x.Held), x.Name + x.Filter, strings.TrimSpace(x.Change + " " + x.Reason)}
				},
			}.print(f, cmd)
		},
	})
}

func nuisancesCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "nuisances",
		Short: "List alarms that chatter, are gone before anybody can act, or stand for more than a day",
		Long: `Nuisances lists chattering, fleeting and stale alarms with the delay or deadband that
would have kept them quiet. Nothing of it is applied by the program: a changed
limit goes through the site's change management.`,
		Example: "  nezuban alarms nuisances",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listing[api.Nuisance]{
				fetch: f.client().Nuisances, none: "none",
				head: "KIND COUNT RULE DEVICE NAME SINCE PROPOSAL",
				row: func(n api.Nuisance, zone *time.Location) []string {
					var propose []string
					if n.ProposedOffDelay != nil {
						propose = append(propose, fmt.Sprintf("off_delay %ds", *n.ProposedOffDelay))
					}
					if n.ProposedOnDelay != nil {
						propose = append(propose, fmt.Sprintf("on_delay %ds", *n.ProposedOnDelay))
					}
					if n.ProposedDeadband != nil {
						propose = append(propose, fmt.Sprintf("deadband %g", *n.ProposedDeadband))
					}
					return []string{n.Kind, fmt.Sprint(n.Count), n.Rule, n.Device, n.Name, stamp(n.Since, zone), strings.Join(propose, ", ")}
				},
			}.print(f, cmd)
		},
	})
}
