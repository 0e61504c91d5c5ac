package main

import (
	"context"
	"log/slog"
	"path/filepath"

	"nezuban/internal/api"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
	"nezuban/internal/records"
)

// recordedAlarms reads the alarms from the records of a stopped daemon.
func recordedAlarms(ctx context.Context, dir, filter string, all bool) (list []api.Alarm, err error) {
	sel, err := facility.ParseSelector(filter)
	if err != nil {
		return nil, err
	}
	store, err := records.Open(ctx, records.Options{
		Path: filepath.Join(dataDir(dir), records.FileName), Node: nodeName, Clock: clock.System(), Log: slog.New(slog.DiscardHandler), ReadOnly: true,
	})
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
