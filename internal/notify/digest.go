package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
	"nezuban/internal/i18n"
)

// A bucket lets perHour messages pass at once and refills evenly over an hour.
type bucket struct {
	perHour int     // 0: everything passes
	spent   float64 // tokens taken and not yet refilled
	at      time.Duration
}

func (b *bucket) refill(mono time.Duration) {
	b.spent = max(0, b.spent-(mono-b.at).Hours()*float64(b.perHour))
	b.at = mono
}

func (b *bucket) take(mono time.Duration) bool {
	if b.perHour <= 0 {
		return true
	}
	b.refill(mono)
	if b.spent+1 > float64(b.perHour) {
		return false
	}
	b.spent++
	return true
}

// fullAt is when nothing is left of what was taken.
func (b *bucket) fullAt() time.Duration {
	if b.perHour <= 0 {
		return b.at
	}
	return b.at + time.Duration(b.spent/float64(b.perHour)*float64(time.Hour))
}

// A digest is one message for several notices of a target.
type digest struct {
	notice  duty.Notice
	msg     message.Message
	members []duty.Notice
}

func (d *digest) has(id string) bool {
	return slices.ContainsFunc(d.members, func(n duty.Notice) bool { return n.ID == id })
}

// digests sends what the rate limit held back as one message: ten minutes after
// the first of them was held back.
func (w *Worker) digests(ctx context.Context, q *queue, st *channelState, held []duty.Notice) {
	mono := w.o.Clock.Mono()
	switch {
	case st == nil:
		return
	case q.digest != nil:
	case len(held) == 0:
		q.digestAt = 0
		return
	case q.digestAt == 0:
		q.digestAt = mono + digestEvery
		return
	case mono < q.digestAt:
		return
	default:
		d := w.gather(q, held[:min(len(held), digestMost)])
		w.mu.Lock()
		q.digest = d
		w.mu.Unlock()
	}
	d := q.digest
	err := w.transmit(ctx, st, d.notice, &d.msg)
	var final *refusal
	switch {
	case ctx.Err() != nil && err != nil:
		return
	case err == nil:
		q.attempts = 0
		for _, n := range d.members {
			w.taken(ctx, n)
		}
	case errors.As(err, &final):
		for _, n := range d.members {
			w.giveUp(ctx, n, reasonOf(err))
		}
	default:
		w.backOff(q, 0, err)
		return
	}
	w.mu.Lock()
	q.digest = nil
	w.mu.Unlock()
	q.digestAt = 0
	if len(held) > digestMost {
		q.digestAt = mono // the rest at once
	}
}

// gather makes the digest of notices; its id follows from theirs.
func (w *Worker) gather(q *queue, held []duty.Notice) *digest {
	w.mu.Lock()
	s := w.settings
	w.mu.Unlock()
	ids := make([]string, 0, len(held))
	m := message.Message{Version: message.Version, Kind: string(duty.NoticeDigest), At: w.o.Clock.Now().UTC(), Site: siteOf(s.Site)}
	gravest := facility.P4
	for _, n := range held {
		ids = append(ids, n.ID)
		gravest = min(gravest, n.Priority)
		var x message.Message
		if json.Unmarshal(n.Body, &x) != nil || x.Alarm == nil {
			continue
		}
		m.To = x.To
		m.Members = append(m.Members, message.Member{Notice: n.ID, Kind: string(n.Kind), AlarmID: n.AlarmID, Priority: int(n.Priority), Mark: n.Priority.Mark(),
			Name: x.Alarm.Name, Device: x.Alarm.Device, At: x.At})
	}
	m.Notice = noticeID("digest", strings.Join(ids, " "))
	head := func(lang string) string {
		return line(gravest.Mark()+" "+fmt.Sprintf(i18n.NoticeIn(lang).Digest, len(m.Members))+" ("+m.Site.Code+")", maxSubject)
	}
	m.Subject = message.Text{En: head("en"), Ja: head("ja")}
	return &digest{msg: m, members: slices.Clone(held),
		notice: duty.Notice{ID: m.Notice, Kind: duty.NoticeDigest, Priority: gravest, Channel: q.key.channel, Target: q.key.target}}
}
