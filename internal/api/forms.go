package api

import (
	"math"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/sla"
)

// Status is what `nezuban status --json` prints.
type Status struct {
	Version       string        `json:"version"`
	Site          string        `json:"site"`
	AsOf          time.Time     `json:"as_of"` // the daemon's clock
	UptimeSeconds int64         `json:"uptime_seconds"`
	SSHAddress    string        `json:"ssh_address"`
	SSHHostKey    string        `json:"ssh_host_key"` // public, as in known_hosts
	Devices       DeviceCounts  `json:"devices"`
	Points        int           `json:"points"`
	ReadingsTotal uint64        `json:"readings_total"`
	Alarms        AlarmCounts   `json:"alarms"`
	Targets       VerdictCounts `json:"targets"`
	History       HistoryState  `json:"history"`
	Records       RecordsState  `json:"records"`
}

// DeviceCounts by reach. Stale counts devices that answered before but whose
// values are old; unknown ones have not been polled yet; stopped ones are not
// polled for a while.
type DeviceCounts struct {
	Total   int `json:"total"`
	Up      int `json:"up"`
	Down    int `json:"down"`
	Stale   int `json:"stale"`
	Unknown int `json:"unknown"`
	Stopped int `json:"stopped"`
}

// AlarmCounts of the standing alarms.
type AlarmCounts struct {
	Active         int            `json:"active"`         // condition on
	Unacknowledged int            `json:"unacknowledged"` // UNACK, RTNUN, LATUN
	Standing       int            `json:"standing"`       // everything that is not NORM
	ByPriority     map[string]int `json:"by_priority"`    // standing, "1" … "4"
	Roots          int            `json:"roots"`          // lines of their own: what stands and is nobody's consequence
	Shelved        int            `json:"shelved"`
	ByDesign       int            `json:"suppressed_by_design"`
	OutOfService   int            `json:"out_of_service"`
	Waiting        int            `json:"waiting_for_approval"`
	Flood          bool           `json:"flood"` // at any operator position
}

// VerdictCounts of the targets in their open windows.
type VerdictCounts struct {
	Met              int `json:"met"`
	Missed           int `json:"missed"`
	InsufficientData int `json:"insufficient_data"`
	NotApplicable    int `json:"not_applicable"`
}

// HistoryState of the history child or cluster.
type HistoryState struct {
	State          string `json:"state"`
	Detail         string `json:"detail,omitempty"`
	SamplesTotal   uint64 `json:"samples_total"`
	HeldSamples    int    `json:"held_samples"`
	DroppedSamples uint64 `json:"dropped_samples"`
}

// RecordsState of the records store.
type RecordsState struct {
	State   string `json:"state"`
	Detail  string `json:"detail,omitempty"`
	Pending int    `json:"pending_events"`
}

// Console is where the console is served.
type Console struct{ Address, HostKey string }

// StatusOf counts a snapshot and the standing alarms.
func StatusOf(s *live.Snapshot, standing []alarm.Occurrence, now time.Time, console Console) Status {
	st := Status{
		Version: s.Version, Site: s.Site.Code, AsOf: now.UTC(), UptimeSeconds: int64(now.Sub(s.Started) / time.Second),
		SSHAddress: console.Address, SSHHostKey: console.HostKey, Points: s.Points, ReadingsTotal: s.ReadingsTotal,
		Alarms: AlarmCounts{ByPriority: map[string]int{"1": 0, "2": 0, "3": 0, "4": 0}},
		History: HistoryState{s.Stores.History.State, s.Stores.History.Detail, s.Stores.History.SamplesTotal,
			s.Stores.History.HeldSamples, s.Stores.History.DroppedSamples},
		Records: RecordsState{s.Stores.Records.State, s.Stores.Records.Detail, s.Stores.Records.Pending},
	}
	for _, d := range s.Devices {
		if d.IsModel() { // nobody polls it
			continue
		}
		st.Devices.Total++
		switch d.Reach(now) {
		case live.Up:
			st.Devices.Up++
		case live.Down:
			st.Devices.Down++
		case live.Late:
			st.Devices.Stale++
		case live.Stopped:
			st.Devices.Stopped++
		default:
			st.Devices.Unknown++
		}
	}
	for _, o := range standing {
		st.Alarms.Standing++
		st.Alarms.ByPriority[string('0'+rune(o.Priority))]++
		if o.Active {
			st.Alarms.Active++
		}
		if !o.IsAcked {
			st.Alarms.Unacknowledged++
		}
		if s.Grouping.RootOf[o.ID] == "" {
			st.Alarms.Roots++
		}
		switch o.Shown() {
		case alarm.ShownShelved:
			st.Alarms.Shelved++
		case alarm.ShownSuppressed:
			st.Alarms.ByDesign++
		case alarm.ShownOutOfService:
			st.Alarms.OutOfService++
		}
	}
	for _, x := range s.Suppressions {
		if x.State == alarm.Waiting {
			st.Alarms.Waiting++
		}
	}
	for _, f := range s.Floods {
		st.Alarms.Flood = st.Alarms.Flood || f.Active
	}
	for _, r := range s.Targets {
		switch r.Verdict {
		case sla.Met:
			st.Targets.Met++
		case sla.Missed:
			st.Targets.Missed++
		case sla.InsufficientData:
			st.Targets.InsufficientData++
		default:
			st.Targets.NotApplicable++
		}
	}
	return st
}

// Event is one transition of an alarm as scripts see it.
type Event struct {
	AlarmID  string    `json:"alarm_id"`
	Revision int       `json:"revision"`
	Kind     string    `json:"kind"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	Comment  string    `json:"comment"`
	Rule     string    `json:"rule"`
	RuleRev  int       `json:"rule_revision"`
	Name     string    `json:"name"`
	NameJa   string    `json:"name_ja"`
	Device   string    `json:"device"`
	Point    string    `json:"point"`
	Place    string    `json:"place"`
	Zone     string    `json:"zone"`
	Category string    `json:"category"`
	Class    string    `json:"class"`
	Priority int       `json:"priority"`
	Level    string    `json:"level"`
	Value    *float64  `json:"value"`
	Limit    *float64  `json:"limit"`
	Unit     string    `json:"unit"`
}

// EventOf translates an event.
func EventOf(e alarm.Event) Event {
	return Event{
		AlarmID: e.AlarmID, Revision: e.Revision, Kind: string(e.Kind), At: e.At.UTC(), Actor: e.Actor, Comment: e.Comment,
		Rule: e.Rule, RuleRev: e.RuleRev, Name: e.Name.En, NameJa: e.Name.Ja, Device: string(e.Device), Point: string(e.Point),
		Place: e.Place, Zone: e.Zone, Category: e.Category, Class: string(e.Class), Priority: int(e.Priority), Level: e.Level,
		Value: number(e.Value, e.HasValue), Limit: number(e.Limit, e.HasLimit), Unit: string(e.Unit),
	}
}

// EventsOf translates the events of an alarm.
func EventsOf(events []alarm.Event) []Event {
	out := make([]Event, 0, len(events))
	for _, e := range events {
		out = append(out, EventOf(e))
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func number(v float64, has bool) *float64 {
	if !has || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// Device is one device as scripts see it; Readings only in the detail.
type Device struct {
	ID              string            `json:"id"`
	Name            string            `json:"name"`
	Kind            string            `json:"kind"`
	Category        string            `json:"category"`
	Place           string            `json:"place"`
	Rack            string            `json:"rack"`
	Feed            string            `json:"feed"`
	Engine          string            `json:"engine"`
	AsOf            time.Time         `json:"as_of"` // the daemon's clock
	Reach           string            `json:"reach"` // up, down, stale, unknown, stopped
	Points          int               `json:"points"`
	LastAnswer      *time.Time        `json:"last_answer"`
	RoundTrip       float64           `json:"round_trip_seconds"`
	Lateness        float64           `json:"lateness_seconds"`
	IntervalSeconds float64           `json:"interval_seconds"`
	Rounds          uint64            `json:"rounds"`
	Timeouts        uint64            `json:"timeouts"`
	Refused         map[string]uint64 `json:"refused"`
	Error           string            `json:"error"`
	ErrorKind       string            `json:"error_kind"`
	Protocol        string            `json:"protocol"`                   // v1, v2c, v3; "" where not SNMP or not polled yet
	EngineID        string            `json:"engine_id"`                  // SNMPv3, hex
	SharesEngineID  []string          `json:"shares_engine_id,omitempty"` // devices that name the same engine id; only in the detail
	Vendor          string            `json:"vendor"`
	Model           string            `json:"model"`
	SysName         string            `json:"sys_name"`
	SysObjectID     string            `json:"sys_object_id"`
	Profiles        []string          `json:"profiles"`
	PollingStop     *PollingStop      `json:"polling_stop"` // null: it is polled
	Readings        []Reading         `json:"readings,omitempty"`
}

// PollingStop is why and until when a device is not polled, as scripts see it.
type PollingStop struct {
	ID       string    `json:"id"`
	By       string    `json:"by"`
	Approver string    `json:"approver"` // "" none was needed
	Reason   string    `json:"reason"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
}

// Reading is one point of a device as scripts see it.
type Reading struct {
	Point     string            `json:"point"`
	Metric    string            `json:"metric"`
	Labels    map[string]string `json:"labels"`
	Name      string            `json:"name"`
	Value     *float64          `json:"value"` // null unless it is known now
	LastValue *float64          `json:"last_value"`
	Unit      string            `json:"unit"`
	State     string            `json:"state"`
	Severity  string            `json:"severity"`
	Freshness string            `json:"freshness"` // fresh, no_answer, stale, never
	At        *time.Time        `json:"at"`        // of the last good value
	OID       string            `json:"oid"`
}

// DeviceOf translates a device view; with readings where detail is asked for.
func DeviceOf(d *live.DeviceView, now time.Time, detail bool) Device {
	h := d.Health
	out := Device{
		ID: string(d.Device.ID), Name: d.Device.Name, Kind: d.Device.Kind, Category: d.Device.Category,
		Place: d.Device.Place, Rack: d.Device.Rack, Feed: d.Device.Feed, Engine: d.Device.Engine,
		AsOf: now.UTC(), Reach: string(d.Reach(now)), Points: d.NumPoints(), LastAnswer: moment(h.LastAnswer),
		RoundTrip: h.RoundTrip.Seconds(), Lateness: h.Lateness.Seconds(), IntervalSeconds: h.Interval.Seconds(),
		Rounds: h.Rounds, Timeouts: h.Timeouts, Refused: map[string]uint64{}, Error: h.LastError, ErrorKind: string(h.ErrorKind),
		Protocol: h.Protocol, EngineID: d.Identity.EngineID,
		Vendor: d.Identity.Vendor, Model: d.Identity.Model, SysName: d.Identity.SysName,
		SysObjectID: d.Identity.SysObjectID, Profiles: d.Identity.Profiles,
	}
	if x := d.Stop; x != nil {
		out.PollingStop = &PollingStop{ID: x.ID, By: x.By, Approver: x.Approver, Reason: x.Reason, Since: x.Since.UTC(), Until: x.Until.UTC()}
	}
	for _, m := range []map[string]uint64{h.Refused, d.Refused} {
		for cause, n := range m {
			out.Refused[cause] += n
		}
	}
	if detail {
		points := d.Points()
		out.Readings = make([]Reading, 0, len(points))
		for i := range points {
			out.Readings = append(out.Readings, readingOf(&points[i], now))
		}
	}
	return out
}

func readingOf(p *live.PointView, now time.Time) Reading {
	fresh := p.Freshness(now)
	r := Reading{
		Point: string(p.Point.ID), Metric: p.Point.Metric, Labels: map[string]string{}, Name: p.Point.Name,
		Freshness: fresh.String(), OID: p.Point.OID,
		Value: number(p.Value, fresh.Known()), LastValue: number(p.Value, p.LastGood != 0),
	}
	if m, ok := facility.LookupMetric(p.Point.Metric); ok {
		r.Unit = string(m.Unit)
	}
	for _, l := range p.Point.Labels {
		r.Labels[l.Name] = l.Value
	}
	if p.LastGood != 0 {
		r.At = moment(p.LastGood.Time())
	}
	if s, ok := p.Point.State(p.Value); ok && fresh.Known() {
		r.State, r.Severity = s.Name, s.Severity.String()
	}
	return r
}

// Trend is one point's trend as scripts see it.
type Trend struct {
	Point       string      `json:"point"`
	Unit        string      `json:"unit"`
	StepSeconds int64       `json:"step_seconds"`
	Steps       []TrendStep `json:"steps"`
}

// TrendStep is one step; null where nothing was known.
type TrendStep struct {
	At   time.Time `json:"at"`
	Min  *float64  `json:"min"`
	Max  *float64  `json:"max"`
	Mean *float64  `json:"mean"`
}

// TrendOf translates a trend.
func TrendOf(p facility.Point, step time.Duration, points []facility.TrendPoint) Trend {
	t := Trend{Point: string(p.ID), StepSeconds: int64(step / time.Second), Steps: make([]TrendStep, 0, len(points))}
	if m, ok := facility.LookupMetric(p.Metric); ok {
		t.Unit = string(m.Unit)
	}
	for _, tp := range points {
		t.Steps = append(t.Steps, TrendStep{tp.At.Time(), number(tp.Min, tp.Known), number(tp.Max, tp.Known), number(tp.Mean, tp.Known)})
	}
	return t
}
