package snmp

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/facility"
)

// BenchmarkCompile makes the plans of many devices of one model, and tells what
// one of them keeps.
func BenchmarkCompile(b *testing.B) {
	for _, name := range []string{"ups-rfc1628", "raritan-pdu2"} {
		b.Run(name, func(b *testing.B) {
			walk := readWalk(b, filepath.Join(testdata, name+".walk"))
			lib := builtin(b)
			discovered := func() *found { // each device brings strings of its own
				f := &found{values: map[string]variable{}, columns: map[string][]string{}}
				for _, p := range lib.All() {
					if p.Name == name {
						f.profiles = append(f.profiles, p)
					}
				}
				for _, o := range walk {
					v := toVariable(o)
					v.oid = string([]byte(v.oid))
					f.values[v.oid] = v
				}
				f.columnsOf(f.profiles[0])
				return f
			}
			var kept []*plan
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				f := discovered()
				n++
				p := compile(collectors.Target{Device: facility.Device{ID: facility.DeviceID(fmt.Sprintf("pdu-%06d", n))}}, f, func(string) {})
				if len(kept) < 1000 {
					kept = append(kept, p)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			points := len(kept[0].points)
			b.ReportMetric(float64(points), "points")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(kept)*points), "B_kept/point")
			runtime.KeepAlive(kept)
		})
	}
}

// columnsOf finds the rows of a profile's tables among the values.
func (f *found) columnsOf(p *profile.Profile) {
	for i := range p.Tables {
		for _, column := range tableColumns(&p.Tables[i]) {
			for oid := range f.values {
				if under(oid, column) {
					f.columns[column] = append(f.columns[column], oid[len(column)+1:])
				}
			}
		}
	}
}
