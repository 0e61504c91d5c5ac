package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"
	gossh "golang.org/x/crypto/ssh"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/ops"
	"nezuban/tui"
	"nezuban/tui/sshd"
)

func consoleCommand(f *flags) *cobra.Command {
	var o sshd.ClientOptions
	c := &cobra.Command{
		Use:   "console",
		Short: "Open the console of a running daemon, and reconnect by itself",
		Long: `Console is an ssh client of its own: it says within seconds that the daemon is
lost and comes back by itself. A plain ssh works too and simply ends. Without
--address it asks the local daemon of --dir where it listens and checks its host
key against what the daemon says over its control socket.`,
		Example: "  nezuban console --dir demo\n  nezuban console --address noc.example:2222 --key ~/.ssh/id_ed25519",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.fillConsole(cmd.Context(), &o); err != nil {
				return err
			}
			o.In, o.Out, o.Clock, o.Log = os.Stdin, os.Stdout, clock.System(), quietLog(cmd)
			return sshd.Connect(cmd.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Address, "address", "", "host:port of the daemon's ssh; default the local daemon's")
	c.Flags().StringVar(&o.User, "user", "nezuban", "ssh user; the key says who you are")
	c.Flags().StringVar(&o.KeyFile, "key", "", "private key; default the demo's or ~/.ssh/id_ed25519")
	c.Flags().StringVar(&o.KnownHostsFile, "known-hosts", "", "known_hosts file; default the local daemon's own key or ~/.ssh/known_hosts")
	return c
}

func (f *flags) fillConsole(ctx context.Context, o *sshd.ClientOptions) error {
	if o.Address == "" {
		s, err := f.client().Status(ctx)
		if err != nil {
			return err
		}
		o.Address = s.SSHAddress
		o.Locate = func(ctx context.Context) (string, error) {
			s, err := f.client().Status(ctx)
			return s.SSHAddress, err
		}
		if o.KnownHostsFile == "" {
			o.KnownHostKey = s.SSHHostKey
		}
	}
	home, _ := os.UserHomeDir()
	if o.KeyFile == "" {
		o.KeyFile = filepath.Join(home, ".ssh", "id_ed25519")
		if demo := filepath.Join(f.dir, demoKeyFile); fileExists(demo) {
			o.KeyFile = demo
		}
	}
	if o.KnownHostKey == "" && o.KnownHostsFile == "" {
		o.KnownHostsFile = filepath.Join(home, ".ssh", "known_hosts")
	}
	return nil
}

// authorize maps a key to a person through people.yaml as it stands now.
func (d *daemon) authorize(key sshd.PublicKey) (duty.Person, error) {
	for _, p := range d.site.Load().People {
		for _, line := range p.Keys {
			known, _, _, _, err := gossh.ParseAuthorizedKey([]byte(line))
			if err == nil && bytes.Equal(known.Marshal(), key.Marshal()) {
				return p, nil
			}
		}
	}
	return duty.Person{}, errors.New("no person in people.yaml has this key")
}

// newConsole makes one session's program.
func (d *daemon) newConsole(p duty.Person, r *lipgloss.Renderer, glyphs string) tui.Program {
	return tui.New(d.consoleOptions(p, r, glyphs))
}

func (d *daemon) consoleOptions(p duty.Person, r *lipgloss.Renderer, glyphs string) tui.Options {
	return tui.Options{
		Feed: d.table, Operations: consoleOps{Service: d.ops}, Trends: d.history, Journal: d.store, Traps: d.store, Evidence: targetDesk{d.targets.ops, d}, Clock: d.clock, Person: p,
		ShiftEnd: func(at time.Time) time.Time { return shiftEnd(d.site.Load(), at) },
		People:   func() []string { return assignees(d.site.Load()) },
		Language: d.languageOf(p), Glyphs: glyphs, Renderer: r, Mode: d.mode,
	}
}

// languageOf is what the person chose last, else what people.yaml says, else
// the site's.
func (d *daemon) languageOf(p duty.Person) string {
	if l := d.ops.Language(p); l != "" {
		return l
	}
	return d.site.Load().Facility.Language
}

// sessions writes log-ins and log-outs of consoles into the audit.
type sessions struct{ *ops.Service }

// Logout records the end of a session.
func (s sessions) Logout(ctx context.Context, id, reason string) error {
	s.Service.Logout(ctx, id, reason)
	return nil
}
