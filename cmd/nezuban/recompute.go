package main

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/sla"
)

// A compared is one target as the daemon has it live and as history and records
// give it.
type compared struct {
	Live       api.Target `json:"live"`
	Recomputed api.Target `json:"recomputed"`
	Equal      bool       `json:"equal"`
	Difference []string   `json:"difference"`
}

// historySettles is how long a reading may be on its way to history.
const historySettles = 12 * time.Second

func recomputeCommand(f *flags) *cobra.Command {
	var compare bool
	var only string
	c := f.jsonFlag(&cobra.Command{
		Use:   "recompute",
		Short: "Compute the open windows anew from history and records; --compare with the live figures",
		Long: `Recompute reads every reading of the open windows from history, and every event,
exclusion and obligation from the records, and computes the targets anew. With
--compare it asks the running daemon for its live figures, waits until their
readings have reached history, and compares to the second. Exit code 0: all equal,
1: some differ. Over a month of a large site this reads a lot; --target limits it.`,
		Example: "  nezuban targets recompute --compare\n  nezuban targets recompute --target ups-on-line --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.recompute(cmd, only, compare)
		},
	})
	c.Flags().BoolVar(&compare, "compare", false, "compare with the running daemon's live figures")
	c.Flags().StringVar(&only, "target", "", "only this one")
	return c
}

// recompute computes the open windows anew, and compares them.
func (f *flags) recompute(cmd *cobra.Command, only string, compare bool) error {
	r, err := openReporter(cmd.Context(), f.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer r.close()
	lives, err := f.liveResults(cmd, r, compare)
	if err != nil {
		return err
	}
	memory, err := r.memory(cmd.Context())
	if err != nil {
		return err
	}
	var out []compared
	for i := range r.site.Targets {
		name := r.site.Targets[i].Name
		if only != "" && name != only {
			continue
		}
		asOf := r.now(cmd.Context()).Truncate(time.Second)
		if list := lives[name]; len(list) > 0 {
			asOf = list[0].AsOf
		}
		g, err := r.source(cmd.Context(), memory, asOf, asOf)
		if err != nil {
			return err
		}
		again, err := g.results(cmd.Context(), name, asOf, asOf)
		if err != nil {
			return err
		}
		out = append(out, compareResults(lives[name], again)...)
	}
	if !compare {
		return f.printTargets(cmd, recomputedOf(out))
	}
	return f.printCompared(cmd, out)
}

// liveResults asks the daemon, and waits until history has what they are made of.
func (f *flags) liveResults(cmd *cobra.Command, r *reporter, compare bool) (map[string][]sla.Result, error) {
	out := map[string][]sla.Result{}
	if !compare {
		return out, nil
	}
	if r.daemon == nil {
		return nil, fmt.Errorf("nothing to compare with: %w", api.ErrNoDaemon)
	}
	list, err := r.daemon.Results(cmd.Context())
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		out[x.Name] = append(out[x.Name], x)
	}
	select {
	case <-cmd.Context().Done():
		return nil, cmd.Context().Err()
	case <-time.After(historySettles):
	}
	return out, nil
}

func compareResults(live, again []sla.Result) []compared {
	var out []compared
	for i, b := range again {
		c := compared{Recomputed: api.TargetOf(b), Difference: []string{}}
		if i < len(live) {
			c.Live = api.TargetOf(live[i])
			c.Difference = differences(live[i], b)
		} else {
			c.Difference = []string{"no live figure"}
		}
		c.Equal = len(c.Difference) == 0
		out = append(out, c)
	}
	return out
}

func differences(a, b sla.Result) []string {
	out := []string{}
	for _, x := range []struct {
		what string
		a, b int64
	}{{"good", a.Good, b.Good}, {"bad", a.Bad, b.Bad}, {"unknown", a.Unknown, b.Unknown}, {"excluded", a.Excluded, b.Excluded}, {"eligible", a.Eligible, b.Eligible},
		{"pending", a.Pending, b.Pending}, {"overdue", a.Overdue, b.Overdue}, {"value", a.ValueMicros, b.ValueMicros}, {"budget", a.BudgetMicros, b.BudgetMicros}} {
		if x.a != x.b {
			out = append(out, x.what+" "+strconv.FormatInt(x.a, 10)+" live, "+strconv.FormatInt(x.b, 10)+" recomputed")
		}
	}
	if a.Verdict != b.Verdict || a.Basis != b.Basis {
		out = append(out, fmt.Sprintf("verdict %s %s live, %s %s recomputed", a.Verdict, a.Basis, b.Verdict, b.Basis))
	}
	return out
}

func recomputedOf(list []compared) []api.Target {
	var out []api.Target
	for _, c := range list {
		out = append(out, c.Recomputed)
	}
	return out
}

func (f *flags) printCompared(cmd *cobra.Command, list []compared) error {
	differ := 0
	for _, c := range list {
		if !c.Equal {
			differ++
		}
	}
	if f.json {
		if err := printJSON(cmd.OutOrStdout(), list); err != nil {
			return err
		}
	} else {
		for _, c := range list {
			word := "equal"
			if !c.Equal {
				word = "DIFFERS"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%-8s %s\n", word, c.Recomputed.Name)
			for _, d := range c.Difference {
				fmt.Fprintf(cmd.OutOrStdout(), "         %s\n", d)
			}
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d of %d equal to the second\n", len(list)-differ, len(list))
	}
	if differ > 0 {
		return exitError(1)
	}
	return nil
}
