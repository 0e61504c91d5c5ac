package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// A listing is a command's list of things that the daemon knows: JSON for scripts,
// a table for people.
type listing[T any] struct {
	fetch func(context.Context) ([]T, error)
	none  string // what is said where there is nothing
	head  string // of the table, a word a column
	row   func(x T, zone *time.Location) []string
}

func (l listing[T]) print(f *flags, cmd *cobra.Command) error {
	list, err := l.fetch(cmd.Context())
	switch {
	case err != nil:
		return err
	case f.json:
		return printJSON(cmd.OutOrStdout(), list)
	case len(list) == 0:
		_, err = fmt.Fprintln(cmd.OutOrStdout(), l.none)
		return err
	}
	zone, rows := siteZone(f.dir), make([][]string, 0, len(list))
	for _, x := range list {
		rows = append(rows, l.row(x, zone))
	}
	return table(cmd.OutOrStdout(), l.head, rows)
}
