package topology_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

func TestReadCSV(t *testing.T) {
	const plain = `id,name_en,name_ja,kind,side,place,device,rack,from,volts,rated_watts,rated_amperes,load_watts,design,phases
util,Utility A,商用A,utility,A,B1F,meter-a,,,6600,,,,,
tr,"Transformer, A",,transformer,A,,,,util,210,300000,,,,

ups,,,UPS,A,,ups-a1,,tr,,62500.5,,,,
rack-1,Rack 1,,load,,2F/hall-1,,r01,ups,,,,4000,n,1 2
`
	want := []topology.Node{
		{ID: "util", Name: facility.Text{En: "Utility A", Ja: "商用A"}, Kind: topology.Utility, Side: "A", Place: "B1F", Device: "meter-a", Volts: 6600, Line: 2},
		{ID: "tr", Name: facility.Text{En: "Transformer, A"}, Kind: topology.Transformer, Side: "A", From: []topology.NodeID{"util"}, Volts: 210, RatedWatts: 300000, Line: 3},
		{ID: "ups", Kind: topology.UPS, Side: "A", Device: "ups-a1", From: []topology.NodeID{"tr"}, RatedWatts: 62500.5, Line: 5},
		{ID: "rack-1", Name: facility.Text{En: "Rack 1"}, Kind: topology.Load, Place: "2F/hall-1", Rack: "r01", From: []topology.NodeID{"ups"}, LoadWatts: 4000, Design: topology.DesignN, Phases: []int{1, 2}, Line: 6},
	}
	for name, table := range map[string]string{
		"plain":                        plain,
		"from a spreadsheet":           "\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n"),
		"with semicolons":              strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(plain, `"Transformer, A"`, "T"), ",", ";"), ";T;", ";Transformer, A;"),
		"without the last line's end":  strings.TrimSuffix(plain, "\n"),
		"with columns in capitals":     strings.Replace(plain, "id,name_en", "ID, Name_EN", 1),
		"with an empty column at last": strings.ReplaceAll(plain, "\n", ",\n"),
	} {
		m, problems := topology.ReadCSV(strings.NewReader(table))
		if len(problems) > 0 || !reflect.DeepEqual(m.Nodes, want) {
			t.Errorf("%s:\n got %+v\nwant %+v\nproblems %v", name, m.Nodes, want, problems)
		}
	}
	if g, problems := topology.Compile(topology.Model{Nodes: want}); g == nil {
		t.Errorf("compile: %v", problems)
	}
}

func TestReadCSVNamesTheLine(t *testing.T) {
	head := "id,kind,from,volts,design,phases\n"
	tests := []struct {
		name, table, want string
		line              int
	}{
		{"nothing", "", "the table is empty", 0},
		{"no id column", "name_en,kind\nx,ups\n", `line 1: there is no column "id"`, 1},
		{"a column nobody knows", "id,kind,colour\n", `line 1: the column "colour" is not known`, 1},
		{"a column twice", "id,kind,id\n", `line 1: the column "id" stands twice`, 1},
		{"a number with a unit", head + "a,utility,,6.6kV,,\n", `line 2: volts of "6.6kV" is no number`, 2},
		{"not a number at all", head + "a,utility,,NaN,,\n", `line 2: volts of "NaN" is no number`, 2},
		{"a design nobody knows", head + "\na,load,b,,3N,\n", `line 3: the design "3N" is not known`, 3},
		{"phases nobody has", head + "a,load,b,,,14\n", `line 2: the phases "14" are wrong`, 2},
		{"no id", head + ",load,b,,,\n", "line 2: the id is missing", 2},
		{"too many cells", head + "a,load,b,,,,,x\n", "line 2: it has more cells", 2},
		{"an open quote", head + "a,\"load\na,b\n", "line", 3},
		{"another code page", "id,kind\n\x8c\xd2,load\n", "the table is not UTF-8", 0},
		{"far too large", "id,kind\n" + strings.Repeat("\n", topology.MaxCSV), "the table is larger than 8 MiB", 0},
	}
	for _, tt := range tests {
		_, problems := topology.ReadCSV(strings.NewReader(tt.table))
		if len(problems) == 0 || !strings.HasPrefix(problems[0].What, tt.want) || problems[0].Hint == "" || problems[0].Warning {
			t.Errorf("%s: problems %v, want %q", tt.name, problems, tt.want)
			continue
		}
		if problems[0].Line != tt.line {
			t.Errorf("%s: line %d, want %d", tt.name, problems[0].Line, tt.line)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("id,kind,from\na,utility,\nb,load,a\n"))
	f.Add([]byte("\xef\xbb\xbfid;kind\r\na;utility\r\n"))
	f.Add([]byte("id,kind\n\"a,b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems := topology.ReadCSV(bytes.NewReader(data))
		if len(m.Nodes) > topology.MaxNodes || len(problems) > 200 {
			t.Fatalf("%d nodes, %d problems", len(m.Nodes), len(problems))
		}
		if len(problems) > 0 {
			return
		}
		if g, problems := topology.Compile(m); g != nil {
			g.Evaluate(nil)
		} else if len(problems) == 0 {
			t.Fatal("refused without a word")
		}
	})
}
