package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

// testGrace is how long after its hour a daily test is made up for by a program
// that was not running then; one that was sent already comes again with the same
// id.
const testGrace = time.Hour

// Test sends a test message on a channel now, to one person, or, for "", to the
// channel's one receiver or whoever the first step of P1 tells. It makes one
// attempt to each and returns the notices that were taken.
func (w *Worker) Test(ctx context.Context, channel, person string) ([]duty.Notice, error) {
	w.mu.Lock()
	st, s := w.channels[channel], w.settings
	w.mu.Unlock()
	if st == nil {
		return nil, fmt.Errorf("notify.yaml has no channel %q; known: %v", channel, slices.Sorted(maps.Keys(w.channelNames())))
	}
	targets := []string{person}
	if person == "" {
		if targets = s.testTargets(channel, w.o.Clock.Now()); len(targets) == 0 {
			return nil, fmt.Errorf("nobody has an address on channel %s; add one to contacts in notify.yaml", channel)
		}
	}
	var sent []duty.Notice
	for _, t := range targets {
		if t != "" && s.Contacts[t][channel] == "" {
			return sent, fmt.Errorf("%s has no address on channel %s; add one to contacts in notify.yaml", t, channel)
		}
		n, err := w.trial(ctx, st, s, channel, t, w.o.Clock.Now().UTC().Format(time.RFC3339Nano))
		if err != nil {
			return sent, fmt.Errorf("test message on channel %s: %w", channel, err)
		}
		sent = append(sent, n)
	}
	return sent, nil
}

func (w *Worker) channelNames() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]bool{}
	for name := range w.channels {
		out[name] = true
	}
	return out
}

// testTargets are who gets the test messages of a channel: those whom the first
// step of the default escalation would tell of a P1 now; where it has nobody with
// an address here, the first person who has one; "" where the channel has one
// receiver.
func (s *Settings) testTargets(channel string, now time.Time) []string {
	var reached, out []string
	for person, addresses := range s.Contacts {
		if addresses[channel] != "" {
			reached = append(reached, person)
		}
	}
	if c, ok := s.Channel(channel); len(reached) == 0 && ok && c.Kind == SMTP {
		return nil // mail needs people, and nobody has an address
	}
	if len(reached) == 0 {
		return []string{""}
	}
	slices.Sort(reached)
	if e := s.escalation(""); e != nil {
		for _, step := range e.Steps[facility.P1] {
			if step.After > 0 {
				continue
			}
			for _, to := range step.To {
				people, _ := s.Roster.Resolve(to, now) // nobody: the first in the list is told
				for _, p := range people {
					if slices.Contains(reached, p.ID) && !slices.Contains(out, p.ID) {
						out = append(out, p.ID)
					}
				}
			}
		}
	}
	if len(out) == 0 {
		out = reached[:1]
	}
	return out
}

// trial makes one attempt at a test message; the same salt makes the same id.
func (w *Worker) trial(ctx context.Context, st *channelState, s *Settings, channel, target, salt string) (duty.Notice, error) {
	now := w.o.Clock.Now()
	n := duty.Notice{ID: noticeID("test", s.Site.Code, channel, target, salt), Kind: duty.NoticeTest, Priority: facility.P4,
		Channel: channel, Target: target, State: duty.NoticeSent, Due: now, SentAt: now}
	p, _ := s.Roster.Person(target)
	m := message.Message{Version: message.Version, At: now.UTC(), Site: siteOf(s.Site)}
	head := func(lang string) string {
		return line(fmt.Sprintf(i18n.NoticeIn(lang).Test, channel)+" ("+m.Site.Code+")", maxSubject)
	}
	m.Subject = message.Text{En: head("en"), Ja: head("ja")}
	n = seal(n, m, message.Receiver{Channel: channel, Person: p.ID, Name: line(p.Name, maxName), Address: line(s.Contacts[target][channel], maxName)})
	if err := json.Unmarshal(n.Body, &m); err != nil {
		return n, err
	}
	if err := w.transmit(ctx, st, n, &m); err != nil {
		return n, err
	}
	w.metrics.sent.WithLabelValues(channel, string(n.Kind)).Inc()
	w.channelWorked(channel)
	return n, nil
}

// testedBefore is the local day whose test is not made up for any more when the
// program starts now; "" where it may still be.
func (w *Worker) testedBefore(s *Settings) string {
	now := w.o.Clock.Now()
	if now.Sub(testTime(s, now)) > testGrace {
		return localDay(s, now)
	}
	return ""
}

func zoneOf(s *Settings) *time.Location {
	if s.Roster.Zone != nil {
		return s.Roster.Zone
	}
	return time.UTC
}

func localDay(s *Settings, now time.Time) string { return now.In(zoneOf(s)).Format(time.DateOnly) }

// testTime is when the local day's test is due.
func testTime(s *Settings, now time.Time) time.Time {
	y, m, d := now.In(zoneOf(s)).Date()
	return time.Date(y, m, d, int(s.TestAt/time.Hour), int(s.TestAt%time.Hour/time.Minute), 0, 0, zoneOf(s))
}

// dailyTests sends each channel's test message of the day; one that fails is tried
// again each minute, and counts as a failure of the channel. A failing channel
// with nothing to send is tried in the same way: its recovery shows itself, and
// one message tells people of it.
func (w *Worker) dailyTests(ctx context.Context) {
	now, mono := w.o.Clock.Now(), w.o.Clock.Mono()
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.settings
	today := localDay(s, now)
	waiting := map[string]bool{}
	for k, q := range w.queues {
		waiting[k.channel] = waiting[k.channel] || q.waiting > 0 || q.running
	}
	for name, st := range w.channels {
		daily := s.TestAt >= 0 && st.lastTest != today && !now.Before(testTime(s, now))
		idle := st.health.announced && !waiting[name]
		if st.testing || mono < st.nextTest || !daily && !idle {
			continue
		}
		st.testing, st.nextTest = true, mono+time.Minute
		w.running.Go(func() { w.dailyTest(ctx, st, s, name, now) })
	}
}

func (w *Worker) dailyTest(ctx context.Context, st *channelState, s *Settings, channel string, now time.Time) {
	today := localDay(s, now)
	var err error
	for _, t := range s.testTargets(channel, now) {
		if _, err = w.trial(ctx, st, s, channel, t, today); err != nil {
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	st.testing = false
	if err == nil {
		st.lastTest = today
	} else if ctx.Err() == nil {
		w.o.Log.Error("a test message did not get out", "channel", channel, "err", reasonOf(err))
	}
}
