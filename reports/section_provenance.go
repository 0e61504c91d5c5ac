package reports

import (
	"strconv"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
)

func writeProvenance(w *writer) []document.Block {
	t, p := w.t.Origin, &w.m.Provenance
	blocks := make([]document.Block, 0, len(t.Terms)+3)
	for _, s := range t.Terms {
		blocks = append(blocks, document.Note{Text: s})
	}
	inputs := document.Table{Caption: t.Caption, Columns: append(left(t.Part), append(right(t.Items), left(t.Digest)...)...)}
	for _, d := range p.Inputs {
		inputs.Rows = append(inputs.Rows, document.Row{Cells: []document.Cell{cell(i18n.Word(w.t.Parts, d.Part)), cell(strconv.Itoa(d.Items)), cell(d.SHA256)}})
	}
	inputs.Rows = append(inputs.Rows, document.Row{Cells: []document.Cell{cell(t.All), cell(""), cell(p.Digest)}})
	rules := document.Table{Caption: t.Rules, Empty: w.t.None, Columns: append(left(t.Rule), right(t.Revision)...)}
	for _, r := range p.Rules {
		rules.Rows = append(rules.Rows, document.Row{Cells: []document.Cell{cell(r.ID), cell(strconv.Itoa(r.Revision))}})
	}
	zone := p.TZData
	if zone == "" {
		zone = t.NotRecorded
	}
	return append(blocks, inputs, rules, document.Note{Text: t.TZData + ": " + zone})
}
