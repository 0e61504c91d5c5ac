package config

import (
	"time"

	"nezuban/collectors"
	"nezuban/collectors/profile"
	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
	"nezuban/internal/topology/cooling"
	"nezuban/internal/topology/fire"
	"nezuban/sla"
)

// A Site is what the site directory says, checked.
type Site struct {
	Facility facility.Site
	Dir      string // the site directory
	DataDir  string // records, history, socket and keys; absolute or below Dir
	Shifts   []Shift

	Devices       []collectors.Target   // in the order of files and entries; the engine stands in Device.Engine
	Profiles      *profile.Library      // builtin and the site's own
	AgentProfiles *profile.AgentLibrary // the same for agents
	Rules         []*alarm.Rule         // builtin and the site's own, by id
	IdleRules     []string              // ids of rules that match no device of the inventory
	Targets       []sla.Target          // builtin and the site's own, by name
	Subjects      []sla.Subject         // what targets speak of and nobody polls, in the order of the files
	Obligations   []sla.Obligation      // what is to be done by a day; of recurring ones the first
	People        []duty.Person

	Positions []duty.Position // operator positions of site.yaml; at least one

	OneLine *topology.Graph // nil: no oneline.yaml
	Fire    []fire.ZoneModel
	Cooling []cooling.RoomModel
	Notify  NotifySettings

	SSH     SSHSettings
	HTTP    HTTPSettings
	History HistorySettings
	Records RecordsSettings
	Traps   TrapSettings

	SecretsFile  string // secrets.age of the site directory
	IdentityFile string // age identity; "": the place where `nezuban secrets` keeps it
}

// NotifySettings are notify.yaml: who is told of what, and how.
type NotifySettings struct {
	Channels    []Channel
	Escalations []duty.Escalation // by name; the first is the default
	Rotations   []duty.Rotation
	Contacts    map[string]map[string]string // person → channel → address
	Heartbeats  []Heartbeat
	TestAt      time.Duration // of the daily test messages, after local midnight; negative: none
}

// A Channel is one way out. Secrets are resolved by name.
type Channel struct {
	Name string
	Kind string // "smtp", "webhook", "alertmanager"
	URL  string // webhook, alertmanager; smtp://host:port or smtps://host:port

	From     string            // smtp
	User     string            // smtp
	Secret   collectors.Secret // smtp password, webhook HMAC key, bearer token
	TLS      string            // smtp: "required" (default), "none" for loopback only
	CAFile   string            // "" the system's
	Template string            // webhook: body as text/template over the notice; "" the standard JSON
	PerHour  int               // limit for P2 to P4, beyond it a digest; 0 none
	Minimum  facility.Priority // tells nothing less grave; 0 all
	All      bool              // gets every notice, not only those of a step (alertmanager)
	File     string
	Line     int
}

// A Heartbeat is a dead-man signal to somebody outside.
type Heartbeat struct {
	Name   string
	URL    string
	Post   bool // POST with the site's code; otherwise GET
	Every  time.Duration
	Token  collectors.Secret
	CAFile string // "" the system's
}

// A Shift begins at Start after local midnight and lasts until the next one
// begins.
type Shift struct {
	ID    string // "day", "night-B": names it in report periods
	Name  facility.Text
	Start time.Duration
}

// SSHSettings of the console.
type SSHSettings struct {
	Listen       string // "127.0.0.1:2222"
	HostKey      string // file; made at the first start
	MaxSessions  int
	MaxPerPerson int
	IdleReadOnly time.Duration // a session without a key for so long may only look; 0: never
}

// HTTPSettings of the self-metrics and health page.
type HTTPSettings struct {
	Listen string // "127.0.0.1:9187"; another than a loopback address needs allow_remote
}

// TrapSettings of SNMP traps and informs.
type TrapSettings struct {
	Listen string                  // "" they are not received
	Users  []collectors.SNMPAccess // SNMPv3 users that sign traps, besides those that devices are polled by
}

// HistorySettings of the time series.
type HistorySettings struct {
	URL            string            // an existing Prometheus-compatible cluster; "": the own child
	Token          collectors.Secret // bearer token for URL; "" none
	Listen         string            // read-only query API for others, "" none
	Retention      time.Duration     // of raw samples
	MinFreeBytes   int64             // history stops taking samples below the smaller of the two
	MinFreePercent float64
}

// RecordsSettings of alarms, audit and preferences.
type RecordsSettings struct {
	ReserveBytes int64  // kept aside on the disk for the records alone
	Witness      string // a second directory that gets the signed audit checkpoints; "" none
}

// Defaults of what site.yaml leaves out.
const (
	DefaultSSHListen      = "127.0.0.1:2222"
	DefaultHTTPListen     = "127.0.0.1:9187"
	DefaultTrapListen     = ":162" // RFC 3417, section 3
	DefaultMaxSessions    = 64
	DefaultMaxPerPerson   = 8
	DefaultIdleReadOnly   = 30 * time.Minute
	DefaultRetention      = 35 * 24 * time.Hour
	DefaultMinFreeBytes   = 1 << 30
	DefaultMinFreePercent = 5.0
	DefaultReserveBytes   = 256 << 20
)
