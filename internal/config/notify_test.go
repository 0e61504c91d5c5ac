package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nezuban/internal/config"
	"nezuban/internal/facility"
)

// notified is a notify.yaml that is right; parts of it are exchanged below.
const (
	mailChannel = "  - {name: mail, kind: smtp, url: \"smtp://mail.example.net:587\", from: n@example.net}\n"
	satoContact = "contacts:\n  - {person: sato, at: {mail: sato@example.net}}\n"
	primary     = "rotations:\n  - {name: primary, people: [sato], start: \"2026-04-06 09:00\", days: 7}\n"
	oneStep     = "escalations:\n  - name: e\n    steps:\n      - {priority: P1, to: [on-call:primary]}\n      - {priority: P2, to: [on-call:primary]}\n"
)

func channels(lines string) string { return "channels:\n" + lines }

func right(parts ...string) string {
	return channels(mailChannel) + satoContact + primary + oneStep + strings.Join(parts, "")
}

func hook(keys string) string { return channels("  - {name: hook, kind: webhook, " + keys + "}\n") }

func step(keys string) string {
	return channels(mailChannel) + satoContact + primary + "escalations:\n  - name: e\n    steps:\n      - {" + keys + "}\n      - {priority: P2, to: [on-call:primary]}\n"
}

func TestMistakesOfNotices(t *testing.T) {
	tests := []struct{ name, content, at, says string }{
		{"unknown key", right("escalation: x\n"), "escalation: x", `unknown key "escalation"`},
		{"no kind", channels("  - {name: mail, url: x}\n"), "{name: mail", `kind "" is not known`},
		{"kind", channels("  - {name: mail, kind: fax, url: x}\n"), "fax", `kind "fax" is not known`},
		{"channel twice", channels(mailChannel+mailChannel) + satoContact + primary + oneStep, "mail, kind", `the name "mail" is used twice`},
		{"channel name", channels("  - {name: Mail, kind: smtp, url: x}\n"), "Mail", `channel name "Mail"`},
		{"no url", hook("all: true"), "{name: hook", "channel hook has no url"},
		{"url of another kind", hook("url: \"smtp://x\", all: true"), "\"smtp://x\"", "the address \"smtp://x\" cannot be used"},
		{"password in the address", hook("url: \"https://a:b@x.example/\", all: true"), "\"https://a:b", "holds a user or password"},
		{"in clear", hook("url: \"http://pager.example.net/\", all: true"), "\"http://pager", "would go over the network in clear"},
		{"mail in clear", channels("  - {name: mail, kind: smtp, url: \"smtp://mail.example.net\", from: n@example.net, tls: none}\n") + satoContact + primary + oneStep, "\"smtp://mail", "would go over the network in clear"},
		{"both addresses", hook("url: \"https://x.example/\", url_secret: auth, all: true"), "auth", "url and url_secret are both given"},
		{"a secret that there is not", hook("url: \"https://x.example/\", secret: no-such, all: true"), "no-such", `there is no secret named "no-such"`},
		{"sender", channels("  - {name: mail, kind: smtp, url: \"smtp://mail.example.net\", from: nobody}\n") + satoContact + primary + oneStep, "nobody", `its sender "nobody" is no mail address`},
		{"login without password", channels("  - {name: mail, kind: smtp, url: \"smtp://mail.example.net\", from: n@example.net, user: u}\n") + satoContact + primary + oneStep, "{name: mail", "a login needs both user and secret"},
		{"misplaced", hook("url: \"https://x.example/\", from: a@b.example, all: true"), "from: a@b", "from means nothing for a channel of kind webhook"},
		{"limit of an Alertmanager", channels("  - {name: am, kind: alertmanager, url: \"https://am.example.net\", per_hour: 3}\n"), "per_hour", "per_hour means nothing"},
		{"limit", hook("url: \"https://x.example/\", per_hour: -1, all: true"), "-1", "per_hour: -1 is out of range"},
		{"minimum", hook("url: \"https://x.example/\", minimum: 2, all: true"), "2,", `minimum "2" is no priority`},
		{"template", hook("url: \"https://x.example/\", template: '{{.Alrm}}', all: true"), "'{{.Alrm}}'", "can't evaluate field Alrm"},
		{"template that a digest breaks", hook("url: \"https://x.example/\", template: '{{.Alarm.Device}}', all: true"), "'{{.Alarm", "tried on a message of kind digest"},
		{"template file", hook("url: \"https://x.example/\", template_file: none.txt, all: true"), "none.txt", "the template cannot be read"},
		{"certificates", hook("url: \"https://x.example/\", ca: none.pem, all: true"), "none.pem", "the file of certificates none.pem cannot be read"},
		{"contact of nobody", channels(mailChannel) + "contacts:\n  - {person: satoo, at: {mail: a@b.example}}\n  - {person: sato, at: {mail: a@b.example}}\n" + primary + oneStep, "satoo", `people.yaml has no person "satoo"`},
		{"contact twice", channels(mailChannel) + satoContact + "  - {person: sato, at: {mail: a@b.example}}\n" + primary + oneStep, "sato, at", `"sato" has addresses already`},
		{"contact on no channel", channels(mailChannel) + "contacts:\n  - {person: sato, at: {mail: a@b.example, mial: c@d.example}}\n" + primary + oneStep, "{mail: a", `there is no channel "mial"`},
		{"no mail address", channels(mailChannel) + "contacts:\n  - {person: sato, at: {mail: nowhere}}\n" + primary + oneStep, "{mail", `"nowhere" is no mail address`},
		{"rotation of nobody", channels(mailChannel) + satoContact + "rotations:\n  - {name: primary, start: \"2026-04-06 09:00\", days: 7}\n" + oneStep, "{name: primary", "rotation primary has no people"},
		{"start", channels(mailChannel) + satoContact + "rotations:\n  - {name: primary, people: [sato], start: \"April\", days: 7}\n" + oneStep, "\"April\"", `start "April" is no date and time`},
		{"no length of a turn", channels(mailChannel) + satoContact + "rotations:\n  - {name: primary, people: [sato], start: \"2026-04-06 09:00\"}\n" + oneStep, "{name: primary", "would hand over with every shift, and site.yaml has none"},
		{"shift", channels(mailChannel) + satoContact + "rotations:\n  - {name: primary, people: [sato], start: \"2026-04-06 09:00\", days: 1, shifts: [noon]}\n" + oneStep, "noon", `site.yaml has no shift "noon"`},
		{"override backwards", channels(mailChannel) + satoContact + "rotations:\n  - {name: primary, people: [sato], start: \"2026-04-06 09:00\", days: 7, overrides: [{person: sato, from: \"2026-05-02 09:00\", to: \"2026-05-01 09:00\"}]}\n" + oneStep, "\"2026-05-01", "the override ends before it begins"},
		{"a step for nobody", step("priority: P1, to: []"), "{priority: P1", "the step tells nobody"},
		{"a step without priority", step("to: [on-call:primary]"), "{to: [", "the step names no priority"},
		{"unknown rotation", step("priority: P1, to: [on-call:second]"), "on-call:second", "on-call:second: there is no such rotation"},
		{"empty role", step("priority: P1, to: [role:manager]"), "role:manager", "role:manager: nobody has this role"},
		{"unknown person", step("priority: P1, to: [person:gone]"), "person:gone", "person:gone: there is no such person"},
		{"unknown kind of receiver", step("priority: P1, to: [sato]"), "sato]", `receiver "sato": want`},
		{"unknown channel", step("priority: P1, to: [channel:fax]"), "channel:fax", "channel:fax: there is no such channel"},
		{"mail without a person", step("priority: P1, to: [channel:mail]"), "channel:mail", "channel:mail: mail needs a person"},
		{"repeat before the last", step("priority: P1, after: 2m, to: [on-call:primary], repeat: 5m}\n      - {priority: P1, after: 5m, to: [on-call:primary]"), "5m}", "only the last step of a priority repeats"},
		{"repeat too often", step("priority: P1, after: 2m, to: [on-call:primary], repeat: 1s"), "1s", "repeat: 1s cannot be"},
		{"escalation twice", right() + "  - {name: e, steps: []}\n", "e, steps", `escalation "e" is defined twice`},
		{"heartbeat too often", right("heartbeats:\n  - {name: b, url: \"https://x.example\", every: 1s}\n"), "1s", "every: 1s is out of range"},
		{"heartbeat in clear", right("heartbeats:\n  - {name: b, url: \"http://x.example\"}\n"), "\"http://x", "in clear"},
		{"heartbeat named like a channel", right("heartbeats:\n  - {name: mail, url: \"https://x.example\"}\n"), "mail, url", `the name "mail" is used twice`},
		{"test_at", right("test_at: nine\n"), "nine", `test_at "nine"`},
		{"contacts and no channels", "channels: []\n" + "escalations:\n  - {name: e, steps: []}\n", "channels", "notify.yaml has no channels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site, problems := load(t, map[string]string{"inventory/0.yaml": ups, "people.yaml": person, "notify.yaml": tt.content})
			mistakes := slices.DeleteFunc(slices.Clone(problems), func(p facility.Problem) bool { return p.Warning })
			if site != nil || len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), tt.says) {
				t.Fatalf("want one mistake %q, got:%s", tt.says, list(problems))
			}
			if m := mistakes[0]; m.File != "notify.yaml" || !strings.HasPrefix(textAt(tt.content, m.Line, m.Column), tt.at) {
				t.Errorf("the place must be where %q stands, got %v: %q", tt.at, m, textAt(tt.content, m.Line, m.Column))
			}
		})
	}
}

func TestTheDefaultEscalationIsCheckedLikeOneThatSomebodyWrote(t *testing.T) {
	_, problems := load(t, map[string]string{"inventory/0.yaml": ups, "people.yaml": person, "notify.yaml": channels(mailChannel) + satoContact})
	said := list(problems)
	for _, want := range []string{"the default one tells on-call:primary: there is no such rotation", "role:shift-lead: nobody has this role", "role:manager: nobody has this role"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in%s", want, said)
		}
	}
	_, problems = load(t, map[string]string{"inventory/0.yaml": ups, "people.yaml": person, "notify.yaml": channels(mailChannel) + primary + oneStep})
	if said := list(problems); !strings.Contains(said, "on-call:primary: sato has no address on a channel that takes P1") {
		t.Errorf("a person without an address:%s", said)
	}
}

func TestNoticesAreRead(t *testing.T) {
	const three = person + "  - {id: lead, roles: [shift-lead], unix: lead}\n  - {id: boss, roles: [manager], unix: boss}\n"
	dir := writeSite(t, map[string]string{"inventory/0.yaml": ups, "people.yaml": three,
		"notify.yaml": channels(mailChannel+"  - {name: am, kind: alertmanager, url: \"http://127.0.0.1:9093\"}\n  - {name: chat, kind: webhook, url_secret: hook-url, all: true}\n") +
			"contacts:\n  - {person: sato, at: {mail: sato@example.net}}\n  - {person: lead, at: {mail: l@example.net}}\n  - {person: boss, at: {mail: b@example.net}}\n" + primary})
	site, problems := config.Load(dir, config.LoadOptions{Secrets: func(name string) (string, bool) {
		if name == "hook-url" {
			return "https://hooks.example.net/T0", true
		}
		return secrets(name)
	}})
	if site == nil {
		t.Fatalf("it does not load:%s", list(problems))
	}
	n := site.Notify
	if len(n.Channels) != 3 || !n.Channels[1].All || n.Channels[2].URL != "https://hooks.example.net/T0" || n.TestAt != 9*time.Hour || n.Channels[0].TLS != "required" {
		t.Errorf("read: %+v", n.Channels)
	}
	if len(n.Escalations) != 1 || n.Escalations[0].Name != "default" {
		t.Fatalf("escalations: %+v", n.Escalations)
	}
	var got []string
	for p := facility.P1; p <= facility.P4; p++ {
		for _, s := range n.Escalations[0].Steps[p] {
			got = append(got, fmt.Sprintf("P%d %v %v %v", p, s.After, s.To, s.Repeat))
		}
	}
	want := "P1 0s [on-call:primary] 0s, P1 2m0s [role:shift-lead] 0s, P1 5m0s [role:manager] 5m0s, P2 0s [on-call:primary] 0s, P2 10m0s [role:shift-lead] 0s, P2 30m0s [role:manager] 0s"
	if strings.Join(got, ", ") != want {
		t.Errorf("default escalation: %s; want %s", strings.Join(got, ", "), want)
	}
	if at := n.Rotations[0].Start; at.Format(time.RFC3339) != "2026-04-06T09:00:00+09:00" {
		t.Errorf("the first hand-over is at %v; want 09:00 of the site", at)
	}
	if people := site.Roster().OnCall("primary", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); len(people) != 1 || people[0].ID != "sato" {
		t.Errorf("on call: %v", people)
	}
}

func TestASiteThatSendsToAnAlertmanagerOnlyNeedsNoEscalation(t *testing.T) {
	site, problems := load(t, map[string]string{"inventory/0.yaml": ups, "people.yaml": person,
		"notify.yaml": channels("  - {name: am, kind: alertmanager, url: \"https://am.example.net\"}\n")})
	if site == nil || len(site.Notify.Escalations) != 0 {
		t.Errorf("want no mistakes and no escalation:%s", list(problems))
	}
	for _, p := range problems {
		if strings.Contains(p.Error(), "notify.yaml") {
			t.Errorf("%v", p)
		}
	}
}

func TestWarningsOfNotices(t *testing.T) {
	for says, content := range map[string]string{
		"channel hook never tells anybody":                       channels(mailChannel+"  - {name: hook, kind: webhook, url: \"https://x.example/\"}\n") + satoContact + primary + oneStep,
		"alarms go over the network in clear":                    channels("  - {name: hook, kind: webhook, url: \"http://x.example/\", all: true, allow_insecure: true}\n"),
		"nobody notices that a channel has stopped":              right("test_at: never\n"),
		"escalation e tells nobody of P2":                        channels(mailChannel) + satoContact + primary + "escalations:\n  - {name: e, steps: [{priority: P1, to: [on-call:primary]}]}\n",
		"nobody is on call in rotation primary before its first": channels(mailChannel) + satoContact + strings.Replace(primary, "2026-04", "2036-04", 1) + oneStep,
		"two overrides of rotation primary overlap":              channels(mailChannel) + satoContact + "rotations:\n  - {name: primary, people: [sato], start: \"2026-04-06 09:00\", days: 7, overrides: [{person: sato, from: \"2026-05-01 09:00\", to: \"2026-05-03 09:00\"}, {person: sato, from: \"2026-05-02 09:00\", to: \"2026-05-04 09:00\"}]}\n" + oneStep,
	} {
		site, problems := config.Load(writeSite(t, map[string]string{"inventory/0.yaml": ups, "people.yaml": person, "notify.yaml": content}),
			config.LoadOptions{Secrets: secrets, Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
		if site == nil || !strings.Contains(list(problems), says) {
			t.Errorf("want the warning %q and no mistake, got:%s", says, list(problems))
		}
	}
}
