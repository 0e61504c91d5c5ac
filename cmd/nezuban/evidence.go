package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/records"
)

func verifyCommand(f *flags) *cobra.Command {
	var keys string
	var o records.VerifyOptions
	c := &cobra.Command{
		Use:   "verify",
		Short: "Check the audit chain, its signed checkpoints and the alarm events, offline",
		Long: `Verify walks the audit chain from its first entry, computes every hash again,
checks each signed checkpoint and compares the alarm events with their audit
entries. It changes nothing and works beside a running daemon.

A chain proves what is in it; that nothing was cut from its end, or that the whole
was not replaced, only a copy kept elsewhere can prove: give the public key you
wrote down (--keys) and the directory of the witness (--witness).

Exit code 0: nothing found; 1: something is wrong, and it is named.`,
		Example: "  nezuban verify --dir /srv/nezuban\n  nezuban verify --keys /mnt/usb/audit.pub --witness /mnt/witness --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if keys != "" {
				b, err := os.ReadFile(keys)
				if err != nil {
					return fmt.Errorf("--keys: %w", err)
				}
				o.PublicKeys = string(b)
			}
			r, err := records.Verify(cmd.Context(), dataDir(f.dir), o)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			if f.json {
				err = printJSON(w, r)
			} else {
				printVerified(cmd, r)
			}
			if err == nil && !r.OK() {
				return exitError(1)
			}
			return err
		},
	}
	c.Flags().StringVar(&keys, "keys", "", "file with the audit's public keys, kept elsewhere")
	c.Flags().StringVar(&o.Witness, "witness", "", "directory with a copy of the checkpoints, kept elsewhere")
	return f.jsonFlag(c)
}

func printVerified(cmd *cobra.Command, r records.Report) {
	w := cmd.OutOrStdout()
	for _, n := range r.Nodes {
		fmt.Fprintf(w, "node %s: %d entries intact, the last at %s, %d checkpoints, signed up to entry %d\n",
			n.Node, n.Entries, n.LastAt.Format(time.RFC3339), n.Checkpoints, n.SignedUpTo)
	}
	fmt.Fprintf(w, "%d alarm events agree with the chain; keys: %s\n", r.Events, r.PinnedBy)
	for _, x := range r.Findings {
		where := ""
		if x.Seq > 0 {
			where = fmt.Sprintf(" entry %d:", x.Seq)
		}
		fmt.Fprintf(w, "WRONG: %s%s %s\n", x.Node, where, x.What)
	}
	if r.OK() {
		fmt.Fprintln(w, "nothing found wrong")
	}
}

func backupCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "backup DIR",
		Short: "Write a verified copy of the records, also while the daemon runs",
		Long: `Backup copies the records (alarm events, audit chain, preferences) into a new
folder and verifies the copy before it says so. Time series are not in it, nor are
keys, secrets or the site directory: keep those with your configuration.`,
		Example: "  nezuban backup /backup/nezuban-$(date +%F) --dir /srv/nezuban",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := records.Backup(cmd.Context(), dataDir(f.dir), args[0])
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), r)
			}
			printVerified(cmd, r)
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s\n", args[0])
			return nil
		},
	})
}

func restoreCommand(f *flags) *cobra.Command {
	return f.jsonFlag(&cobra.Command{
		Use:   "restore DIR",
		Short: "Put a backup of the records into a site that has none",
		Long: `Restore verifies a backup and makes the site's records from it. It refuses where
records exist: move data/records.db away first, with the daemon stopped. The
restore itself becomes an entry of the audit.`,
		Example: "  nezuban restore /backup/nezuban-2026-11-22 --dir /srv/nezuban",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := unixName()
			if err != nil {
				return err
			}
			r, err := records.Restore(cmd.Context(), args[0], records.RestoreOptions{
				Store: records.Options{Path: filepath.Join(dataDir(f.dir), records.FileName), Node: nodeName, Clock: clock.System(), Log: quietLog(cmd)},
				Actor: duty.Actor{Kind: "system", ID: "restore by unix user " + name},
			})
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), r)
			}
			printVerified(cmd, r)
			fmt.Fprintf(cmd.OutOrStdout(), "restored %s\n", filepath.Join(dataDir(f.dir), records.FileName))
			return nil
		},
	})
}
