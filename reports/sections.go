package reports

import (
	"nezuban/internal/i18n"
	"nezuban/reports/document"
)

// A section words one chapter of a model. ids are anchors of the HTML.
type section struct {
	id    string
	title func(i18n.ReportSections) string
	write func(*writer) []document.Block
}

// sectionsOf lists the chapters of each kind of report in their order: the one
// place where a new chapter is added.
var sectionsOf = map[string][]section{
	KindDaily: {
		{"summary", func(t i18n.ReportSections) string { return t.Summary }, writeSummary},
		{"alarms", func(t i18n.ReportSections) string { return t.Alarms }, writeAlarms},
		{"acknowledgement", func(t i18n.ReportSections) string { return t.Acks }, writeAcknowledgement},
		{"stories", func(t i18n.ReportSections) string { return t.Stories }, writeStories},
		{"targets", func(t i18n.ReportSections) string { return t.Targets }, writeTargets},
		{"devices", func(t i18n.ReportSections) string { return t.Devices }, writeDevices},
		{"dataquality", func(t i18n.ReportSections) string { return t.Quality }, writeQuality},
		{"provenance", func(t i18n.ReportSections) string { return t.Origin }, writeProvenance},
	},
}
