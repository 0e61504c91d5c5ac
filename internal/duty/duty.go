// Package duty holds the nouns of people at work: who they are, what they may
// do, what they did.
package duty

import (
	"slices"
	"time"
)

// Role is what a person may do. An account may hold several.
type Role string

const (
	Viewer    Role = "viewer"     // sees the live state
	Operator  Role = "operator"   // acknowledges, comments
	ShiftLead Role = "shift-lead" // also resets latched alarms
	Manager   Role = "manager"    // sees everything, produces reports
	Auditor   Role = "auditor"    // reads everything, changes nothing
	Admin     Role = "admin"      // configuration and keys
)

// Roles lists every role, the least first.
var Roles = []Role{Viewer, Operator, ShiftLead, Manager, Auditor, Admin}

// A Person is somebody known to the site, from people.yaml.
type Person struct {
	ID       string // short, stable, never reused: "sato"
	Name     string
	Roles    []Role
	Language string   // "en", "ja" or "" for the site's
	UnixName string   // login name on the daemon's machine, for the control socket; "" none
	Keys     []string // authorized_keys lines
}

// Has reports whether the person holds any of the roles.
func (p Person) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// Nobody is a caller that no entry of people.yaml names: may only read.
var Nobody = Person{ID: "", Name: "", Roles: []Role{Viewer}}

// An Actor is who caused a change: a person, a rule or the program itself.
type Actor struct {
	Kind string // "person", "rule" or "system"
	ID   string
}

func (a Actor) String() string { return a.Kind + ":" + a.ID }

// An AuditEntry is one line of the audit chain: what was done by whom, bound to
// the line before it.
type AuditEntry struct {
	Node    string    `json:"node"` // the writing node; one chain each
	Seq     int64     `json:"seq"`  // from 1, without gaps
	At      time.Time `json:"at"`   // UTC
	Actor   Actor     `json:"actor"`
	Action  string    `json:"action"` // "alarm.raise", "alarm.acknowledge", "session.login" …
	Object  string    `json:"object"` // alarm id, device id …; "" none
	Detail  string    `json:"detail"` // canonical JSON of the change; never a secret
	PrevSum string    `json:"prev"`   // hex SHA-256 of the entry before; 64 zeros for the first
	Sum     string    `json:"sum"`    // hex SHA-256 over all the fields above
}
