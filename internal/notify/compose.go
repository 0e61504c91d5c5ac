package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
	"nezuban/internal/text"
)

// longest texts of a message, in bytes.
const (
	maxName    = 300
	maxComment = 1000
	maxSubject = 400
)

// noticeID names a notice for good: the same transition, step, kind, channel and
// target always have the same one.
func noticeID(parts ...any) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return "NTC-" + strings.ToUpper(hex.EncodeToString(h.Sum(nil)[:10]))
}

func line(s string, limit int) string {
	out, _ := text.Clean(s, limit)
	return out
}

func bothOf(t facility.Text) message.Text {
	return message.Text{En: line(t.In("en"), maxComment), Ja: line(t.In("ja"), maxComment)}
}

func listOf(list []facility.Text) []message.Text {
	out := make([]message.Text, 0, len(list))
	for _, t := range list {
		out = append(out, bothOf(t))
	}
	return out
}

func siteOf(s facility.Site) message.Site {
	zone := "UTC"
	if s.Zone != nil {
		zone = s.Zone.String()
	}
	return message.Site{Code: line(s.Code, 64), Name: bothOf(s.Name), Zone: zone}
}

// compose writes down the alarm as it is. e and rule may be nil.
func compose(site facility.Site, o alarm.Occurrence, e *alarm.Event, rule *alarm.Rule, at time.Time) message.Message {
	m := message.Message{Version: message.Version, At: at.UTC(), Site: siteOf(site), Alarm: alarmOf(o)}
	if e != nil {
		m.Event = &message.Event{Kind: string(e.Kind), At: e.At.UTC(), Actor: line(e.Actor, maxName), Comment: line(e.Comment, maxComment)}
	}
	if rule != nil {
		m.Guidance = &message.Guidance{
			Causes: listOf(rule.Text.Causes), Consequence: bothOf(rule.Text.Consequence), Action: listOf(rule.Text.Action), Confirm: bothOf(rule.Text.Confirm),
			Procedure: line(rule.Procedure, maxName), Owner: line(rule.Owner, maxName), Respond: int64(rule.TimeToRespond / time.Second),
		}
	}
	return m
}

func alarmOf(o alarm.Occurrence) *message.Alarm {
	moment := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	number := func(v float64, has bool) *float64 {
		if !has {
			return nil
		}
		return &v
	}
	return &message.Alarm{
		ID: o.ID, Revision: o.Revision, State: string(o.State()), Priority: int(o.Priority), Mark: o.Priority.Mark(), Class: string(o.Class),
		Rule: o.Rule, RuleRevision: o.RuleRev, Device: line(string(o.Device), maxName), Point: line(string(o.Point), maxName),
		Place: line(o.Place, maxName), Category: o.Category, Zone: line(o.Zone, maxName), Name: bothOf(o.Name), Level: line(o.Level, maxName),
		Value: number(o.Value, o.HasValue), Limit: number(o.Limit, o.HasLimit), Unit: string(o.Unit),
		RaisedAt: o.RaisedAt.UTC(), ReturnedAt: moment(o.ReturnedAt), AckedAt: moment(o.AckedAt), AckedBy: o.AckedBy, EndedAt: moment(o.EndedAt), Count: o.Count,
	}
}

// subject is one line: mark, alarm id, what happened unless it was raised, name,
// device, site.
func subject(lang string, m *message.Message) string {
	a := m.Alarm
	words := []string{a.Mark, "[" + a.ID + "]"}
	if m.Kind != string(duty.NoticeRaised) {
		words = append(words, i18n.Word(i18n.NoticeIn(lang).Kinds, m.Kind)+":")
	}
	words = append(words, a.Name.In(lang), "-", a.Device, "("+m.Site.Code+")")
	return line(strings.Join(words, " "), maxSubject)
}

// seal makes the notice of a message for one receiver; the message is a copy.
func seal(n duty.Notice, m message.Message, to message.Receiver) duty.Notice {
	m.Notice, m.Kind, m.Step, m.To = n.ID, string(n.Kind), n.Step, to
	if m.Alarm != nil {
		m.Subject = message.Text{En: subject("en", &m), Ja: subject("ja", &m)}
	}
	// A message holds texts, numbers and times only; a number that JSON cannot
	// write (NaN) was never measured.
	if a := m.Alarm; a != nil {
		clone := *a
		clone.Value, clone.Limit = finite(a.Value), finite(a.Limit)
		m.Alarm = &clone
	}
	body, err := json.Marshal(m)
	if err != nil {
		panic("notify: a message that is no JSON: " + err.Error())
	}
	n.Body = body
	return n
}

func finite(v *float64) *float64 {
	if v == nil || *v-*v != 0 { // NaN and both infinities
		return nil
	}
	return v
}
