package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"nezuban/internal/api"
)

func powerCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:   "power",
		Short: "The one-line now: redundancy of each load, sides, single points; and what-if",
		Example: `  nezuban power
  nezuban power what-if ups-a1
  nezuban power what-if panel-h1 --loads friday.csv --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.client().Power(cmd.Context())
			if err != nil {
				return err
			}
			return f.printPower(cmd, p)
		},
	}
	c.AddCommand(whatIfCommand(f))
	return f.jsonFlag(c)
}

func whatIfCommand(f *flags) *cobra.Command {
	var loads string
	var fail bool
	c := &cobra.Command{
		Use:   "what-if NODE …",
		Short: "What falls when nodes of the one-line are lost, now or with planned loads",
		Long: `What-if takes nodes away from the one-line as it is now and says what loses power,
what loses redundancy and what is overloaded, once switches have gone over and
batteries are empty. With --loads the loads' draw comes from a CSV of lines
"load,watts" instead: a planned Friday night. Nothing is switched.`,
		Example: `  nezuban power what-if panel-h1
  nezuban power what-if ups-a1 gen-1 --fail-on-loss && echo safe`,
		RunE: func(cmd *cobra.Command, args []string) error {
			q := api.WhatIf{Lost: args}
			if loads != "" {
				planned, err := readLoads(loads)
				if err != nil {
					return err
				}
				q.Loads = planned
			}
			p, err := f.client().AskWhatIf(cmd.Context(), q)
			if err != nil {
				return err
			}
			if err := f.printPower(cmd, p); err != nil {
				return err
			}
			if fail && len(p.Falls)+len(p.Overloaded) > 0 {
				return fmt.Errorf("what-if: %d loads fall, %d nodes are overloaded", len(p.Falls), len(p.Overloaded))
			}
			return nil
		},
	}
	c.Flags().StringVar(&loads, "loads", "", "CSV file of planned loads: load,watts")
	c.Flags().BoolVar(&fail, "fail-on-loss", false, "exit with an error where something falls or is overloaded")
	return f.jsonFlag(c)
}

// maxLoads bounds a file of planned loads.
const maxLoads = 20_000

func readLoads(path string) (map[string]float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("planned loads: %w", err)
	}
	defer file.Close()
	r := csv.NewReader(io.LimitReader(file, 4<<20))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.Comment = 2, true, '#'
	out := map[string]float64{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("planned loads %s: %w; want lines such as rack-h1-r01,4600", path, err)
		}
		line, _ := r.FieldPos(0)
		watts, err := strconv.ParseFloat(strings.TrimSpace(row[1]), 64)
		switch {
		case err != nil && line == 1:
			continue // a heading
		case err != nil:
			return nil, fmt.Errorf("planned loads %s:%d: %q is no number of watts", path, line, row[1])
		case len(out) >= maxLoads:
			return nil, fmt.Errorf("planned loads %s:%d: more than %d lines", path, line, maxLoads)
		}
		out[row[0]] = watts
	}
}

func (f *flags) printPower(cmd *cobra.Command, p api.Power) error {
	out := cmd.OutOrStdout()
	if f.json {
		return printJSON(out, p)
	}
	none := func(list []string) string {
		if len(list) == 0 {
			return "none"
		}
		return strings.Join(list, " ")
	}
	if len(p.WhatIf) > 0 || len(p.Falls) > 0 {
		fmt.Fprintf(out, "WHAT-IF, NOT NOW: without %s\nfalls: %s\nloses redundancy: %s\n", none(p.WhatIf), none(p.Falls), none(p.Loses))
	}
	fmt.Fprintf(out, "overloaded: %s\nsingle points: %s\nbatteries outlast the generators' start: %s\n", none(p.Overloaded), none(p.SinglePoints), p.Bridging)
	for _, s := range p.Sides {
		ratio := "?"
		if s.Ratio != nil {
			ratio = fmt.Sprintf("%.1f %%", *s.Ratio*100)
		}
		fmt.Fprintf(out, "side %s carries everything: %s (fullest %s, %s)\n", s.Name, s.CarriesAll, s.Fullest, ratio)
	}
	var rows [][]string
	for _, l := range p.Loads {
		watts := "?"
		if l.Watts != nil {
			watts = fmt.Sprintf("%.1f kW", *l.Watts/1000)
		}
		rows = append(rows, []string{l.ID, l.Energised, l.Redundancy, l.Design, watts, l.WithoutA, l.WithoutB, strings.Join(l.Why, " ")})
	}
	return table(out, "LOAD ENERGISED REDUNDANCY DESIGN POWER WITHOUT_A WITHOUT_B HELD_DOWN_BY", rows)
}
