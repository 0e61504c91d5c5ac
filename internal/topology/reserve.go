package topology

import "slices"

// side answers for one side; alone is the supply without all others.
func (e *evaluation) side(name string, alone *scenario, now *burden) Side {
	s := Side{Name: name}
	e.sideNow(&s, now)
	if alone == nil {
		return s
	}
	s.Carries = Yes
	g := e.g
	for _, l := range g.loads {
		if !e.cap.may[l] || !g.onSide(l, name) {
			continue
		}
		switch alone.survives(l) {
		case No:
			s.Carries = No
		case Unknown:
			if s.Carries == Yes {
				s.Carries = Unknown
			}
		}
	}
	for i := range g.nodes {
		if alone.strain.rated[i] && alone.view.must[i] && (s.Worst == "" || alone.strain.ratio[i] > s.WorstRatio) {
			s.Worst, s.WorstRatio = g.nodes[i].ID, alone.strain.ratio[i]
		}
	}
	return s
}

// sideNow adds up what the loads draw from a side now.
func (e *evaluation) sideNow(s *Side, now *burden) {
	g := e.g
	var sum [3]float64
	s.HasWatts = true
	for _, l := range g.loads {
		for _, f := range g.feeds[l] {
			if e.now.may[f] && !e.now.must[f] && g.onSide(f, s.Name) {
				s.HasWatts = false
			}
		}
		for _, f := range now.take[l] {
			switch {
			case !g.onSide(f, s.Name):
			case len(g.kids[f]) == 1:
				add(&sum, now.watts[f], 1)
				s.HasWatts = s.HasWatts && !now.low[f] && !now.unsure[f]
			default:
				add(&sum, now.watts[l], 1/float64(len(now.take[l])))
				s.HasWatts = s.HasWatts && !now.low[l]
			}
		}
	}
	s.Watts = total(sum)
	if mean := s.Watts / 3; mean > 0 && s.HasWatts {
		s.Imbalance, s.HasImbalance = (slices.Max(sum[:])-slices.Min(sum[:]))/mean, true
	}
}

// onSide tells whether a node is of that side: by its own word, or a load by one
// of its cords, or what says nothing by all of its feeders.
func (g *Graph) onSide(n int32, side string) bool {
	node := &g.nodes[n]
	if node.Side != "" {
		return node.Side == side
	}
	own := g.feeds[n][:len(node.From)]
	on := func(f int32) bool { return g.onSide(f, side) }
	if node.Kind == Load {
		return slices.ContainsFunc(own, on)
	}
	return node.Kind != Tie && len(own) > 0 && !slices.ContainsFunc(own, func(f int32) bool { return !on(f) })
}

// reserves answers for batteries and fuel.
func (e *evaluation) reserves(r *Result) {
	unknown, any := false, false
	engines := false
	for i := range e.g.nodes {
		n, in := &e.g.nodes[i], &e.in[i]
		switch n.Kind {
		case UPS:
			if e.lost[i] || e.health[i] == No {
				continue // its loads are not on it
			}
			run, known := in.Runtime, in.HasRun
			if !known && n.Bridging > 0 {
				run, known = n.Bridging, true
			}
			if !known {
				unknown = true
			} else if !any || run < r.ShortestRun {
				r.ShortestRun, any = run, true
			}
		case Generator:
			engines = true
			e.engine(r, int32(i))
		}
	}
	r.Bridging = e.bridging(r, any, unknown, engines)
}

// engine notes start time and fuel of one generator that counts.
func (e *evaluation) engine(r *Result, i int32) {
	n, in := &e.g.nodes[i], &e.in[i]
	if e.lost[i] || e.source(i) == No {
		return
	}
	r.SlowestGen = max(r.SlowestGen, n.StartTime)
	if in.HasFuel && n.FuelLitres > 0 && n.LitresPerHour > 0 {
		hours := in.Fuel * n.FuelLitres / n.LitresPerHour
		if !r.HasFuel || hours < r.FuelHours {
			r.FuelHours, r.HasFuel = hours, true
		}
	}
}

// bridging compares the shortest battery with the slowest start among the
// engines that stand ready. It is no answer while a battery or a start time is
// not known, unless the known ones already fall short.
func (e *evaluation) bridging(r *Result, any, unknown, engines bool) Tri {
	ready, may, timed := false, false, true
	for _, s := range e.g.sources {
		if e.g.nodes[s].Kind != Generator || e.lost[s] {
			continue
		}
		t := e.source(s)
		ready = ready || t == Yes
		may = may || t != No
		timed = timed && (t == No || e.g.nodes[s].StartTime > 0)
	}
	switch {
	case !engines || !any && !unknown:
		return Unknown
	case !may:
		return No
	case any && ready && r.SlowestGen > 0 && r.ShortestRun <= r.SlowestGen:
		return No
	case !ready || !timed || unknown || !any:
		return Unknown
	}
	return Yes
}

// levels answers for every kind.
func (e *evaluation) levels(r *Result) {
	for _, k := range kinds {
		l := Level{Kind: k}
		sides := map[string]bool{}
		for i := range r.Nodes {
			ns := &r.Nodes[i]
			if ns.Node.Kind != k {
				continue
			}
			l.Nodes++
			switch ns.Energised {
			case Yes:
				l.Live++
			case No:
				l.Dead++
			}
			if ns.Single {
				l.Single++
			}
			if e.cap.must[i] {
				l.Able++
				sides[ns.Node.Side] = true
			}
		}
		if l.Nodes == 0 || k == Load || k == Tie {
			continue
		}
		delete(sides, "")
		l.Redundancy = levelRedundancy(&e.safe, &l, len(sides))
		if !e.cap.certain && levelRedundancy(&e.hope, &l, len(sides)) != l.Redundancy {
			l.Redundancy = RedundancyUnknown
		}
		r.Levels = append(r.Levels, l)
	}
}

func levelRedundancy(c *capability, l *Level, sides int) Redundancy {
	loss := c.levels[l.Kind]
	switch {
	case loss == nil:
		return Dead
	case loss.one:
		return SinglePath
	case loss.side || sides < 2:
		return NPlusOne
	}
	return TwoN
}
