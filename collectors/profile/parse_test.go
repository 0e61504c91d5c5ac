package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nezuban/internal/facility"
)

const head = "profile: x\nsource: TEST-MIB\nmatch: {answers: 1.3.6.1.2.1.1.3.0}\n"

// Every mistake is found with its line and column, and one does not hide another.
func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	tests := []struct {
		name string
		yaml string
		want []string // "line:column: part of the message"
	}{
		{"unknown key", head + "points:\n  - {metric: processes, oid: 1.3.6.1.2.1.25.1.6.0, scael: 2}\n",
			[]string{`5:52: unknown key "scael" in a point`}},
		{"unknown top key", head + "pionts: []\npoints: [{metric: processes, oid: 1.3.6.1.2.1.25.1.6.0}]\n",
			[]string{`4:1: unknown key "pionts" in a profile`}},
		{"unknown metric, with the nearest", head + "points:\n  - {metric: ups_battery_charge, oid: 1.3.6.1.2.1.33.1.2.4.0}\n",
			[]string{`5:14: unknown metric "ups_battery_charge"; did you mean ups_battery_charge_ratio?`}},
		{"point twice", head + "points:\n  - {metric: processes, oid: 1.3.6.1.2.1.25.1.6.0}\n  - {metric: processes, oid: 1.3.6.1.2.1.25.1.7.0}\n",
			[]string{`6:5: point processes twice, first in line 5`}},
		{"OID in words", head + "points:\n  - {metric: processes, oid: hrSystemProcesses.0}\n",
			[]string{`5:30: oid: "hrSystemProcesses.0" is not an OID`}},
		{"state without states", head + "points:\n  - {metric: crac_state, oid: 1.3.6.1.4.1.1.1.0}\n",
			[]string{`crac_state is a state: its states are missing`}},
		{"states on a number", head + "points:\n  - {metric: processes, oid: 1.3.6.1.4.1.1.1.0, states: {1: {name: a, severity: normal}}}\n",
			[]string{`processes is in count: it has no states`}},
		{"bad severity", head + "points:\n  - {metric: crac_state, oid: 1.3.6.1.4.1.1.1.0, states: {1: {name: a, severity: red}}}\n",
			[]string{`states: unknown severity "red"; normal, warning, critical or unknown`}},
		{"percentage taken for a ratio", head + "points:\n  - {metric: humidity_ratio, oid: 1.3.6.1.4.1.1.1.0, range: [0, 100]}\n",
			[]string{`humidity_ratio is a ratio, yet its range reaches 100; a percentage needs scale: 0.01`}},
		{"fahrenheit of a voltage", head + "points:\n  - {metric: meter_voltage_volts, oid: 1.3.6.1.4.1.1.1.0, fahrenheit: true}\n",
			[]string{`fahrenheit makes no sense`}},
		{"a contact table without contact", head + "tables:\n  - {table: t, input: contact, index: [input], columns: [{metric: processes, oid: 1.3.6.1.4.1.1.1}]}\n",
			[]string{`input: contact and a contact mapping belong together`}},
		{"sensors without a number", head + "tables:\n  - {table: t, input: sensor, columns: [{metric: processes, oid: 1.3.6.1.4.1.1.1}]}\n",
			[]string{`a table of sensors needs the label sensor or input`}},
		{"a state that goes before is no state", head + "points:\n  - {metric: crac_state, oid: 1.3.6.1.4.1.1.1.0, states: {1: {name: a, severity: normal}}, state_if: {oid: 1.3.6.1.4.1.1.2.0, equals: [2], state: 7}}\n",
			[]string{`state_if: 7 is none of the states of crac_state`}},
		{"no state that goes before", head + "points:\n  - {metric: crac_state, oid: 1.3.6.1.4.1.1.1.0, states: {0: {name: a, severity: normal}}, state_if: {oid: 1.3.6.1.4.1.1.2.0, equals: [2]}}\n",
			[]string{`state_if: state is missing`}},
		{"two conditions in one", head + "points:\n  - {metric: processes, oid: 1.3.6.1.4.1.1.1.0, where: {oid: 1.3.6.1.4.1.1.2.0, equals: [2], matches: x}}\n",
			[]string{`where: want one of equals, not, matches, unlike, and above or below`}},
		{"a condition of two kinds", head + "points:\n  - {metric: processes, oid: 1.3.6.1.4.1.1.1.0, where: {oid: 1.3.6.1.4.1.1.2.0, not: [1], above: 5}}\n",
			[]string{`where: want one of equals, not, matches, unlike, and above or below`}},
		{"a condition that is no expression", head + "points:\n  - {metric: processes, oid: 1.3.6.1.4.1.1.1.0, where: {oid: 1.3.6.1.4.1.1.2.0, unlike: '('}}\n",
			[]string{`unlike: error parsing regexp`}},
		{"not YAML", "profile: [x\n", []string{`1:`}},
		{"empty", "", []string{"want exactly one YAML document"}},
		{"several at once", "profile: X!\nkind: toaster\npoints:\n  - {metric: nothing, oid: 1.2.x, class: often}\n",
			[]string{`profile: want a name`, `source is missing`, `2:7: unknown kind "toaster"`, `4:14: unknown metric "nothing"`,
				`4:28: oid: "1.2.x" is not an OID`, `unknown class "often"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := parse("p.yaml", []byte(tt.yaml))
			var got []string
			for _, p := range problems {
				if p.File != "p.yaml" {
					t.Errorf("problem without its file: %+v", p)
				}
				got = append(got, p.Error())
			}
			for _, want := range tt.want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
					t.Errorf("no problem says %q; got:\n%s", want, strings.Join(got, "\n"))
				}
			}
			if len(problems) != len(tt.want) {
				t.Errorf("%d problems, want %d:\n%s", len(problems), len(tt.want), strings.Join(got, "\n"))
			}
		})
	}
}

// Numbers are compared as numbers, and no number fulfils nothing; a text is looked
// through.
func TestConditionsCompareNumbersAndTexts(t *testing.T) {
	humid := Condition{Matches: regexp.MustCompile(`(?i)humid`)}
	if !humid.Holds("rack 5 Humidity") || humid.Holds("rack 5 Temp") {
		t.Error("a text does not match as it should")
	}
	two, ten := 2.0, 10.0
	between := Condition{Above: &two, Below: &ten}
	for value, want := range map[string]bool{"2": false, "2.5": true, "9": true, "10": false, "-3": false, "": false, "on": false} {
		if got := between.Holds(value); got != want {
			t.Errorf("2 < %q < 10: got %v, want %v", value, got, want)
		}
	}
}

func TestBuiltinLoads(t *testing.T) {
	l, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range l.All() {
		if len(p.Match) == 0 {
			t.Errorf("%s: no match, so it would never be found", p.Name)
		}
		if p.File != "builtin/"+p.Name+".yaml" {
			t.Errorf("profile %s lies in %s", p.Name, p.File)
		}
	}
}

func site(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "profiles")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSiteProfilesLieOnTop(t *testing.T) {
	base, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	dir := site(t, map[string]string{
		"mine.yaml": "profile: mine\nsource: MINE-MIB\nextends: ups-rfc1628\nmatch: {sys_object_id: 1.3.6.1.4.1.99999}\n" +
			"points:\n  - {metric: ups_battery_charge_ratio, oid: 1.3.6.1.4.1.99999.1.0}\n",
		"system.yaml":  "profile: system\nsource: own\nmatch: {answers: 1.3.6.1.2.1.1.3.0}\npoints:\n  - {metric: processes, oid: 1.3.6.1.4.1.1.1.0}\n",
		"agent-x.yaml": "not: ours\n",
		"notes.txt":    "nor this\n",
	})
	l, problems := Load(base, dir)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(l.Names()) != len(base.Names())+1 {
		t.Errorf("names %v", l.Names())
	}
	mine, ok := l.Get("mine")
	if !ok || mine.Kind != "ups" || mine.Category != "power" || mine.File != "profiles/mine.yaml" {
		t.Fatalf("mine: %+v", mine)
	}
	if q := mine.Points[0]; q.OID != "1.3.6.1.4.1.99999.1.0" {
		t.Errorf("the child's own point comes first, got %s", q.OID)
	}
	if len(mine.Tables) == 0 {
		t.Error("tables are not inherited")
	}
	if own, _ := l.Get("system"); own.Source != "own" {
		t.Error("a site's profile does not replace the builtin one")
	}
	if old, _ := base.Get("system"); old.Source == "own" {
		t.Error("loading changed the base library")
	}
}

func TestBrokenProfilesAreLeftOutAndNamed(t *testing.T) {
	base, _ := Builtin()
	one := "source: X\nmatch: {answers: 1.3.6.1.2.1.1.3.0}\n"
	dir := site(t, map[string]string{
		"a.yaml": "profile: a\nextends: b\n" + one,
		"b.yaml": "profile: b\nextends: a\n" + one,
		"c.yaml": "profile: c\nextends: nowhere\n" + one,
		"d.yaml": "profile: d\nextends: c\n" + one,
		"e.yaml": "profile: e\nwrong: 1\n" + one,
		"f.yaml": "profile: system-two\n" + one + "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0}]\n",
		"g.yaml": "profile: system-two\n" + one + "points: [{metric: processes, oid: 1.3.6.1.4.1.1.1.0}]\n",
	})
	l, problems := Load(base, dir)
	text := fmt.Sprint(problems)
	for _, want := range []string{"circle", `no usable profile "nowhere"`, `no usable profile "c"`, `unknown key "wrong"`, `profile "system-two" is already in profiles/f.yaml`} {
		if !strings.Contains(text, want) {
			t.Errorf("no problem says %q in %s", want, text)
		}
	}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		if _, ok := l.Get(name); ok {
			t.Errorf("broken profile %s is in the library", name)
		}
	}
	if _, ok := l.Get("system-two"); !ok {
		t.Error("the good one of two is missing")
	}
	if got, problems := Load(base, filepath.Join(dir, "none")); got != base || problems != nil {
		t.Errorf("a directory that does not exist: %v", problems)
	}
}

func TestIdentifyPutsTheMostSpecificFirst(t *testing.T) {
	base, _ := Builtin()
	dir := site(t, map[string]string{
		"ap.yaml": "profile: ap8000\nsource: X\nextends: apc-rpdu2\nmatch: {sys_object_id: 1.3.6.1.4.1.318.1.3.4.6, sys_descr: AP8}\n",
	})
	l, problems := Load(base, dir)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	answers := func(have ...string) func(string) (string, bool) {
		return func(oid string) (string, bool) { return "", slices.Contains(have, oid) }
	}
	const upTime, ifNumber, upsStatus, memTotal, hrUptime = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.2.1.0", "1.3.6.1.2.1.33.1.2.1.0", "1.3.6.1.4.1.2021.4.5.0", "1.3.6.1.2.1.25.1.1.0"
	tests := []struct {
		name    string
		id      facility.Identity
		answers func(string) (string, bool)
		want    []string
	}{
		{"a PDU", facility.Identity{SysObjectID: "1.3.6.1.4.1.318.1.3.4.6", SysDescr: "AP7"}, answers(upTime), []string{"apc-rpdu2", "system"}},
		{"the child holds its parent", facility.Identity{SysObjectID: "1.3.6.1.4.1.318.1.3.4.6", SysDescr: "AP8XYZ"}, answers(upTime), []string{"ap8000", "system"}},
		{"a prefix ends at a dot", facility.Identity{SysObjectID: "1.3.6.1.4.1.318.1.3.4.66"}, answers(upTime), []string{"system"}},
		{"a UPS by what it answers", facility.Identity{SysObjectID: "1.3.6.1.4.1.1.1"}, answers(upTime, upsStatus, ifNumber), []string{"if-mib", "system", "ups-rfc1628"}},
		{"a net-snmp host: UCD before HOST-RESOURCES", facility.Identity{SysObjectID: "1.3.6.1.4.1.8072.3.2.10"}, answers(upTime, memTotal, hrUptime), []string{"linux", "ucd-snmp", "host-resources", "system"}},
		{"nothing", facility.Identity{}, answers(), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range l.Identify(Seen{Identity: tt.id, Text: tt.answers}) {
				got = append(got, p.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestConditionsOfTexts(t *testing.T) {
	data := head + `points:
  - {metric: processes, oid: 1.3.6.1.4.1.1.1.0, where: [{oid: 1.3.6.1.4.1.1.2.0, matches: '(?i)inlet'}, {oid: 1.3.6.1.4.1.1.2.0, unlike: 'CPU'}]}
`
	p, problems := parse("p.yaml", []byte(data))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for text, want := range map[string][2]bool{"Inlet Temp": {true, true}, "CPU 1": {false, false}, "CPU inlet": {true, false}, "": {false, true}} {
		for i, c := range p.Points[0].Where {
			if got := c.Holds(text); got != want[i] {
				t.Errorf("condition %d on %q: %v, want %v", i, text, got, want[i])
			}
		}
	}
}

func TestValidOID(t *testing.T) {
	for s, want := range map[string]bool{"1.3.6.1": true, "0.0": true, "2.999.4294967295": true, "1": false, "": false, "1..3": false,
		"1.3.": false, "3.1": false, "1.03": false, "1.4294967296": false, ".1.3": false, "1.-3": false} {
		if got := ValidOID(s); got != want {
			t.Errorf("ValidOID(%q) = %v, want %v", s, got, want)
		}
	}
}

// FuzzParse holds that no file, however broken, does more than bring problems,
// and that a profile without problems has sound quantities.
func FuzzParse(f *testing.F) {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		data, _ := builtin.ReadFile("builtin/" + e.Name())
		f.Add(data)
	}
	f.Add([]byte("profile: *x\ntables: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, problems := parse("f.yaml", data)
		if p == nil && len(problems) == 0 {
			t.Fatal("neither profile nor problem")
		}
		if len(problems) > 0 {
			return
		}
		for i := range p.Points {
			q := &p.Points[i]
			if !ValidOID(q.OID) || q.Metric.Name == "" || q.Scale == 0 {
				t.Fatalf("point without problems: %+v", q)
			}
		}
	})
}
