package message

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTemplatesAreTriedBeforeTheyAreNeeded(t *testing.T) {
	tests := []struct{ name, src, want, err string }{
		{"text in a language", `{{in "ja" .Subject}} {{.To.Address}}`, "!2 [ALM-900123] 空調機 給気温度高 81-3-0000-0000", ""},
		{"quoted as JSON", `{"text":{{json (in "en" .Subject)}},"id":{{json .Notice}}}`, `{"text":"!2 [ALM-900123] CRAC supply air high","id":"NTC-0000000000000000"}`, ""},
		{"what may be absent is asked for", `{{with .Alarm}}{{.Device}}{{else}}none{{end}}`, "crac-1", ""},
		{"a field that does not exist", `{{.Alrm.Device}}`, "", "can't evaluate field Alrm"},
		{"a field of what a digest does not have", `{{.Alarm.Device}}`, "", "nil pointer evaluating *message.Alarm.Device (tried on a message of kind digest)"},
		{"no function of ours", `{{exec "id"}}`, "", `function "exec" not defined`},
		{"not closed", `{{.Notice`, "", "unclosed action"},
		{"endless text", `{{define "x"}}{{.Notice}}{{template "x" .}}{{end}}{{template "x" .}}`, "", "longer than 64 KiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl, err := ParseTemplate(tt.src)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := tpl.Render(Samples()[0])
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestWhatThereIsNotIsNull(t *testing.T) {
	b, err := json.Marshal(Samples()[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"value":null`, `"limit":null`, `"acked_at":null`, `"guidance":null`, `"version":1`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %s in %s", want, b)
		}
	}
}
