package render

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"nezuban/reports/document"
)

//go:embed report.html.tmpl
var pageTemplate string

// HTML lays the document out as one file: no script, nothing loaded from
// elsewhere, a style sheet for paper, an anchor for every evidence id.
func HTML(d document.Document) ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{"kind": kind, "timeline": timeline}).Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse the report's template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("render HTML: %w", err)
	}
	return b.Bytes(), nil
}

// kind names a block for the template.
func kind(b document.Block) string {
	switch b.(type) {
	case document.Note:
		return "note"
	case document.Heading:
		return "heading"
	case document.Table:
		return "table"
	case document.Timeline:
		return "timeline"
	}
	return ""
}
