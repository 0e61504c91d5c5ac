package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

func oneLineCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "oneline",
		Short: "Bring the power one-line into the site directory",
		Long: `The one-line (oneline.yaml) says what feeds what: utility feeds, generators,
transfer switches, UPS, PDUs and the racks behind them. From it nezuban derives
which racks have lost redundancy and what falls when something is switched off.
` + "`nezuban check`" + ` names every mistake in it.`,
	}
	c.AddCommand(oneLineImportCommand())
	return c
}

func oneLineImportCommand() *cobra.Command {
	out := ""
	c := &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Turn a table of nodes into oneline.yaml",
		Long: `Import reads a CSV file with one node a line and writes it as oneline.yaml, to
standard output or to --out. The first line names the columns, in any order:

  id             short name, lower-case; required
  kind           utility generator transformer switchgear tie ats sts ups pdu
                 breaker load; required
  name_en        name shown to people; name_ja the same in Japanese
  side           A or B
  place          floor and room: B1F/elec-a
  device         id in the inventory of the device that this node is
  rack           of a load
  from           what feeds it: ids separated by spaces, a rack's cords in order
  volts          nominal, line to line
  rated_watts    what it may carry in all
  rated_amperes  what it may carry in each phase
  load_watts     of a load: its draw where no point tells
  design         of a load: 2N, N+1 or N
  phases         digits of those in use: 123, 1, 23

Nothing is written where a line has a mistake. What points tell of the nodes
(energised, position, watts …) is then added by hand, best in defaults: for each
kind; docs/site-directory.md shows how.`,
		Example: "  nezuban oneline import plant.csv > /srv/nezuban/oneline.yaml\n" +
			"  nezuban oneline import plant.csv --out /srv/nezuban/oneline.yaml\n" +
			"  nezuban check --dir /srv/nezuban",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return importOneLine(args[0], out, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&out, "out", "", "write to this new file instead of standard output")
	return c
}

func importOneLine(file, out string, stdout, stderr io.Writer) error {
	src, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("import one-line: %w", err)
	}
	defer src.Close()
	m, problems := topology.ReadCSV(src)
	mistakes := sayProblems(stderr, file, &m, problems)
	if mistakes == 0 {
		_, problems = topology.Compile(m)
		mistakes = sayProblems(stderr, file, &m, problems)
	}
	if mistakes > 0 {
		fmt.Fprintf(stderr, "%d mistakes; nothing was written\n", mistakes)
		return exitError(1)
	}
	page, err := oneLinePage("# Imported with `nezuban oneline import`. Say in defaults: what points tell of\n# the nodes of each kind; docs/site-directory.md shows how.\n", "", m, nil)
	if err != nil {
		return err
	}
	if out == "" {
		_, err = stdout.Write(page)
		return err
	}
	dst, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return fmt.Errorf("import one-line: %w; choose another file, or move this one away", err)
	}
	if _, err := dst.Write(page); err != nil {
		dst.Close()
		return fmt.Errorf("import one-line: %w", err)
	}
	return dst.Close()
}

// sayProblems prints problems of a CSV file and counts the mistakes. What Compile
// finds stands where its node does.
func sayProblems(w io.Writer, file string, m *topology.Model, problems []topology.Problem) int {
	n := 0
	for _, p := range problems {
		said := facility.Problem{File: file, Line: p.Line, What: p.What, Hint: p.Hint, Warning: p.Warning}
		if i := slices.IndexFunc(m.Nodes, func(n topology.Node) bool { return n.ID == p.Node }); said.Line == 0 && i >= 0 {
			said.Line = m.Nodes[i].Line
		}
		said.Column = min(said.Line, 1)
		said.What = strings.TrimPrefix(said.What, fmt.Sprintf("line %d: ", said.Line))
		if p.Node != "" {
			said.What = fmt.Sprintf("node %s: %s", p.Node, said.What)
		}
		fmt.Fprintln(w, problemLine(said))
		if !p.Warning {
			n++
		}
	}
	return n
}
