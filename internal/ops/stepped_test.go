package ops

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// A stepped clock moves only when told. Sleep waits for the end of ctx.
type stepped struct {
	mu   sync.Mutex // protects both
	wall time.Time
	mono time.Duration
}

func newStepped() *stepped { return &stepped{wall: noon} }

func (c *stepped) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall
}

func (c *stepped) Mono() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mono
}

func (c *stepped) Sleep(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }

func (c *stepped) Real(d time.Duration) time.Duration { return d }

// pass lets time pass.
func (c *stepped) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.mono = c.wall.Add(d), c.mono+d
}

// set steps the wall clock alone.
func (c *stepped) set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall = c.wall.Add(by)
}

func rules() map[string]*alarm.Rule {
	out := map[string]*alarm.Rule{}
	for _, r := range []*alarm.Rule{onBattery, smoke, pdu, hallHot, chiller, crac} {
		out[r.ID] = r
	}
	return out
}

// cooled is a supply in which the chiller is before everything.
type cooled struct{}

func (cooled) Behind(element, cause facility.Element) alarm.Relation {
	if cause.Device == "chiller-1" {
		return alarm.Cooled
	}
	return alarm.Unrelated
}

var ito = duty.Person{ID: "ito", Roles: []duty.Role{duty.Operator}}

func (s *site) shelve(t *testing.T, p duty.Person, id string, d time.Duration) alarm.Suppression {
	t.Helper()
	u, err := s.Shelve(t.Context(), p, ShelveRequest{AlarmID: id, For: d, Reason: "known"})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func outOfService(id string) ServiceRequest {
	return ServiceRequest{AlarmID: id, Change: "MOC-771", Review: time.Now().Add(30 * 24 * time.Hour), Reason: "sensor is being replaced"}
}

func (s *site) state(id string) string {
	o, _ := s.Alarm(id)
	return string(o.Shown())
}

// kinds are the events of one alarm in short.
func (s *site) kinds(t *testing.T, id string) string {
	t.Helper()
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := s.store.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		word := string(e.Kind)
		if e.Held != "" {
			word += "(" + e.Held + ")"
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

// told are the notices of one alarm in short, those to the mail channel.
func (s *site) told(t *testing.T, id string) string {
	t.Helper()
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range s.notices(t, id) {
		if n.Channel == "mail" {
			out = append(out, fmt.Sprintf("%s:%s", n.Kind, n.State))
		}
	}
	return strings.Join(out, " ")
}

func second[T any](_ T, err error) error { return err }
