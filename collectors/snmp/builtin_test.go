package snmp

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"

	"nezuban/collectors"
	"nezuban/internal/facility"
)

// testdata holds a walk and its readings for every builtin profile.
const testdata = "../profile/testdata"

// TestBuiltinProfiles polls an imagined device of every builtin profile and
// compares all that is read with what the MIB says it means.
func TestBuiltinProfiles(t *testing.T) {
	for _, p := range builtin(t).All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			objects := readWalk(t, filepath.Join(testdata, p.Name+".walk"))
			a := startAgent(t, objects...)
			for _, o := range objects {
				if o.Name == oidSysUpTime {
					a.change(func(a *agent) { a.uptime = func() uint32 { return o.Value.(uint32) } })
				}
			}
			target := a.target("d")
			if p.Name == "akcp-sensorprobe" {
				target.Bindings = hubBindings
			}
			got, err := Probe(t.Context(), builtin(t), target)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(got.Identity.Profiles, p.Name) {
				t.Fatalf("recognised as %v, want %s among them", got.Identity.Profiles, p.Name)
			}
			if p.Kind != "" && got.Kind != p.Kind {
				t.Errorf("kind %q, want %q", got.Kind, p.Kind)
			}
			want, err := os.ReadFile(filepath.Join(testdata, p.Name+".readings"))
			if err != nil {
				t.Fatal(err)
			}
			if s := show(got); s != string(want) {
				t.Errorf("got\n%s\nwant\n%s", s, want)
			}
		})
	}
}

var hubBindings = []collectors.Binding{
	{Input: "8", Kind: "contact", Metric: "smoke_state", Zone: "Z-1", Normal: "open", Labels: map[string]string{"detector": "S-1"}},
	{Input: "9", Kind: "contact", Metric: "leak_state", Zone: "Z-1", Normal: "open", Labels: map[string]string{"sensor": "L-1"}},
	{Input: "10", Kind: "contact", Metric: "door_state", Labels: map[string]string{"door": "front"}}, // as the hub says
	{Input: "7", Kind: "analogue", Metric: "suppression_agent_pressure_pascals", Scale: 10000, Labels: map[string]string{"cylinder": "AG-1"}},
	{Input: "0", Kind: "sensor", Name: "inlet R01", Labels: map[string]string{"group": "rack-inlet", "rack": "R01"}},
	{Input: "2", Kind: "sensor", Metric: "temperature_celsius", Zone: "Z-1"},
	{Input: "6", Kind: "sensor", Metric: "humidity_ratio", Labels: map[string]string{"group": "room"}},
	// the hub says that it is offline, and that it has none at all
	{Input: "3", Kind: "sensor", Labels: map[string]string{"group": "rack-inlet", "rack": "R04"}},
	{Input: "9", Kind: "sensor", Labels: map[string]string{"group": "rack-inlet", "sensor": "mine"}},
	// nobody wired this one: it must show as missing
	{Input: "60", Kind: "contact", Metric: "smoke_state", Zone: "Z-1", Normal: "open", Labels: map[string]string{"detector": "S-9"}},
}

// show writes readings as the .readings files do.
func show(r ProbeResult) string {
	var lines []string
	for i, p := range r.Points {
		_, series, _ := strings.Cut(string(p.ID), "/")
		v := r.Readings[i]
		if v.Point != p.ID {
			panic("points and readings are not parallel")
		}
		if v.Quality != facility.Good {
			lines = append(lines, series+" missing")
			continue
		}
		line := series + " " + strconv.FormatFloat(math.Round(v.Value*1e9)/1e9, 'f', -1, 64)
		if p.States != nil {
			s, _ := p.State(v.Value)
			line += fmt.Sprintf(" %s %s", s.Name, s.Severity)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func readWalk(t testing.TB, path string) []gosnmp.SnmpPDU {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []gosnmp.SnmpPDU
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		kind, value, ok := strings.Cut(rest, " ")
		o := gosnmp.SnmpPDU{Name: name}
		n, err := strconv.ParseInt(value, 10, 64)
		switch kind {
		case "int":
			o.Type, o.Value = gosnmp.Integer, int(n)
		case "uint":
			o.Type, o.Value = gosnmp.Gauge32, uint32(n)
		case "ticks":
			o.Type, o.Value = gosnmp.TimeTicks, uint32(n)
		case "c64":
			o.Type, o.Value = gosnmp.Counter64, uint64(n)
		case "str":
			o.Type, o.Value, err = gosnmp.OctetString, []byte(value), nil
		case "oid":
			o.Type, o.Value, err = gosnmp.ObjectIdentifier, value, nil
		default:
			ok = false
		}
		if !ok || err != nil {
			t.Fatalf("%s:%d: want OID TYPE VALUE, got %q", path, i+1, line)
		}
		out = append(out, o)
	}
	return out
}
