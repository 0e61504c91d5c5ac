package i18n

import (
	"reflect"
	"testing"
)

func TestNoticeTextsAreCompleteInEveryLanguage(t *testing.T) {
	compareReportTexts(t, "Notice", reflect.ValueOf(NoticeIn("en")), reflect.ValueOf(NoticeIn("ja")))
	if NoticeIn("fr").Test != NoticeIn("en").Test {
		t.Error("an unknown language does not fall back to English")
	}
}
