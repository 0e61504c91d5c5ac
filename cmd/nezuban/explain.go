package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/config"
	"nezuban/internal/text"
	"nezuban/sla"
)

func explainCommand(f *flags) *cobra.Command {
	var at, entity string
	var most int
	c := f.jsonFlag(&cobra.Command{
		Use:   "explain NAME",
		Short: "Say how a target's figure came about: each second, or occurrence, with its source",
		Long: `Explain recomputes the window that contains --at from history and records and says
of every second what it counted as and why: the readings, the gap, the exclusion
with its persons, the time out of service; of occurrences and obligations each by
itself. The line that contains --at is marked with >. --json has everything.`,
		Example: `  nezuban targets explain ups-on-line --at "2026-11-22 03:15" --entity ups-a1
  nezuban targets explain ack-p1-2m --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.explain(cmd, args[0], at, entity, most)
		},
	})
	c.Flags().StringVar(&at, "at", "", "any instant of the window; left out: now")
	c.Flags().StringVar(&entity, "entity", "", "only this device or point")
	c.Flags().IntVar(&most, "lines", 200, "at most so many lines of each entity")
	return c
}

// explain prints one target's evidence.
func (f *flags) explain(cmd *cobra.Command, name, at, entity string, most int) error {
	r, err := openReporter(cmd.Context(), f.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer r.close()
	now := r.now(cmd.Context())
	moment := now
	if at != "" {
		if moment, err = config.ParseInstant(at, r.site.Facility.Zone); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	memory, err := r.memory(cmd.Context())
	if err != nil {
		return err
	}
	g, err := r.source(cmd.Context(), memory, moment, now)
	if err != nil {
		return err
	}
	list, err := g.explain(cmd.Context(), name, moment, now.Truncate(time.Second), entity)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("there is no target %q; `nezuban targets` lists them", name)
	}
	if f.json {
		return printJSON(cmd.OutOrStdout(), api.ExplanationsOf(list))
	}
	for _, x := range list {
		printExplanation(cmd.OutOrStdout(), x, r.site.Facility.Zone, moment, most)
	}
	return nil
}

func printExplanation(w io.Writer, x sla.Explanation, zone *time.Location, moment time.Time, most int) {
	r := x.Result
	day := func(t time.Time) string { return t.In(zone).Format(time.DateTime) }
	fmt.Fprintf(w, "%s (%s, definition %d)\n", r.Name, r.Kind, r.Definition)
	fmt.Fprintf(w, "window %s to %s %s, as of %s\n", day(r.WindowStart), day(r.WindowEnd), zone, day(r.AsOf))
	fmt.Fprintln(w, figuresLine(r))
	for _, e := range x.Entities {
		name := e.Result.Entity
		if e.Result.DisplayName != "" && e.Result.DisplayName != r.DisplayName {
			name += " (" + e.Result.DisplayName + ")"
		}
		if name == "" {
			name = "all together"
		}
		name, _ = text.Clean(name, 200)
		fmt.Fprintf(w, "\n%s: %s\n", name, figuresLine(e.Result))
		for i, l := range e.Lines {
			if i == most {
				fmt.Fprintf(w, "  … %d more lines; --json has all\n", len(e.Lines)-most)
				break
			}
			mark := " "
			if l.From <= moment.Unix() && (moment.Unix() < l.To || l.To == 0 && r.Kind == sla.KindLatency) {
				mark = ">"
			}
			fmt.Fprintf(w, "%s %s\n", mark, explainLine(l, r.Kind, zone))
		}
	}
}

// figuresLine is a result in one line.
func figuresLine(r sla.Result) string {
	verdict := string(r.Verdict)
	if r.Basis != "" {
		verdict += ", " + strings.ReplaceAll(string(r.Basis), "_", " ")
	}
	if r.Open {
		verdict += ", so far"
	}
	switch r.Unit() {
	case sla.UnitValue:
		value := "none"
		if r.HasValue {
			value = sla.FormatMicros(r.ValueMicros)
		}
		return fmt.Sprintf("%s %s, limit %s, known %d s, unknown %d s: %s", r.Statistic, value, sla.FormatMicros(r.LimitMicros), r.Good, r.Unknown, verdict)
	case sla.UnitOccurrences:
		return fmt.Sprintf("good %d, bad %d, pending %d, excluded %d, overdue from before %d; share %s %%, goal %s %%: %s", r.Good, r.Bad, r.Pending, r.Excluded, r.Overdue,
			sla.FormatPercentTruncated(r.Numerator, r.Denominator, 4), sla.FormatPPM(r.TargetPPM), verdict)
	}
	return fmt.Sprintf("good %d + bad %d + unknown %d = eligible %d s, excluded %d s (late notice %d s); share %s %%, without exclusions %s %%, goal %s %%; budget %s s, left %s s: %s",
		r.Good, r.Bad, r.Unknown, r.Eligible, r.Excluded, r.LateNotice, sla.FormatPercentTruncated(r.Numerator, r.Denominator, 4),
		sla.FormatPercentTruncated(r.RawNumerator, r.RawDenominator, 4), sla.FormatPPM(r.TargetPPM), sla.FormatMicros(r.BudgetMicros), sla.FormatMicros(r.BudgetLeftMicros), verdict)
}

// explainLine is one line of evidence.
func explainLine(l sla.Line, kind sla.Kind, zone *time.Location) string {
	at := func(s int64) string { return time.Unix(s, 0).In(zone).Format(time.DateTime) }
	what := strings.ReplaceAll(string(l.What), "_", " ")
	if kind == sla.KindRatioValue && l.What == sla.WasGood {
		what = "known"
	}
	if l.Cause == sla.FromEvent || l.Cause == sla.FromDuty {
		return occurrenceLine(l, kind, what, at)
	}
	return fmt.Sprintf("%s … %s %9d s  %-14s %s", at(l.From), at(l.To), l.To-l.From, what, because(l, at))
}

func occurrenceLine(l sla.Line, kind sla.Kind, what string, at func(int64) string) string {
	id, _ := text.Clean(l.ID, 200)
	detail, _ := text.Clean(l.Text, 500)
	switch {
	case l.Cause == sla.FromDuty && l.ID == "":
		return fmt.Sprintf("%-14s %s", what, detail)
	case l.Cause == sla.FromDuty && l.To == 0:
		return fmt.Sprintf("%-14s %s: %s; not done", what, id, detail)
	case l.Cause == sla.FromDuty:
		return fmt.Sprintf("%-14s %s: %s; done %s", what, id, detail, at(l.To))
	case kind != sla.KindLatency:
		return fmt.Sprintf("%s  %-14s %s (%s)", at(l.From), what, id, detail)
	case l.To == 0:
		return fmt.Sprintf("%s  %-14s %s: no answer yet (%s)", at(l.From), what, id, detail)
	}
	return fmt.Sprintf("%s  %-14s %s: answered %s, after %d s (%s)", at(l.From), what, id, at(l.To), l.To-l.From, detail)
}

// because is the source of a stretch of time, as a sentence.
func because(l sla.Line, at func(int64) string) string {
	samples := func() string {
		values := fmt.Sprintf("value %g", l.Low)
		if l.Low != l.High {
			values = fmt.Sprintf("values %g to %g", l.Low, l.High)
		}
		if l.State != "" {
			values += ", last state " + l.State
		}
		if l.Samples == 1 {
			return fmt.Sprintf("1 reading at %s, %s", at(l.First), values)
		}
		return fmt.Sprintf("%d readings from %s to %s, %s", l.Samples, at(l.First), at(l.Last), values)
	}
	unanswered := ""
	if l.Silent > 0 {
		unanswered = fmt.Sprintf("; %d polls without an answer", l.Silent)
	}
	switch l.Cause {
	case sla.FromSamples, sla.FromVague:
		return samples() + unanswered
	case sla.FromHold:
		return "the last success is recent enough: " + samples() + unanswered
	case sla.FromTooOld:
		return "the last success is too old: " + samples() + unanswered
	case sla.FromGap:
		return "no reading: the last one was older than it may be"
	case sla.FromNoSample:
		return "no reading was ever taken before"
	case sla.FromNoAnswer:
		return fmt.Sprintf("%d polls without an answer", l.Silent)
	case sla.FromExclusion:
		detail, _ := text.Clean(l.ID+": "+l.Text, 500)
		return detail
	case sla.FromService:
		return "not in service"
	case sla.FromTime:
		return "not over yet"
	case sla.FromPolicy:
		return "the source of the events was silent"
	}
	return string(l.Cause)
}
