package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"nezuban/collectors/snmp/fleet"
	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/facility"
	"nezuban/internal/history"
	"nezuban/internal/live"
	"nezuban/sla"
)

// pipelineResult is what stood behind the polling.
type pipelineResult struct {
	Rules      int     `json:"rules"`
	Targets    int     `json:"targets"`
	Samples    uint64  `json:"history_samples"` // that history took
	Dropped    uint64  `json:"history_dropped"` // that were given up
	HistoryCPU float64 `json:"history_cpu_seconds"`
}

func (o *benchPoll) run(ctx context.Context, options fleet.Options) (benchResult, error) {
	if o.pipeline {
		return o.runPipeline(ctx, options)
	}
	return runFleet(ctx, options)
}

func runFleet(ctx context.Context, options fleet.Options) (benchResult, error) {
	f, err := fleet.New(options)
	if err != nil {
		return benchResult{}, err
	}
	r, err := f.Run(ctx)
	return benchResult{Result: r}, err
}

// runPipeline polls into a live table with rules and targets, and hands over to
// history where that is wanted.
func (o *benchPoll) runPipeline(ctx context.Context, options fleet.Options) (out benchResult, err error) {
	bench := benchSite(options)
	bench.Log = options.Log
	if o.history {
		out, err = pollWithHistory(ctx, options, bench)
	} else {
		out, err = pollInto(ctx, options, bench)
		out.Pipeline = &pipelineResult{}
	}
	if out.Pipeline != nil {
		out.Pipeline.Rules, out.Pipeline.Targets = len(bench.Rules)*o.devices, len(bench.Targets)*o.devices
	}
	return out, err
}

// pollInto polls into a live table.
func pollInto(ctx context.Context, options fleet.Options, bench live.Options) (benchResult, error) {
	table := live.New(bench)
	options.Sink, options.Points = table, func(i int) []facility.Point { return benchPoints(options, i) }
	ctx, end := context.WithCancel(ctx)
	var g sync.WaitGroup
	g.Go(func() { _ = table.Run(ctx) })
	out, err := runFleet(ctx, options)
	end()
	g.Wait()
	return out, err
}

// pollWithHistory hands over to a history child in a directory that is removed
// again.
func pollWithHistory(ctx context.Context, options fleet.Options, bench live.Options) (out benchResult, err error) {
	dir, err := os.MkdirTemp("", "nezuban-bench-*")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "history.sock")
	client, err := history.NewClient(history.ClientOptions{Socket: socket, Site: "bench", Log: options.Log})
	if err != nil {
		return out, err
	}
	bench.History = client
	clientCtx, endClient := context.WithCancel(ctx)
	childCtx, endChild := context.WithCancel(context.WithoutCancel(ctx))
	defer endChild()
	child := history.Supervise(childCtx, history.SupervisorOptions{Dir: filepath.Join(dir, "history"), Socket: socket, Log: slog.New(slog.DiscardHandler)})
	var g sync.WaitGroup
	g.Go(func() { _ = client.Run(clientCtx) })
	out, err = pollInto(ctx, options, bench)
	endClient()
	g.Wait()
	endChild()
	child.Wait()
	_, _, taken, _, dropped := client.Status()
	out.Pipeline = &pipelineResult{Samples: taken, Dropped: dropped, HistoryCPU: childrenCPU().Seconds()}
	return out, err
}

// childrenCPU is the processor time of the children that have ended.
func childrenCPU() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_CHILDREN, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchMetric is the quantity as which everything is read: what it is makes no
// difference here.
const benchMetric = "temperature_celsius"

// benchSite has two limits that every device is watched by and a target that
// accounts it.
func benchSite(options fleet.Options) live.Options {
	o := live.Options{Clock: clock.System(), Version: version, Site: facility.Site{Code: "bench", Zone: time.UTC}}
	for _, a := range options.Addresses {
		o.Devices = append(o.Devices, facility.Device{ID: facility.DeviceID(a.String()), Kind: "envhub", Engine: "snmp"})
	}
	high, low := 1e15, -1e15
	for i, limit := range []*float64{&high, nil} {
		r := &alarm.Rule{ID: "BENCH-" + strconv.Itoa(i+1), Revision: 1, Type: alarm.Limit, High: limit, Class: alarm.Environment, Severity: alarm.Minor,
			TimeToRespond: time.Hour, Select: benchSelector(i + 1)}
		if limit == nil {
			r.Low = &low
		}
		o.Rules = append(o.Rules, r)
	}
	o.Targets = []sla.Target{{Name: "bench", Select: benchSelector(1), Combine: sla.Pooled, Kind: sla.KindRange, Policy: sla.PolicyExclude,
		Range: &sla.RangeIndicator{Metric: benchMetric, Min: &low, Max: &high}, Window: sla.Window{Duration: "1d", Zone: time.UTC}, TargetPPM: 999_000}}
	return o
}

func benchSelector(n int) facility.Selector {
	s, err := facility.ParseSelector(fmt.Sprintf("metric=%s label.n=%d", benchMetric, n))
	if err != nil {
		panic(err) // ours
	}
	return s
}

// benchPoints are the points of one device, numbered from 1.
func benchPoints(options fleet.Options, i int) []facility.Point {
	id := facility.DeviceID(options.Addresses[i].String())
	out := make([]facility.Point, len(options.OIDs))
	for n, oid := range options.OIDs {
		p := facility.Point{Device: id, Metric: benchMetric, Labels: []facility.Label{{Name: "n", Value: strconv.Itoa(n + 1)}}, Interval: options.Interval, OID: oid}
		p.ID = facility.MakePointID(p.Device, p.Metric, p.Labels)
		out[n] = p
	}
	return out
}
