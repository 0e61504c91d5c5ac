package action

import (
	"strings"
	"testing"

	"nezuban/internal/duty"
	"nezuban/internal/i18n"
	"nezuban/internal/ops"
)

// No refusal is read in the language of the logs.
func TestEveryRefusalHasASentence(t *testing.T) {
	for _, lang := range ops.Languages {
		for _, why := range duty.Whys {
			got := Reason(i18n.For(lang), duty.RefuseFor(duty.WrongState, why, "8h0m0s", "the words of the log"))
			if got == "" || strings.Contains(got, "the words of the log") || strings.Contains(got, "%s") || strings.Contains(got, string(why)+" ") {
				t.Errorf("%s, %s: %q", lang, why, got)
			}
		}
	}
	if got := Reason(i18n.For("ja"), duty.RefuseFor(duty.Invalid, duty.TooLong, "8h0m0s", "x")); !strings.HasSuffix(got, "最長 8h") {
		t.Errorf("a shelving that is too long: %q, want how long it may be", got)
	}
	if got := Reason(i18n.For("en"), duty.Refuse(duty.Invalid, "revision -1")); !strings.Contains(got, "revision -1") {
		t.Errorf("a refusal without a reason: %q, want what was wrong", got)
	}
}
