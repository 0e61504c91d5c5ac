package alarm

import (
	"time"

	"nezuban/internal/facility"
)

// Type is the kind of condition a rule watches.
type Type string

const (
	Limit  Type = "limit"   // low_low, low, high, high_high on an analogue
	State  Type = "state"   // an enumeration is in an abnormal state
	NoData Type = "no_data" // a point is stale or a device unreachable

	Deviation  Type = "deviation"  // limits on the distance from a reference
	Rate       Type = "rate"       // limits on the change per time
	Calculated Type = "calculated" // an expression over points of one device or group
	EventOnly  Type = "event"      // worth a record, but no alarm: no acknowledgement, no sound, no notice
)

// Effect is what an active alarm means for the elements behind its own; it
// decides what may be grouped under it, and under what it may be grouped.
type Effect string

const (
	NoEffect Effect = ""         // neither of the two
	Loss     Effect = "loss"     // the element does not deliver any more: a root for what lies behind it
	Response Effect = "response" // what was built to happen when a source before it fails: on battery, transferred, generator runs
)

// Class says what an alarm protects. It never lowers a priority.
type Class string

const (
	LifeSafety  Class = "life_safety"
	Redundancy  Class = "redundancy"
	Environment Class = "environment"
	Capacity    Class = "capacity"
	Security    Class = "security"
	Compliance  Class = "compliance"
)

// Consequence is how grave it is if nobody acts.
type Consequence string

const (
	Minor  Consequence = "minor"  // no customer effect
	Major  Consequence = "major"  // redundancy or a target at risk
	Severe Consequence = "severe" // people, outage, loss of plant
)

// A Rule is one rationalised alarm definition (ISA-18.2).
type Rule struct {
	ID       string
	Revision int
	Select   facility.Selector
	Type     Type

	// Limit rules: nil where the limit is not watched; base units.
	LowLow, Low, High, HighHigh *float64
	Deadband                    float64

	// State rules: the point's states (by profile name) that are abnormal, or,
	// where empty, every state at or above MinSeverity.
	States      []string
	MinSeverity facility.Severity

	// Deviation rules: limits apply to value - reference.
	Reference Reference

	// Rate rules: limits apply to the change over Window, in base units per Per.
	Window, Per time.Duration

	// Calculated rules: true means on. See Expression for the language.
	Expression *Expression

	OnDelay, OffDelay time.Duration
	Latching          bool
	ResetImpliesAck   bool
	Realarm           time.Duration // 0: never

	Class         Class
	Severity      Consequence
	TimeToRespond time.Duration
	FireAlarm     bool // fire alarm or discharge: P1, latches, no delay
	Effect        Effect

	SuppressWhen []string      // rules whose standing alarm, on the same device or on an element that feeds it, suppresses this one by design
	MaxShelve    time.Duration // 0: the cap of its priority
	Escalation   string        // policy of notify.yaml; "": the site's default for its priority

	Text       Guidance
	Procedure  string
	Owner      string
	Reviewed   string // date
	ApprovedBy []string
	Change     string // number of the change that brought this revision

	File string // where it is written, "builtin/…" for ours
	Line int
}

// Guidance is what the operator reads, in both languages.
type Guidance struct {
	Name, Consequence, Confirm facility.Text
	Causes, Action             []facility.Text
}

// BaseState is the state of the base machine.
type BaseState string

const (
	Norm    BaseState = "NORM"
	Unack   BaseState = "UNACK"
	Acked   BaseState = "ACKED"
	RtnUn   BaseState = "RTNUN" // returned to normal, unacknowledged
	LatUn   BaseState = "LATUN" // latched, condition gone, unacknowledged
	Latched BaseState = "LATCH" // latched, condition gone, acknowledged: needs a reset

	// Shown before the base state, which keeps running underneath: see Shown.
	ShownShelved      BaseState = "SHELV"
	ShownSuppressed   BaseState = "SUPPR"
	ShownOutOfService BaseState = "OOSRV"
)

// EventKind is what happened to an occurrence.
type EventKind string

const (
	Raised       EventKind = "raised"       // normal → unacknowledged
	CameBack     EventKind = "came_back"    // RTNUN, LATUN, LATCH → UNACK: the same occurrence goes on
	Returned     EventKind = "returned"     // the condition went off
	Acknowledged EventKind = "acknowledged" // a person
	ResetDone    EventKind = "reset"        // a person; latched only
	Realarmed    EventKind = "realarmed"    // acknowledged → unacknowledged: priority rose or re-alarm time over

	Suppressed       EventKind = "suppressed"        // by design: the rule's parent stands
	SuppressionEnded EventKind = "suppression_ended" // the parent has ended
	CauseSet         EventKind = "cause_set"         // a lead set another cause, or took it back; wins until the occurrence ends
	Assigned         EventKind = "assigned"          // a person owns it from now on
	Noted            EventKind = "noted"             // a person added a remark; changes nothing else
	Closed           EventKind = "closed"            // a person ended an occurrence that nothing evaluates any more
)

// An Event is one transition of one occurrence. An occurrence is a fold of its
// events; nothing else changes it.
type Event struct {
	AlarmID  string            `json:"alarm_id"`
	Revision int               `json:"revision"` // of the occurrence after this event, from 1
	Kind     EventKind         `json:"kind"`
	At       time.Time         `json:"at"`    // UTC; for conditions the tick of the reading
	Actor    string            `json:"actor"` // "rule:ID", "person:ID", "system:NAME"
	Comment  string            `json:"comment,omitempty"`
	Rule     string            `json:"rule"`
	RuleRev  int               `json:"rule_revision"`
	Device   facility.DeviceID `json:"device"`
	Point    facility.PointID  `json:"point,omitempty"`
	Place    string            `json:"place,omitempty"`
	Category string            `json:"category,omitempty"`
	Zone     string            `json:"zone,omitempty"`
	Priority facility.Priority `json:"priority"`
	Class    Class             `json:"class"`
	Effect   Effect            `json:"effect,omitempty"`
	Latching bool              `json:"latching,omitempty"`
	ResetAck bool              `json:"reset_implies_ack,omitempty"`
	Name     facility.Text     `json:"name"`            // of the rule and the point, as it was then
	Level    string            `json:"level,omitempty"` // high, low_low …, the state's name, or no_data
	Value    float64           `json:"value"`
	HasValue bool              `json:"has_value"`
	Limit    float64           `json:"limit"`
	HasLimit bool              `json:"has_limit"`
	Unit     facility.Unit     `json:"unit,omitempty"`
	// Cause is the alarm that suppresses it (Suppressed) or that a person set
	// (CauseSet; "" takes it back).
	Cause string `json:"cause,omitempty"`
	// Owner is the person it was assigned to (Assigned).
	Owner string `json:"owner,omitempty"`
	// Held names what kept this transition from being annunciated: a suppression's
	// id, or "design"; "" where it was annunciated or is none that would be.
	Held string `json:"held,omitempty"`
}

// An Occurrence is one life of an alarm from raise to normal.
type Occurrence struct {
	ID       string // ALM-000123
	Revision int
	Rule     string
	RuleRev  int
	Device   facility.DeviceID
	Point    facility.PointID // "" for an alarm of a whole device
	Place    string
	Category string
	Zone     string
	Priority facility.Priority
	Class    Class
	Name     facility.Text
	Level    string
	Value    float64
	HasValue bool
	Limit    float64
	HasLimit bool
	Unit     facility.Unit

	Active    bool
	IsAcked   bool
	IsLatched bool
	Latching  bool
	ResetAck  bool

	RaisedAt   time.Time
	OnAt       time.Time // last time the condition went on: RaisedAt, or later where it came back
	ReturnedAt time.Time // last time the condition went off; zero while active
	AckedAt    time.Time
	AckedBy    string // person id
	Comment    string
	EndedAt    time.Time // zero while it stands
	Count      int       // times the condition came on in this occurrence

	Owner    string    // person it is assigned to; "" nobody
	CauseSet string    // alarm id that a lead set as its cause; "" none
	Design   string    // alarm id that suppresses it by design now; "" none
	DesignAt time.Time // since when
	HeldBack int       // annunciations kept back by any suppression
	Effect   Effect
	Notes    int // remarks

	// Shelve and Service are the shelving and the out-of-service record that cover
	// it now. They are no part of the fold: who hands occurrences out fills them in
	// (Suppressions.Cover). nil: none.
	Shelve  *Suppression `json:"-"`
	Service *Suppression `json:"-"`
}
