package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"nezuban/collectors"
	"nezuban/internal/alarm"
	"nezuban/internal/config"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/sla"
)

const (
	keyOne = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINkESoAQtBLnf1r7qvkZ9FP7k55T2OtVwT7xygS0uF4t sato"
	keyTwo = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIcN4dX2o0L7lJb22ZSUFnNQi4CSaGcfXPHyze1a2WgV tanaka"
)

// full is a site that uses about everything.
func full() map[string]string {
	return map[string]string{
		"site.yaml": `code: DC-E1
name: {en: East 1, ja: 東第一}
zone: Asia/Tokyo
language: ja
data: /var/lib/nezuban
shifts:
  - {id: day, name: {en: day, ja: 日勤}, start: "08:30"}
  - {id: night-B, name: {en: night, ja: 夜勤}, start: "20:30"}
polling: {normal: 20s}
ssh: {listen: ":2222", max_per_person: 3, idle_read_only: 10m}
history: {retention: 90d, min_free_bytes: 64MiB, min_free_percent: 2, url: "https://metrics.example.net/prom", token_secret: metrics}
records: {reserve_bytes: 16777216}
secrets: {identity: /etc/nezuban/identity.txt}
`,
		"inventory/power.yaml": `defaults:
  place: B1F/elec-a
  feed: A
  snmp: {version: "3", user: nezuban, auth_secret: snmp-auth, priv_secret: snmp-priv}
  intervals: {fast: 5s}
  link: {name: radio-1, packets: 40}
devices:
  - {id: ups-a1, name: UPS A1, kind: ups, address: 192.0.2.10, since: 2026-04-01, profiles: [ups-rfc1628]}
  - {id: meter-a, kind: meter, address: "[2001:db8::7]:1161", snmp: {user: reader}, groups: [utility, main]}
  - {id: gen-1, kind: generator, address: gen-1.example.net, feed: B, snmp: {level: authNoPriv, auth: SHA-512}}
`,
		"inventory/rest.yml.disabled": "", // not read, and said so
		"inventory/hall.yaml": `devices:
  - id: hub-h1
    kind: envhub
    place: 1F/hall-1
    groups: [rack-inlet]
    address: 192.0.2.30
    snmp: {version: 2c, community_secret: hub}
    bindings:
      - {input: "8", kind: contact, metric: smoke_state, name: S-1, zone: Z-1, normal: open, labels: {stage: alarm}}
      - {input: 7, kind: analogue, metric: suppression_agent_pressure_pascals, scale: 1.0e+4}
  - {id: srv-01, kind: host, agent: {url: "https://srv-01.example.net:9100/metrics", token_secret: agent}}
`,
		"people.yaml": "people:\n  - {id: sato, name: 佐藤, roles: [operator], language: ja, unix: sato, keys: [\"" + keyOne + "\"]}\n" +
			"  - {id: tanaka, roles: [shift-lead, manager], keys: [\"" + keyTwo + "\"]}\n",
		"alarms/site.yaml":  "id: INLET-TEMP-HIGH\nbase: builtin\nrevision: 2\nhigh: 26\nselect: \"group=rack-inlet, metric=temperature_celsius, label.sensor!=6\"\nreviewed: 2026-11-01\n",
		"targets/site.yaml": "base: builtin\nmetadata: {name: inlet-temp-recommended}\nspec:\n  objectives: [{target: 0.999}]\n  scope: {select: \"group=rack-inlet, label.sensor!=6\"}\n",
	}
}

func TestFullSite(t *testing.T) {
	site, problems := load(t, full())
	if site == nil {
		t.Fatalf("the site does not load:%s", list(problems))
	}
	f := site.Facility
	if f.Code != "DC-E1" || f.Name != (facility.Text{En: "East 1", Ja: "東第一"}) || f.Zone.String() != "Asia/Tokyo" || f.Language != "ja" {
		t.Errorf("facility: got %+v", f)
	}
	if len(site.Shifts) != 2 || site.Shifts[1].ID != "night-B" || site.Shifts[1].Start != 20*time.Hour+30*time.Minute {
		t.Errorf("shifts: got %+v", site.Shifts)
	}
	if site.DataDir != "/var/lib/nezuban" || site.IdentityFile != "/etc/nezuban/identity.txt" || !strings.HasSuffix(site.SecretsFile, "/secrets.age") {
		t.Errorf("paths: got %s, %s, %s", site.DataDir, site.IdentityFile, site.SecretsFile)
	}
	if got, want := site.SSH, (config.SSHSettings{Listen: ":2222", HostKey: "/var/lib/nezuban/keys/ssh_host_ed25519_key", MaxSessions: config.DefaultMaxSessions, MaxPerPerson: 3, IdleReadOnly: 10 * time.Minute}); got != want {
		t.Errorf("ssh: got %+v, want %+v", got, want)
	}
	if got, want := site.History, (config.HistorySettings{URL: "https://metrics.example.net/prom", Token: "long enough", Retention: 90 * 24 * time.Hour, MinFreeBytes: 64 << 20, MinFreePercent: 2}); got != want {
		t.Errorf("history: got %+v, want %+v", got, want)
	}
	if site.Records.ReserveBytes != 16<<20 || site.HTTP.Listen != config.DefaultHTTPListen {
		t.Errorf("records %+v, http %+v", site.Records, site.HTTP)
	}
	if len(site.People) != 2 || site.People[0].ID != "sato" || !site.People[1].Has(duty.ShiftLead) || site.People[1].Name != "tanaka" {
		t.Errorf("people: got %+v", site.People)
	}
	for _, p := range problems {
		if !p.Warning {
			t.Errorf("a mistake in a site that loads: %v", p)
		}
	}
}

func TestDevicesOverDefaults(t *testing.T) {
	site, problems := load(t, full())
	if site == nil {
		t.Fatalf("the site does not load:%s", list(problems))
	}
	byID := map[facility.DeviceID]collectors.Target{}
	for _, d := range site.Devices {
		byID[d.Device.ID] = d
	}
	ups := byID["ups-a1"]
	if ups.Device.Place != "B1F/elec-a" || ups.Device.Feed != "A" || ups.Device.Category != "power" || ups.Device.Engine != "snmp" {
		t.Errorf("ups-a1: got %+v", ups.Device)
	}
	if want := time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC); !ups.Device.Since.Equal(want) {
		t.Errorf("ups-a1 in service since %v, want midnight in Tokyo, %v", ups.Device.Since, want)
	}
	if want := (collectors.SNMPAccess{Version: "3", User: "nezuban", Level: "authPriv", AuthProto: "SHA-256", AuthPass: "long enough", PrivProto: "AES-128", PrivPass: "long enough"}); ups.SNMP != want {
		t.Errorf("ups-a1 access: got %+v, want %+v", ups.SNMP, want)
	}
	if ups.Intervals != (collectors.Intervals{Fast: 5 * time.Second, Normal: 20 * time.Second}) {
		t.Errorf("intervals: got %+v, want the file's fast and the site's normal", ups.Intervals)
	}
	if ups.Link != (collectors.Link{Name: "radio-1", Packets: 40}) || byID["hub-h1"].Link != (collectors.Link{}) {
		t.Errorf("links: got %+v and %+v, want the file's and none", ups.Link, byID["hub-h1"].Link)
	}
	if m := byID["meter-a"]; m.SNMP.User != "reader" || m.SNMP.Version != "3" || m.Address != "[2001:db8::7]:1161" || m.Device.Name != "meter-a" || len(m.Device.Groups) != 2 {
		t.Errorf("meter-a: got %+v", m)
	}
	if g := byID["gen-1"]; g.Device.Feed != "B" || g.SNMP.AuthProto != "SHA-512" || g.SNMP.PrivPass != "" || g.Address != "gen-1.example.net:161" {
		t.Errorf("gen-1: got %+v", g)
	}
	hub := byID["hub-h1"]
	if len(hub.Bindings) != 2 || hub.Bindings[0].Labels["stage"] != "alarm" || hub.Bindings[1].Input != "7" || hub.Bindings[1].Scale != 1e4 {
		t.Errorf("bindings: got %+v", hub.Bindings)
	}
	if s := byID["srv-01"]; s.Device.Engine != "agent" || s.Address != "https://srv-01.example.net:9100/metrics" || s.Agent.Token.Reveal() != "long enough" {
		t.Errorf("srv-01: got %+v", s)
	}
}

// A tuned definition changes what it names and keeps the rest.
func TestTuned(t *testing.T) {
	site, problems := load(t, full())
	if site == nil {
		t.Fatalf("the site does not load:%s", list(problems))
	}
	var rule *alarm.Rule
	for _, r := range site.Rules {
		if r.ID == "INLET-TEMP-HIGH" {
			rule = r
		}
	}
	if rule == nil || rule.High == nil || *rule.High != 26 || rule.Revision != 2 || rule.File != "alarms/site.yaml" {
		t.Fatalf("tuned definition: got %+v", rule)
	}
	if rule.Deadband != 0.5 || rule.Text.Name.Ja != "ラック吸気温度高" || rule.Procedure == "" {
		t.Errorf("the rest of the tuned definition is not the builtin one's: %+v", rule)
	}
	hub := &facility.Device{ID: "hub-h1", Kind: "envhub", Groups: []string{"rack-inlet"}}
	for sensor, want := range map[string]bool{"0": true, "6": false} {
		p := &facility.Point{Metric: "temperature_celsius", Labels: []facility.Label{{Name: "sensor", Value: sensor}}}
		if got := rule.Select.Match(facility.PointAttributes(hub, p)); got != want {
			t.Errorf("sensor %s: selected %v, want %v", sensor, got, want)
		}
	}
	for _, target := range site.Targets {
		if target.Name != "inlet-temp-recommended" {
			continue
		}
		if target.TargetPPM != 999_000 || target.Range == nil || *target.Range.Max != 27 || target.Policy != sla.PolicyExclude || target.Section != "environment" {
			t.Errorf("tuned target: got %+v", target)
		}
		if got := target.Select.String(); got != "group=rack-inlet, label.sensor!=6, metric=temperature_celsius" {
			t.Errorf("tuned target selects %q", got)
		}
	}
}

// A binding puts one sensor into a group that its hub is not in.
func TestGroupOfABoundSensor(t *testing.T) {
	hub := "devices:\n  - id: hub\n    kind: envhub\n    address: 192.0.2.9\n    snmp: {version: \"3\", user: u, auth_secret: a, priv_secret: p}\n" +
		"    bindings:\n      - {input: \"0\", kind: sensor, name: inlet R01, labels: {group: rack-inlet, rack: R01}}\n"
	site, problems := load(t, map[string]string{"inventory/a.yaml": hub, "people.yaml": person})
	if site == nil || len(problems) > 0 {
		t.Fatalf("want no problem, got:%s", list(problems))
	}
	want := collectors.Binding{Input: "0", Kind: "sensor", Name: "inlet R01", Labels: map[string]string{"group": "rack-inlet", "rack": "R01"}}
	if got := site.Devices[0].Bindings; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("bindings %+v, want %+v", got, want)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	site, problems := load(t, full())
	if site == nil {
		t.Fatalf("the site does not load:%s", list(problems))
	}
	for _, d := range site.Devices {
		if s := strings.ToLower(strings.Join([]string{d.SNMP.AuthPass.String(), d.SNMP.PrivPass.String(), d.SNMP.Community.String(), d.Agent.Token.String()}, " ")); strings.Contains(s, "long enough") {
			t.Errorf("%s: a secret shows: %s", d.Device.ID, s)
		}
	}
}

// A person who opens the directory without the key to its secrets is told which
// names nobody has looked up; the rest is checked all the same.
func TestWithoutSecrets(t *testing.T) {
	site, problems := config.Load(writeSite(t, full()), config.LoadOptions{})
	if site == nil {
		t.Fatalf("the site does not load:%s", list(problems))
	}
	said := 0
	for _, p := range problems {
		if strings.Contains(p.What, "agent, hub, metrics, snmp-auth, snmp-priv") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("want one warning that names all secrets, got:%s", list(problems))
	}
}

func TestReviews(t *testing.T) {
	for _, tt := range []struct {
		name string
		now  string
		says string
	}{
		{"fresh", "2026-11-20", ""},
		{"60 days before", "2027-09-10", "is due on 2027-11-01"},
		{"late: said, and the site still starts", "2027-12-01", "was due on 2027-11-01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now, err := time.Parse(time.DateOnly, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			site, problems := config.Load(writeSite(t, full()), config.LoadOptions{Secrets: secrets, Now: now})
			if site == nil {
				t.Fatalf("the site does not load:%s", list(problems))
			}
			var got []string
			for _, p := range problems {
				if strings.Contains(p.What, "review") {
					got = append(got, p.What)
				}
			}
			if tt.says == "" && len(got) > 0 || tt.says != "" && (len(got) != 1 || !strings.Contains(got[0], tt.says)) {
				t.Errorf("got %q, want %q", got, tt.says)
			}
		})
	}
}
