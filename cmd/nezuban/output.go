package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// quietLog is the log of commands that are not the daemon: warnings and worse.
func quietLog(cmd *cobra.Command) *slog.Logger {
	return slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// replaceFile writes a file so that a reader sees the old or the new one, whole.
func replaceFile(path string, b []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// siteZone is the zone in which a site's people read times; UTC where site.yaml
// names none that is known.
func siteZone(dir string) *time.Location {
	var site struct {
		Zone string `yaml:"zone"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "site.yaml"))
	if err != nil || yaml.Unmarshal(b, &site) != nil {
		return time.UTC
	}
	zone, err := time.LoadLocation(site.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// stamp is a moment as people read it; a time is never shown without its zone.
func stamp(t time.Time, zone *time.Location) string {
	return t.In(zone).Format(time.DateTime + " MST")
}
