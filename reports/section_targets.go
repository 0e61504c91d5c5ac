package reports

import (
	"strconv"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
	"nezuban/sla"
)

func writeTargets(w *writer) []document.Block {
	if n, missing := w.absent(PartTargets); missing {
		return []document.Block{n}
	}
	t := w.t.Targets
	table := document.Table{Caption: t.Caption, Empty: w.t.None,
		Columns: append(append(left(t.Name), right(t.Goal, t.SLI, t.Bounds, t.Good, t.Bad, t.Unknown, t.Excluded, t.Left)...), left(t.Verdict)...)}
	for i := range w.m.Targets {
		table.Rows = append(table.Rows, w.targetRow(&w.m.Targets[i]))
	}
	windows := document.Table{Columns: append(left(t.Name, t.Window), right(t.Eligible, t.Budget, t.Entities)...), Empty: w.t.None}
	for i := range w.m.Targets {
		l := &w.m.Targets[i]
		entities := i18n.NoValue
		if l.Entities > 0 {
			entities = strconv.Itoa(l.MetEntities) + "/" + strconv.Itoa(l.Entities)
		}
		windows.Rows = append(windows.Rows, document.Row{Cells: []document.Cell{
			cell(l.Name), cell(l.From.String() + " – " + l.To.String()), count(l.Eligible), cell(dash(l.Budget)), cell(entities)}})
	}
	return []document.Block{table, windows, document.Note{Text: t.Note}}
}

func (w *writer) targetRow(l *TargetLine) document.Row {
	name := l.Title.In(w.lang)
	if name != l.Name {
		name += " (" + l.Name + ")"
	}
	if l.Entity != "" {
		name += " " + l.Entity
	}
	verdict := word(w.t.Verdicts, l.Verdict)
	if b := word(w.t.Bases, l.Basis); b != "" && l.Verdict != string(sla.NotApplicable) && l.Verdict != string(sla.InsufficientData) {
		verdict += ", " + b
	}
	if l.Open {
		verdict += ", " + w.t.SoFar
	}
	if l.Exhausted {
		verdict += ", " + w.t.Targets.Exhausted
	}
	bounds := i18n.NoValue
	if l.Low != "" && l.High != "" {
		bounds = l.Low + "-" + l.High
	}
	return document.Row{ID: l.ID, Cells: []document.Cell{
		cell(name), cell(dash(l.Target)), cell(dash(l.SLI)), cell(bounds), count(l.Good), count(l.Bad), count(l.Unknown), count(l.Excluded),
		cell(dash(l.BudgetLeft)), {Text: verdict, Strong: l.Verdict == string(sla.Missed)}}}
}
