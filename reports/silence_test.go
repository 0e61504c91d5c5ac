package reports

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"nezuban/internal/facility"
)

func TestThatNothingAnsweredIsToldApart(t *testing.T) {
	in := emptyDay()
	in.Devices[2].Since = clockAt(12, 0, 0)
	for _, d := range in.Devices {
		in.Gaps = append(in.Gaps, DeviceGap{Device: d.ID, From: clockAt(20, 0, 0), To: clockAt(21, 0, 0)})
	}
	in.Gaps = append(in.Gaps,
		DeviceGap{Device: in.Devices[0].ID, From: clockAt(9, 0, 0), To: clockAt(9, 30, 0)},
		DeviceGap{Device: in.Devices[1].ID, From: clockAt(9, 10, 0), To: clockAt(9, 20, 0)}, // the third is not yet in service
		DeviceGap{Device: in.Devices[0].ID, From: clockAt(14, 0, 0), To: clockAt(15, 0, 0)},
		DeviceGap{Device: in.Devices[1].ID, From: clockAt(14, 0, 0), To: clockAt(15, 0, 0)},
		DeviceGap{Device: in.Devices[0].ID, From: clockAt(23, 0, 0)}, DeviceGap{Device: in.Devices[1].ID, From: clockAt(23, 10, 0)}, DeviceGap{Device: in.Devices[2].ID, From: clockAt(23, 5, 0)})
	m := build(t, in)
	var got []string
	for _, g := range m.Devices.All {
		got = append(got, g.From.Short()+"-"+g.To.Short())
	}
	if s, want := strings.Join(got, " "), "09:10-09:20 20:00-21:00 23:10-00:00"; s != want {
		t.Errorf("nothing answered in %q, want %q", s, want)
	}
	if last := m.Devices.All[len(m.Devices.All)-1]; !last.Ongoing || last.Seconds != 3000 {
		t.Errorf("the last one lasts to the end: %+v", last)
	}
	if text := rendered(t, Text, m, "en"); strings.Count(text, "No device at all gave data: 09:10:00-09:20:00") != 2 {
		t.Errorf("neither summary nor devices say so:\n%s", text)
	}
	one := emptyDay()
	one.Devices = one.Devices[:1]
	one.Gaps = []DeviceGap{{Device: one.Devices[0].ID, From: clockAt(9, 0, 0), To: clockAt(9, 30, 0)}}
	if m := build(t, one); len(m.Devices.All) != 0 {
		t.Errorf("one device alone proves nothing: %+v", m.Devices.All)
	}
}

func TestSilencesAgreeWithAPerSecondModel(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	from := time.Unix(1_000_000, 0)
	for n := range 2000 {
		length, hold := int64(1+r.IntN(200)), int64(1+r.IntN(30))
		var readings []facility.Reading
		for range r.IntN(20) {
			readings = append(readings, facility.Reading{Tick: facility.TickOf(from) + facility.Tick(r.IntN(260)-30), Quality: facility.Quality(r.IntN(2))})
		}
		to := from.Add(time.Duration(length) * time.Second)
		gaps := Silences("d", readings, time.Duration(hold)*time.Second, from, to)
		for s := from.Unix(); s < to.Unix(); s++ {
			known := false
			for _, x := range readings {
				known = known || x.Quality == facility.Good && int64(x.Tick) <= s && s < int64(x.Tick)+hold
			}
			silent := false
			for _, g := range gaps {
				silent = silent || g.From.Unix() <= s && s < g.To.Unix()
			}
			if known == silent {
				t.Fatalf("case %d second %d: known %v, silent %v\nreadings %v\ngaps %v", n, s-from.Unix(), known, silent, readings, gaps)
			}
		}
		for i, g := range gaps {
			if !g.From.Before(g.To) || i > 0 && !gaps[i-1].To.Before(g.From) {
				t.Fatalf("case %d: gaps are empty, touch or overlap: %v", n, gaps)
			}
		}
	}
}

func TestADeviceWithoutReadingsIsSilentAllDay(t *testing.T) {
	gaps := Silences("d", []facility.Reading{{Tick: facility.TickOf(clockAt(3, 0, 0))}}, time.Minute, clockAt(0, 0, 0), clockAt(24, 0, 0))
	if len(gaps) != 1 || gaps[0].To.Sub(gaps[0].From) != 24*time.Hour {
		t.Errorf("a missing reading counted as data: %v", gaps)
	}
}

func TestADeviceCountsFromItsFirstDay(t *testing.T) {
	in := busyDay(t)
	in.Devices = in.Devices[:3]
	in.Devices[0].Since = in.From.Add(-24 * time.Hour) // the whole day
	in.Devices[1].Since = in.From.Add(18 * time.Hour)  // its last six hours
	in.Devices[2].Since = in.To.Add(time.Hour)         // not yet
	if got, want := build(t, in).Quality.DeviceSeconds, int64((24+6)*3600); got != want {
		t.Errorf("device seconds %d, want %d", got, want)
	}
}
