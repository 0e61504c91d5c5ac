package i18n

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestReportTextsAreCompleteInEveryLanguage(t *testing.T) {
	en, ja := reflect.ValueOf(ReportIn("en")), reflect.ValueOf(ReportIn("ja"))
	compareReportTexts(t, "Report", en, ja)
	if ReportIn("fr").Total != ReportIn("en").Total {
		t.Error("an unknown language does not fall back to English")
	}
}

// compareReportTexts walks both values: nothing empty, the same map keys, list
// lengths and formatting verbs.
func compareReportTexts(t *testing.T, path string, en, ja reflect.Value) {
	t.Helper()
	switch en.Kind() {
	case reflect.String:
		if strings.HasSuffix(path, "When[in]") {
			return // the usual case is not said
		}
		if en.String() == "" || ja.String() == "" {
			t.Errorf("%s: en %q, ja %q: one is empty", path, en, ja)
		}
		if e, j := reportVerbs(en.String()), reportVerbs(ja.String()); e != j {
			t.Errorf("%s: verbs %q in en, %q in ja", path, e, j)
		}
	case reflect.Struct:
		for i := range en.NumField() {
			compareReportTexts(t, path+"."+en.Type().Field(i).Name, en.Field(i), ja.Field(i))
		}
	case reflect.Map:
		if en.Len() == 0 || en.Len() != ja.Len() {
			t.Errorf("%s: %d entries in en, %d in ja", path, en.Len(), ja.Len())
		}
		for _, k := range en.MapKeys() {
			if !ja.MapIndex(k).IsValid() {
				t.Errorf("%s: no %q in ja", path, k)
				continue
			}
			compareReportTexts(t, fmt.Sprintf("%s[%s]", path, k), en.MapIndex(k), ja.MapIndex(k))
		}
	case reflect.Slice:
		if en.Len() == 0 || en.Len() != ja.Len() {
			t.Errorf("%s: %d entries in en, %d in ja", path, en.Len(), ja.Len())
			return
		}
		for i := range en.Len() {
			compareReportTexts(t, fmt.Sprintf("%s[%d]", path, i), en.Index(i), ja.Index(i))
		}
	default:
		t.Fatalf("%s: a %s: teach this test about it", path, en.Kind())
	}
}

// reportVerbs lists the formatting verbs of s in order; "%" before a space or at the
// end is a percent sign of a heading.
func reportVerbs(s string) string {
	var b strings.Builder
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '%' && (s[i+1] == 's' || s[i+1] == 'd') {
			b.WriteString(s[i : i+2])
		}
	}
	return b.String()
}
