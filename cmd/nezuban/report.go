package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"nezuban/reports"
)

func reportCommand(f *flags) *cobra.Command {
	c := &cobra.Command{
		Use:     "report",
		Short:   "Produce reports from records and history",
		Example: "  nezuban report daily --dir /srv/nezuban",
	}
	var period, format, lang, out string
	daily := &cobra.Command{
		Use:   "daily",
		Short: "The day: alarms, acknowledgement times, targets with unknown time, devices without data",
		Long: `Daily writes report.json (the canonical model), HTML and text in both languages
into --out and prints their names; with --format it prints one of them instead.
It works beside a running daemon and without one. A day that is not over gives a
provisional report of the day so far.`,
		Example: `  nezuban report daily --period 2026-11-22
  nezuban report daily --format text --lang ja
  nezuban report daily --period 2026-11-22 --format json | jq .targets`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := openReporter(cmd.Context(), f.dir, quietLog(cmd))
			if err != nil {
				return err
			}
			defer r.close()
			if isTerminal(cmd.ErrOrStderr()) {
				r.progress = func(done, all int, what string) { fmt.Fprintf(cmd.ErrOrStderr(), "\r\x1b[K%s %d/%d", what, done, all) }
				defer fmt.Fprint(cmd.ErrOrStderr(), "\r\x1b[K")
			}
			now := time.Now()
			if period == "" {
				period = now.In(r.site.Facility.Zone).Format(time.DateOnly)
			}
			m, err := r.daily(cmd.Context(), period, now)
			if err != nil {
				return err
			}
			if format != "" {
				b, err := rendered(m, format, lang)
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(b)
				return err
			}
			if out == "" {
				out = filepath.Join(dataDir(f.dir), "reports")
			}
			return writeReport(cmd, m, out)
		},
	}
	daily.Flags().StringVar(&period, "period", "", "the day in the site's zone, 2026-11-22; default today")
	daily.Flags().StringVar(&format, "format", "", "print one: json, html or text")
	daily.Flags().StringVar(&lang, "lang", "en", "language of --format html and text: en or ja")
	daily.Flags().StringVar(&out, "out", "", "folder for the files; default data/reports")
	c.AddCommand(daily)
	return c
}

func rendered(m reports.Model, format, lang string) ([]byte, error) {
	if lang != "en" && lang != "ja" {
		return nil, fmt.Errorf("--lang %s: want en or ja", lang)
	}
	switch format {
	case "json":
		return reports.JSON(m)
	case "html":
		return reports.HTML(m, lang)
	case "text":
		return reports.Text(m, lang)
	}
	return nil, fmt.Errorf("--format %s: want json, html or text", format)
}

func writeReport(cmd *cobra.Command, m reports.Model, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, x := range []struct{ format, lang, ext string }{
		{"json", "", "json"}, {"html", "en", "html"}, {"html", "ja", "html"}, {"text", "en", "txt"}, {"text", "ja", "txt"},
	} {
		lang := x.lang
		if lang == "" {
			lang = "en"
		}
		b, err := rendered(m, x.format, lang)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, reports.FileName(m, x.lang, x.ext))
		if err := replaceFile(path, b, 0o640); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	return nil
}
