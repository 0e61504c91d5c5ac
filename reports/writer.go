package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/reports/document"
	"nezuban/reports/render"
)

// HTML renders the model in lang ("ja" or "en") as one self-contained file.
func HTML(m Model, lang string) ([]byte, error) {
	d, err := documentOf(m, lang)
	if err != nil {
		return nil, err
	}
	return render.HTML(d)
}

// Text renders the model in lang for a mail or a terminal of 80 columns.
func Text(m Model, lang string) ([]byte, error) {
	d, err := documentOf(m, lang)
	if err != nil {
		return nil, err
	}
	return render.Text(d), nil
}

// FileName is the ASCII name of a rendering: DC-E1_daily_2026-11-22_provisional.en.html;
// lang is "" for report.json, which has every language.
func FileName(m Model, lang, extension string) string {
	clean := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
				return r
			}
			return '-'
		}, s)
	}
	name := clean(m.Site.Code) + "_" + clean(m.Kind) + "_" + clean(m.Period.ID) + "_" + clean(m.State)
	if lang != "" {
		name += "." + clean(lang)
	}
	return name + "." + clean(extension)
}

// writer words a model in one language.
type writer struct {
	m    *Model
	lang string
	t    i18n.Report
	word *i18n.Texts // shared with the console
}

func documentOf(m Model, lang string) (document.Document, error) {
	if lang != "ja" {
		lang = "en"
	}
	w := &writer{m: &m, lang: lang, t: i18n.ReportIn(lang), word: i18n.For(lang)}
	list, ok := sectionsOf[m.Kind]
	if !ok {
		return document.Document{}, fmt.Errorf("render report: no sections for kind %q", m.Kind)
	}
	b, err := JSON(m)
	if err != nil {
		return document.Document{}, err
	}
	hash := sha256.Sum256(b)
	p := m.Period
	d := document.Document{
		Language: lang,
		Title:    m.Site.Code + " " + w.t.Titles[m.Kind] + " " + p.ID,
		Facts: []document.Fact{
			{Label: w.t.Site, Value: strings.TrimSpace(m.Site.Code + " " + m.Site.Name.In(lang))},
			{Label: w.t.Period, Value: fmt.Sprintf("%s – %s  (%s)", p.From, p.To, w.duration(p.Seconds))},
			{Label: w.t.Zone, Value: p.Zone + " (UTC" + p.From.Offset() + ")"},
			{Label: w.t.AsOf, Value: m.AsOf.String()},
		},
		Footer: []string{
			w.t.ModelDigest + " " + hex.EncodeToString(hash[:]),
			"nezuban " + m.Provenance.Build + " · " + w.t.Version + " " + strconv.Itoa(m.SchemaVersion),
		},
	}
	if m.State == StateProvisional {
		d.Banners = append(d.Banners, w.t.Provisional)
	}
	if p.Open {
		d.Banners = append(d.Banners, fmt.Sprintf(w.t.OpenPeriod, m.AsOf))
	}
	for _, s := range list {
		d.Sections = append(d.Sections, document.Section{ID: s.id, Title: s.title(w.t.Sections), Blocks: s.write(w)})
	}
	return d, nil
}

// absent is the note of a part that could not be obtained.
func (w *writer) absent(part string) (document.Note, bool) {
	for _, a := range w.m.Absent {
		if a.Part == part {
			reason, ok := w.t.Causes[a.Cause]
			if !ok {
				reason = a.Reason
			}
			return document.Note{Text: fmt.Sprintf(w.t.NotAvailable, w.t.Parts[part], reason), Strong: true}, true
		}
	}
	return document.Note{}, false
}

// duration in days, hours, minutes and seconds, exact, without leading zeros.
func (w *writer) duration(s int64) string {
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	d, h, m, sec := s/86400, s/3600%24, s/60%60, s%60
	gap := " "
	if w.lang == "ja" {
		gap = ""
	}
	switch {
	case d > 0 && s%86400 == 0:
		return fmt.Sprintf("%s%d%s%s", sign, d, gap, w.t.Days)
	case d > 0:
		return fmt.Sprintf("%s%d%s%s %d%s%s %02d%s%s %02d%s%s", sign, d, gap, w.t.Days, h, gap, w.t.Hours, m, gap, w.t.Minutes, sec, gap, w.t.Seconds)
	case h > 0:
		return fmt.Sprintf("%s%d%s%s %02d%s%s %02d%s%s", sign, h, gap, w.t.Hours, m, gap, w.t.Minutes, sec, gap, w.t.Seconds)
	case m > 0:
		return fmt.Sprintf("%s%d%s%s %02d%s%s", sign, m, gap, w.t.Minutes, sec, gap, w.t.Seconds)
	}
	return fmt.Sprintf("%s%d%s%s", sign, sec, gap, w.t.Seconds)
}

// durationOr is a dash where there is no figure.
func (w *writer) durationOr(s *int64) string {
	if s == nil {
		return i18n.NoValue
	}
	return w.duration(*s)
}

// moment within the period shows its time of day, others their date too.
func (w *writer) moment(m Moment) string {
	if m.IsZero() {
		return i18n.NoValue
	}
	if m.Date() == w.m.Period.From.Date() {
		return m.Clock()
	}
	return m.String()
}

// mark is the priority as it is written everywhere; 0 stands for all of them.
func (w *writer) mark(priority int) string {
	if priority == 0 {
		return w.t.Total
	}
	return facility.Priority(priority).Mark()
}

// actor writes person:sato as sato; the alarm's own rule, which its heading names,
// is just the rule; other rules and the program keep their kind.
func (w *writer) actor(s *Story, who string) string {
	if who == "rule:"+s.Rule {
		return w.t.Alarms.ByRule
	}
	return personOf(who)
}

func dash(s string) string {
	if s == "" {
		return i18n.NoValue
	}
	return s
}

func cell(s string) document.Cell { return document.Cell{Text: s} }

func count(n int64) document.Cell { return document.Cell{Text: strconv.FormatInt(n, 10)} }

// anchored is a count that can be pointed at.
func anchored(f Figure) document.Cell {
	return document.Cell{ID: f.ID, Text: strconv.FormatInt(f.Value, 10)}
}

func left(titles ...string) (cols []document.Column) {
	for _, t := range titles {
		cols = append(cols, document.Column{Title: t})
	}
	return cols
}

// whole columns hold times, ids and codes.
func whole(titles ...string) []document.Column {
	cols := left(titles...)
	for i := range cols {
		cols[i].Whole = true
	}
	return cols
}

func right(titles ...string) []document.Column {
	cols := left(titles...)
	for i := range cols {
		cols[i].Right = true
	}
	return cols
}
