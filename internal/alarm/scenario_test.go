package alarm_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// TestScenarios plays the stories in testdata/scenarios: time steps in, states
// and events out. A line is "TIME ACTION -> STATE [what else must be so]".
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d scenarios (%v), want at least 12", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s *stage
			for i, line := range strings.Split(string(text), "\n") {
				switch {
				case line == "" || strings.HasPrefix(line, "#"):
				case strings.HasPrefix(line, "rule "):
					s = newStage(t, strings.Fields(line)[1:])
				default:
					s.play(t, fmt.Sprintf("%s:%d", file, i+1), line)
				}
			}
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
}

// A stage plays one rule at one point.
type stage struct {
	rule   *alarm.Rule
	maxAge time.Duration
	device facility.Device
	point  facility.Point
	cond   alarm.Condition
	book   *alarm.Book
	events []alarm.Event
	ids    int
}

func newStage(t *testing.T, settings []string) *stage {
	s := &stage{
		rule:   &alarm.Rule{ID: "R", Revision: 1, Class: alarm.Environment, Text: alarm.Guidance{Name: facility.Text{En: "hot", Ja: "高温"}}},
		device: facility.Device{ID: "dev-1", Place: "1F/hall-1", Category: "cooling"},
		point:  facility.Point{ID: "dev-1/x", Metric: "temperature_celsius", Name: "inlet"},
		book:   alarm.NewBook(),
	}
	r := s.rule
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
	for _, setting := range settings {
		k, v, _ := strings.Cut(setting, "=")
		switch k {
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
		case "respond":
			r.TimeToRespond = duration(v)
		case "realarm":
			r.Realarm = duration(v)
		case "maxage":
			s.maxAge = duration(v)
		case "severity":
			r.Severity = alarm.Consequence(v)
		case "class":
			r.Class = alarm.Class(v)
		case "states":
			r.States = strings.Split(v, ",")
		case "severity_at_least":
			r.MinSeverity = facility.SeverityWarning
		case "fire":
			r.FireAlarm = true
		case "latching":
			r.Latching = true
		case "reset_ack":
			r.ResetImpliesAck = true
		default:
			t.Fatalf("unknown setting %q", setting)
		}
	}
	return s
}

// play runs one line and checks what must be so after it.
func (s *stage) play(t *testing.T, place, line string) {
	t.Helper()
	action, want, ok := strings.Cut(line, "->")
	if !ok {
		t.Fatalf("%s: no -> in %q", place, line)
	}
	fields := strings.Fields(action)
	after, err := time.ParseDuration(fields[0])
	if err != nil {
		t.Fatalf("%s: %v", place, err)
	}
	before := len(s.events)
	refusal := s.act(t, epoch.Add(after), fields[1:])
	for i, w := range strings.Fields(want) {
		if got := s.check(i, w, before, refusal); got != "" {
			t.Fatalf("%s: %q: %s, want %s", place, strings.TrimSpace(action), got, w)
		}
	}
	if len(s.events) > before && len(strings.Fields(want)) == 1 {
		t.Fatalf("%s: %q: unexpected event %s", place, strings.TrimSpace(action), s.events[before].Kind)
	}
	if refusal != nil && !strings.Contains(want, "refused") {
		t.Fatalf("%s: %q: %v", place, strings.TrimSpace(action), refusal)
	}
}

func (s *stage) current() alarm.Occurrence {
	if o, ok := s.book.Find(s.rule.ID, s.device.ID, s.point.ID); ok {
		return o
	}
	o, _ := s.book.Get(fmt.Sprintf("ALM-%06d", s.ids))
	return o
}

func (s *stage) act(t *testing.T, at time.Time, words []string) error {
	var ch *alarm.Change
	sample := alarm.Sample{Tick: facility.TickOf(at), Known: true, MaxAge: s.maxAge}
	switch words[0] {
	case "ack":
		e, err := s.current().Acknowledge("person:"+words[1], "seen", at)
		return s.record(e, err)
	case "reset":
		e, err := s.current().Reset("person:"+words[1], "panel was reset", at)
		return s.record(e, err)
	case "restart":
		s.book = alarm.NewBook()
		for _, e := range s.events {
			if err := s.book.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		s.cond = s.rule.Resume(s.current(), states)
		return nil
	case "remind":
		if !s.current().RealarmDue(s.rule, at) {
			return nil
		}
		ch = &alarm.Change{Rule: s.rule, Active: true, Realarm: true, At: at, Level: s.current().Level}
	case "old", "fresh":
		s.cond, ch = s.rule.NextAge(s.cond, alarm.Age{At: at, Mono: at.Sub(epoch), Old: words[0] == "old"})
	case "missing":
		sample.Known = false
		s.cond, ch = s.rule.Next(s.cond, sample)
	case "state":
		sample.Value = 99
		if i := slices.IndexFunc(states, func(x facility.State) bool { return x.Name == words[1] }); i >= 0 {
			sample.Value, sample.State = float64(states[i].Value), states[i]
		}
		s.cond, ch = s.rule.Next(s.cond, sample)
	default:
		v, err := strconv.ParseFloat(words[0], 64)
		if err != nil {
			t.Fatalf("unknown action %q", words[0])
		}
		sample.Value = v
		s.cond, ch = s.rule.Next(s.cond, sample)
	}
	if ch == nil {
		return nil
	}
	ch.Locate(&s.device, &s.point)
	e, err := s.book.Decide(*ch, func() string { s.ids++; return fmt.Sprintf("ALM-%06d", s.ids) })
	return s.record(e, err)
}

func (s *stage) record(e alarm.Event, err error) error {
	if err != nil {
		var refused *alarm.TransitionError
		if !errors.As(err, &refused) {
			return fmt.Errorf("refused without a TransitionError: %w", err)
		}
		return err
	}
	if err := s.book.Apply(e); err != nil {
		return err
	}
	s.events = append(s.events, e)
	return nil
}

// check returns what is so instead of w, "" where w holds. The first word is the
// state.
func (s *stage) check(i int, w string, before int, refusal error) string {
	o := s.current()
	if i == 0 {
		if got := o.State(); string(got) != w {
			return string(got)
		}
		return ""
	}
	if w == "refused" {
		if refusal == nil {
			return "not refused"
		}
		return ""
	}
	var last alarm.Event
	if len(s.events) > before {
		last = s.events[len(s.events)-1]
	}
	k, v, _ := strings.Cut(w, "=")
	got := ""
	switch k {
	case "at":
		d, _ := time.ParseDuration(v)
		got, v = last.At.Sub(epoch).String(), d.String()
	case "count":
		got = strconv.Itoa(o.Count)
	case "limit":
		got = strconv.FormatFloat(last.Limit, 'g', -1, 64)
	case "P1", "P2", "P3", "P4":
		got, v = fmt.Sprintf("P%d", o.Priority), k
	case "raised", "came_back", "returned", "acknowledged", "reset", "realarmed":
		got, v = string(last.Kind), k
	default:
		got, v = last.Level, k
	}
	if got != v {
		return k + " is " + strconv.Quote(got)
	}
	return ""
}
