package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
	"nezuban/internal/live"
	"nezuban/internal/ops"
)

// Suppressing are the operations that hold alarms back, and those that say more
// of one; ops checks roles.
type Suppressing interface {
	Suppressions() []alarm.Suppression
	Preview(filter string) []alarm.Occurrence
	Shelve(ctx context.Context, p duty.Person, r ops.ShelveRequest) (alarm.Suppression, error)
	Unshelve(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error)
	TakeOutOfService(ctx context.Context, p duty.Person, r ops.ServiceRequest) (alarm.Suppression, error)
	ReturnToService(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error)
	StopPolling(ctx context.Context, p duty.Person, r ops.StopRequest) (alarm.Suppression, error)
	ResumePolling(ctx context.Context, p duty.Person, id string, revision int, reason string) (alarm.Suppression, error)
	Approve(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error)
	Decline(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error)
	SetCause(ctx context.Context, p duty.Person, alarmID string, revision int, cause, comment string) (alarm.Occurrence, error)
	Assign(ctx context.Context, p duty.Person, alarmID string, revision int, owner, comment string) (alarm.Occurrence, error)
	Note(ctx context.Context, p duty.Person, alarmID string, revision int, comment string) (alarm.Occurrence, error)
	CloseUnwatched(ctx context.Context, p duty.Person, alarmID string, revision int, comment string) (alarm.Occurrence, error)
}

// Suppression is one shelving, out-of-service record or polling stop as scripts
// see it.
type Suppression struct {
	ID       string     `json:"id"`
	Revision int        `json:"revision"`
	Type     string     `json:"type"`  // shelve, out_of_service, polling_stop
	State    string     `json:"state"` // waiting, in_force, over
	Name     string     `json:"name"`  // of the alarm; "" for a filter; of a polling stop the device's id
	NameJa   string     `json:"name_ja"`
	Rule     string     `json:"rule"`
	Device   string     `json:"device"`
	Point    string     `json:"point"`
	Filter   string     `json:"filter"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
	Change   string     `json:"change"`
	At       time.Time  `json:"at"`    // requested
	Since    *time.Time `json:"since"` // in force since; null: not yet
	Until    time.Time  `json:"until"` // end of a shelving or polling stop, review date of an out-of-service record
	Approver string     `json:"approver"`
	EndedAt  *time.Time `json:"ended_at"`
	EndedBy  string     `json:"ended_by"`
	EndedFor string     `json:"ended_for"`
	Matches  int        `json:"matches"` // standing alarms it covers now
	Held     int        `json:"held"`    // annunciations it has held back
}

// SuppressionOf translates a suppression.
func SuppressionOf(x alarm.Suppression) Suppression {
	return Suppression{
		ID: x.ID, Revision: x.Revision, Type: string(x.Type), State: string(x.State), Name: x.Scope.Name.En, NameJa: x.Scope.Name.Ja,
		Rule: x.Scope.Rule, Device: string(x.Scope.Device), Point: string(x.Scope.Point), Filter: x.Scope.Filter,
		By: x.By, Reason: x.Reason, Change: x.Change, At: x.At.UTC(), Since: moment(x.Since), Until: x.Until.UTC(), Approver: x.Approver,
		EndedAt: moment(x.EndedAt), EndedBy: x.EndedBy, EndedFor: x.EndedFor, Matches: x.Matches, Held: x.Held,
	}
}

// NewSuppression asks to hold back one alarm, or all that a filter matches, or to
// stop the polling of one device.
type NewSuppression struct {
	Type       string    `json:"type"` // shelve, out_of_service, polling_stop
	Alarm      string    `json:"alarm,omitempty"`
	Revision   int       `json:"revision,omitempty"`
	Filter     string    `json:"filter,omitempty"`
	Device     string    `json:"device,omitempty"`      // polling_stop
	ForSeconds int64     `json:"for_seconds,omitempty"` // shelve, polling_stop
	Change     string    `json:"change,omitempty"`      // out_of_service
	Review     time.Time `json:"review,omitzero"`       // out_of_service
	Reason     string    `json:"reason"`
}

// maxShelving is far beyond every cap: what is longer is refused by ops in words,
// what does not fit in a duration here.
const maxShelving = 10 * 365 * 24 * 60 * 60

// More is the body of the commands that say more of one alarm.
type More struct {
	Revision int    `json:"revision"`
	Comment  string `json:"comment"`
	Owner    string `json:"owner,omitempty"` // assign
	Cause    string `json:"cause,omitempty"` // cause; "" takes it back
}

// Nuisance is an alarm that tells too often, too briefly or for too long, with
// what would have kept it quiet; nothing is changed by the program.
type Nuisance struct {
	Kind             string    `json:"kind"` // chattering, fleeting, stale
	Rule             string    `json:"rule"`
	Device           string    `json:"device"`
	Point            string    `json:"point"`
	Name             string    `json:"name"`
	NameJa           string    `json:"name_ja"`
	Count            int       `json:"count"`
	Since            time.Time `json:"since"`
	Last             time.Time `json:"last"`
	ProposedOffDelay *int64    `json:"proposed_off_delay_seconds"`
	ProposedOnDelay  *int64    `json:"proposed_on_delay_seconds"`
	ProposedDeadband *float64  `json:"proposed_deadband"`
}

// NuisanceOf translates a nuisance.
func NuisanceOf(n live.Nuisance) Nuisance {
	seconds := func(d time.Duration) *int64 {
		if d == 0 {
			return nil
		}
		s := int64((d + time.Second - 1) / time.Second)
		return &s
	}
	return Nuisance{
		Kind: n.Kind, Rule: n.Rule, Device: string(n.Device), Point: string(n.Point), Name: n.Name.En, NameJa: n.Name.Ja, Count: n.Count,
		Since: n.Since.UTC(), Last: n.Last.UTC(), ProposedOffDelay: seconds(n.Proposal.OffDelay), ProposedOnDelay: seconds(n.Proposal.OnDelay),
		ProposedDeadband: number(n.Proposal.Deadband, n.Proposal.Deadband != 0),
	}
}

func (s *Server) suppressionRoutes(mux *http.ServeMux) {
	do := s.o.Operations
	mux.HandleFunc("GET /v1/suppressions", s.suppressions)
	mux.HandleFunc("POST /v1/suppressions", s.suppress)
	mux.HandleFunc("GET /v1/suppressions/preview", s.preview)
	mux.HandleFunc("GET /v1/nuisances", s.nuisances)
	for name, change := range map[string]suppressionFunc{
		"unshelve": do.Unshelve, "return-to-service": do.ReturnToService, "resume-polling": do.ResumePolling, "approve": do.Approve, "decline": do.Decline,
	} {
		mux.HandleFunc("POST /v1/suppressions/{id}/"+name, s.changeSuppression(change))
	}
	for name, change := range map[string]moreFunc{
		"assign": func(ctx context.Context, p duty.Person, id string, m More) (alarm.Occurrence, error) {
			return do.Assign(ctx, p, id, m.Revision, m.Owner, m.Comment)
		},
		"cause": func(ctx context.Context, p duty.Person, id string, m More) (alarm.Occurrence, error) {
			return do.SetCause(ctx, p, id, m.Revision, m.Cause, m.Comment)
		},
		"note": func(ctx context.Context, p duty.Person, id string, m More) (alarm.Occurrence, error) {
			return do.Note(ctx, p, id, m.Revision, m.Comment)
		},
		"close": func(ctx context.Context, p duty.Person, id string, m More) (alarm.Occurrence, error) {
			return do.CloseUnwatched(ctx, p, id, m.Revision, m.Comment)
		},
	} {
		mux.HandleFunc("POST /v1/alarms/{id}/"+name, s.more(change))
	}
}

type (
	suppressionFunc func(ctx context.Context, p duty.Person, id string, revision int, comment string) (alarm.Suppression, error)
	moreFunc        func(ctx context.Context, p duty.Person, id string, m More) (alarm.Occurrence, error)
)

func (s *Server) suppressions(w http.ResponseWriter, _ *http.Request) {
	out := []Suppression{}
	for _, x := range s.o.Operations.Suppressions() {
		out = append(out, SuppressionOf(x))
	}
	answer(w, out)
}

func (s *Server) suppress(w http.ResponseWriter, r *http.Request) {
	var n NewSuppression
	if !body(w, r, &n) {
		return
	}
	var x alarm.Suppression
	var err error
	switch {
	case n.Type != string(alarm.PollingStop) && n.Device != "":
		err = duty.Refuse(duty.Invalid, "device %q: belongs to type polling_stop; hold alarms of a device back with filter device=%s", n.Device, n.Device)
	case n.Type == string(alarm.PollingStop) && (n.Alarm != "" || n.Filter != ""):
		err = duty.Refuse(duty.Invalid, "polling_stop: name a device, no alarm and no filter")
	case alarm.SuppressionKind(n.Type).EndsByItself() && (n.ForSeconds < 0 || n.ForSeconds > maxShelving):
		err = duty.Refuse(duty.Invalid, "%s: for_seconds %d is no length of time", n.Type, n.ForSeconds)
	case n.Type == string(alarm.Shelving):
		x, err = s.o.Operations.Shelve(r.Context(), s.caller(r), ops.ShelveRequest{
			AlarmID: n.Alarm, Revision: n.Revision, Filter: n.Filter, For: time.Duration(n.ForSeconds) * time.Second, Reason: n.Reason})
	case n.Type == string(alarm.OutOfService):
		x, err = s.o.Operations.TakeOutOfService(r.Context(), s.caller(r), ops.ServiceRequest{
			AlarmID: n.Alarm, Revision: n.Revision, Filter: n.Filter, Change: n.Change, Review: n.Review, Reason: n.Reason})
	case n.Type == string(alarm.PollingStop):
		x, err = s.o.Operations.StopPolling(r.Context(), s.caller(r), ops.StopRequest{
			Device: facility.DeviceID(n.Device), For: time.Duration(n.ForSeconds) * time.Second, Reason: n.Reason})
	default:
		err = duty.Refuse(duty.Invalid, "type %q: want shelve, out_of_service or polling_stop", n.Type)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, SuppressionOf(x))
}

func (s *Server) preview(w http.ResponseWriter, r *http.Request) {
	filter := r.URL.Query().Get("filter")
	if _, err := facility.ParseSelector(filter); err != nil || filter == "" {
		refuse(w, duty.Refuse(duty.Invalid, "preview: a filter is needed, such as filter=place=1F/hall-1: %v", err))
		return
	}
	out := []Alarm{}
	for _, o := range s.o.Operations.Preview(filter) {
		out = append(out, AlarmIn(s.o.Snapshot(), o))
	}
	answer(w, out)
}

func (s *Server) nuisances(w http.ResponseWriter, _ *http.Request) {
	out := []Nuisance{}
	for _, n := range s.o.Snapshot().Nuisances {
		out = append(out, NuisanceOf(n))
	}
	answer(w, out)
}

func (s *Server) changeSuppression(do suppressionFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c Command
		if !body(w, r, &c) {
			return
		}
		x, err := do(r.Context(), s.caller(r), r.PathValue("id"), c.Revision, c.Comment)
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, SuppressionOf(x))
	}
}

func (s *Server) more(do moreFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var m More
		if !body(w, r, &m) {
			return
		}
		o, err := do(r.Context(), s.caller(r), r.PathValue("id"), m)
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, AlarmIn(s.o.Snapshot(), o))
	}
}

// Suppressions lists what is held back, waits, or was over less than a day ago.
func (c *Client) Suppressions(ctx context.Context) (list []Suppression, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/suppressions", nil, &list)
}

// Suppress asks to hold alarms back.
func (c *Client) Suppress(ctx context.Context, n NewSuppression) (x Suppression, err error) {
	return x, c.do(ctx, http.MethodPost, "/v1/suppressions", n, &x)
}

// ChangeSuppression ends, approves or declines one: verb is unshelve,
// return-to-service, resume-polling, approve or decline.
func (c *Client) ChangeSuppression(ctx context.Context, id, verb string, cmd Command) (x Suppression, err error) {
	return x, c.do(ctx, http.MethodPost, "/v1/suppressions/"+url.PathEscape(id)+"/"+verb, cmd, &x)
}

// Preview lists the standing alarms that a filter would cover now.
func (c *Client) Preview(ctx context.Context, filter string) (list []Alarm, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/suppressions/preview?"+url.Values{"filter": {filter}}.Encode(), nil, &list)
}

// Nuisances lists what tells too often, too briefly or for too long.
func (c *Client) Nuisances(ctx context.Context) (list []Nuisance, err error) {
	return list, c.do(ctx, http.MethodGet, "/v1/nuisances", nil, &list)
}

// Say says more of one alarm: verb is assign, cause, note or close.
func (c *Client) Say(ctx context.Context, id, verb string, m More) (a Alarm, err error) {
	return a, c.do(ctx, http.MethodPost, "/v1/alarms/"+url.PathEscape(id)+"/"+verb, m, &a)
}
