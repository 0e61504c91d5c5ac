package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"nezuban/internal/topology"
)

// oneLineNode is a node as oneline.yaml writes it.
type oneLineNode struct {
	ID             string         `yaml:"id"`
	Kind           string         `yaml:"kind"`
	Name           *oneLineText   `yaml:"name,omitempty"`
	Side           string         `yaml:"side,omitempty"`
	Place          string         `yaml:"place,omitempty"`
	Device         string         `yaml:"device,omitempty"`
	Rack           string         `yaml:"rack,omitempty"`
	From           []string       `yaml:"from,omitempty,flow"`
	Volts          any            `yaml:"volts,omitempty"`
	Phases         []int          `yaml:"phases,omitempty,flow"`
	RatedWatts     any            `yaml:"rated_watts,omitempty"`
	RatedAmperes   any            `yaml:"rated_amperes,omitempty"`
	LoadWatts      any            `yaml:"load_watts,omitempty"`
	Design         string         `yaml:"design,omitempty"`
	NormallyOpen   bool           `yaml:"normally_open,omitempty"`
	NormallyClosed bool           `yaml:"normally_closed,omitempty"`
	Needs          int            `yaml:"needs,omitempty"`
	StartTime      string         `yaml:"start_time,omitempty"`
	FuelLitres     any            `yaml:"fuel_litres,omitempty"`
	LitresPerHour  any            `yaml:"litres_per_hour,omitempty"`
	Bridging       string         `yaml:"bridging,omitempty"`
	Energised      map[string]any `yaml:"energised,omitempty,flow"`
}

type oneLineText struct {
	En string `yaml:"en"`
	Ja string `yaml:"ja"`
}

// oneLinePage writes a one-line as the file oneline.yaml: a note, the defaults as
// they are, and the nodes. energised says of single nodes what tells whether they
// are live.
func oneLinePage(note, defaults string, m topology.Model, energised map[topology.NodeID]map[string]any) ([]byte, error) {
	list := make([]oneLineNode, 0, len(m.Nodes))
	for i := range m.Nodes {
		n := &m.Nodes[i]
		e := oneLineNode{ID: string(n.ID), Kind: string(n.Kind), Side: n.Side, Place: n.Place, Device: string(n.Device), Rack: n.Rack,
			Volts: figure(n.Volts), Phases: n.Phases, RatedWatts: figure(n.RatedWatts), RatedAmperes: figure(n.RatedAmperes), LoadWatts: figure(n.LoadWatts), Design: string(n.Design),
			NormallyOpen: n.NormallyOpen, NormallyClosed: n.NormallyClosed, Needs: n.Needs, StartTime: shortTime(n.StartTime),
			FuelLitres: figure(n.FuelLitres), LitresPerHour: figure(n.LitresPerHour), Bridging: shortTime(n.Bridging), Energised: energised[n.ID]}
		if en, ja := n.Name.In("en"), n.Name.In("ja"); en != "" || ja != "" {
			e.Name = &oneLineText{En: en, Ja: ja}
		}
		for _, id := range n.From {
			e.From = append(e.From, string(id))
		}
		list = append(list, e)
	}
	nodes, err := yaml.Marshal(map[string]any{"nodes": list})
	if err != nil {
		return nil, fmt.Errorf("write one-line: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(note)
	b.WriteString(defaults)
	b.Write(nodes)
	return b.Bytes(), nil
}

// shortTime writes a length of time as people do: 24s, 10m.
func shortTime(d time.Duration) string {
	if d == 0 {
		return ""
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// figure writes whole numbers without a fraction and leaves out what is not known.
func figure(v float64) any {
	switch {
	case v == 0:
		return nil
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return int64(v)
	}
	return v
}
