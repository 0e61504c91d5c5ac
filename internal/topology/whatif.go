package topology

import "time"

// WhatIf says what the supply is worth when nodes are lost or switched off, once
// everything has settled: switches have gone over to what is live, engines that
// stand ready have started, batteries are empty. It trips nothing that is
// overloaded: it names it. With nothing lost it is the settled state of the
// inputs as they are, which is how to ask about planned loads.
func (g *Graph) WhatIf(in Inputs, lost []NodeID) *Result {
	before, after := g.begin(in, nil, true), g.begin(in, lost, true)
	was, r := before.result(), after.result()
	bridge := after.capable(after.lost, true)
	var held []time.Duration
	for at, l := range g.loads {
		ls := &r.Loads[at]
		dark := before.cap.may[l] && !after.cap.may[l]
		if !after.cap.may[l] && !bridge.may[l] && before.now.must[l] {
			dark = true // carried by a battery that is lost with it
		}
		switch {
		case dark:
			r.Falls = append(r.Falls, g.nodes[l].ID)
		case ls.Energised != No && ls.Redundancy < was.Loads[at].Redundancy:
			r.Loses = append(r.Loses, g.nodes[l].ID)
		}
		if ls.Energised == No && bridge.must[l] && !after.lost[l] {
			if held == nil {
				held = after.held(after.carry(&bridge, after.demands(), false), &bridge)
			}
			ls.Battery = held[l]
		}
	}
	return r
}
