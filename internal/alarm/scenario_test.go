package alarm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a story of a daylight-saving night needs it wherever it is told

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// TestScenarios plays the stories in testdata/scenarios: time steps in, states
// and events out. A line is "TIME [@RULE] ACTION -> STATE [what else must be so]";
// before the steps stand the rules, what feeds what, and where the story plays.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("found %d scenarios (%v), want at least 40", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := newStage()
			for i, line := range strings.Split(string(text), "\n") {
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				if strings.Contains(line, "->") {
					s.play(t, fmt.Sprintf("%s:%d", file, i+1), line)
				} else {
					s.set(t, line)
				}
			}
			if s.steps == 0 {
				t.Fatal("the story has no step")
			}
			s.replay(t)
		})
	}
}

var epoch = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// states of the scenarios' enumeration
var states = []facility.State{
	{Value: 1, Name: "normal", Severity: facility.SeverityNormal},
	{Value: 2, Name: "battery", Severity: facility.SeverityCritical},
	{Value: 3, Name: "alarm", Severity: facility.SeverityCritical},
	{Value: 4, Name: "dry", Severity: facility.SeverityNormal},
	{Value: 5, Name: "leak", Severity: facility.SeverityCritical},
	{Value: 6, Name: "weak", Severity: facility.SeverityWarning},
	{Value: 7, Name: "dead", Severity: facility.SeverityCritical},
	{Value: 8, Name: "unjudged"},
	{Value: 9, Name: "down", Severity: facility.SeverityCritical},
}

// set reads a line that comes before the steps.
func (s *stage) set(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	switch words[0] {
	case "rule":
		s.addRule(t, line)
	case "supply": // supply rack-1 fed utility-a
		s.supply[[2]string{words[1], words[3]}] = map[string]alarm.Relation{
			"fed": alarm.Fed, "standby": alarm.Standby, "reached": alarm.Reached, "cooled": alarm.Cooled, "same": alarm.Same,
		}[words[2]]
	case "begin": // begin 2026-10-24T22:30 Europe/Berlin
		zone, err := time.LoadLocation(words[2])
		if err != nil {
			t.Fatal(err)
		}
		s.begin, err = time.ParseInLocation("2006-01-02T15:04", words[1], zone)
		if err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("unknown line %q", line)
	}
}

func (s *stage) addRule(t *testing.T, line string) {
	t.Helper()
	line, expression, calculated := strings.Cut(line, " when: ")
	p := &part{
		rule:   &alarm.Rule{ID: "R", Revision: 1, Class: alarm.Environment, Text: alarm.Guidance{Name: facility.Text{En: "hot", Ja: "高温"}}},
		device: facility.Device{ID: "dev-1", Place: "1F/hall-1", Category: "cooling"},
		point:  facility.Point{ID: "x", Metric: "temperature_celsius", Name: "inlet"},
	}
	for _, setting := range strings.Fields(line)[1:] {
		k, v, _ := strings.Cut(setting, "=")
		p.setting(t, k, v)
	}
	if calculated {
		e, err := alarm.CompileExpression(expression, "")
		if err != nil {
			t.Fatal(err)
		}
		p.rule.Expression = e
	}
	if p.point.ID != "" {
		p.point.ID = facility.PointID(string(p.device.ID) + "/" + string(p.point.ID))
	}
	p.point.Device = p.device.ID
	s.parts[p.rule.ID], s.rules[p.rule.ID] = p, p.rule
	if s.first == "" {
		s.first = p.rule.ID
	}
}

func (p *part) setting(t *testing.T, k, v string) {
	t.Helper()
	number := func(v string) *float64 {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			t.Fatal(err)
		}
		return &f
	}
	duration := func(v string) time.Duration {
		d, err := time.ParseDuration(v)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	r := p.rule
	switch k {
	case "id":
		r.ID = v
	case "device":
		p.device.ID = facility.DeviceID(v)
	case "point":
		p.point.ID = facility.PointID(strings.TrimPrefix(v, "-"))
	case "type":
		r.Type = alarm.Type(v)
	case "low_low":
		r.LowLow = number(v)
	case "low":
		r.Low = number(v)
	case "high":
		r.High = number(v)
	case "high_high":
		r.HighHigh = number(v)
	case "deadband":
		r.Deadband = *number(v)
	case "on":
		r.OnDelay = duration(v)
	case "off":
		r.OffDelay = duration(v)
	case "window":
		r.Window = duration(v)
	case "per":
		r.Per = duration(v)
	case "reference":
		if r.Reference.Mean = v == "mean"; !r.Reference.Mean {
			r.Reference.Metric = v
		}
	case "respond":
		r.TimeToRespond = duration(v)
	case "realarm":
		r.Realarm = duration(v)
	case "max_shelve":
		r.MaxShelve = duration(v)
	case "maxage":
		p.maxAge = duration(v)
	case "severity":
		r.Severity = alarm.Consequence(v)
	case "class":
		r.Class = alarm.Class(v)
	case "effect":
		r.Effect = alarm.Effect(v)
	case "states":
		r.States = strings.Split(v, ",")
	case "suppress_when":
		r.SuppressWhen = strings.Split(v, ",")
	case "approved":
		r.ApprovedBy = strings.Split(v, ",")
	case "severity_at_least":
		r.MinSeverity = facility.SeverityWarning
	case "fire":
		r.FireAlarm = true
	case "latching":
		r.Latching = true
	case "reset_ack":
		r.ResetImpliesAck = true
	default:
		t.Fatalf("unknown setting %q", k)
	}
}

// play runs one line and checks what must be so after it.
func (s *stage) play(t *testing.T, place, line string) {
	t.Helper()
	action, want, _ := strings.Cut(line, "->")
	fields := strings.Fields(action)
	after, err := time.ParseDuration(fields[0])
	if err != nil {
		t.Fatalf("%s: %v", place, err)
	}
	fields = fields[1:]
	s.now = s.first
	if name, ok := strings.CutPrefix(fields[0], "@"); ok {
		s.now, fields = name, fields[1:]
	}
	if s.parts[s.now] == nil {
		t.Fatalf("%s: there is no rule %q", place, s.now)
	}
	s.steps++
	s.before = len(s.events)
	refusal := s.step(t, s.begin.Add(after).UTC(), fields)
	for i, w := range strings.Fields(want) {
		if got := s.check(t, i, w, refusal); got != "" {
			t.Fatalf("%s: %q: %s, want %s", place, strings.TrimSpace(action), got, w)
		}
	}
	if e := s.latest(); e.AlarmID != "" && len(strings.Fields(want)) == 1 {
		t.Fatalf("%s: %q: unexpected event %s", place, strings.TrimSpace(action), e.Kind)
	}
	if refusal != nil && !strings.Contains(want, "refused") {
		t.Fatalf("%s: %q: %v", place, strings.TrimSpace(action), refusal)
	}
}
