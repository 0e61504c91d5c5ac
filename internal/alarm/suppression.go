package alarm

import (
	"time"

	"nezuban/internal/facility"
)

// SuppressionKind is one of the ways in which people hold alarms back, or keep
// them from arising. Suppression by design is a rule's and part of the occurrence.
type SuppressionKind string

const (
	Shelving     SuppressionKind = "shelve"         // by an operator; ends by itself at Until
	OutOfService SuppressionKind = "out_of_service" // by a shift lead with a change number; ends by hand, Until is the review date
	PollingStop  SuppressionKind = "polling_stop"   // by a shift lead, of one device: it is asked nothing; ends by itself at Until. Holds no standing alarm back
)

// SuppressionState is where a suppression is in its life.
type SuppressionState string

const (
	Waiting SuppressionState = "waiting" // for the second person; at most ten minutes
	InForce SuppressionState = "in_force"
	Over    SuppressionState = "over"
)

// SuppressionEventKind is what happened to a suppression.
type SuppressionEventKind string

const (
	Requested SuppressionEventKind = "requested" // by a person; waits for a second one
	Began     SuppressionEventKind = "began"     // in force: at once, or approved by the second person
	Ended     SuppressionEventKind = "ended"     // by a person before its time: unshelved, returned to service, refused by the second person
	Expired   SuppressionEventKind = "expired"   // by itself: its time was over, or nobody approved it in time
)

// A Scope says which alarms a suppression covers, whether they stand or not:
// either one alarm by rule, device and point, or all that a filter matches.
// Alarms of class life safety are never covered. Of a polling stop it is Device
// alone, and Name the device's.
type Scope struct {
	Rule   string            `json:"rule,omitempty"`
	Device facility.DeviceID `json:"device,omitempty"`
	Point  facility.PointID  `json:"point,omitempty"`
	Filter string            `json:"filter,omitempty"` // selector over alarms; "" where Rule is set
	Name   facility.Text     `json:"name"`             // of the alarm, as it was then; for a filter the filter itself
}

// A SuppressionEvent is one transition of one suppression; the suppression is
// the fold of its events.
type SuppressionEvent struct {
	ID       string               `json:"id"` // SUP-000012
	Revision int                  `json:"revision"`
	Kind     SuppressionEventKind `json:"kind"`
	At       time.Time            `json:"at"`
	Actor    string               `json:"actor"`
	Reason   string               `json:"reason"`

	// In the first event only.
	Type   SuppressionKind `json:"type,omitempty"`
	Scope  Scope           `json:"scope"`
	Until  time.Time       `json:"until"`            // end of the shelving or polling stop, or review date
	Change string          `json:"change,omitempty"` // out of service
}

// A Suppression is one shelving, out-of-service record or polling stop.
type Suppression struct {
	ID       string
	Revision int
	Type     SuppressionKind
	Scope    Scope
	State    SuppressionState
	By       string // person id
	Reason   string
	Change   string
	At       time.Time // requested
	Since    time.Time // in force since; zero: not yet
	Until    time.Time
	Approver string // the second person's id; "" none was needed, or none yet
	EndedAt  time.Time
	EndedBy  string // actor
	EndedFor string // reason

	// Filled in by who hands it out, no part of the fold.
	Matches int `json:"-"` // standing alarms it covers now
	Held    int `json:"-"` // annunciations it has held back
}
