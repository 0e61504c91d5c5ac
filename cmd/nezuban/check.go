package main

import (
	"fmt"
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
			errorsFound := 0
			for _, p := range problems {
				if !p.Warning {
					errorsFound++
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
				if errorsFound == 0 {
					fmt.Fprintf(w, "ok: %d devices, %d alarm rules, %d targets, %d people; %d warnings\n",
						len(site.Devices), len(site.Rules), len(site.Targets), len(site.People), len(problems))
				} else {
					fmt.Fprintf(w, "%d mistakes, %d warnings\n", errorsFound, len(problems)-errorsFound)
				}
			}
			if errorsFound > 0 {
				return exitError(1)
			}
			return nil
		},
	})
}

func problemLine(p facility.Problem) string {
	if p.Warning {
		return "warning: " + p.Error()
	}
	return "error: " + p.Error()
}
