package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/tui"
)

func serveCommand(f *flags) *cobra.Command {
	var console bool
	var glyphs string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: poll, evaluate, record, and serve the console over SSH",
		Long: `Serve reads the site directory and runs until SIGTERM or Ctrl-C. SIGHUP reads the
directory again without losing state; a directory with mistakes changes nothing.

With --console the console also runs in this terminal, as the person whom
people.yaml maps to the user; leaving it (:q) stops the daemon too, and so does
SIGHUP, which then means that the terminal is gone: to read a changed directory,
leave and start again. The log then goes to data/nezuban.log.`,
		Example: "  nezuban serve --dir /srv/nezuban\n  nezuban serve --dir /srv/nezuban --console",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
			if console {
				file, err := openLog(f.dir)
				if err != nil {
					return err
				}
				defer file.Close()
				log = slog.New(slog.NewTextHandler(file, nil))
			}
			return serve(cmd.Context(), serveOptions{
				daemonOptions: daemonOptions{dir: f.dir, clock: clock.System(), log: log, mode: "LIVE"},
				console:       console, glyphs: glyphs,
			})
		},
	}
	c.Flags().BoolVar(&console, "console", false, "run the console in this terminal too")
	c.Flags().StringVar(&glyphs, "glyphs", "auto", "unicode, ascii or auto")
	return c
}

type serveOptions struct {
	daemonOptions
	console bool
	glyphs  string
	before  func(d *daemon)                      // once everything listens, before the console draws; nil nothing
	ready   func(ctx context.Context, d *daemon) // runs beside the daemon; nil nothing
}

// serve opens the daemon and runs it, with the console in the foreground where
// asked for, until ctx ends or the console is left.
func serve(ctx context.Context, o serveOptions) (err error) {
	o.hangup = !o.console // SIGHUP reloads, but with a console it is a lost terminal: an orderly end
	if o.console {
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, syscall.SIGHUP)
		defer stop()
	}
	d, err := openDaemon(ctx, o.daemonOptions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.before != nil {
		o.before(d)
	}
	front := make(chan error, 1)
	err = d.run(ctx, func() {
		if o.ready != nil {
			go o.ready(ctx, d)
		}
		if !o.console {
			front <- nil
			return
		}
		go func() {
			front <- d.foreground(ctx, o.glyphs)
			cancel()
		}()
	})
	return errors.Join(err, <-front)
}

// foreground runs the console in this terminal.
func (d *daemon) foreground(ctx context.Context, glyphs string) error {
	me, err := currentPerson(d)
	if err != nil {
		return err
	}
	return tui.Run(ctx, os.Stdin, os.Stdout, d.consoleOptions(me, nil, glyphs))
}

// currentPerson is whom people.yaml maps the running user to.
func currentPerson(d *daemon) (duty.Person, error) {
	name, err := unixName()
	if err != nil {
		return duty.Person{}, err
	}
	if p, ok := d.personByUnixName(name); ok {
		return p, nil
	}
	return duty.Person{}, fmt.Errorf("no person in people.yaml has unix: %s; add it to use the console in the foreground", name)
}

func openLog(dir string) (io.WriteCloser, error) {
	path := filepath.Join(dataDir(dir), "nezuban.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	return file, nil
}
