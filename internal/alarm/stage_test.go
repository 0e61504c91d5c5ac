package alarm_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
)

// A part is one rule at one point.
type part struct {
	rule   *alarm.Rule
	maxAge time.Duration
	device facility.Device
	point  facility.Point
	cond   alarm.Condition
	source map[string]any // of the device: a number, a state's name, or nil for old data
}

// A stage plays a story: what a program would do with this package, in one
// goroutine and without a store.
type stage struct {
	parts  map[string]*part
	rules  map[string]*alarm.Rule
	first  string // rule of a step that names none
	now    string // rule of this step
	supply supply
	begin  time.Time

	book     *alarm.Book
	events   []alarm.Event
	before   int // events before this step
	held     *alarm.Suppressions
	requests []alarm.SuppressionEvent
	last     string // suppression spoken of last
	meter    *alarm.Meter
	tide     *alarm.FloodChange
	grouping alarm.Grouping
	grown    []string
	ids      int
	steps    int
	wall     time.Duration // of this step, since the beginning
}

func newStage() *stage {
	s := &stage{
		parts: map[string]*part{}, rules: map[string]*alarm.Rule{}, supply: supply{}, begin: epoch,
		meter: alarm.NewMeter(facility.Selector{}),
	}
	s.forget()
	return s
}

func (s *stage) forget() {
	s.book, s.held = alarm.NewBook(), alarm.NewSuppressions()
	s.held.Rule = func(id string) *alarm.Rule { return s.rules[id] }
	s.held.Device = func(id facility.DeviceID) facility.Attributes {
		for _, p := range s.parts {
			if p.device.ID == id {
				return facility.DeviceAttributes(&p.device)
			}
		}
		return nil
	}
}

// supply of the scenarios: device to device, power without end along the line.
type supply map[[2]string]alarm.Relation

func (s supply) Behind(e, cause facility.Element) alarm.Relation {
	if e.Device == cause.Device {
		return alarm.Same
	}
	if r := s[[2]string{string(e.Device), string(cause.Device)}]; r != alarm.Unrelated {
		return r
	}
	for pair, r := range s {
		if r == alarm.Fed && pair[0] == string(e.Device) {
			if s.Behind(facility.Element{Device: facility.DeviceID(pair[1])}, cause) == alarm.Fed {
				return alarm.Fed
			}
		}
	}
	return alarm.Unrelated
}

func (s *stage) part() *part { return s.parts[s.now] }

func (s *stage) current() alarm.Occurrence {
	p := s.part()
	o, ok := s.book.Find(p.rule.ID, p.device.ID, p.point.ID)
	for id := s.ids; !ok && id > 0; id-- {
		last, kept := s.book.Get(fmt.Sprintf("ALM-%06d", id))
		if kept && last.Rule == p.rule.ID {
			o, ok = last, true
		}
	}
	s.held.Cover(&o)
	return o
}

// standing are the alarms that stand, with what covers them.
func (s *stage) standing() []alarm.Occurrence {
	list := slices.Clone(s.book.Standing())
	for i := range list {
		s.held.Cover(&list[i])
	}
	return list
}

// step lets time pass, does what the words say, and derives what follows.
func (s *stage) step(t *testing.T, at time.Time, words []string) error {
	t.Helper()
	s.wall = at.Sub(s.begin)
	if words[0] == "restart" {
		s.restart(t)
	}
	for _, e := range s.held.Due(at) {
		s.apply(t, e)
	}
	err := s.act(t, at, words)
	s.suppressByDesign(t, at)
	before := s.grouping
	s.grouping = alarm.GroupByCause(s.standing(), s.rules, s.supply)
	s.grown = alarm.GroupGrew(before, s.grouping)
	s.tide = s.meter.Tick(at.Sub(s.begin), at)
	return err
}

func (s *stage) apply(t *testing.T, e alarm.SuppressionEvent) {
	t.Helper()
	if err := s.held.Apply(e); err != nil {
		t.Fatal(err)
	}
	s.requests, s.last = append(s.requests, e), e.ID
}

func (s *stage) restart(t *testing.T) {
	t.Helper()
	s.forget()
	for _, e := range s.events {
		if err := s.book.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range s.requests {
		if err := s.held.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range s.parts {
		o, _ := s.book.Find(p.rule.ID, p.device.ID, p.point.ID)
		p.cond = p.rule.Resume(o, states)
	}
}

// suppressByDesign writes down what DesignCauses says.
func (s *stage) suppressByDesign(t *testing.T, at time.Time) {
	t.Helper()
	causes := alarm.DesignCauses(s.standing(), s.rules, s.supply)
	for _, o := range s.standing() {
		cause := causes[o.ID]
		if o.Design != "" && o.Design != cause {
			s.mustRecord(t)(o.EndSuppression(at))
			o, _ = s.book.Get(o.ID)
		}
		if parent, ok := s.book.Get(cause); ok && o.Design == "" {
			s.mustRecord(t)(o.Suppress(s.rules[o.Rule], parent, at))
		}
	}
}

func (s *stage) mustRecord(t *testing.T) func(alarm.Event, error) {
	return func(e alarm.Event, err error) {
		t.Helper()
		if err := s.record(e, err); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *stage) act(t *testing.T, at time.Time, words []string) error {
	t.Helper()
	o := s.current()
	switch words[0] {
	case "look", "restart":
		return nil
	case "ack":
		return s.record(o.Acknowledge("person:"+words[1], "seen", at))
	case "reset":
		return s.record(o.Reset("person:"+words[1], "panel was reset", at))
	case "cause":
		id := ""
		if p := s.parts[words[2]]; p != nil {
			cause, _ := s.book.Find(p.rule.ID, p.device.ID, p.point.ID)
			id = cause.ID
		}
		return s.record(o.SetCause(id, "person:"+words[1], "seen on site", at))
	case "assign":
		return s.record(o.Assign(words[2], "person:"+words[1], "", at))
	case "note":
		return s.record(o.Note("person:"+words[1], strings.Join(words[2:], " "), at))
	case "close":
		return s.record(o.Close("person:"+words[1], "the device was dismantled", at))
	case "shelve", "oos", "unshelve", "return", "approve", "decline":
		return s.suppress(t, at, words)
	case "source":
		s.setSource(t, words)
		return nil
	}
	ch := s.sample(t, at, words)
	if ch == nil {
		return nil
	}
	p := s.part()
	if p.point.ID == "" {
		ch.Locate(&p.device, nil)
	} else {
		ch.Locate(&p.device, &p.point)
	}
	e, err := s.book.Decide(*ch, func() string { s.ids++; return fmt.Sprintf("ALM-%06d", s.ids) })
	return s.record(e, err)
}

// sample asks the rule.
func (s *stage) sample(t *testing.T, at time.Time, words []string) (ch *alarm.Change) {
	t.Helper()
	p := s.part()
	sample := alarm.Sample{Tick: facility.TickOf(at), Known: true, MaxAge: p.maxAge, Point: &p.point}
	next := func() *alarm.Change {
		switch p.rule.Type {
		case alarm.Deviation, alarm.Rate, alarm.Calculated:
			p.cond, ch = p.rule.NextFrom(p.cond, sample, p)
		default:
			p.cond, ch = p.rule.Next(p.cond, sample)
		}
		return ch
	}
	switch words[0] {
	case "remind":
		o := s.current()
		if !o.RealarmDue(p.rule, at) {
			return nil
		}
		return &alarm.Change{Rule: p.rule, Active: true, Realarm: true, At: at, Level: o.Level}
	case "worse": // a second failure makes the same condition graver
		o := s.current()
		n, _ := strconv.Atoi(strings.TrimPrefix(words[1], "P"))
		return &alarm.Change{Rule: p.rule, Active: true, Realarm: true, At: at, Level: o.Level, Priority: facility.Priority(n)}
	case "old", "fresh":
		p.cond, ch = p.rule.NextAge(p.cond, alarm.Age{At: at, Mono: at.Sub(s.begin), Old: words[0] == "old"})
		return ch
	case "missing":
		sample.Known = false
		return next()
	case "evaluate":
		return next()
	case "state":
		sample.Value = 99
		if i := slices.IndexFunc(states, func(x facility.State) bool { return x.Name == words[1] }); i >= 0 {
			sample.Value, sample.State = float64(states[i].Value), states[i]
		}
		return next()
	}
	v, err := strconv.ParseFloat(words[0], 64)
	if err != nil {
		t.Fatalf("unknown action %q", words[0])
	}
	sample.Value = v
	return next()
}

// setSource sets another point of the device: a number, a state, or unknown.
func (s *stage) setSource(t *testing.T, words []string) {
	t.Helper()
	p := s.part()
	if p.source == nil {
		p.source = map[string]any{}
	}
	var v any = words[2]
	if f, err := strconv.ParseFloat(words[2], 64); err == nil {
		v = f
	} else if words[2] == "unknown" {
		v = nil
	}
	p.source[words[1]] = v
}

// Value, State and Values make a part the source of its own device. A name may
// carry a number to tell points of one metric apart: "metric#2".
func (p *part) Value(metric string, _ ...facility.Label) (float64, bool) {
	v, ok := p.source[metric].(float64)
	return v, ok
}

func (p *part) State(metric string, _ ...facility.Label) (string, bool) {
	v, ok := p.source[metric].(string)
	return v, ok
}

func (p *part) Values(metric string) (values []float64, unknown int) {
	for name, v := range p.source {
		if base, _, _ := strings.Cut(name, "#"); base != metric {
			continue
		}
		if f, ok := v.(float64); ok {
			values = append(values, f)
		} else {
			unknown++
		}
	}
	slices.Sort(values)
	return values, unknown
}

func (s *stage) record(e alarm.Event, err error) error {
	if err != nil {
		var refused *alarm.TransitionError
		if !errors.As(err, &refused) && !errors.Is(err, alarm.ErrEventOnly) {
			return fmt.Errorf("refused without a TransitionError: %w", err)
		}
		return err
	}
	e = s.held.Hold(e)
	if err := s.book.Apply(e); err != nil {
		return err
	}
	s.held.Count(e)
	s.events = append(s.events, e)
	o, _ := s.book.Get(e.AlarmID)
	s.meter.Add(e, o, nil, e.At.Sub(s.begin))
	return nil
}

// latest is the last event of this step of the alarm that it speaks of.
func (s *stage) latest() (last alarm.Event) {
	for _, e := range s.events[s.before:] {
		if e.Rule == s.now {
			last = e
		}
	}
	return last
}

// replay tells the whole story again from its events alone.
func (s *stage) replay(t *testing.T) {
	t.Helper()
	standing, listed := marshal(t, s.standing()), marshal(t, s.held.List(s.standing(), time.Time{}))
	log := viaJSON(t, s.events)
	counted := s.events
	s.events = log
	s.restart(t)
	for _, e := range counted {
		s.held.Count(e)
	}
	if again := marshal(t, s.standing()); string(again) != string(standing) {
		t.Errorf("replay gives\n%s\nwant\n%s", again, standing)
	}
	if again := marshal(t, s.held.List(s.standing(), time.Time{})); string(again) != string(listed) {
		t.Errorf("replay of the suppressions gives\n%s\nwant\n%s", again, listed)
	}
}
