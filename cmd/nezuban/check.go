package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/config"
	"nezuban/internal/facility"
)

func checkCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "check",
		Short: "Name every mistake in the site directory, with its place and what to write instead",
		Long: `Check reads the whole site directory the way the daemon does and reports all
mistakes at once as file:line:column. Exit code 0: none (warnings allowed), 1:
the daemon would not start.`,
		Example: "  nezuban check --dir /srv/nezuban\n  nezuban check --json | jq -r '.[].file' | sort | uniq -c",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			site, problems := config.Load(f.dir, config.LoadOptions{Secrets: secretNames(f.dir), Now: time.Now()})
			good := ""
			if site != nil {
				good = fmt.Sprintf("ok: %d devices, %d alarm rules, %d targets, %d people; %d warnings",
					len(site.Devices), len(site.Rules), len(site.Targets), len(site.People), len(problems))
			}
			return f.printProblems(cmd, problems, good)
		},
	})
}

// printProblems prints mistakes and warnings, or that all is good; exit code 1
// where there are mistakes.
func (f *flags) printProblems(cmd *cobra.Command, problems []facility.Problem, good string) error {
	mistakes := 0
	for _, p := range problems {
		if !p.Warning {
			mistakes++
		}
	}
	w := cmd.OutOrStdout()
	if f.json {
		if problems == nil {
			problems = []facility.Problem{}
		}
		if err := printJSON(w, problems); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			fmt.Fprintln(w, problemLine(p))
		}
		if mistakes == 0 {
			fmt.Fprintln(w, good)
		} else {
			fmt.Fprintf(w, "%d mistakes, %d warnings\n", mistakes, len(problems)-mistakes)
		}
	}
	if mistakes > 0 {
		return exitError(1)
	}
	return nil
}

// checkSiteTargets names the mistakes in targets/ alone.
func (f *flags) checkSiteTargets(cmd *cobra.Command) error {
	site, problems := config.Load(f.dir, config.LoadOptions{Secrets: secretNames(f.dir), Now: time.Now()})
	var own []facility.Problem
	for _, p := range problems {
		if strings.HasPrefix(p.File, "targets") || strings.HasPrefix(p.File, "builtin/targets") {
			own = append(own, p)
		}
	}
	good := "ok: no mistake in targets/; `nezuban check` names those elsewhere"
	if site != nil {
		good = fmt.Sprintf("ok: %d targets", len(site.Targets))
	}
	return f.printProblems(cmd, own, good)
}

func problemLine(p facility.Problem) string {
	if p.Warning {
		return "warning: " + p.Error()
	}
	return "error: " + p.Error()
}
