package theme

// Glyphs are the characters that differ between terminals. Every one of them is
// one cell wide.
type Glyphs struct {
	ASCII                                      bool
	Horizontal, Vertical                       string
	TopLeft, TopRight, BottomLeft, BottomRight string
	Tail                                       string // where text was cut
	None                                       string // never answered, no value
	Full, Empty                                string // of a bar
	Tick                                       string // of a chart's axis
	Cursor                                     string
	Up                                         string // more above
	Live, Dead                                 string // a line that is energised, and one that is not
}

func glyphSet(name string) Glyphs {
	if name == "ascii" {
		return Glyphs{
			ASCII: true, Horizontal: "-", Vertical: "|",
			TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
			Tail: "~", None: "--", Full: "#", Empty: ".", Tick: "|", Cursor: ">", Up: "^", Live: "|", Dead: ":",
		}
	}
	return Glyphs{
		Horizontal: "─", Vertical: "│",
		TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘",
		Tail: "…", None: "—", Full: "█", Empty: "░", Tick: "┤", Cursor: ">", Up: "^", Live: "║", Dead: "┊",
	}
}
