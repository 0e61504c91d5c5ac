package alarm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"nezuban/internal/facility"
)

// SuppressionCode says why a suppression was refused.
type SuppressionCode string

const (
	LifeSafetyScope SuppressionCode = "life_safety"      // alarms of class life safety are never held back
	NoReason        SuppressionCode = "no_reason"        // shelving, ending and declining need one
	NoChange        SuppressionCode = "no_change"        // out of service needs the number of a change
	NoReview        SuppressionCode = "no_review"        // out of service needs a review date to come
	NoEnd           SuppressionCode = "no_end"           // a shelving needs an end to come
	TooLong         SuppressionCode = "too_long"         // past the cap of the priority or of the rule
	BadScope        SuppressionCode = "bad_scope"        // neither one alarm nor a filter that can be read
	SamePerson      SuppressionCode = "same_person"      // the second person is another one
	NotWaiting      SuppressionCode = "not_waiting"      // nothing to approve
	IsOver          SuppressionCode = "over"             // it has ended
	Disorder        SuppressionCode = "wrong_order"      // the event does not follow the one before
	Nameless        SuppressionCode = "no_actor"         // no actor, time or id
	Twice           SuppressionCode = "suppressed_twice" // the same alarm or filter is suppressed so already

	LifeSafetyPoints SuppressionCode = "life_safety_points" // the polling of a device that protects life is never stopped
	StopTooLong      SuppressionCode = "stop_too_long"      // past MaxPollingStop
)

// A SuppressionError is a request or event that was refused, and why.
type SuppressionError struct {
	ID     string // "" for a request
	Code   SuppressionCode
	Detail string        // English, for logs and scripts
	Cap    time.Duration // TooLong, StopTooLong: the longest that is allowed
	Zones  []string      // LifeSafetyPoints: what would not be seen
}

func (e *SuppressionError) Error() string {
	if e.ID == "" {
		return fmt.Sprintf("suppression refused (%s): %s", e.Code, e.Detail)
	}
	return fmt.Sprintf("suppression %s refused (%s): %s", e.ID, e.Code, e.Detail)
}

// MaxShelving is the longest shelving of an alarm of a priority.
func MaxShelving(p facility.Priority) time.Duration {
	switch {
	case p <= facility.P1:
		return 30 * time.Minute
	case p <= facility.P3:
		return 8 * time.Hour
	}
	return 24 * time.Hour
}

// A SuppressionRequest is what a person asks for.
type SuppressionRequest struct {
	ID     string // SUP-…, new
	Type   SuppressionKind
	Scope  Scope
	By     string // person id
	Reason string
	Change string    // out of service: number of the change
	Sight  Sight     // polling stop: what the rules see of the device
	Until  time.Time // end, or review date
	At     time.Time
}

// Request decides what a request brings: in force at once, or, where it would
// hold back a P1 that stands or whose rule is named, or stop the polling of a
// device that a P1 rule watches, waiting for a second person. standing are the alarms that stand, rules all rules.
func (s *Suppressions) Request(q SuppressionRequest, standing []Occurrence, rules map[string]*Rule) (SuppressionEvent, error) {
	no := func(code SuppressionCode, format string, args ...any) (SuppressionEvent, error) {
		return SuppressionEvent{}, &SuppressionError{Code: code, Detail: fmt.Sprintf(format, args...)}
	}
	if err := q.complete(); err != nil {
		return SuppressionEvent{}, err
	}
	reach, err := s.reachOf(q, standing, rules)
	if err != nil {
		return SuppressionEvent{}, err
	}
	if lasts := q.Until.Sub(q.At); q.Type.EndsByItself() && lasts > reach.longest {
		if q.Type == PollingStop {
			return SuppressionEvent{}, &SuppressionError{Code: StopTooLong, Cap: reach.longest, Detail: fmt.Sprintf("%s is longer than a polling stop may last, %s", lasts, reach.longest)}
		}
		return SuppressionEvent{}, &SuppressionError{Code: TooLong, Cap: reach.longest,
			Detail: fmt.Sprintf("%s is longer than %s, the cap of what it would hold back", lasts, reach.longest)}
	}
	for _, e := range s.live {
		same := e.Scope.Rule == q.Scope.Rule && e.Scope.Device == q.Scope.Device && e.Scope.Point == q.Scope.Point && e.Scope.Filter == q.Scope.Filter
		if same && e.Type == q.Type && e.State == Waiting {
			return no(Twice, "%s asks for the same and waits for a second person", e.ID)
		}
	}
	e := SuppressionEvent{
		ID: q.ID, Revision: 1, Kind: Began, At: q.At.UTC(), Actor: "person:" + q.By, Reason: q.Reason,
		Type: q.Type, Scope: q.Scope, Until: q.Until.UTC(), Change: q.Change,
	}
	if reach.gravest <= facility.P1 {
		e.Kind = Requested
	}
	return e, nil
}

// complete checks what a request must say for itself.
func (q SuppressionRequest) complete() error {
	no := func(code SuppressionCode, detail string) error { return &SuppressionError{Code: code, Detail: detail} }
	switch {
	case q.ID == "" || q.By == "" || q.At.IsZero():
		return no(Nameless, "it has no id, person or time")
	case !q.Type.known():
		return no(BadScope, fmt.Sprintf("%q is no way to suppress; use shelve, out_of_service or polling_stop", q.Type))
	case strings.TrimSpace(q.Reason) == "":
		return no(NoReason, "give a reason")
	case q.Type == OutOfService && strings.TrimSpace(q.Change) == "":
		return no(NoChange, "give the number of the change")
	case q.Type == OutOfService && !q.Until.After(q.At):
		return no(NoReview, "give a review date that is still to come")
	case q.Type.EndsByItself() && !q.Until.After(q.At):
		return no(NoEnd, "give an end that is still to come")
	}
	return nil
}

// reach is what a scope would hold back.
type reach struct {
	gravest facility.Priority
	longest time.Duration
	fire    bool // something of class life safety among it
	others  bool // something else
}

func (r *reach) take(p facility.Priority, class Class, rule *Rule) {
	if class == LifeSafety {
		r.fire = true
		return
	}
	r.others = true
	r.gravest, r.longest = min(r.gravest, p), min(r.longest, MaxShelving(p))
	if rule != nil && rule.MaxShelve > 0 {
		r.longest = min(r.longest, rule.MaxShelve)
	}
}

// reachOf is what a request would hold back: of a filter what stands now, of one
// alarm also what its rule says.
func (s *Suppressions) reachOf(q SuppressionRequest, standing []Occurrence, rules map[string]*Rule) (reach, error) {
	c := q.Scope
	if q.Type == PollingStop {
		return stopReach(c, q.Sight)
	}
	r := reach{gravest: facility.P4, longest: MaxShelving(facility.P4)}
	e := &entry{Suppression: Suppression{Scope: c}}
	if c.Filter != "" {
		var err error
		if e, err = filterEntry(c); err != nil {
			return r, err
		}
	} else if rule := rules[c.Rule]; rule != nil {
		r.take(rule.Priority(), rule.Class, rule)
	}
	for i := range standing {
		if o := &standing[i]; s.names(e, o) {
			r.take(o.Priority, o.Class, rules[o.Rule])
		}
	}
	switch {
	case c.Filter == "" && r.fire || r.fire && !r.others:
		return r, &SuppressionError{Code: LifeSafetyScope, Detail: "nothing holds back an alarm of class life_safety; an isolation belongs to the fire panel"}
	case c.Filter == "" && (!r.others || c.Device == ""):
		return r, &SuppressionError{Code: BadScope, Detail: "there is no such alarm, and no such rule"}
	}
	return r, nil
}

// changing are what of an alarm changes while it stands; a scope that
// spoke of them would cover by what it covers.
var changing = []string{"state", "owner"}

func filterEntry(c Scope) (*entry, error) {
	if c.Rule != "" || c.Device != "" || c.Point != "" {
		return nil, &SuppressionError{Code: BadScope, Detail: "name one alarm, or a filter, not both"}
	}
	sel, err := facility.ParseSelector(c.Filter)
	if err != nil {
		return nil, &SuppressionError{Code: BadScope, Detail: err.Error()}
	}
	if len(selectorKeys(sel)) == 0 {
		return nil, &SuppressionError{Code: BadScope, Detail: "the filter is empty; it would hold back everything"}
	}
	for _, key := range selectorKeys(sel) {
		if slices.Contains(changing, key) {
			return nil, &SuppressionError{Code: BadScope, Detail: key + "= changes while an alarm stands; choose by rule, device, place or priority"}
		}
	}
	return &entry{Suppression: Suppression{Scope: c}, filter: sel}, nil
}

// Approve decides what the consent of a second person brings: in force from now.
func (x Suppression) Approve(person, comment string, at time.Time) (SuppressionEvent, error) {
	if err := x.second(person, at); err != nil {
		return SuppressionEvent{}, err
	}
	return x.next(Began, "person:"+person, comment, at), nil
}

// Decline decides what the refusal by a second person brings. Who asked may take
// the request back by End.
func (x Suppression) Decline(person, comment string, at time.Time) (SuppressionEvent, error) {
	if err := x.second(person, at); err != nil {
		return SuppressionEvent{}, err
	}
	return x.End(person, comment, at)
}

func (x Suppression) second(person string, at time.Time) error {
	switch {
	case x.State != Waiting:
		return &SuppressionError{ID: x.ID, Code: NotWaiting, Detail: "it does not wait for anybody"}
	case x.due(at) != "":
		return &SuppressionError{ID: x.ID, Code: IsOver, Detail: x.due(at)}
	case person == "" || person == x.By:
		return &SuppressionError{ID: x.ID, Code: SamePerson, Detail: "who asked cannot approve or decline it; a second person must"}
	}
	return nil
}

// End decides what it brings that a person ends a suppression before its time:
// unshelved, returned to service, a request declined or taken back.
func (x Suppression) End(person, reason string, at time.Time) (SuppressionEvent, error) {
	switch {
	case x.State != Waiting && x.State != InForce:
		return SuppressionEvent{}, &SuppressionError{ID: x.ID, Code: IsOver, Detail: "it has ended"}
	case person == "":
		return SuppressionEvent{}, &SuppressionError{ID: x.ID, Code: Nameless, Detail: "nobody is named"}
	case strings.TrimSpace(reason) == "":
		return SuppressionEvent{}, &SuppressionError{ID: x.ID, Code: NoReason, Detail: "give a reason"}
	}
	return x.next(Ended, "person:"+person, reason, at), nil
}

func (x *Suppression) next(kind SuppressionEventKind, actor, reason string, at time.Time) SuppressionEvent {
	return SuppressionEvent{ID: x.ID, Revision: x.Revision + 1, Kind: kind, At: at.UTC(), Actor: actor, Reason: reason, Scope: x.Scope}
}

// Apply folds one event into the suppression and returns what it is then; x
// never changes. It refuses an event that does not follow, one without actor or
// time, a second person who is the first, and a shelving or stop without an end.
func (x Suppression) Apply(e SuppressionEvent) (Suppression, error) {
	no := func(code SuppressionCode, detail string) (Suppression, error) {
		return x, &SuppressionError{ID: e.ID, Code: code, Detail: detail}
	}
	person, isPerson := strings.CutPrefix(e.Actor, "person:")
	switch {
	case e.ID == "" || e.Actor == "" || e.At.IsZero():
		return no(Nameless, "the event lacks its id, actor or time")
	case x.ID != "" && e.ID != x.ID:
		return no(Disorder, "the event belongs to another suppression")
	case e.Revision != x.Revision+1:
		return no(Disorder, fmt.Sprintf("revision %d does not follow %d", e.Revision, x.Revision))
	case x.State == Over:
		return no(IsOver, "it has ended")
	case x.Revision == 0:
		return x.begin(e, person, isPerson)
	}
	x.Revision = e.Revision
	switch {
	case e.Kind == Began && x.State == Waiting && isPerson && person != x.By:
		x.State, x.Since, x.Approver = InForce, e.At, person
	case e.Kind == Began && x.State == Waiting:
		return no(SamePerson, "a second person must approve it")
	case e.Kind == Ended || e.Kind == Expired && (x.Type.EndsByItself() || x.State == Waiting):
		x.State, x.EndedAt, x.EndedBy, x.EndedFor = Over, e.At, e.Actor, e.Reason
	default:
		return no(Disorder, fmt.Sprintf("%s does not follow in state %s", e.Kind, x.State))
	}
	return x, nil
}

func (x Suppression) begin(e SuppressionEvent, person string, isPerson bool) (Suppression, error) {
	no := func(code SuppressionCode, detail string) (Suppression, error) {
		return x, &SuppressionError{ID: e.ID, Code: code, Detail: detail}
	}
	switch {
	case e.Kind != Requested && e.Kind != Began:
		return no(Disorder, "it begins with a request")
	case !isPerson || person == "":
		return no(Nameless, "a person asks for it")
	case !e.Type.known():
		return no(BadScope, "neither shelve, out_of_service nor polling_stop")
	case e.Type == PollingStop && !e.Scope.isDevice():
		return no(BadScope, "it names no device, or more than one")
	case e.Type != PollingStop && e.Scope.Filter == "" && e.Scope.Rule == "":
		return no(BadScope, "it names neither an alarm nor a filter")
	case strings.TrimSpace(e.Reason) == "":
		return no(NoReason, "it has no reason")
	case e.Type == OutOfService && e.Change == "":
		return no(NoChange, "it has no change number")
	case !e.Until.After(e.At):
		return no(cmp.Or(map[SuppressionKind]SuppressionCode{OutOfService: NoReview}[e.Type], NoEnd), "it has no end or review date to come")
	}
	x = Suppression{
		ID: e.ID, Revision: e.Revision, Type: e.Type, Scope: e.Scope, State: Waiting,
		By: person, Reason: e.Reason, Change: e.Change, At: e.At, Until: e.Until,
	}
	if e.Kind == Began {
		x.State, x.Since = InForce, e.At
	}
	return x, nil
}
