// Package collectors holds the contract between the engines that read devices
// and those who use what is read, and the arithmetic of schedules they share.
//
// An engine owns all devices of its kind. It stamps every batch with the
// scheduled tick, hands over one batch a device and round, and reports a round
// without an answer as Missing readings of every point it had planned. A slow or
// dead device never delays another. Engines only read: there is no way to set
// anything on a device in this program.
package collectors

import (
	"context"
	"time"

	"nezuban/internal/facility"
)

// A Sink takes what engines read. Accept never blocks an engine for longer than
// the evaluation of the batch; a batch that cannot be taken is refused with an
// error and counted by device. The batch's Readings are the engine's again once
// Accept has returned.
type Sink interface {
	Accept(b facility.Batch) error
}

// An Engine owns all devices of its kind and polls them until ctx ends. Run
// returns nil once ctx ends; an error means it cannot go on.
type Engine interface {
	Run(ctx context.Context, changes <-chan Change, sink Sink) error
}

// A Change adds, replaces or removes devices of one engine. The first one a
// freshly started engine receives is the whole inventory.
type Change struct {
	Set    []Target
	Remove []facility.DeviceID
}

// A Target is one device to poll and how to reach it.
type Target struct {
	Device    facility.Device
	Address   string // SNMP: "host:port"; agent: URL of the OpenMetrics endpoint
	SNMP      SNMPAccess
	Agent     AgentAccess
	Profiles  []string      // forced profile names; nil: identified by the device's answers
	Bindings  []Binding     // meanings of contacts and analogue inputs, names of sensors
	Intervals Intervals     // zero fields: defaults of the class
	Timeout   time.Duration // longest wait for one request; 0: the engine's default
	Link      Link          // what lies before the device; the zero Link is its subnet
}

// A Link is the gateway or line behind which devices stand. When most of them are
// silent at once, a few are probed until one answers.
type Link struct {
	Name    string
	Packets int // requests a second over it; 0: no bound
}

// Intervals between polls of the three classes; 0 means DefaultIntervals.
type Intervals struct{ Fast, Normal, Slow time.Duration }

// DefaultIntervals of polling.
var DefaultIntervals = Intervals{Fast: 10 * time.Second, Normal: 30 * time.Second, Slow: time.Hour}

// Of returns the interval of a class, defaults filled in.
func (i Intervals) Of(c facility.Class) time.Duration {
	pick := func(own, def time.Duration) time.Duration {
		if own > 0 {
			return own
		}
		return def
	}
	switch c {
	case facility.Fast:
		return pick(i.Fast, DefaultIntervals.Fast)
	case facility.Slow:
		return pick(i.Slow, DefaultIntervals.Slow)
	}
	return pick(i.Normal, DefaultIntervals.Normal)
}

// SNMPAccess is how a device is spoken to. Secrets are in memory only.
type SNMPAccess struct {
	Version     string // "1", "2c" or "3"
	Community   Secret // v1 and v2c
	User        string // v3
	Level       string // noAuthNoPriv authNoPriv authPriv
	AuthProto   string // SHA-256 (default) SHA-1 SHA-224 SHA-384 SHA-512 MD5
	AuthPass    Secret
	PrivProto   string // AES-128 (default) AES-192 AES-256 DES
	PrivPass    Secret
	ContextName string
}

// AgentAccess is how an OpenMetrics endpoint is scraped.
type AgentAccess struct {
	Token    Secret // bearer token; "" none
	CAFile   string // PEM; "" the system's
	CertFile string // client certificate for mTLS; "" none
	KeyFile  string
}

// A Binding gives an input of a hub a meaning: "dry contact 3 is the smoke
// detector of zone Z-1".
type Binding struct {
	Input  string            // the profile's label value of the input, e.g. "3"
	Kind   string            // "contact", "analogue" or "sensor"; a sensor keeps its metric and gains name, zone and labels
	Metric string            // sensors: "" any; smoke_state leak_state door_state fire_panel_alarm_state … suppression_agent_pressure_pascals
	Name   string            // what people call it
	Zone   string            // fire zone, "" none
	Normal string            // contacts: device state that is normal, "closed" or "open"; default "closed"… see profile docs
	Labels map[string]string // further labels, e.g. {sensor: S-1-01}
	// Analogue inputs: value = raw*Scale + Offset in the metric's base unit.
	Scale, Offset float64
}

// A Secret prints as [secret] wherever it is formatted, logged or encoded.
type Secret string

// String hides the secret from fmt and logs.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "[secret]" }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Reveal returns the secret itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }
