package api

import (
	"encoding/json"
	"time"

	"nezuban/sla"
)

// Target is one target's figure in one window as scripts see it. Seconds and
// counts are integers: of kinds that count occurrences the …_count fields hold the
// figures and the …_seconds fields are 0.
type Target struct {
	Name            string      `json:"name"`
	Entity          string      `json:"entity"`
	DisplayName     string      `json:"display_name"`
	Kind            string      `json:"kind"`
	Unit            string      `json:"unit"` // seconds, occurrences, value
	WindowStart     time.Time   `json:"window_start"`
	WindowEnd       time.Time   `json:"window_end"`
	AsOf            time.Time   `json:"as_of"`
	Verdict         string      `json:"verdict"`
	Basis           string      `json:"basis"`
	Target          string      `json:"target"`
	SLI             *string     `json:"sli"` // null: there is none
	Lower           *string     `json:"lower"`
	Upper           *string     `json:"upper"`
	SLIWithout      *string     `json:"sli_without_exclusions"`
	GoodSeconds     int64       `json:"good_seconds"`
	BadSeconds      int64       `json:"bad_seconds"`
	UnknownSeconds  int64       `json:"unknown_seconds"`
	ExcludedSeconds int64       `json:"excluded_seconds"`
	LateNotice      int64       `json:"late_notice_seconds"` // of the excluded
	ThinSeconds     int64       `json:"thin_margin_seconds"` // of the good
	EligibleSeconds int64       `json:"eligible_seconds"`
	BudgetSeconds   json.Number `json:"budget_seconds"`
	BudgetLeft      json.Number `json:"budget_left_seconds"`
	ProjectedLeft   json.Number `json:"projected_left_seconds"` // at the end, if it goes on so
	ExhaustsAt      *time.Time  `json:"exhausts_at"`
	Exhausted       bool        `json:"exhausted"`
	Burning         []string    `json:"burning"` // burn tiers that fire: "ticket 24h/2h"

	GoodCount       int64       `json:"good_count"`
	BadCount        int64       `json:"bad_count"`
	UnknownCount    int64       `json:"unknown_count"`
	ExcludedCount   int64       `json:"excluded_count"`
	LateNoticeCount int64       `json:"late_notice_count"`
	EligibleCount   int64       `json:"eligible_count"`
	PendingCount    int64       `json:"pending_count"`
	OverdueCount    int64       `json:"overdue_count"`
	RejectedCount   int64       `json:"rejected_count"`
	BudgetCount     json.Number `json:"budget_count"`
	BudgetLeftCount json.Number `json:"budget_left_count"`
	Few             bool        `json:"few"` // fewer than minCount: no percentage is printed

	Value *json.Number `json:"value"` // of ratio-value
	Limit *json.Number `json:"limit"`

	MetEntities int    `json:"met_entities"`
	Entities    int    `json:"entities"`
	Section     string `json:"section"`
	Definition  int    `json:"definition_revision"`
	Split       bool   `json:"split"` // a part of a window in which the target was edited
	Revision    int    `json:"revision"`
	State       string `json:"state"`  // open, provisional, final
	Digest      string `json:"digest"` // of what the figures were made of; "" while open
}

// TargetOf translates a result.
func TargetOf(r sla.Result) Target {
	t := Target{
		Name: r.Name, Entity: r.Entity, DisplayName: r.DisplayName, Kind: string(r.Kind), Unit: string(r.Unit()),
		WindowStart: r.WindowStart.UTC(), WindowEnd: r.WindowEnd.UTC(), AsOf: r.AsOf.UTC(),
		Verdict: string(r.Verdict), Basis: string(r.Basis), Target: ratio(r.TargetPPM, 1_000_000), Exhausted: r.Exhausted, Few: r.Few,
		ExhaustsAt: moment(r.ExhaustsAt), BudgetSeconds: "0", BudgetLeft: "0", ProjectedLeft: "0", BudgetCount: "0", BudgetLeftCount: "0", Burning: []string{},
		MetEntities: r.MetEntities, Entities: r.Entities, Section: r.Section, State: string(r.State), Revision: r.Revision,
		Definition: r.Definition, Split: r.Split, Digest: r.Digest,
	}
	switch r.Unit() {
	case sla.UnitOccurrences:
		t.GoodCount, t.BadCount, t.UnknownCount, t.ExcludedCount, t.EligibleCount = r.Good, r.Bad, r.Unknown, r.Excluded, r.Eligible
		t.LateNoticeCount, t.PendingCount, t.OverdueCount, t.RejectedCount = r.LateNotice, r.Pending, r.Overdue, r.Rejected
		t.BudgetCount, t.BudgetLeftCount = micros(r.BudgetMicros), micros(r.BudgetLeftMicros)
	case sla.UnitValue:
		t.GoodSeconds, t.UnknownSeconds, t.EligibleSeconds = r.Good, r.Unknown, r.Eligible
		limit := micros(r.LimitMicros)
		t.Limit = &limit
		if value := micros(r.ValueMicros); r.HasValue {
			t.Value = &value
		}
		return t
	default:
		t.GoodSeconds, t.BadSeconds, t.UnknownSeconds, t.ExcludedSeconds, t.EligibleSeconds = r.Good, r.Bad, r.Unknown, r.Excluded, r.Eligible
		t.LateNotice, t.ThinSeconds = r.LateNotice, r.Thin
		t.BudgetSeconds, t.BudgetLeft, t.ProjectedLeft = micros(r.BudgetMicros), micros(r.BudgetLeftMicros), micros(r.ProjectedLeftMicros)
	}
	for _, b := range r.Burning {
		t.Burning = append(t.Burning, b.Severity+" "+b.Long.String()+"/"+b.Short.String())
	}
	t.SLI, t.SLIWithout = share(r.Numerator, r.Denominator), share(r.RawNumerator, r.RawDenominator)
	t.Lower, t.Upper = share(r.Good, r.Eligible), share(r.Good+r.Unknown, r.Eligible)
	return t
}

func share(num, den int64) *string {
	if den == 0 {
		return nil
	}
	s := ratio(num, den)
	return &s
}

// TargetsOf translates results.
func TargetsOf(list []sla.Result) []Target {
	out := make([]Target, 0, len(list))
	for _, r := range list {
		out = append(out, TargetOf(r))
	}
	return out
}

// Exclusion is time that somebody asked to leave out, as scripts see it.
type Exclusion struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	State      string     `json:"state"` // proposed, approved, declined
	Targets    []string   `json:"targets"`
	Entities   []string   `json:"entities"`
	From       time.Time  `json:"from"`
	To         *time.Time `json:"to"` // null: it is still running
	Reason     string     `json:"reason"`
	ProposedBy string     `json:"proposed_by"`
	ProposedAt time.Time  `json:"proposed_at"`
	NoticedAt  *time.Time `json:"noticed_at"`
	ApprovedBy string     `json:"approved_by"`
	ApprovedAt *time.Time `json:"approved_at"`
	Late       bool       `json:"retroactive"` // proposed after it began
}

// ExclusionOf translates an exclusion.
func ExclusionOf(x sla.Exclusion) Exclusion {
	at := func(s int64) *time.Time {
		if s == 0 {
			return nil
		}
		t := time.Unix(s, 0).UTC()
		return &t
	}
	out := Exclusion{
		ID: x.ID, Kind: string(x.Kind), State: "proposed", Targets: list(x.Targets), Entities: list(x.Entities), From: time.Unix(x.From, 0).UTC(), To: at(x.To),
		Reason: x.Reason, ProposedBy: x.ProposedBy, ProposedAt: time.Unix(x.ProposedAt, 0).UTC(), NoticedAt: at(x.NoticedAt),
		ApprovedBy: x.ApprovedBy, ApprovedAt: at(x.ApprovedAt), Late: x.Retroactive(),
	}
	switch {
	case x.Declined:
		out.State = "declined"
	case x.Approved():
		out.State = "approved"
	}
	return out
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// NewExclusion asks to leave time out.
type NewExclusion struct {
	Kind      string    `json:"kind"` // maintenance, customer, force-majeure
	Targets   []string  `json:"targets,omitempty"`
	Entities  []string  `json:"entities,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to,omitzero"` // left out: it goes on until it is ended
	NoticedAt time.Time `json:"noticed_at,omitzero"`
	Reason    string    `json:"reason"`
}

// NewDone records that an obligation was completed.
type NewDone struct {
	Obligation string    `json:"obligation"`
	At         time.Time `json:"at,omitzero"` // left out: now
	Evidence   string    `json:"evidence,omitempty"`
	Comment    string    `json:"comment"`
}

// NewEvent reports an event that targets count.
type NewEvent struct {
	Name    string            `json:"name"`
	Entity  string            `json:"entity,omitempty"`
	Key     string            `json:"key,omitempty"`
	At      time.Time         `json:"at,omitzero"`
	Attrs   map[string]string `json:"attributes,omitempty"`
	Comment string            `json:"comment"`
}

// Obligation is one thing to be done by a day, as scripts see it.
type Obligation struct {
	ID       string     `json:"id"`
	Target   string     `json:"target"`
	Entity   string     `json:"entity"`
	Record   string     `json:"record"`
	Type     string     `json:"type"`
	Due      string     `json:"due"` // local date
	Done     *time.Time `json:"done"`
	Evidence string     `json:"evidence"`
	By       string     `json:"by"`
	Overdue  bool       `json:"overdue"`
}

// Window is a closed window of a target, or a revision of one.
type Window struct {
	Target     string           `json:"target"`
	Start      time.Time        `json:"window_start"`
	End        time.Time        `json:"window_end"`
	Revision   int              `json:"revision"`
	State      string           `json:"state"`
	Digest     string           `json:"digest"`
	SignedBy   string           `json:"signed_by"`
	Figures    []Target         `json:"figures"` // the target's own first
	Difference []sla.Difference `json:"difference"`
}

// WindowOf translates a closing.
func WindowOf(c sla.Closing) Window {
	w := Window{Target: c.Target, Start: time.Unix(c.From, 0).UTC(), End: time.Unix(c.To, 0).UTC(), Revision: c.Revision, State: string(c.State),
		Digest: c.Digest, SignedBy: c.SignedBy, Figures: TargetsOf(c.Results), Difference: c.Difference}
	if w.Difference == nil {
		w.Difference = []sla.Difference{}
	}
	for i := range w.Figures {
		w.Figures[i].State = w.State
	}
	return w
}
