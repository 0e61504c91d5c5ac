package trap

import "testing"

// BenchmarkParse prints what one trap costs before anything is done about it.
func BenchmarkParse(b *testing.B) {
	r, known := fuzzed(b)
	all := samples(b, r, known)
	for _, bb := range []struct {
		name string
		of   int
	}{{"v1", 0}, {"v2c", 1}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.parse(known, all[bb.of], nil)
			}
		})
	}
	for user, s := range known.users {
		id := []byte{0x80, 0, 0x1f, 0x88, 4, 9, 9, 9, 9}
		m := message3{id: 1, flags: s[0].level, engine: id, boots: 1, time: 5, user: user}
		packet, err := m.write(s[0].at(id), 1, seq(tagSequence, octets(id), octets(nil), seq(tagTrap2, integer(7), integer(0), integer(0), seq(tagSequence, seq(tagSequence, oidOf(oidTrapOID), oidOf(onBattery))))))
		if err != nil {
			b.Fatal(err)
		}
		b.Run("v3 "+levelName(s[0].level), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if x := r.parse(known, packet, nil); x.pdu == nil {
					b.Fatalf("%+v", x)
				}
			}
		})
	}
}
