package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/template"
	"time"
)

// MaxBody is the longest text that a template may make, in bytes.
const MaxBody = 64 << 10

// A Template makes the body of a webhook request from a message. It comes from
// notify.yaml and from nowhere else.
type Template struct{ t *template.Template }

// ParseTemplate reads a text/template over [Message]. Besides the builtin
// functions there are `json VALUE`, which writes a value as JSON with its quotes,
// and `in LANGUAGE TEXT`. A template that names a field that does not exist is
// refused here, not on the night it is needed: it is tried on messages of every
// shape.
func ParseTemplate(src string) (*Template, error) {
	t, err := template.New("template").Funcs(template.FuncMap{
		"json": func(v any) (string, error) {
			b, err := json.Marshal(v)
			return string(b), err
		},
		"in": func(lang string, t Text) string { return t.In(lang) },
	}).Option("missingkey=error").Parse(src)
	if err != nil {
		return nil, err
	}
	out := &Template{t: t}
	for _, m := range Samples() {
		if _, err := out.Render(m); err != nil {
			return nil, fmt.Errorf("%w (tried on a message of kind %s)", err, m.Kind)
		}
	}
	return out, nil
}

// Render makes the body for one message.
func (t *Template) Render(m *Message) ([]byte, error) {
	var b bytes.Buffer
	if err := t.t.Execute(&limited{&b}, m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var errTooLong = errors.New("the body is longer than 64 KiB")

type limited struct{ b *bytes.Buffer }

var _ io.Writer = (*limited)(nil)

func (l *limited) Write(p []byte) (int, error) {
	if l.b.Len()+len(p) > MaxBody {
		return 0, errTooLong
	}
	return l.b.Write(p)
}

// Samples are messages of every shape: of an alarm, of a return without guidance,
// a digest and a test. A receiver can be tried with them.
func Samples() []*Message {
	at := time.Date(2026, time.November, 22, 22, 13, 58, 0, time.UTC)
	value, limit := 31.5, 27.0
	site := Site{Code: "DC-E1", Name: Text{"East 1", "東第一"}, Zone: "Asia/Tokyo"}
	name := Text{"CRAC supply air high", "空調機 給気温度高"}
	to := Receiver{Channel: "pager", Person: "sato", Name: "佐藤", Address: "81-3-0000-0000"}
	raised := Message{
		Version: Version, Notice: "NTC-0000000000000000", Kind: "raised", At: at, Site: site, To: to,
		Subject: Text{"!2 [ALM-900123] CRAC supply air high", "!2 [ALM-900123] 空調機 給気温度高"},
		Alarm: &Alarm{ID: "ALM-900123", Revision: 1, State: "UNACK", Priority: 2, Mark: "!2", Class: "environment", Rule: "CRAC-SUPPLY-HIGH", RuleRevision: 4,
			Device: "crac-1", Point: "crac-1/temperature_celsius{sensor=supply}", Place: "2F/hall-1", Category: "cooling", Name: name, Level: "high",
			Value: &value, Limit: &limit, Unit: "celsius", RaisedAt: at, Count: 1},
		Event: &Event{Kind: "raised", At: at, Actor: "rule:CRAC-SUPPLY-HIGH"},
		Guidance: &Guidance{Causes: []Text{{"fan belt", "ファンベルト"}}, Consequence: Text{"Rack inlets get warm", "ラック吸気温度上昇"},
			Action: []Text{{"Check that the neighbours run", "隣接機の運転確認"}}, Confirm: Text{"Supply air below 26.5 C", "給気 26.5℃未満"},
			Procedure: "CL-007", Owner: "facility", Respond: 600},
	}
	returned := raised
	gone := *raised.Alarm
	gone.State, gone.ReturnedAt, gone.Value, gone.Limit = "RTNUN", &at, nil, nil
	returned.Kind, returned.Alarm, returned.Guidance, returned.To = "returned", &gone, nil, Receiver{Channel: "pager"}
	digest := Message{Version: Version, Notice: "NTC-0000000000000001", Kind: "digest", At: at, Site: site, To: to, Subject: Text{"2 alarms", "警報 2件"},
		Members: []Member{{Notice: "NTC-0000000000000002", Kind: "raised", AlarmID: "ALM-900124", Priority: 4, Mark: "-4", Name: name, Device: "crac-1", At: at}}}
	test := Message{Version: Version, Notice: "NTC-0000000000000003", Kind: "test", At: at, Site: site, To: to, Subject: Text{"Test message", "試験通知"}}
	return []*Message{&raised, &returned, &digest, &test}
}
