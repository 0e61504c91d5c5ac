package notify

import (
	"fmt"
	"strings"
	"time"

	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

// mailBody is the text of a mail: the reader's language first, then the other.
func mailBody(lang string, m *message.Message, zone *time.Location) string {
	other := "ja"
	if lang == "ja" {
		other = "en"
	}
	return half(lang, m, zone) + "\n" + strings.Repeat("-", 60) + "\n\n" + half(other, m, zone)
}

func half(lang string, m *message.Message, zone *time.Location) string {
	t := i18n.NoticeIn(lang)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", m.Subject.In(lang))
	switch {
	case m.Alarm != nil:
		alarmText(&b, lang, &t, m, zone)
		guidanceText(&b, lang, &t, m.Guidance)
	case len(m.Members) > 0:
		fmt.Fprintf(&b, "%s\n\n", t.DigestWhy)
		for _, x := range m.Members {
			fmt.Fprintf(&b, "%s %s [%s] %s: %s - %s\n", when(x.At, zone), x.Mark, x.AlarmID, i18n.Word(t.Kinds, x.Kind), x.Name.In(lang), x.Device)
		}
	default:
		fmt.Fprintf(&b, "%s\n", t.TestWhy)
	}
	fmt.Fprintf(&b, "\n"+t.Footer+"\n", m.Notice)
	return b.String()
}

func alarmText(b *strings.Builder, lang string, t *i18n.Notice, m *message.Message, zone *time.Location) {
	words, a := i18n.For(lang), m.Alarm
	row := func(label, value string) {
		if value != "" {
			fmt.Fprintf(b, "%s: %s\n", label, value)
		}
	}
	value := func(v *float64) string {
		if v == nil || a.Unit == string(facility.UnitState) {
			return ""
		}
		return i18n.FormatUnit(facility.Unit(a.Unit), *v, lang)
	}
	row(t.Alarm, a.ID+" "+a.Name.In(lang))
	row(t.Priority, a.Mark)
	row(t.State, a.State)
	row(t.Device, a.Device)
	row(t.Place, a.Place)
	row(t.Zone, a.Zone)
	row(t.Value, strings.TrimSpace(value(a.Value)+" "+i18n.Word(words.Level, a.Level)))
	row(t.Limit, value(a.Limit))
	row(t.Raised, when(a.RaisedAt, zone))
	if a.ReturnedAt != nil {
		row(t.Returned, when(*a.ReturnedAt, zone))
	}
	if a.AckedAt != nil {
		row(t.Acked, when(*a.AckedAt, zone)+" "+t.By+" "+a.AckedBy)
	}
	if m.Event != nil {
		row(t.Comment, m.Event.Comment)
	}
	row(t.Rule, a.Rule)
}

func guidanceText(b *strings.Builder, lang string, t *i18n.Notice, g *message.Guidance) {
	if g == nil {
		return
	}
	list := func(head string, items []message.Text) {
		if len(items) == 0 {
			return
		}
		fmt.Fprintf(b, "\n%s:\n", head)
		for i, x := range items {
			fmt.Fprintf(b, "%d. %s\n", i+1, x.In(lang))
		}
	}
	fmt.Fprintf(b, "\n%s: %s\n", t.Consequence, g.Consequence.In(lang))
	if g.Respond > 0 {
		fmt.Fprintf(b, "%s: %s\n", t.Within, i18n.FormatDuration(time.Duration(g.Respond)*time.Second))
	}
	list(t.Action, g.Action)
	list(t.Causes, g.Causes)
	if c := g.Confirm.In(lang); c != "" {
		fmt.Fprintf(b, "\n%s: %s\n", t.Confirm, c)
	}
	if g.Procedure != "" {
		fmt.Fprintf(b, "%s: %s\n", t.Procedure, g.Procedure)
	}
}

// when is a moment as people read it; a time is never shown without its zone.
func when(at time.Time, zone *time.Location) string {
	return at.In(zone).Format(time.DateTime + " MST")
}
