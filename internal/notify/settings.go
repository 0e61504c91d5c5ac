package notify

import (
	"slices"
	"time"

	"nezuban/internal/duty"
	"nezuban/internal/duty/message"
	"nezuban/internal/facility"
)

// Kinds of channels.
const (
	SMTP         = "smtp"
	Webhook      = "webhook"
	Alertmanager = "alertmanager"
)

// Settings are notify.yaml, checked, with the site and its roster.
type Settings struct {
	Site        facility.Site
	Roster      duty.Roster
	Channels    []Channel
	Escalations []duty.Escalation            // the first is the default
	Contacts    map[string]map[string]string // person → channel → address
	Heartbeats  []Heartbeat
	TestAt      time.Duration // of the daily test messages, after local midnight; negative: none
}

// A Channel is one way out.
type Channel struct {
	Name string
	Kind string
	URL  string // smtp://host:port (STARTTLS), smtps://host:port, or a web address

	From     string            // smtp: the sender's address
	User     string            // smtp: login name; "" without a login
	Secret   Secret            // smtp password, webhook HMAC key, bearer token of an Alertmanager
	Plain    bool              // smtp: TLS is not asked for; loopback only
	CAFile   string            // PEM; "" the system's
	Template *message.Template // webhook: makes the body; nil the standard JSON
	PerHour  int               // most messages an hour to one target for P2 to P4; beyond it a digest. 0: no limit
	Minimum  facility.Priority // tells nothing less grave; 0 all
	All      bool              // gets every notice, not only those of an escalation's step
}

// takes reports whether the channel tells alarms of this priority.
func (c *Channel) takes(p facility.Priority) bool { return c.Minimum == 0 || p <= c.Minimum }

// A Heartbeat tells somebody outside that this program lives; when it stops
// coming, they raise the alarm.
type Heartbeat struct {
	Name   string
	URL    string
	Post   bool // POST with the site's code; otherwise GET
	Every  time.Duration
	Token  Secret // bearer token; "" none
	CAFile string
}

// Channel returns the channel with a name.
func (s *Settings) Channel(name string) (*Channel, bool) {
	i := slices.IndexFunc(s.Channels, func(c Channel) bool { return c.Name == name })
	if i < 0 {
		return nil, false
	}
	return &s.Channels[i], true
}

// escalation returns the policy of that name, else the default; nil: none.
func (s *Settings) escalation(name string) *duty.Escalation {
	for i := range s.Escalations {
		if s.Escalations[i].Name == name {
			return &s.Escalations[i]
		}
	}
	if len(s.Escalations) == 0 {
		return nil
	}
	return &s.Escalations[0]
}

// A Secret never shows itself in logs, errors and JSON.
type Secret string

// String hides the secret from fmt and logs.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "[secret]" }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }
