package agent

import (
	"testing"
	"time"
)

// sample is a view with scalars, a table of two columns whose middle row comes
// and goes, and a value of every kind.
func sample(t testing.TB, row2 *bool) *Tree {
	t.Helper()
	tree := &Tree{}
	sys := OID{1, 3, 6, 1, 2, 1, 1}
	tree.Scalar(sys.Append(1), func() Value { return Str("a device") })
	tree.Scalar(sys.Append(2), func() Value { return Ref(OID{1, 3, 6, 1, 4, 1, 318}) })
	tree.Scalar(sys.Append(3), func() Value { return Ticks(90 * time.Second) })
	entry := OID{1, 3, 6, 1, 4, 1, 9999, 1, 1}
	for row := uint32(1); row <= 3; row++ {
		present := func(v Value) func() Value {
			return func() Value {
				if row == 2 && !*row2 {
					return Value{}
				}
				return v
			}
		}
		tree.Cell(entry.Append(1), present(Int(-int(row))), row)
		tree.Cell(entry.Append(2), present(Count64(1<<62+float64(row))), row)
	}
	if err := tree.Seal(); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTreeTellsMissingObjectsFromMissingInstances(t *testing.T) {
	row2 := false
	tree := sample(t, &row2)
	for _, tt := range []struct {
		oid  string
		want Kind
	}{
		{"1.3.6.1.2.1.1.1.0", OctetString},
		{"1.3.6.1.2.1.1.1", NoSuchInstance},
		{"1.3.6.1.2.1.1.1.1", NoSuchInstance},
		{"1.3.6.1.2.1.1.9.0", NoSuchObject},
		{"1.3.6.1.4.1.9999.1.1.1.1", Integer},
		{"1.3.6.1.4.1.9999.1.1.1.2", NoSuchInstance},
		{"1.3.6.1.4.1.9999.1.1.1.77", NoSuchInstance},
		{"1.3.6.1.4.1.9999.1.1.3.1", NoSuchObject},
		{"1.3", NoSuchObject},
	} {
		o, err := ParseOID(tt.oid)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Get(o).Kind; got != tt.want {
			t.Errorf("get %s: kind %#x, want %#x", tt.oid, got, tt.want)
		}
	}
	row2 = true
	if got := tree.Get(OID{1, 3, 6, 1, 4, 1, 9999, 1, 1, 1, 2}); got.Int != -2 {
		t.Errorf("row 2 came back with %v", got)
	}
}

func TestAWalkVisitsEveryPresentInstanceOnceInOrder(t *testing.T) {
	row2 := false
	tree := sample(t, &row2)
	count := func() int {
		n, o := 0, OID{0}
		for {
			next, _, ok := tree.Next(o)
			if !ok {
				return n
			}
			if next.Compare(o) <= 0 {
				t.Fatalf("%s follows %s", next, o)
			}
			n, o = n+1, next
		}
	}
	if got := count(); got != 7 {
		t.Errorf("%d instances without row 2, want 7", got)
	}
	row2 = true
	if got := count(); got != 9 {
		t.Errorf("%d instances with row 2, want 9", got)
	}
}

func TestAnInstanceAddedTwiceIsRefused(t *testing.T) {
	tree := &Tree{}
	tree.Scalar(OID{1, 3, 1}, func() Value { return Int(1) })
	tree.Scalar(OID{1, 3, 1}, func() Value { return Int(2) })
	if tree.Seal() == nil {
		t.Error("sealed all the same")
	}
}

func TestIntegersAndOIDsSurviveTheWire(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, -32768, 1<<31 - 1, -1 << 31} {
		got, err := newReader(appendInt(nil, tagInteger, v)).int32()
		if err != nil || int64(got) != v {
			t.Errorf("integer %d came back as %d, %v", v, got, err)
		}
	}
	for _, s := range []string{"0.0", "1.3", "2.100.3", "1.3.6.1.4.1.4294967295.127.128.16383.16384"} {
		o, err := ParseOID(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := newReader(appendOID(nil, o)).oid()
		if err != nil || got.String() != s {
			t.Errorf("oid %s came back as %s, %v", s, got, err)
		}
	}
	for _, v := range []uint64{0, 127, 128, 1<<32 - 1, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		b := Value{Kind: Counter64, Uint: v}.append(nil)
		var got uint64
		for _, x := range b[2:] {
			got = got<<8 | uint64(x)
		}
		if got != v || b[2]&0x80 != 0 {
			t.Errorf("counter %d encoded as % x", v, b)
		}
	}
}
