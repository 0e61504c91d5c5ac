package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/clock"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
	"nezuban/internal/notify"
	"nezuban/internal/ops"
	"nezuban/internal/records"
)

// pagerServer is a webhook receiver that can be down.
type pagerServer struct {
	mu   sync.Mutex // protects the following
	down bool
	got  []message.Message
	ids  map[string]int
}

func (p *pagerServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var m message.Message
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.Notice != r.Header.Get(notify.HeaderNotice) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.ids[m.Notice]++
	p.got = append(p.got, m)
}

func (p *pagerServer) turn(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// said lists what was taken: kind, alarm's device and person.
func (p *pagerServer) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, m := range p.got {
		out = append(out, m.Kind+" "+m.Alarm.Device+" "+m.To.Person)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// a watch is the service, its records and the worker, as the daemon puts them
// together.
type watch struct {
	ops   *ops.Service
	store *records.Store
	end   func()
}

func keepWatch(t *testing.T, dir string, s notify.Settings, rules map[string]*alarm.Rule) *watch {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	store, err := records.Open(t.Context(), records.Options{Path: filepath.Join(dir, records.FileName), Node: nodeName, Clock: clock.System(), Log: log, Reserve: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	planner := notify.NewPlanner(s, func(id string) *alarm.Rule { return rules[id] }, log)
	service, err := ops.New(t.Context(), ops.Options{Store: store, Clock: clock.System(), Log: log, Planner: planner,
		Rules: func() map[string]*alarm.Rule { return rules }})
	if err != nil {
		t.Fatal(err)
	}
	worker := notify.New(notify.Options{Clock: clock.System(), Outbox: service, Settings: s, Log: log})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = service.Run(ctx) }) // ends with ctx
	running.Go(func() { _ = worker.Run(ctx) })  // ends with ctx
	end := sync.OnceFunc(func() {
		cancel()
		running.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return &watch{service, store, end}
}

// TestNoticesThroughTheRecords: the outbox of the real service, a pager that is
// down while alarms come, a restart meanwhile, an escalation whose deadline passes
// and an acknowledgement that ends it. Nothing is lost, and nothing comes twice
// under another id.
func TestNoticesThroughTheRecords(t *testing.T) {
	t.Parallel()
	pager := &pagerServer{down: true, ids: map[string]int{}}
	server := httptest.NewServer(pager)
	defer server.Close()
	rules := map[string]*alarm.Rule{
		"LOST": {ID: "LOST", Revision: 1, Type: alarm.Limit, Class: alarm.Redundancy, Severity: alarm.Severe, TimeToRespond: 5 * time.Minute,
			Text: alarm.Guidance{Name: facility.Text{En: "Feed lost", Ja: "給電喪失"}}},
	}
	sato := duty.Person{ID: "sato", Name: "佐藤", Roles: []duty.Role{duty.Operator}}
	settings := notify.Settings{
		Site:     facility.Site{Code: "DC-T", Zone: time.UTC},
		Roster:   duty.Roster{Zone: time.UTC, People: []duty.Person{sato, {ID: "lead", Roles: []duty.Role{duty.ShiftLead}}}},
		Channels: []notify.Channel{{Name: "pager", Kind: notify.Webhook, URL: server.URL}},
		Contacts: map[string]map[string]string{"sato": {"pager": "1"}, "lead": {"pager": "2"}},
		Escalations: []duty.Escalation{{Name: "e", Steps: map[facility.Priority][]duty.Step{
			facility.P1: {{To: []string{"person:sato"}}, {After: 3 * time.Second, To: []string{"role:shift-lead"}, Repeat: time.Minute}}}}},
		TestAt: -1,
	}
	dir := t.TempDir()
	w := keepWatch(t, dir, settings, rules)
	const alarms = 50
	var changes []alarm.Change
	for i := range alarms {
		changes = append(changes, alarm.Change{Rule: rules["LOST"], Device: facility.DeviceID(fmt.Sprintf("pdu-%02d", i)), Active: true,
			Name: rules["LOST"].Text.Name, At: time.Now().UTC(), Level: "high", Value: 1, HasValue: true})
	}
	w.ops.Commit(t.Context(), changes)
	var own string
	for _, o := range w.ops.Standing() {
		if o.Device == "pdu-00" {
			own = o.ID
		}
	}
	if _, err := w.ops.Acknowledge(t.Context(), sato, own, 0, "seen on the console"); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "an attempt is recorded as failed", func() error {
		list, err := w.store.Notices(t.Context(), "", 1000)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(n duty.Notice) bool { return n.Attempts > 0 && strings.Contains(n.LastError, "503") }) {
			return fmt.Errorf("%d notices, none tried", len(list))
		}
		return nil
	})
	w.end()
	w = keepWatch(t, dir, settings, rules)
	pager.turn(false)
	eventually(t, 60*time.Second, "everything is told after the restart", func() error {
		var missing []string
		said := pager.said()
		for i := 1; i < alarms; i++ {
			for _, want := range []string{"raised pdu-%02d sato", "escalated pdu-%02d lead"} {
				if want = fmt.Sprintf(want, i); !strings.Contains(said, want) {
					missing = append(missing, want)
				}
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("%d missing, the first: %s", len(missing), missing[0])
		}
		return nil
	})
	beside, err := records.Open(t.Context(), records.Options{Path: filepath.Join(dir, records.FileName), Node: nodeName, Clock: clock.System(),
		Log: slog.New(slog.DiscardHandler), ReadOnly: true}) // `notify list` beside a daemon that runs
	if err != nil {
		t.Fatal(err)
	}
	if list, err := beside.Notices(t.Context(), own, 10); err != nil || len(list) == 0 {
		t.Errorf("read beside the daemon: %d notices, %v", len(list), err)
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	if said := pager.said(); strings.Contains(said, "escalated pdu-00") {
		t.Errorf("an alarm that was acknowledged went on: %s", said)
	}
	eventually(t, 20*time.Second, "every notice is recorded as sent or cancelled", func() error {
		list, err := w.store.Notices(t.Context(), "", 1000)
		if err != nil {
			return err
		}
		pager.mu.Lock()
		defer pager.mu.Unlock()
		for _, n := range list {
			switch {
			case n.State == duty.NoticeSent && pager.ids[n.ID] == 1:
			case n.State == duty.NoticeCancelled && n.AlarmID == own && pager.ids[n.ID] == 0:
			default:
				return fmt.Errorf("notice %s of %s is %s (%s) and was taken %d times", n.ID, n.AlarmID, n.State, n.LastError, pager.ids[n.ID])
			}
		}
		return nil
	})
}

// TestNotifyCommands drives the commands as an operator does.
func TestNotifyCommands(t *testing.T) {
	t.Parallel()
	pager := &pagerServer{ids: map[string]int{}}
	server := httptest.NewServer(pager)
	defer server.Close()
	dir := initSite(t, network(93))
	setSecret(t, dir, "pager-key", "correct horse battery")
	writeFile(t, filepath.Join(dir, "people.yaml"), `people:
  - {id: sato, name: 佐藤, roles: [operator], unix: sato-test}
  - {id: tanaka, roles: [shift-lead], unix: tanaka-test}
`)
	writeFile(t, filepath.Join(dir, "notify.yaml"), fmt.Sprintf(`channels:
  - {name: pager, kind: webhook, url: %q, secret: pager-key}
  - {name: dead, kind: webhook, url: "http://127.0.0.1:1/", all: true}
contacts:
  - {person: sato, at: {pager: "1"}}
  - {person: tanaka, at: {pager: "2"}}
rotations:
  - name: primary
    people: [sato, tanaka]
    start: "2026-04-06 09:00"
    days: 7
    overrides: [{person: tanaka, from: "2026-12-31 09:00", to: "2027-01-02 09:00"}]
escalations:
  - name: e
    steps: [{priority: P1, to: [on-call:primary]}, {priority: P2, to: [on-call:primary]}]
`, server.URL))
	mustCLI(t, dir, "check")
	for at, want := range map[string]string{"2026-04-10 12:00": "sato", "2026-04-13 09:00": "tanaka", "2027-01-01T03:00:00Z": "tanaka", "2026-01-01 00:00": "nobody"} {
		if out := mustCLI(t, dir, "notify", "oncall", "--at", at); !strings.Contains(out, "primary   "+want) || !strings.Contains(out, "JST") {
			t.Errorf("on call at %s:\n%s; want %s", at, out, want)
		}
	}
	var duties struct {
		Rotations []onCallJSON
	}
	if err := json.Unmarshal([]byte(mustCLI(t, dir, "notify", "oncall", "--at", "2026-04-10 12:00", "--json")), &duties); err != nil ||
		len(duties.Rotations) != 1 || duties.Rotations[0].People[0] != "sato" || duties.Rotations[0].Channels[0] != "pager" {
		t.Errorf("as JSON: %+v, %v", duties, err)
	}
	if out := mustCLI(t, dir, "notify", "test", "pager", "--to", "tanaka"); !strings.Contains(out, "was taken by pager for tanaka") {
		t.Errorf("test: %s", out)
	}
	pager.mu.Lock()
	if len(pager.got) != 1 || pager.got[0].Kind != "test" || pager.got[0].To.Address != "2" {
		t.Errorf("the pager got %+v", pager.got)
	}
	pager.mu.Unlock()
	for args, want := range map[string]string{
		"notify test dead":              "test message on channel dead: no answer:",
		"notify test fax":               `no channel "fax"; known: [dead pager]`,
		"notify test pager --to nobody": "nobody has no address on channel pager",
		"notify list":                   "there are no records in",
		"notify oncall --at noon":       `--at "noon": want "2026-12-31 22:00"`,
	} {
		out, err := cli(t, dir, strings.Fields(args)...)
		if err == nil || !strings.Contains(out+err.Error(), want) || strings.Contains(out+err.Error(), "correct horse") {
			t.Errorf("%s: %v %s; want an error with %q", args, err, out, want)
		}
	}
}
