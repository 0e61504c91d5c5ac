package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"nezuban/internal/config/strict"
	"nezuban/internal/facility"
	"nezuban/internal/topology"
)

// onelineYAML is oneline.yaml.
type onelineYAML struct {
	strict.Node
	Defaults onelineDefaultsYAML `yaml:"defaults"`
}

// onelineDefaultsYAML holds what the nodes of a kind share.
type onelineDefaultsYAML struct {
	strict.Node
	Utility     nodeYAML `yaml:"utility"`
	Generator   nodeYAML `yaml:"generator"`
	Transformer nodeYAML `yaml:"transformer"`
	Switchgear  nodeYAML `yaml:"switchgear"`
	Tie         nodeYAML `yaml:"tie"`
	ATS         nodeYAML `yaml:"ats"`
	STS         nodeYAML `yaml:"sts"`
	UPS         nodeYAML `yaml:"ups"`
	PDU         nodeYAML `yaml:"pdu"`
	Breaker     nodeYAML `yaml:"breaker"`
	Load        nodeYAML `yaml:"load"`
}

// of returns the defaults of a kind.
func (y *onelineDefaultsYAML) of(kind topology.Kind) nodeYAML {
	switch kind {
	case topology.Utility:
		return y.Utility
	case topology.Generator:
		return y.Generator
	case topology.Transformer:
		return y.Transformer
	case topology.Switchgear:
		return y.Switchgear
	case topology.Tie:
		return y.Tie
	case topology.ATS:
		return y.ATS
	case topology.STS:
		return y.STS
	case topology.UPS:
		return y.UPS
	case topology.PDU:
		return y.PDU
	case topology.Breaker:
		return y.Breaker
	case topology.Load:
		return y.Load
	}
	return nodeYAML{}
}

// nodeYAML is one node of the one-line, or the defaults of a kind.
type nodeYAML struct {
	strict.Node
	ID     strict.Str   `yaml:"id"`
	Name   strict.Text  `yaml:"name"`
	Kind   strict.Str   `yaml:"kind"`
	Side   strict.Str   `yaml:"side"`
	Place  string       `yaml:"place"`
	Device strict.Str   `yaml:"device"`
	Rack   strict.Str   `yaml:"rack"`
	From   []strict.Str `yaml:"from"`

	Volts          float64       `yaml:"volts"`
	Phases         []int         `yaml:"phases"`
	RatedWatts     float64       `yaml:"rated_watts"`
	RatedAmperes   float64       `yaml:"rated_amperes"`
	LoadWatts      float64       `yaml:"load_watts"`
	Design         strict.Str    `yaml:"design"`
	NormallyOpen   bool          `yaml:"normally_open"`
	NormallyClosed bool          `yaml:"normally_closed"`
	Needs          int           `yaml:"needs"`
	StartTime      time.Duration `yaml:"start_time"`
	FuelLitres     float64       `yaml:"fuel_litres"`
	LitresPerHour  float64       `yaml:"litres_per_hour"`
	Bridging       time.Duration `yaml:"bridging"`

	Energised pointYAML `yaml:"energised"`
	Position  pointYAML `yaml:"position"`
	Fault     pointYAML `yaml:"fault"`
	Watts     pointYAML `yaml:"watts"`
	Amperes   pointYAML `yaml:"amperes"`
	LoadRatio pointYAML `yaml:"load_ratio"`
	Runtime   pointYAML `yaml:"runtime"`
	Fuel      pointYAML `yaml:"fuel"`
	Ready     pointYAML `yaml:"ready"`
}

var (
	nodeID    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)
	nodeSide  = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,3}$`)
	nodeKinds = []string{string(topology.Utility), string(topology.Generator), string(topology.Transformer), string(topology.Switchgear),
		string(topology.Tie), string(topology.ATS), string(topology.STS), string(topology.UPS), string(topology.PDU), string(topology.Breaker), string(topology.Load)}
	designs = []string{string(topology.Design2N), string(topology.DesignNp1), string(topology.DesignN)}
)

// optional reads a file of the site that need not exist, or may hold comments
// only.
func (l *loader) optional(file string) []strict.Document {
	if _, err := os.Stat(filepath.Join(l.dir, file)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	docs := l.documents(file)
	if len(docs) > 1 {
		l.add(docs[1].Place(), file+" holds a second document", "remove the --- line")
		return docs[:1]
	}
	return docs
}

// loadOneLine reads oneline.yaml.
func (l *loader) loadOneLine() {
	for _, doc := range l.optional("oneline.yaml") {
		nodes := readOneLine(doc)
		if len(nodes) == 0 {
			if l.probs.Errors() == 0 {
				l.warn(doc.Place(), "the one-line has no nodes", "")
			}
			continue
		}
		l.oneLine(nodes)
	}
}

// readOneLine reads each node over the defaults of its kind.
func readOneLine(doc strict.Document) []nodeYAML {
	var y onelineYAML
	var out []nodeYAML
	doc.Each("nodes", &y, func(item strict.Document) {
		n := y.Defaults.of(topology.Kind(item.Peek("kind")))
		for key, r := range n.references() {
			if item.Peek(key, "metric") != "" {
				*r = pointYAML{} // labels and states of another metric say nothing about this one
			}
		}
		if item.Into(&n) {
			out = append(out, n)
		}
	})
	return out
}

func (y *nodeYAML) references() map[string]*pointYAML {
	return map[string]*pointYAML{"energised": &y.Energised, "position": &y.Position, "fault": &y.Fault, "watts": &y.Watts,
		"amperes": &y.Amperes, "load_ratio": &y.LoadRatio, "runtime": &y.Runtime, "fuel": &y.Fuel, "ready": &y.Ready}
}

// oneLine checks the nodes one by one, then what they make together.
func (l *loader) oneLine(list []nodeYAML) {
	ids := map[string]strict.Place{}
	var names []string
	for i := range list {
		if id := list[i].ID.V; id != "" {
			if _, ok := ids[id]; !ok {
				ids[id] = list[i].ID.Place
			}
			names = append(names, id)
		}
	}
	l.nodes = names
	var m topology.Model
	said := map[topology.NodeID]bool{} // nodes whose mistakes are reported already
	places := map[topology.NodeID]*nodeYAML{}
	for i := range list {
		y := &list[i]
		before := l.probs.Errors()
		n := l.node(y, ids, names)
		if l.probs.Errors() > before {
			said[n.ID] = true
		}
		if places[n.ID] == nil {
			places[n.ID] = y
		}
		if l.probs.Errors() > before {
			if places[n.ID] != y {
				continue // a second of that id
			}
			var sources []topology.Node
			n, sources = standIn(n, ids)
			m.Nodes = append(m.Nodes, sources...)
		}
		m.Nodes = append(m.Nodes, n)
	}
	l.compile(m, places, said, list[0].Node.Place())
}

// compile checks what the nodes make together; said are those whose mistakes are
// reported already.
func (l *loader) compile(m topology.Model, places map[topology.NodeID]*nodeYAML, said map[topology.NodeID]bool, whole strict.Place) {
	g, problems := topology.Compile(m)
	for _, p := range problems {
		at := strict.Place{File: whole.File}
		if y := places[p.Node]; y != nil {
			at = y.ID.Place.Or(y.Node.Place())
		}
		switch {
		case said[p.Node], p.Warning && len(said) > 0: // it may follow from a mistake that is named already
		case p.Warning:
			l.warn(at, p.What, p.Hint)
		default:
			l.add(at, p.What, p.Hint)
		}
	}
	if g == nil && len(problems) == 0 && len(said) == 0 {
		l.add(whole, "the one-line cannot be compiled", "this is a fault of the program, not of the site")
	}
	l.site.OneLine = g
}

// standIn is a node with mistakes as far as it is known, with sources for feeders
// that do not exist, so that all the others can be checked all the same.
func standIn(n topology.Node, ids map[string]strict.Place) (topology.Node, []topology.Node) {
	var sources []topology.Node
	for i, id := range n.From {
		if _, ok := ids[string(id)]; ok {
			continue
		}
		n.From[i] = topology.NodeID(fmt.Sprintf("%.40s.source-%d", n.ID, i))
		sources = append(sources, topology.Node{ID: n.From[i], Kind: topology.Utility})
	}
	switch {
	case slices.Contains(nodeKinds, string(n.Kind)):
	case len(n.From) == 0:
		n.Kind = topology.Utility
	default:
		n.Kind = topology.Switchgear
	}
	return n, sources
}

// node checks one node and translates it.
func (l *loader) node(y *nodeYAML, ids map[string]strict.Place, names []string) topology.Node {
	kind := topology.Kind(y.Kind.V)
	n := topology.Node{ID: topology.NodeID(y.ID.V), Kind: kind, Side: y.Side.V, Place: y.Place, Device: facility.DeviceID(y.Device.V), Rack: y.Rack.V,
		Volts: y.Volts, Phases: y.Phases, RatedWatts: y.RatedWatts, RatedAmperes: y.RatedAmperes, LoadWatts: y.LoadWatts, Design: topology.Design(y.Design.V),
		NormallyOpen: y.NormallyOpen, NormallyClosed: y.NormallyClosed, Needs: y.Needs, StartTime: y.StartTime,
		FuelLitres: y.FuelLitres, LitresPerHour: y.LitresPerHour, Bridging: y.Bridging, File: y.Node.Place().File, Line: y.Node.Place().Line}
	switch first := ids[y.ID.V]; {
	case y.ID.V == "":
		l.add(y.Node.Place(), "a node has no id", "give it a short one, for example id: ups-a1")
	case !nodeID.MatchString(y.ID.V):
		l.add(y.ID.Place, fmt.Sprintf("node id %q: want lower-case letters, digits, '-', '_' and '.', at most 63, beginning with a letter or digit", y.ID.V), "")
	case first != y.ID.Place:
		l.add(y.ID.Place, fmt.Sprintf("node id %q is used twice", y.ID.V), fmt.Sprintf("it stands at line %d already; choose another", first.Line))
	}
	switch {
	case y.Kind.V == "":
		l.add(y.Node.Place(), fmt.Sprintf("node %q has no kind", y.ID.V), strict.Suggest("", nodeKinds))
	case !slices.Contains(nodeKinds, y.Kind.V):
		l.add(y.Kind.Place, fmt.Sprintf("node kind %q is not known", y.Kind.V), strict.Suggest(y.Kind.V, nodeKinds))
	}
	for _, f := range y.From {
		if _, ok := ids[f.V]; !ok {
			l.add(f.Place, fmt.Sprintf("from: no node is named %q", f.V), strict.Suggest(f.V, names))
		}
		n.From = append(n.From, topology.NodeID(f.V))
	}
	n.Name = facility.Text{En: y.ID.V, Ja: y.ID.V}
	if y.Has("name") {
		n.Name = l.text(&y.Name, "name")
	}
	l.nodeDevice(y, &n)
	l.nodeKeys(y, kind)
	l.nodeFigures(y)
	n.Bind = l.nodeBindings(y, &n)
	return n
}

// nodeDevice takes over from the inventory what the node leaves out.
func (l *loader) nodeDevice(y *nodeYAML, n *topology.Node) {
	if n.Device != "" {
		t, ok := l.inventoried(n.Device)
		if !ok {
			l.noDevice(y.Device)
		} else {
			n.Side, n.Place = pick(n.Side, t.Device.Feed), pick(n.Place, t.Device.Place)
			if !y.Has("name") && t.Device.Name != "" {
				n.Name = facility.Text{En: t.Device.Name, Ja: t.Device.Name}
			}
		}
	}
	if y.Side.V != "" && !nodeSide.MatchString(y.Side.V) {
		l.add(y.Side.Place, fmt.Sprintf("side %q: want a capital letter, for example A or B", y.Side.V), "leave it out where both or none apply")
	}
	if y.Rack.V != "" && len(l.site.Devices) > 0 && !l.holdsRack(y.Rack.V) {
		l.warn(y.Rack.Place, fmt.Sprintf("no device or sensor of the inventory is in rack %s", y.Rack.V), "write the rack as the inventory does, or leave it out")
	}
}

// kindKeys are keys that mean something for some kinds of node only.
var kindKeys = map[string][]topology.Kind{
	"rack": {topology.Load}, "load_watts": {topology.Load}, "design": {topology.Load},
	"normally_open": {topology.Breaker}, "normally_closed": {topology.Tie},
	"start_time": {topology.Generator}, "fuel_litres": {topology.Generator}, "litres_per_hour": {topology.Generator},
	"fuel": {topology.Generator}, "ready": {topology.Generator},
	"bridging": {topology.UPS}, "runtime": {topology.UPS},
	"position": {topology.ATS, topology.STS, topology.Breaker, topology.Tie},
}

func (l *loader) nodeKeys(y *nodeYAML, kind topology.Kind) {
	for key, kinds := range kindKeys {
		if !y.Has(key) || slices.Contains(kinds, kind) || !slices.Contains(nodeKinds, string(kind)) {
			continue
		}
		l.add(y.Key(key), fmt.Sprintf("%s means nothing for a node of kind %s", key, kind), fmt.Sprintf("it belongs to %v", kinds))
	}
	if y.Has("from") && (kind == topology.Utility || kind == topology.Generator) {
		l.add(y.Key("from"), fmt.Sprintf("a %s is a source and is fed from nothing", kind), "remove the line")
	}
	if y.Has("design") && !slices.Contains(designs, y.Design.V) {
		l.add(y.Design.Place, fmt.Sprintf("design %q is not known", y.Design.V), strict.Suggest(y.Design.V, designs))
	}
}

// nodeFigures checks that figures can be true.
func (l *loader) nodeFigures(y *nodeYAML) {
	for key, v := range map[string]float64{"volts": y.Volts, "rated_watts": y.RatedWatts, "rated_amperes": y.RatedAmperes, "load_watts": y.LoadWatts,
		"fuel_litres": y.FuelLitres, "litres_per_hour": y.LitresPerHour} {
		if y.Has(key) && v <= 0 {
			l.add(y.At(key), fmt.Sprintf("%s: %g is not above 0", key, v), "leave it out where it is not known")
		}
	}
	if y.Has("needs") && y.Needs < 1 {
		l.add(y.At("needs"), fmt.Sprintf("needs: %d is not above 0", y.Needs), "write how many of from must be live")
	}
	seen := map[int]bool{}
	for _, p := range y.Phases {
		if p < 1 || p > 3 || seen[p] {
			l.add(y.At("phases"), fmt.Sprintf("phases: %d is no phase or stands twice", p), "write one to three of 1, 2 and 3, for example phases: [2]")
			break
		}
		seen[p] = true
	}
}

func (l *loader) nodeBindings(y *nodeYAML, n *topology.Node) topology.Bindings {
	phases := []int{1, 2, 3}
	if len(n.Phases) > 0 {
		phases = n.Phases
	}
	if y.Amperes.given() && y.Amperes.By.V == "" && len(phases) > 1 {
		l.add(y.Amperes.Node.Place(), "amperes: the current of each phase is wanted", "add by: phase")
		y.Amperes = pointYAML{}
	}
	b := topology.Bindings{
		Energised: l.yesNo(&y.Energised, "energised", n.Device),
		Position:  l.yesNo(&y.Position, "position", n.Device),
		Fault:     l.yesNo(&y.Fault, "fault", n.Device),
		Ready:     l.yesNo(&y.Ready, "ready", n.Device),
		Watts:     l.byPhase(&y.Watts, "watts", n.Device, facility.UnitWatts, phases),
		Amperes:   l.byPhase(&y.Amperes, "amperes", n.Device, facility.UnitAmperes, phases),
		LoadRatio: l.number(&y.LoadRatio, "load_ratio", n.Device, facility.UnitRatio),
		Runtime:   l.number(&y.Runtime, "runtime", n.Device, facility.UnitSeconds),
		Fuel:      l.number(&y.Fuel, "fuel", n.Device, facility.UnitRatio),
	}
	if b.Position != nil && (n.Kind == topology.ATS || n.Kind == topology.STS) && len(b.Position.States) != len(n.From) {
		l.add(y.Position.At("states"), fmt.Sprintf("position: %d states for %d sources", len(b.Position.States), len(n.From)), "write one state for each entry of from, in its order")
	}
	if b.Position != nil && (n.Kind == topology.Breaker || n.Kind == topology.Tie) && len(b.Position.States) > 1 {
		l.add(y.Position.At("states"), fmt.Sprintf("position: %d states for closed", len(b.Position.States)), "write the one state that means closed")
	}
	return b
}
