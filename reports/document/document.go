// Package document is a report in one language between its model and its
// formats: headings, notes, tables and time lines, everything already worded.
//
// A renderer lays a Document out and changes no word and no number in it. IDs are
// evidence ids: letters, digits, '-', '_' and '.', unique within the document.
package document

// A Document is one report in one language.
type Document struct {
	Language string // "en" or "ja"
	Title    string
	Banners  []string // provisional, day not over: shown so that nobody misses them
	Facts    []Fact   // under the title
	Sections []Section
	Footer   []string
}

// A Fact is a labelled value.
type Fact struct{ Label, Value string }

// A Section is one chapter.
type Section struct {
	ID, Title string
	Blocks    []Block
}

// A Block is a Note, a Heading, a Table or a Timeline.
type Block interface{ block() }

// A Note is a paragraph; Strong ones must not be missed.
type Note struct {
	Text   string
	Strong bool
}

// A Heading opens a part of a section that evidence ids point at.
type Heading struct{ ID, Text string }

// A Table has a caption, columns and rows of as many cells. Text renderers may
// set the first cell of a row on a line of its own where a row is too wide.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
	Empty   string // shown in place of the rows where there are none
}

// A Column's numbers stand to the right; times, ids and codes are kept whole
// where there is room.
type Column struct {
	Title        string
	Right, Whole bool
}

// A Row may be an evidence anchor.
type Row struct {
	ID    string
	Cells []Cell
}

// A Cell is a word or number, possibly an evidence anchor, with links to what it
// rests on. Strong is for what is not as it should be; the words say so too.
type Cell struct {
	ID     string
	Text   string
	Links  []Link
	Strong bool
}

// A Link points at an evidence id of this document.
type Link struct{ ID, Text string }

// A Timeline draws spans of states over the period. Positions are seconds from
// its start.
type Timeline struct {
	Caption, Legend string
	Length          int64
	Begin, Elapsed  int64 // before Begin nobody watched; beyond Elapsed nothing can be known yet
	Marks           []Mark
	Lanes           []Lane
}

// A Mark is a labelled moment of the axis.
type Mark struct {
	At   int64
	Text string
}

// A Lane is one line of a Timeline.
type Lane struct {
	ID    string // the evidence it stands for
	Label string
	Spans []Span
}

// A Span is drawn with its Letter; Weight orders spans of which only one can be
// shown in one place: the heaviest wins.
type Span struct {
	From, To int64
	Letter   string
	Weight   int
}

func (Note) block()     {}
func (Heading) block()  {}
func (Table) block()    {}
func (Timeline) block() {}
