package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/clock"
	"nezuban/internal/history"
)

func historyCommand() *cobra.Command {
	o := history.ServerOptions{}
	var supervised bool
	var epoch string
	var speed float64
	c := &cobra.Command{
		Use:   "history",
		Short: "Run the history store: Prometheus' remote-write and query API on a unix socket",
		Long: `The daemon starts this as a child and restarts it when it ends. It is useful
alone to look into a data directory: stop the daemon first. Here --dir is the
directory of the time series, by default data/history of the current site.

History takes no samples while less than the smaller of --min-free-bytes and
--min-free-ratio of the file system is free, says so, and goes on by itself when
there is space.`,
		Example: "  nezuban history --dir data/history --socket /tmp/history/h.sock --listen 127.0.0.1:9099",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)).With("process", "history")
			ctx := cmd.Context()
			if speed != 1 {
				from, err := time.Parse(time.RFC3339Nano, epoch)
				if err != nil {
					return fmt.Errorf("--epoch: %w", err)
				}
				o.Clock = clock.Scaled(from, speed)
			}
			if supervised {
				var cancel context.CancelFunc
				ctx, cancel = history.UntilEOF(ctx, os.Stdin)
				defer cancel()
			}
			return history.Serve(ctx, o)
		},
	}
	c.Flags().StringVar(&o.Dir, "dir", "data/history", "directory of the time series")
	c.Flags().StringVar(&o.Socket, "socket", "data/run/history.sock", "unix socket to answer on")
	c.Flags().StringVar(&o.Listen, "listen", "", "also answer queries, read only, on this address, e.g. for Grafana")
	c.Flags().DurationVar(&o.RetentionRaw, "retention", 35*24*time.Hour, "how long raw samples are kept")
	c.Flags().Uint64Var(&o.MinFree.Bytes, "min-free-bytes", 1<<30, "take no samples below this many free bytes …")
	c.Flags().Float64Var(&o.MinFree.Ratio, "min-free-ratio", 0.05, "… or this share of the file system, whichever is smaller")
	c.Flags().BoolVar(&supervised, "supervised", false, "end when standard input ends: for a child of the daemon")
	c.Flags().StringVar(&epoch, "epoch", "", "what the clock shows at the start, with --speed")
	c.Flags().Float64Var(&speed, "speed", 1, "how many times faster than real time: for a demo's child")
	for _, hidden := range []string{"supervised", "epoch", "speed"} {
		_ = c.Flags().MarkHidden(hidden)
	}
	return c
}
