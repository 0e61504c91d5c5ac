package render

import (
	"math/rand/v2"
	"strings"
	"testing"

	"nezuban/internal/text"
	"nezuban/reports/document"
)

func TestWrapLosesNothingAndKeepsToTheWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"a", "CRAH-A3", " ", "漏", "水", "ガ", "が", "9", ".", "、", " ", "e\u0301", "温度"}
	for range 3000 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		s, width := b.String(), 2+r.IntN(30)
		lines := wrap(s, width)
		for _, l := range lines {
			if w := text.Width(l); w > width {
				t.Fatalf("wrap(%q, %d): line %q is %d wide", s, width, l, w)
			}
		}
		strip := strings.NewReplacer(" ", "")
		if got, want := strip.Replace(strings.Join(lines, "")), strip.Replace(s); got != want {
			t.Fatalf("wrap(%q, %d) = %q: something was lost", s, width, lines)
		}
	}
	if got := wrap("", 10); len(got) != 1 || got[0] != "" {
		t.Errorf("wrap of nothing is %q, want one empty line", got)
	}
	if got := wrap("one two", 4); strings.Join(got, "|") != "one|two" {
		t.Errorf("words stay whole where they fit: %q", got)
	}
}

func TestJapaneseLinesBeginAndEndAsTheyShould(t *testing.T) {
	tests := []struct {
		s     string
		cells int
		want  string
	}{
		{"現場で確認中です。至急", 16, "現場で確認中で|す。至急"},
		{"電気室Aへ（佐藤）", 14, "電気室Aへ（佐|藤）"},
		{"電気室へ（佐藤）", 10, "電気室へ|（佐藤）"},
		{"継続 57秒", 8, "継続|57秒"},
		{"継続中 (1分 54秒)", 16, "継続中 (1分|54秒)"},
		{"サーバー", 6, "サー|バー"},
	}
	for _, tt := range tests {
		if got := strings.Join(wrap(tt.s, tt.cells), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.s, tt.cells, got, tt.want)
		}
	}
}

func TestTimeOfWhichNothingIsKnownIsBlank(t *testing.T) {
	line := document.Timeline{Caption: "time", Legend: "U", Length: 86400, Begin: 3600, Elapsed: 43200, Lanes: []document.Lane{
		{Label: "until now", Spans: []document.Span{{From: 21600, To: 43200, Letter: "U", Weight: 4}}}}}
	var p page
	p.timeline(line)
	if want := strings.Repeat(".", 10) + strings.Repeat("U", 12) + "\n"; !strings.Contains(p.buf.String(), " "+want) {
		t.Errorf("half a day:\n%s\nwant %q at a line's end", p.buf.String(), want)
	}
	if n := strings.Count(string(timeline(line)), "<rect"); n != 3 {
		t.Errorf("the drawing has %d boxes, want the bar, what was before and what is to come", n)
	}
}

func TestATableKeepsEveryCell(t *testing.T) {
	long := strings.Repeat("word ", 30)
	tests := []document.Table{
		{Columns: []document.Column{{Title: "a"}, {Title: "n", Right: true}}, Rows: []document.Row{{Cells: []document.Cell{{Text: "x"}, {Text: "12"}}}}},
		{Columns: []document.Column{{Title: "名前"}, {Title: "b"}, {Title: "c"}, {Title: "d"}}, Rows: []document.Row{
			{Cells: []document.Cell{{Text: long}, {Text: "漏水センサー 東"}, {Text: long}, {Text: "9"}}}}},
	}
	for _, table := range tests {
		out := string(Text(document.Document{Title: "t", Sections: []document.Section{{Title: "s", Blocks: []document.Block{table}}}}))
		flat := strings.Join(strings.Fields(out), "")
		for _, r := range table.Rows {
			for _, c := range r.Cells {
				for _, w := range strings.Fields(c.Text) {
					if !strings.Contains(flat, w) && len(r.Cells) == 2 {
						t.Errorf("%q is missing in\n%s", w, out)
					}
				}
			}
		}
		if n := strings.Count(out, "word"); len(table.Columns) == 4 && n != 60 {
			t.Errorf("%d of 60 words kept in\n%s", n, out)
		}
		for _, l := range strings.Split(out, "\n") {
			if text.Width(l) > TextWidth {
				t.Errorf("line is %d wide: %q", text.Width(l), l)
			}
		}
	}
}

func TestTheTimelineShowsTheShortestAlarm(t *testing.T) {
	line := document.Timeline{Caption: "time", Legend: "U unacknowledged", Length: 86400, Elapsed: 86400, Lanes: []document.Lane{
		{Label: "a second", Spans: []document.Span{{From: 43200, To: 43201, Letter: "U", Weight: 4}}},
		{Label: "all day", Spans: []document.Span{{From: 0, To: 86400, Letter: "A", Weight: 1}}},
		{Label: "two in one slice", Spans: []document.Span{{From: 0, To: 10, Letter: "U", Weight: 4}, {From: 10, To: 20, Letter: "A", Weight: 1}}},
	}}
	var p page
	p.timeline(line)
	lanes := map[string]string{}
	for _, l := range strings.Split(p.buf.String(), "\n") {
		for _, lane := range line.Lanes {
			if rest, ok := strings.CutPrefix(l, lane.Label); ok {
				lanes[lane.Label] = strings.TrimSpace(rest)
			}
		}
	}
	if got := lanes["a second"]; got != strings.Repeat(".", 24)+"U"+strings.Repeat(".", 23) {
		t.Errorf("a second at noon: %q", got)
	}
	if got := lanes["all day"]; got != strings.Repeat("A", 48) {
		t.Errorf("all day: %q", got)
	}
	if got := lanes["two in one slice"]; got[0] != 'U' {
		t.Errorf("the graver state must win: %q", got)
	}
	drawing := string(timeline(line))
	if strings.Count(drawing, "<rect") != 4 || strings.Count(drawing, "<polygon") != 1 {
		t.Errorf("the drawing has %d bars and %d arrows, want 4 and 1", strings.Count(drawing, "<rect"), strings.Count(drawing, "<polygon"))
	}
}
