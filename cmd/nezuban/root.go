package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
	"nezuban/internal/config"
	"nezuban/internal/text"
)

// flags are shared by every command.
type flags struct {
	dir  string
	json bool
}

func (f *flags) client() *api.Client { return api.NewClient(socketPath(f.dir)) }

// nodeName is the writing node of a site with one daemon.
const nodeName = "main"

// dataDir is where a site keeps its data: site.yaml may name another place.
func dataDir(dir string) string { return config.DataDir(dir) }

func socketPath(dir string) string { return filepath.Join(dataDir(dir), "nezuban.sock") }

func newRoot() *cobra.Command {
	f := &flags{}
	root := &cobra.Command{
		Use:   "nezuban",
		Short: "Terminal operations console for 24/365 monitoring of a data-centre facility",
		Long: `nezuban (不寝番, the watch that does not sleep) polls a facility's power, fire,
cooling and computing equipment, raises alarms an operator can act on, accounts
quality targets exactly, and shows it all on a console over SSH, in English and
Japanese.

nezuban watches fire systems; it is not one. It replaces no panel, no detector
and no procedure.`,
		Example: `  nezuban demo --dir /tmp/demo                 the whole product against a simulated facility
  nezuban init --dir /srv/nezuban              write a commented site directory
  nezuban check --dir /srv/nezuban             name every mistake in it
  nezuban serve --dir /srv/nezuban             run the daemon
  nezuban alarms --dir /srv/nezuban --json     standing alarms for scripts`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&f.dir, "dir", ".", "the site directory; data lies under it")
	root.AddGroup(
		&cobra.Group{ID: "run", Title: "Run:"},
		&cobra.Group{ID: "look", Title: "Look and act:"},
		&cobra.Group{ID: "site", Title: "Site directory:"},
		&cobra.Group{ID: "evidence", Title: "Reports and evidence:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("run", demoCommand(f), serveCommand(f), consoleCommand(f), simulateCommand(f), historyCommand())
	add("look", statusCommand(f), alarmsCommand(f), powerCommand(f), devicesCommand(f), targetsCommand(f), slaCommand(f), trendCommand(f), metricsCommand(f), probeCommand(f), discoverCommand(f), trapsCommand(f), notifyCommand(f), benchCommand(f))
	add("site", initCommand(f), checkCommand(f), profileCommand(f), oneLineCommand(f), secretsCommand(f))
	add("evidence", reportCommand(f), verifyCommand(f), backupCommand(f), restoreCommand(f))
	return root
}

// jsonFlag adds --json to a command that prints data.
func (f *flags) jsonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&f.json, "json", false, "print JSON for scripts")
	return c
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// table prints rows with their columns aligned; every cell passes the gate for
// text from outside once more.
func table(w io.Writer, head string, rows [][]string) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, strings.ReplaceAll(head, " ", "\t"))
	for _, r := range rows {
		for i := range r {
			r[i], _ = text.Clean(r[i], 200)
		}
		fmt.Fprintln(tw, strings.Join(r, "\t"))
	}
	return tw.Flush()
}
