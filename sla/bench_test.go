package sla

import (
	"fmt"
	"testing"
	"time"
)

// Live accounting: every point has a sample each 30 s, and every second all
// targets are judged. One operation is one second of it: a thirtieth of the
// points and all targets. The growth says how it scales.
func BenchmarkLiveAccounting(b *testing.B) {
	for _, size := range []struct{ points, targets int }{{1_000, 5}, {10_000, 50}, {100_000, 500}} {
		b.Run(fmt.Sprintf("points=%d/targets=%d", size.points, size.targets), func(b *testing.B) {
			begin := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
			targets := make([]*Target, size.targets)
			accounts := make([][]*Account, size.targets)
			for i := range targets {
				targets[i] = rangeTarget(995_000)
				targets[i].Combine = []Combine{Pooled, Each}[i%2]
			}
			for p := range size.points {
				k := p % size.targets
				e := Entity{ID: fmt.Sprint("p", p), Since: begin.Unix() - 86400, MaxAge: 75 * time.Second}
				accounts[k] = append(accounts[k], NewAccount(targets[k], e, begin))
			}
			now := begin.Unix()
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				now++
				for k, list := range accounts {
					for i := range list {
						if (i*len(accounts)+k+int(now))%30 == 0 {
							list[i].Add(Sample{At: now, Value: 20, Known: true})
						}
					}
				}
				for k, t := range targets {
					Summarize(t, accounts[k], time.Unix(now, 0), nil)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/10, "%core")
		})
	}
}

// A month over entities, from what accounts keep of it, with ten exclusions and a
// gap and a breach each day in every entity.
func BenchmarkMonthFromAccounts(b *testing.B) {
	for _, n := range []int{10, 100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			tg := rangeTarget(995_000)
			begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
			var accounts []*Account
			for i := range n {
				a := NewAccount(tg, Entity{ID: fmt.Sprint("p", i), MaxAge: 75 * time.Second}, begin)
				for day := range int64(30) {
					at := begin.Unix() + day*86400
					a.Add(Sample{At: at, Value: 20, Known: true})
					a.Add(Sample{At: at + 60, Value: 30, Known: true})
					for s := int64(120); s < 86400-200; s += 70 {
						a.Add(Sample{At: at + s, Value: 20, Known: true})
					}
				}
				accounts = append(accounts, a)
			}
			var exclusions []Exclusion
			for day := range int64(10) {
				exclusions = append(exclusions, agreed(begin.Unix()+day*200_000, begin.Unix()+day*200_000+7200))
			}
			end := begin.AddDate(0, 1, 0)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if r := SummarizeSpan(tg, accounts, begin, end, end, exclusions); r.Good == 0 || r.Excluded == 0 {
					b.Fatal(r)
				}
			}
		})
	}
}

// A month over entities from raw samples every five minutes, as of roll-ups.
func BenchmarkMonthFromSamples(b *testing.B) {
	for _, n := range []int{10, 100, 1_000} {
		b.Run(fmt.Sprintf("entities=%d", n), func(b *testing.B) {
			tg := rangeTarget(995_000)
			begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
			list := samples(begin.Unix(), begin.Unix()+30*86400, 300, 20)
			var entities []Entity
			for i := range n {
				entities = append(entities, Entity{ID: fmt.Sprint("p", i), MaxAge: 750 * time.Second, Samples: list})
			}
			end := begin.AddDate(0, 1, 0)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if r := Score(tg, begin, end, entities, nil); r.Good == 0 {
					b.Fatal(r)
				}
			}
		})
	}
}

// What an account keeps, in memory and in a checkpoint.
func BenchmarkCheckpointOfAccount(b *testing.B) {
	tg := rangeTarget(995_000)
	begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	a := NewAccount(tg, Entity{ID: "p", MaxAge: 75 * time.Second}, begin)
	for day := range int64(30) {
		a.Add(Sample{At: begin.Unix() + day*86400, Value: 20, Known: true})
	}
	var size int
	for range b.N {
		data, err := a.MarshalJSON()
		if err != nil {
			b.Fatal(err)
		}
		size = len(data)
	}
	b.ReportMetric(float64(size), "B/account")
}
