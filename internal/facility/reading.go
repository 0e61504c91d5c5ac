package facility

import "time"

// A Tick is the scheduled moment of a poll: whole seconds since the Unix epoch,
// UTC, of our own clock. Device time is never used.
type Tick int64

// TickOf truncates t to its whole second.
func TickOf(t time.Time) Tick { return Tick(t.Unix()) }

// Time returns the tick as a UTC instant.
func (t Tick) Time() time.Time { return time.Unix(int64(t), 0).UTC() }

// Quality says whether a reading carries a value. The zero value is Missing,
// never Good.
type Quality uint8

const (
	Missing Quality = iota // the device gave no usable answer for this point
	Good                   // Value is valid
)

func (q Quality) String() string {
	if q == Good {
		return "good"
	}
	return "missing"
}

// A Reading is one value of one point at one instant.
//
// Value is already in the base unit of the point's metric. A poll that got no
// answer is a Reading too, with quality Missing: a gap is evidence.
type Reading struct {
	Point   PointID
	Tick    Tick
	Value   float64 // base unit; for states the device's own integer; meaningless unless Good
	Quality Quality
}

// A Batch is what one poll of one device brought. Engines hand it over whole.
type Batch struct {
	Device DeviceID
	Tick   Tick

	// Readings are lent: the engine uses their memory again for its next batch, so
	// who keeps any copies them.
	Readings []Reading

	// Points is the device's complete point list; nil when it has not changed
	// since the last batch that carried one. Who takes the batch keeps it: it is not
	// modified afterwards.
	Points []Point

	// Identity is what the device says of itself, sanitised; nil when unchanged.
	Identity *Identity

	Health Health
}

// Identity is a device's own description of itself (SNMPv2-MIB system group or
// the agent's), sanitised at the collector.
type Identity struct {
	SysObjectID string // numeric, without leading dot; "" where not SNMP
	SysDescr    string
	SysName     string
	SysLocation string
	Vendor      string
	Model       string
	Serial      string
	Profiles    []string
	EngineID    string // SNMPv3: of the engine that answers, in hex; "" where none did
}

// Health is one device's own account of being polled, kept by its engine.
type Health struct {
	Reachable    bool          // answered its last round
	LastAnswer   time.Time     // zero: never
	RoundTrip    time.Duration // of the last answered request
	Lateness     time.Duration // start of the round after its scheduled moment
	Interval     time.Duration // effective interval of the fastest class
	Rounds       uint64
	Timeouts     uint64            // requests without an answer
	ConsecFailed int               // failed rounds in a row
	Refused      map[string]uint64 // readings or answers refused, by cause code; see the Refused constants
	LastError    string            // sanitised, for people; "" when the last round was whole
	ErrorKind    ErrorKind
	Protocol     string // how it is spoken to: "v1", "v2c", "v3"; "" where not SNMP
}

// ErrorKind names why a device's last round failed; "" means it did not.
type ErrorKind string

const (
	ErrNone           ErrorKind = ""
	ErrTimeout        ErrorKind = "timeout"        // no answer in time
	ErrAuthentication ErrorKind = "authentication" // SNMPv3 wrong digest, unknown user, HTTP 401/403
	ErrPrivacy        ErrorKind = "privacy"        // SNMPv3 decryption error
	ErrSecurityLevel  ErrorKind = "security_level" // SNMPv3 unsupported security level
	ErrTimeWindow     ErrorKind = "time_window"    // SNMPv3 not in time window
	ErrProtocol       ErrorKind = "protocol"       // malformed or unexpected answer
	ErrTransport      ErrorKind = "transport"      // socket, TLS or name resolution
	ErrLimit          ErrorKind = "limit"          // a bound on size, rows or time was reached
)

// Causes for which a reading or an answer is refused; keys of Health.Refused
// and of the guard's counters.
const (
	RefusedFuture     = "stamp_in_future"
	RefusedNotANumber = "not_a_number"
	RefusedRange      = "out_of_range"
	RefusedTooLong    = "text_too_long"
	RefusedControl    = "control_characters" // text was cleaned, the value kept
	RefusedWalkBound  = "walk_bound"
	RefusedNotRising  = "oid_not_rising"
	RefusedType       = "unexpected_type"
	RefusedPoints     = "too_many_points"
	RefusedMalformed  = "malformed"
	RefusedCounter    = "counter_set_back" // a register that fell, and neither a restart nor a wrap explains it
)

// MaxAge is the age past which a point's last good reading no longer says
// anything: 2.5 times the effective interval. Screen, rules and targets all use
// this one function; a target may override it.
func MaxAge(interval time.Duration) time.Duration { return interval * 5 / 2 }

// Freshness is what is known of a point at an instant.
type Freshness uint8

const (
	Never    Freshness = iota // no good reading since the program knows the point
	Stale                     // the last good reading is older than MaxAge
	NoAnswer                  // the last poll brought nothing, but the value before it still holds
	Fresh                     // the last poll was good and is within MaxAge
)

func (f Freshness) String() string {
	switch f {
	case Fresh:
		return "fresh"
	case NoAnswer:
		return "no_answer"
	case Stale:
		return "stale"
	}
	return "never"
}

// Known reports whether a value may be used as the present one.
func (f Freshness) Known() bool { return f == Fresh || f == NoAnswer }
