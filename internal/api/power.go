package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"nezuban/internal/duty"
	"nezuban/internal/topology"
)

// Power is the one-line evaluated, now or in a what-if.
type Power struct {
	WhatIf       []string    `json:"what_if"` // nodes assumed lost; empty: this is now
	Loads        []PowerLoad `json:"loads"`
	Sides        []PowerSide `json:"sides"`
	SinglePoints []string    `json:"single_points"`
	Falls        []string    `json:"falls"` // loads that lose power in the what-if
	Loses        []string    `json:"loses_redundancy"`
	Overloaded   []string    `json:"overloaded"`
	Bridging     string      `json:"battery_outlasts_start"` // yes, no, unknown
	FuelHours    *float64    `json:"fuel_hours"`
	Imbalance    *float64    `json:"side_imbalance_ratio"` // (fullest - emptiest side) / mean
}

// PowerLoad is one load.
type PowerLoad struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	NameJa     string   `json:"name_ja"`
	Energised  string   `json:"energised"`  // yes, no, unknown
	Redundancy string   `json:"redundancy"` // two_n, n_plus_1, single_path, at_risk, dead, unknown
	Design     string   `json:"design"`
	Paths      int      `json:"paths"`
	Watts      *float64 `json:"watts"`
	WithoutA   string   `json:"survives_without_a"`
	WithoutB   string   `json:"survives_without_b"`
	Why        []string `json:"held_down_by"`
}

// PowerSide is one side as a whole.
type PowerSide struct {
	Name       string   `json:"name"`
	CarriesAll string   `json:"carries_all"` // yes, no, unknown
	Fullest    string   `json:"fullest"`     // node that would be loaded most then
	Ratio      *float64 `json:"fullest_ratio"`
}

// WhatIf asks what falls when nodes are lost, with the loads of a plan where
// given (watts by node).
type WhatIf struct {
	Lost  []string           `json:"lost"`
	Loads map[string]float64 `json:"loads,omitempty"`
}

// maxLost bounds a what-if.
const maxLost = 100

func word(t topology.Tri) string {
	switch t {
	case topology.Yes:
		return "yes"
	case topology.No:
		return "no"
	}
	return "unknown"
}

func names(ids []topology.NodeID) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, string(id))
	}
	return out
}

// PowerOf translates a result.
func PowerOf(r *topology.Result, lost []string) Power {
	p := Power{
		WhatIf: slices.Concat([]string{}, lost), Loads: []PowerLoad{}, Sides: []PowerSide{}, SinglePoints: names(r.SinglePoints),
		Falls: names(r.Falls), Loses: names(r.Loses), Overloaded: names(r.Overloaded), Bridging: word(r.Bridging), FuelHours: number(r.FuelHours, r.HasFuel), Imbalance: number(r.SideImbalance()),
	}
	for i := range r.Loads {
		l := &r.Loads[i]
		p.Loads = append(p.Loads, PowerLoad{
			ID: string(l.Node.ID), Name: l.Node.Name.En, NameJa: l.Node.Name.Ja, Energised: word(l.Energised), Redundancy: l.Redundancy.String(),
			Design: string(l.Node.Design), Paths: l.Paths, Watts: number(l.Watts, l.HasWatts), WithoutA: word(l.WithoutA), WithoutB: word(l.WithoutB), Why: names(l.Why),
		})
	}
	for _, x := range r.Sides {
		p.Sides = append(p.Sides, PowerSide{Name: x.Name, CarriesAll: word(x.Carries), Fullest: string(x.Worst), Ratio: number(x.WorstRatio, x.Worst != "")})
	}
	return p
}

func (s *Server) powerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/power", s.power)
	mux.HandleFunc("POST /v1/power/what-if", s.whatIf)
}

func noOneLine() error {
	return duty.Refuse(duty.NotFound, "the site has no one-line; write oneline.yaml (`nezuban init` shows one, `nezuban oneline import` makes one from a CSV)")
}

func (s *Server) power(w http.ResponseWriter, _ *http.Request) {
	snap := s.o.Snapshot()
	if snap.Power == nil {
		refuse(w, noOneLine())
		return
	}
	answer(w, PowerOf(snap.Power, nil))
}

func (s *Server) whatIf(w http.ResponseWriter, r *http.Request) {
	var q WhatIf
	if !body(w, r, &q) {
		return
	}
	snap := s.o.Snapshot()
	if snap.Graph == nil {
		refuse(w, noOneLine())
		return
	}
	lost, loads, err := q.checked(snap.Graph)
	if err != nil {
		refuse(w, duty.Refuse(duty.Invalid, "what-if: %v", err))
		return
	}
	answer(w, PowerOf(snap.Graph.WhatIf(snap.Inputs.WithLoads(loads), lost), q.Lost))
}

func (q *WhatIf) checked(g *topology.Graph) (lost []topology.NodeID, loads map[topology.NodeID]float64, err error) {
	if len(q.Lost) == 0 && len(q.Loads) == 0 {
		return nil, nil, fmt.Errorf("name at least one node to lose, or planned loads")
	}
	if len(q.Lost) > maxLost {
		return nil, nil, fmt.Errorf("%d nodes; at most %d", len(q.Lost), maxLost)
	}
	for _, id := range q.Lost {
		if _, ok := g.Node(topology.NodeID(id)); !ok {
			return nil, nil, fmt.Errorf("no node %q in oneline.yaml", id)
		}
		lost = append(lost, topology.NodeID(id))
	}
	loads = map[topology.NodeID]float64{}
	for id, watts := range q.Loads {
		if n, ok := g.Node(topology.NodeID(id)); !ok || n.Kind != topology.Load {
			return nil, nil, fmt.Errorf("no load %q in oneline.yaml", id)
		}
		if !(watts >= 0 && watts <= 1e9) {
			return nil, nil, fmt.Errorf("load %s: %g is no plausible number of watts", id, watts)
		}
		loads[topology.NodeID(id)] = watts
	}
	return lost, loads, nil
}

// Power fetches the one-line as it is now.
func (c *Client) Power(ctx context.Context) (p Power, err error) {
	return p, c.do(ctx, http.MethodGet, "/v1/power", nil, &p)
}

// AskWhatIf asks what falls.
func (c *Client) AskWhatIf(ctx context.Context, q WhatIf) (p Power, err error) {
	return p, c.do(ctx, http.MethodPost, "/v1/power/what-if", q, &p)
}
