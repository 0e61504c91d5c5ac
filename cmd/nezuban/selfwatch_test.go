package main

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestWhenOurOwnStoresAreAnAlarm(t *testing.T) {
	const min = time.Minute
	var watch selfWatch
	for _, step := range []struct {
		speed            float64
		at               time.Duration
		records, history string
		unsigned         time.Duration
		want             []string
	}{
		{1, 0, "ok", "starting", min, nil},
		{1, 59 * time.Second, "ok", "starting", min, nil},
		{1, 60 * time.Second, "ok", "down", 2 * 60 * min, []string{"HISTORY-NOT-KEPT down 1m0s"}},
		{1, 61 * time.Second, "read_only", "ok", 2*60*min + 1, []string{"AUDIT-CHECKPOINT-LATE late 2h0m0s"}},
		{1, 66 * time.Second, "read_only", "full", 0, []string{"RECORDS-NOT-WRITTEN read_only 5s"}},
		{1, 67 * time.Second, "ok", "full", 0, nil},
		{1, 126 * time.Second, "read_only", "full", 0, []string{"HISTORY-NOT-KEPT full 1m0s"}},
		{20, 130 * time.Second, "read_only", "ok", 0, nil}, // 4 s at twenty times the speed are a moment
	} {
		t.Run(fmt.Sprint(step.at), func(t *testing.T) {
			watch.real = func(d time.Duration) time.Duration { return time.Duration(float64(d) / step.speed) }
			var got []string
			for _, v := range watch.judge(step.at, step.records, step.history, step.unsigned) {
				if v.on {
					got = append(got, fmt.Sprintf("%s %s %v", v.rule, v.state, v.age.Truncate(time.Second)))
				}
			}
			if !slices.Equal(got, step.want) {
				t.Errorf("on: %v, want %v", got, step.want)
			}
		})
	}
}
