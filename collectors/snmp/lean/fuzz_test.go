package lean

import (
	"slices"
	"testing"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors/profile"
)

// A question is a request, its instances, and an answer to it.
type question struct {
	request *Request
	oids    []string
	answer  []byte
}

// askedOfProfiles are requests as every builtin profile makes them, after the one
// with every type of value.
func askedOfProfiles(t testing.TB) []question {
	t.Helper()
	lib, err := profile.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	all := []question{{prepare(t, testOIDs...), testOIDs, answer(t, requestID(1, 1), testValues())}}
	for _, p := range lib.All() {
		var oids []string
		for _, q := range p.Points {
			oids = append(oids, q.OID)
		}
		for _, table := range p.Tables {
			for _, q := range table.Columns {
				oids = append(oids, q.OID+".1")
			}
		}
		oids = slices.Compact(oids[:min(len(oids), 12)])
		if len(oids) == 0 {
			continue
		}
		values := make([]gosnmp.SnmpPDU, len(oids))
		for i := range values {
			values[i] = testValues()[i%len(testOIDs)]
			values[i].Name = oids[i]
		}
		all = append(all, question{prepare(t, oids...), oids, answer(t, requestID(1, 1), values)})
	}
	return all
}

// FuzzWalk holds the walker to the library's decoder: of the same bytes they make
// equal values, or the walker refuses.
func FuzzWalk(f *testing.F) {
	all := askedOfProfiles(f)
	if len(all) < 5 {
		f.Fatalf("requests of %d profiles only", len(all)-1)
	}
	for which, a := range all {
		f.Add(uint8(which), a.answer)
	}
	whole := all[0].answer
	for n := range whole {
		f.Add(uint8(0), whole[:n])
	}
	for i := range whole {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			b := slices.Clone(whole)
			b[i] ^= flip
			f.Add(uint8(0), b)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		a := all[int(which)%len(all)]
		if err := compare(a.request, a.oids, b); err != nil {
			t.Error(err)
		}
	})
}

func TestWalkReadsEveryProfile(t *testing.T) {
	for _, a := range askedOfProfiles(t) {
		if _, ok := walk(a.request, a.answer); !ok {
			t.Errorf("a plain answer about %v is refused", a.oids)
		}
		if err := compare(a.request, a.oids, a.answer); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	r := prepare(b, testOIDs...)
	packet := answer(b, requestID(1, 1), testValues())
	slots := make([]Slot, r.count)
	b.ReportAllocs()
	for b.Loop() {
		h, ok := readHeader(packet)
		if !ok || !r.decode(packet, h, slots) {
			b.Fatal("refused")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(r.count), "ns/reading")
}

func BenchmarkGosnmpDecode(b *testing.B) {
	packet := answer(b, requestID(1, 1), testValues())
	x := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.SnmpDecodePacket(packet); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(testOIDs)), "ns/reading")
}
