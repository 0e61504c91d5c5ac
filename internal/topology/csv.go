package topology

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"nezuban/internal/facility"
	"nezuban/internal/text"
)

// MaxCSV is the largest one-line that ReadCSV reads, in bytes.
const MaxCSV = 8 << 20

// CSVColumns are the columns that ReadCSV knows, in the order in which they are
// best written. Only id and kind must be there; an empty cell is not said.
//
//	id             name of the node
//	name_en        what people call it, in English
//	name_ja        the same in Japanese
//	kind           utility generator transformer switchgear tie ats sts ups pdu breaker load
//	side           A or B
//	place          floor and room
//	device         the device of the inventory that this node is
//	rack           load: the rack
//	from           ids of what feeds it, separated by spaces, in order
//	volts          nominal, between the lines
//	rated_watts    W
//	rated_amperes  A in each phase
//	load_watts     load: W that it draws
//	design         load: 2N, N+1 or N
//	phases         digits of those in use: 123, 1, 23
var CSVColumns = []string{"id", "name_en", "name_ja", "kind", "side", "place", "device", "rack", "from", "volts", "rated_watts", "rated_amperes", "load_watts", "design", "phases"}

// ReadCSV reads a one-line from a table: the first row names the columns, every
// other row is a node. Commas, semicolons or tabs separate, as the first row
// has them; a byte order mark, Windows line ends and empty rows are taken as
// they come. The model is as good as it could be read and is to be given to
// Compile only where no problem is a mistake. Problems say the line.
func ReadCSV(r io.Reader) (Model, []Problem) {
	data, err := io.ReadAll(io.LimitReader(r, MaxCSV+1))
	switch {
	case err != nil:
		return Model{}, oneMistake(fmt.Sprintf("read the table: %v", err), "check the file")
	case len(data) > MaxCSV:
		return Model{}, oneMistake(fmt.Sprintf("the table is larger than %d MiB", MaxCSV>>20), "leave out what has no redundancy of its own")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return Model{}, oneMistake("the table is not UTF-8", "save it as “CSV UTF-8”")
	}
	t := &table{csv: csv.NewReader(bytes.NewReader(data))}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	t.csv.Comma = separator(first)
	t.csv.FieldsPerRecord = -1
	t.csv.TrimLeadingSpace = true
	return t.read()
}

func oneMistake(what, hint string) []Problem { return []Problem{{What: what, Hint: hint}} }

// separator is whatever the first row has most of.
func separator(row []byte) rune {
	best, count := ',', bytes.Count(row, []byte(","))
	for _, r := range ";\t" {
		if n := bytes.Count(row, []byte(string(r))); n > count {
			best, count = r, n
		}
	}
	return best
}

// A table on its way to a model.
type table struct {
	csv      *csv.Reader
	column   map[string]int
	width    int // cells of the first row
	problems []Problem
	model    Model
}

func (t *table) mistake(line int, id NodeID, what, hint string) {
	t.problems = append(t.problems, Problem{Node: id, Line: line, What: fmt.Sprintf("line %d: %s", line, what), Hint: hint})
}

func (t *table) read() (Model, []Problem) {
	for len(t.problems) < 100 {
		row, err := t.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line := 0
		if err == nil {
			line, _ = t.csv.FieldPos(0)
		}
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
			t.mistake(bad.Line, "", bad.Err.Error(), "correct the quotes of that line")
			return t.model, t.problems
		case err != nil:
			return t.model, append(t.problems, oneMistake(err.Error(), "check the file")...)
		case blank(row):
		case t.column == nil:
			if !t.header(line, row) {
				return t.model, t.problems
			}
		case len(t.model.Nodes) == MaxNodes:
			t.mistake(line, "", fmt.Sprintf("there are more than %d nodes", MaxNodes), "leave out what has no redundancy of its own")
			return t.model, t.problems
		default:
			t.node(line, row)
		}
	}
	if t.column == nil && len(t.problems) == 0 {
		t.problems = oneMistake("the table is empty", "name the columns in the first row: "+strings.Join(CSVColumns, ","))
	}
	return t.model, t.problems
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}

func (t *table) header(line int, row []string) bool {
	t.column, t.width = map[string]int{}, len(row)
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := t.column[name]
		switch {
		case name == "":
		case !slices.Contains(CSVColumns, name):
			t.mistake(line, "", fmt.Sprintf("the column %q is not known", clip(clean(name))), "use "+strings.Join(CSVColumns, ","))
		case twice:
			t.mistake(line, "", fmt.Sprintf("the column %q stands twice", name), "leave one out")
		default:
			t.column[name] = i
		}
	}
	for _, name := range []string{"id", "kind"} {
		if _, ok := t.column[name]; !ok {
			t.mistake(line, "", fmt.Sprintf("there is no column %q", name), "name the columns in the first row: "+strings.Join(CSVColumns, ","))
		}
	}
	return len(t.problems) == 0
}

// clean makes a cell fit to be shown.
func clean(s string) string {
	s, _ = text.Clean(strings.TrimSpace(s), 200)
	return s
}

func (t *table) node(line int, row []string) {
	cell := func(name string) string {
		i, ok := t.column[name]
		if !ok || i >= len(row) {
			return ""
		}
		return clean(row[i])
	}
	n := Node{
		ID: NodeID(cell("id")), Name: facility.Text{En: cell("name_en"), Ja: cell("name_ja")}, Kind: Kind(strings.ToLower(cell("kind"))),
		Side: cell("side"), Place: cell("place"), Device: facility.DeviceID(cell("device")), Rack: cell("rack"), Line: line,
	}
	t.from(line, &n, row)
	if len(row) > t.width && !blank(row[t.width:]) {
		t.mistake(line, n.ID, "it has more cells than the first row has columns", "quote cells that contain the separator")
	}
	if n.ID == "" {
		t.mistake(line, "", "the id is missing", "give the node an id")
	}
	number := func(name string) float64 { return t.number(line, n.ID, name, cell(name)) }
	n.Volts, n.RatedWatts, n.RatedAmperes, n.LoadWatts = number("volts"), number("rated_watts"), number("rated_amperes"), number("load_watts")
	switch d := strings.ToUpper(cell("design")); Design(d) {
	case Design2N, DesignNp1, DesignN, DesignNone:
		n.Design = Design(d)
	default:
		t.mistake(line, n.ID, fmt.Sprintf("the design %q is not known", clip(d)), "use 2N, N+1 or N")
	}
	for _, r := range cell("phases") {
		switch {
		case r >= '1' && r <= '3':
			n.Phases = append(n.Phases, int(r-'0'))
		case !strings.ContainsRune(" ,+/L", r):
			t.mistake(line, n.ID, fmt.Sprintf("the phases %q are wrong", clip(cell("phases"))), "write the digits of those in use: 123, 1, 23")
		}
	}
	t.model.Nodes = append(t.model.Nodes, n)
}

func (t *table) from(line int, n *Node, row []string) {
	i, ok := t.column["from"]
	if !ok || i >= len(row) {
		return
	}
	for _, id := range strings.Fields(row[i]) {
		if len(n.From) == MaxFeeds {
			t.mistake(line, n.ID, fmt.Sprintf("it has more than %d feeders", MaxFeeds), "draw a switchgear between")
			return
		}
		n.From = append(n.From, NodeID(clean(id)))
	}
}

func (t *table) number(line int, id NodeID, name, cell string) float64 {
	if cell == "" {
		return 0
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		t.mistake(line, id, fmt.Sprintf("%s of %q is no number", name, clip(cell)), "write digits and a point, without thousands or units: 62500")
		return 0
	}
	return v
}
