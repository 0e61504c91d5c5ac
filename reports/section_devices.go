package reports

import (
	"fmt"
	"strings"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
)

func writeDevices(w *writer) []document.Block {
	if n, missing := w.absent(PartDevices); missing {
		return []document.Block{n}
	}
	t := w.t.Devices
	table := document.Table{Caption: t.Caption, Empty: w.t.None,
		Columns: append(left(t.Device, t.Kind, t.Place), append(right(t.Silent), left(t.Silences)...)...)}
	for i := range w.m.Devices.Lines {
		row := &w.m.Devices.Lines[i]
		name := row.Device
		if row.Name != "" && row.Name != row.Device {
			name += " " + row.Name
		}
		table.Rows = append(table.Rows, document.Row{ID: row.Evidence, Cells: []document.Cell{
			cell(name), cell(i18n.Word(w.word.Kind, row.Kind)), cell(row.Place), count(row.Seconds), {Text: w.silences(row), Strong: row.Never}}})
	}
	return append(w.allSilent(), table, document.Note{Text: t.Note})
}

// allSilent says when nothing at all answered.
func (w *writer) allSilent() []document.Block {
	if len(w.m.Devices.All) == 0 {
		return nil
	}
	return []document.Block{document.Note{Text: fmt.Sprintf(w.t.Devices.AllSilent, w.gaps(w.m.Devices.All)), Strong: true}}
}

func (w *writer) silences(row *SilentRow) string {
	if row.Never {
		return w.t.Devices.NeverAnswered
	}
	return w.gaps(row.Gaps)
}

func (w *writer) gaps(list []Gap) string {
	parts := make([]string, 0, len(list))
	for _, g := range list {
		s := g.From.Clock() + "-"
		if g.Ongoing {
			s += " " + w.t.Devices.Ongoing
		} else {
			s += g.To.Clock()
		}
		parts = append(parts, s+" ("+w.duration(g.Seconds)+")")
	}
	return strings.Join(parts, ", ")
}
