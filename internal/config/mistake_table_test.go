package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nezuban/internal/facility"
)

const (
	ups    = "devices:\n  - {id: ups-a1, kind: ups, address: 192.0.2.1, snmp: {version: \"3\", user: u, auth_secret: a, priv_secret: p}}\n"
	person = "people:\n  - {id: sato, roles: [operator], keys: [\"" + keyOne + "\"]}\n"
)

// device is an inventory with one device of the given keys.
func device(keys string) string { return "devices:\n  - {" + keys + "}\n" }

func binding(keys string) string {
	return "devices:\n  - id: hub\n    kind: envhub\n    address: 192.0.2.9\n    snmp: {version: \"3\", user: u, auth_secret: a, priv_secret: p}\n    bindings:\n      - {" + keys + "}\n"
}

// tuned is a builtin definition with one thing changed.
func tuned(id, line string) string {
	return "id: " + id + "\nbase: builtin\nrevision: 9\nreviewed: 2026-11-01\n" + line + "\n"
}

// own is a definition of the site's own, right but for what it watches.
func own(id, watches string) string {
	const text = "{name: N, causes: [c], consequence: q, action: [a], confirm: d}"
	return "id: " + id + "\nrevision: 1\n" + watches + "\nclass: redundancy\nconsequence_severity: minor\ntime_to_respond: 1h\nowner: facility\n" +
		"procedure: {id: X}\nreviewed: 2026-11-01\ntext: {en: " + text + ", ja: " + text + "}\n"
}

// target is a target of the site's own; the placeholders take the indicator and
// further lines of spec.
func target(selector, indicator, spec string) string {
	return "apiVersion: nezuban/v1\nkind: Target\nmetadata: {name: own}\nspec:\n  owner: lead\n  scope: {select: \"" + selector + "\"}\n  indicator: " + indicator +
		"\n  timeWindow: [{duration: 1M}]\n  objectives: [{target: 0.99}]\n  report: {section: power}\n" + spec
}

const onLine = "{kind: state, state: {metric: ups_output_source, good: [normal]}}"

// Every mistake alone, in a site that is right otherwise: one problem, its place
// and the word that tells what is wrong.
func TestMistakes(t *testing.T) {
	tests := []struct{ name, file, content, at, says string }{
		// site.yaml
		{"no code", "site.yaml", "zone: UTC\n", "zone", "code is missing"},
		{"no zone", "site.yaml", "code: A\n", "code", "zone is missing"},
		{"the machine's own zone", "site.yaml", "code: A\nzone: Local\n", "Local", `time zone "Local"`},
		{"name in one language", "site.yaml", "code: A\nzone: UTC\nname: {en: A}\n", "{en: A}", "the Japanese text is missing"},
		{"language", "site.yaml", "code: A\nzone: UTC\nlanguage: fr\n", "fr", `language "fr"`},
		{"key twice", "site.yaml", "code: A\nzone: UTC\ncode: B\n", "code: B", `key "code" stands here a second time`},
		{"tab", "site.yaml", "code: A\nzone: UTC\nssh:\n\tlisten: x\n", "\tlisten", "not YAML"},
		{"shift order", "site.yaml", "code: A\nzone: UTC\nshifts: [{id: a, start: \"20:00\"}, {id: b, start: \"08:00\"}]\n", "\"08:00\"", "in the order of their starts"},
		{"shift time", "site.yaml", "code: A\nzone: UTC\nshifts: [{id: a, start: \"25:00\"}]\n", "\"25:00\"", `shift start "25:00"`},
		{"open metrics page", "site.yaml", "code: A\nzone: UTC\nhttp: {listen: \"0.0.0.0:9187\"}\n", "\"0.0", "reached from other machines"},
		{"listen", "site.yaml", "code: A\nzone: UTC\nssh: {listen: 2222}\n", "2222", "no address to listen on"},
		{"interval", "site.yaml", "code: A\nzone: UTC\npolling: {fast: 500ms}\n", "500ms", "out of range"},
		{"duration without unit", "site.yaml", "code: A\nzone: UTC\npolling: {fast: 10}\n", "10}", `"10" is no duration`},
		{"witness in place", "site.yaml", "code: A\nzone: UTC\nrecords: {witness: data}\n", "data}", "the witness is the data directory itself"},
		{"size", "site.yaml", "code: A\nzone: UTC\nrecords: {reserve_bytes: 1GB}\n", "1GB", `"1GB" is no size`},
		{"identity inside", "site.yaml", "code: A\nzone: UTC\nsecrets: {identity: id.txt}\n", "id.txt", "beside the secrets"},
		{"trap port", "site.yaml", "code: A\nzone: UTC\ntraps: {listen: \"162\"}\n", "\"162", "no address to listen on"},
		{"a community in traps", "site.yaml", "code: A\nzone: UTC\ntraps: {users: [{version: 2c, community: c}]}\n", "2c,", "traps.users are of SNMP version 3"},
		{"a trap user without name", "site.yaml", "code: A\nzone: UTC\ntraps: {users: [{level: noAuthNoPriv}]}\n", "{level", "has no name"},
		{"a list for a mapping", "site.yaml", "code: A\nzone: UTC\nssh: [a]\n", "[a]", "want a mapping"},
		{"control characters", "site.yaml", "code: A\nzone: UTC\nname: \"a\\x1b[2Jb\"\n", "\"a", "control characters"},
		// inventory
		{"no id", "inventory/a.yaml", device("kind: ups, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "{kind", "a device has no id"},
		{"id with capitals", "inventory/a.yaml", device("id: UPS, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "UPS,", `device id "UPS"`},
		{"no address", "inventory/a.yaml", device("id: a, kind: ups, snmp: {version: 2c, community: c}"), "{id: a", "has no address"},
		{"port", "inventory/a.yaml", device("id: a, kind: ups, address: \"192.0.2.1:70000\", snmp: {version: 2c, community: c}"), "\"192", "neither an IP address"},
		{"own name", "inventory/a.yaml", device("id: nezuban, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "nezuban", `device id "nezuban" is the program's own`},
		{"engine", "inventory/a.yaml", device("id: a, kind: ups, engine: smmp, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "smmp", `engine "smmp" is not known; did you mean "snmp"?`},
		{"two engines", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community: c}, agent: {url: \"http://127.0.0.1:1/\"}"), "{url", "both snmp and agent"},
		{"feed", "inventory/a.yaml", device("id: a, kind: ups, feed: C, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "C,", `feed "C"`},
		{"profile", "inventory/a.yaml", device("id: a, kind: ups, profiles: [ups-rfc1682], address: 192.0.2.1, snmp: {version: 2c, community: c}"), "ups-rfc1682", `profile "ups-rfc1682" is not known; did you mean "ups-rfc1628"?`},
		{"since", "inventory/a.yaml", device("id: a, kind: ups, since: 1.4.2026, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "1.4.2026", "no date"},
		{"link without a name", "inventory/a.yaml", device("id: a, kind: ups, link: {packets: 40}, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "40}", "has no name"},
		{"link too fast", "inventory/a.yaml", device("id: a, kind: ups, link: {name: wan, packets: 20000}, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "20000}", "1 to 10000 requests"},
		{"version", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 4}"), "4}", `snmp.version "4"`},
		{"no access", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1"), "{id: a", "snmp.version is missing"},
		{"v3 without user", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 3, auth_secret: a, priv_secret: p}"), "version: 3", "needs a user"},
		{"v3 without privacy", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 3, user: u, auth_secret: a}"), "version: 3", "snmp.priv_secret is missing"},
		{"protocol", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 3, user: u, auth: SHA256, auth_secret: a, priv_secret: p}"), "SHA256", `did you mean "SHA-256"?`},
		{"secret", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community_secret: no-such}"), "no-such", "nezuban secrets set no-such"},
		{"agent address", "inventory/a.yaml", device("id: a, kind: host, agent: {url: \"srv:9100\"}"), "\"srv:", "no web address"},
		{"token in clear", "inventory/a.yaml", device("id: a, kind: host, agent: {url: \"http://192.0.2.4:9100/metrics\", token_secret: t}"), "\"http:", "in clear"},
		{"certificate file", "inventory/a.yaml", device("id: a, kind: host, agent: {url: \"https://h/\", ca: ca.pem}"), "ca.pem", "no such file"},
		{"binding metric", "inventory/a.yaml", binding("input: 1, kind: contact, metric: smoke"), "smoke}", `metric "smoke" is not known`},
		{"a contact that is a temperature", "inventory/a.yaml", binding("input: 1, kind: contact, metric: temperature_celsius"), "temperature_celsius", "nothing that a contact can say"},
		{"a contact's normal", "inventory/a.yaml", binding("input: 1, kind: contact, metric: leak_state, normal: dry"), "dry", "no state of a contact"},
		{"smoke without stage", "inventory/a.yaml", binding("input: 1, kind: contact, metric: smoke_state"), "{input", "must say what it reports"},
		{"sensor with a scale", "inventory/a.yaml", binding("input: 1, kind: sensor, scale: 2"), "2}", "a sensor's value is the device's own"},
		{"sensor twice", "inventory/a.yaml", binding("input: 1, kind: sensor}\n      - {input: 1, kind: sensor"), "1, kind: sensor}\n", "bound twice"},
		{"sensor renumbered", "inventory/a.yaml", binding("input: 1, kind: sensor, labels: {sensor: L-1}"), "{sensor", "the device's own number"},
		{"binding kind", "inventory/a.yaml", binding("input: 1, kind: digital, metric: leak_state"), "digital", "contact, analogue or sensor"},
		// people
		{"key", "people.yaml", "people:\n  - {id: sato, roles: [operator], keys: [ssh-rsa AAAA]}\n", "ssh-rsa", "no line of an authorized_keys file"},
		{"no key and no login", "people.yaml", "people:\n  - {id: sato, roles: [operator]}\n", "{id: sato", "neither a key nor a login name"},
		{"a key of two people", "people.yaml", person + "  - {id: abe, roles: [viewer], keys: [\"" + keyOne + "\"]}\n", "\"ssh-ed", "belongs to sato already"},
		{"a login of two people", "people.yaml", "people:\n  - {id: a, roles: [viewer], unix: x, keys: [\"" + keyOne + "\"]}\n  - {id: b, roles: [viewer], unix: x, keys: [\"" + keyTwo + "\"]}\n", "x, keys", "is that of a already"},
		{"person twice", "people.yaml", person + "  - {id: sato, roles: [viewer], keys: [\"" + keyTwo + "\"]}\n", "sato, roles: [viewer]", "used twice"},
		{"no role", "people.yaml", "people:\n  - {id: sato, keys: [\"" + keyOne + "\"]}\n", "{id: sato", "has no role"},
		{"options before a key", "people.yaml", "people:\n  - {id: sato, roles: [viewer], keys: ['command=\"sh\" " + keyOne + "']}\n", "'command", "options before a key"},
		// alarms
		{"typed priority", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "priority: 1"), "priority", "a priority is never typed"},
		{"no revision", "alarms/a.yaml", "id: UPS-ON-BYPASS\nbase: builtin\nreviewed: 2026-11-01\n", "builtin", "a tuned definition is a new revision"},
		{"no review", "alarms/a.yaml", "id: UPS-ON-BYPASS\nbase: builtin\nrevision: 9\n", "UPS-ON-BYPASS", "says nothing of its review"},
		{"nothing to tune", "alarms/a.yaml", "id: NEW\nbase: builtin\n", "NEW", `no builtin definition "NEW"`},
		{"type", "alarms/a.yaml", tuned("UPS-LOAD-HIGH", "type: ratio"), "ratio", `type "ratio" is unknown`},
		{"effect", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "effect: lose"), "lose", `effect "lose" is unknown`},
		{"unknown parent", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "suppress_when: [UPS-OUTPUT-OF]"), "UPS-OUTPUT-OF]", `no definition "UPS-OUTPUT-OF"; did you mean "UPS-OUTPUT-OFF"?`},
		{"its own parent", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "suppress_when: [UPS-ON-BYPASS]"), "[UPS-ON-BYPASS]", "cannot suppress itself"},
		{"parents in a ring", "alarms/a.yaml", tuned("UPS-LOAD-HIGH", "suppress_when: [UPS-ON-BYPASS]") + "---\n" + tuned("UPS-ON-BYPASS", "suppress_when: [UPS-LOAD-HIGH]"), "UPS-ON-BYPASS]", "suppress each other"},
		{"a P1 held back by one person's word", "alarms/a.yaml", tuned("UPS-OUTPUT-OFF", "suppress_when: [UPS-ON-BYPASS]\napproved_by: sato"), "[UPS-ON-BYPASS]", "two different people"},
		{"one person approves twice", "alarms/a.yaml", tuned("UPS-OUTPUT-OFF", "suppress_when: [UPS-ON-BYPASS]\napproved_by: [sato, sato]"), "[UPS-ON-BYPASS]", "two different people"},
		{"policy", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "escalation: nights"), "nights", `escalation policy "nights" is not known`},
		{"shelving life safety", "alarms/a.yaml", tuned("FIRE-PANEL-TROUBLE", "max_shelve: 10m"), "10m", "nothing of class life_safety is shelved"},
		{"delaying life safety", "alarms/a.yaml", tuned("FIRE-PANEL-TROUBLE", "off_delay: 10s"), "10s", "never delayed"},
		{"a builtin condition anew", "alarms/a.yaml", own("OUTPUT-GONE", "select: \"metric=ups_output_source,kind=ups\"\ntype: state\nstates: [none]"), "\"metric=", "same condition as the builtin UPS-OUTPUT-OFF"},
		{"a metric in an expression", "alarms/a.yaml", own("X", "select: \"kind=ups, metric=ups_output_source\"\ntype: calculated\nexpression: 'value(\"ups_alarm_present\") > 3'"), "'value", `metric "ups_alarm_present" is not known; did you mean "ups_alarms_present"?`},
		{"a state in an expression", "alarms/a.yaml", own("X", "select: \"kind=ups, metric=ups_output_source\"\ntype: calculated\nexpression: 'is(\"ups_output_source\", \"batery\")'"), "'is", `no profile reports the state "batery" for ups_output_source`},
		{"a labelled state in an expression", "alarms/a.yaml", own("X", "select: \"kind=ats, metric=ats_source\"\ntype: calculated\nexpression: 'is(\"ats_source_status\", \"source=A\", \"failed\")'"), "'is", `no profile reports the state "failed" for ats_source_status`},
		{"the number of a state", "alarms/a.yaml", own("X", "select: \"kind=ups, metric=ups_output_source\"\ntype: calculated\nexpression: 'value(\"ups_output_source\") == 5'"), "'value", "its number means nothing"},
		{"a number that is in no state", "alarms/a.yaml", own("X", "select: \"kind=ups, metric=ups_output_source\"\ntype: calculated\nexpression: 'is(\"ups_alarms_present\", \"some\")'"), "'is", "is in no state"},
		{"an expression that is no question", "alarms/a.yaml", own("X", "select: \"kind=ups, metric=ups_output_source\"\ntype: calculated\nexpression: 'value(\"ups_alarms_present\") + 1'"), "'value", "expression: "},
		{"a reference in another unit", "alarms/a.yaml", own("X", "select: \"kind=cooling, metric=crac_supply_temperature_celsius\"\ntype: deviation\nhigh: 5\ndeadband: 1\nreference: {metric: crac_fan_ratio}"), "crac_fan", "no distance between them"},
		{"a rate without a window", "alarms/a.yaml", own("X", "select: \"kind=ups, metric=ups_battery_temperature_celsius\"\ntype: rate\nhigh: 5\ndeadband: 1\nper: 1h"), "id: X", "needs a window"},
		{"a limit on a counter", "alarms/a.yaml", own("X", "select: \"kind=network, metric=interface_in_bytes_total\"\ntype: limit\nhigh: 5\ndeadband: 1"), "\"kind=network", "write type: rate"},
		{"an expression without its type", "alarms/a.yaml", own("OUTPUT-GONE", "select: \"kind=ups, metric=ups_output_source\"\ntype: state\nstates: [booster]\nexpression: 'known(\"ups_output_source\")'"), "'known", "belongs to rules of type calculated"},
		{"limits on a state", "alarms/a.yaml", tuned("UPS-LOAD-HIGH", "select: \"kind=ups, metric=ups_output_source\""), "UPS-LOAD-HIGH", "is a state and has no limits"},
		{"state name", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "states: [bypas]"), "bypas]", `no profile reports the state "bypas" for ups_output_source; did you mean "bypass"?`},
		{"selector", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "select: \"kind\""), "\"kind\"", "want key=value"},
		{"selector kind", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "select: \"kind=upss, metric=ups_output_source\""), "\"kind=upss", `kind "upss" is not known; did you mean "ups"?`},
		{"selector device", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "select: \"device=ups-a2, metric=ups_output_source\""), "\"device=", `device "ups-a2" is not known; did you mean "ups-a1"?`},
		{"selector of alarms", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "select: \"priority=1, metric=ups_output_source\""), "\"priority=1", "an attribute of alarms"},
		{"no metric", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "select: \"kind=ups\""), "\"kind=ups\"", "names no metric"},
		{"limits crossed", "alarms/a.yaml", tuned("HUMIDITY-OUT", "low: 0.05"), "0.05", "must lie below"},
		{"percent for a ratio", "alarms/a.yaml", tuned("UPS-LOAD-HIGH", "high: 80"), "80", "outside the range"},
		{"no deadband", "alarms/a.yaml", tuned("UPS-LOAD-HIGH", "deadband: 0"), "0\n", "deadband must be above 0"},
		{"fire that does not latch", "alarms/a.yaml", tuned("FIRE-PANEL-ALARM", "latching: false"), "false", "a fire alarm latches"},
		{"shelving fire", "alarms/a.yaml", tuned("FIRE-PANEL-ALARM", "max_shelve: 10m"), "10m", "nothing of class life_safety is shelved"},
		{"shelving too long", "alarms/a.yaml", tuned("UPS-ON-BATTERY", "max_shelve: 2h"), "2h", "the cap of its priority P1"},
		{"missing Japanese", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "text: {ja: {name: \"\"}}"), "\"\"}", "name is missing in Japanese"},
		{"an id in two files", "alarms/b.yaml", tuned("UPS-ON-BYPASS", "") + "---\n" + tuned("UPS-ON-BYPASS", ""), "UPS-ON-BYPASS", "is used twice"},
		// targets
		{"redundancy of nothing", "targets/a.yaml", target("kind=ups", "{kind: redundancy, redundancy: {need: 2, want: 1}}", ""), "1}", "is no redundancy"},
		{"event and metric", "targets/a.yaml", target("kind=ups", "{kind: freshness, freshness: {event: a.b, metric: host_uptime_seconds, maxAge: 26h}}", ""), "host_up", "not by both"},
		{"event's name", "targets/a.yaml", target("priority=1", "{kind: latency, latency: {from: alarm.risen, to: alarm.acknowledged, within: 2m}}", ""), "alarm.risen", `did you mean "alarm.raised"?`},
		{"within longer than settle", "targets/a.yaml", target("priority=1", "{kind: latency, latency: {from: alarm.raised, to: alarm.acknowledged, within: 30h}}", ""), "30h", "longer than the settle time"},
		{"seconds of occurrences", "targets/a.yaml", target("priority=1", "{kind: latency, latency: {from: alarm.raised, to: alarm.acknowledged, within: 2m}}", "  budgetingMethod: Seconds\n"), "Seconds", "write Occurrences"},
		{"occurrences of seconds", "targets/a.yaml", target("kind=ups", onLine, "  budgetingMethod: Occurrences\n"), "Occurrences", "write Seconds"},
		{"join of occurrences", "targets/a.yaml", strings.NewReplacer("priority=1\"", "priority=1\", combine: any", "0.99", "1.0").Replace(target("priority=1", "{kind: zero, zero: {event: alarm.raised}}", "")), "any", "write pooled or each"},
		{"tier on occurrences", "targets/a.yaml", target("priority=1", "{kind: count, count: {event: a.b, good: \"r=ok\"}}", "  alerting: [{severity: ticket, budgetPercent: 10, longWindow: 1d, shortWindow: 2h}]\n"), "10, long", "counts occurrences"},
		{"no entity", "targets/a.yaml", target("kind=plan", "{kind: due, due: {record: review}}", ""), "\"kind=plan", "matches no entity"},
		{"a period", "targets/a.yaml", "apiVersion: nezuban/v1\nkind: Entity\nmetadata: {name: x}\nspec: {kind: plan}\n---\n" + target("kind=plan", "{kind: due, due: {record: review, types: {a: 6x}}}", ""), "{a", "is no period"},
		{"exclusion as configuration", "targets/a.yaml", "apiVersion: nezuban/v1\nkind: Exclusion\nmetadata: {name: x}\nspec: {kind: maintenance}\n", "apiVersion", "is no configuration"},
		{"obligation of nobody", "targets/a.yaml", "apiVersion: nezuban/v1\nkind: Obligation\nmetadata: {name: x}\nspec: {entity: nobody, record: review, due: 2026-12-01}\n", "nobody", "there is no entity"},
		{"no day", "targets/a.yaml", "apiVersion: nezuban/v1\nkind: Entity\nmetadata: {name: x}\n---\napiVersion: nezuban/v1\nkind: Obligation\nmetadata: {name: x}\nspec: {entity: x, record: review, due: soon}\n", "soon", "want a day"},
		{"audience", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "section: power", "section: power, audience: [mangers]", 1), "mangers", `did you mean "manager"?`},
		{"zero of less than everything", "targets/a.yaml", target("priority=1", "{kind: zero, zero: {event: alarm.raised}}", ""), "0.99", "allows no event"},
		{"above everything", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "0.99", "1.01", 1), "1.01", "more than everything"},
		{"excluded from zero budget", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, "  exclusions: {customer: approved}\n"), "0.99}", "1.0}", 1), "approved", "target of 100 %"},
		{"tier on zero budget", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, "  alerting: [{severity: ticket, budgetPercent: 10, longWindow: 1d, shortWindow: 2h}]\n"), "0.99}", "1.0}", 1), "10, long", "no budget"},
		{"settle", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, "  settle: 3d\n"), "1M", "1d", 1), "3d", "longer than the window"},
		{"effective", "targets/a.yaml", target("kind=ups", onLine, "  effective: tomorrow\n"), "tomorrow", "want local date and time"},
		{"shift without shifts", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "1M", "shift", 1), "shift", "has no shifts"},
		{"kind", "targets/a.yaml", target("kind=ups", "{kind: sate, state: {metric: ups_output_source}}", ""), "sate", `did you mean "state"?`},
		{"block of another kind", "targets/a.yaml", target("kind=ups", "{kind: state, state: {metric: ups_output_source}, range: {metric: a}}", ""), "range: {", "does not belong"},
		{"good state", "targets/a.yaml", target("kind=ups", "{kind: state, state: {metric: ups_output_source, good: [online]}}", ""), "online", `the state "online"`},
		{"range of a state", "targets/a.yaml", target("kind=ups", "{kind: range, range: {metric: ups_output_source, max: 3}}", ""), "ups_output_source", "has no range"},
		{"range upside down", "targets/a.yaml", target("kind=ups", "{kind: range, range: {metric: ups_output_load_ratio, min: 0.8, max: 0.2}}", ""), "0.8", "not below"},
		{"unit", "targets/a.yaml", target("kind=ups", "{kind: range, range: {metric: ups_output_load_ratio, max: 80, unit: percent}}", ""), "percent", "is in ratio"},
		{"matches nothing", "targets/a.yaml", target("kind=pdu", "{kind: state, state: {metric: pdu_load_state}}", ""), "\"kind=pdu", "matches no device"},
		{"two metrics", "targets/a.yaml", target("metric=ups_battery_status", onLine, ""), "\"metric=", "the indicator measures ups_output_source"},
		{"window", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "1M", "30d", 1), "30d", "duration"},
		{"rolling", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "1M", "1M, isRolling: true", 1), "true", "rolling windows"},
		{"window zone", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "1M", "1M, calendar: {timeZone: Mars/Base}", 1), "Mars", "time zone"},
		{"window start", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "1M", "1M, calendar: {startTime: \"2026-04-30 00:00:00\"}", 1), "\"2026", "cannot begin"},
		{"decimals", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "0.99", "0.9999999", 1), "0.9999999", "more than six decimals"},
		{"objectives", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "{target: 0.99}", "{target: 0.99}, {target: 0.9}", 1), "[{target", "exactly one objective, not 2"},
		{"section", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "section: power", "section: powr", 1), "powr", `did you mean "power"?`},
		{"fire excluded", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, "  exclusions: {maintenance: approved}\n"), "section: power", "section: fire", 1), "approved", "nothing is left out of a fire target"},
		{"policy good", "targets/a.yaml", target("kind=ups", onLine, "  missingData: {policy: good}\n"), "good}", "heartbeat"},
		{"short maxAge", "targets/a.yaml", target("kind=ups", onLine, "  missingData: {maxAge: 5s}\n"), "5s", "shorter than one poll"},
		{"budget finer than polling", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, "  alerting: [{severity: ticket, budgetPercent: 1, longWindow: 1h, shortWindow: 5m}]\n"), "0.99}", "0.9995}", 1), "1, long", "less than two polls"},
		{"an owner", "targets/a.yaml", strings.Replace(target("kind=ups", onLine, ""), "  owner: lead\n", "", 1), "scope", "owner is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"inventory/0.yaml": ups, "people.yaml": person, tt.file: tt.content}
			if strings.HasPrefix(tt.file, "inventory/") {
				delete(files, "inventory/0.yaml")
			}
			site, problems := load(t, files)
			mistakes := slices.DeleteFunc(slices.Clone(problems), func(p facility.Problem) bool { return p.Warning })
			if site != nil || len(mistakes) != 1 || !strings.Contains(mistakes[0].Error(), tt.says) {
				t.Fatalf("want one mistake %q, got:%s", tt.says, list(problems))
			}
			if m := mistakes[0]; m.File != tt.file || !strings.HasPrefix(textAt(tt.content, m.Line, m.Column), tt.at) {
				t.Errorf("the place must be where %q stands, got %v", tt.at, m)
			}
		})
	}
}

// textAt is what stands in the content from a place on; columns count characters.
func textAt(content string, line, column int) string {
	lines := strings.SplitAfter(content, "\n")
	if line < 1 || line > len(lines) || column < 1 || column > len([]rune(lines[line-1])) {
		return ""
	}
	return string([]rune(lines[line-1])[column-1:])
}

// Warnings do not keep a site from starting.
func TestWarnings(t *testing.T) {
	tests := []struct{ name, file, content, says string }{
		{"misspelt folder", "alarm/a.yaml", "", "alarm: nothing reads alarm; did you mean \"alarms\"?"},
		{"misspelt file", "persons.yaml", "", "nothing reads persons.yaml"},
		{"later file", "reports.yaml", "", "does not read reports.yaml yet"},
		{"yml", "targets/a.yml", "", "rename it to end in .yaml"},
		{"v2c", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community: c}"), "inventory/a.yaml:2:60: 1 device(s) of this file speak SNMP v1 or v2c"},
		{"public", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 2c, community: public}"), `community "public"`},
		{"v1", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 1, community: c}"), "inventory/a.yaml:2:60: 1 device(s) of this file speak SNMP v1 or v2c"},
		{"no authentication", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 3, user: u, level: noAuthNoPriv}"), "without authentication"},
		{"broken protocols", "inventory/a.yaml", device("id: a, kind: ups, address: 192.0.2.1, snmp: {version: 3, user: u, auth: MD5, auth_secret: a, priv_secret: p}"), "MD5 is broken"},
		{"one address twice", "inventory/a.yaml", ups + "  - {id: b, kind: ups, address: 192.0.2.1, snmp: {version: \"3\", user: u, auth_secret: a, priv_secret: p}}\n", "is that of device ups-a1, too"},
		{"admin who acts", "people.yaml", "people:\n  - {id: a, roles: [admin, operator], keys: [\"" + keyOne + "\"]}\n", "duties stay separate"},
		{"auditor who acts", "people.yaml", "people:\n  - {id: a, roles: [auditor, manager], keys: [\"" + keyOne + "\"]}\n", "would audit what the same account does"},
		{"only a login", "people.yaml", "people:\n  - {id: a, roles: [viewer], unix: a}\n", "cannot use the console over SSH"},
		{"a definition that matches nothing", "alarms/a.yaml", tuned("CRAC-OFF", ""), "definition CRAC-OFF matches no device"},
		{"a delay within one poll", "alarms/a.yaml", tuned("UPS-ON-BYPASS", "on_delay: 3s"), "shorter than the poll interval"},
		{"rack-inlet without sensors", "inventory/a.yaml", device("id: hub, kind: envhub, address: 192.0.2.1, snmp: {version: 3, user: u, auth_secret: a, priv_secret: p}, bindings: [{input: 8, kind: contact, metric: leak_state, labels: {group: rack-inlet}}]"), `no device is in group "rack-inlet"`},
		{"rack-inlet forgotten", "inventory/a.yaml", device("id: hub, kind: envhub, address: 192.0.2.1, snmp: {version: 3, user: u, auth_secret: a, priv_secret: p}"), `no device is in group "rack-inlet"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"inventory/0.yaml": ups, "people.yaml": person, tt.file: tt.content}
			if strings.HasPrefix(tt.file, "inventory/") {
				delete(files, "inventory/0.yaml")
			}
			site, problems := load(t, files)
			if site == nil {
				t.Fatalf("the site does not load:%s", list(problems))
			}
			if !strings.Contains(fmt.Sprint(problems), tt.says) {
				t.Errorf("want a warning %q, got:%s", tt.says, list(problems))
			}
		})
	}
}
