package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"nezuban/internal/config"
	"nezuban/internal/sim"
	"nezuban/internal/topology"
)

// oneline runs `nezuban oneline` in this process.
func oneline(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	c := newRoot()
	c.SetOut(&out)
	c.SetErr(&errs)
	c.SetArgs(append([]string{"oneline"}, args...))
	err = c.Execute()
	return out.String(), errs.String(), err
}

const plantCSV = "\ufeffid;kind;name_en;name_ja;side;rack;from;volts;rated_watts;rated_amperes;load_watts;design;phases\r\n" +
	"utility-a;utility;Utility A;商用A;A;;;400;;;;;\r\n" +
	"utility-b;utility;Utility B;商用B;B;;;400;;;;;\r\n" +
	"ups-a1;ups;UPS A1;UPS A1;A;;utility-a;;54000.5;;;;\r\n" +
	"pdu-a;pdu;;;A;;ups-a1;230;;32;;;2\r\n" +
	"pdu-b;pdu;;;B;;utility-b;230;;32;;;2\r\n" +
	"rack-1;load;\"Rack 1: \"\"east\"\"\";ラック1;;R01;pdu-a pdu-b;;;;4200;2N;2\r\n"

// What import writes is the table, no more and no less, in a file that check
// accepts.
func TestOneLineImport(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "plant.csv")
	writeFile(t, table, plantCSV)
	page, said, err := oneline(t, "import", table)
	if err != nil {
		t.Fatalf("import: %v\n%s", err, said)
	}
	site := filepath.Join(dir, "site")
	writeFile(t, filepath.Join(site, "site.yaml"), "code: DC-T1\nzone: UTC\n")
	if _, said, err := oneline(t, "import", table, "--out", filepath.Join(site, "oneline.yaml")); err != nil {
		t.Fatalf("import --out: %v\n%s", err, said)
	}
	if written, err := os.ReadFile(filepath.Join(site, "oneline.yaml")); err != nil || string(written) != page {
		t.Errorf("--out wrote something else than standard output: %v", err)
	}
	loaded, problems := config.Load(site, config.LoadOptions{})
	if loaded == nil {
		t.Fatalf("what import wrote does not load: %v\n%s", problems, page)
	}
	want, _ := topology.ReadCSV(strings.NewReader(plantCSV))
	got := loaded.OneLine.Nodes()
	if len(got) != len(want.Nodes) {
		t.Fatalf("got %d nodes, want %d", len(got), len(want.Nodes))
	}
	for i, w := range want.Nodes {
		g := got[i]
		g.File, g.Line, w.Line = "", 0, 0
		if w.Name.En == "" {
			w.Name = g.Name // the id stands in for a name
		}
		if len(g.From) == 0 && len(w.From) == 0 {
			g.From, w.From = nil, nil
		}
		if len(g.Phases) == 0 && len(w.Phases) == 0 {
			g.Phases, w.Phases = nil, nil
		}
		if !reflect.DeepEqual(g, w) {
			t.Errorf("node %d: got %+v, want %+v", i, g, w)
		}
	}
	if _, _, err := oneline(t, "import", table, "--out", filepath.Join(site, "oneline.yaml")); err == nil {
		t.Error("a second import wrote over the file")
	}
}

// Mistakes come with the line of the table, and nothing is written.
func TestOneLineImportMistakes(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, old, new, says string }{
		{"a figure", "54000.5", "54 kW", "plant.csv:4:1: node ups-a1: rated_watts"},
		{"a column", "rated_amperes", "amps", `plant.csv:1:1: the column "amps" is not known`},
		{"a feeder that is not there", "pdu-a pdu-b", "pdu-a pdu-c", `plant.csv:7:1: node rack-1: it is fed from "pdu-c"`},
		{"one cord", "pdu-a pdu-b", "pdu-a", "plant.csv:7:1: node rack-1: the load is designed 2N but has one cord"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, out := filepath.Join(dir, "plant.csv"), filepath.Join(dir, "oneline.yaml")
			writeFile(t, table, strings.Replace(plantCSV, tt.old, tt.new, 1))
			page, said, err := oneline(t, "import", table, "--out", out)
			if err == nil || page != "" || !strings.Contains(said, tt.says) || strings.Contains(said, ": line ") {
				t.Errorf("got %v and %q, want %q", err, said, tt.says)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a file was written")
			}
		})
	}
	if _, _, err := oneline(t, "import", filepath.Join(dir, "none.csv")); err == nil || !strings.Contains(err.Error(), "none.csv") {
		t.Errorf("no such file: got %v", err)
	}
}

func TestOneLineHelpNamesEveryColumn(t *testing.T) {
	help, _, err := oneline(t, "import", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range topology.CSVColumns {
		if !strings.Contains(help, c) {
			t.Errorf("the help does not name the column %s", c)
		}
	}
}

// The simulated facility's drawing has no mistake, and warns of nothing but of
// what its devices speak.
func TestDemoFacilityIsDrawnCleanly(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	simulated, err := sim.Start(ctx, sim.Options{BaseIP: network(93) + ".1", Port: sim.DefaultPort})
	if err != nil {
		stop()
		t.Fatal(err)
	}
	err = writeDemoSite(dir, "en", "127.0.0.1:2222", simulated.Devices())
	stop()
	if waitErr := simulated.Wait(); err != nil || waitErr != nil {
		t.Fatal(err, waitErr)
	}
	site, problems := config.Load(dir, config.LoadOptions{Secrets: func(string) (string, bool) { return "of the test", true }})
	for _, p := range problems {
		if !p.Warning || !strings.Contains(p.What, "speak SNMP v1 or v2c") {
			t.Errorf("%v", p)
		}
	}
	if site == nil {
		return
	}
	if n := site.OneLine.Len(); n != 52 || len(site.Fire) != 2 || len(site.Cooling) != 2 {
		t.Errorf("got %d nodes, %d zones, %d rooms; want 52, 2, 2", n, len(site.Fire), len(site.Cooling))
	}
	for _, z := range site.Fire {
		if len(z.Detectors) != 2 || len(z.Alarm) != 1 || len(z.Supervisory) != 1 || len(z.Trouble) != 1 || z.Suppression == nil {
			t.Errorf("zone %s: got %+v", z.ID, z)
		}
	}
	for _, r := range site.Cooling {
		if len(r.Units) != 3 || len(r.Inlets) != 6 || len(r.Racks) != 6 {
			t.Errorf("room %s: got %+v", r.ID, r)
		}
	}
}
