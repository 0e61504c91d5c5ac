package trap

import (
	"encoding/hex"

	"nezuban/internal/facility"
)

// message is what a datagram turned out to be.
type message struct {
	version string // "malformed" where it is none
	cause   string // why it is not taken; "" it is
	answer  []byte // sent back in any case: a Report
	pdu     *notification
	user    string              // v3, authenticated
	level   string              // v3
	devices []facility.DeviceID // v3: whom engine and user name

	acknowledge func() ([]byte, error) // informs
}

func malformed() message { return message{version: "malformed", cause: "malformed"} }

// parse reads a datagram; devices are those of its source address.
func (r *Receiver) parse(b *book, packet []byte, devices []facility.DeviceID) message {
	body, v, err := version(packet)
	if err != nil {
		return malformed()
	}
	switch v {
	case 0, 1:
		m, err := readCommunity(&body, v)
		if err != nil {
			return malformed()
		}
		return message{version: m.version, pdu: &m.pdu, acknowledge: func() ([]byte, error) {
			return seq(tagSequence, integer(int64(v)), octets(m.name), m.pdu.response()), nil
		}}
	case 3:
		m, err := readMessage3(&body)
		if err != nil {
			return malformed()
		}
		out := r.secure(b, packet, &m, devices)
		if out.version == "" {
			out.version = "v3"
		}
		return out
	}
	return malformed()
}

// response is the PDU that acknowledges an inform: the same variables.
func (n *notification) response() []byte {
	return seq(tagResponse, integer(int64(n.request)), integer(0), integer(0), appendTLV(nil, tagSequence, n.list))
}

// secure checks signature, level, time and privacy (RFC 3414, section 3.2).
func (r *Receiver) secure(b *book, packet []byte, m *message3, devices []facility.DeviceID) message {
	if len(m.engine) < 5 || m.flags&flagReportable != 0 && !r.engine.is(m.engine) {
		if m.flags&flagReportable == 0 {
			return malformed()
		}
		return message{answer: r.engine.report(m, nil, statUnknownEngineIDs)} // an inform's sender looks for our engine
	}
	candidates := b.secretsFor(m.user, devices)
	if len(candidates) == 0 {
		return r.reported(m, nil, statUnknownUserNames, "user")
	}
	s, k := r.signer(candidates, packet, m)
	if s == nil {
		return r.reported(m, nil, statWrongDigests, "digest")
	}
	if m.flags&(flagAuth|flagPriv)&s.level != s.level {
		return r.reported(m, nil, statUnsupportedLevels, "level")
	}
	if s.level&flagAuth != 0 && !r.engine.timely(m, r.real()) {
		return r.reported(m, k, statNotInTimeWindows, "time_window")
	}
	data := m.data
	if m.flags&flagPriv != 0 {
		var err error
		if data, err = k.decrypt(m.boots, m.time, m.salt, m.data); err != nil {
			return r.reported(m, nil, statDecryptionErrors, "decryption")
		}
	}
	p, err := readScoped(data)
	if err != nil || p.tag != tagTrap2 && p.tag != tagInform {
		if m.flags&flagPriv != 0 && err != nil {
			return r.reported(m, nil, statDecryptionErrors, "decryption") // a wrong privacy key gives noise
		}
		return malformed()
	}
	pdu, err := readPDU(&p.body, p.tag)
	if err != nil {
		return malformed()
	}
	out := message{pdu: &pdu, level: levelName(m.flags)}
	if s.level&flagAuth != 0 {
		out.user = m.user
		out.devices = r.named(b, m)
	}
	out.acknowledge = func() ([]byte, error) { return r.engine.response(m, k, &p, pdu.response()) }
	return out
}

// signer finds the secret that signed the message; messages of users without
// authentication have the first such user's.
func (r *Receiver) signer(candidates []*secret, packet []byte, m *message3) (*secret, *keys) {
	for _, s := range candidates {
		if m.flags&flagAuth == 0 {
			if s.level == 0 || len(candidates) == 1 {
				return s, s.at(m.engine)
			}
			continue
		}
		if k := s.at(m.engine); k.verify(packet, m.mac) {
			return s, k
		}
	}
	if m.flags&flagAuth == 0 && len(candidates) > 0 {
		return candidates[0], candidates[0].at(m.engine) // the level is what is wrong
	}
	return nil, nil
}

// named are the devices of an authenticated message's engine, and, where only one
// device has the user, that one.
func (r *Receiver) named(b *book, m *message3) []facility.DeviceID {
	if !r.engine.is(m.engine) {
		var out []facility.DeviceID
		for _, id := range r.o.EngineOf(hex.EncodeToString(m.engine)) {
			if s := b.own[id]; s != nil && s.user == m.user {
				out = append(out, id)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	if ids := b.byUser[m.user]; len(ids) == 1 {
		return ids
	}
	return nil
}

// reported is a refusal, told to senders that want to know.
func (r *Receiver) reported(m *message3, k *keys, stat uint32, cause string) message {
	out := message{cause: cause}
	if m.flags&flagReportable != 0 {
		out.answer = r.engine.report(m, k, stat)
	}
	return out
}

func levelName(flags byte) string {
	switch flags & (flagAuth | flagPriv) {
	case flagAuth | flagPriv:
		return "authPriv"
	case flagAuth:
		return "authNoPriv"
	}
	return "noAuthNoPriv"
}
