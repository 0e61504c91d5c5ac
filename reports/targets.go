package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nezuban/internal/i18n"
	"nezuban/sla"
)

// targets fills the target lines. A result whose seconds do not add up is
// refused: the identity is the reader's check.
func (b *builder) targets(m *Model) error {
	m.Targets = []TargetLine{}
	if b.absent[PartTargets] {
		return nil
	}
	results := slices.Clone(b.in.Targets)
	slices.SortFunc(results, func(x, y sla.Result) int {
		return cmp.Or(cmp.Compare(x.Section, y.Section), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Entity, y.Entity), x.WindowStart.Compare(y.WindowStart))
	})
	for _, r := range results {
		l, err := b.targetLine(r)
		if err != nil {
			return err
		}
		m.Targets = append(m.Targets, l)
	}
	return nil
}

func (b *builder) targetLine(r sla.Result) (TargetLine, error) {
	switch {
	case r.Good < 0 || r.Bad < 0 || r.Unknown < 0 || r.Excluded < 0:
		return TargetLine{}, fmt.Errorf("target %s %s: negative seconds", r.Name, r.Entity)
	case r.Good+r.Bad+r.Unknown != r.Eligible:
		return TargetLine{}, fmt.Errorf("target %s %s: good %d + bad %d + unknown %d is not eligible %d", r.Name, r.Entity, r.Good, r.Bad, r.Unknown, r.Eligible)
	case r.Denominator < 0 || r.Numerator < 0 || r.Numerator > r.Denominator:
		return TargetLine{}, fmt.Errorf("target %s %s: %d of %d is not a share", r.Name, r.Entity, r.Numerator, r.Denominator)
	}
	title := bothOf(b.in.TargetTitles[r.Name])
	if title.En == "" && title.Ja == "" {
		name := line(r.DisplayName)
		title = Bilingual{En: name, Ja: name}
	}
	l := TargetLine{
		ID: b.targetAnchor(&r), Name: line(r.Name), Entity: line(r.Entity), Title: title,
		Section: line(r.Section), Revision: line(b.in.TargetRevisions[r.Name]),
		From: b.at(r.WindowStart), To: b.at(r.WindowEnd), AsOf: b.at(r.AsOf), Open: r.Open,
		Verdict: string(r.Verdict), Basis: string(r.Basis),
		Target: sla.FormatPPM(r.TargetPPM), SLI: percent(r.Numerator, r.Denominator),
		Low: percent(r.Good, r.Eligible), High: percent(r.Good+r.Unknown, r.Eligible),
		Good: r.Good, Bad: r.Bad, Unknown: r.Unknown, Excluded: r.Excluded, Eligible: r.Eligible,
		Budget: sla.FormatMicros(r.BudgetMicros), BudgetLeft: sla.FormatMicros(r.BudgetLeftMicros), Exhausted: r.Exhausted,
		MetEntities: r.MetEntities, Entities: r.Entities, Unit: string(r.Unit()), Late: r.LateNotice, Thin: r.Thin, Pending: r.Pending, Overdue: r.Overdue, Few: r.Few,
	}
	if r.Definition > 1 && l.Revision == "" {
		l.Revision = strconv.Itoa(r.Definition)
	}
	if r.Excluded > 0 {
		l.Without = percent(r.RawNumerator, r.RawDenominator)
	}
	if r.Few { // the counts say what there is
		l.SLI, l.Low, l.High, l.Without = "", "", "", ""
	}
	if r.Unit() == sla.UnitValue {
		l.Target, l.SLI, l.Low, l.High, l.Budget, l.BudgetLeft = "", "", "", "", "", ""
		l.Limit = sla.FormatMicros(r.LimitMicros)
		if r.HasValue {
			l.Value = sla.FormatMicros(r.ValueMicros)
		}
	}
	return l, nil
}

// targetAnchor names a line; of an edited target there are several in one window.
func (b *builder) targetAnchor(r *sla.Result) string {
	if r.Split {
		return b.anchor("target", r.Name, r.Entity, strconv.Itoa(r.Definition))
	}
	return b.anchor("target", r.Name, r.Entity)
}

// percent is part of whole as the console prints it, without its sign; "" where
// there is no whole.
func percent(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	return strings.TrimSuffix(i18n.FormatShare(part, whole), " %")
}
