package reports

import (
	"strconv"

	"nezuban/internal/i18n"
	"nezuban/reports/document"
	"nezuban/sla"
)

// evidenceShown is how many links stand beside a figure; report.json has all.
const evidenceShown = 6

func writeSummary(w *writer) []document.Block {
	t, a := w.t.Summary, &w.m.Alarms
	table := document.Table{Caption: t.Caption, Columns: append(whole(t.Figure), append(right(t.Count), left(t.Evidence)...)...)}
	add := func(r document.Row) { table.Rows = append(table.Rows, r) }
	var notes []document.Block
	for _, absence := range w.m.Absent {
		n, _ := w.absent(absence.Part)
		notes = append(notes, n)
	}
	notes = append(notes, w.allSilent()...)

	atEnd := t.AtEnd
	if w.m.Period.Open {
		atEnd = t.AtEndOpen
	}
	alarmsKnown := !w.missing(PartAlarms)
	add(w.figureRow(t.Raised, a.Raised, alarmsKnown))
	add(w.figureRow(t.Annunciations, a.Annunciations, alarmsKnown))
	add(w.figureRow(t.AtStart, a.StandingAtStart, alarmsKnown))
	add(w.figureRow(atEnd, a.StandingAtEnd, alarmsKnown))
	add(w.figureRow(t.Unacked, a.UnackedAtEnd, alarmsKnown))
	add(w.figureRow(t.Returned, a.Returned, alarmsKnown))
	add(w.figureRow(t.Ended, a.Ended, alarmsKnown))
	w.ackRows(&table, alarmsKnown)
	w.verdictRows(&table)
	devicesKnown := !w.missing(PartDevices)
	add(document.Row{Cells: []document.Cell{cell(t.DevicesAll), count(w.m.Devices.Total), cell("")}})
	add(w.figureRow(t.DevicesNever, w.m.Devices.Never, devicesKnown))
	add(w.figureRow(t.DevicesSilent, w.m.Devices.Silent, devicesKnown))
	add(w.refusedRow())
	return append(notes, table)
}

func (w *writer) missing(part string) bool {
	_, yes := w.absent(part)
	return yes
}

// figureRow is a count with links to what was counted; a dash where it is not
// known.
func (w *writer) figureRow(label string, f Figure, known bool) document.Row {
	if !known {
		return document.Row{ID: f.ID, Cells: []document.Cell{cell(label), cell(i18n.NoValue), cell("")}}
	}
	var evidence document.Cell
	for i, id := range f.Evidence {
		if i == evidenceShown {
			evidence.Links = append(evidence.Links, document.Link{ID: id, Text: "+" + strconv.Itoa(len(f.Evidence)-evidenceShown)})
			break
		}
		evidence.Links = append(evidence.Links, document.Link{ID: id, Text: w.nameOf(id)})
	}
	return document.Row{ID: f.ID, Cells: []document.Cell{cell(label), count(f.Value), evidence}}
}

// nameOf is what an evidence id stands for: an alarm, a device or a target.
func (w *writer) nameOf(evidence string) string {
	for i := range w.m.Stories {
		if w.m.Stories[i].Evidence == evidence {
			return w.m.Stories[i].ID
		}
	}
	for i := range w.m.Devices.Lines {
		if w.m.Devices.Lines[i].Evidence == evidence {
			return w.m.Devices.Lines[i].Device
		}
	}
	for i := range w.m.Targets {
		if w.m.Targets[i].ID == evidence {
			return w.m.Targets[i].Name
		}
	}
	return evidence
}

func (w *writer) ackRows(table *document.Table, known bool) {
	t := w.t.Summary
	all := w.m.Acknowledgements.Lines[len(w.m.Acknowledgements.Lines)-1]
	link := document.Cell{Links: []document.Link{{ID: all.ID, Text: w.t.Sections.Acks}}}
	pending := count(all.Pending)
	if !known {
		pending = cell(i18n.NoValue)
	}
	table.Rows = append(table.Rows,
		document.Row{Cells: []document.Cell{cell(t.AckMedian), cell(w.durationOr(all.Median)), link}},
		document.Row{Cells: []document.Cell{cell(t.AckWorst), cell(w.durationOr(all.Worst)), link}},
		document.Row{Cells: []document.Cell{cell(t.AckOpen), pending, link}})
}

// verdictRows count target lines by verdict. Counting what is listed below is
// all the arithmetic that wording does.
func (w *writer) verdictRows(table *document.Table) {
	t := w.t.Summary
	for _, v := range []struct {
		label   string
		verdict sla.Verdict
	}{{t.TargetsMet, sla.Met}, {t.TargetsMissed, sla.Missed}, {t.TargetsInsufficient, sla.InsufficientData}, {t.TargetsNothing, sla.NotApplicable}} {
		f := Figure{ID: "n-targets-" + string(v.verdict)}
		for _, l := range w.m.Targets {
			if l.Verdict == string(v.verdict) {
				f.Value++
				f.Evidence = append(f.Evidence, l.ID)
			}
		}
		row := w.figureRow(v.label, f, !w.missing(PartTargets))
		row.Cells[1].Strong = v.verdict == sla.Missed && f.Value > 0
		table.Rows = append(table.Rows, row)
	}
}

func (w *writer) refusedRow() document.Row {
	var total uint64
	for _, c := range w.m.Quality.ByCause {
		total += c.Count
	}
	value := strconv.FormatUint(total, 10)
	if w.missing(PartRefused) {
		value = i18n.NoValue
	}
	return document.Row{Cells: []document.Cell{cell(w.t.Summary.RefusedTotal), cell(value),
		{Links: []document.Link{{ID: "dataquality", Text: w.t.Sections.Quality}}}}}
}
