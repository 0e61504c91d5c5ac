package target

import (
	"strconv"
	"strings"
	"time"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
	"nezuban/sla"
	"nezuban/tui/session"
)

// head says what the lines below sum up to.
func (s *Screen) head(x shown, width int) []string {
	th, t := s.c.Theme, &s.c.T.Explain
	r := &x.entity.Result
	zone := s.c.Zone()
	title := r.Title.In(s.c.T.Lang)
	if title == "" {
		title = r.Name
	}
	verdict := i18n.Word(s.c.T.Verdict, string(r.Verdict))
	if r.Basis != "" {
		verdict += ", " + i18n.Word(s.c.T.Basis, string(r.Basis))
	}
	if r.Open {
		verdict += " (" + s.c.T.Targets.SoFar + ")"
	}
	lines := []string{
		session.Join(title, verdict),
		strconv.Itoa(s.at+1) + "/" + strconv.Itoa(len(s.shown)) + " " + s.entity(r),
		s.c.T.Targets.Window + " " + r.WindowStart.In(zone).Format("2006-01-02 15:04") + " - " + r.WindowEnd.In(zone).Format("2006-01-02 15:04 MST") + "   " + s.c.T.Targets.AsOf + " " + s.c.Clock(r.AsOf),
		s.sums(r),
	}
	if x.part.Split {
		lines[2] += "   " + t.Definition + " " + strconv.Itoa(x.part.Definition)
	}
	for i := range lines {
		clean, _ := text.Clean(lines[i], 400)
		lines[i] = " " + th.Normal.Paint(text.Cut(clean, width-2, th.Glyphs.Tail))
	}
	return append(lines, th.Rule(width))
}

func (s *Screen) entity(r *sla.Result) string {
	id, _, point := strings.Cut(r.Entity, "/")
	if r.Entity == "" {
		return s.c.T.Explain.All
	}
	name := s.c.DeviceName(facility.DeviceID(id))
	if point {
		return session.Join(name, r.Entity)
	}
	return name
}

// sums are the figures of an entity in one line, in what the kind counts.
func (s *Screen) sums(r *sla.Result) string {
	t, w := &s.c.T.Explain, s.c.T.Targets
	if r.Unit() == sla.UnitValue {
		value := s.c.Theme.Glyphs.None
		if r.HasValue {
			value = sla.FormatMicros(r.ValueMicros)
		}
		return string(r.Statistic) + " " + value + "   " + t.Limit + " " + sla.FormatMicros(r.LimitMicros) + "   " + strings.ToLower(w.Unknown) + " " + span(r.Unknown)
	}
	n := span
	if r.Unit() == sla.UnitOccurrences {
		n = func(v int64) string { return strconv.FormatInt(v, 10) }
	}
	out := strings.ToLower(w.Good) + " " + n(r.Good) + "   " + strings.ToLower(w.Bad) + " " + n(r.Bad) + "   " + strings.ToLower(w.Unknown) + " " + n(r.Unknown) + "   " + w.Excluded + " " + n(r.Excluded)
	if r.Pending > 0 {
		out += "   " + i18n.Word(s.c.T.Was, string(sla.WasPending)) + " " + n(r.Pending)
	}
	if r.Overdue > 0 {
		out += "   " + t.Overdue + " " + n(r.Overdue)
	}
	return out
}

func span(seconds int64) string { return i18n.FormatDuration(time.Duration(seconds) * time.Second) }

// line is one stretch of time, or one occurrence.
func (s *Screen) line(l *sla.Line, width int) string {
	th := s.c.Theme
	from := time.Unix(l.From, 0).In(s.c.Zone()).Format("01-02 15:04:05")
	lasted := th.Glyphs.None
	if l.To > l.From && l.Cause != sla.FromDuty {
		lasted = span(l.To - l.From)
	}
	was := i18n.Word(s.c.T.Was, string(l.What))
	head := text.Fit(from, 14, "") + " " + text.PadLeft(lasted, 9) + "  "
	style := th.Normal
	switch l.What {
	case sla.WasBad:
		style = th.Bar
	case sla.WasUnknown:
		style = th.Old
	}
	rest := width - 14 - 1 - 9 - 2 - 10 - 1
	return th.Normal.Paint(head) + style.Paint(text.Fit(was, 10, th.Glyphs.Tail)) + " " + th.Dim.Paint(text.Cut(s.because(l), rest, th.Glyphs.Tail))
}

// because is the source of a line.
func (s *Screen) because(l *sla.Line) string {
	t := &s.c.T.Explain
	clean := func(v string) string { c, _ := text.Clean(v, 300); return c }
	if l.Cause == sla.FromExclusion || l.Cause == sla.FromEvent || l.Cause == sla.FromDuty {
		return session.Join(clean(l.ID), clean(l.Text))
	}
	why := i18n.Word(s.c.T.Cause, string(l.Cause))
	if l.Samples > 0 {
		values := number(l.Low)
		if l.Low != l.High {
			values += " - " + number(l.High)
		}
		if l.State != "" {
			values = i18n.Word(s.c.T.State, l.State)
		}
		why = t.Readings(l.Samples, values)
	}
	if l.Silent > 0 {
		why += "  " + t.Silent(l.Silent)
	}
	return why
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
