package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/records"
)

func performanceCommand(f *flags) *cobra.Command {
	var period, position string
	c := &cobra.Command{
		Use:   "performance",
		Short: "How the alarm system did: load, floods, bad actors, times to acknowledge",
		Long: `Performance counts annunciations (changes to UNACK that nothing held back) of an
operator position over a day, a month, one shift, all shifts of a name in a month,
or any days. Time before the first record is left out; time in which the daemon stood
still is not: it was quiet because nobody listened. It reads the records, whether the daemon runs or not. With --json each
figure lists the alarms that it was counted from.`,
		Example: `  nezuban alarms performance --period 2026-11-22
  nezuban alarms performance --period 2026-11-22/night-B
  nezuban alarms performance --period 2026-11 --position power --json
  nezuban alarms performance --period 2026-11-01..2026-11-15`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			site, err := readSite(f.dir)
			if err != nil {
				return err
			}
			spans, err := spansOf(site, period, time.Now())
			if err != nil {
				return fmt.Errorf("--period %q: %w", period, err)
			}
			p, err := positionOf(site, position)
			if err != nil {
				return err
			}
			measured, spans, err := measure(cmd.Context(), f.dir, site, p, spans)
			if err != nil {
				return fmt.Errorf("--period %s: %w", period, err)
			}
			form := performanceForm(p, period, spans, &measured)
			if f.json {
				return printJSON(cmd.OutOrStdout(), form)
			}
			return form.print(cmd)
		},
	}
	c.Flags().StringVar(&period, "period", time.Now().Format("2006-01"), "2026-11-22, 2026-11, either with /SHIFT, or A..B")
	c.Flags().StringVar(&position, "position", "", "operator position of site.yaml; the first one by default")
	return f.jsonFlag(c)
}

// readSite reads the site directory for a command that needs no secrets.
func readSite(dir string) (*config.Site, error) {
	site, problems := config.Load(dir, config.LoadOptions{Secrets: secretNames(dir)})
	if site == nil {
		return nil, fmt.Errorf("the site directory %s has mistakes, the first: %w; `nezuban check --dir %s` lists them", dir, problems[0], dir)
	}
	return site, nil
}

func positionOf(site *config.Site, id string) (duty.Position, error) {
	var known []string
	for _, p := range site.Positions {
		if id == "" || p.ID == id {
			return p, nil
		}
		known = append(known, p.ID)
	}
	return duty.Position{}, fmt.Errorf("--position %q: site.yaml has %s", id, strings.Join(known, ", "))
}

// spansOf reads a period on the site's clocks.
func spansOf(site *config.Site, period string, now time.Time) ([]alarm.Span, error) {
	days, shift, byShift := strings.Cut(period, "/")
	from, to, err := daysOf(days, site.Facility.Zone)
	if err != nil {
		return nil, err
	}
	if !from.Before(now) {
		return nil, fmt.Errorf("it lies in the future")
	}
	if !byShift {
		return []alarm.Span{{From: from, To: earlier(to, now)}}, nil
	}
	var spans []alarm.Span
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		s, ok := shiftOn(site, shift, day)
		if !ok {
			return nil, fmt.Errorf("site.yaml has no shift %q", shift)
		}
		if s.From.Before(now) {
			spans = append(spans, alarm.Span{From: s.From, To: earlier(s.To, now)})
		}
	}
	if len(spans) == 0 {
		return nil, fmt.Errorf("it lies in the future")
	}
	return spans, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func daysOf(s string, zone *time.Location) (from, to time.Time, err error) {
	first, last, isRange := strings.Cut(s, "..")
	if !isRange {
		if from, err = time.ParseInLocation("2006-01", s, zone); err == nil {
			return from, from.AddDate(0, 1, 0), nil
		}
		last = first
	}
	from, err1 := time.ParseInLocation(time.DateOnly, first, zone)
	to, err2 := time.ParseInLocation(time.DateOnly, last, zone)
	if err1 != nil || err2 != nil || to.Before(from) {
		return from, to, fmt.Errorf("want a day 2026-11-22, a month 2026-11, or days 2026-11-01..2026-11-15")
	}
	return from, to.AddDate(0, 0, 1), nil
}

// shiftOn is the shift of a name that begins on a local day.
func shiftOn(site *config.Site, id string, day time.Time) (alarm.Span, bool) {
	for _, s := range site.Shifts {
		if s.ID == id {
			start := time.Date(day.Year(), day.Month(), day.Day(), 0, int(s.Start/time.Minute), 0, 0, day.Location())
			return alarm.Span{From: start, To: shiftEnd(site, start)}, true
		}
	}
	return alarm.Span{}, false
}

// measure reads the whole lives of all alarms that stood in the spans.
func measure(ctx context.Context, dir string, site *config.Site, p duty.Position, spans []alarm.Span) (alarm.Performance, []alarm.Span, error) {
	store, err := openRecords(ctx, dir)
	if err != nil {
		return alarm.Performance{}, nil, err
	}
	defer store.Close()
	if spans = watched(ctx, store, spans); len(spans) == 0 {
		return alarm.Performance{}, nil, errNotWatched
	}
	stood, err := store.Occurrences(ctx, records.Filter{From: spans[0].From, To: spans[len(spans)-1].To})
	if err != nil {
		return alarm.Performance{}, nil, err
	}
	var events []alarm.Event
	for i := range stood {
		life, err := store.Events(ctx, stood[i].ID)
		if err != nil {
			return alarm.Performance{}, nil, err
		}
		events = append(events, life...)
	}
	devices := map[facility.DeviceID]*facility.Device{}
	for i := range site.Devices {
		devices[site.Devices[i].Device.ID] = &site.Devices[i].Device
	}
	return alarm.Measure(events, alarm.Period{Spans: spans, Filter: p.Filter, Device: func(id facility.DeviceID) facility.Attributes {
		if d := devices[id]; d != nil {
			return facility.DeviceAttributes(d)
		}
		return nil
	}}), spans, nil
}

var errNotWatched = errors.New("the records begin after it: nobody watched then, and nothing can be said of it")

// watched leaves out what lies before the first record: no alarm was heard then
// because nobody listened.
func watched(ctx context.Context, store *records.Store, spans []alarm.Span) (out []alarm.Span) {
	entries, err := store.Audit(ctx, 1, 1)
	if err != nil || len(entries) == 0 {
		return nil
	}
	for _, s := range spans {
		if s.From.Before(entries[0].At) {
			s.From = entries[0].At
		}
		if s.From.Before(s.To) {
			out = append(out, s)
		}
	}
	return out
}
