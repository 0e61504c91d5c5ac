package api

import (
	"time"

	"nezuban/sla"
)

// Explanation is how a figure came about, as scripts see it.
type Explanation struct {
	Target   Target            `json:"target"`
	Entities []ExplainedEntity `json:"entities"`
}

// ExplainedEntity is one entity's share.
type ExplainedEntity struct {
	Figure Target          `json:"figure"`
	Lines  []ExplainedLine `json:"lines"`
}

// ExplainedLine is a stretch of time, or an occurrence, with its source.
type ExplainedLine struct {
	From    time.Time  `json:"from"`
	To      *time.Time `json:"to"` // null: an occurrence that has not ended
	Seconds int64      `json:"seconds"`
	Was     string     `json:"was"`   // good, bad, unknown, excluded, late_notice, out_of_service, not_yet, pending
	Cause   string     `json:"cause"` // samples, gap, no_answer, exclusion, event, obligation …
	Samples int        `json:"samples"`
	First   *time.Time `json:"first_sample"`
	Last    *time.Time `json:"last_sample"`
	Low     *float64   `json:"low"`
	High    *float64   `json:"high"`
	State   string     `json:"state"`
	Silent  int        `json:"unanswered_polls"`
	ID      string     `json:"id"`   // of the exclusion, alarm or obligation
	Text    string     `json:"text"` // reason and persons, source of the event
}

// ExplanationsOf translates explanations.
func ExplanationsOf(list []sla.Explanation) []Explanation {
	out := []Explanation{}
	for _, x := range list {
		e := Explanation{Target: TargetOf(x.Result), Entities: []ExplainedEntity{}}
		for _, entity := range x.Entities {
			one := ExplainedEntity{Figure: TargetOf(entity.Result), Lines: []ExplainedLine{}}
			for _, l := range entity.Lines {
				one.Lines = append(one.Lines, lineOf(l))
			}
			e.Entities = append(e.Entities, one)
		}
		out = append(out, e)
	}
	return out
}

func lineOf(l sla.Line) ExplainedLine {
	at := func(s int64) *time.Time {
		if s == 0 {
			return nil
		}
		t := time.Unix(s, 0).UTC()
		return &t
	}
	out := ExplainedLine{From: time.Unix(l.From, 0).UTC(), To: at(l.To), Was: string(l.What), Cause: string(l.Cause), Samples: l.Samples,
		First: at(l.First), Last: at(l.Last), Low: number(l.Low, l.Samples > 0), High: number(l.High, l.Samples > 0), State: l.State, Silent: l.Silent, ID: l.ID, Text: l.Text}
	if l.To != 0 {
		out.Seconds = l.To - l.From
	}
	return out
}
