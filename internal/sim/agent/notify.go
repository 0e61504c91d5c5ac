package agent

import (
	"net"
	"time"
)

// pduTrap is SNMPv2-Trap-PDU, RFC 3416 section 3.
const pduTrap = 0xa7

// Objects that begin every notification, RFC 3416 section 4.2.6.
func sysUpTime() OID   { return OID{1, 3, 6, 1, 2, 1, 1, 3, 0} }
func snmpTrapOID() OID { return OID{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0} }

// A Variable is one object that a notification names.
type Variable struct {
	OID   OID
	Value Value
}

// Notify sends a trap from the server's own address: in v3, as securely as its
// user can, where it has one, else in v2c. A silent agent sends nothing.
func (s *Server) Notify(to net.Addr, trap OID, uptime time.Duration, vars ...Variable) {
	if s.behaviour().Silent {
		return
	}
	p := pdu{kind: pduTrap, requestID: s.trapID.Add(1), vars: []varbind{{sysUpTime(), Ticks(uptime)}, {snmpTrapOID(), Ref(trap)}}}
	for _, v := range vars {
		p.vars = append(p.vars, varbind{v.OID, v.Value})
	}
	if len(s.opt.Users) == 0 {
		body := appendInt(nil, tagInteger, version2c)
		body = appendTLV(body, tagOctetString, []byte(s.opt.Community))
		s.send(appendTLV(nil, tagSequence, p.append(body)), to)
		return
	}
	u := s.opt.Users[0]
	acc := s.accounts[u.Name]
	if m := s.pack3(message3{id: p.requestID, user: u.Name}, p, acc.need, acc); m != nil {
		s.send(m, to)
	}
}
