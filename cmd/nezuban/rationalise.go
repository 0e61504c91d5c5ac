package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// rationalisedRule is one definition with what its record still lacks.
type rationalisedRule struct {
	ID         string   `json:"id"`
	Revision   int      `json:"revision"`
	Source     string   `json:"source"` // "builtin" or "site"
	File       string   `json:"file"`
	Line       int      `json:"line"`
	Type       string   `json:"type"`
	Class      string   `json:"class"`
	Priority   int      `json:"priority"` // 0: an event has none
	Owner      string   `json:"owner"`
	Procedure  string   `json:"procedure"`
	Reviewed   string   `json:"reviewed"`
	ReviewDue  string   `json:"review_due"` // "" where the review has no date
	ApprovedBy []string `json:"approved_by"`
	Change     string   `json:"change"`
	Escalation string   `json:"escalation"` // "" the site's default
	Missing    []string `json:"missing"`    // codes, in a fixed order; empty: complete
}

// rationalisation is the whole answer.
type rationalisation struct {
	Rules        []rationalisedRule `json:"rules"`
	Definitions  map[string]int     `json:"definitions"`  // by priority, "P1" to "P4", and "event"
	GoalPercent  map[string]int     `json:"goal_percent"` // of what is annunciated
	MissingCount map[string]int     `json:"missing_count"`
}

// gaps are the codes of what a record may lack, in the order of the answer, with
// what they mean for people.
var gaps = []struct{ code, means string }{
	{"no_procedure", "no procedure is assigned"},
	{"no_confirm", "nothing says how to tell that it is over"},
	{"no_review", "nobody has dated a review"},
	{"review_overdue", "the last review is more than a year old"},
	{"review_due", "the review is due within 60 days"},
	{"not_approved", "nobody has approved this revision"},
	{"no_change", "no change number says how this revision came about"},
	{"no_escalation", "P1 or P2, and no policy of notify.yaml says who is told"},
	{"idle", "matches no device of the inventory"},
}

func rationaliseCommand(f *flags) *cobra.Command {
	var own bool
	c := &cobra.Command{
		Use:   "rationalise",
		Short: "List every alarm definition with what its rationalisation record still lacks",
		Long: `Rationalise reads the site directory and lists what is missing from the record
of each alarm definition: a procedure, a review within the last year, an approval,
somebody who is told, a device that it matches. It ends with the shares of the
priorities beside the goal. It changes nothing; its exit code is 0 unless the
directory has mistakes.`,
		Example: "  nezuban alarms rationalise --own\n  nezuban alarms rationalise --json | jq -r '.rules[] | select(.missing | index(\"review_overdue\")) | .id'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := time.Now()
			site, problems := config.Load(f.dir, config.LoadOptions{Secrets: secretNames(f.dir), Now: now})
			if site == nil {
				for _, p := range problems {
					fmt.Fprintln(cmd.ErrOrStderr(), problemLine(p))
				}
				return fmt.Errorf("rationalise: the site directory has mistakes; `nezuban check` lists them")
			}
			r := rationalise(site, own, now)
			if f.json {
				return printJSON(cmd.OutOrStdout(), r)
			}
			return r.print(cmd.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&own, "own", false, "only the site's own definitions and those it tunes")
	return f.jsonFlag(c)
}

func rationalise(site *config.Site, own bool, now time.Time) rationalisation {
	out := rationalisation{Rules: []rationalisedRule{}, Definitions: map[string]int{}, MissingCount: map[string]int{},
		GoalPercent: map[string]int{"P1": 5, "P2": 15, "P3+P4": 80}}
	for _, r := range site.Rules {
		source := "site"
		if strings.HasPrefix(r.File, "builtin/") {
			source = "builtin"
		}
		if own && source == "builtin" {
			continue
		}
		row := rationalisedRule{ID: r.ID, Revision: r.Revision, Source: source, File: r.File, Line: r.Line, Type: string(r.Type), Class: string(r.Class),
			Owner: r.Owner, Procedure: r.Procedure, Reviewed: r.Reviewed, ApprovedBy: append([]string{}, r.ApprovedBy...), Change: r.Change, Escalation: r.Escalation}
		kind := "event"
		if r.Type != alarm.EventOnly {
			row.Priority = int(r.Priority())
			kind = "P" + strconv.Itoa(row.Priority)
		}
		out.Definitions[kind]++
		due, dated := reviewDue(r, site.Facility.Zone)
		if dated {
			row.ReviewDue = due.Format(time.DateOnly)
		}
		row.Missing = missing(site, r, row, due, dated, now)
		for _, code := range row.Missing {
			out.MissingCount[code]++
		}
		out.Rules = append(out.Rules, row)
	}
	return out
}

// reviewDue is the day a year after the last review, in the site's time.
func reviewDue(r *alarm.Rule, zone *time.Location) (due time.Time, dated bool) {
	on, err := time.ParseInLocation(time.DateOnly, r.Reviewed, zone)
	return on.AddDate(1, 0, 0), err == nil
}

func missing(site *config.Site, r *alarm.Rule, row rationalisedRule, due time.Time, dated bool, now time.Time) []string {
	lacks := map[string]bool{
		"no_procedure":   r.Procedure == "" || r.Procedure == alarm.NoProcedure,
		"no_confirm":     r.Text.Confirm == facility.Text{},
		"no_review":      !dated,
		"review_overdue": dated && now.After(due),
		"review_due":     dated && !now.After(due) && now.AddDate(0, 0, 60).After(due),
		"not_approved":   len(r.ApprovedBy) == 0,
		"no_change":      row.Source == "site" && r.Change == "",
		"no_escalation":  row.Priority != 0 && row.Priority <= int(facility.P2) && !told(site.Notify.Escalations, r),
		"idle":           slices.Contains(site.IdleRules, r.ID),
	}
	out := []string{}
	for _, g := range gaps {
		if lacks[g.code] {
			out = append(out, g.code)
		}
	}
	return out
}

// told says whether the definition's policy, or the site's default, has a step for
// its priority.
func told(policies []duty.Escalation, r *alarm.Rule) bool {
	for i, p := range policies {
		if p.Name == r.Escalation || r.Escalation == "" && i == 0 {
			return len(p.Steps[r.Priority()]) > 0
		}
	}
	return false
}

func (r rationalisation) print(w io.Writer) error {
	var rows [][]string
	for _, row := range r.Rules {
		priority, lacks := "event", strings.Join(row.Missing, " ")
		if row.Priority > 0 {
			priority = "P" + strconv.Itoa(row.Priority)
		}
		if lacks == "" {
			lacks = "-"
		}
		rows = append(rows, []string{row.ID, strconv.Itoa(row.Revision), priority, row.Source, row.Owner, row.Procedure, row.ReviewDue, lacks})
	}
	if err := table(w, "DEFINITION REV PRIO SOURCE OWNER PROCEDURE REVIEW_DUE MISSING", rows); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, g := range gaps {
		if n := r.MissingCount[g.code]; n > 0 {
			fmt.Fprintf(w, "%-15s %4d  %s\n", g.code, n, g.means)
		}
	}
	alarms := r.Definitions["P1"] + r.Definitions["P2"] + r.Definitions["P3"] + r.Definitions["P4"]
	if alarms > 0 {
		percent := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(alarms)) }
		fmt.Fprintf(w, "\n%d alarm definitions, %d events. P1 %s, P2 %s, P3 and P4 %s of the definitions.\n", alarms, r.Definitions["event"],
			percent(r.Definitions["P1"]), percent(r.Definitions["P2"]), percent(r.Definitions["P3"]+r.Definitions["P4"]))
		fmt.Fprintln(w, "The goal is for what is annunciated over 30 days, not for definitions: P3 and P4 about 80 %, P2 about 15 %, P1 at most 5 % and better below 1 %.")
	}
	return nil
}
