package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
	"nezuban/internal/records"
)

const recordsNote = "nezuban: the daemon does not run; these are the records as it left them"

// openRecords opens the records of a stopped daemon for reading.
func openRecords(ctx context.Context, dir string) (*records.Store, error) {
	return records.Open(ctx, records.Options{
		Path: filepath.Join(dataDir(dir), records.FileName), Node: nodeName, Clock: clock.System(), Log: slog.New(slog.DiscardHandler), ReadOnly: true,
	})
}

// recordedEvents reads everything that happened to one alarm.
func recordedEvents(ctx context.Context, dir, id string) ([]api.Event, error) {
	store, err := openRecords(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	events, err := store.Events(ctx, id)
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("no alarm %s in the records", id)
	}
	return api.EventsOf(events), err
}

// recordedAlarms reads the alarms from the records of a stopped daemon.
func recordedAlarms(ctx context.Context, dir, filter string, all bool) (list []api.Alarm, err error) {
	sel, err := facility.ParseSelector(filter)
	if err != nil {
		return nil, err
	}
	store, err := openRecords(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	occurrences, err := store.Occurrences(ctx, records.Filter{Standing: !all})
	if err != nil {
		return nil, err
	}
	for _, o := range occurrences {
		if sel.Match(o.Attributes(nil)) {
			list = append(list, api.AlarmOf(o))
		}
	}
	return list, nil
}
