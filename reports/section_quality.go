package reports

import (
	"fmt"
	"strconv"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
)

func writeQuality(w *writer) []document.Block {
	t, q := w.t.Quality, &w.m.Quality
	before, silent, targets := count(q.BeforeService), count(q.SilentSeconds), count(q.TargetUnknown)
	if w.missing(PartDevices) {
		silent = cell(i18n.NoValue)
	}
	if w.m.Devices.Total == 0 {
		before = cell(i18n.NoValue) // of whom?
	}
	if w.missing(PartTargets) {
		targets = cell(i18n.NoValue)
	}
	blocks := []document.Block{document.Table{Caption: t.UnknownCaption, Columns: append(left(t.Quantity), right(t.Value)...), Rows: []document.Row{
		{Cells: []document.Cell{cell(t.Before), before}},
		{Cells: []document.Cell{cell(t.DeviceSeconds), count(q.DeviceSeconds)}},
		{Cells: []document.Cell{cell(t.SilentSeconds), silent}},
		{Cells: []document.Cell{cell(t.TargetUnknown), targets}},
	}}}
	if n, missing := w.absent(PartRefused); missing {
		return append(blocks, n)
	}
	table := document.Table{Caption: t.RefusedCaption, Empty: w.t.None, Columns: append(left(t.Device, t.Cause), right(t.Count)...)}
	for _, l := range q.Refused {
		table.Rows = append(table.Rows, document.Row{Cells: []document.Cell{
			cell(l.Device), cell(i18n.Word(w.word.Refused, l.Cause)), cell(strconv.FormatUint(l.Count, 10))}})
	}
	covers := document.Note{Text: t.NotCovered}
	if !q.RefusedFrom.IsZero() && !q.RefusedTo.IsZero() {
		covers.Text = fmt.Sprintf(t.Covers, q.RefusedFrom, q.RefusedTo)
	}
	return append(blocks, table, covers)
}
