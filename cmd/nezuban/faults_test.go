package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nezuban/internal/facility"
)

// roomy is the history setting of a test that wants history to run, whatever disk
// it is on.
const roomy = "{min_free_bytes: 1MiB}"

// TestKilledHistory: kill -9 of the history child concerns nobody but history,
// and history has it all afterwards.
func TestKilledHistory(t *testing.T) {
	t.Parallel()
	p := newPlant(t, network(94), roomy)
	p.serve()
	began := time.Now()
	eventually(t, 10*time.Second, "history takes readings", func() error {
		if s := p.status(); s.History.State != "ok" || s.History.SamplesTotal == 0 {
			return fmt.Errorf("%+v", s.History)
		}
		return nil
	})
	skipped := p.collected("nezuban_collector_skipped_total")

	// Once by itself: what was on its way is sent again.
	p.killHistory(func() {})
	// Once while it hangs: everything is held, and the alarms know nothing of it.
	p.killHistory(func() {
		if err := syscall.Kill(p.historyChild(), syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		p.raisesAndAcknowledges("smoke-hall-1", "hub-h1", "FIRE-SMOKE-PREALARM")
		p.raisesAndAcknowledges("utility-a-loss", "ups-a1", "UPS-ON-BATTERY")
		p.othersStayOnTime(2)
		if held := p.status().History.HeldSamples; held < 1000 {
			t.Errorf("history hangs for two rounds of all devices and %d readings are held", held)
		}
	})

	p.historyHasAll(began, time.Now(), skipped)
}

// killHistory kills the child -9 after before() and waits until another one does
// its work.
func (p *plant) killHistory(before func()) {
	p.t.Helper()
	old := p.historyChild()
	if old == 0 {
		p.t.Fatal("the daemon has no history child")
	}
	before()
	total := p.status().History.SamplesTotal
	killed := time.Now()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		p.t.Fatal(err)
	}
	back := eventually(p.t, 20*time.Second, "another history child", func() error {
		if pid := p.historyChild(); pid == 0 || pid == old {
			return fmt.Errorf("child %d", pid)
		}
		s, err := client(p.dir).Status(p.t.Context())
		if err != nil || s.History.State != "ok" || s.History.SamplesTotal == total {
			return fmt.Errorf("%+v %w", s.History, errors.Join(err, errors.New("not at work")))
		}
		return nil
	}).Sub(killed)
	if back > 5*time.Second {
		p.t.Errorf("history was back %v after the kill, want within 5 s", back)
	}
	p.t.Logf("history back %v after the kill", back.Round(10*time.Millisecond))
}

// historyHasAll waits until everything held is delivered and history has one sample
// each interval of every SNMP point that is polled fast, from one moment to another.
// A device that skipped a round, which is no matter of history, is not looked at:
// skipped is that counter as it was at the beginning.
func (p *plant) historyHasAll(from, to time.Time, skipped map[string]float64) {
	p.t.Helper()
	eventually(p.t, 20*time.Second, "history has every reading", func() error {
		if s := p.status().History; s.State != "ok" || s.DroppedSamples != 0 {
			return fmt.Errorf("%+v", s)
		}
		return p.complete(from, to, skipped)
	})
}

func (p *plant) complete(from, to time.Time, skipped map[string]float64) error {
	now := p.collected("nezuban_collector_skipped_total")
	series, samples, left := 0, 0, map[string]bool{}
	for _, s := range p.raw(`{device!=""}`, from) {
		device := s.Metric["device"]
		before, polled := skipped[device]
		if m, ok := facility.LookupMetric(s.Metric["__name__"]); !ok || m.Class != facility.Fast || !polled {
			continue
		}
		if now[device] != before {
			left[device] = true
			continue
		}
		series++
		last := from.UnixMilli()
		for _, at := range s.Timestamps {
			if gap := time.Duration(at-last) * time.Millisecond; gap > plantFast {
				return fmt.Errorf("%v: nothing for %v after %v", s.Metric, gap, time.UnixMilli(last))
			}
			last = at
			samples++
		}
		if time.UnixMilli(last).Before(to.Add(-plantFast)) {
			return fmt.Errorf("%v: nothing after %v, want it to %v", s.Metric, time.UnixMilli(last), to)
		}
	}
	if series < 300 {
		return fmt.Errorf("only %d series to look at, and %d devices that skipped a round", series, len(left))
	}
	p.t.Logf("%d fast series over %v with %d samples, none missing; devices left out: %d", series, to.Sub(from).Round(time.Second), samples, len(left))
	return nil
}

// TestHistoryBelowItsWatermark: history that may not write says so; alarms go on.
func TestHistoryBelowItsWatermark(t *testing.T) {
	t.Parallel()
	p := newPlant(t, network(95), "{min_free_bytes: 1000000GiB, min_free_percent: 99.9999}")
	p.serve()
	p.historyIs("full")
	p.raisesAndAcknowledges("smoke-hall-1", "hub-h1", "FIRE-SMOKE-PREALARM")
	s := p.status()
	if s.History.State != "full" || s.History.SamplesTotal != 0 || s.History.HeldSamples == 0 || s.Records.State != "ok" {
		t.Errorf("history %+v, records %+v; want full with all samples held, and records at work", s.History, s.Records)
	}
	if out := mustCLI(t, p.dir, "status"); !strings.Contains(out, "history   full (") || !strings.Contains(out, "free space on its volume") {
		t.Errorf("status does not say what to do:\n%s", out)
	}
}

func (p *plant) historyIs(state string) {
	p.t.Helper()
	eventually(p.t, 20*time.Second, "history is "+state, func() error {
		if s := p.status(); s.History.State != state {
			return fmt.Errorf("%+v", s.History)
		}
		return nil
	})
}

// TestHistoryOnAFullDisk fills a real file system under history to the last byte
// and frees it again.
func TestHistoryOnAFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("cannot mount a small file system without being root")
	}
	p := newPlant(t, network(96), "{min_free_bytes: 8MiB, min_free_percent: 50}")
	disk := filepath.Join(p.dir, "data", "history")
	if err := os.MkdirAll(disk, 0o750); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=32m", "nezuban-test", disk).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small file system here, as in an unprivileged container: %v: %s", err, out)
	}
	t.Cleanup(func() {
		p.daemon.stop(syscall.SIGTERM) // it writes there to its end
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	p.serve()
	began := time.Now()
	p.historyIs("ok")
	skipped := p.collected("nezuban_collector_skipped_total")

	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	p.historyIs("full")
	p.raisesAndAcknowledges("smoke-hall-1", "hub-h1", "FIRE-SMOKE-PREALARM")
	p.raisesAndAcknowledges("utility-a-loss", "ups-a1", "UPS-ON-BATTERY")
	p.othersStayOnTime(2)
	if s := p.status(); s.History.State != "full" || s.History.HeldSamples < 1000 || s.Records.State != "ok" {
		t.Errorf("history %+v, records %+v; want full with two rounds of all devices held", s.History, s.Records)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	p.historyHasAll(began, time.Now(), skipped)
}

// fill writes a file until there is no space left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	chunk := make([]byte, 64<<10)
	for range 1 << 12 { // 256 MiB: nobody's real disk
		if _, err := f.Write(chunk); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			chunk = chunk[:len(chunk)/2]
			if len(chunk) == 0 {
				return
			}
		}
	}
	t.Fatal("the small file system never filled")
}

// latenessLimit bounds the 99th percentile of the others' lateness. Who waited for
// the slow device (3 s) or the dead one (2 s a request) would be later than that
// by a factor; a busy machine with two cores costs tens of milliseconds.
const latenessLimit = time.Second

// TestSlowAndDeadDevices: neither moves the poll times of the others.
func TestSlowAndDeadDevices(t *testing.T) {
	t.Parallel()
	p := newPlant(t, network(97), roomy)
	p.serve()
	const slow, dead = "pdu-h1-r04-a", "pdu-h2-r03-b"
	p.inject("slow-device")
	p.inject("device-silent")
	p.othersStayOnTime(4, slow, dead)
	for _, id := range []string{slow, dead} {
		d := p.device(id)
		if d.ErrorKind != "timeout" || d.Timeouts == 0 || d.Reach == "up" {
			t.Errorf("%s: %s, %d timeouts, error kind %q; want its own trouble shown", id, d.Reach, d.Timeouts, d.ErrorKind)
		}
		for _, r := range d.Readings {
			if m, ok := facility.LookupMetric(r.Metric); r.Value != nil && ok && m.Class != facility.Slow { // slow ones are not due yet
				t.Errorf("%s: %s shows %v although nothing answers", id, r.Point, *r.Value)
			}
		}
	}
	if s := p.status(); s.Devices.Up != s.Devices.Total-2 {
		t.Errorf("devices %+v, want all but two up", s.Devices)
	}
}

// othersStayOnTime follows the lateness metric of every other device over a number
// of rounds.
func (p *plant) othersStayOnTime(rounds float64, except ...string) {
	p.t.Helper()
	const name = "nezuban_collector_lateness_seconds"
	first := p.collected("nezuban_collector_rounds_total")
	seen := map[string]float64{}
	var all []float64
	eventually(p.t, time.Duration(rounds+5)*plantNormal, "rounds of all other devices", func() error {
		now, late := p.collected("nezuban_collector_rounds_total"), p.collected(name)
		behind := 0
		for device, n := range now {
			if slices.Contains(except, device) {
				continue
			}
			if n != seen[device] {
				seen[device] = n
				all = append(all, late[device])
			}
			if n < first[device]+rounds {
				behind++
			}
		}
		if behind > 0 {
			return fmt.Errorf("%d devices have not had %v rounds", behind, rounds)
		}
		return nil
	})
	slices.Sort(all)
	p99, worst := all[len(all)*99/100], all[len(all)-1]
	p.t.Logf("lateness over %d rounds of %d devices: median %.1f ms, p99 %.1f ms, worst %.1f ms",
		len(all), len(seen), all[len(all)/2]*1000, p99*1000, worst*1000)
	if p99 > latenessLimit.Seconds() {
		p.t.Errorf("p99 of the others' lateness is %.3f s, want below %v", p99, latenessLimit)
	}
}
