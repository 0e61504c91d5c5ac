// Package message is the content of a notice: what a receiver may know of an
// alarm. It is the JSON of [duty.Notice.Body], of the standard webhook body and
// what a webhook's template sees; docs/site-directory.md shows it to those who
// write receivers.
//
// # What a receiver may rely on
//
// Version says the form; fields are added to it, never renamed and never given
// another meaning. Times are UTC in RFC 3339, values in the base unit of their
// metric. A value, limit or time that there is not is null. Every text was
// sanitised: one line, no control characters. Nothing in it is a secret.
package message

import "time"

// Version of the form.
const Version = 1

// A Text is a sentence in both languages.
type Text struct {
	En string `json:"en"`
	Ja string `json:"ja"`
}

// In returns the text in a language ("ja" or anything else for English).
func (t Text) In(lang string) string {
	if lang == "ja" && t.Ja != "" || t.En == "" {
		return t.Ja
	}
	return t.En
}

// A Message is one notice.
type Message struct {
	Version int       `json:"version"`
	Notice  string    `json:"notice_id"` // the same over retries: receivers drop doubles by it
	Kind    string    `json:"kind"`      // raised realarmed escalated acknowledged returned ended digest test
	Step    int       `json:"step"`      // of the escalation; 0 at once
	At      time.Time `json:"at"`        // when it was written
	Subject Text      `json:"subject"`
	Site    Site      `json:"site"`
	To      Receiver  `json:"to"`

	Alarm    *Alarm    `json:"alarm"`             // null in a digest and a test
	Event    *Event    `json:"event"`             // what happened; null where time alone passed
	Guidance *Guidance `json:"guidance"`          // null where the alarm's rule is gone
	Members  []Member  `json:"members,omitempty"` // of a digest, the oldest first
}

// A Site names the data centre.
type Site struct {
	Code string `json:"code"`
	Name Text   `json:"name"`
	Zone string `json:"zone"`
}

// A Receiver is who is told. Person is empty for a channel with one receiver.
type Receiver struct {
	Channel string `json:"channel"`
	Person  string `json:"person"`
	Name    string `json:"name"`
	Address string `json:"address"` // on this channel, from notify.yaml
}

// An Alarm is an occurrence as it was.
type Alarm struct {
	ID           string     `json:"alarm_id"`
	Revision     int        `json:"revision"` // the transition's number
	State        string     `json:"state"`
	Priority     int        `json:"priority"` // 1 is the gravest
	Mark         string     `json:"mark"`     // "!!1"
	Class        string     `json:"class"`
	Rule         string     `json:"rule"`
	RuleRevision int        `json:"rule_revision"`
	Device       string     `json:"device"`
	Point        string     `json:"point"`
	Place        string     `json:"place"`
	Category     string     `json:"category"`
	Zone         string     `json:"zone"`
	Name         Text       `json:"name"`
	Level        string     `json:"level"`
	Value        *float64   `json:"value"`
	Limit        *float64   `json:"limit"`
	Unit         string     `json:"unit"`
	RaisedAt     time.Time  `json:"raised_at"`
	ReturnedAt   *time.Time `json:"returned_at"`
	AckedAt      *time.Time `json:"acked_at"`
	AckedBy      string     `json:"acked_by"`
	EndedAt      *time.Time `json:"ended_at"`
	Count        int        `json:"count"` // times the condition came on
}

// An Event is the transition that the notice tells of.
type Event struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Comment string    `json:"comment"`
}

// Guidance is what the operator should know and do.
type Guidance struct {
	Causes      []Text `json:"causes"`
	Consequence Text   `json:"consequence"`
	Action      []Text `json:"action"`
	Confirm     Text   `json:"confirm"`
	Procedure   string `json:"procedure"`
	Owner       string `json:"owner"`
	Respond     int64  `json:"time_to_respond_seconds"`
}

// A Member is one notice in a digest.
type Member struct {
	Notice   string    `json:"notice_id"`
	Kind     string    `json:"kind"`
	AlarmID  string    `json:"alarm_id"`
	Priority int       `json:"priority"`
	Mark     string    `json:"mark"`
	Name     Text      `json:"name"`
	Device   string    `json:"device"`
	At       time.Time `json:"at"`
}
