package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
)

func (w *writer) rejected(n int64) string { return fmt.Sprintf(w.t.Acks.Rejected, n) }

// writeStories tells every alarm of the period event by event.
func writeStories(w *writer) []document.Block {
	if n, missing := w.absent(PartAlarms); missing {
		return []document.Block{n}
	}
	if len(w.m.Stories) == 0 {
		return []document.Block{document.Note{Text: w.t.Alarms.StoryNone}}
	}
	var blocks []document.Block
	for i := range w.m.Stories {
		s := &w.m.Stories[i]
		blocks = append(blocks, document.Heading{ID: s.Evidence, Text: s.ID + "  " + w.mark(s.Priority) + "  " + s.Name.In(w.lang)},
			document.Note{Text: w.storyLine(s)}, w.events(s))
	}
	return blocks
}

// storyLine says where it was and how long it lasted.
func (w *writer) storyLine(s *Story) string {
	t := w.t.Alarms
	parts := []string{t.Device + " " + s.Device}
	if s.Place != "" {
		parts = append(parts, t.Place+" "+s.Place)
	}
	parts = append(parts, t.Rule+" "+s.Rule+" r"+strconv.Itoa(s.RuleRev), t.Standing+" "+w.duration(s.Standing),
		t.Active+" "+w.duration(s.Active), t.Times+" "+strconv.Itoa(s.Count))
	return strings.Join(parts, t.Comma)
}

func (w *writer) events(s *Story) document.Table {
	t := w.t.Alarms
	table := document.Table{Columns: slices.Concat(whole(t.At, t.Event, t.StateAfter), left(t.Value, t.Actor, t.Comment))}
	for _, e := range s.Events {
		event := i18n.Word(w.word.Event, e.Kind)
		if when := w.t.When[e.When]; when != "" {
			event += " (" + when + ")"
		}
		table.Rows = append(table.Rows, document.Row{Cells: []document.Cell{
			cell(w.moment(e.At)), cell(event), cell(e.State), cell(w.eventReading(s, e)), cell(w.actor(s, e.Actor)), cell(e.Comment)}})
	}
	return table
}
