package i18n

import (
	"strings"
	"time"
)

// RefusalOf is the sentence for a command that was not carried out: that of why
// where there is one, with arg in its place, else that of the code. A length of
// time in arg is written as people read it. detail is added where neither says
// what exactly was wrong with what was typed.
func (t *Texts) RefusalOf(code, why, arg, detail string) string {
	sentence, ok := t.Why[why]
	if !ok {
		sentence = Word(t.Refusal, code)
		if detail != "" && (code == "invalid" || code == "wrong_state") {
			sentence += " (" + detail + ")"
		}
		return sentence
	}
	if d, err := time.ParseDuration(arg); err == nil {
		arg = FormatDuration(d)
	}
	return strings.ReplaceAll(sentence, "%s", arg)
}
