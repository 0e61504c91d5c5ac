package snmp

import "github.com/gosnmp/gosnmp"

// A resting session is what is worth keeping of an SNMPv3 session between two
// rounds: the engine's id, boots and time and the keys made for it. The socket and
// its 64 KiB of buffer are not.
type resting struct {
	user    *gosnmp.UsmSecurityParameters
	context string // the engine asked for
	trusted bool
}

// rest closes the session until the next round, as cheaply as it can be opened
// again. A session that failed is hung up instead: the next one begins anew.
func (d *device) rest() {
	if g, ok := d.s.(*gosnmpSession); ok {
		if usm, ok := g.x.SecurityParameters.(*gosnmp.UsmSecurityParameters); ok && usm.AuthoritativeEngineID != "" {
			d.resting = &resting{user: usm, context: g.x.ContextEngineID, trusted: g.trusted}
		}
	}
	d.hangUp()
}

// resume gives a new session what the one before left.
func (d *device) resume(g *gosnmpSession) {
	if r := d.resting; r != nil {
		g.x.SecurityParameters, g.x.ContextEngineID, g.trusted = r.user, r.context, r.trusted
		d.resting = nil
	}
}
