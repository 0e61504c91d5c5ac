package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

const (
	// alertRefresh is how often active alerts are sent again.
	alertRefresh = time.Minute
	// alertLife is the end that an active alert is given each time: five refreshes
	// may be lost before the receiver takes it for over.
	alertLife = 5 * time.Minute
	// alertBatch is the most alerts in one request.
	alertBatch = 200
)

// An alert is one element of the body of POST /api/v2/alerts (Alertmanager's API
// v2). Labels are an alert's identity there, so they hold only what never changes
// during an occurrence.
type alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

// alertmanager sends notices as alerts.
type alertmanager struct {
	channel Channel
	site    message.Site
	client  *http.Client
	ended   map[string]alert // by alarm id, what ended in the last minutes; the channel's turn protects it
}

func (a *alertmanager) send(ctx context.Context, d *delivery) error {
	x := alertOf(d.msg, d.now)
	err := a.post(ctx, d.now, []alert{x})
	if id := x.Labels["alarm_id"]; err == nil && id != "" {
		if delete(a.ended, id); !x.EndsAt.After(d.now) {
			a.ended[id] = x
		}
	}
	return err
}

func (a *alertmanager) post(ctx context.Context, now time.Time, alerts []alert) error {
	body, err := json.Marshal(alerts)
	if err != nil {
		return &refusal{fmt.Errorf("alerts: %w", err)}
	}
	address, err := url.JoinPath(a.channel.URL, "api/v2/alerts")
	if err != nil {
		return &refusal{fmt.Errorf("channel %s: its url is no web address", a.channel.Name)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return &refusal{fmt.Errorf("channel %s: its url is no web address", a.channel.Name)}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "nezuban")
	if a.channel.Secret != "" {
		req.Header.Set("Authorization", "Bearer "+string(a.channel.Secret))
	}
	return deliver(a.client, req, now)
}

// refresh sends what is active once more, before the receiver takes it for over.
// What began within the grouping window is left to its notice. An end is sent
// again too, until the last end that was foretold is over: a receiver whose clock
// is behind ours takes an end that still lies ahead for none. Where there is
// nothing to send, the receiver is asked only as a probe. It reports whether the
// receiver was asked at all.
func (a *alertmanager) refresh(ctx context.Context, now time.Time, active []alarm.Occurrence, rule func(string) *alarm.Rule, probe bool) (asked bool, err error) {
	var alerts []alert
	for _, o := range active {
		young := now.Sub(o.RaisedAt) < GroupingWindow && o.Priority != facility.P1 && o.Class != alarm.LifeSafety
		if !o.Active || held(o) || young || !a.channel.takes(o.Priority) {
			continue
		}
		m := compose(facility.Site{}, o, nil, rule(o.Rule), now)
		m.Site, m.Kind = a.site, string(duty.NoticeRaised)
		m.Alarm.Value, m.Alarm.Limit = finite(m.Alarm.Value), finite(m.Alarm.Limit)
		m.Subject = message.Text{En: subject("en", &m), Ja: subject("ja", &m)}
		alerts = append(alerts, alertOf(&m, now))
		delete(a.ended, o.ID)
	}
	for id, x := range a.ended {
		if alerts = append(alerts, x); now.Sub(x.EndsAt) > 2*alertLife {
			delete(a.ended, id)
		}
	}
	if len(alerts) == 0 && !probe {
		return false, nil
	}
	for { // an empty list shows that the receiver is there
		n := min(len(alerts), alertBatch)
		if err := a.post(ctx, now, append([]alert{}, alerts[:n]...)); err != nil {
			return true, err
		}
		if alerts = alerts[n:]; len(alerts) == 0 {
			return true, nil
		}
	}
}

// alertOf is a message as an alert. The return of the condition ends it; an alarm
// that only waits for its acknowledgement is over for an Alertmanager.
func alertOf(m *message.Message, now time.Time) alert {
	if m.Alarm == nil { // a test
		return alert{
			Labels:      map[string]string{"alertname": "NezubanTest", "site": m.Site.Code},
			Annotations: map[string]string{"summary": m.Subject.En, "summary_ja": m.Subject.Ja, "notice_id": m.Notice},
			StartsAt:    m.At, EndsAt: now.Add(time.Minute),
		}
	}
	a := m.Alarm
	out := alert{
		Labels: map[string]string{
			"alertname": a.Rule, "alarm_id": a.ID, "definition": a.Rule, "tag": cmp.Or(a.Point, a.Device), "device": a.Device, "site": m.Site.Code,
		},
		Annotations: map[string]string{
			"summary": a.Name.En, "summary_ja": a.Name.Ja, "subject": m.Subject.En, "subject_ja": m.Subject.Ja,
			"priority": "P" + strconv.Itoa(a.Priority), "state": a.State, "class": a.Class, "level": a.Level, "place": a.Place, "category": a.Category,
			"revision": strconv.Itoa(a.Revision), "notice_id": m.Notice, "unit": a.Unit,
		},
		StartsAt: a.RaisedAt, EndsAt: now.Add(alertLife),
	}
	if a.Value != nil {
		out.Annotations["value"] = strconv.FormatFloat(*a.Value, 'g', 6, 64)
	}
	if g := m.Guidance; g != nil {
		out.Annotations["consequence"], out.Annotations["consequence_ja"] = g.Consequence.En, g.Consequence.Ja
		out.Annotations["procedure"] = g.Procedure
	}
	switch {
	case a.ReturnedAt != nil:
		out.EndsAt = *a.ReturnedAt
	case a.EndedAt != nil:
		out.EndsAt = *a.EndedAt
	}
	if !out.EndsAt.After(out.StartsAt) { // a condition of no length is refused there
		out.EndsAt = out.StartsAt.Add(time.Millisecond)
	}
	for k, v := range out.Annotations {
		if v == "" {
			delete(out.Annotations, k)
		}
	}
	return out
}
