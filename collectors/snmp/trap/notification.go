package trap

import (
	"strconv"

	"nezuban/internal/facility"
)

// Objects that every notification carries (SNMPv2-MIB, RFC 3418).
const (
	oidSysUpTime = "1.3.6.1.2.1.1.3.0"
	oidTrapOID   = "1.3.6.1.6.3.1.1.4.1.0"
	oidGeneric   = "1.3.6.1.6.3.1.1.5" // snmpTraps
)

// maxVarbinds of a trap are kept; the rest is not looked at.
const maxVarbinds = 32

// notification is a trap's or an inform's PDU.
type notification struct {
	inform  bool
	request int32  // v2c, v3
	list    []byte // the variable bindings as they stand, for the acknowledgement
	oid     string
	uptime  float64
	agent   string // v1
	vars    []facility.Varbind
	cut     bool
}

// community is a v1 or v2c message.
type community struct {
	version string
	name    []byte // sent back with an acknowledgement; never kept, logged or compared
	pdu     notification
}

// version reads what every message begins with.
func version(packet []byte) (body reader, v int32, err error) {
	r := reader{packet}
	if body, err = r.sequence(); err != nil {
		return body, 0, err
	}
	v, err = body.small()
	return body, v, err
}

// readCommunity reads what follows the version number of a v1 or v2c message.
func readCommunity(r *reader, v int32) (m community, err error) {
	if m.name, err = r.octets(); err != nil {
		return m, err
	}
	tag, content, err := r.any()
	if err != nil {
		return m, err
	}
	body := reader{content}
	switch {
	case v == 0 && tag == tagTrap1:
		m.version = "v1"
		m.pdu, err = readTrap1(&body)
	case v == 1 && (tag == tagTrap2 || tag == tagInform):
		m.version = "v2c"
		m.pdu, err = readPDU(&body, tag)
	default:
		return m, errBER
	}
	return m, err
}

// readTrap1 reads a v1 trap and names it as RFC 3584, section 3.1, does.
func readTrap1(r *reader) (n notification, err error) {
	enterprise, err := r.oid()
	if err != nil {
		return n, err
	}
	address, err := r.want(tagAddress)
	if err != nil {
		return n, err
	}
	generic, err := r.small()
	if err != nil {
		return n, err
	}
	specific, err := r.small()
	if err != nil {
		return n, err
	}
	ticks, err := r.want(tagTicks)
	if err != nil {
		return n, err
	}
	up, err := unsigned(ticks)
	if err != nil {
		return n, err
	}
	n.uptime = float64(up) / 100
	if n.agent, err = addressText(address); err != nil {
		return n, err
	}
	n.oid = enterprise + ".0." + strconv.Itoa(int(specific))
	if generic < 6 { // coldStart(0) … egpNeighborLoss(5)
		n.oid = oidGeneric + "." + strconv.Itoa(int(generic)+1)
	}
	return n, n.bindings(r)
}

// readPDU reads a v2 trap's or inform's PDU (RFC 3416, section 4.2.6).
func readPDU(r *reader, tag byte) (n notification, err error) {
	n.inform = tag == tagInform
	id, err := r.integer()
	if err != nil || id != int64(int32(id)) {
		return n, errBER
	}
	n.request = int32(id)
	for range 2 { // error-status and error-index
		if _, err := r.integer(); err != nil {
			return n, err
		}
	}
	if err := n.bindings(r); err != nil {
		return n, err
	}
	if n.oid == "" {
		return n, errBER
	}
	return n, nil
}

// bindings reads the variables; sysUpTime and snmpTrapOID are taken out of them.
func (n *notification) bindings(r *reader) error {
	list, err := r.want(tagSequence)
	if err != nil {
		return err
	}
	n.list = list
	for rest := (reader{list}); !rest.done(); {
		one, err := rest.sequence()
		if err != nil {
			return err
		}
		name, err := one.oid()
		if err != nil {
			return err
		}
		tag, content, err := one.any()
		if err != nil {
			return err
		}
		switch {
		case name == oidSysUpTime && tag == tagTicks:
			up, err := unsigned(content)
			if err != nil {
				return err
			}
			n.uptime = float64(up) / 100
			continue
		case name == oidTrapOID && tag == tagOID:
			if n.oid, err = oidText(content); err != nil {
				return err
			}
			continue
		}
		if len(n.vars) == maxVarbinds {
			n.cut = true
			return nil
		}
		v, err := varbind(name, tag, content)
		if err != nil {
			return err
		}
		n.vars = append(n.vars, v)
	}
	return nil
}
