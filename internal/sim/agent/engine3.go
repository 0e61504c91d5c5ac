package agent

import (
	"bytes"
	"crypto/hmac"
	"encoding/binary"
)

// The counters that Reports carry, RFC 3414 section 5 and RFC 3412 section 5;
// the instance is .0.
func usmStat(n uint32) OID { return OID{1, 3, 6, 1, 6, 3, 15, 1, 1, n, 0} }
func mpdStat(n uint32) OID { return OID{1, 3, 6, 1, 6, 3, 11, 2, 1, n, 0} }

const (
	usmUnsupportedLevel = 1
	usmNotInTimeWindow  = 2
	usmUnknownUser      = 3
	usmUnknownEngine    = 4
	usmWrongDigest      = 5
	usmDecryptionError  = 6
	mpdUnknownPDU       = 3
)

// unknownContexts is snmpUnknownContexts.0, RFC 3413 (SNMP-TARGET-MIB).
func unknownContexts() OID { return OID{1, 3, 6, 1, 6, 3, 12, 1, 5, 0} }

// handle3 follows RFC 3412 section 7.2 and RFC 3414 section 3.2. A nil answer
// means silence.
func (s *Server) handle3(msg []byte, r *reader, b Behaviour) []byte {
	m, err := readMessage3(r)
	if err != nil {
		return nil
	}
	if !bytes.Equal(m.engine, s.opt.EngineID) {
		return s.report(m, usmStat(usmUnknownEngine), 0, account{})
	}
	acc, known := s.accounts[m.user]
	if !known {
		return s.report(m, usmStat(usmUnknownUser), 0, account{})
	}
	level := m.flags & (flagAuth | flagPriv)
	if level&flagAuth != 0 && acc.auth == nil || level&flagPriv != 0 && acc.priv == nil {
		return s.report(m, usmStat(usmUnsupportedLevel), 0, account{})
	}
	if level&flagAuth != 0 {
		want := digest(acc.auth, zeroed(msg, m.macAt, len(m.mac)))
		if !hmac.Equal(want, m.mac) {
			return s.report(m, usmStat(usmWrongDigest), 0, account{})
		}
		if now := s.engineTime(); m.boots != s.opt.Boots || m.boots == maxBoots ||
			m.time > now+timeWindow || m.time < now-timeWindow {
			return s.report(m, usmStat(usmNotInTimeWindow), flagAuth, acc)
		}
	}
	if level&flagPriv != 0 {
		m.data = bytes.Clone(m.data)
		if crypt(acc.priv, m.boots, m.time, m.salt, m.data, false) != nil || len(m.data) == 0 || m.data[0] != tagSequence {
			return s.report(m, usmStat(usmDecryptionError), flagAuth, acc)
		}
	}
	sc, err := readScoped(m.data)
	switch {
	case err == nil:
	case level&flagPriv != 0: // it began like a sequence by chance: the wrong key all the same
		return s.report(m, usmStat(usmDecryptionError), flagAuth, acc)
	default:
		return nil
	}
	return s.answer3(m, sc, acc, level, b)
}

// answer3 asks the view and packs the answer at the level of the question.
func (s *Server) answer3(m message3, sc scoped, acc account, level byte, b Behaviour) []byte {
	switch {
	case !bytes.Equal(sc.engine, s.opt.EngineID):
		return s.report(m, mpdStat(mpdUnknownPDU), level, acc)
	case len(sc.name) > 0:
		return s.report(m, unknownContexts(), level, acc)
	}
	const frame = 200 // octets of everything but the variables, key material included
	limit := min(b.MaxSize, int(m.maxSize))
	var p pdu
	if level < acc.need { // RFC 3415: the view is not open at this level
		p = pdu{kind: pduResponse, requestID: sc.pdu.requestID, status: statusAuthorizationError, vars: sc.pdu.vars}
	} else {
		var ok bool
		s.locked(func() { p, ok = answer(b.View, sc.pdu, limit-frame) })
		if !ok {
			return nil
		}
	}
	return s.pack3(m, p, level, acc)
}

// report says why a message was not taken, where the sender wants to know.
func (s *Server) report(m message3, counter OID, level byte, acc account) []byte {
	n := s.count(counter)
	if m.flags&flagReportable == 0 {
		return nil
	}
	p := pdu{kind: pduReport, vars: []varbind{{counter, Value{Kind: Counter32, Uint: n}}}}
	if m.flags&flagPriv == 0 {
		if sc, err := readScoped(m.data); err == nil {
			p.requestID = sc.pdu.requestID
		}
	}
	return s.pack3(m, p, level, acc)
}

func (s *Server) pack3(req message3, p pdu, level byte, acc account) []byte {
	m := message3{
		id: req.id, maxSize: maxDatagram, flags: level,
		engine: s.opt.EngineID, boots: s.opt.Boots, time: s.engineTime(), user: req.user,
		data: scoped{engine: s.opt.EngineID, pdu: p}.encode(),
	}
	if level&flagPriv != 0 {
		m.salt = binary.BigEndian.AppendUint64(nil, s.salt.Add(1))
		if crypt(acc.priv, m.boots, m.time, m.salt, m.data, true) != nil {
			return nil
		}
	}
	if level&flagAuth != 0 {
		m.mac = make([]byte, macSize)
	}
	out := m.encode()
	if level&flagAuth != 0 {
		copy(out[m.macAt:], digest(acc.auth, out))
	}
	return out
}

func (s *Server) engineTime() int32 { return int32(s.opt.EngineTime().Seconds()) }
