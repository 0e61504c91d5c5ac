package duty

import (
	"time"

	"nezuban/internal/facility"
)

// NoticeState is where a notice is on its way.
type NoticeState string

const (
	NoticeDue       NoticeState = "due"       // to be sent, or to be tried again
	NoticeSent      NoticeState = "sent"      // the receiver took it
	NoticeFailed    NoticeState = "failed"    // the receiver refused it for good; shown
	NoticeCancelled NoticeState = "cancelled" // overtaken before it was sent
)

// NoticeKind is what a notice tells.
type NoticeKind string

const (
	NoticeRaised    NoticeKind = "raised"
	NoticeRealarmed NoticeKind = "realarmed"
	NoticeEscalated NoticeKind = "escalated" // nobody has acknowledged
	NoticeAcked     NoticeKind = "acknowledged"
	NoticeReturned  NoticeKind = "returned"
	NoticeEnded     NoticeKind = "ended"
	NoticeDigest    NoticeKind = "digest" // several of low priority together
	NoticeTest      NoticeKind = "test"
)

// A Notice is one message to one receiver: a row of the outbox. It is written in
// the transaction of the transition that caused it and sent at least once; ID
// stays the same over retries, so that a receiver can drop doubles.
type Notice struct {
	ID         string // NTC-…; unique
	AlarmID    string // "" for a test or a digest
	Transition int    // revision of the occurrence that caused it
	Step       int    // of the escalation; 0 at once
	Kind       NoticeKind
	Priority   facility.Priority
	Channel    string // name of a channel in notify.yaml
	Target     string // person id, or "" for a channel that has one receiver
	Fire       bool   // never limited in rate, never put into a digest

	State     NoticeState
	Due       time.Time // not before
	Attempts  int
	Next      time.Time // next attempt
	SentAt    time.Time
	LastError string // sanitised
	Drill     bool
	Body      []byte // JSON of the alarm and its context as it was; what templates see
}

// A Step of an escalation: who is told, how long after the beginning.
type Step struct {
	After  time.Duration
	To     []string      // role or person: "on-call:primary", "role:shift-lead", "person:sato"
	Repeat time.Duration // 0: once
}

// An Escalation is a policy of notify.yaml.
type Escalation struct {
	Name  string
	Steps map[facility.Priority][]Step
	File  string
	Line  int
}

// A Position is one operator's place: the alarms it answers for. Alarm floods
// and the performance of the alarm system are measured per position.
type Position struct {
	ID     string
	Name   facility.Text
	Filter facility.Selector // over alarms; the zero Selector: all
}

// A Rotation says who is on call for one duty: people in turn, each for Every,
// from Start on, within the site's time zone; Overrides win.
type Rotation struct {
	Name      string // "primary": named in a Step as "on-call:primary"
	People    []string
	Start     time.Time // the first hand-over
	Days      int       // length of a turn in local days; 0: by shift
	Shifts    []string  // ids of the shifts it covers; nil: all
	Overrides []Override
}

// An Override puts somebody on call for a time.
type Override struct {
	Person   string
	From, To time.Time
}

// A Shift begins at Start after local midnight, by the wall clock, and lasts
// until the next one begins.
type Shift struct {
	ID    string
	Start time.Duration
}

// A Roster is everything that says who is told.
type Roster struct {
	Zone      *time.Location // of turns and shifts; nil is UTC
	Shifts    []Shift        // in the order of a day; none: rotations by shift have nobody
	Rotations []Rotation
	People    []Person
}
