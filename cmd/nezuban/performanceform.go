package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"nezuban/internal/alarm"
	"nezuban/internal/duty"
	"nezuban/internal/facility"
)

// figureForm is a count with the alarms behind it.
type figureForm struct {
	Count  int      `json:"count"`
	Alarms []string `json:"alarms"`
}

type badActorForm struct {
	Rule   string `json:"rule"`
	Device string `json:"device"`
	Point  string `json:"point"`
	Name   string `json:"name"`
	NameJa string `json:"name_ja"`
	figureForm
}

type ackForm struct {
	figureForm
	MedianSeconds *float64   `json:"median_seconds"` // null: none was acknowledged
	WithinTwoMin  figureForm `json:"within_two_minutes"`
}

// perfForm is what `alarms performance --json` prints. Ratios are decimal
// strings, truncated; null where there is nothing to say.
type perfForm struct {
	Position     string                `json:"position"`
	Period       string                `json:"period"`
	From         time.Time             `json:"from"`
	To           time.Time             `json:"to"`
	Seconds      int64                 `json:"seconds"`
	Annunciated  figureForm            `json:"annunciated"`
	HeldBack     figureForm            `json:"held_back"`
	ByPriority   map[string]figureForm `json:"by_priority"`
	Shares       map[string]*string    `json:"priority_shares"`
	PerDay       *string               `json:"per_day"`
	PerHour      *string               `json:"per_hour"`
	PerTen       *string               `json:"per_ten_minutes"`
	BusyTen      figureForm            `json:"ten_minutes_above_10"`
	BusyTenShare *string               `json:"ten_minutes_above_10_ratio"`
	BusyHours    figureForm            `json:"hours_above_30"`
	Most         figureForm            `json:"most_in_ten_minutes"`
	Floods       figureForm            `json:"floods"`
	FloodSeconds int64                 `json:"flood_seconds"`
	FloodShare   *string               `json:"flood_ratio"`
	Frequent     []badActorForm        `json:"most_frequent"`
	FrequentPart *string               `json:"most_frequent_ratio"`
	Chattering   figureForm            `json:"chattering"`
	Fleeting     figureForm            `json:"fleeting"`
	Stale        figureForm            `json:"stale"`
	Acks         map[string]ackForm    `json:"acknowledged"`
}

func figureOf(x alarm.Figure) figureForm { return figureForm{x.N, append([]string{}, x.IDs...)} }

func decimal(r alarm.Ratio) *string {
	if r.Den == 0 {
		return nil
	}
	s := r.Decimal(4)
	return &s
}

func performanceForm(p duty.Position, period string, spans []alarm.Span, m *alarm.Performance) *perfForm {
	f := &perfForm{
		Position: p.ID, Period: period, From: spans[0].From.UTC(), To: spans[len(spans)-1].To.UTC(), Seconds: m.Seconds,
		Annunciated: figureOf(m.Annunciated), HeldBack: figureOf(m.HeldBack), PerDay: decimal(m.PerDay()), PerHour: decimal(m.PerHour()), PerTen: decimal(m.PerTen()),
		BusyTen: figureOf(m.BusyTen), BusyTenShare: decimal(m.BusyTenShare()), BusyHours: figureOf(m.BusyHours), Most: figureOf(m.MostInTen),
		Floods: figureOf(m.Floods), FloodSeconds: int64(m.FloodTime / time.Second), FloodShare: decimal(m.FloodShare()),
		Frequent: []badActorForm{}, FrequentPart: decimal(m.FrequentShare()),
		Chattering: figureOf(m.Chattering), Fleeting: figureOf(m.Fleeting), Stale: figureOf(m.Stale),
		ByPriority: map[string]figureForm{}, Shares: map[string]*string{}, Acks: map[string]ackForm{},
	}
	for prio := facility.P1; prio <= facility.P4; prio++ {
		key, a := fmt.Sprint(prio), &m.Acks[prio]
		f.ByPriority[key], f.Shares[key] = figureOf(m.ByPriority[prio]), decimal(m.PriorityShare(prio))
		ack := ackForm{figureForm: figureOf(a.Figure), WithinTwoMin: figureOf(a.Within)}
		if a.N > 0 {
			s := a.Median.Seconds()
			ack.MedianSeconds = &s
		}
		f.Acks[key] = ack
	}
	for _, b := range m.Frequent {
		f.Frequent = append(f.Frequent, badActorForm{b.Rule, string(b.Device), string(b.Point), b.Name.En, b.Name.Ja, figureOf(b.Figure)})
	}
	return f
}

func said(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

// print writes the figures beside the goals of this product; no standard's
// number is meant as required.
func (f *perfForm) print(cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "position %s, %s to %s\n", f.Position, f.From.Format(time.RFC3339), f.To.Format(time.RFC3339))
	rows := [][]string{
		{"annunciated", fmt.Sprint(f.Annunciated.Count), ""},
		{"held back", fmt.Sprint(f.HeldBack.Count), ""},
		{"per day", said(f.PerDay), "<= 144"},
		{"per hour", said(f.PerHour), "6"},
		{"per 10 min", said(f.PerTen), "1"},
		{"10-min periods above 10", fmt.Sprintf("%d (%s)", f.BusyTen.Count, said(f.BusyTenShare)), "< 0.01"},
		{"hours above 30", fmt.Sprint(f.BusyHours.Count), ""},
		{"most in any 10 min", fmt.Sprint(f.Most.Count), "<= 10"},
		{"floods", fmt.Sprintf("%d, %d s (%s)", f.Floods.Count, f.FloodSeconds, said(f.FloodShare)), "< 0.01"},
		{"share of the ten most frequent", said(f.FrequentPart), "<= 0.05"},
		{"chattering", fmt.Sprint(f.Chattering.Count), "0"},
		{"fleeting", fmt.Sprint(f.Fleeting.Count), "0"},
		{"stale", fmt.Sprint(f.Stale.Count), "< 5"},
	}
	for _, p := range []string{"1", "2", "3", "4"} {
		a := f.Acks[p]
		median := "-"
		if a.MedianSeconds != nil {
			median = fmt.Sprintf("%.0f s", *a.MedianSeconds)
		}
		rows = append(rows, []string{"P" + p, fmt.Sprintf("%d (%s), %d acknowledged, median %s, %d within 2 min",
			f.ByPriority[p].Count, said(f.Shares[p]), a.Count, median, a.WithinTwoMin.Count), ""})
	}
	if err := table(out, "FIGURE VALUE GOAL", rows); err != nil || len(f.Frequent) == 0 {
		return err
	}
	fmt.Fprintln(out)
	rows = nil
	for _, b := range f.Frequent {
		rows = append(rows, []string{fmt.Sprint(b.Count), b.Rule, b.Device, b.Name})
	}
	return table(out, "COUNT RULE DEVICE MOST_FREQUENT", rows)
}
