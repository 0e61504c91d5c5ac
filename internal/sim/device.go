package sim

import (
	"strings"
	"sync/atomic"
	"time"

	"nezuban/internal/sim/agent"
	"nezuban/internal/sim/model"
)

// A Device is one simulated device and how to reach it, as an inventory would
// list it.
type Device struct {
	ID, Name, Kind, Place, Rack, Feed string
	NameJa                            string // "": as Name
	Groups                            []string
	Engine                            string // "snmp" or "agent"
	Address                           string // "host:port", or the URL of the metrics endpoint
	Version                           string // "2c" or "3"; "" for agents
	Community                         string
	User, AuthPass, PrivPass          string // v3: authPriv, SHA-256 and AES-128
	Bindings                          []Binding
}

// A Binding gives an input of a hub a meaning.
type Binding struct {
	Input  string // index of the input in its table, decimal
	Kind   string // "contact", "analogue" or "sensor"
	Metric string // "" where a sensor has its own
	Name   string
	NameJa string
	Zone   string            // fire zone, "" none
	Normal string            // contacts: the normal state, "open" or "closed"
	Labels map[string]string // further labels
	// Analogue inputs: value = raw*Scale + Offset in the metric's base unit.
	Scale, Offset float64
}

// device is a Device with what answers for it.
type device struct {
	Device
	descr    string
	objectID agent.OID
	services int
	build    func(*agent.Tree, *device)       // adds the objects beyond the system group; nil for agents
	metrics  func(*page)                      // writes the metrics page of an agent
	alive    func(*model.State) bool          // nil: always
	since    func(*model.State) time.Duration // model time its management part started
	state    *model.State                     // read under the model's locker
	start    time.Time                        // when the model was made
	view     *agent.Tree
	server   *agent.Server // nil for agents
	heralds  []*herald

	rebooted atomic.Int64 // model time of the last restart by a fault, in nanoseconds; 0 none
}

// enterprise is 1.3.6.1.4.1 and what follows.
func enterprise(sub ...uint32) agent.OID { return agent.OID{1, 3, 6, 1, 4, 1}.Append(sub...) }

// mib2 is 1.3.6.1.2.1 and what follows.
func mib2(sub ...uint32) agent.OID { return agent.OID{1, 3, 6, 1, 2, 1}.Append(sub...) }

// netSNMP is the sysObjectID of Net-SNMP on Linux, NET-SNMP-TC linux.
func netSNMP() agent.OID { return enterprise(8072, 3, 2, 10) }

// uptime is how long the management part has run.
func (d *device) uptime() time.Duration { return max(0, d.state.Now-d.began()) }

// rebootTime is how long a management part is silent while it restarts.
const rebootTime = 10 * time.Second

// began is the model time at which the management part started last.
func (d *device) began() time.Duration {
	began := d.since(d.state)
	if r := time.Duration(d.rebooted.Load()); r > 0 {
		began = max(began, r+rebootTime)
	}
	return began
}

// rebooting tells whether the management part restarts now.
func (d *device) rebooting() bool {
	r := time.Duration(d.rebooted.Load())
	return r > 0 && d.state.Now < r+rebootTime
}

// running tells whether the device has power at all.
func (d *device) running() bool { return (d.alive == nil || d.alive(d.state)) && !d.rebooting() }

// str and num are values that never change.
func str(s string) func() agent.Value { return func() agent.Value { return agent.Str(s) } }
func num(n int) func() agent.Value    { return func() agent.Value { return agent.Int(n) } }
func ref(o agent.OID) func() agent.Value {
	return func() agent.Value { return agent.Ref(o) }
}

// round is a measured value times scale, rounded, as an INTEGER.
func round(scale float64, f func() float64) func() agent.Value {
	return func() agent.Value { return agent.Round(f() * scale) }
}

// enum is a state.
func enum(f func() int) func() agent.Value {
	return func() agent.Value { return agent.Int(f()) }
}

// pick is yes where on, else no.
func pick(on bool, yes, no int) int {
	if on {
		return yes
	}
	return no
}

// seal builds the view of an SNMP device.
func (d *device) seal() error {
	d.view = &agent.Tree{}
	// SNMPv2-MIB system group, RFC 3418.
	sys := mib2(1)
	t := d.view
	t.Scalar(sys.Append(1), str(d.descr))
	t.Scalar(sys.Append(2), ref(d.objectID))
	t.Scalar(sys.Append(3), func() agent.Value { return agent.Ticks(d.uptime()) })
	t.Scalar(sys.Append(4), str("facility operations"))
	t.Scalar(sys.Append(5), str(d.ID))
	t.Scalar(sys.Append(6), str(strings.TrimSuffix(d.Place+" "+d.Rack, " ")))
	t.Scalar(sys.Append(7), num(d.services))
	d.build(t, d)
	d.startHerald()
	return t.Seal()
}
