package profile

import (
	"slices"
	"strings"
	"testing"

	"nezuban/internal/facility"
)

// one parses a profile with a single point, or a table where columns is given.
func one(t *testing.T, body string) *Profile {
	t.Helper()
	p, problems := parse("p.yaml", []byte(head+body))
	if len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	return p
}

func TestWhatAnAnswerMayHold(t *testing.T) {
	p := one(t, `points:
  - metric: crac_state
    oid: 1.3.6.1.4.1.1.1.0
    states: {0: {name: "off", severity: normal, text: [Off, standby]}, 1: {name: "on", severity: normal, text: ON}}
  - {metric: temperature_celsius, oid: 1.3.6.1.4.1.1.2.0, pattern: 'T=([-0-9.]+)', not_fitted: [-999, n/a, NAN]}
  - metric: ups_battery_runtime_seconds
    oid: 1.3.6.1.4.1.1.3.0
    scale_by: {oid: 1.3.6.1.4.1.1.4.0, values: {1: 1, 2: 60}}
    scale_power: [{oid: 1.3.6.1.4.1.1.5.0, plus: -9, times: 3}, {oid: 1.3.6.1.4.1.1.6.0, negate: true}]
`)
	state, number, factor := p.Points[0], p.Points[1], p.Points[2]
	for word, want := range map[string]float64{"off": 0, " STANDBY ": 0, "On": 1} {
		if v, ok := state.Word(word); !ok || v != want {
			t.Errorf("the word %q is %g, %v; want %g", word, v, ok, want)
		}
	}
	if _, ok := state.Word("auto"); ok {
		t.Error(`"auto" stands for a state`)
	}
	if number.Pattern == nil || !slices.Equal(number.NotFitted, []float64{-999}) || !number.NotFittedAs(" n/a") || !number.NotFittedAs("NAN") || number.NotFittedAs("n") {
		t.Errorf("pattern %v, not fitted %v and %v", number.Pattern, number.NotFitted, number.NotFittedText)
	}
	if want := []string{"1.3.6.1.4.1.1.5.0", "1.3.6.1.4.1.1.6.0", "1.3.6.1.4.1.1.4.0"}; !slices.Equal(factor.Operands(), want) {
		t.Errorf("operands %v, want %v", factor.Operands(), want)
	}
	if factor.ScaleBy.Factors["2"] != 60 || factor.Powers[0] != (Exponent{"1.3.6.1.4.1.1.5.0", -9, 3}) || factor.Powers[1].Times != -1 {
		t.Errorf("scale_by %v, powers %v", factor.ScaleBy, factor.Powers)
	}
}

func TestPick(t *testing.T) {
	tests := []struct {
		name string
		pick Pick
		of   func(p *Pick) (float64, bool)
		want float64
		ok   bool
	}{
		{"lowest bit", Pick{PickBit, 0}, func(p *Pick) (float64, bool) { return p.Integer(5) }, 1, true},
		{"a bit that is not set", Pick{PickBit, 1}, func(p *Pick) (float64, bool) { return p.Integer(5) }, 0, true},
		{"BITS: the first octet's top bit", Pick{PickOctetBit, 0}, func(p *Pick) (float64, bool) { return p.Octets([]byte{0x80}) }, 1, true},
		{"BITS: the second octet", Pick{PickOctetBit, 9}, func(p *Pick) (float64, bool) { return p.Octets([]byte{0, 0x40}) }, 1, true},
		{"BITS: no such octet", Pick{PickOctetBit, 16}, func(p *Pick) (float64, bool) { return p.Octets([]byte{0, 0}) }, 0, false},
		{"a character", Pick{PickCharacter, 3}, func(p *Pick) (float64, bool) { return p.Octets([]byte("0012")) }, 1, true},
		{"no digit there", Pick{PickCharacter, 1}, func(p *Pick) (float64, bool) { return p.Octets([]byte("x")) }, 0, false},
		{"a bit of a text", Pick{PickBit, 0}, func(p *Pick) (float64, bool) { return p.Octets([]byte("1")) }, 0, false},
	}
	for _, tt := range tests {
		if v, ok := tt.of(&tt.pick); v != tt.want || ok != tt.ok {
			t.Errorf("%s: %g, %v; want %g, %v", tt.name, v, ok, tt.want, tt.ok)
		}
	}
}

func TestReferences(t *testing.T) {
	tests := []struct{ reference, row, want string }{
		{"1.3.5", "7.8.9", "1.3.5.7.8.9"},
		{"1.3.5/2", "7.8.9", "1.3.5.7.8"},
		{"1.3.5/-1", "7.8.9", "1.3.5.9"},
		{"1.3.5/9", "7.8.9", "1.3.5.7.8.9"},
		{"1.3.5.0/0", "7.8.9", "1.3.5.0"},
		{"1.3.5.0", "", "1.3.5.0"},
	}
	for _, tt := range tests {
		if got := At(tt.reference, tt.row); got != tt.want {
			t.Errorf("At(%s, %s) = %s, want %s", tt.reference, tt.row, got, tt.want)
		}
	}
}

func TestMistakesOfRawAnswers(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"two groups", "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0, pattern: '(a)(b)'}]", "want exactly one group in parentheses, got 2"},
		{"a broken expression", "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0, pattern: '(a'}]", "missing closing"},
		{"two picks", "points: [{metric: crac_state, oid: 1.3.6.1.4.1.1.1.0, bit: 1, character: 2, states: {0: {name: a, severity: normal}}}]", "one of bit, octet_bit and character is enough"},
		{"a bit of a number", "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0, bit: 1}]", "a bit or character of it makes no sense"},
		{"a factor of nothing", "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0, scale_by: {oid: 1.3.6.1.4.1.1.2.0, values: {1: 0}}}]", "factor 0 makes every value 0"},
		{"no factors", "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0, scale_by: {oid: 1.3.6.1.4.1.1.2.0}}]", "scale_by: values are missing"},
		{"a word twice", "points: [{metric: crac_state, oid: 1.3.6.1.4.1.1.1.0, states: {0: {name: a, severity: normal, text: x}, 1: {name: b, severity: normal, text: X}}}]", `the word "X" stands for two states`},
		{"a part that no index has", "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0, add: [1.3.6.1.4.1.1.2/20]}]", `"/20" is no part of an index`},
		{"rows of no index", "tables: [{table: t, index: [fan], rows: {unit: [1]}, columns: [{metric: fan_speed_rpm, oid: 1.3.6.1.4.1.1.1}]}]", `"unit" is no part of the index of table t`},
		{"an identity of two groups", "identity: {model: {sys_descr: '(a) (b)'}}\npoints: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0}]", "want exactly one group"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := parse("p.yaml", []byte(head+tt.body+"\n"))
			if !slices.ContainsFunc(problems, func(p facility.Problem) bool { return strings.Contains(p.Error(), tt.want) && p.Line > 3 }) {
				t.Errorf("no problem says %q with its line; got %v", tt.want, problems)
			}
		})
	}
}

func TestVendorOf(t *testing.T) {
	if got := VendorOf("1.3.6.1.4.1.318.1.3.27"); !strings.Contains(got, "APC") {
		t.Errorf("318 is %q", got)
	}
	for _, none := range []string{"1.3.6.1.4.1.31899.1", "1.3.6.1.2.1", ""} {
		if got := VendorOf(none); got != "" {
			t.Errorf("%q is by %q", none, got)
		}
	}
}

// Of two lines for a number the first would hold.
func TestEnterprisesStandOnce(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(enterprises) {
		number, _, ok := strings.Cut(line, "\t")
		if ok && seen[number] {
			t.Errorf("enterprise %s stands twice", number)
		}
		seen[number] = true
	}
}

// The vendor's own profile goes before a standard that many speak, however
// closely the standard's match fits.
func TestGenericProfilesComeLast(t *testing.T) {
	base, _ := Builtin()
	l, problems := Load(base, site(t, map[string]string{
		"own.yaml":    "profile: own\nsource: X\nmatch: {value: {oid: 1.3.6.1.4.1.1.1.0, pattern: '^Own'}}\npoints: [{metric: processes, oid: 1.3.6.1.4.1.1.2.0}]\n",
		"common.yaml": "profile: common\nsource: Y\ngeneric: true\nmatch: {sys_object_id: 1.3.6.1.4.1.99998}\npoints: [{metric: load_average, oid: 1.3.6.1.4.1.1.3.0}]\n",
		"below.yaml":  "profile: below\nsource: Z\nmatch: {sys_object_id: 1.3.6.1.4.1.99998, has: 1.3.6.1.4.1.1.9}\npoints: [{metric: swap_used_ratio, oid: 1.3.6.1.4.1.1.4.0}]\n",
	}))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	id := facility.Identity{SysObjectID: "1.3.6.1.4.1.99998.1"}
	instances, below := l.Probes(id)
	if !slices.Contains(instances, "1.3.6.1.4.1.1.1.0") || !slices.Contains(below, "1.3.6.1.4.1.1.9") {
		t.Errorf("asked for %v, and below %v", instances, below)
	}
	if _, other := l.Probes(facility.Identity{SysObjectID: "1.3.6.1.4.1.9"}); slices.Contains(other, "1.3.6.1.4.1.1.9") {
		t.Error("another maker's device is asked for it too")
	}
	seen := Seen{Identity: id, Below: func(oid string) bool { return oid == "1.3.6.1.4.1.1.9" },
		Text: func(oid string) (string, bool) { return "Own device", oid == "1.3.6.1.4.1.1.1.0" }}
	var got []string
	for _, p := range l.Identify(seen) {
		got = append(got, p.Name)
	}
	if want := []string{"below", "own", "common"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
