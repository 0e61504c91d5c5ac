package config

import (
	"strconv"
	"time"

	"nezuban/internal/alarm"
	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
)

// ruleYAML is one alarm definition, a document of alarms/*.yaml.
type ruleYAML struct {
	strict.Node
	ID       strict.Str `yaml:"id"`
	Base     strict.Str `yaml:"base"` // "builtin": what is not named stays as in the builtin definition
	Revision int        `yaml:"revision"`
	Select   strict.Str `yaml:"select"`
	Type     strict.Str `yaml:"type"`

	LowLow      *float64     `yaml:"low_low"`
	Low         *float64     `yaml:"low"`
	High        *float64     `yaml:"high"`
	HighHigh    *float64     `yaml:"high_high"`
	Range       []float64    `yaml:"range"`
	Deadband    float64      `yaml:"deadband"`
	States      []strict.Str `yaml:"states"`
	MinSeverity strict.Str   `yaml:"min_severity"`

	Reference  referenceYAML `yaml:"reference"`  // deviation
	Window     time.Duration `yaml:"window"`     // rate
	Per        time.Duration `yaml:"per"`        // rate
	Expression strict.Str    `yaml:"expression"` // calculated
	Group      strict.Str    `yaml:"group"`      // calculated: over all devices of a group

	OnDelay         time.Duration `yaml:"on_delay"`
	OffDelay        time.Duration `yaml:"off_delay"`
	Latching        bool          `yaml:"latching"`
	ResetImpliesAck bool          `yaml:"reset_implies_ack"`
	Realarm         time.Duration `yaml:"realarm"`
	FireAlarm       bool          `yaml:"fire_alarm"`

	Class         strict.Str    `yaml:"class"`
	Severity      strict.Str    `yaml:"consequence_severity"`
	TimeToRespond time.Duration `yaml:"time_to_respond"`
	Priority      strict.Str    `yaml:"priority"` // refused: it follows from the two above
	Effect        strict.Str    `yaml:"effect"`   // loss or response

	Causes      []strict.Str  `yaml:"causes"` // these four are the English where text.en has none
	Consequence strict.Str    `yaml:"consequence"`
	Action      []strict.Str  `yaml:"action"`
	Confirm     strict.Str    `yaml:"confirm"`
	Text        ruleTextYAML  `yaml:"text"`
	Procedure   procedureYAML `yaml:"procedure"`

	SuppressWhen []strict.Str  `yaml:"suppress_when"`
	MaxShelve    time.Duration `yaml:"max_shelve"`
	Escalation   strict.Str    `yaml:"escalation"`
	Owner        strict.Str    `yaml:"owner"`
	ApprovedBy   strict.Strs   `yaml:"approved_by"`
	Change       strict.Str    `yaml:"change"`
	Reviewed     strict.Str    `yaml:"reviewed"`
}

type referenceYAML struct {
	strict.Node
	Value  *float64   `yaml:"value"`
	Metric strict.Str `yaml:"metric"`
	Mean   bool       `yaml:"mean"`
	Group  strict.Str `yaml:"group"`
}

type ruleTextYAML struct {
	strict.Node
	Ja guidanceYAML `yaml:"ja"`
	En guidanceYAML `yaml:"en"`
}

type guidanceYAML struct {
	strict.Node
	Name        strict.Str   `yaml:"name"`
	Consequence strict.Str   `yaml:"consequence"`
	Confirm     strict.Str   `yaml:"confirm"`
	Causes      []strict.Str `yaml:"causes"`
	Action      []strict.Str `yaml:"action"`
}

type procedureYAML struct {
	strict.Node
	ID       strict.Str `yaml:"id"`
	Revision int        `yaml:"revision"`
}

// rule translates a definition, but for its expression; it checks nothing.
func (y *ruleYAML) rule(sel facility.Selector) *alarm.Rule {
	r := &alarm.Rule{
		ID: y.ID.V, Revision: y.Revision, Select: sel, Type: alarm.Type(y.Type.V),
		LowLow: y.LowLow, Low: y.Low, High: y.High, HighHigh: y.HighHigh, Deadband: y.Deadband,
		MinSeverity: severities[y.MinSeverity.V],
		OnDelay:     y.OnDelay, OffDelay: y.OffDelay, Latching: y.Latching, ResetImpliesAck: y.ResetImpliesAck, Realarm: y.Realarm,
		Class: alarm.Class(y.Class.V), Severity: alarm.Consequence(y.Severity.V), TimeToRespond: y.TimeToRespond, FireAlarm: y.FireAlarm,
		Reference: alarm.Reference{Value: y.Reference.Value, Metric: y.Reference.Metric.V, Mean: y.Reference.Mean, Group: y.Reference.Group.V},
		Window:    y.Window, Per: y.Per, Effect: alarm.Effect(y.Effect.V),
		SuppressWhen: values(y.SuppressWhen), MaxShelve: y.MaxShelve, Escalation: y.Escalation.V,
		ApprovedBy: values(y.ApprovedBy), Change: y.Change.V, States: values(y.States),
		Text: y.guidance(), Procedure: y.Procedure.String(), Owner: y.Owner.V, Reviewed: y.Reviewed.V,
		File: y.Node.Place().File, Line: y.Node.Place().Line,
	}
	if r.Type == alarm.Rate && r.Per == 0 {
		r.Per = r.Window
	}
	return r
}

// values are the strings of a list without their places.
func values(list []strict.Str) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.V)
	}
	return out
}

var severities = map[string]facility.Severity{"warning": facility.SeverityWarning, "critical": facility.SeverityCritical}

func (p procedureYAML) String() string {
	if p.ID.V == "" || p.Revision == 0 {
		return p.ID.V
	}
	return p.ID.V + " rev " + strconv.Itoa(p.Revision)
}

// guidance joins the two languages.
func (y *ruleYAML) guidance() alarm.Guidance {
	en, ja := &y.Text.En, &y.Text.Ja
	lists := func(first, second, ja []strict.Str) []facility.Text {
		en := first
		if len(en) == 0 {
			en = second
		}
		out := make([]facility.Text, max(len(en), len(ja)))
		for i := range out {
			if i < len(en) {
				out[i].En = en[i].V
			}
			if i < len(ja) {
				out[i].Ja = ja[i].V
			}
		}
		return out
	}
	return alarm.Guidance{
		Name:        facility.Text{En: en.Name.V, Ja: ja.Name.V},
		Consequence: facility.Text{En: pick(en.Consequence.V, y.Consequence.V), Ja: ja.Consequence.V},
		Confirm:     facility.Text{En: pick(en.Confirm.V, y.Confirm.V), Ja: ja.Confirm.V},
		Causes:      lists(en.Causes, y.Causes, ja.Causes),
		Action:      lists(en.Action, y.Action, ja.Action),
	}
}
