package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"nezuban/collectors/profile"
	"nezuban/internal/config"
	"nezuban/internal/facility"
)

func profileCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "profile",
		Short: "List, show and check device profiles",
		Long: `A device profile is one YAML file: how a family of SNMP devices is recognised and
what its objects mean. docs/profiles.md tells how to write one. list and show
know the profiles of the site directory beside the builtin ones.`,
		Example: `  nezuban profile list
  nezuban profile show ups-rfc1628
  nezuban profile check profiles/maker-ups.yaml`,
	}
	c.AddCommand(profileListCommand(f), profileShowCommand(f), profileCheckCommand(f))
	return c
}

// library is the site's device profiles, or the builtin ones where there is no
// site.
func (f *flags) library() (*profile.Library, error) {
	if site, _ := config.Load(f.dir, config.LoadOptions{}); site != nil && site.Profiles != nil {
		return site.Profiles, nil
	}
	return profile.Builtin()
}

// shownProfile is one profile as `nezuban profile list --json` prints it.
type shownProfile struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Vendor  string `json:"vendor"`
	Generic bool   `json:"generic"`
	File    string `json:"file"`
	Source  string `json:"source"`
}

func shownOf(p *profile.Profile) shownProfile {
	return shownProfile{p.Name, p.Kind, p.Vendor, p.Generic, p.File, p.Source}
}

func profileListCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:     "list",
		Short:   "List the device profiles there are",
		Example: "  nezuban profile list\n  nezuban profile list --json | jq -r '.[] | select(.kind==\"ups\") | .name'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lib, err := f.library()
			if err != nil {
				return err
			}
			out, rows := []shownProfile{}, [][]string{}
			for _, p := range lib.All() {
				s := shownOf(p)
				out, rows = append(out, s), append(rows, []string{s.Name, orDash(s.Kind), orDash(s.Vendor), s.Source})
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), out)
			}
			return table(cmd.OutOrStdout(), "PROFILE KIND VENDOR SOURCE", rows)
		},
	})
}

// shownQuantity is one entry of a profile.
type shownQuantity struct {
	Metric string            `json:"metric"`
	Labels map[string]string `json:"labels"`
	Index  []string          `json:"index"`
	OID    string            `json:"oid"`
	Unit   string            `json:"unit"`
	Class  string            `json:"class"`
	States []string          `json:"states"`
}

func quantityOf(q *profile.Quantity, t *profile.Table) shownQuantity {
	out := shownQuantity{Metric: q.Metric.Name, Labels: map[string]string{}, Index: []string{}, OID: q.OID,
		Unit: string(q.Metric.Unit), Class: q.Class.String(), States: []string{}}
	for _, l := range q.Labels {
		out.Labels[l.Name] = l.Value
	}
	if t != nil {
		for _, name := range t.Index {
			if !strings.HasPrefix(name, "_") {
				out.Index = append(out.Index, name)
			}
		}
		for _, l := range t.Labels {
			out.Index = append(out.Index, l.Name)
		}
	}
	for _, s := range q.States {
		out.States = append(out.States, fmt.Sprintf("%d %s %s", s.Value, s.Name, s.Severity))
	}
	return out
}

func profileShowCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:     "show NAME",
		Short:   "Show what a profile reads: metrics, objects, units and states",
		Example: "  nezuban profile show apc-rpdu2\n  nezuban profile show apc-rpdu2 --json",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			lib, err := f.library()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			return lib.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			lib, err := f.library()
			if err != nil {
				return err
			}
			p, ok := lib.Get(args[0])
			if !ok {
				return fmt.Errorf("no profile %q; `nezuban profile list` prints those there are", args[0])
			}
			return f.showProfile(cmd, p)
		},
	})
}

func (f *flags) showProfile(cmd *cobra.Command, p *profile.Profile) error {
	quantities := []shownQuantity{}
	for i := range p.Points {
		quantities = append(quantities, quantityOf(&p.Points[i], nil))
	}
	for i := range p.Tables {
		for j := range p.Tables[i].Columns {
			quantities = append(quantities, quantityOf(&p.Tables[i].Columns[j], &p.Tables[i]))
		}
	}
	w := cmd.OutOrStdout()
	if f.json {
		return printJSON(w, struct {
			shownProfile
			Quantities []shownQuantity `json:"quantities"`
		}{shownOf(p), quantities})
	}
	fmt.Fprintf(w, "%s: kind %s, vendor %s, %s\nsource: %s\n\n", p.Name, orDash(p.Kind), orDash(p.Vendor), p.File, p.Source)
	var rows [][]string
	for _, q := range quantities {
		var labels []facility.Label
		for k, v := range q.Labels {
			labels = append(labels, facility.Label{Name: k, Value: v})
		}
		name := facility.SeriesName(q.Metric, labels)
		if len(q.Index) > 0 {
			name += " by " + strings.Join(q.Index, ", ")
		}
		states := ""
		if n := len(q.States); n > 0 {
			states = " (" + strconv.Itoa(n) + ")"
		}
		rows = append(rows, []string{name, q.Unit + states, q.Class, q.OID})
	}
	return table(w, "READS UNIT CLASS OID", rows)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func profileCheckCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "check FILE…",
		Short: "Name every mistake in profile files, with its place",
		Long: `Check reads each file as the daemon would and reports all mistakes as
file:line:column. Exit code 0: none, 1: at least one file is not usable.`,
		Example: "  nezuban profile check profiles/*.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			problems, w := []facility.Problem{}, cmd.OutOrStdout()
			for _, file := range args {
				name, wrong := profile.CheckFile(file)
				problems = append(problems, wrong...)
				if len(wrong) == 0 && !f.json {
					fmt.Fprintf(w, "%s: profile %s is good\n", file, name)
				}
			}
			if f.json {
				if err := printJSON(w, problems); err != nil {
					return err
				}
			} else {
				for _, p := range problems {
					fmt.Fprintln(w, problemLine(p))
				}
			}
			if len(problems) > 0 {
				return exitError(1)
			}
			return nil
		},
	})
}
