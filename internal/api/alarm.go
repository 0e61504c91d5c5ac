package api

import (
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/live"
)

// Alarm is one alarm as scripts see it.
type Alarm struct {
	ID           string     `json:"id"`
	Revision     int        `json:"revision"`
	Rule         string     `json:"rule"`
	Name         string     `json:"name"`
	NameJa       string     `json:"name_ja"`
	Device       string     `json:"device"`
	Point        string     `json:"point"`
	Place        string     `json:"place"`
	Zone         string     `json:"zone"`
	Category     string     `json:"category"`
	Class        string     `json:"class"`
	Priority     int        `json:"priority"`
	State        string     `json:"state"`
	BaseState    string     `json:"base_state"`
	Suppressions []string   `json:"suppressions"`
	Group        string     `json:"group"`
	Level        string     `json:"level"`
	Value        *float64   `json:"value"`
	Limit        *float64   `json:"limit"`
	Unit         string     `json:"unit"`
	Count        int        `json:"count"`
	RaisedAt     time.Time  `json:"raised_at"`
	ReturnedAt   *time.Time `json:"returned_at"`
	AckedAt      *time.Time `json:"acked_at"`
	AckedBy      string     `json:"acked_by"`
	Comment      string     `json:"comment"`
	EndedAt      *time.Time `json:"ended_at"`
	Owner        string     `json:"owner"`
	HeldBack     int        `json:"held_back"` // annunciations that a suppression kept back
	Members      []string   `json:"members"`   // its consequences, where it is a root
	Guidance     *Guidance  `json:"guidance"`  // null where the definition is gone
}

// Guidance is what the operator reads of an alarm, in both languages.
type Guidance struct {
	RespondSeconds int64    `json:"respond_seconds"` // time allowed
	Consequence    string   `json:"consequence"`
	ConsequenceJa  string   `json:"consequence_ja"`
	Causes         []string `json:"causes"`
	CausesJa       []string `json:"causes_ja"`
	Action         []string `json:"action"`
	ActionJa       []string `json:"action_ja"`
	Procedure      string   `json:"procedure"`
}

// GuidanceOf translates a definition's texts.
func GuidanceOf(r *alarm.Rule) *Guidance {
	if r == nil {
		return nil
	}
	g := &Guidance{
		RespondSeconds: int64(r.TimeToRespond / time.Second), Consequence: r.Text.Consequence.En, ConsequenceJa: r.Text.Consequence.Ja, Procedure: r.Procedure,
		Causes: []string{}, CausesJa: []string{}, Action: []string{}, ActionJa: []string{},
	}
	for _, t := range r.Text.Causes {
		g.Causes, g.CausesJa = append(g.Causes, t.En), append(g.CausesJa, t.Ja)
	}
	for _, t := range r.Text.Action {
		g.Action, g.ActionJa = append(g.Action, t.En), append(g.ActionJa, t.Ja)
	}
	return g
}

// AlarmIn translates an occurrence with what a snapshot knows of it: its group
// and the guidance of its definition.
func AlarmIn(s *live.Snapshot, o alarm.Occurrence) Alarm {
	a := AlarmOf(o)
	a.Group = s.Grouping.RootOf[o.ID]
	if g, ok := s.Grouping.Group(o.ID); ok {
		a.Group, a.Members = o.ID, g.Members
	}
	a.Guidance = GuidanceOf(s.Rules[o.Rule])
	return a
}

// AlarmOf translates an occurrence.
func AlarmOf(o alarm.Occurrence) Alarm {
	suppressions := []string{}
	for _, x := range []*alarm.Suppression{o.Service, o.Shelve} {
		if x != nil {
			suppressions = append(suppressions, x.ID)
		}
	}
	if o.Design != "" {
		suppressions = append(suppressions, "design:"+o.Design)
	}
	return Alarm{
		ID: o.ID, Revision: o.Revision, Rule: o.Rule, Name: o.Name.En, NameJa: o.Name.Ja,
		Device: string(o.Device), Point: string(o.Point), Place: o.Place, Zone: o.Zone, Category: o.Category,
		Class: string(o.Class), Priority: int(o.Priority), State: string(o.Shown()), BaseState: string(o.State()), Suppressions: suppressions,
		Level: o.Level, Value: number(o.Value, o.HasValue), Limit: number(o.Limit, o.HasLimit), Unit: string(o.Unit),
		Count: o.Count, RaisedAt: o.RaisedAt.UTC(), ReturnedAt: moment(o.ReturnedAt), AckedAt: moment(o.AckedAt),
		AckedBy: o.AckedBy, Comment: o.Comment, EndedAt: moment(o.EndedAt), Owner: o.Owner, HeldBack: o.HeldBack, Members: []string{},
	}
}
